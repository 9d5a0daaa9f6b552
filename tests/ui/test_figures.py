"""Figures: traces, axis titles with units, point counts, suppressed cells, and a sentence for each."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import pytest
import sample_assessment as sample
from hypothesis import given
from hypothesis import strategies as st

from golive.model.columns import ColumnType, Role
from golive.model.finding import SliceShare, Verdict
from golive.model.readiness import DimensionScore
from golive.model.result import ColumnResult, DriftResult, Picture, SideResult
from golive.ui import figures
from golive.ui.figures.dimensions import weakest_first
from golive.wording.labels import DARK, LIGHT


def _column(
    picture: Picture | None, n: int = 100, kind: ColumnType = ColumnType.NUMERIC
) -> ColumnResult:
    side = SideResult(n=n, missing=0, missing_share=0.0, distinct=5)
    return ColumnResult(
        name="lactate", type=kind, role=Role.FEATURE, train=side, live=side, picture=picture
    )


def _by_name(figure: go.Figure) -> dict[str, go.Figure]:
    return {trace.name: trace for trace in figure.data}


def test_histogram_draws_one_point_per_edge_and_one_more() -> None:
    column = _column(Picture(edges=(0, 1, 2, 4), train=(50, 30, 20), live=(0, 40, 60)))
    traces = _by_name(figures.distribution(column, LIGHT, unit="mmol/L"))
    assert set(traces) == {"Training", "Live"}
    assert list(traces["Training"].x) == [0, 0, 1, 2, 4]
    assert list(traces["Training"].y) == [0, 50, 30, 20, 0]
    assert list(traces["Live"].y) == [0, 0, 40, 60, 0]
    assert traces["Training"].line.color == LIGHT.training
    assert traces["Live"].line.color == LIGHT.live


def test_histogram_axis_titles_carry_unit_and_percent() -> None:
    figure = figures.distribution(
        _column(Picture(edges=(0, 1), train=(9,), live=(9,))), LIGHT, unit="mmol/L"
    )
    assert figure.layout.xaxis.title.text == "lactate (mmol/L)"
    assert figure.layout.yaxis.title.text == "Share of values (%)"


def test_shares_are_of_present_values_so_that_sizes_compare() -> None:
    train = SideResult(n=1000, missing=500, missing_share=0.5, distinct=2)
    live = SideResult(n=50, missing=0, missing_share=0.0, distinct=2)
    column = ColumnResult(
        name="hr",
        type=ColumnType.INTEGER,
        role=Role.FEATURE,
        train=train,
        live=live,
        picture=Picture(edges=(0, 1, 2), train=(250, 250), live=(25, 25)),
    )
    traces = _by_name(figures.distribution(column, LIGHT))
    assert list(traces["Training"].y) == list(traces["Live"].y) == [0, 50, 50, 0]


def test_suppressed_bin_is_hatched_over_the_range_that_1_to_10_rows_could_be() -> None:
    column = _column(Picture(edges=(0, 1, 2), train=(None, 95), live=(60, 40)), n=100)
    hidden = _by_name(figures.distribution(column, LIGHT))["Training: 1-10 rows"]
    assert list(hidden.base) == [1.0]
    assert hidden.base[0] + hidden.y[0] == 10.0
    assert hidden.marker.pattern.shape == "/"
    assert "1-10 rows" in hidden.hovertemplate


def test_suppressed_count_never_reaches_the_browser() -> None:
    column = _column(Picture(edges=(0, 1, 2), train=(None, 95), live=(60, None)))
    text = " ".join(
        t for trace in figures.distribution(column, LIGHT).data for t in (trace.text or ()) if t
    )
    assert text.count("1-10") == 2


def test_factor_moves_only_the_live_bins() -> None:
    column = _column(Picture(edges=(0, 10, 20), train=(50, 50), live=(50, 50)))
    traces = _by_name(figures.distribution(column, LIGHT, factor=0.1))
    assert max(traces["Training"].x) == 20
    assert max(traces["Live"].x) == 2


def test_log_axis_reaches_below_the_smallest_share_drawn() -> None:
    column = _column(Picture(edges=(0, 1, 2), train=(9_980, 20), live=(9_000, 1_000)), n=10_000)
    axis = figures.distribution(column, LIGHT, log=True).layout.yaxis
    assert axis.type == "log"
    assert 10 ** axis.range[0] < 0.2


def test_dates_are_drawn_on_a_date_axis() -> None:
    day = 86_400.0
    column = _column(
        Picture(edges=(0, day, 2 * day), train=(50, 50), live=(20, 80)), kind=ColumnType.DATETIME
    )
    figure = figures.distribution(column, LIGHT)
    assert figure.layout.xaxis.type == "date"
    assert str(figure.data[0].x[-1]).startswith("1970-01-03")


def test_categories_are_paired_bars_training_first() -> None:
    column = _column(
        Picture(labels=("a", "b"), train=(80, 20), live=(50, 50)), kind=ColumnType.CATEGORY
    )
    figure = figures.distribution(column, LIGHT)
    assert [t.name for t in figure.data] == ["Training", "Live"]
    assert [t.orientation for t in figure.data] == ["h", "h"]
    assert list(figure.data[0].x) == [80, 20]
    assert list(figure.layout.yaxis.ticktext) == ["a", "b"]


def test_no_more_than_fifteen_categories_are_drawn() -> None:
    labels = tuple(f"code {i}" for i in range(40))
    cells = tuple(50 for _ in labels)
    column = _column(Picture(labels=labels, train=cells, live=cells), n=2000, kind=ColumnType.CODE)
    assert len(figures.distribution(column, LIGHT).data[0].x) == 15


def test_suppressed_category_is_hatched() -> None:
    column = _column(
        Picture(labels=("a", "b"), train=(80, None), live=(50, 50)), kind=ColumnType.CATEGORY
    )
    hidden = _by_name(figures.distribution(column, LIGHT))["Training: 1-10 rows"]
    assert list(hidden.y) == [1]


@pytest.mark.parametrize("picture", [None, Picture()])
def test_a_column_without_picture_gives_an_empty_figure_and_says_so(
    picture: Picture | None,
) -> None:
    assert len(figures.distribution(_column(picture), LIGHT).data) == 0
    assert "no values to draw" in figures.describe_distribution(_column(picture))


def test_description_names_both_sides_with_n() -> None:
    column = _column(Picture(edges=(0, 1, 2), train=(90, 10), live=(20, 80)))
    words = figures.describe_distribution(column, unit="mg/dL")
    assert "Training (n = 100): most often 0 to 1 mg/dL, 90 %" in words
    assert "Live (n = 100): most often 1 to 2 mg/dL, 80 %" in words


def test_no_figure_colours_its_paper_and_words_take_the_colours_of_the_theme() -> None:
    column = sample.columns()[0]
    drift = column.drift
    assert drift is not None
    drawn = [
        figures.distribution(column, DARK),
        figures.missing(column, DARK),
        figures.scale(drift, DARK),
        figures.dimensions(sample.readiness().dimensions, DARK),
    ]
    for figure in drawn:
        layout = json.loads(figure.to_json())["layout"]
        layout.pop("template", None)
        assert "paper_bgcolor" not in layout
        assert "plot_bgcolor" not in layout
        assert "font" not in layout
        words = [
            layout[axis][part] for axis in ("xaxis", "yaxis") for part in ("tickfont", "title")
        ]
        inks = {(w.get("font") or w).get("color") for w in words}
        assert inks == {DARK.muted}


def test_a_figure_stays_small_whatever_the_rows() -> None:
    for column in sample.columns():
        assert len(figures.distribution(column, LIGHT).to_json()) < 40_000


def test_missing_shows_both_sides_from_0_to_100_with_wilson_intervals() -> None:
    side = SideResult(n=100, missing=28, missing_share=0.28, distinct=3)
    column = _column(None).model_copy(update={"live": side})
    figure = figures.missing(column, LIGHT)
    live = _by_name(figure)["Live"]
    assert list(live.y) == ["Live: 28 %"]
    assert list(live.x) == pytest.approx([28.0])
    # Wilson 95 % of 28/100: 0.2014 to 0.3749 (statsmodels proportion_confint, method="wilson").
    assert live.error_x.arrayminus[0] == pytest.approx(28 - 20.138, abs=0.01)
    assert live.error_x.array[0] == pytest.approx(37.494 - 28, abs=0.01)
    assert figure.layout.xaxis.range[0] == 0
    assert figure.layout.xaxis.title.text == "Rows without a value (%)"
    assert (
        figures.describe_missing(column)
        == "lactate has no value in 0 % of 100 training rows and 28 % of 100 live rows."
    )


def test_missing_of_a_column_that_live_lacks_draws_training_only() -> None:
    column = _column(None).model_copy(update={"live": None})
    assert [t.name for t in figures.missing(column, LIGHT).data] == ["Training"]


def test_scale_draws_score_floor_and_threshold() -> None:
    drift = DriftResult(
        method="wasserstein",
        score=0.91,
        threshold=0.1,
        floor=0.04,
        verdict=Verdict.ALARM,
        n_train=200,
        n_live=100,
    )
    figure = figures.scale(drift, LIGHT, after=0.02)
    traces = _by_name(figure)
    assert list(traces["score"].x) == [0.91]
    assert traces["score"].marker.color == LIGHT.alarm
    assert list(traces["after repair"].x) == [0.02]
    band, line = figure.layout.shapes
    assert (band.x0, band.x1) == (0, 0.04)
    assert line.x0 == line.x1 == 0.1
    assert "Wasserstein distance (SD)" in figure.layout.xaxis.title.text
    assert figures.describe_scale(drift) == (
        "Act: Wasserstein distance (SD) 0.91; it matters from 0.10, no change at all stays under 0.040 "
        "(n = 200 and 100)."
    )


def test_scale_without_score_draws_no_dot_and_gives_the_reason() -> None:
    drift = DriftResult(
        method="wasserstein", threshold=0.1, verdict=Verdict.CANNOT_JUDGE, reason="14 live values"
    )
    assert "score" not in _by_name(figures.scale(drift, LIGHT))
    assert figures.describe_scale(drift) == "No score: 14 live values."


def test_scale_of_a_p_value_says_that_small_is_different() -> None:
    drift = DriftResult(
        method="ks", score=0.2, threshold=0.05, verdict=Verdict.QUIET, n_train=50, n_live=50
    )
    assert "p-value" in figures.scale(drift, LIGHT).layout.xaxis.title.text
    assert "no difference" not in figures.scale(drift, LIGHT).layout.xaxis.title.text
    assert "below 0.050" in figures.describe_scale(drift)


def test_dimensions_run_weakest_first_from_proven_to_possible() -> None:
    scores = sample.readiness().dimensions
    figure = figures.dimensions(scores, LIGHT)
    bars, dots = figure.data[0], figure.data[1]
    assert len(bars.x) == len(scores) == 12
    assert bars.customdata[0][0] == "HND"
    assert bars.base[0] == 8.0
    assert bars.base[0] + bars.x[0] == 28.0
    assert len(dots.x) == 11
    assert list(dots.x) == sorted(dots.x)
    assert list(figure.layout.yaxis.ticktext)[-1] == "Adoption and workflow"


def test_the_legend_of_dimensions_says_what_production_needs() -> None:
    line = figures.dimensions(sample.readiness().dimensions, LIGHT).data[2]
    assert (line.name, line.x) == ("Production needs 80", (80, 80))


def test_dimensions_with_thin_evidence_are_hatched() -> None:
    scores = sample.readiness().dimensions
    bars = figures.dimensions(scores, LIGHT).data[0]
    hatched = {
        custom[0]
        for custom, shape in zip(bars.customdata, bars.marker.pattern.shape, strict=True)
        if shape
    }
    assert hatched == {d.id for d in scores if d.coverage < 0.5}


def test_dimensions_say_which_is_weakest() -> None:
    words = figures.describe_dimensions(sample.readiness().dimensions)
    assert "Handoff and capability 10 points" in words
    assert "Privacy and security 75 points" in words


def test_dimensions_without_assessment_prove_nothing() -> None:
    score = DimensionScore(
        id="DAT", name="Data", weight=12, point=None, low=0, high=100, coverage=0
    )
    assert len(figures.dimensions([score], LIGHT).data[1].x) == 0
    assert "nothing is proven" in figures.describe_dimensions([score])


@given(st.lists(st.one_of(st.none(), st.floats(0, 100)), max_size=12))
def test_weakest_first_keeps_every_dimension_and_orders_what_is_known(
    values: list[float | None],
) -> None:
    scores = [
        DimensionScore(id=f"D{i}", name=f"d{i}", weight=1, point=v, low=0, high=100, coverage=1)
        for i, v in enumerate(values)
    ]
    ordered = weakest_first(scores)
    assert {d.id for d in ordered} == {d.id for d in scores}
    known = [d.point for d in ordered if d.point is not None]
    assert known == sorted(known)
    assert all(d.point is None for d in ordered[len(known) :])


def test_slices_are_largest_first_and_small_ones_are_left_out() -> None:
    parts = (
        SliceShare(by="site", value="C1", n=3000, effect=0.02),
        SliceShare(by="site", value="C3", n=373, effect=0.61),
        SliceShare(by="site", value="C9", n=7, effect=0.9),
    )
    figure = figures.slices(parts, LIGHT, quantity="missing_share")
    assert list(figure.data[0].x) == pytest.approx([61.0, 2.0])
    assert list(figure.layout.yaxis.ticktext) == ["C3 (n = 373)", "C1 (n = 3,000)"]
    assert figure.layout.xaxis.title.text == "Missing share (%)"
    assert figures.describe_slices(parts, quantity="missing_share") == (
        "Missing share by site: largest in C3, 61 % (n = 373)."
    )


def test_slices_without_any_measured_one_say_so() -> None:
    assert "No slice" in figures.describe_slices(
        (SliceShare(by="site", value="C9", n=7),), quantity="median"
    )


def test_a_bin_with_most_values_asks_for_a_log_axis() -> None:
    heap = _column(Picture(edges=(0, 1, 2, 3), train=(95, 3, 2), live=(90, 5, 5)))
    flat = _column(Picture(edges=(0, 1, 2, 3), train=(40, 30, 30), live=(30, 30, 40)))
    assert figures.needs_log(heap)
    assert not figures.needs_log(flat)
    assert not figures.needs_log(_column(None))


def test_a_rare_category_that_is_new_in_live_data_is_drawn() -> None:
    labels = tuple(f"code {i}" for i in range(30))
    train = (*tuple(100 - i for i in range(29)), 0)
    live = (*tuple(100 - i for i in range(29)), 60)
    column = _column(Picture(labels=labels, train=train, live=live), n=3000, kind=ColumnType.CODE)
    drawn = list(figures.distribution(column, LIGHT).layout.yaxis.ticktext)
    assert len(drawn) == 15
    assert drawn[:10] == list(labels[:10])
    assert "code 29" in drawn
