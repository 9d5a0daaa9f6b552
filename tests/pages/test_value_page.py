"""Value: empty and filled, inputs that are visible, and ranges that follow from them."""

from __future__ import annotations

from typing import Any

import pytest

from golive.model.registers import Kpi, Milestone, ValueLine
from golive.store import registers
from golive.store.registers import Change
from golive.ui.registers import value

PAGE = "pages/verdict/value.py"
FIRST = "00000000-0000-4000-8000-000000000001"
PROJECT = "ed-sepsis-alert"
VIEWER = {"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]}


def _said(app: Any) -> str:
    return "\n".join(m.value for m in (*app.markdown, *app.caption)).replace("\\", "")


def _fill(store: Any) -> None:
    lines = [
        ValueLine(
            id="b", name="build", part="integration", timing="once", low=80, likely=100, high=200
        ),
        ValueLine(
            id="g", name="hours saved", side="benefit", part="benefit", low=50, likely=90, high=120
        ),
        ValueLine(id="l", name="licence", part="licence", likely=5),
    ]
    store.registers.write(registers.VALUE, [Change(x) for x in lines], project=PROJECT, actor="ana")
    kpis = [
        Kpi(
            id="k1",
            name="length of stay",
            layer="business",
            baseline=6,
            target=5,
            unit="days",
            owner="chief",
        ),
        Kpi(id="k2", name="time to antibiotic", layer="clinical", feeds="k1"),
    ]
    store.registers.write(registers.KPIS, [Change(k) for k in kpis], project=PROJECT, actor="ana")
    stones = [
        Milestone(id="a", name="write-back", low=10, likely=20, high=60),
        Milestone(id="b", name="go-live", after="a"),
    ]
    store.registers.write(
        registers.MILESTONES, [Change(m) for m in stones], project=PROJECT, actor="ana"
    )


@pytest.mark.parametrize("user", [None, VIEWER], ids=["local", "viewer"])
def test_nothing_is_invented_when_nothing_is_written_down(
    seeded: Any, open_page: Any, user: Any
) -> None:
    app = open_page(PAGE, session=FIRST, user=user)
    assert not app.exception
    said = _said(app)
    assert "nothing can be computed" in said
    assert "No indicator is written down" in said
    assert "No milestone has" in said
    assert bool(app.data_editor) is (user is None)


def test_what_is_written_down_becomes_ranges(seeded: Any, open_page: Any) -> None:
    _fill(seeded)
    app = open_page(PAGE, session=FIRST)
    assert not app.exception
    said = _said(app)
    assert "Over 3 years of use the median is a gain" in said
    assert "Left out, because the range is not complete: licence" in said
    assert "    - **Clinical** time to antibiotic: no target (no owner)" in said
    assert "Critical path: write-back" in said
    assert "VAL-03 at level 2" in said
    before = next(t.value for t in app.table if "Median (10th to 90th percentile)" in t.value)
    app.number_input(key="roi_years").set_value(10).run()
    after = next(t.value for t in app.table if "Median (10th to 90th percentile)" in t.value)
    assert not before.equals(after)


def test_alert_work_follows_what_is_typed(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    app.number_input(key="alerts_per_day").set_value(48.0)
    app.number_input(key="alert_minutes").set_value(5.0)
    app.number_input(key="alert_ppv").set_value(25.0).run()
    assert not app.exception
    assert "takes 4.0 hours a day" in _said(app)
    assert "3.0 false ones" in _said(app)


def test_a_range_out_of_order_is_told(seeded: Any, open_page: Any) -> None:
    wrong = ValueLine(id="x", name="x", low=3, likely=1, high=2)
    seeded.registers.put(registers.VALUE, wrong, project=PROJECT, actor="ana")
    app = open_page(PAGE, session=FIRST)
    assert not app.exception
    assert "RANGE_ORDER" in app.error[0].value


@pytest.mark.usefixtures("no_sample")
def test_an_empty_store_offers_the_sample_on_value(open_page: Any) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert app.button(key="open_sample")


def test_indicators_in_a_circle_are_all_shown_once() -> None:
    rows = [
        Kpi(id="a", name="a", feeds="b"),
        Kpi(id="b", name="b", feeds="a"),
        Kpi(id="c", name="c", feeds="c"),
    ]
    assert sorted(k.id for _, k in value.tree(rows)) == ["a", "b", "c"]


def test_numbers_that_are_compared_have_as_many_decimals() -> None:
    assert value.alike(0.82, 0.8) == ["0.82", "0.80"]
    assert value.alike(9.4, None) == ["9.4", "–"]
    assert value.alike(140, 1100) == ["140", "1,100"]
    assert value.alike(1e-07, 0.5) == ["1e-07", "0.5"]
