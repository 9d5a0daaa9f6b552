"""An assessment as it would stand were some proposed repairs of live data made: several at once, nothing measured again."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from golive.model.finding import Finding, Signal, Verdict
from golive.model.result import Assessment, Repaired

_FROM_ANSWERS = frozenset(
    {
        Signal.PERFORMANCE,
        Signal.FAIRNESS,
        Signal.OUTPUT,
        Signal.LABEL,
        Signal.OPERATIONS,
        Signal.GENERATED_TEXT,
    }
)
"""Signals that a repair of inputs does not change here: the model would have to answer again."""


def chosen(assessment: Assessment, findings: Collection[str]) -> tuple[Repaired, ...]:
    """The computed repairs that make up ``findings`` (ids): the largest selections first, no column twice."""
    left, taken = set(findings), list[Repaired]()
    used: set[str] = set()
    for one in sorted(assessment.repaired, key=lambda r: -len(r.findings)):
        names = {c.name for c in one.columns}
        if set(one.findings) <= left and not names & used:
            taken.append(one)
            left -= set(one.findings)
            used |= names
    return tuple(sorted(taken, key=lambda r: r.findings))


def after(assessment: Assessment, repairs: Iterable[Repaired]) -> Assessment:
    """``assessment`` with the repaired columns and what would be found in them; readiness is still that of today.

    Findings about outcomes, scores, latency and text stay, and so do those about columns that are not repaired.
    """
    columns = {c.name: c for c in assessment.columns}
    findings = list(assessment.findings)
    for one in repairs:
        names = {c.name for c in one.columns}
        # The importance comes from the joint check, which saw the columns as they are.
        for column in one.columns:
            importance = columns[column.name].importance
            columns[column.name] = column.model_copy(update={"importance": importance})
        findings = [f for f in findings if not _replaced(f, names)]
        findings += [f for f in one.found if f.signal not in _FROM_ANSWERS]
    known = {None, *(f.id for f in findings)}
    linked = (f if f.cause in known else f.model_copy(update={"cause": None}) for f in findings)
    return assessment.model_copy(
        update={"columns": tuple(columns.values()), "findings": tuple(linked)}
    )


def _replaced(finding: Finding, names: set[str]) -> bool:
    """Whether the comparison of the repaired columns ``names`` says anew what ``finding`` said."""
    own = bool(finding.columns) and set(finding.columns) <= names
    return own and finding.signal not in _FROM_ANSWERS and finding.verdict is not Verdict.QUIET
