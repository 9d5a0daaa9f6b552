"""A column by site and by week: order of sites, suppressed cells as gaps, training as dot or band, one sentence each."""

from __future__ import annotations

import pytest

from golive.model.columns import ColumnType, Role
from golive.model.result import ColumnResult, SideResult, SliceSeries
from golive.ui import figures
from golive.wording.labels import LIGHT

WEEKS = tuple(f"2026-03-{d:02d}" for d in (2, 9, 16, 23, 30))


def _sites(
    values: tuple[str, ...], median: tuple[float | None, ...], gaps: tuple[float | None, ...]
) -> SliceSeries:
    return SliceSeries(
        by="site", column="clinic", values=values, n=(100,) * len(values), missing_share=gaps,
        low=tuple(None if m is None else m * 0.8 for m in median), median=median,
        high=tuple(None if m is None else m * 1.3 for m in median),
    )  # fmt: skip


def _weeks(median: tuple[float | None, ...]) -> SliceSeries:
    n = len(median)
    return SliceSeries(
        by="time", column="at", values=WEEKS[:n], n=(50,) * n, missing_share=(0.1,) * n, low=median, median=median,
        high=median,
    )  # fmt: skip


def _column(train: tuple[SliceSeries, ...], live: tuple[SliceSeries, ...]) -> ColumnResult:
    def side(slices: tuple[SliceSeries, ...]) -> SideResult:
        return SideResult(
            n=300, missing=30, missing_share=0.1, distinct=9, quantiles={"0.5": 1.0}, slices=slices
        )

    return ColumnResult(
        name="creatinine",
        type=ColumnType.NUMERIC,
        role=Role.FEATURE,
        train=side(train),
        live=side(live),
    )


C3 = _column(
    (_sites(("C1", "C2", "C3"), (1.0, 1.1, 1.0), (0.1, 0.1, 0.1)),),
    (
        _sites(("C1", "C2", "C3", "C9"), (1.0, 1.15, 77.0, None), (0.1, None, 0.1, 0.9)),
        _weeks((1.0, None, 30.0)),
    ),
)
MEDIAN = figures.Drawn("median")


def test_sites_that_left_training_come_first() -> None:
    figure = figures.by_site(C3, LIGHT, MEDIAN, unit="mg/dL")
    assert [t.split(" (n")[0] for t in figure.layout.yaxis.ticktext] == ["C3", "C2", "C1", "C9"]
    live = next(t for t in figure.data if t.name == "Live")
    assert list(live.x) == [77.0, 1.15, 1.0, None]
    assert live.error_x.array[0] == pytest.approx(77 * 0.3)
    assert figure.layout.xaxis.title.text == "Median (mg/dL)"
    assert "C3 with 77 (n = 100); training 1." in figures.describe_by_site(C3, MEDIAN)


def test_gaps_are_drawn_as_shares_and_a_hidden_cell_stays_hidden() -> None:
    gaps = figures.drawn(C3, gaps=True)
    assert gaps == figures.Drawn(figures.MISSING)
    assert gaps is not None
    live = next(t for t in figures.by_site(C3, LIGHT, gaps).data if t.name == "Live")
    shown = dict(zip(live.customdata, live.x, strict=True))
    assert shown["Live at C9: 90 % (n = 100)"] == 90
    assert shown["Live at C2: 1-10 rows (n = 100)"] is None


def test_a_window_of_few_rows_is_a_gap_in_the_line() -> None:
    figure = figures.by_time(C3, LIGHT, MEDIAN)
    live = next(t for t in figure.data if t.name == "Live")
    assert list(live.y) == [1.0, None, 30.0]
    assert (
        next(t for t in figure.data if t.name == "Training").y[0] == 1.0
    )  # no dated training: one line
    assert "1 from 2 Mar 2026, 30 from 16 Mar 2026" in figures.describe_by_time(C3, MEDIAN)


def test_dated_training_gives_the_band_it_moved_in() -> None:
    column = _column((_weeks((0.9, 1.0, 1.2, 1.1)),), (_weeks((1.0, 1.1)),))
    band = next(t for t in figures.by_time(column, LIGHT, MEDIAN).data if "Training" in t.name)
    assert (min(band.y), max(band.y)) == (0.9, 1.2)


def test_a_category_shows_the_value_that_moved_most() -> None:
    series = SliceSeries(
        by="site",
        column="clinic",
        values=("C1",),
        n=(90,),
        missing_share=(0.0,),
        shares={"iv": (0.25,), "IV": (0.5,)},
    )
    column = _column((), (series,))
    what = figures.drawn(column, gaps=False)
    assert what == figures.Drawn("share", "iv")
    assert what is not None
    assert list(figures.by_site(column, LIGHT, what).data[0].x) == [25.0]
    assert "Share of 'iv'" in figures.by_site(column, LIGHT, what).layout.xaxis.title.text


def test_without_slices_there_is_nothing_to_draw() -> None:
    assert figures.drawn(_column((), ()), gaps=True) is None


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (("2026-03-02",), "day"),
        (("2026-03-02", "2026-03-04"), "day"),
        (WEEKS, "week"),
        (("2026-01-01", "2026-02-01"), "month"),
    ],
)
def test_windows_are_named_by_their_width(values: tuple[str, ...], word: str) -> None:
    assert figures.window_word(values) == word
