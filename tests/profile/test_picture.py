"""What may be drawn: shared bins, nothing under eleven rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.model.columns import ColumnType, Role, Roles
from golive.model.profile import CategoryProfile, ColumnProfile
from golive.profile import picture, profile, side
from golive.profile.numbers import numeric_profile, weigh


def _numbers(values: np.ndarray) -> ColumnProfile:
    points, counts = weigh(np.sort(values.astype(np.float64)))
    numeric = numeric_profile(points, counts)
    return ColumnProfile(
        "x",
        ColumnType.NUMERIC,
        Role.FEATURE,
        "float64",
        len(values),
        0,
        len(points),
        numeric=numeric,
    )


def _words(counts: dict[str, int]) -> ColumnProfile:
    n = sum(counts.values())
    category = CategoryProfile(n, tuple(counts), np.array(list(counts.values()), dtype=np.int64))
    return ColumnProfile(
        "c", ColumnType.CATEGORY, Role.FEATURE, "text", n, 0, len(counts), category=category
    )


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=200),
    st.lists(st.integers(-9, 9), min_size=1, max_size=200),
)
def test_no_small_cell_is_shown(train: list[float], live: list[int]) -> None:
    drawn = picture(_numbers(np.array(train)), _numbers(np.array(live)))
    assert drawn is not None
    assert len(drawn.train) == len(drawn.live) == len(drawn.edges) - 1 <= 40
    for cell in (*drawn.train, *drawn.live, *drawn.below, *drawn.above):
        assert cell is None or cell == 0 or cell >= 11


def test_every_row_is_in_a_bin_or_outside() -> None:
    rng = np.random.default_rng(0)
    train, live = rng.normal(0, 1, 100_000), rng.normal(3, 1, 50_000)
    drawn = picture(_numbers(train), _numbers(live))
    assert drawn is not None
    assert len(drawn.edges) == 37
    for cells, below, above, values in (
        (drawn.train, drawn.below[0], drawn.above[0], train),
        (drawn.live, drawn.below[1], drawn.above[1], live),
    ):
        counts, _ = np.histogram(values, np.array(drawn.edges))
        np.testing.assert_allclose(
            [c or 0 for c in cells], counts, atol=30
        )  # bin means stand for their rows
        assert below is not None or above is not None
        hidden = sum(c is None for c in (*cells, below, above))
        assert abs(sum(c or 0 for c in (*cells, below, above)) - len(values)) <= 10 * hidden


def test_whole_numbers_get_whole_bins() -> None:
    drawn = picture(_numbers(np.repeat([0, 1, 2, 3], 50)), _numbers(np.repeat([0, 3], 100)))
    assert drawn is not None
    assert drawn.edges == (-0.5, 0.5, 1.5, 2.5, 3.5)
    assert drawn.train == (50, 50, 50, 50)
    assert drawn.live == (100, 0, 0, 100)


def test_constant_column_and_one_side() -> None:
    drawn = picture(_numbers(np.full(40, 7.5)), None)
    assert drawn is not None
    assert drawn.train == (40,)
    assert drawn.live == ()


def test_categories_keep_the_largest_of_either_side() -> None:
    train = _words({f"v{i}": 100 - i for i in range(30)})
    live = _words({"new": 500, "v29": 5})
    drawn = picture(train, live)
    assert drawn is not None
    assert drawn.labels[0] == "new"
    assert drawn.labels[-1] == "other"
    assert len(drawn.labels) == 21
    assert drawn.train[0] == 0
    assert drawn.live[0] == 500
    assert drawn.live[-1] is None
    assert drawn.train[-1] == sum(100 - i for i in range(19, 30))


def test_nothing_to_draw() -> None:
    empty = ColumnProfile("x", ColumnType.TEXT, Role.FEATURE, "text", 5, 5, 0)
    assert picture(empty, empty) is None
    assert picture(None, None) is None


def test_dates_by_week_and_by_month(dataset, specs) -> None:
    data = dataset({"at": pd.date_range("2024-01-01", periods=100, freq="D").repeat(2)})
    weekly = profile(data, specs(data, at="datetime"), Roles()).columns["at"]
    drawn = picture(weekly, None)
    assert drawn is not None
    assert len(drawn.edges) == 16
    assert drawn.edges[1] - drawn.edges[0] == 7 * 86_400
    assert drawn.train == (14,) * 14 + (None,)
    data = dataset({"at": pd.date_range("2010-01-01", periods=60, freq="MS").repeat(12)})
    monthly = picture(profile(data, specs(data, at="datetime"), Roles()).columns["at"], None)
    assert monthly is not None
    assert monthly.train == (12,) * 60


def test_side_gives_no_moments_of_a_handful_of_rows() -> None:
    few, many = side(_numbers(np.arange(10.0))), side(_numbers(np.arange(101.0)))
    assert (few.n, few.mean, few.min, few.quantiles) == (10, None, None, {})
    assert (many.mean, many.min, many.max, many.quantiles["0.5"]) == (50.0, 0.0, 100.0, 50.0)
