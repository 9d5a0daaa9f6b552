"""Reduced rows carry the distribution: the score of the reduced column is the score of the full one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from golive.model.profile import CategoryProfile, NumericProfile
from golive.profile import reduced_categories, reduced_values
from golive.profile.numbers import equal_mass, numeric_profile, weigh


def _numeric(values: np.ndarray) -> NumericProfile:
    ascending = np.sort(values.astype(np.float64))
    moments = (
        float(ascending.mean()),
        float(ascending.std()),
        float(ascending[0]),
        float(ascending[-1]),
    )
    return numeric_profile(*weigh(ascending), moments=moments)


def _score(train: np.ndarray, live: np.ndarray, std: float) -> float:
    return float(wasserstein_distance(train, live)) / max(std, 0.001)


def _same_score(train: np.ndarray, live: np.ndarray) -> None:
    full = _score(train, live, float(np.std(train)))
    a, b = _numeric(train), _numeric(live)
    assert _score(reduced_values(a), reduced_values(b), a.std) == pytest.approx(
        full, rel=0.01, abs=0.002
    )


def test_few_rows_are_all_rows() -> None:
    values = np.array([3.0, 1.0, 1.0])
    assert reduced_values(_numeric(values)).tolist() == [1.0, 1.0, 3.0]


@pytest.mark.parametrize("shape", ["normal", "lognormal", "heaped", "two units"])
def test_score_of_reduced_rows(shape: str) -> None:
    rng = np.random.default_rng(2)
    train, live = rng.normal(0, 1, 60_000), rng.normal(0.2, 1.1, 45_001)
    if shape == "lognormal":
        train, live = np.exp(train), np.exp(live)
    elif shape == "heaped":
        train, live = np.round(train * 20, -1), np.round(live * 20, -1)
    elif shape == "two units":
        live = np.where(rng.random(len(live)) < 0.2, live * 88.4, live)
    assert len(reduced_values(_numeric(train))) == 10_000
    _same_score(train, live)


def test_a_far_outlier_keeps_all_rows() -> None:
    values = np.append(np.random.default_rng(3).uniform(0, 1, 30_000), 4_000.0)
    assert len(reduced_values(_numeric(values))) == len(values)
    _same_score(np.random.default_rng(4).uniform(0, 1, 30_000), values)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(1, 50)), min_size=1, max_size=60),
    st.integers(1, 40),
)
def test_equal_mass_keeps_rows_and_mean(pairs: list[tuple[float, int]], bins: int) -> None:
    values, counts = weigh(
        np.sort(np.repeat([v for v, _ in pairs], [c for _, c in pairs]).astype(np.float64))
    )
    means, rows = equal_mass(values, counts, bins)
    assert int(rows.sum()) == int(counts.sum())
    assert len(means) <= bins
    assert np.all(np.diff(means) > 0)
    mean = np.dot(values, counts) / counts.sum()
    assert np.dot(means, rows) / rows.sum() == pytest.approx(mean, rel=1e-9, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 9_000), min_size=1, max_size=40), st.integers(50, 500))
def test_categories_are_apportioned_by_largest_remainder(counts: list[int], limit: int) -> None:
    ordered = sorted(counts, reverse=True)
    category = CategoryProfile(
        sum(ordered), tuple(f"v{i}" for i in range(len(ordered))), np.array(ordered)
    )
    rows = reduced_categories(category, limit)
    assert rows.n == int(rows.counts.sum()) == min(limit, category.n)
    for value, count in category.as_dict().items():
        exact = count * rows.n / category.n
        assert abs(rows.count(value) - exact) < 1


def test_a_rare_value_gets_more_rows() -> None:
    def column(rare: int) -> CategoryProfile:
        return CategoryProfile(3_000_000, ("a", "b"), np.array([3_000_000 - rare, rare]))

    assert reduced_categories(column(1_500_000)).n == 10_000  # two values of one half
    assert reduced_categories(column(3_000)).n == 31_638  # sqrt(1000 + 1.001) * 1000
    assert reduced_categories(column(1)).n == 1_000_000  # and no more than a million for any
    assert reduced_categories(CategoryProfile(40, ("a", "b"), np.array([39, 1]))).n == 40


def test_long_tail_has_its_share() -> None:
    category = CategoryProfile(1_000, ("a",), np.array([600]), other=400)
    rows = reduced_categories(category, 100)
    assert (rows.count("a"), rows.count("__other__")) == (60, 40)


@pytest.mark.reference
@pytest.mark.parametrize("name", ["HR", "FiO2", "TroponinI", "HospAdmTime", "Calcium", "Age"])
def test_sepsis_columns(reference_data: Path, name: str) -> None:
    import pyarrow.parquet as pq

    sides = []
    for file in ("setA", "setB"):
        column = (
            pq.read_table(reference_data / "sepsis" / f"{file}.parquet", columns=[name])
            .column(name)
            .to_numpy()
        )
        sides.append(column[np.isfinite(column)].astype(np.float64))
    _same_score(*sides)
