"""Slices: the same column inside each site, model version and time window, against pandas."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from golive.model.columns import Roles
from golive.model.profile import SLICE_QUANTILES
from golive.profile import profile
from golive.profile.slices import windows


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    rows = 3_000
    frame = pd.DataFrame(
        {
            "hr": [str(v) if v < 105 else "refused" for v in rng.integers(50, 110, rows)],
            "lab": rng.normal(4, 1, rows),
            "sex": rng.choice(["m", "f"], rows),
            "note": rng.choice(["seen", ""], rows),
            "clinic": rng.choice(["east", "west", "tiny"], rows, p=[0.6, 0.398, 0.002]),
            "at": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(rng.integers(0, 30 * 24, rows), unit="h"),
        }
    )
    frame.loc[rng.random(rows) < 0.2, "lab"] = np.nan
    return frame


def test_slices_agree_with_pandas(dataset, specs, frame) -> None:
    data = dataset(frame)
    kinds = {
        "hr": "integer",
        "lab": "numeric",
        "sex": "category",
        "note": "text",
        "clinic": "category",
        "at": "datetime",
    }
    found = profile(data, specs(data, **kinds), Roles(site="clinic", time="at"))
    sites = {s.value: s for s in found.slices if s.by == "site"}
    assert set(sites) == {c for c, n in frame.clinic.value_counts().items() if n >= 11}
    days = [s for s in found.slices if s.by == "time"]
    assert [s.start for s in days] == sorted(frame["at"].dt.date.unique())
    assert sum(s.n for s in days) == len(frame)
    for name, one in sites.items():
        rows = frame[frame.clinic == name]
        lab = rows.lab.dropna()
        assert (one.n, one.columns["lab"].missing) == (len(rows), len(rows) - len(lab))
        expected = np.quantile(lab, SLICE_QUANTILES, method="inverted_cdf")
        np.testing.assert_allclose(one.columns["lab"].quantiles, expected)
        assert one.columns["lab"].mean == pytest.approx(lab.mean())
        assert dict(one.columns["sex"].top) == rows.sex.value_counts().to_dict()
        assert one.columns["hr"].tokens == int((rows.hr == "refused").sum())
        assert one.columns["note"].missing == int((rows.note == "").sum())
    for one in days:
        rows = frame[frame["at"].dt.date == one.start]
        assert (one.n, one.columns["lab"].missing) == (len(rows), int(rows.lab.isna().sum()))


@pytest.mark.parametrize(
    ("last", "count", "first_start"),
    [
        (date(2024, 2, 1), 32, date(2024, 1, 1)),
        (date(2024, 12, 31), 53, date(2024, 1, 1)),
        (date(2027, 12, 31), 48, date(2024, 1, 1)),
        (date(2043, 12, 31), 60, date(2024, 1, 1)),
    ],
)
def test_at_most_sixty_windows(last: date, count: int, first_start: date) -> None:
    days = [d.date() for d in pd.date_range("2024-01-01", last)]
    starts, sizes, positions = windows([*days, None], np.full(len(days) + 1, 20))
    assert (len(starts), starts[0]) == (count, first_start)
    assert sum(sizes) == 20 * len(days)
    assert positions[-1] == -1
    assert all(starts[p] <= d for d, p in zip(days, positions, strict=False))


def test_codes_keep_their_shapes_in_every_slice(dataset, specs) -> None:
    frame = pd.DataFrame(
        {
            "dx": ["A41.9", "I10", "786.50", "486", None] * 8,
            "clinic": (["east"] * 3 + ["west"] * 2) * 8,
        }
    )
    data = dataset(frame)
    found = profile(data, specs(data, dx="code", clinic="category"), Roles(site="clinic"))
    shapes = {s.value: dict(s.columns["dx"].shapes) for s in found.slices}
    assert shapes == {"east": {"A99.9": 8, "A99": 8, "999.99": 8}, "west": {"999": 8}}
    assert all(s.columns["clinic"].shapes == () for s in found.slices), (
        "only codes are told by their shape"
    )


def test_written_times_are_cut_too(dataset, specs) -> None:
    data = dataset(
        {
            "at": ["03/01/2024"] * 20 + ["03/02/2024"] * 15 + ["?"] * 5 + ["03/03/2024"] * 3,
            "x": ["1"] * 43,
        }
    )
    found = profile(data, specs(data, at="datetime", x="numeric"), Roles(time="at"))
    assert [(s.value, s.n) for s in found.slices] == [("2024-03-01", 20), ("2024-03-02", 15)]


def test_no_roles_no_slices(dataset, specs, frame) -> None:
    data = dataset(frame)
    assert profile(data, specs(data, lab="numeric"), Roles()).slices == ()


def test_series_suppress_small_cells_and_agree_with_pandas(dataset, specs) -> None:
    from golive.profile import followed, series

    rng = np.random.default_rng(12)
    rows = 800
    frame = pd.DataFrame(
        {
            "lab": rng.normal(4, 1, rows).round(3),
            "route": rng.choice(["IV", "oral", "rare"], rows, p=[0.6, 0.395, 0.005]),
            "clinic": ["east"] * 500 + ["west"] * 280 + ["north"] * 20,
        }
    )
    frame.loc[frame.index[:4], "lab"] = np.nan  # 4 of 500 in the east: not to be told
    frame.loc[frame.index[500:640], "lab"] = np.nan  # half of the west
    frame.loc[frame.index[780:794], "lab"] = np.nan  # north: 6 values left
    data = dataset(frame)
    kinds = {"lab": "numeric", "route": "category", "clinic": "category"}
    found = profile(data, specs(data, **kinds), Roles(site="clinic"))
    (lab,) = series(found.columns["lab"], found)
    at = {value: i for i, value in enumerate(lab.values)}
    assert (lab.by, lab.column, set(at)) == ("site", "clinic", {"east", "west", "north"})
    assert [lab.n[at[c]] for c in ("east", "west", "north")] == [500, 280, 20]
    assert (
        lab.missing_share[at["east"]],
        lab.missing_share[at["west"]],
        lab.missing_share[at["north"]],
    ) == (None, 0.5, None)
    assert lab.median[at["north"]] is None
    west = frame[frame.clinic == "west"].lab.dropna()
    assert lab.median[at["west"]] == pytest.approx(np.quantile(west, 0.5, method="inverted_cdf"))
    assert lab.low[at["west"]] == pytest.approx(np.quantile(west, 0.25, method="inverted_cdf"))
    values = followed(None, found.columns["route"])
    assert values == ("IV", "oral")  # 'rare' is held by fewer than 11 rows
    (route,) = series(found.columns["route"], found, values)
    iv = (frame.route == "IV").groupby(frame.clinic).mean()
    for clinic in ("east", "west"):
        assert route.shares["IV"][at[clinic]] == pytest.approx(iv[clinic], abs=1e-5)
    assert series(found.columns["clinic"], found) == ()  # a column is not cut by itself


def test_the_values_followed_are_those_that_moved_most() -> None:
    from golive.model.columns import ColumnType, Role
    from golive.model.profile import CategoryProfile, ColumnProfile
    from golive.profile import followed

    def column(**counts: int) -> ColumnProfile:
        held = CategoryProfile(sum(counts.values()), tuple(counts), np.array(list(counts.values())))
        return ColumnProfile(
            "c", ColumnType.CATEGORY, Role.FEATURE, "text", held.n, 0, len(counts), category=held
        )

    train = column(a=500, b=300, c=150, d=50)
    live = column(a=500, b=100, c=150, e=250)
    assert followed(train, live) == ("e", "b", "d")
