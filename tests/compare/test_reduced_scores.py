"""The score of the reduced rows is the score of all rows, over many made columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from made_profiles import numbers, table
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from golive.compare.base.pairs import Pair, pair_up
from golive.compare.drift.evidently import scores
from golive.model.columns import ColumnType, Role
from golive.model.config import DriftConfig
from golive.model.profile import ColumnProfile
from golive.profile.categories import counted


def as_of_all_rows(ours: float, exact: float) -> bool:
    """Within 1 %, or within 0.002 where the score is under 0.02 (a fifth of the practical threshold)."""
    return abs(ours - exact) <= (0.01 * exact if exact >= 0.02 else 0.002)


def sizes(rng: np.random.Generator) -> tuple[int, int]:
    """Rows of training and live: 300 to 1,000,000, small ones as often as large ones."""
    return int(10 ** rng.uniform(2.5, 6)), int(10 ** rng.uniform(2.5, 6))


def paired(train: ColumnProfile, live: ColumnProfile) -> dict[str, Pair]:
    return pair_up(table(train), table(live))[0]


def outside(pairs: dict[str, Pair], exact: dict[str, float]) -> list[tuple[str, float, float]]:
    """Columns whose score is not that of all rows: name, score, score of all rows."""
    found, failed = scores(pairs, DriftConfig())
    assert not failed
    assert set(found) == set(exact)
    return [
        (name, found[name], score)
        for name, score in exact.items()
        if not as_of_all_rows(found[name], score)
    ]


def categories_of(name: str, counts: Any) -> ColumnProfile:
    """Category column with these rows by value, without making the rows."""
    rows = int(counts.sum())
    return ColumnProfile(
        name=name,
        type=ColumnType.CATEGORY,
        role=Role.FEATURE,
        storage="text",
        n=rows,
        missing=0,
        distinct=int((counts > 0).sum()),
        category=counted(((f"v{i}", n) for i, n in enumerate(counts) if n), most=50_000),
    )


@pytest.mark.parametrize("seed", range(3))
def test_categories(seed: int) -> None:
    """2 to 2,000 values with shares from even to very uneven, from no change to a large one."""
    rng = np.random.default_rng(seed)
    pairs, exact = {}, {}
    for name in (f"c{i}" for i in range(60)):
        values = int(10 ** rng.uniform(0.3, 3.3))
        before = rng.dirichlet(np.full(values, 10 ** rng.uniform(-1.5, 1)))
        now = before * np.exp(rng.normal(0, 10 ** rng.uniform(-3, 0), values))
        train, live = (
            rng.multinomial(n, p)
            for n, p in zip(sizes(rng), (before, now / now.sum()), strict=True)
        )
        exact[name] = float(jensenshannon(train / train.sum(), live / live.sum()))
        pairs |= paired(categories_of(name, train), categories_of(name, live))
    assert outside(pairs, exact) == []


SHAPES: dict[str, Callable[[np.random.Generator, int, float], Any]] = {
    "normal": lambda rng, n, moved: rng.normal(moved, 1, n),
    "skewed": lambda rng, n, moved: rng.exponential(1 + moved, n),
    "whole numbers": lambda rng, n, moved: np.round(10 * rng.normal(moved, 1, n)),
    "heaped": lambda rng, n, moved: np.round(20 * rng.normal(moved, 1, n), -1),
    "rare flag": lambda rng, n, moved: (rng.random(n) < 0.02 * (1 + moved)).astype(float),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_numbers(shape: str) -> None:
    """Numbers with values far from all others are held to 0.002 in ``test_evidently_scores``: of those the profile keeps
    bin means."""
    rng = np.random.default_rng(8)
    pairs, exact = {}, {}
    for name in (f"x{i}" for i in range(12)):
        (n_train, n_live), moved = sizes(rng), 10 ** rng.uniform(-2, 0)
        train, live = SHAPES[shape](rng, n_train, 0.0), SHAPES[shape](rng, n_live, moved)
        exact[name] = float(wasserstein_distance(train, live) / np.std(train))
        pairs |= paired(numbers(name, train), numbers(name, live))
    assert outside(pairs, exact) == []
