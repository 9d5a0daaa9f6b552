"""Which finding explains which: one cause, told once, with the others pointing to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golive.model.finding import Finding, Kind, Severity, Verdict
from golive.model.kinds import REGISTER

_ONLY_IF_TRIED = frozenset({Kind.LIMIT_CHANGED, Kind.OUT_OF_RANGE, Kind.STUCK_VALUE})
"""Kinds that concern some values only: they explain a shift when repairing those values was seen to take it away."""


def link(findings: Sequence[Finding]) -> list[Finding]:
    """Set ``cause`` of every finding that another one of the same column explains; findings that have one keep it.

    Only what someone must act on explains or is explained: a quiet finding has no cause. A cause whose repair was tried
    explains a distribution or outcome shift only when the repair takes at least half of it away. What explains an alarm is
    an alarm.
    """
    active = [f for f in findings if f.verdict in (Verdict.ALARM, Verdict.WATCH)]
    cause: dict[str, str] = {}
    raised: set[str] = set()
    for target in active:
        for source in _may_explain(target, active):
            if _explains(source, target):
                cause[target.id] = source.id
                if target.verdict is Verdict.ALARM and source.kind in _ONLY_IF_TRIED:
                    raised.add(source.id)
                break
    return [
        _linked(f, cause.get(f.id), raised=f.id in raised and f.id not in cause) for f in findings
    ]


def _may_explain(target: Finding, active: Sequence[Finding]) -> Iterator[Finding]:
    """Findings whose kind may explain ``target``, the strongest explanation first."""
    for kind in REGISTER[target.kind].explained_by:
        yield from (f for f in active if f.kind is kind)


def _linked(finding: Finding, cause: str | None, *, raised: bool) -> Finding:
    update: dict[str, object] = {"cause": cause} if cause else {}
    if raised and finding.verdict is Verdict.WATCH:
        update["verdict"] = Verdict.ALARM
        if finding.severity in (Severity.MINOR, Severity.INFO):
            update["severity"] = Severity.MAJOR
    return finding.model_copy(update=update) if update else finding


def _explains(source: Finding, target: Finding) -> bool:
    """Whether ``source`` is about the same column and place, and its repair, where tried, takes the shift away."""
    same = bool(target.columns) and set(target.columns) <= set(source.columns)
    open_question = same and target.cause is None
    return open_question and _same_place(source, target) and _takes_away(source, target)


def _takes_away(source: Finding, target: Finding) -> bool:
    """Whether the tried repair of ``source`` leaves at most half of the shift; where nothing was tried, the kind decides."""
    tried = source.what_if
    if source.kind is Kind.LIMIT_CHANGED and target.kind is Kind.WATCH_RANGE:
        # Extremes beyond the upper limit that live data passes
        return tried is not None and "high" in tried.repair
    if (source.kind, target.kind) == (Kind.DISGUISED_MISSING, Kind.ROUNDING_CHANGED):
        # Values that stand in for missing move no more than their own share
        return abs(_change(target)) <= _change(source)
    if target.kind not in (Kind.DISTRIBUTION_SHIFT, Kind.LABEL_SHIFT):
        return True
    if tried is None or tried.before is None or tried.after is None:
        return source.kind not in _ONLY_IF_TRIED
    return tried.after <= 0.5 * tried.before


def _change(finding: Finding) -> float:
    return (finding.effect.change or 0.0) if finding.effect else 0.0


def _same_place(source: Finding, target: Finding) -> bool:
    """Whether ``target`` is about the whole live data or about the slice that ``source`` is about."""
    here, there = source.segment, target.segment
    if here is None or there is None:
        return True
    return (here.column, here.value) == (there.column, there.value)
