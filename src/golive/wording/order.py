"""The one order of urgency: an assessment lists its findings in it, and every reader keeps the order it finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from golive.model.finding import Finding, Severity, Signal, Verdict
from golive.model.readiness import Readiness
from golive.model.result import Assessment

VERDICTS = (Verdict.ALARM, Verdict.WATCH, Verdict.CANNOT_JUDGE, Verdict.QUIET)
SEVERITIES = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR, Severity.INFO)
LITTLE = 0.05
"""Importance to the model (1: the most important column) under which a column hardly matters."""


def by_urgency(
    findings: Iterable[Finding],
    readiness: Readiness | None = None,
    importance: Mapping[str, float | None] | None = None,
) -> tuple[Finding, ...]:
    """Findings, the most urgent first.

    The order is: what it asks for (act, watch, cannot be judged, quiet); a cause before what it
    explains; severity; effect on readiness, which is the first step of the plan that rests on it
    or on what it explains; columns that hardly matter to the model last; a changed meaning first,
    because numbers that mean something else make every other number wrong; rows concerned; size
    of the change. The id comes last, so that ties keep one order.

    Args:
        findings: in any order; a ``cause`` is the id of another of them.
        readiness: what was judged from them; without it the effect on readiness counts for nothing.
        importance: how much the model uses a column (0 to 1), by name; a column that is not named counts as used.
    """
    found = tuple(findings)
    places = _places(found, readiness) if readiness else {}
    weights = importance or {}

    def key(finding: Finding) -> tuple[int, bool, int, float, bool, bool, int, float, str]:
        known = [w for c in finding.columns if (w := weights.get(c)) is not None]
        return (
            VERDICTS.index(finding.verdict),
            finding.cause is not None,
            SEVERITIES.index(finding.severity),
            places.get(finding.id, float("inf")),
            bool(known) and max(known) < LITTLE,
            finding.signal is not Signal.MEANING,
            -(finding.rows_affected or 0),
            -abs((finding.effect.change if finding.effect else None) or 0.0),
            finding.id,
        )

    return tuple(sorted(found, key=key))


def in_order(assessment: Assessment) -> Assessment:
    """The assessment with its findings in the order of urgency, as its own readiness and columns have it."""
    importance = {c.name: c.importance for c in assessment.columns}
    return assessment.model_copy(
        update={"findings": by_urgency(assessment.findings, assessment.readiness, importance)}
    )


def root(finding: Finding, findings: Mapping[str, Finding]) -> Finding:
    """The finding at the start of the chain of causes; the finding itself when nothing explains it."""
    seen = {finding.id}
    while finding.cause and finding.cause in findings and finding.cause not in seen:
        finding = findings[finding.cause]
        seen.add(finding.id)
    return finding


def _places(findings: tuple[Finding, ...], readiness: Readiness) -> dict[str, float]:
    """By finding, the place in the plan of the first step that rests on it or on what it explains."""
    step = {s.criterion: place for place, s in enumerate(readiness.next)}
    places: dict[str, float] = {}
    for criterion in readiness.criteria:
        for resting in criterion.findings if criterion.id in step else ():
            places[resting] = min(step[criterion.id], places.get(resting, float("inf")))
    known = {f.id: f for f in findings}
    for finding in findings:
        if finding.id in places:
            origin = root(finding, known).id
            places[origin] = min(places[finding.id], places.get(origin, float("inf")))
    return places
