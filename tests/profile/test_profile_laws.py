"""Laws that hold for any column: counts add up, order does not matter, and both ways of reducing agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import golive.profile.table as orchestration
from golive.model.columns import Roles
from golive.profile import profile

QUICK = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NUMBERS = st.lists(
    st.one_of(
        st.none(), st.floats(-1e6, 1e6), st.integers(-20, 20).map(float), st.just(float("inf"))
    ),
    min_size=1,
    max_size=60,
)
WORDS = st.lists(
    st.one_of(st.none(), st.sampled_from(["", "1", "1.0", "a", "A", " a", "02"])),
    min_size=1,
    max_size=60,
)


@QUICK
@given(values=NUMBERS)
def test_numbers_agree_with_numpy(dataset, specs, values) -> None:
    data = dataset(
        {"x": pd.array(values, dtype="Float64").to_numpy(dtype="float64", na_value=np.nan)}
    )
    column = profile(data, specs(data, x="numeric"), Roles()).columns["x"]
    kept = np.array([v for v in values if v is not None and np.isfinite(v)])
    numeric = column.numeric
    assert numeric is not None
    assert column.n == len(values) == column.missing + numeric.n + numeric.infinities
    assert int(numeric.counts.sum()) == numeric.n == len(kept)
    assert sum(n for _, n in numeric.decimals) == numeric.n
    assert np.all(np.diff(numeric.values) > 0)
    if len(kept):
        assert numeric.mean == pytest.approx(kept.mean(), rel=1e-9, abs=1e-9)
        assert numeric.std == pytest.approx(kept.std(), rel=1e-9, abs=1e-6)
        levels = [0.0, 0.01, 0.25, 0.5, 0.9, 1.0]
        np.testing.assert_array_equal(
            numeric.quantile(levels),
            np.quantile(kept, levels, method="inverted_cdf").astype(np.float64),
        )


@QUICK
@given(values=NUMBERS, words=WORDS, seed=st.integers(0, 9))
def test_row_order_does_not_matter(dataset, specs, values, words, seed) -> None:
    size = min(len(values), len(words))
    frame = pd.DataFrame(
        {"x": pd.Series(values[:size], dtype="float64"), "c": pd.Series(words[:size], dtype="str")}
    )
    data = dataset(frame)
    one = profile(data, specs(data, x="numeric", c="category"), Roles())
    again = dataset(frame.sample(frac=1, random_state=seed).reset_index(drop=True))
    two = profile(again, specs(again, x="numeric", c="category"), Roles())
    assert repr(one) == repr(two)


@QUICK
@given(words=WORDS)
def test_categories_count_every_row_once(dataset, specs, words) -> None:
    data = dataset({"c": pd.Series(words, dtype="str")})
    column = profile(data, specs(data, c="category"), Roles()).columns["c"]
    assert column.category is not None
    assert column.missing == sum(w is None or not w.strip() for w in words)
    assert (
        column.category.n
        == column.present
        == int(column.category.counts.sum()) + column.category.other
    )
    assert column.category.count("1") == sum(w in ("1", "1.0") for w in words)
    assert np.all(np.diff(column.category.counts) <= 0)


def _mixed(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "normal": rng.normal(5, 2, rows),
            "skewed": rng.lognormal(0, 2, rows),
            "rounded": rng.normal(5, 2, rows).round(1),
            "count": rng.integers(0, 9, rows).astype(float),
            "text": [f"{v:.1f}" if v > -1 else "low" for v in rng.normal(0, 1, rows)],
            "code": rng.choice(["A01", "B02.1", ""], rows),
            "flag": rng.choice([True, False], rows),
            "site": rng.choice(["north", "south"], rows, p=[0.7, 0.3]),
            "when": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(rng.integers(0, 20 * 24, rows), unit="h"),
        }
    )
    frame.loc[rng.random(rows) < 0.2, "normal"] = np.nan
    frame.loc[:1, "skewed"] = np.inf
    return frame


TYPES = {
    "normal": "numeric",
    "skewed": "numeric",
    "rounded": "numeric",
    "count": "integer",
    "text": "numeric",
    "code": "code",
    "flag": "boolean",
    "site": "category",
    "when": "datetime",
}


def test_in_process_and_in_engine_reduction_agree(dataset, specs, monkeypatch) -> None:
    from scipy.stats import wasserstein_distance

    data = dataset(_mixed(30_000))
    asked, roles = specs(data, **TYPES), Roles(site="site", time="when")
    one = profile(data, asked, roles)
    monkeypatch.setattr(orchestration, "IN_PROCESS", ())
    two = profile(data, asked, roles)
    for name, a in one.columns.items():
        b = two.columns[name]
        assert (a.n, a.missing, a.error, b.error) == (b.n, b.missing, "", "")
        assert a.tokens.as_dict() == b.tokens.as_dict()
        assert a.patterns.as_dict() == b.patterns.as_dict()
        if a.category is not None and b.category is not None:
            assert a.category.as_dict() == b.category.as_dict()
        if a.numeric is not None and b.numeric is not None:
            x, y = a.numeric, b.numeric
            assert (x.n, x.infinities, x.integers, x.exact) == (
                y.n,
                y.infinities,
                y.integers,
                y.exact,
            )
            assert (x.mean, x.std, x.minimum, x.maximum) == pytest.approx(
                (y.mean, y.std, y.minimum, y.maximum), rel=1e-9
            )
            assert wasserstein_distance(x.values, y.values, x.counts, y.counts) < 1e-3 * x.std
            assert a.distinct == (b.distinct if x.exact else pytest.approx(b.distinct, rel=0.3))
    assert len(one.slices) == len(two.slices)
    for s, r in zip(one.slices, two.slices, strict=True):
        assert (s.by, s.value, s.n, s.start) == (r.by, r.value, r.n, r.start)
        for name, a in s.columns.items():
            b = r.columns[name]
            assert (a.n, a.missing, a.tokens, dict(a.top)) == (
                b.n,
                b.missing,
                b.tokens,
                dict(b.top),
            )
            assert a.mean == (None if b.mean is None else pytest.approx(b.mean, rel=1e-9))
            if a.quantiles and name != "skewed":
                spread = a.quantiles[7] - a.quantiles[1]
                np.testing.assert_allclose(a.quantiles[1:8], b.quantiles[1:8], atol=0.1 * spread)


def test_support_is_exact_up_to_ten_thousand_values_and_equal_mass_beyond(dataset, specs) -> None:
    rng = np.random.default_rng(1)
    many = rng.normal(0, 1, 40_000)
    far = many.copy()
    far[0] = 1e6
    data = dataset({"few": np.tile(np.arange(10_000.0), 4), "many": many, "far": far})
    columns = profile(
        data, specs(data, few="numeric", many="numeric", far="numeric"), Roles()
    ).columns
    few, many_, far_ = (columns[n].numeric for n in ("few", "many", "far"))
    assert few is not None
    assert few.exact
    assert len(few.values) == 10_000
    assert many_ is not None
    assert not many_.exact
    assert len(many_.values) <= 10_000
    assert int(many_.counts.sum()) == 40_000
    assert np.dot(many_.values, many_.counts) / 40_000 == pytest.approx(many.mean(), abs=1e-12)
    assert columns["many"].distinct == 40_000
    assert far_ is not None
    assert far_.exact, "bin means cannot carry one far outlier, so every value is kept"
    assert len(far_.values) == 40_000
