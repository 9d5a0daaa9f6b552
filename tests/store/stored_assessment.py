"""A small assessment with everything a session can hold."""

from __future__ import annotations

from uuid import uuid4

from golive.model.columns import ColumnType, Role, Roles
from golive.model.finding import Effect, Finding, Segment, Verdict, WhatIf, finding
from golive.model.readiness import (
    CriterionScore,
    DimensionScore,
    GateState,
    Readiness,
    ReadinessVerdict,
    Tier,
)
from golive.model.result import (
    Assessment,
    ColumnResult,
    DriftResult,
    InputInfo,
    Inputs,
    Picture,
    SideResult,
)


def make_finding(
    kind: str = "missing_up", column: str = "heart_rate", verdict: Verdict = Verdict.ALARM
) -> Finding:
    return finding(
        kind,
        verdict,
        columns=[column],
        segment=Segment(column="site", value="C3", since="2026-03-04"),
        title=f"{column} is often missing",
        explanation="28 % of live rows have no heart rate; in training every row had one (n = 200 and 303).",
        effect=Effect(
            name="missing_share",
            train=0.0,
            live=0.28,
            change=0.28,
            low=0.22,
            high=0.35,
            n_train=303,
            n_live=200,
        ),
        what_if=WhatIf(
            repair={"op": "convert", "column": column, "factor": 88.42}, before=0.91, after=0.02
        ),
    )


def make_criterion(
    key: str = "DAT-01", level: int | None = 2, gate: GateState | None = None
) -> CriterionScore:
    return CriterionScore(
        id=key,
        dimension="DAT",
        title="Live data is like training data",
        question="Is it?",
        kind="condition",
        weight=3,
        level=level,
        freshness=1,
        points=None if level is None else level / 4,
        claimed=None,
        measured=level,
        gate=3 if gate else None,
        gate_state=gate,
    )


def make_assessment(**changes: object) -> Assessment:
    side = SideResult(
        n=303,
        missing=3,
        missing_share=3 / 303,
        distinct=40,
        mean=0.1 + 0.2,
        quantiles={"0.5": 131.5},
    )
    column = ColumnResult(
        name="heart_rate",
        type=ColumnType.NUMERIC,
        role=Role.FEATURE,
        train=side,
        live=side,
        drift=DriftResult(
            method="wasserstein", score=0.31, threshold=0.1, floor=0.05, verdict=Verdict.ALARM
        ),
        picture=Picture(edges=(40.0, 80.0, 200.0), train=(120, None), live=(60, 31)),
    )
    fields: dict[str, object] = {
        "created_at": "2026-11-20T10:00:00Z",
        "session": str(uuid4()),
        "project": "ed-sepsis-alert",
        "config_sha256": "c" * 64,
        "inputs": Inputs(
            train=InputInfo(
                name="train.csv", sha256="a" * 64, rows=303, columns=14, kind="csv", engine="duckdb"
            ),
            live=InputInfo(
                name="live.csv", sha256="b" * 64, rows=200, columns=14, kind="csv", engine="duckdb"
            ),
        ),
        "roles": Roles(label="num", groups=("sex",)),
        "columns": (column,),
        "findings": (make_finding(), make_finding("unit_change", "creatinine", Verdict.WATCH)),
        "readiness": Readiness(
            tier=Tier.HIGH,
            verdict=ReadinessVerdict.PILOT,
            index=44.25,
            low=41,
            high=52,
            coverage=0.94,
            dimensions=(
                DimensionScore(
                    id="DAT", name="Data", weight=1, point=50, low=40, high=60, coverage=0.5
                ),
            ),
            criteria=(make_criterion(),),
        ),
    }
    return Assessment.model_validate(fields | changes)
