"""The noise floor: what no change gives, checked by simulation and by its laws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_profiles import numbers

from golive.model.profile import CategoryProfile, NumericProfile
from golive.profile.categories import counted
from golive.stats.noise_floor import (
    SHARE_STATISTICS,
    category_counts,
    hellinger,
    jensenshannon,
    p_value,
    pooled_bins,
    share_noise,
    wasserstein_noise,
)


def column(values: np.ndarray) -> NumericProfile:
    made = numbers("x", values).numeric
    assert made is not None
    return made


def table(*counts: int) -> CategoryProfile:
    return counted([(f"v{i}", c) for i, c in enumerate(counts)], most=100)


def test_jensenshannon_is_scipy() -> None:
    from scipy.spatial.distance import jensenshannon as scipys

    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(7), size=2)
    q[3] = 0
    q /= q.sum()
    assert float(jensenshannon(p, q)) == pytest.approx(scipys(p, q))
    assert float(jensenshannon(np.array([1.0, 0]), np.array([0, 1.0]))) == pytest.approx(
        np.sqrt(np.log(2))
    )
    assert float(hellinger(np.array([1.0, 0]), np.array([0, 1.0]))) == pytest.approx(1)


def test_effect_is_wasserstein_over_the_training_deviation() -> None:
    from scipy.stats import wasserstein_distance

    rng = np.random.default_rng(1)
    a, b = rng.lognormal(0, 1, 3_000), rng.lognormal(0.2, 1, 2_000)
    exact = wasserstein_distance(a, b) / a.std()
    assert wasserstein_noise(column(a), column(b), alpha=0.01, seed=0).effect == pytest.approx(
        exact, rel=0.02
    )


def test_a_far_outlier_is_not_averaged_away() -> None:
    from scipy.stats import wasserstein_distance

    rng = np.random.default_rng(2)
    a, b = rng.normal(0.5, 0.1, 5_000), np.append(rng.normal(0.5, 0.1, 5_000), [4000.0, 50.0])
    exact = wasserstein_distance(a, b) / a.std()
    assert wasserstein_noise(column(a), column(b), alpha=0.01, seed=0).effect == pytest.approx(
        exact, rel=0.02
    )


@given(
    st.lists(st.integers(-1_000, 1_000), min_size=1, max_size=600),
    st.lists(st.integers(-5, 5_000), min_size=1, max_size=600),
)
@settings(max_examples=50, deadline=None)
def test_bins_keep_all_rows_in_order(a: list[int], b: list[int]) -> None:
    centre, train, live = pooled_bins(column(np.array(a, float)), column(np.array(b, float)))
    assert (train.sum(), live.sum()) == (len(a), len(b))
    assert (np.diff(centre) > 0).all()
    assert ((train + live) > 0).all()
    assert np.average(centre, weights=train + live) == pytest.approx(np.mean(a + b), abs=1e-6)


@given(st.integers(30, 400), st.floats(0.01, 1_000), st.floats(-1e4, 1e4))
@settings(max_examples=25, deadline=None)
def test_noise_does_not_depend_on_the_unit(n: int, factor: float, offset: float) -> None:
    rng = np.random.default_rng(n)
    a, b = rng.normal(size=n).round(3), rng.normal(0.3, 1, n).round(3)
    plain = wasserstein_noise(column(a), column(b), alpha=0.01, seed=3)
    scaled = wasserstein_noise(
        column(a * factor * 10 + offset), column(b * factor * 10 + offset), alpha=0.01, seed=3
    )
    assert scaled.floor == pytest.approx(plain.floor, rel=0.05)
    assert scaled.effect == pytest.approx(plain.effect, rel=0.05)


def test_the_floor_falls_with_the_number_of_rows() -> None:
    rng = np.random.default_rng(4)
    floors = [
        wasserstein_noise(
            column(rng.normal(size=n)), column(rng.normal(size=n)), alpha=0.01, seed=0
        ).floor
        for n in (50, 500, 5_000, 50_000)
    ]
    assert floors == sorted(floors, reverse=True)
    shares = [
        share_noise(
            np.array([n, n, 2 * n]), np.array([n, n, 2 * n]), "jensenshannon", alpha=0.01, seed=0
        ).floor
        for n in (10, 100, 1_000)
    ]
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("sizes", [(300, 300), (5_000, 50)])
def test_one_percent_of_unchanged_columns_pass_the_floor(sizes: tuple[int, int]) -> None:
    rng = np.random.default_rng(5)
    above, ps = 0, []
    for seed in range(120):
        a, b = (column(rng.gamma(2, 1, n).round(2)) for n in sizes)
        noise = wasserstein_noise(a, b, alpha=0.05, seed=seed)
        above += noise.effect > noise.floor
        ps.append(noise.p_value)
    # 5 % of 120 is 6, standard error 2.4; the training deviation is estimated, which adds a little
    assert above <= 15
    assert np.mean(np.array(ps) <= 0.05) <= 0.12


@pytest.mark.parametrize("sizes", [(5_000, 300), (1_000, 1_000)])
def test_the_smallest_detectable_shift_is_found_four_times_in_five(sizes: tuple[int, int]) -> None:
    rng = np.random.default_rng(6)
    first = wasserstein_noise(
        column(rng.normal(size=sizes[0])), column(rng.normal(size=sizes[1])), alpha=0.01, seed=0
    )
    found = 0
    for seed in range(80):
        a, b = rng.normal(size=sizes[0]), rng.normal(first.smallest_detectable, 1, sizes[1])
        noise = wasserstein_noise(column(a), column(b), alpha=0.01, seed=seed)
        found += noise.effect > noise.floor
    assert 0.65 <= found / 80 <= 0.95


def test_the_p_value_has_a_tail_beyond_its_draws() -> None:
    from scipy.stats import gamma

    null = gamma(4).rvs(400, random_state=7)
    assert p_value(float(np.median(null)), null) == pytest.approx(0.5, abs=0.01)
    far = p_value(float(gamma(4).isf(1e-6)), null)
    assert 1e-9 < far < 1e-4
    assert p_value(1.0, np.zeros(400)) == pytest.approx(1 / 401)


@pytest.mark.parametrize("method", sorted(SHARE_STATISTICS))
def test_every_share_method_is_quiet_on_equal_shares(method: str) -> None:
    counts = np.array([500, 300, 200])
    noise = share_noise(counts, counts, method, alpha=0.01, seed=0)
    assert noise.effect == pytest.approx(0, abs=1e-9)
    assert noise.p_value == pytest.approx(1, abs=0.01)
    assert 0 < noise.floor < noise.smallest_detectable


def test_a_long_tail_is_one_value_and_many_values_stay_cheap(cost: Callable[..., float]) -> None:
    train = CategoryProfile(30, ("a", "b"), np.array([15, 10]), other=5)
    names, before, now = category_counts(train, table(4, 3))
    assert names == ("a", "b", "v0", "v1", "")
    assert (before.sum(), now.sum()) == (30, 7)
    rng = np.random.default_rng(8)
    wide = rng.zipf(1.3, 20_000).clip(max=20_000)
    counts = np.bincount(wide, minlength=20_001)[1:]
    counts = counts[counts > 0]
    assert share_noise(counts, counts, "jensenshannon", alpha=0.01, seed=0).floor > 0
    assert cost(lambda: share_noise(counts, counts, "jensenshannon", alpha=0.01, seed=0)) < 20


def test_more_rows_than_numpy_can_draw() -> None:
    noise = share_noise(
        np.array([1_500_000_000, 500_000_000]),
        np.array([1_500_000_000, 500_000_000]),
        "jensenshannon",
        alpha=0.01,
        seed=0,
    )
    assert 0 < noise.floor < 1e-3


def test_constant_columns_have_an_answer() -> None:
    noise = wasserstein_noise(
        column(np.full(50, 3.0)), column(np.full(60, 3.0)), alpha=0.01, seed=0
    )
    assert (noise.effect, noise.p_value) == (0.0, 1.0)
    assert noise.smallest_detectable > 0
    changed = wasserstein_noise(
        column(np.full(50, 3.0)), column(np.full(60, 4.0)), alpha=0.01, seed=0
    )
    assert changed.p_value < 1e-6
