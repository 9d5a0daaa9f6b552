"""What changed from one session to another, in words: better, worse, new, gone, not measured any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Literal, TypeVar

from golive.model.columns import Noun
from golive.model.finding import Finding, Verdict
from golive.model.readiness import CriterionScore, GateState, ReadinessVerdict
from golive.model.result import Assessment
from golive.wording.labels import VERDICT_WORD

Direction = Literal["better", "worse", "new", "gone", "not_measured"]
Judged = tuple[Direction, str] | Literal["same", "silent"]
"""Direction and words of one change; ``same`` counts as unchanged, ``silent`` says nothing."""
_Item = TypeVar("_Item", Finding, CriterionScore)
_URGENCY = (Verdict.QUIET, Verdict.WATCH, Verdict.ALARM)
_BETTER = (
    ReadinessVerdict.STOP,
    ReadinessVerdict.PILOT,
    ReadinessVerdict.CONDITIONAL,
    ReadinessVerdict.READY,
)
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
    present = {c.name for c in b.columns if c.live is not None}
    changes = (
        *_changes("finding", a.findings, b.findings, partial(_finding, present=present)),
        *_changes("criterion", a.readiness.criteria, b.readiness.criteria, _criterion),
    )
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
        unchanged=changes.count(None),
        caveats=tuple(_caveats(a, b)),
    )


def _changes(
    of: Literal["finding", "criterion"],
    before: Sequence[_Item],
    after: Sequence[_Item],
    judge: Callable[[_Item | None, _Item | None], Judged],
) -> Iterator[Change | None]:
    """One change for each item of two sessions that has one to tell; ``None`` for an item that is the same in both."""
    old: dict[str, _Item] = {item.id: item for item in before}
    new: dict[str, _Item] = {item.id: item for item in after}
    for key in dict.fromkeys((*old, *new)):
        judged = judge(old.get(key), new.get(key))
        if judged == "same":
            yield None
        elif judged != "silent":
            title = (new.get(key) or old[key]).title
            name = title if of == "finding" else f"{key} {title}"
            yield Change(of=of, id=key, direction=judged[0], sentence=f"{name}: {judged[1]}.")


def _finding(  # noqa: PLR0911 - a decision table reads best as one return per row
    old: Finding | None, new: Finding | None, *, present: set[str]
) -> Judged:
    """What became of one finding; ``present`` are the columns of the later session."""
    was, now = old.verdict if old else None, new.verdict if new else None
    if was is now:
        return "same"
    if old is None or was is None:
        if now is None or now is Verdict.QUIET:
            return "silent"
        if now is Verdict.CANNOT_JUDGE:
            return "not_measured", "cannot be judged"
        return "new", f"{VERDICT_WORD[now]}, not found before"
    if now is None:
        if was not in (Verdict.ALARM, Verdict.WATCH):
            return "silent"
        if set(old.columns) <= present:
            return "gone", f"was {VERDICT_WORD[was]}, not found any more"
        return "not_measured", f"was {VERDICT_WORD[was]}, its column is not in this session"
    if now is Verdict.CANNOT_JUDGE:
        return "not_measured", f"was {VERDICT_WORD[was]}, cannot be judged now"
    if was is Verdict.CANNOT_JUDGE:
        return "new", f"could not be judged before, now {VERDICT_WORD[now]}"
    better = _URGENCY.index(now) < _URGENCY.index(was)
    return "better" if better else "worse", f"was {VERDICT_WORD[was]}, now {VERDICT_WORD[now]}"


def _criterion(  # noqa: PLR0911 - as above
    old: CriterionScore | None, new: CriterionScore | None
) -> Judged:
    """What became of one criterion; the same when neither level nor gate moved."""
    if new is None:
        return "gone", "does not apply any more"
    if old is None:
        level = "not assessed yet" if new.level is None else f"level {new.level}"
        return "new", f"applies now, {level}"
    gate = ""
    if new.gate_state is not old.gate_state and new.gate_state is not None:
        gate = f", its gate {_GATE[new.gate_state]} now"
    if new.level is None:
        if old.level is None:
            return "same"
        return "not_measured", f"was level {old.level}, not assessed now{gate}"
    if old.level is None:
        return "new", f"assessed for the first time, level {new.level}{gate}"
    if new.level != old.level:
        better = new.level > old.level
        return "better" if better else "worse", f"level {old.level} to {new.level}{gate}"
    if not gate:
        return "same"
    better = new.gate_state is GateState.PASS
    return "better" if better else "worse", f"level {new.level} as before{gate}"


def _headline(a: Assessment, b: Assessment) -> str:
    was, now = a.readiness, b.readiness
    if was.verdict is now.verdict:
        first = f"Still {now.verdict.value.capitalize()}."
    else:
        better = _BETTER.index(now.verdict) > _BETTER.index(was.verdict)
        word = "Better" if better else "Worse"
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
