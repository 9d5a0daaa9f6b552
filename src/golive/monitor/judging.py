"""Judge one batch against a stored baseline: the same checks as an assessment, without a training row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from golive import __version__
from golive.assess import NOTHING_ON_RECORD, ProjectState, assess
from golive.model.baseline import Baseline
from golive.model.config import Config
from golive.model.finding import Finding, Kind, Route, Severity, Verdict
from golive.model.measured.performance import Performance
from golive.model.monitoring import Batch, Observation
from golive.model.result import Assessment
from golive.monitor.arrivals import Arrival

if TYPE_CHECKING:
    from golive.intake import Dataset

FEWEST_COLUMNS = 0.5
"""Share of the baseline's columns that a batch must have to be compared at all."""
_METRICS = ("auroc", "auprc", "brier")


@dataclass(frozen=True)
class Reference:
    """Everything a batch is judged with. ``skip`` names files that are no batches of their own."""

    monitor: str
    baseline: Baseline
    config: Config
    config_sha256: str
    project: ProjectState = NOTHING_ON_RECORD
    skip: set[str] = field(default_factory=set)


def feed_trouble(kind: str, title: str) -> Observation:
    """Something is wrong with the delivery itself. ``kind`` is ``batch_*``, not one of the kinds of findings."""
    return Observation(
        finding=kind,
        kind=kind,
        level="alarm",
        severity=Severity.CRITICAL,
        route=Route.ENGINEERING,
        title=title,
    )


def observe(finding: Finding) -> Observation | None:
    """What alerts are made of, or ``None`` for a quiet finding."""
    if finding.verdict is Verdict.QUIET:
        return None
    where = finding.segment
    return Observation(
        finding=finding.id,
        kind=finding.kind.value,
        columns=finding.columns,
        segment=f"{where.column}={where.value}" if where else "",
        level=finding.verdict.value,
        severity=finding.severity,
        route=finding.route,
        title=finding.title,
        size=finding.effect.change if finding.effect else None,
        cause=finding.cause,
    )


def judge_batch(
    live: Dataset,
    arrival: Arrival,
    by: Reference,
    *,
    late: bool = False,
    recent: Dataset | None = None,
) -> Batch:
    """Judge an open batch and reduce it to what is kept.

    A batch without rows, or with less than half of the baseline's columns, is not compared: its state and one observation
    say so. ``recent`` are the rows of the last batches with this one, on which performance is judged.
    """
    facts: dict[str, Any] = {
        "id": arrival.sha256,
        "monitor": by.monitor,
        "name": arrival.name,
        "slot": arrival.slot,
        "late": late,
        "rows": live.rows,
        "notes": tuple(note.code for note in live.notes),
        "baseline": by.baseline.id,
        "config_sha256": by.config_sha256,
        "golive": __version__,
    }
    if live.rows == 0:
        seen = feed_trouble("batch_empty", "The batch holds no rows.")
        return Batch(**facts, state="empty", observations=(seen,))
    wanted = set(by.baseline.profile.columns)
    there = len(wanted & set(live.columns))
    if there < FEWEST_COLUMNS * len(wanted):
        seen = feed_trouble(
            "batch_other_schema",
            f"Only {there} of {len(wanted)} columns of the baseline are there.",
        )
        return Batch(**facts, state="other_schema", observations=(seen,))
    return Batch(
        **facts, state="assessed", **_assessed(live, recent or live, arrival.slot.date(), by)
    )


def _assessed(live: Dataset, recent: Dataset, day: date, by: Reference) -> dict[str, Any]:
    made = assess(
        by.baseline, live, by.config, by.project, as_of=by.config.as_of or day, recent=recent
    )
    readiness = made.readiness
    return {
        "observations": tuple(o for o in map(observe, made.findings) if o is not None),
        "drift": {
            c.name: c.drift.score for c in made.columns if c.drift and c.drift.score is not None
        },
        "verdict": readiness.verdict,
        "index": readiness.index,
        "low": readiness.low,
        "high": readiness.high,
        "coverage": readiness.coverage,
        "dimensions": {d.id: d.point for d in readiness.dimensions},
        "metrics": _metrics(made),
        "policy": readiness.policy,
    }


def _metrics(made: Assessment) -> dict[str, float]:
    """Figures of performance on live rows, by name. What was judged against training is of the last batches together."""
    performance = made.performance or Performance()
    live = {name: performance.metric(name).live.value for name in _METRICS}
    found = {name: value for name, value in live.items() if value is not None}
    drop = next((f.effect for f in made.findings if f.kind is Kind.PERFORMANCE_DROP), None)
    if drop is not None and drop.live is not None:
        found[drop.name] = drop.live
    return found
