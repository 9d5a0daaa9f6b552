"""Columns, findings and performance made by hand for the tests of measures: an alert with a score, 1,000 live rows."""

from __future__ import annotations

from typing import Any

from golive.model.columns import ColumnType, Role
from golive.model.config import Config, parse_config
from golive.model.finding import Effect, Finding, Verdict, finding
from golive.model.measured.performance import Performance
from golive.model.readiness import Measurement
from golive.model.result import ColumnResult, DriftResult, InputInfo, Inputs, Picture, SideResult
from golive.readiness.measures import measure

NORMAL = {
    "0.01": 50.0,
    "0.05": 60.0,
    "0.25": 75.0,
    "0.5": 85.0,
    "0.75": 95.0,
    "0.95": 120.0,
    "0.99": 140.0,
}


def side(n: int = 1000, missing: int = 0, **rest: Any) -> SideResult:
    share = missing / n if n else 0.0
    return SideResult(n=n, missing=missing, missing_share=share, distinct=50, **rest)


def number(**rest: Any) -> dict[str, Any]:
    return {"min": 40.0, "max": 150.0, "quantiles": NORMAL} | rest


def drift(verdict: str = "quiet", score: float = 0.02) -> DriftResult:
    return DriftResult(method="wasserstein", score=score, threshold=0.1, verdict=Verdict(verdict))


def column(
    name: str,
    *,
    role: str = "feature",
    kind: str = "numeric",
    train: SideResult | None = None,
    live: SideResult | None = None,
    gone: bool = False,
    verdict: str = "quiet",
    score: float = 0.02,
    picture: Picture | None = None,
) -> ColumnResult:
    return ColumnResult(
        name=name,
        type=ColumnType(kind),
        role=Role(role),
        train=train or side(**number()),
        live=None if gone else live or side(**number()),
        drift=drift(verdict, score),
        picture=picture,
    )


def inputs(live: int = 1000, train: int = 5000) -> Inputs:
    def info(rows: int) -> InputInfo:
        return InputInfo(name="x", sha256="0", rows=rows, columns=5, kind="csv", engine="duckdb")

    return Inputs(train=info(train), live=info(live))


def found(
    kind: str, *columns: str, verdict: str = "alarm", live: float | None = None, **effect: Any
) -> Finding:
    made = (
        Effect(name="share", live=live, n_train=5000, n_live=1000, **effect)
        if live is not None
        else None
    )
    return finding(kind, Verdict(verdict), columns=columns, title=kind, effect=made)


def config(**rest: Any) -> Config:
    base: dict[str, Any] = {
        "risk": {
            "situation": "critical",
            "significance": "drive",
            "flags": ["ehr", "writeback", "alerts", "genai"],
        },
        "floors": {"auroc": 0.7, "sensitivity": 0.6, "ppv": 0.15},
        "latency_budget_ms": 2000,
        "columns": {"hr": {"required": True, "range": [0, 350]}},
    }
    return parse_config(base | rest)


def run(
    columns: list[ColumnResult] | None = None,
    findings: list[Finding] | None = None,
    performance: dict[str, Any] | None = None,
    made: Config | None = None,
    live: int = 1000,
) -> dict[str, Measurement]:
    """Measurements by criterion."""
    results = measure(
        findings or [],
        columns if columns is not None else [column("hr")],
        inputs(live),
        None if performance is None else Performance.model_validate(performance),
        made or config(),
    )
    return {m.criterion: m for m in results}
