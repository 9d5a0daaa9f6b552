"""Shares against statsmodels and scipy, and the laws they obey."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.stats.proportions import (
    benjamini_hochberg,
    cohen_h,
    newcombe,
    share,
    two_share_p,
    wilson,
)

counts = st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(deadline=None, max_examples=60)
@given(counts)
def test_wilson_is_statsmodels(row: tuple[int, int]) -> None:
    from statsmodels.stats.proportion import proportion_confint

    low, high = wilson(*row)
    expected = proportion_confint(*row, method="wilson")
    assert (float(low), float(high)) == pytest.approx(expected, abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(counts, counts)
def test_newcombe_is_statsmodels(train: tuple[int, int], live: tuple[int, int]) -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = newcombe(*train, *live)
    # statsmodels gives first minus second
    expected = confint_proportions_2indep(*live, *train, compare="diff", method="newcomb")
    assert (float(low), float(high)) == pytest.approx(expected, abs=1e-9)
    assert low - 1e-12 <= share(*live) - share(*train) <= high + 1e-12


def test_no_rows_know_nothing() -> None:
    assert [float(v) for v in wilson(0, 0)] == [0.0, 1.0]
    assert float(two_share_p(0, 0, 3, 10)) == 1.0
    assert float(share(0, 0)) == 0.0


def test_two_share_p_is_chi_square_without_yates() -> None:
    from scipy.stats import chi2_contingency

    # heart disease at Cleveland and Hungary: 5.95, p = .015
    p = float(two_share_p(139, 303, 106, 294))
    assert p == pytest.approx(
        chi2_contingency([[139, 164], [106, 188]], correction=False)[1], rel=1e-9
    )
    assert p == pytest.approx(0.0147, abs=5e-4)


@settings(deadline=None, max_examples=60)
@given(st.integers(20, 400), st.integers(20, 400), st.integers(0, 6), st.integers(0, 6))
def test_few_events_use_an_exact_test_no_bolder_than_fishers(
    n1: int, n2: int, x1: int, x2: int
) -> None:
    from scipy.stats import binomtest, fisher_exact

    if (x1 + x2) / (n1 + n2) * min(n1, n2) >= 5:
        return
    p = float(two_share_p(x1, n1, x2, n2))
    sides = ("less", "greater")
    if x1 + x2:
        tails = [binomtest(x2, x1 + x2, n2 / (n1 + n2), alternative=side).pvalue for side in sides]
        assert p == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-9)
    fishers = min(
        fisher_exact([[x1, n1 - x1], [x2, n2 - x2]], alternative=side)[1] for side in sides
    )
    if fishers < 0.05:  # where it matters
        assert p >= 2 * fishers * (1 - 1e-9)
    assert p == pytest.approx(float(two_share_p(n1 - x1, n1, n2 - x2, n2)))


def test_thousands_of_codes_are_tested_at_once(cost: Callable[..., float]) -> None:
    rng = np.random.default_rng(0)
    codes = [
        np.bincount(rng.zipf(1.2, 100_000).clip(max=50_000), minlength=50_001) for _ in range(2)
    ]
    p = two_share_p(codes[0], 100_000, codes[1], 100_000)
    assert cost(lambda: two_share_p(codes[0], 100_000, codes[1], 100_000)) < 100
    assert ((p >= 0) & (p <= 1)).all()


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_benjamini_hochberg_is_scipy(p: list[float]) -> None:
    from scipy.stats import false_discovery_control

    assert benjamini_hochberg(p) == pytest.approx(false_discovery_control(p), abs=1e-12)


def test_benjamini_hochberg_leaves_out_what_was_not_tested() -> None:
    adjusted = benjamini_hochberg([0.01, np.nan, 0.04])
    assert adjusted[[0, 2]] == pytest.approx([0.02, 0.04])
    assert np.isnan(adjusted[1])
    assert benjamini_hochberg([]).size == 0


@settings(deadline=None, max_examples=60)
@given(st.floats(0, 1), st.floats(0, 1))
def test_cohen_h_is_antisymmetric(p: float, q: float) -> None:
    assert float(cohen_h(p, q)) == pytest.approx(-float(cohen_h(q, p)))
    assert float(cohen_h(0.02, 0.05)) == pytest.approx(0.167, abs=1e-3)
