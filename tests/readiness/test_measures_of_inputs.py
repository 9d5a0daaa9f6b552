"""Measures of the incoming data: levels by the anchors, pessimistic ends, minimum n, and "not assessed" instead of a pass."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_facts import column, config, found, number, run, side
from pydantic import ValidationError

from golive.model.finding import SliceShare
from golive.model.measured.performance import Performance
from golive.readiness.measures import MEASURES
from golive.readiness.policy.policy import load_model
from golive.stats.proportions import newcombe, wilson


def level(key: str, **facts: object) -> int | None:
    return run(**facts)[key].level


def test_schema_levels() -> None:
    ten = [column(f"c{i}") for i in range(10)]
    assert level("DAT-01", columns=ten, made=config(columns={})) == 3
    lost = [*ten[:9], column("c9", gone=True)]
    assert level("DAT-01", columns=lost, made=config(columns={})) == 1
    assert (
        level(
            "DAT-01",
            columns=[*ten[:7], *[column(f"c{i}", gone=True) for i in (7, 8, 9)]],
            made=config(columns={}),
        )
        == 0
    )
    required = {f"c{i}": {"required": True} for i in range(9)}
    assert level("DAT-01", columns=lost, made=config(columns=required)) == 2, (
        "an optional column is missing"
    )
    changed = run(ten, [found("type_changed", "c3")], made=config(columns={}))["DAT-01"]
    assert (changed.level, changed.findings) == (1, ("type_changed:c3",))


def test_schema_falls_to_0_without_one_of_the_five_most_important() -> None:
    declared = {f"c{i}": {"required": True, "importance": 1 - i / 50} for i in range(40)}
    columns = [column(f"c{i}") for i in range(40)]
    assert (
        level(
            "DAT-01",
            columns=[*columns[:39], column("c39", gone=True)],
            made=config(columns=declared),
        )
        == 2
    )
    assert (
        level(
            "DAT-01", columns=[column("c0", gone=True), *columns[1:]], made=config(columns=declared)
        )
        == 0
    )


def test_an_open_unit_change_keeps_schema_at_2() -> None:
    assert level("DAT-01", findings=[found("unit_change", "hr")]) == 2


@settings(max_examples=60, deadline=None)
@given(missing=st.integers(0, 1000), n=st.sampled_from([1000, 4000]))
def test_completeness_is_newcombes_upper_bound(missing: int, n: int) -> None:
    result = run(
        [column("hr", train=side(5000, 50, **number()), live=side(n, min(n, missing), **number()))],
        live=n,
    )["DAT-02"]
    bound = float(newcombe(50, 5000, missing, n)[1])
    expected = 0 if bound > 0.20 else 1 if bound > 0.10 else 2 if bound > 0.05 else 3
    assert result.level == expected
    assert f"{100 * bound:.1f} points" in result.value


def test_missing_in_disguise_counts_as_missing() -> None:
    plain = run()["DAT-02"]
    hidden = run(findings=[found("disguised_missing", "hr", live=0.3, train=0.0)])["DAT-02"]
    assert (plain.level, hidden.level) == (3, 0)
    assert hidden.findings == ("disguised_missing:hr",)


def test_a_column_that_never_came_is_missing_everywhere() -> None:
    assert level("DAT-02", columns=[column("hr", gone=True)]) == 0


def test_too_few_rows_are_not_assessed_and_never_a_pass() -> None:
    small = run([column("hr", live=side(150, **number()))], live=150)
    for key in ("DAT-02", "DAT-03", "DAT-05", "DAT-06", "OBS-01", "CLN-08", "OBS-05"):
        assert small[key].level is None, key
        assert small[key].reason.startswith("Not assessed"), key
    assert small["DAT-02"].reason == "Not assessed: 150 live rows, at least 200 are needed."
    assert small["DAT-02"].n == 150


def test_no_data_at_all_measures_nothing() -> None:
    empty = run(columns=[], live=0)
    assert {k for k, m in empty.items() if m.level is not None} == set()
    assert all(m.reason for m in empty.values())
    asked = load_model().applicable("H", ("ehr", "writeback", "alerts", "genai"))
    assert set(empty) == {c.id for c in asked} & set(MEASURES)


def test_free_text_takes_the_worst_column() -> None:
    clean = [column(f"c{i}", live=side(4000, **number())) for i in range(30)]
    assert level("DAT-03", columns=clean, live=4000) == 3
    dirty = [*clean, column("lactate", live=side(4000, unparsed=160, **number()))]
    result = run(dirty, live=4000)["DAT-03"]
    assert result.level == 1, "4 % of one column, not 0.1 % of all"
    assert "worst lactate" in result.value
    assert f"{100 * float(wilson(160, 4000)[1]):.1f} %" in result.value


def test_codes_are_only_confirmed_when_validity_and_release_were_looked_at() -> None:
    dx = [column("dx", kind="code")]
    assert level("DAT-04", columns=[column("hr")]) is None
    assert level("DAT-04", columns=dx) is None, "no finding is no proof that codes were checked"
    assert level("DAT-04", columns=dx, findings=[found("unseen_category", "dx", live=0.30)]) == 0
    mixed = found("code_system_mix", "dx", live=0.031)
    assert level("DAT-04", columns=dx, findings=[mixed]) == 1
    quiet = found("code_system_mix", "dx", verdict="quiet", live=0.0)
    assert level("DAT-04", columns=dx, findings=[quiet]) is None, "validity was not looked at"
    valid = found("code_invalid", "dx", verdict="quiet", live=0.0)
    assert level("DAT-04", columns=dx, findings=[quiet, valid]) == 3
    some = found("code_invalid", "dx", verdict="quiet", live=0.01)
    assert level("DAT-04", columns=dx, findings=[quiet, some]) == 2, (
        "1 % of 1,000: at least 98.2 % are valid"
    )
    two = [*dx, column("proc", kind="code")]
    assert level("DAT-04", columns=two, findings=[quiet, valid]) is None, (
        "nobody looked at the second column"
    )
    unknown = found("code_invalid", "proc", verdict="cannot_judge")
    assert level("DAT-04", columns=two, findings=[quiet, valid, unknown]) is None


def test_plausibility_by_declared_and_known_limits() -> None:
    wide = side(1000, **number(max=400.0))
    outside = run([column("hr", live=wide)])["DAT-05"]
    assert outside.level == 2, (
        "between the 99th percentile (140) and 400 at most 1 % lie, at most 1.8 % by the bound"
    )
    assert level("DAT-05") == 3
    assert level("DAT-05", findings=[found("out_of_range", "hr", live=0.08)]) == 0
    assert level("DAT-05", findings=[found("unit_change", "hr")]) == 0
    unknown = [column(f"score_{i}") for i in range(3)]
    assert level("DAT-05", columns=[column("hr"), *unknown]) is None, (
        "most columns have no known limits"
    )


def test_a_unit_flip_is_seen_in_the_medians() -> None:
    mmol = {k: v * 0.0555 for k, v in NORMAL_GLUCOSE.items()}
    flipped = column(
        "glucose",
        train=side(1000, min=40.0, max=400.0, quantiles=NORMAL_GLUCOSE),
        live=side(1000, min=2.2, max=22.0, quantiles=mmol),
    )
    result = run([flipped], made=config(columns={}))["DAT-05"]
    assert result.level == 0
    assert "unit changed in glucose" in result.value


NORMAL_GLUCOSE = {
    "0.01": 60.0,
    "0.05": 70.0,
    "0.25": 90.0,
    "0.5": 110.0,
    "0.75": 150.0,
    "0.95": 240.0,
    "0.99": 330.0,
}


def test_duplicates_refute_but_do_not_confirm_without_times() -> None:
    many = found("duplicate_rows", live=0.03)
    assert level("DAT-06", findings=[many]) == 1
    assert level("DAT-06") is None, "no repeats, but times were not looked at"
    timed = [column("hr"), column("t", role="time", kind="datetime")]
    looked = [
        found("time_order", "t", verdict="quiet", live=0.0),
        found("late_inputs", "t", verdict="quiet", live=0.0),
    ]
    assert level("DAT-06", columns=timed, findings=looked) == 3
    assert (
        level("DAT-06", columns=timed, findings=[*looked[:1], found("late_inputs", "t", live=0.04)])
        == 0
    )


def test_leakage() -> None:
    clean = {"overlap": 0.0, "suspects": [], "split": "temporal"}
    assert level("DAT-07", performance={"leakage": clean}) == 3
    assert level("DAT-07", performance={"leakage": clean | {"split": "random"}}) == 2
    assert level("DAT-07", performance={"leakage": clean | {"suspects": ["discharge_code"]}}) == 1
    assert level("DAT-07", performance={"leakage": clean | {"overlap": 0.02}}) == 0
    assert level("DAT-07", performance={"leakage": {"suspects": []}}) is None
    assert level("DAT-07") is None


def test_sites_by_slices() -> None:
    gap = found("missing_up", "hr", live=0.1)

    def at(effect: float, n: int = 400) -> int | None:
        sliced = gap.model_copy(
            update={"slices": (SliceShare(by="site", value="C3", n=n, effect=effect),)}
        )
        return level("INT-05", findings=[sliced])

    assert (at(0.14), at(0.25), at(0.25, n=150)) == (3, 2, None)


def test_identifiers() -> None:
    assert level("SEC-06", findings=[found("identifier_present", "mrn")]) == 0
    declared = found("identifier_present", "encounter", verdict="quiet")
    result = run(findings=[declared])["SEC-06"]
    assert result.level == 2
    assert "Retention is not visible in data" in result.reason


def test_drift_share_weighs_importance_and_leaves_out_what_cannot_be_judged() -> None:
    ten = [column(f"c{i}", verdict="alarm" if i < 2 else "quiet") for i in range(10)]
    assert level("OBS-01", columns=ten, made=config(columns={})) == 3
    weights = {f"c{i}": {"importance": 1.0 if i < 2 else 0.1} for i in range(10)}
    assert level("OBS-01", columns=ten, made=config(columns=weights)) == 0
    blind = [column(f"c{i}", verdict="cannot_judge" if i < 6 else "quiet") for i in range(10)]
    assert level("OBS-01", columns=blind, made=config(columns={})) is None
    assert level("OBS-01", columns=ten, live=499, made=config(columns={})) is None
    assert level("OBS-01", columns=[column("a"), column("b")], made=config(columns={})) == 4


def test_service_columns_are_no_inputs() -> None:
    log = config(columns={}, operations={"latency_ms": "ms"})
    columns = [
        column("a"),
        column(
            "ms", verdict="alarm", live=side(**number(quantiles={"0.95": 1500.0, "0.99": 2500.0}))
        ),
    ]
    result = run(columns, made=log)
    assert result["OBS-01"].level == 4
    assert result["REL-01"].level == 2, "p95 keeps the budget, p99 does not"


def test_scope_is_refuted_by_one_column_but_confirmed_only_by_rows() -> None:
    assert level("CLN-08") is None
    assert level("CLN-08", findings=[found("unseen_category", "route", live=0.16)]) == 1
    assert level("CLN-08", findings=[found("unseen_category", "route", live=0.02)]) is None
    whole = {"scope": {"out_of_scope": 0.02, "high": 0.03, "scored_out_of_scope": 0}}
    assert level("CLN-08", performance=whole) == 3


def accepted(name: str, value: object) -> bool:
    """Whether performance can hold ``value`` under ``name``; what it cannot hold reaches no measure."""
    try:
        Performance.model_validate({name: value})
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("key", sorted(MEASURES))
def test_no_measure_breaks_on_odd_performance(key: str) -> None:
    """Whatever performance can hold, a measure answers or says why not."""
    odd: list[object] = [
        None,
        "x",
        3,
        [],
        {},
        {"n": "many"},
        {"live": float("nan"), "n_events": 500},
    ]
    names = [
        "auroc at_threshold calibration subgroups baseline validation net_benefit silent output labels log leakage scope sites",
        "slices operations versions contract skew generated_text reconstruction write_back feedback",
        "alerts usage impact primary_metric windows",
    ]
    for value in odd:
        performance = {n: value for line in names for n in line.split() if accepted(n, value)}
        result = run(performance=performance)[key]
        assert result.level is not None or result.reason
