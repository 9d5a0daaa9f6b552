"""Figures and arithmetic of the performance pages, from small performance dictionaries."""

from __future__ import annotations

from typing import Any

import pytest

from golive.model.measured.course import ChangePoint, Window
from golive.model.measured.groups import Group
from golive.model.measured.performance import (
    Calibration,
    CurvesOfBoth,
    ScoreHistogram,
    ThresholdStep,
)
from golive.model.measured.service import Hour
from golive.ui.figures import outcomes as figures
from golive.ui.performance import outcomes
from golive.wording.labels import LIGHT

POINT = {"expected": 0.1, "observed": 0.2, "low": 0.15, "high": 0.26, "n": 200, "n_events": 40}
CURVES = CurvesOfBoth.model_validate(
    {
        "train": {"calibration": [POINT]},
        "live": {"calibration": [POINT, {**POINT, "expected": 0.4}]},
    }
)
HISTOGRAM = ScoreHistogram(edges=(0.0, 0.5, 1.0), train=(50, None), live=(30, None))
GROUPS = [
    Group.model_validate(row)
    for row in [
        {
            "by": "site",
            "value": "C1",
            "n": 400,
            "enough": True,
            "metrics": {"auroc": {"live": 0.8, "low": 0.7, "high": 0.9}},
        },
        {
            "by": "site",
            "value": "C2",
            "n": 300,
            "enough": True,
            "metrics": {"auroc": {"live": 0.6, "low": 0.5, "high": 0.7}},
        },
        {"by": "site", "value": "C3", "n": 20, "enough": False},
    ]
]
WEEKS = [
    Window.model_validate(
        {
            "start": f"2026-03-0{i}",
            "n": 100,
            "auroc": {"live": 0.7, "live_low": 0.6, "live_high": 0.8},
            "expected_band": [0.75, 0.85],
        }
    )
    for i in (1, 8)
]
BREAK = ChangePoint(
    signal="score",
    date="2026-03-04",
    p_adjusted=0.001,
    before=0.1,
    after=0.2,
    n_before=90,
    n_after=90,
)


def test_calibration_draws_both_sides_the_diagonal_and_the_rug() -> None:
    figure = figures.calibration(CURVES, HISTOGRAM, LIGHT)
    assert [t.name for t in figure.data] == [
        "Training",
        "Live",
        "Predicted = observed",
        "How many live scores",
    ]
    assert list(figure.data[1].x) == pytest.approx([10.0, 40.0])
    assert list(figure.data[1].error_y.array) == pytest.approx([6.0, 6.0])
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == (
        "Predicted risk (%)",
        "Observed (%)",
    )


def test_calibration_without_outcomes_is_empty_and_says_so() -> None:
    assert [t.name for t in figures.calibration(CurvesOfBoth(), ScoreHistogram(), LIGHT).data] == [
        "Predicted = observed"
    ]
    assert "could not be drawn" in figures.describe_calibration(Calibration())


def test_time_line_draws_the_expected_band_and_the_breaks() -> None:
    figure = figures.time_line(WEEKS, "auroc", LIGHT, changes=[BREAK, BREAK])
    assert [t.name for t in figure.data] == ["Expected from training", "Live"]
    assert len(figure.data[1].x) == 2
    assert len(figure.layout.shapes) == 1


def test_forest_draws_only_groups_that_could_be_measured_and_names_the_lowest() -> None:
    figure = figures.forest(GROUPS, "auroc", 0.75, LIGHT)
    assert list(figure.data[0].x) == [0.8, 0.6]
    assert "C2" in figures.describe_forest(GROUPS, "auroc")
    assert "No group" in figures.describe_forest(GROUPS[2:], "auroc")


def test_the_line_of_everyone_says_its_value_and_runs_behind_the_names() -> None:
    written = figures.forest(GROUPS, "auroc", 0.75, LIGHT).layout.annotations
    assert [a.text for a in written if a.text.startswith("everyone")] == ["everyone 0.75"]
    assert {a.bgcolor for a in written if "n = " in a.text} == {LIGHT.background}


def test_shares_are_drawn_in_percent_and_days_in_words() -> None:
    weeks = [
        Window.model_validate(
            {
                "start": "2026-03-01",
                "n": 100,
                "alert_rate": {"live": 0.3, "live_low": 0.25, "live_high": 0.36},
            }
        )
    ]
    figure = figures.time_line(weeks, "alert_rate", LIGHT)
    assert list(figure.data[0].y) == pytest.approx([30])
    assert list(figure.data[0].error_y.array) == pytest.approx([6])
    assert figure.layout.yaxis.title.text == "Alert rate (%)"
    assert list(figure.data[0].customdata[0]) == ["1 Mar 2026", "30 %", "100"]
    ppvs = {"ppv": {"live": 0.2, "low": 0.1, "high": 0.4}}
    groups = [g.having(metrics=ppvs) for g in GROUPS[:2]]
    ppv = figures.forest(groups, "ppv", 0.25, LIGHT)
    assert (list(ppv.data[0].x), ppv.layout.xaxis.title.text) == ([20, 20], "PPV (%)")


def test_a_group_is_named_above_its_line_with_n_whatever_its_name_holds() -> None:
    groups = [GROUPS[0].having(by="age", value="<40>"), GROUPS[1]]
    names = [a.text for a in figures.forest(groups, "auroc", None, LIGHT).layout.annotations]
    assert names == ["<b>&lt;40&gt;</b> · age, n = 400", "<b>C2</b> · site, n = 300"]


def test_by_hour_draws_two_percentiles_and_the_budget() -> None:
    rows = [Hour(hour=h, p50=100.0, p95=100.0 + h) for h in range(24)]
    figure = figures.by_hour(rows, 500.0, LIGHT)
    assert [len(t.x) for t in figure.data] == [24, 24]
    assert "23:00" in figures.describe_by_hour(rows)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (
            {"tp": 30, "fp": 70, "fn": 20, "tn": 880},
            {"sensitivity": 0.6, "specificity": 880 / 950, "ppv": 0.3, "alert_rate": 0.1},
        ),
        (
            {"tp": None, "fp": 70, "fn": 20, "tn": 880},
            {"sensitivity": None, "specificity": 880 / 950, "ppv": None, "alert_rate": None},
        ),
    ],
)
def test_shares_at_a_threshold_come_from_its_counts(
    step: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert outcomes.at(ThresholdStep(threshold=0.5, **step)) == pytest.approx(expected)


def test_the_explorer_takes_the_nearest_step() -> None:
    steps = [ThresholdStep(threshold=t) for t in (0.1, 0.2, 0.4)]
    assert outcomes.nearest_step(steps, 0.29).threshold == 0.2
