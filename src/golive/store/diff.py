"""What changed from one session to another, in words: better, worse, new, gone, not measured any more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from golive.model.columns import Noun
from golive.model.finding import Finding, Verdict
from golive.model.readiness import CriterionScore, GateState, ReadinessVerdict
from golive.model.result import Assessment

Direction = Literal["better", "worse", "new", "gone", "not_measured"]
WORD = {
    Verdict.ALARM: "Act",
    Verdict.WATCH: "Watch",
    Verdict.QUIET: "Quiet",
    Verdict.CANNOT_JUDGE: "Cannot judge",
}
_URGENCY = {Verdict.QUIET: 0, Verdict.WATCH: 1, Verdict.ALARM: 2}
_RANK = {
    ReadinessVerdict.STOP: 0,
    ReadinessVerdict.PILOT: 1,
    ReadinessVerdict.CONDITIONAL: 2,
    ReadinessVerdict.READY: 3,
}
_GATE = {GateState.PASS: "passes", GateState.FAIL: "fails", GateState.UNVERIFIED: "is unproven"}


class Change(Noun):
    """One thing that differs: a finding or a criterion, by its id, in a sentence."""

    of: Literal["finding", "criterion"]
    id: str
    direction: Direction
    sentence: str


class SessionDiff(Noun):
    """The later session ``b`` against the earlier session ``a``.

    ``index_change`` is in points of 100 and ``None`` when either index is unknown. ``caveats`` says what else differs between
    the two and makes them less comparable. ``unchanged`` counts findings and criteria that are the same in both.
    """

    a: str
    b: str
    verdict_a: ReadinessVerdict
    verdict_b: ReadinessVerdict
    index_a: float | None
    index_b: float | None
    index_change: float | None
    headline: str
    changes: tuple[Change, ...] = ()
    unchanged: int = 0
    caveats: tuple[str, ...] = ()

    def of(self, direction: Direction) -> tuple[Change, ...]:
        """The changes in one direction."""
        return tuple(c for c in self.changes if c.direction == direction)


def compare_sessions(a: Assessment, b: Assessment) -> SessionDiff:
    """Compare session ``b`` with the earlier session ``a``.

    A finding or criterion that could not be judged in ``b`` is ``not_measured``, never better. A finding that is absent from
    ``b`` is ``gone`` only when its columns are still there to be judged.
    """
    changes = (*_findings(a, b), *_criteria(a, b))
    unchanged = sum(c is None for c in changes)
    one, two = a.readiness.index, b.readiness.index
    return SessionDiff(
        a=a.session,
        b=b.session,
        verdict_a=a.readiness.verdict,
        verdict_b=b.readiness.verdict,
        index_a=one,
        index_b=two,
        index_change=None if one is None or two is None else two - one,
        headline=_headline(a, b),
        changes=tuple(c for c in changes if c is not None),
        unchanged=unchanged,
        caveats=tuple(_caveats(a, b)),
    )


def _findings(a: Assessment, b: Assessment) -> Iterator[Change | None]:
    before, after = {f.id: f for f in a.findings}, {f.id: f for f in b.findings}
    present = {c.name for c in b.columns if c.live is not None}
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        told = _finding(old, new, columns_present=not old or set(old.columns) <= present)
        if told is None:
            yield None
        elif told:
            direction, words = told
            shown = new or old
            assert shown is not None
            yield Change(
                of="finding", id=key, direction=direction, sentence=f"{shown.title}: {words}."
            )


def _finding(  # noqa: PLR0911 - a decision table reads best as one return per row
    old: Finding | None, new: Finding | None, *, columns_present: bool
) -> tuple[Direction, str] | tuple[()] | None:
    """Direction and words of one finding; ``None`` when it is the same, ``()`` when it says nothing."""
    was = old.verdict if old else None
    now = new.verdict if new else None
    if was is now:
        return None
    if now is None:
        if was not in (Verdict.ALARM, Verdict.WATCH):
            return ()
        if columns_present:
            return "gone", f"was {WORD[was]}, not found any more"
        return "not_measured", f"was {WORD[was]}, its column is not in this session"
    if was is None:
        if now is Verdict.QUIET:
            return ()
        return (
            ("not_measured", "cannot be judged")
            if now is Verdict.CANNOT_JUDGE
            else ("new", f"{WORD[now]}, not found before")
        )
    if now is Verdict.CANNOT_JUDGE:
        return "not_measured", f"was {WORD[was]}, cannot be judged now"
    if was is Verdict.CANNOT_JUDGE:
        return "new", f"could not be judged before, now {WORD[now]}"
    direction: Direction = "better" if _URGENCY[now] < _URGENCY[was] else "worse"
    return direction, f"was {WORD[was]}, now {WORD[now]}"


def _criteria(a: Assessment, b: Assessment) -> Iterator[Change | None]:
    before, after = ({c.id: c for c in s.readiness.criteria} for s in (a, b))
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        shown = new or old
        assert shown is not None
        told = _criterion(old, new)
        if told is None:
            yield None
        else:
            direction, words = told
            yield Change(
                of="criterion",
                id=key,
                direction=direction,
                sentence=f"{key} {shown.title}: {words}.",
            )


def _criterion(  # noqa: PLR0911 - as above
    old: CriterionScore | None, new: CriterionScore | None
) -> tuple[Direction, str] | None:
    """Direction and words of one criterion; ``None`` when level and gate are the same."""
    if new is None:
        return "gone", "does not apply any more"
    if old is None:
        return "new", "applies now" + (
            f", level {new.level}" if new.level is not None else ", not assessed yet"
        )
    gate = ""
    if new.gate_state is not old.gate_state and new.gate_state is not None:
        gate = f", its gate {_GATE[new.gate_state]} now"
    if old.level is None and new.level is None:
        return None
    if new.level is None:
        return "not_measured", f"was level {old.level}, not assessed now{gate}"
    if old.level is None:
        return "new", f"assessed for the first time, level {new.level}{gate}"
    if new.level != old.level:
        return (
            "better" if new.level > old.level else "worse",
            f"level {old.level} to {new.level}{gate}",
        )
    if gate:
        return (
            "better" if new.gate_state is GateState.PASS else "worse",
            f"level {new.level} as before{gate}",
        )
    return None


def _headline(a: Assessment, b: Assessment) -> str:
    was, now = a.readiness, b.readiness
    if was.verdict is now.verdict:
        first = f"Still {now.verdict.value.capitalize()}."
    else:
        word = "Better" if _RANK[now.verdict] > _RANK[was.verdict] else "Worse"
        first = f"{word}: {was.verdict.value.capitalize()} before, {now.verdict.value.capitalize()} now."
    if was.index is None or now.index is None:
        return f"{first} The index cannot be compared, because one session has none."
    change = round(now.index) - round(was.index)
    if change == 0:
        return f"{first} Index {now.index:.0f} in both."
    return f"{first} Index {'up' if change > 0 else 'down'} {abs(change)}, from {was.index:.0f} to {now.index:.0f}."


def _caveats(a: Assessment, b: Assessment) -> Iterator[str]:
    if a.project != b.project:
        yield f"The sessions are of two projects, {a.project} and {b.project}."
    if a.inputs.train.sha256 != b.inputs.train.sha256:
        yield f"The training data differs: {a.inputs.train.name} and {b.inputs.train.name}."
    if a.inputs.live.sha256 == b.inputs.live.sha256:
        yield "Both judge the same live data."
    if a.config_sha256 != b.config_sha256:
        yield "The configuration differs, so thresholds or roles may too."
    if a.readiness.policy != b.readiness.policy:
        yield f"They were judged by two policies, {a.readiness.policy or 'unknown'} and {b.readiness.policy or 'unknown'}."
    if a.golive != b.golive:
        yield f"They were made by GoLive {a.golive} and {b.golive}."
