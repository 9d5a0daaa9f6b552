"""Ranges that keep what people said, a business case that can be checked by hand, alert work, and the critical path."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from golive.model.errors import InputError
from golive.model.register_files import parse
from golive.model.registers import Milestone, ValueLine
from golive.readiness.registers import value


def _line(key: str, amount: float, **rest: object) -> ValueLine:
    fixed = {"name": key, "low": amount, "likely": amount, "high": amount} | rest
    return ValueLine(id=key, **fixed)  # type: ignore[arg-type]


def _stone(key: str, low: float, likely: float, high: float, after: str = "") -> Milestone:
    return Milestone(id=key, name=key, low=low, likely=likely, high=high, after=after)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=3, max_size=3).map(sorted))
def test_a_drawn_line_keeps_its_three_values(values: list[float]) -> None:
    low, likely, high = values
    at = np.array([-value.Z90, 0.0, value.Z90])
    assert value.draw(low, likely, high, at) == pytest.approx(values, abs=1e-6)
    assert (value.draw(low, likely, high, np.linspace(-9, 9, 50)) >= 0).all()


def test_the_normal_quantile_is_scipys() -> None:
    assert pytest.approx(stats.norm.ppf(0.9), abs=1e-12) == value.Z90


def test_a_case_without_spread_is_arithmetic() -> None:
    lines = [
        _line("build", 100, part="integration", timing="once"),
        _line("run", 20, part="support"),
        _line("gain", 70, side="benefit", part="benefit"),
    ]
    case = value.business_case(lines, years=3)
    assert case is not None
    assert case.cost == value.Range(160, 160, 160)
    assert case.benefit == value.Range(210, 210, 210)
    assert case.net.p50 == 50
    assert case.payback.p50 == pytest.approx(2.0)  # 100 / (70 - 20)
    assert case.pays_back == 1.0
    assert [part for part, _ in case.by_part] == ["integration", "support"]
    assert value.business_case(lines, years=1).pays_back == 0.0  # type: ignore[union-attr]


def test_discount_takes_the_value_of_later_years() -> None:
    case = value.business_case([_line("gain", 110, side="benefit")], years=2, discount=0.1)
    assert case is not None
    assert case.benefit.p50 == pytest.approx(110 / 1.1 + 110 / 1.21)


def test_what_never_pays_back_says_so() -> None:
    case = value.business_case([_line("build", 100, timing="once"), _line("run", 5)], years=3)
    assert case is not None
    assert math.isinf(case.payback.p10)
    assert (case.pays_back, case.net.p50) == (0.0, -115)


def test_simulated_percentiles_are_those_of_one_line() -> None:
    case = value.business_case(
        [_line("gain", 0, side="benefit", timing="once", low=50, likely=100, high=300)]
    )
    assert case is not None
    got = (case.benefit.p10, case.benefit.p50, case.benefit.p90)
    assert got == pytest.approx((50, 100, 300), rel=0.05)
    again = value.business_case(
        [_line("gain", 0, side="benefit", timing="once", low=50, likely=100, high=300)]
    )
    assert again == case  # fixed seed


def test_lines_without_a_range_are_left_out_and_named() -> None:
    half = ValueLine(id="x", name="licence", low=1)
    assert value.business_case([half]) is None
    case = value.business_case([half, _line("run", 5)])
    assert case is not None
    assert case.left_out == ("licence",)


def test_a_range_out_of_order_is_refused() -> None:
    with pytest.raises(InputError, match="RANGE_ORDER"):
        value.business_case([_line("x", 0, low=3, likely=2, high=4)])


def test_alert_work() -> None:
    work = value.alert_workload(48, 5, 0.25)
    assert (work.hours_per_day, work.false_per_true, work.minutes_per_true) == (4.0, 3.0, 20.0)
    assert value.alert_workload(48, 5).false_per_true is None
    assert value.alert_workload(48, 5, 0.0).minutes_per_true is None
    assert value.alert_workload(0, 5, 1.0).false_per_true == 0


def test_the_critical_path_is_the_longest_chain() -> None:
    stones = [
        _stone("model", 10, 10, 10),
        _stone("ehr", 30, 30, 30),
        _stone("security", 20, 20, 20, "model"),
        _stone("live", 5, 5, 5, "ehr, security"),
    ]
    found = value.timeline(stones)
    assert found is not None
    assert found.days == value.Range(35, 35, 35)
    assert found.critical in (("ehr", "live"), ("model", "security", "live"))
    assert found.contingency == 0
    wide = value.timeline([*stones[:1], _stone("ehr", 30, 31, 60), *stones[2:]])
    assert wide is not None
    assert wide.critical == ("ehr", "live")
    assert wide.likely_sum == 36
    assert wide.days.p90 == pytest.approx(65, rel=0.05)
    assert wide.contingency == pytest.approx(65 / 36 - 1, rel=0.1)
    assert wide.share_on_path["live"] == 1.0
    assert wide.share_on_path["ehr"] + wide.share_on_path["security"] == pytest.approx(1.0)


def test_a_circle_is_named_by_its_milestones() -> None:
    stones = [_stone("a", 1, 1, 1, "b"), _stone("b", 1, 1, 1, "a"), _stone("alone", 1, 1, 1)]
    with pytest.raises(InputError) as caught:
        value.timeline(stones)
    assert caught.value.problems[0].sentence.count("→") == 2
    assert "alone" not in caught.value.problems[0].sentence


@pytest.mark.parametrize("text", ["1e300", ".inf", ".nan", "-1"])
def test_numbers_that_no_plan_holds_are_refused_where_they_are_typed(text: str) -> None:
    rows = f"- {{id: a, name: A, low: 1, likely: 2, high: {text}}}\n"
    with pytest.raises(InputError, match="REGISTER_VALUE"):
        parse(rows.encode(), "m.yaml", Milestone)
    with pytest.raises(InputError, match="REGISTER_VALUE"):
        parse(rows.encode(), "v.yaml", ValueLine)


@pytest.mark.parametrize(
    ("stones", "code"),
    [
        ([_stone("a", 1, 1, 1, "b")], "MILESTONE_UNKNOWN"),
        ([_stone("a", 1, 1, 1, "b"), _stone("b", 1, 1, 1, "a")], "MILESTONE_CIRCLE"),
        ([_stone("a", 1, 1, 1, "a")], "MILESTONE_CIRCLE"),
        ([_stone("a", 5, 1, 1)], "RANGE_ORDER"),
    ],
)
def test_a_timeline_that_cannot_be(stones: list[Milestone], code: str) -> None:
    with pytest.raises(InputError, match=code):
        value.timeline(stones)


def test_a_timeline_without_ranges_is_none_and_gaps_take_no_time() -> None:
    assert value.timeline([Milestone(id="a", name="a")]) is None
    assert value.timeline([]) is None
    found = value.timeline([Milestone(id="a", name="gap"), _stone("b", 1, 1, 1, "a")])
    assert found is not None
    assert found.left_out == ("gap",)
    assert found.critical == ("b",)
