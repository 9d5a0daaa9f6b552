"""Evidence and waivers: what is wrong with them, and what they count for on a given day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from golive.model.errors import InputError, Problem, nearest
from golive.model.readiness import EvidenceItem, Flag, Grade, Measurement, Tier, Waiver
from golive.readiness.policy.policy import Model
from golive.readiness.status import Answer, Claim, MeasuredLevel


def evidence_problems(evidence: Iterable[EvidenceItem], model: Model, as_of: date) -> list[Problem]:
    """Every problem of a set of evidence items: unknown criterion, no owner, a date in the future, expiry before issue."""
    known, problems = {c.id: None for c in model.criteria}, []
    for item in evidence:
        where = f"evidence '{item.id}'"
        if item.criterion not in known:
            sentence = f"'{item.criterion}' is no criterion of the readiness model {model.version}."
            hint = nearest(item.criterion, list(known))
            hint = hint if hint.startswith("Did") else "Criteria are written like DAT-04."
            problems.append(Problem("EVIDENCE_CRITERION", sentence, hint, where))
        if not item.owner.strip():
            sentence = "The evidence has no owner."
            problems.append(
                Problem("EVIDENCE_OWNER", sentence, "Name the person who stands for it.", where)
            )
        if item.issued and item.issued > as_of:
            sentence = f"The evidence is issued on {in_words(item.issued)}, which is after {in_words(as_of)}."
            problems.append(
                Problem(
                    "EVIDENCE_FUTURE",
                    sentence,
                    "Correct the date, or add the evidence when it exists.",
                    where,
                )
            )
        if item.issued and item.expires and item.expires < item.issued:
            sentence = f"The evidence expires on {in_words(item.expires)}, before it is issued on {in_words(item.issued)}."
            problems.append(Problem("EVIDENCE_DATES", sentence, "Correct one of the dates.", where))
    return problems


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
    for grade in GRADES[GRADES.index(item.grade) + 1 :]:
        if not _lacking(item, grade):
            words = _bare(" and ".join(lacking))
            return GradeResult(
                grade, f"{item.id}: counts as {grade}, not {item.grade}, because it has no {words}."
            )
    return GradeResult("E0")


GRADES: tuple[Grade, ...] = ("E4", "E3", "E2", "E1", "E0")
_AS_ASKED = {grade: GradeResult(grade) for grade in GRADES}


def _lacking(item: EvidenceItem, grade: Grade) -> list[str]:
    """What ``item`` would need to count as ``grade``, in words."""
    if grade == "E0":
        return []
    if grade == "E1":
        found = [] if item.owner.strip() else ["an owner"]
        return found if item.issued is not None else [*found, "an issue date"]
    if grade == "E2":
        found = [] if item.expires is not None else ["an expiry date"]
    else:
        found = [] if item.issued is not None else ["an issue date"]
    if not (item.link.strip() or item.sha256.strip()):
        found.append("a link or file hash")
    reviewer = item.reviewer.strip()
    if grade == "E4" and (not reviewer or reviewer == item.owner.strip()):
        found.append("a reviewer other than the owner")
    return found


def _bare(words: str) -> str:
    return (
        words.replace(" and a ", " and no ")
        .replace(" and an ", " and no ")
        .removeprefix("a ")
        .removeprefix("an ")
    )


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
    ages = {
        m.criterion: max(0, (as_of - (m.measured_on or measured_on or as_of)).days) for m in known
    }
    answers = {
        m.criterion: Answer(measured=MeasuredLevel(m.level, float(ages[m.criterion])))
        for m in known
        if m.level is not None
    }
    claims: dict[str, list[Claim]] = {}
    expired: dict[str, int] = {}
    notes: dict[str, list[str]] = {}
    for item in evidence:
        if invalid and item.id in invalid:
            expired[item.criterion] = expired.get(item.criterion, 0) + 1
            notes.setdefault(item.criterion, []).append(invalid[item.id])
            continue
        if item.expires and item.expires < as_of:
            expired[item.criterion] = expired.get(item.criterion, 0) + 1
            notes.setdefault(item.criterion, []).append(
                f"{item.id}: expired on {in_words(item.expires)}."
            )
            continue
        result = effective_grade(item)
        if result.reason:
            notes.setdefault(item.criterion, []).append(result.reason)
        days = float((as_of - item.issued).days) if item.issued else 0.0
        claims.setdefault(item.criterion, []).append(
            Claim(item.claim_level, result.grade, days, item.id)
        )
    for key in {*claims, *expired}:
        base = answers.get(key, Answer())
        answers[key] = replace(base, claims=tuple(claims.get(key, ())), expired=expired.get(key, 0))
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
        where = f"waiver of {waiver.criterion}"
        if not model.knows(waiver.criterion):
            hint = nearest(waiver.criterion, [c.id for c in model.criteria])[:120]
            problems.append(
                Problem("WAIVER_CRITERION", f"'{waiver.criterion}' is no criterion.", hint, where)
            )
            continue
        criterion = model.criterion(waiver.criterion)
        if criterion.hard:
            sentence = f"{criterion.id} ({criterion.title}) is a hard gate, and hard gates cannot be waived."
            problems.append(
                Problem(
                    "WAIVER_HARD",
                    sentence,
                    "Meet the gate, or narrow the use until it can be met.",
                    where,
                )
            )
        for key in ("compensating_control", "owner", "approver"):
            if not getattr(waiver, key).strip():
                sentence = f"The waiver has no {key.replace('_', ' ')}."
                problems.append(Problem("WAIVER_INCOMPLETE", sentence, "Fill it in.", where))
        days = (waiver.expires - waiver.starts).days
        if not 0 <= days <= model.waiver_days:
            sentence = f"The waiver runs {days} days ({in_words(waiver.starts)} to {in_words(waiver.expires)}); 0 to {model.waiver_days} are allowed."
            problems.append(
                Problem(
                    "WAIVER_DATES", sentence, "Shorten it; renew it with a new decision.", where
                )
            )
        if tier not in criterion.gate or not criterion.applies(tier, flags):
            refused.append(
                f"The waiver of {criterion.id} does not count: it is no gate at tier {tier}."
            )
        elif waiver.expires < as_of:
            refused.append(
                f"The waiver of {criterion.id} does not count: it expired on {in_words(waiver.expires)}."
            )
        elif waiver.starts > as_of:
            refused.append(
                f"The waiver of {criterion.id} does not count yet: it starts on {in_words(waiver.starts)}."
            )
        else:
            waived[criterion.id] = max(waiver.expires, waived.get(criterion.id, waiver.expires))
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
        if end is None or not as_of <= end <= as_of + timedelta(days=within_days):
            continue
        reason = (
            "its own expiry date" if end == item.expires else "twice its time to live has passed"
        )
        found.append(Expiring(item.id, item.criterion, end, (end - as_of).days, reason))
    return tuple(sorted(found, key=lambda e: (e.on, e.item)))
