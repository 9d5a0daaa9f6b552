"""Exchanged columns that lie across each other, or of which one is often empty; and patients who only look like it."""

from __future__ import annotations

import numpy as np
from made_profiles import numbers, table

from golive.compare.numbers import swap
from golive.model.config import Config
from golive.model.facts import findings
from golive.model.finding import Finding

FloatArray = np.ndarray


def drawn(seed: int, n: int) -> tuple[FloatArray, FloatArray]:
    """Sodium, narrow, and glucose, wide around it."""
    rng = np.random.default_rng(seed)
    return rng.normal(139, 3.5, n).round(), rng.lognormal(4.85, 0.35, n).round()


def found(train: dict[str, FloatArray], live: dict[str, FloatArray]) -> list[Finding]:
    sides = (table(*(numbers(name, held) for name, held in side.items())) for side in (train, live))
    return findings(swap.check(*sides, Config()))


def exchanged(
    a: FloatArray, b: FloatArray, share: float, seed: int
) -> tuple[FloatArray, FloatArray]:
    rows = np.random.default_rng(seed).permutation(len(a))[: round(share * len(a))]
    a, b = a.copy(), b.copy()
    a[rows], b[rows] = b[rows], a[rows].copy()
    return a, b


def test_a_narrow_column_inside_a_wide_one() -> None:
    """No cut parts them by half, but few sodium values are in glucose's range beyond 130 to 147, and many are."""
    train, live = drawn(1, 6000), exchanged(*drawn(2, 3000), 0.08, 3)
    (said,) = found(
        dict(zip(("sodium", "glucose"), train, strict=True)),
        dict(zip(("sodium", "glucose"), live, strict=True)),
    )
    assert set(said.columns) == {"sodium", "glucose"}
    assert said.effect is not None
    assert said.effect.live is not None
    assert abs(said.effect.live - 0.08) < 0.025


def test_where_one_column_is_often_empty_the_exchange_leaves_gaps() -> None:
    """Diastolic pressure is known in half the rows: foreign values are many there and few in the systolic ones."""
    rng = np.random.default_rng(4)

    def side(n: int) -> tuple[FloatArray, FloatArray]:
        low = rng.normal(64, 12, n).round()
        low[rng.random(n) < 0.55] = np.nan
        return rng.normal(122, 18, n).round(), low

    train, live = side(6000), exchanged(*side(3000), 0.07, 5)
    (said,) = found(
        dict(zip(("sbp", "dbp"), train, strict=True)), dict(zip(("sbp", "dbp"), live, strict=True))
    )
    assert said.columns == ("sbp", "dbp")


def test_columns_that_moved_a_little_towards_each_other_are_no_exchange() -> None:
    rng = np.random.default_rng(6)
    train = {
        "heart_rate": rng.normal(87, 18, 6000).round(),
        "sbp": rng.normal(133, 20, 6000).round(),
    }
    for shift in (2.0, 3.0, 4.0, 6.0):
        live = {
            "heart_rate": rng.normal(87 + shift, 18, 2000).round(),
            "sbp": rng.normal(133 - shift, 20, 2000).round(),
        }
        assert found(train, live) == []
