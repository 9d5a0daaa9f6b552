"""Judge one batch against a stored baseline: the same checks as an assessment, without a training row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from golive import __version__
from golive.model.columns import ColumnSpec
from golive.model.config import Config
from golive.model.finding import Finding, Route, Severity, Verdict
from golive.model.monitoring import Batch, Observation
from golive.model.performance import Performance
from golive.model.readiness import EvidenceItem, Waiver
from golive.model.registers import Registers
from golive.model.result import InputInfo, Inputs
from golive.model.routing import routed
from golive.monitor.arrivals import Arrival
from golive.monitor.baseline import Restored
from golive.monitor.performance import against

if TYPE_CHECKING:
    from golive.contract import Contract
    from golive.intake import Dataset
    from golive.readiness import Model

FEWEST_COLUMNS = 0.5
"""Share of the baseline's columns that a batch must have to be compared at all."""
_METRICS = ("auroc", "auprc", "brier")


@dataclass(frozen=True)
class Yardstick:
    """Everything a batch is judged with. ``skip`` names files that are no batches of their own, ``contract`` is the newest
    version of the project's."""

    monitor: str
    baseline_name: str
    baseline: Restored
    config: Config
    config_sha256: str
    evidence: Sequence[EvidenceItem] = ()
    waivers: Sequence[Waiver] = ()
    registers: Registers | None = None
    policy: Model | None = None
    contract: Contract | None = None
    skip: set[str] = field(default_factory=set)


def _specs(live: Dataset, known: Sequence[ColumnSpec]) -> tuple[ColumnSpec, ...]:
    """The baseline's columns, then those that only live data has, judged on live data."""
    from golive.intake import infer

    names = {s.name for s in known}
    extra = tuple(c for c in live.columns if c not in names)
    if not extra:
        return tuple(known)
    part = replace(
        live,
        table=live.table.select(*extra),
        columns=extra,
        storage={c: live.storage[c] for c in extra},
    )
    # A role that is guessed from a new column alone is no role of this project.
    found = infer(part, None, Config())
    return (
        *known,
        *(ColumnSpec(name=s.name, type=s.type, reason=s.reason, storage=s.storage) for s in found),
    )


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
        kind=finding.kind,
        columns=finding.columns,
        segment=f"{where.column}={where.value}" if where else "",
        level=finding.verdict.value,
        severity=finding.severity,
        route=finding.route,
        title=finding.title,
        size=finding.effect.change if finding.effect else None,
        cause=finding.cause,
    )


def judge(
    live: Dataset,
    arrival: Arrival,
    by: Yardstick,
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
        "baseline": by.baseline_name,
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


def _assessed(live: Dataset, recent: Dataset, day: date, by: Yardstick) -> dict[str, Any]:
    from golive.compare import compare
    from golive.contract import answered, check, contract_findings
    from golive.intake import roles_of
    from golive.outcomes import judge as judge_outcomes
    from golive.profile import profile
    from golive.readiness import basis

    specs = _specs(live, by.baseline.specs)
    roles = roles_of(specs)
    train = by.baseline.profile
    comparison = compare(train, profile(live, specs, roles), by.config, specs=specs)
    # No training row is there to be scored: outcomes are judged on live rows alone.
    no_rows = replace(live, name=train.name, sha256=train.sha256, rows=0, table=live.table.limit(0))
    outcomes = judge_outcomes(no_rows, live, specs, roles, by.config)
    findings = [f for f in comparison.findings if not _of_hidden_end(f, by.baseline)] + list(
        outcomes.findings
    )
    performance = outcomes.performance
    if by.contract is not None:
        checked = check(by.contract, live)
        findings += contract_findings(checked)
        kept = answered(by.contract, checked, live, (roles.score, roles.prediction))
        if kept is not None:
            performance = (performance or Performance()).having(contract=kept)
    metrics = _metrics(performance or Performance())
    if by.baseline.performance and (
        judged := against(recent, specs, by.config, by.baseline.performance)
    ):
        drop, value = judged
        findings = [f for f in findings if f.kind != drop.kind] + [drop]
        metrics |= {by.baseline.performance["metric"]: value} if value is not None else {}
    inputs = Inputs(
        train=InputInfo(
            name=train.name,
            sha256=train.sha256,
            rows=train.rows,
            columns=len(train.columns),
            kind=train.kind,
            engine=train.engine,
        ),
        live=InputInfo(
            name=live.name,
            sha256=live.sha256,
            rows=live.rows,
            columns=len(live.columns),
            kind=live.kind,
            engine=live.engine,
        ),
    )
    readiness = basis(
        tuple(findings),
        comparison.columns,
        inputs,
        performance,
        by.config,
        evidence=tuple(
            ({e.id: e for e in by.config.evidence} | {e.id: e for e in by.evidence}).values()
        ),
        waivers=(*by.config.waivers, *by.waivers),
        registers=by.registers,
        as_of=by.config.as_of or day,
        model=by.policy,
    ).judge()
    return {
        "observations": tuple(
            o for o in map(observe, routed(findings, by.config.routing)) if o is not None
        ),
        "drift": {
            c.name: c.drift.score
            for c in comparison.columns
            if c.drift and c.drift.score is not None
        },
        "verdict": readiness.verdict,
        "index": readiness.index,
        "low": readiness.low,
        "high": readiness.high,
        "coverage": readiness.coverage,
        "dimensions": {d.id: d.point for d in readiness.dimensions},
        "metrics": metrics,
        "policy": readiness.policy,
    }


def _of_hidden_end(finding: Finding, baseline: Restored) -> bool:
    """Whether a finding rests on an end of training's values that the k-anonymous baseline hides."""
    if finding.kind != "limit_changed" or finding.effect is None or finding.effect.train:
        return False
    low, high = baseline.soft_ends.get(finding.columns[0], (False, False))
    repair = finding.what_if.repair if finding.what_if else {}
    return (low and "low" in repair) or (high and "high" in repair)


def _metrics(performance: Performance) -> dict[str, float]:
    """Figures of performance on live rows, by name."""
    found = {name: performance.metric(name).live.value for name in _METRICS}
    return {name: value for name, value in found.items() if value is not None}
