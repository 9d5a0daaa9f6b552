"""Evidence and waivers: what is wrong with them, and what they count for on a given day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from golive.model.errors import InputError, Problem, nearest
from golive.model.readiness import EvidenceItem, Flag, Grade, Measurement, Tier, Waiver
from golive.readiness.policy.policy import Model
from golive.readiness.status import Answer, Claim, MeasuredLevel


def evidence_problems(evidence: Iterable[EvidenceItem], model: Model, as_of: date) -> list[Problem]:
    """Every problem of a set of evidence items: unknown criterion, no owner, a date in the future, expiry before issue."""
    known = [c.id for c in model.criteria]
    return [
        Problem(*problem, f"evidence '{item.id}'")
        for item in evidence
        for problem in _wrong_with(item, model, known, as_of)
    ]


def _wrong_with(
    item: EvidenceItem, model: Model, known: Sequence[str], as_of: date
) -> Iterator[tuple[str, str, str]]:
    """Code, sentence and hint of each problem of one item."""
    issued, expires = item.issued, item.expires
    if not model.knows(item.criterion):
        sentence = f"'{item.criterion}' is no criterion of the readiness model {model.version}."
        hint = nearest(item.criterion, known)
        hint = hint if hint.startswith("Did") else "Criteria are written like DAT-04."
        yield "EVIDENCE_CRITERION", sentence, hint
    if not item.owner.strip():
        hint = "Name the person who stands for it."
        yield "EVIDENCE_OWNER", "The evidence has no owner.", hint
    if issued and issued > as_of:
        sentence = (
            f"The evidence is issued on {in_words(issued)}, which is after {in_words(as_of)}."
        )
        yield "EVIDENCE_FUTURE", sentence, "Correct the date, or add the evidence when it exists."
    if issued and expires and expires < issued:
        sentence = f"The evidence expires on {in_words(expires)}, before it is issued on {in_words(issued)}."
        yield "EVIDENCE_DATES", sentence, "Correct one of the dates."


@dataclass(frozen=True)
class GradeResult:
    """The grade an item counts for, and in words why it is lower than the grade it asks for."""

    grade: Grade
    reason: str = ""


def effective_grade(item: EvidenceItem) -> GradeResult:
    """Grade by what the item really carries.

    E1 needs owner and issue date; E2 owner, expiry and a link or file hash; E3 an issue date and a link or file hash; E4
    that and a reviewer who is not the owner. An item that lacks something counts for the next grade whose needs it meets:
    without any date it is a bare assertion, because freshness is a matter of age and age needs a date.
    """
    lacking = _lacking(item, item.grade)
    if not lacking:
        return _AS_ASKED[item.grade]
    weaker = GRADES[GRADES.index(item.grade) + 1 :]
    grade = next(g for g in weaker if not _lacking(item, g))
    words = " and no ".join(text.removeprefix("a ").removeprefix("an ") for text in lacking)
    reason = f"{item.id}: counts as {grade}, not {item.grade}, because it has no {words}."
    return GradeResult(grade, reason)


GRADES: tuple[Grade, ...] = ("E4", "E3", "E2", "E1", "E0")
_AS_ASKED = {grade: GradeResult(grade) for grade in GRADES}


def _lacking(item: EvidenceItem, grade: Grade) -> list[str]:
    """What ``item`` would need to count as ``grade``, in words; nothing for E0."""
    owner, reviewer = item.owner.strip(), item.reviewer.strip()
    needs = (
        ("E1", bool(owner), "an owner"),
        ("E1 E3 E4", item.issued is not None, "an issue date"),
        ("E2", item.expires is not None, "an expiry date"),
        ("E2 E3 E4", bool(item.link.strip() or item.sha256.strip()), "a link or file hash"),
        ("E4", reviewer not in ("", owner), "a reviewer other than the owner"),
    )
    return [words for grades, met, words in needs if grade in grades and not met]


@dataclass(frozen=True)
class Collected:
    """Answers per criterion, and what was noticed on the way."""

    answers: dict[str, Answer]
    notes: dict[str, tuple[str, ...]]


def collect(
    measurements: Iterable[Measurement],
    evidence: Sequence[EvidenceItem],
    model: Model,
    as_of: date,
    measured_on: date | None = None,
    *,
    invalid: Mapping[str, str] | None = None,
) -> Collected:
    """Bring measurements and evidence together per criterion, as they count on ``as_of``.

    An item past its own expiry date is not assessed. Age runs from the issue date; an item without one (only E0 and E2 may
    lack it) has age 0 and is limited by its grade or its expiry. ``measured_on`` dates the measurements without a day of
    their own (default ``as_of``). ``invalid`` holds items that an event took out (id to reason); like expired ones they are
    not assessed.

    Raises:
        InputError: every problem of the evidence (see ``evidence_problems``) and unknown criteria in measurements.
    """
    problems = evidence_problems(evidence, model, as_of)
    known = [m for m in measurements if m.level is not None]
    problems += [
        Problem("MEASUREMENT_CRITERION", f"'{m.criterion}' is no criterion of the readiness model.")
        for m in known
        if not model.knows(m.criterion)
    ]
    if problems:
        raise InputError(problems)
    answers = {}
    for m in known:
        days = max(0, (as_of - (m.measured_on or measured_on or as_of)).days)
        answers[m.criterion] = Answer(measured=MeasuredLevel(m.level or 0, float(days)))
    claims: dict[str, list[Claim]] = defaultdict(list)
    notes: dict[str, list[str]] = defaultdict(list)
    expired = Counter[str]()
    for item in evidence:
        gone = (invalid or {}).get(item.id, "")
        if not gone and item.expires and item.expires < as_of:
            gone = f"{item.id}: expired on {in_words(item.expires)}."
        if gone:
            expired[item.criterion] += 1
            notes[item.criterion].append(gone)
            continue
        result = effective_grade(item)
        if result.reason:
            notes[item.criterion].append(result.reason)
        age = float((as_of - item.issued).days) if item.issued else 0.0
        claims[item.criterion].append(Claim(item.claim_level, result.grade, age, item.id))
    for key in {*claims, *expired}:
        base = answers.get(key, Answer())
        answers[key] = replace(base, claims=tuple(claims.get(key, ())), expired=expired[key])
    return Collected(answers, {k: tuple(v) for k, v in notes.items()})


@dataclass(frozen=True)
class WaiverResult:
    """Criteria whose release gate is waived on the day, until when, and in words which waivers do not count and why."""

    waived: dict[str, date]
    refused: tuple[str, ...]


def valid_waivers(
    waivers: Iterable[Waiver], model: Model, tier: Tier, flags: tuple[Flag, ...], as_of: date
) -> WaiverResult:
    """Judge waivers: a release gate of this tier, complete, not yet or no longer outside its dates, not too long.

    A waiver that has ended or not begun is refused with a reason, because time alone makes it so; the rest are errors.

    Raises:
        InputError: unknown criterion, a hard gate, an empty control, owner or approver, or more than ``model.waiver_days``.
    """
    problems: list[Problem] = []
    waived: dict[str, date] = {}
    refused: list[str] = []
    for waiver in waivers:
        where, key = f"waiver of {waiver.criterion}", waiver.criterion
        if not model.knows(key):
            hint = nearest(key, [c.id for c in model.criteria])[:120]
            problems.append(Problem("WAIVER_CRITERION", f"'{key}' is no criterion.", hint, where))
            continue
        criterion, starts, expires = model.criterion(key), waiver.starts, waiver.expires
        if criterion.hard:
            sentence = f"{key} ({criterion.title}) is a hard gate, and hard gates cannot be waived."
            hint = "Meet the gate, or narrow the use until it can be met."
            problems.append(Problem("WAIVER_HARD", sentence, hint, where))
        for part in ("compensating_control", "owner", "approver"):
            if not getattr(waiver, part).strip():
                sentence = f"The waiver has no {part.replace('_', ' ')}."
                problems.append(Problem("WAIVER_INCOMPLETE", sentence, "Fill it in.", where))
        days = (expires - starts).days
        if not 0 <= days <= model.waiver_days:
            sentence = f"The waiver runs {days} days ({in_words(starts)} to {in_words(expires)}); 0 to {model.waiver_days} are allowed."
            hint = "Shorten it; renew it with a new decision."
            problems.append(Problem("WAIVER_DATES", sentence, hint, where))
        if tier not in criterion.gate or not criterion.applies(tier, flags):
            refused.append(f"The waiver of {key} does not count: it is no gate at tier {tier}.")
        elif expires < as_of:
            refused.append(
                f"The waiver of {key} does not count: it expired on {in_words(expires)}."
            )
        elif starts > as_of:
            refused.append(
                f"The waiver of {key} does not count yet: it starts on {in_words(starts)}."
            )
        else:
            waived[key] = max(expires, waived.get(key, expires))
    if problems:
        raise InputError(problems)
    return WaiverResult(waived, tuple(refused))


@dataclass(frozen=True)
class Expiring:
    """An evidence item that stops counting: on its own expiry date, or when it is twice as old as its criterion allows."""

    item: str
    criterion: str
    on: date
    days: int
    reason: str


def in_words(day: date) -> str:
    """A date as people write it: ``20 Nov 2026``."""
    return f"{day.day} {day:%b %Y}"


def last_day(item: EvidenceItem, model: Model) -> date | None:
    """The last day on which an item counts at all, or ``None`` when it has neither expiry nor issue date."""
    ends = [item.expires] if item.expires else []
    if item.issued and model.knows(item.criterion):
        ends.append(item.issued + timedelta(days=2 * model.criterion(item.criterion).ttl_days - 1))
    return min(ends) if ends else None


def expiring(
    evidence: Iterable[EvidenceItem], model: Model, as_of: date, within_days: int = 30
) -> tuple[Expiring, ...]:
    """Items that still count on ``as_of`` and stop within ``within_days`` days, soonest first."""
    found = []
    for item in evidence:
        end = last_day(item, model)
        if end is not None and as_of <= end <= as_of + timedelta(days=within_days):
            own = end == item.expires
            reason = "its own expiry date" if own else "twice its time to live has passed"
            found.append(Expiring(item.id, item.criterion, end, (end - as_of).days, reason))
    return tuple(sorted(found, key=lambda e: (e.on, e.item)))
