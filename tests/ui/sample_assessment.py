"""An Assessment built by hand from the nouns, with every verdict, gate state and dimension: for tests of pages and figures."""

from __future__ import annotations

from golive.model.columns import ColumnType, Role, Roles
from golive.model.config import Config
from golive.model.finding import (
    Effect,
    Finding,
    Route,
    Segment,
    Severity,
    SliceShare,
    Verdict,
    WhatIf,
    finding,
)
from golive.model.readiness import (
    CriterionScore,
    DimensionScore,
    GateState,
    NextStep,
    Readiness,
    ReadinessVerdict,
    RiskProfile,
    Tier,
)
from golive.model.result import (
    Assessment,
    ColumnResult,
    CriteriaLock,
    DriftResult,
    InputInfo,
    Inputs,
    NotAssessed,
    Picture,
    Repaired,
    SideResult,
)

N_TRAIN, N_LIVE = 24_000, 6_120
CONFIG = Config(
    project="ed-sepsis-alert",
    risk=RiskProfile(situation="critical", significance="drive", flags=("ehr", "alerts")),
    roles=Roles(
        label="sepsis_48h", score="risk", time="recorded_at", id="encounter_id", site="clinic"
    ),
    operating_threshold=0.35,
    floors={"auroc": 0.75, "sensitivity": 0.80},
    latency_budget_ms=2000,
)
_DIMENSIONS = (
    ("SCO", "Product discipline, scope and risk profile", 7, 60.0, 31.0, 82.0, 0.55),
    ("DAT", "Data foundations and live-data fidelity", 12, 48.0, 44.0, 52.0, 0.95),
    ("INT", "Integration and write-back", 9, 55.0, 20.0, 80.0, 0.40),
    ("OBS", "Observability and monitoring", 11, 62.0, 38.0, 76.0, 0.63),
    ("MLO", "Release, testing and rollback", 8, 50.0, 22.0, 78.0, 0.44),
    ("SEC", "Privacy and security", 10, 75.0, 60.0, 85.0, 0.75),
    ("GOV", "Governance and accountability", 10, 70.0, 42.0, 82.0, 0.60),
    ("REL", "Latency and reliability", 7, 66.0, 33.0, 83.0, 0.50),
    ("CLN", "Clinical validation and fairness", 14, 58.0, 46.0, 66.0, 0.80),
    ("ADO", "Adoption and workflow", 6, None, 0.0, 100.0, 0.0),
    ("VAL", "Value and plan", 3, 40.0, 12.0, 82.0, 0.30),
    ("HND", "Handoff and capability", 3, 10.0, 8.0, 28.0, 0.80),
)


def side(n: int, missing: int, mean: float | None = None) -> SideResult:
    """One side of a column; a number column when a mean is given."""
    numbers = (
        {}
        if mean is None
        else {
            "mean": mean,
            "std": mean / 5,
            "min": 0.0,
            "max": 3 * mean,
            "quantiles": {
                "0.05": 0.6 * mean,
                "0.25": 0.8 * mean,
                "0.5": mean,
                "0.75": 1.2 * mean,
                "0.95": 1.5 * mean,
            },
        }
    )
    return SideResult(n=n, missing=missing, missing_share=missing / n, distinct=80, **numbers)


def findings() -> tuple[Finding, ...]:
    """Findings of all verdicts and owners; one explains another, one is about one site since a day."""
    return (
        finding(
            "unit_change",
            Verdict.ALARM,
            columns=["creatinine"],
            severity=Severity.CRITICAL,
            title="creatinine arrives in umol/L at clinic C3 since 4 Mar 2026",
            explanation="Live values of clinic C3 are 88.1 times those of training (n = 2,410 and 373).",
            segment=Segment(column="clinic", value="C3", since="2026-03-04"),
            effect=Effect(
                name="median_ratio",
                train=1.0,
                live=88.1,
                change=87.1,
                low=85.9,
                high=88.3,
                n_train=23_800,
                n_live=373,
            ),
            evidence=(
                "Median ratio 88.1; mg/dL to umol/L of creatinine is 88.42.",
                "The other sites are unchanged.",
            ),
            ruled_out=(
                "Case mix: age and sex at C3 are unchanged.",
                "A few outliers: the whole distribution moved.",
            ),
            rows_affected=373,
            fix="Convert creatinine of clinic C3 from umol/L to mg/dL in the interface.",
            what_if=WhatIf(
                repair={"op": "convert", "column": "creatinine", "factor": 1 / 88.42},
                before=0.91,
                after=0.02,
            ),
            slices=(
                SliceShare(by="site", value="C3", n=373, effect=88.1, since="2026-03-04"),
                SliceShare(by="site", value="C1", n=3_100, effect=1.0),
            ),
        ),
        finding(
            "distribution_shift",
            Verdict.ALARM,
            columns=["creatinine"],
            title="creatinine is spread differently in live data",
            explanation="Score 0.91, above the threshold of 0.1 and the noise floor of 0.04.",
            effect=Effect(name="wasserstein", live=0.91, n_train=23_800, n_live=6_000),
            cause="unit_change:creatinine@clinic=C3",
        ),
        finding(
            "missing_up",
            Verdict.ALARM,
            columns=["heart_rate"],
            title="28 % of live rows have no heart rate; in training every row had one",
            explanation="1,714 of 6,120 live rows are empty; 0 of 24,000 training rows were.",
            effect=Effect(
                name="missing_share",
                train=0.0,
                live=0.28,
                change=0.28,
                low=0.269,
                high=0.292,
                n_train=N_TRAIN,
                n_live=N_LIVE,
            ),
            rows_affected=1_714,
            fix="Ask the interface team why the monitor feed is not mapped.",
        ),
        finding(
            "category_share_shift",
            Verdict.WATCH,
            columns=["arrival"],
            route=Route.CLINICAL_INFORMATICS,
            severity=Severity.MINOR,
            title="Ambulance arrivals rose from 21 % to 24 %",
            effect=Effect(
                name="share",
                train=0.21,
                live=0.24,
                change=0.03,
                low=0.018,
                high=0.042,
                n_train=N_TRAIN,
                n_live=N_LIVE,
            ),
        ),
        finding(
            "free_text_present",
            Verdict.WATCH,
            columns=["triage_note"],
            route=Route.COMPLIANCE,
            severity=Severity.MINOR,
            title="triage_note holds free text, which may name people",
        ),
        finding(
            "performance_drop",
            Verdict.WATCH,
            columns=["risk"],
            route=Route.PRODUCT,
            title="AUROC fell from 0.81 to 0.74 (0.70 to 0.78)",
            effect=Effect(
                name="auroc",
                train=0.81,
                live=0.74,
                change=-0.07,
                low=-0.11,
                high=-0.03,
                n_train=N_TRAIN,
                n_live=1_900,
            ),
        ),
        finding(
            "distribution_shift",
            Verdict.QUIET,
            columns=["age"],
            severity=Severity.INFO,
            title="age is spread as in training",
            effect=Effect(name="wasserstein", live=0.03, n_train=N_TRAIN, n_live=N_LIVE),
        ),
        finding(
            "distribution_shift",
            Verdict.CANNOT_JUDGE,
            columns=["lactate"],
            severity=Severity.INFO,
            title="lactate cannot be judged: 14 live values are too few",
            explanation="With 14 values, no change at all would score up to 0.41; the threshold is 0.1.",
        ),
    )


def columns() -> tuple[ColumnResult, ...]:
    """Columns of every drift verdict: numbers, categories, one identifier and one that live data lacks."""
    edges = tuple(float(x) for x in range(0, 210, 10))
    train = (
        None,
        40,
        130,
        400,
        1_200,
        2_900,
        4_800,
        5_200,
        4_100,
        2_600,
        1_400,
        700,
        300,
        130,
        60,
        25,
        12,
        None,
        0,
        0,
    )
    live = (0, None, 30, 95, 300, 640, 1_010, 980, 700, 400, 160, 60, 20, None, 0, 0, 0, 0, 0, 0)
    return (
        ColumnResult(
            name="creatinine",
            type=ColumnType.NUMERIC,
            role=Role.FEATURE,
            reason="numbers with decimals",
            train=side(N_TRAIN, 200, 1.1),
            live=side(N_LIVE, 120, 6.4),
            drift=DriftResult(
                method="wasserstein",
                score=0.91,
                threshold=0.1,
                floor=0.04,
                p_value=0.0005,
                p_adjusted=0.001,
                smallest_detectable=0.06,
                verdict=Verdict.ALARM,
                n_train=23_800,
                n_live=6_000,
            ),
            picture=Picture(edges=edges, train=train, live=live, above=(0, 373)),
        ),
        ColumnResult(
            name="heart_rate",
            type=ColumnType.INTEGER,
            role=Role.FEATURE,
            train=side(N_TRAIN, 0, 88.0),
            live=side(N_LIVE, 1_714, 89.0),
            drift=DriftResult(
                method="wasserstein",
                score=0.05,
                threshold=0.1,
                floor=0.03,
                p_adjusted=0.2,
                verdict=Verdict.WATCH,
                n_train=N_TRAIN,
                n_live=4_406,
            ),
            picture=Picture(edges=edges, train=train, live=live),
        ),
        ColumnResult(
            name="arrival",
            type=ColumnType.CATEGORY,
            role=Role.FEATURE,
            train=side(N_TRAIN, 0),
            live=side(N_LIVE, 0),
            drift=DriftResult(
                method="jensenshannon",
                score=0.04,
                threshold=0.1,
                floor=0.02,
                p_adjusted=0.005,
                verdict=Verdict.WATCH,
                n_train=N_TRAIN,
                n_live=N_LIVE,
            ),
            picture=Picture(
                labels=("walk-in", "ambulance", "transfer", "police"),
                train=(17_000, 5_040, 1_900, 60),
                live=(4_100, 1_470, 540, None),
            ),
        ),
        ColumnResult(
            name="age",
            type=ColumnType.INTEGER,
            role=Role.FEATURE,
            train=side(N_TRAIN, 0, 61.0),
            live=side(N_LIVE, 0, 61.4),
            drift=DriftResult(
                method="wasserstein",
                score=0.03,
                threshold=0.1,
                floor=0.03,
                p_adjusted=0.6,
                smallest_detectable=0.05,
                verdict=Verdict.QUIET,
                n_train=N_TRAIN,
                n_live=N_LIVE,
            ),
            picture=Picture(edges=edges, train=train, live=live),
        ),
        ColumnResult(
            name="lactate",
            type=ColumnType.NUMERIC,
            role=Role.FEATURE,
            train=side(N_TRAIN, 9_000, 1.8),
            live=side(N_LIVE, N_LIVE - 14, 2.0),
            drift=DriftResult(
                method="wasserstein",
                score=0.3,
                threshold=0.1,
                floor=0.41,
                verdict=Verdict.CANNOT_JUDGE,
                reason="14 live values are too few",
                n_train=15_000,
                n_live=14,
            ),
        ),
        ColumnResult(
            name="encounter_id",
            type=ColumnType.IDENTIFIER,
            role=Role.ID,
            train=side(N_TRAIN, 0),
            live=side(N_LIVE, 0),
        ),
        ColumnResult(
            name="bilirubin",
            type=ColumnType.NUMERIC,
            role=Role.FEATURE,
            train=side(N_TRAIN, 100, 0.9),
        ),
    )


def _criterion(
    key: str, dimension: str, title: str, level: int | None, **rest: object
) -> CriterionScore:
    values: dict[str, object] = {
        "question": f"Is it so that {title.lower()}?",
        "kind": "condition" if dimension in ("DAT", "OBS", "CLN") else "capability",
        "weight": 2.0,
        "freshness": 1.0,
        "points": None if level is None else 25.0 * level,
        "claimed": None,
        "measured": level if dimension in ("DAT", "CLN") else None,
    }
    return CriterionScore.model_validate(
        {"id": key, "dimension": dimension, "title": title, "level": level, **values, **rest}
    )


def readiness(verdict: ReadinessVerdict = ReadinessVerdict.PILOT) -> Readiness:
    """A verdict with all twelve dimensions, gates in every state, a waiver, and a plan with all three labels."""
    return Readiness(
        tier=Tier.HIGH,
        verdict=verdict,
        index=44.0,
        low=41.0,
        high=52.0,
        coverage=0.94,
        stop=("DAT-07: rows of the same patient are in training and in validation.",)
        if verdict is ReadinessVerdict.STOP
        else (),
        weakest="HND",
        mean=57.0,
        stage="supervised pilot",
        reasons=(
            "3 gates fail and 2 are unproven.",
            "Handoff is the cap: with everything else perfect it stays at 44.",
        ),
        stability=0.97,
        dimensions=tuple(
            DimensionScore(id=i, name=n, weight=w, point=p, low=lo, high=hi, coverage=c)
            for i, n, w, p, lo, hi, c in _DIMENSIONS
        ),
        criteria=(
            _criterion(
                "DAT-02",
                "DAT",
                "Missing values as in training",
                1,
                gate=3,
                gate_state=GateState.FAIL,
                measurement="28 % of heart rates are missing in live data",
                findings=("missing_up:heart_rate",),
            ),
            _criterion(
                "DAT-05",
                "DAT",
                "Distributions as in training",
                1,
                gate=3,
                gate_state=GateState.FAIL,
                findings=("unit_change:creatinine@clinic=C3", "distribution_shift:creatinine"),
            ),
            _criterion(
                "DAT-01", "DAT", "Schema and unit parity", 3, gate=3, gate_state=GateState.PASS
            ),
            _criterion(
                "HND-02",
                "HND",
                "Handoff exam passed",
                0,
                gate=2,
                gate_state=GateState.FAIL,
                claimed=0,
                evidence=("ev-1",),
            ),
            _criterion(
                "MLO-05",
                "MLO",
                "Rollback drill",
                None,
                gate=3,
                hard=True,
                gate_state=GateState.UNVERIFIED,
            ),
            _criterion(
                "GOV-04",
                "GOV",
                "Named accountable owner",
                2,
                gate=2,
                gate_state=GateState.PASS,
                claimed=2,
            ),
            _criterion(
                "SEC-07",
                "SEC",
                "Access is logged",
                1,
                gate=3,
                gate_state=GateState.FAIL,
                waived=True,
                claimed=1,
            ),
            _criterion(
                "ADO-03", "ADO", "Staff are trained", None, gate=2, gate_state=GateState.UNVERIFIED
            ),
            _criterion("VAL-02", "VAL", "Benefit measured", 1, claimed=2),
        ),
        next=(
            NextStep(
                criterion="MLO-05",
                label="PROVE",
                title="Prove the rollback drill",
                why="A hard gate has no proof",
                fix="Run the drill with the on-call engineer and file the log",
                effort=2,
                gain=4.0,
                gain_low=3.0,
                gain_mean=3.6,
                gate_state=GateState.UNVERIFIED,
                hard=True,
                target=3,
                route="engineering",
            ),
            NextStep(
                criterion="DAT-05",
                label="FIX",
                title="Convert creatinine at clinic C3",
                why="Live values are 88 times those of training",
                fix="Convert to mg/dL in the interface",
                effort=1,
                gain=6.0,
                gain_low=5.0,
                gain_mean=5.4,
                gate_state=GateState.FAIL,
                level=1,
                target=3,
                route="engineering",
            ),
            NextStep(
                criterion="HND-02",
                label="FIX",
                title="Run the handoff exam",
                why="Handoff caps the index",
                fix="Let the receiving team run one incident alone",
                effort=3,
                gain=8.0,
                gain_low=6.0,
                gain_mean=7.0,
                gate_state=GateState.FAIL,
                level=0,
                target=2,
                route="product",
            ),
            NextStep(
                criterion="GOV-04",
                label="REFRESH",
                title="Renew the owner's sign-off",
                why="It expires in 12 days",
                fix="Ask the owner to sign again",
                effort=1,
                gain=1.0,
                gain_low=0.5,
                gain_mean=0.8,
                level=2,
                target=3,
                route="compliance",
            ),
        ),
        policy="test",
    )


def repaired() -> tuple[Repaired, ...]:
    """Creatinine once the values of clinic C3 are converted."""
    creatinine = columns()[0]
    assert creatinine.drift is not None
    assert creatinine.picture is not None
    drift = creatinine.drift.model_copy(
        update={"score": 0.02, "verdict": Verdict.QUIET, "p_adjusted": 0.4}
    )
    after = {
        "live": side(N_LIVE, 120, 1.1),
        "drift": drift,
        "picture": creatinine.picture.model_copy(update={"above": (0, 0)}),
    }
    return (Repaired(findings=(findings()[0].id,), columns=(creatinine.model_copy(update=after),)),)


def assessment(
    *,
    session: str = "00000000-0000-4000-8000-000000000001",
    verdict: ReadinessVerdict = ReadinessVerdict.PILOT,
) -> Assessment:
    """The whole result, criteria frozen before live data."""
    return Assessment(
        created_at="2026-11-20T08:30:00Z",
        session=session,
        project="ed-sepsis-alert",
        config_sha256="c" * 64,
        inputs=Inputs(
            train=InputInfo(
                name="train.csv",
                sha256="a" * 64,
                rows=N_TRAIN,
                columns=7,
                kind="csv",
                engine="duckdb",
            ),
            live=InputInfo(
                name="live.csv",
                sha256="b" * 64,
                rows=N_LIVE,
                columns=6,
                kind="csv",
                engine="duckdb",
            ),
        ),
        roles=CONFIG.roles,
        columns=columns(),
        findings=findings(),
        repaired=repaired(),
        readiness=readiness(verdict),
        criteria_lock=CriteriaLock(
            frozen_at="2026-10-03T09:00:00Z", sha256="d" * 64, before_live=True, changes=0
        ),
        not_assessed=(
            NotAssessed(what="label delay", why="there is no column with the time of the label"),
        ),
    )
