"""Measures of outputs, outcomes and the running service."""

from __future__ import annotations

from typing import Any

import pytest
from made_facts import column, config, drift, found, number, run, side

from golive.model.result import Picture
from golive.outcomes.service.service import OK_WORDS
from golive.readiness.measures.outputs import population_stability

FLAT = Picture(edges=tuple(i / 20 for i in range(21)), train=(50,) * 20, live=(50,) * 20)


def score_column(**live: Any) -> Any:
    inside = {"min": 0.0, "max": 1.0, "quantiles": {"0.5": 0.5}}
    picture = live.pop("picture", FLAT)
    made = column(
        "risk", role="score", train=side(**inside), live=side(**(inside | live)), picture=picture
    )
    return made.model_copy(update={"drift": drift()})


def level(key: str, **facts: Any) -> int | None:
    return run(**facts)[key].level


def test_population_stability_by_hand() -> None:
    """Half of the rows move from the upper to the lower half: sum of (q - p) ln(q / p) over equal bins."""
    moved = FLAT.model_copy(update={"live": (75,) * 10 + (25,) * 10})
    expected = 10 / 20 * 2 * ((1.5 - 1) * 0.405465 / 2 + (0.5 - 1) * -0.693147 / 2)
    assert population_stability(FLAT, (0, 0)) == pytest.approx(0, abs=1e-9)
    assert population_stability(moved, (0, 0)) == pytest.approx(expected, abs=1e-4)
    assert population_stability(FLAT, (0, 500)) > 0.5
    assert population_stability(Picture(), (0, 0)) is None


def test_output_shift_levels() -> None:
    rates = {"at_threshold": {"alert_rate": {"train": 0.10, "live": 0.11}}}
    assert level("OBS-02", columns=[score_column()], performance=rates) == 4
    assert level("OBS-02", columns=[score_column()]) is None, "the alert rate is not known"
    wild = {"at_threshold": {"alert_rate": {"train": 0.10, "live": 0.16}}}
    assert level("OBS-02", columns=[score_column()], performance=wild) == 2
    assert level("OBS-02", columns=[score_column(missing=20)], performance=rates) == 0
    assert level("OBS-02", columns=[score_column(max=3.0)], performance=rates) is None, (
        "how many are out of range is not known"
    )
    outside = found("score_out_of_range", "risk", live=0.02)
    assert (
        level("OBS-02", columns=[score_column(max=3.0)], findings=[outside], performance=rates) == 0
    )
    assert level("OBS-02", columns=[score_column(n=400)], performance=rates) is None
    assert level("OBS-02") is None


def test_alert_rate_from_a_two_valued_prediction() -> None:
    alerts = Picture(labels=("0", "1"), train=(900, 100), live=(840, 160))
    columns = [score_column(), column("alert", role="prediction", kind="category", picture=alerts)]
    result = run(columns)["OBS-02"]
    assert result.level == 2
    assert "alert rate changed by 60 %" in result.value


def auroc(**rest: float) -> dict[str, Any]:
    base = {
        "train": 0.80,
        "live": 0.78,
        "low": -0.03,
        "high": -0.01,
        "live_high": 0.80,
        "n_events": 300,
        "n_nonevents": 700,
    }
    return {"auroc": base | rest}


@pytest.mark.parametrize(
    ("low", "expected"), [(-0.01, 3), (-0.03, 3), (-0.05, 2), (-0.10, 1), (-0.13, 0)]
)
def test_accuracy_drop_takes_the_lower_bound(low: float, expected: int) -> None:
    assert level("OBS-03", performance=auroc(low=low)) == expected


def test_accuracy_needs_events_on_both_sides() -> None:
    few = run(performance=auroc(n_events=99))["OBS-03"]
    assert (few.level, few.reason) == (
        None,
        "Not assessed: 99 live events or non-events, at least 100 are needed.",
    )
    assert level("OBS-03", performance=auroc(n_nonevents=50)) is None
    assert level("OBS-03") is None


def test_below_the_floor_is_level_0_and_three_windows_make_4() -> None:
    assert level("OBS-03", performance=auroc(live=0.6, live_high=0.65, low=-0.01)) == 0
    assert level("OBS-03", performance=auroc(low=-0.01) | {"windows": 3}) == 4


def at_threshold(
    sensitivity: tuple[float, float, float], ppv: tuple[float, float, float], n: int = 200
) -> dict[str, Any]:
    def part(v: tuple[float, float, float]) -> dict[str, float]:
        return {"live": v[0], "live_low": v[1], "live_high": v[2]}

    return {"at_threshold": {"n_events": n, "sensitivity": part(sensitivity), "ppv": part(ppv)}}


def test_operating_point_against_floors() -> None:
    """Floors 0.60 and 0.15: intervals above, across and below."""
    good = (0.30, 0.25, 0.35)
    assert level("CLN-02", performance=at_threshold((0.70, 0.62, 0.77), good)) == 3
    assert level("CLN-02", performance=at_threshold((0.65, 0.58, 0.72), good)) == 2
    assert level("CLN-02", performance=at_threshold((0.58, 0.50, 0.65), good)) == 1
    assert level("CLN-02", performance=at_threshold((0.50, 0.43, 0.57), good)) == 0
    assert level("CLN-02", performance=at_threshold((0.70, 0.62, 0.77), (0.1, 0.08, 0.12))) == 0
    assert level("CLN-02", performance=at_threshold((0.70, 0.62, 0.77), good, n=80)) is None
    assert (
        level("CLN-02", performance=at_threshold((0.7, 0.6, 0.8), good), made=config(floors={}))
        is None
    )


@pytest.mark.parametrize(
    ("state", "expected"), [("kept", 3), ("likely_kept", 2), ("likely_missed", 1), ("missed", 0)]
)
def test_a_share_that_is_not_shown_still_meets_or_misses_its_floor(
    state: str, expected: int
) -> None:
    held = at_threshold((0.70, 0.62, 0.77), (0.3, 0.25, 0.35))
    held["at_threshold"]["ppv"] = {"live": None, "hidden": ["live"], "against_floor": state}
    assert level("CLN-02", performance=held) == expected
    del held["at_threshold"]["ppv"]["against_floor"]
    assert level("CLN-02", performance=held) is None


def calibration(at: float, ece: float, **rest: Any) -> dict[str, Any]:
    parts = {
        "slope": {"live": at, "se": 0.1},
        "ece": {"live": ece},
        "observed_expected": {"live": 1.0},
        "n_events": 300,
    }
    return {"calibration": parts | rest}


def test_calibration_levels() -> None:
    assert level("CLN-03", performance=calibration(1.05, 0.02)) == 3
    assert level("CLN-03", performance=calibration(1.05, 0.02, subgroup_ece_spread=0.01)) == 4
    assert level("CLN-03", performance=calibration(0.75, 0.04)) == 2
    assert level("CLN-03", performance=calibration(0.55, 0.02)) == 1
    assert level("CLN-03", performance=calibration(0.4, 0.02)) == 0
    assert level("CLN-03", performance=calibration(1.0, 0.04, observed_expected={"live": 1.4})) == 2
    assert level("CLN-03", performance=calibration(1.0, 0.02, slope={"live": 1.0, "se": 0.2})) == 2
    assert level("CLN-03", performance=calibration(1.0, 0.02, n_events=90)) is None


def group(value: str, gap: float, n: int = 400, events: int = 80) -> dict[str, Any]:
    return {
        "by": "sex",
        "value": value,
        "n": n,
        "n_events": events,
        "gaps": {"sensitivity": gap, "ppv": -gap / 2},
    }


def test_subgroups_leave_small_groups_unknown() -> None:
    assert level("CLN-04", performance={"subgroups": [group("f", 0.03), group("m", -0.04)]}) == 3
    assert level("CLN-04", performance={"subgroups": [group("f", -0.07), group("m", 0.04)]}) == 2
    assert level("CLN-04", performance={"subgroups": [group("f", 0.25), group("m", 0.0)]}) == 0
    small = run(performance={"subgroups": [group("f", 0.01), group("x", 0.5, n=90, events=9)]})[
        "CLN-04"
    ]
    assert small.level == 2, "18 % of patients are in a group that is too small"
    assert level("CLN-04", performance={"subgroups": [group("x", 0.01, events=20)]}) is None


def test_subgroups_that_nothing_was_asked_of_are_not_without_a_gap() -> None:
    assert level("CLN-04", performance={"subgroups": [group("everyone", 0.0)]}) is None
    silent = [{**group(v, 0.0), "gaps": {}} for v in ("f", "m")]
    assert level("CLN-04", performance={"subgroups": silent}) is None
    assert level("CLN-04", performance={"subgroups": [group("f", 0.03), silent[1]]}) == 3


def test_validation_size() -> None:
    assert level("CLN-01", performance=auroc()) == 1, "neither another time nor another place"
    validation = {"validation": {"split": "temporal", "n_events": 250, "n_nonevents": 900}}
    assert level("CLN-01", performance=validation) == 3
    validation["validation"]["kappa"] = 0.4
    assert level("CLN-01", performance=validation) == 2
    assert (
        level(
            "CLN-01",
            performance={"validation": {"split": "site", "n_events": 40, "n_nonevents": 900}},
        )
        == 2
    )
    later = column(
        "t",
        role="time",
        kind="datetime",
        train=side(first="2025-01-01", last="2025-12-31"),
        live=side(first="2026-01-01", last="2026-03-01"),
    )
    assert level("CLN-01", columns=[later], performance=auroc()) == 3


def test_baseline_and_net_benefit() -> None:
    beaten = {"baseline": {"n_events": 200, "rule": {"low": 0.01}, "prevalence": {"low": 0.2}}}
    assert level("SCO-06", performance=beaten) == 3
    assert (
        level(
            "SCO-06",
            performance={"baseline": {"n_events": 200, "simple": {"low": -0.01, "high": 0.05}}},
        )
        == 1
    )
    assert (
        level(
            "SCO-06",
            performance={"baseline": {"n_events": 200, "simple": {"low": -0.1, "high": -0.05}}},
        )
        == 0
    )
    assert (
        level("SCO-06", performance={"baseline": {"n_events": 20, "rule": {"low": 0.01}}}) is None
    )
    benefit = {"n_events": 200, "model": 0.03, "low": 0.02, "treat_all": 0.01}
    assert level("CLN-07", performance={"net_benefit": benefit}) == 2
    able = benefit | {"rule": 0.015, "workups_per_true_positive": 4, "capacity": 5}
    assert level("CLN-07", performance={"net_benefit": able}) == 3
    assert level("CLN-07", performance={"net_benefit": benefit | {"model": 0.0}}) == 0


def test_latency_against_the_budget() -> None:
    def at(p95: float, p99: float, n: int = 2000) -> int | None:
        return level(
            "REL-01", performance={"operations": {"latency_ms": {"p95": p95, "p99": p99, "n": n}}}
        )

    assert [
        at(900, 1900),
        at(1900, 2500),
        at(3900, 9000),
        at(4100, 9000),
        at(900, 1900, n=999),
    ] == [3, 2, 1, 0, None]
    no_budget = config(latency_budget_ms=None)
    assert (
        level(
            "REL-01",
            performance={"operations": {"latency_ms": {"p95": 1, "p99": 1, "n": 2000}}},
            made=no_budget,
        )
        is None
    )


def test_availability_from_a_status_column() -> None:
    made = config(operations={"status": "status"})

    def at(ok: int, bad: int, n: int = 10_000) -> int | None:
        picture = Picture(labels=("ok", "timeout"), train=(ok, bad), live=(ok, bad))
        return level(
            "REL-02",
            columns=[column("status", kind="category", live=side(n), picture=picture)],
            made=made,
        )

    assert at(9990, 10) == 2, "what is above level 2 is an agreed service level, a document"
    assert at(9800, 200) == 1
    assert at(9000, 1000) == 0
    assert at(500, 0, n=500) is None


@pytest.mark.parametrize("good", sorted(OK_WORDS))
def test_success_is_the_same_word_for_the_finding_and_for_the_criterion(good: str) -> None:
    picture = Picture(labels=(good, "timeout"), train=(9990, 10), live=(9990, 10))
    status = column("status", kind="category", live=side(10_000), picture=picture)
    assert level("REL-02", columns=[status], made=config(operations={"status": "status"})) == 2


def test_prediction_log_takes_the_sum_of_gaps() -> None:
    def columns(missing: int) -> list[Any]:
        roles = {"v": "model_version", "t": "time", "id": "id"}
        made = [
            column(n, role=r, kind="category", live=side(1000, missing)) for n, r in roles.items()
        ]
        return [*made, score_column()]

    assert level("OBS-05", columns=columns(0)) == 3
    assert level("OBS-05", columns=columns(10)) == 2, "three gaps of 1 % may be 3 % of rows"
    assert level("OBS-05", columns=columns(100)) == 1
    assert "no column for time" in run([*columns(0)[:1], *columns(0)[2:]])["OBS-05"].reason


def test_outcomes_known_takes_the_lower_bound() -> None:
    def at(missing: int, n: int = 1000) -> int | None:
        return level(
            "OBS-08", columns=[column("y", role="label", kind="boolean", live=side(n, missing))]
        )

    assert [at(0), at(150), at(185), at(700), at(0, n=50)] == [3, 3, 2, 2, None]


def test_contract_is_refuted_by_rows_scored_without_a_required_input() -> None:
    columns = [column("hr", live=side(1000, 300, **number())), score_column()]
    result = run(columns)["GOV-03"]
    assert result.level == 2
    assert "At least 30 %" in result.value
    assert level("GOV-03", columns=[column("hr"), score_column()]) is None
    assert (
        level("GOV-03", performance={"contract": {"scored_violations": 0.0, "abstained": 0.02}})
        == 3
    )
    # Nothing broke it and nothing was refused: that says nothing of a row that does break it.
    clean = run(performance={"contract": {"scored_violations": 0.0, "abstained": 0.0}})["GOV-03"]
    assert clean.level is None
    assert "whether the model refuses" in clean.reason
    assert (
        level("GOV-03", performance={"contract": {"scored_violations": 0.05, "abstained": 0.0}})
        == 2
    )
    assert (
        level("GOV-03", performance={"contract": {"scored_violations": 0.05, "abstained": 0.2}})
        == 2
    )


def test_a_wrong_patient_refutes_write_back() -> None:
    assert level("INT-02", performance={"write_back": {"attempts": 300, "right_patient": 299}}) == 0
    assert (
        level("INT-02", performance={"write_back": {"attempts": 100, "right_patient": 100}}) is None
    )
    assert level("INT-02", performance={"write_back": {"attempts": 300, "right_patient": 300}}) == 4


def test_generated_text() -> None:
    def at(**parts: Any) -> int | None:
        base = {
            "n_outputs": 300,
            "raters": 2,
            "unsupported": {"high": 0.04},
            "severe": {"share": 0.0},
            "citations": {"share": 1.0},
        }
        return level("OBS-04", performance={"generated_text": base | parts})

    assert at() == 3
    assert at(unsupported={"high": 0.008}) == 4
    assert at(severe={"share": 0.02}) == 0
    assert at(citations=None) is None
    assert at(unsupported={"high": 0.08}, citations=None) == 1
    assert at(n_outputs=150) is None
    assert at(raters=1) is None


def test_more_than_thirty_criteria_are_measured_on_full_input() -> None:
    """With outcomes, logs and registers given, at least 30 criteria get their level from data."""
    times = {
        "train": side(first="2025-01-01", last="2025-12-31"),
        "live": side(first="2026-01-01", last="2026-03-01"),
    }
    columns = [
        column("hr"),
        column("dx", kind="code"),
        score_column(),
        column("t", role="time", kind="datetime", **times),
        column("v", role="model_version", kind="category"),
        column("id", role="id", kind="identifier"),
        column("y", role="label", kind="boolean"),
    ]
    quiet = [
        ("code_system_mix", "dx"),
        ("code_invalid", "dx"),
        ("time_order", "t"),
        ("late_inputs", "t"),
    ]
    findings = [found(kind, name, verdict="quiet", live=0.0) for kind, name in quiet]
    performance = (
        auroc()
        | at_threshold((0.7, 0.65, 0.75), (0.3, 0.25, 0.35))
        | calibration(1.0, 0.02)
        | {
            "subgroups": [group("f", 0.02), group("m", 0.02)],
            "baseline": {"n_events": 200, "rule": {"low": 0.01}},
            "net_benefit": {"n_events": 200, "model": 0.03, "low": 0.02, "treat_all": 0.01},
            "silent": {"days": 40, "n_events": 120, "drop": 0.02},
            "leakage": {"overlap": 0.0, "suspects": [], "split": "temporal"},
            "scope": {"out_of_scope": 0.02, "scored_out_of_scope": 0},
            "sites": {"gap": 0.03},
            "operations": {
                "latency_ms": {"p95": 900, "p99": 1500, "n": 5000},
                "success": {"low": 0.997, "n": 5000, "days": 60},
            },
            "contract": {"scored_violations": 0.0, "abstained": 0.01},
            "skew": {"share": 0.0, "n": 500, "reproduced": 1.0},
            "generated_text": {
                "n_outputs": 300,
                "raters": 2,
                "unsupported": {"high": 0.04},
                "severe": {"share": 0.0},
                "citations": {"share": 1.0},
            },
            "reconstruction": {"share": 1.0, "n": 20},
            "feedback": {"n": 500, "overrides": 0.3, "reasons": 0.9},
            "alerts": {"n": 400, "per_shift": 3, "limit": 5, "repeats": 0.05},
            "usage": {"active": 0.7, "eligible": 40, "feedback_closed": 0.9},
            "impact": {
                "issues": [
                    {
                        "finding": f"f{i}",
                        "n_affected": 100,
                        "change": 0.01,
                        "low": 0.0,
                        "high": 0.02,
                    }
                    for i in range(5)
                ],
                "n_events": 300,
            },
            "write_back": {"attempts": 300, "right_patient": 300},
        }
    )
    performance["at_threshold"]["alert_rate"] = {"train": 0.1, "live": 0.11}
    measured = run(columns, findings, performance)
    levels = {k: m.level for k, m in measured.items()}
    unknown = {k for k, v in levels.items() if v is None}
    assert unknown == {"REL-03", "REL-05"}, "what live data brings can only refute these"
    assert len(levels) >= 36
    assert {k for k, v in levels.items() if v is not None and v < 3} <= {
        "CLN-07",
        "CLN-05",
        "REL-02",
        "SEC-06",
        "GOV-07",
        "ADO-02",
    }
