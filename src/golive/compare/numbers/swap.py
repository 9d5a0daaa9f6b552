"""Two columns exchanged, in whole or in part: each fits the other's training distribution far better than its own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from golive.compare.base.measured import Measured, measured
from golive.compare.base.pairs import MINIMUM_VALUES
from golive.compare.numbers.mixture import (
    ALPHA,
    EXPLAINED,
    SMALLEST_SHARE,
    WHOLE_SHARE,
    beyond,
    spread,
)
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Verdict, WhatIf, finding
from golive.model.profile import FloatArray, NumericProfile, Profile
from golive.stats.proportions import newcombe, two_share_p
from golive.wording.numbers import number, p_value, percent, sizes

SEPARATION = 0.5
"""Least difference of the two columns' shares beyond the cut between them."""
LEAST_SURE = 1e-3
"""Largest p-value of a column that lies across the other one, where few rows tell the two apart."""
BOTH = 1e-9
"""Largest product of both p-values: two columns that moved a little towards each other are patients, no exchange."""
AGREEMENT = 0.35
"""Largest relative difference between the share of a's values that look like b and of b's that look like a."""
MOST_COLUMNS = 200
_GRID = (np.arange(200) + 0.5) / 200


@dataclass(frozen=True)
class _Foreign:
    """Share (0 to 1) of one column's live values that look like another column, with its p-value."""

    share: float
    p: float


@dataclass(frozen=True)
class _Band:
    """Values between two bounds, or (``inside`` false) those beyond either of them."""

    low: float
    high: float
    inside: bool = True

    def rows(self, held: NumericProfile) -> int:
        """Values of a column in the band."""
        below = beyond(held, self.low, above=False) if self.low > -math.inf else 0
        above = beyond(held, self.high, above=True) if self.high < math.inf else 0
        return held.n - below - above if self.inside else below + above


@dataclass(frozen=True)
class _Grid:
    train: FloatArray
    live: FloatArray
    changed: float


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``column_swap`` of pairs of number columns; a column belongs to at most one pair, the one that fits best."""
    columns = [
        m for m in measured(train, live, config) if min(m.train.n, m.live.n) >= MINIMUM_VALUES
    ][:MOST_COLUMNS]
    grids = {m.name: _grid(m) for m in columns}
    # Of two that were exchanged, at least one changed beyond chance; a few narrow values among many wide ones hardly show.
    moved = [m for m in columns if grids[m.name].changed > math.sqrt(1 / m.train.n + 1 / m.live.n)]
    named = {m.name for m in moved}
    pairs = []
    for a, b in combinations(columns, 2):
        if not named & {a.name, b.name}:
            continue
        first = _foreign(a, b.train, grids[a.name], grids[b.name].train)
        second = _foreign(b, a.train, grids[b.name], grids[a.name].train) if first else None
        if first is None or second is None or first.p * second.p > BOTH:
            continue
        # Where the other column has no value, the exchange leaves a gap: the rows concerned are more than the foreign values.
        exchanged = (_rows(first, a, b), _rows(second, b, a))
        larger, smaller = max(exchanged), min(exchanged)
        noise = 3 * math.sqrt(larger / min(a.live.n, b.live.n))
        if larger - smaller <= max(AGREEMENT * larger, noise):
            pairs.append((-(first.share + second.share), a, b, first, second))
    found, taken = [], set[str]()
    for _, a, b, first, second in sorted(pairs, key=lambda p: (p[0], p[1].name, p[2].name)):
        if not taken & {a.name, b.name}:
            taken |= {a.name, b.name}
            found.append(_finding(a, b, first, second))
    return found


def _rows(found: _Foreign, here: Measured, other: Measured) -> float:
    """Share of live rows that must have been exchanged for so many foreign values to be in ``here``, 0 to 1."""
    filled = other.train.n / (other.before.n or other.train.n)
    return found.share * here.live.n / (here.now.n or here.live.n) / filled


def _grid(one: Measured) -> _Grid:
    points = one.train.quantile(_GRID)
    now = one.live.quantile(_GRID)
    both = np.unique(np.concatenate([points, now]))
    gap = np.abs(
        np.searchsorted(points, both, side="right") - np.searchsorted(now, both, side="right")
    ).max() / len(points)
    return _Grid(points, now, float(gap))


def _foreign(
    one: Measured, other: NumericProfile, own: _Grid, theirs: FloatArray
) -> _Foreign | None:
    """How much of ``one`` looks like the training values of ``other``: the mixture of both that live would be."""
    grid = np.unique(np.concatenate([own.train, theirs]))
    n = len(_GRID)
    f_own = np.searchsorted(own.train, grid, side="right") / n
    f_their = np.searchsorted(theirs, grid, side="right") / n
    at = int(np.argmax(np.abs(f_own - f_their)))
    if spread(theirs) == 0:
        return None
    f_live = np.searchsorted(own.live, grid, side="right") / n
    before = float(np.abs(f_live - f_own).max())
    noise = (
        1.4 * math.sqrt(1 / (one.train.n * one.weights[0]) + 1 / (one.live.n * one.weights[1]))
        + 1 / n
    )
    bands: list[tuple[_Band | None, float]] = [(_band(one.train, other, own.train, theirs), noise)]
    if abs(f_own[at] - f_their[at]) >= SEPARATION:
        cut = float((grid[at] + grid[min(at + 1, len(grid) - 1)]) / 2)
        beyond_it = _Band(cut, math.inf) if f_own[at] > f_their[at] else _Band(-math.inf, cut)
        bands.insert(0, (beyond_it, max(EXPLAINED * before, min(noise, 0.8 * before))))
    for band, most in bands:
        counted = _counted(one, other, band) if band is not None else None
        if counted is None:
            continue
        share, p = counted
        if float(np.abs(f_live - (1 - share) * f_own - share * f_their).max()) <= most:
            return _Foreign(share, p)
    return None


def _counted(one: Measured, other: NumericProfile, band: _Band) -> tuple[float, float] | None:
    """The share of foreign values that the rows in a band give, and its p-value; ``None`` where it is small or chance."""
    k_train, k_live = band.rows(one.train), band.rows(one.live)
    a, b = k_train / one.train.n, band.rows(other) / other.n
    share = (k_live / one.live.n - a) / (b - a) if b != a else 0.0
    p = float(two_share_p(k_train, one.train.n, k_live, one.live.n, one.weights))
    most = ALPHA if math.inf in (abs(band.low), abs(band.high)) else LEAST_SURE
    return (min(share, 1.0), p) if share >= SMALLEST_SHARE and p <= most else None


def _band(
    own: NumericProfile, other: NumericProfile, points: FloatArray, theirs: FloatArray
) -> _Band | None:
    """Where one column is wide and the other narrow inside it: where the narrow one lies, or what is beyond it.

    Of bands that part the two by ``SEPARATION``, the one that shows a small share of foreign values best.
    """
    bands = []
    for edge in (0.01, 0.05, 0.1):
        for side, inside in ((theirs, True), (points, False)):
            low, high = (float(q) for q in np.quantile(side, [edge, 1 - edge]))
            bands.append(_Band(low, high, inside=inside))
    apart = [(band.rows(other) / other.n, band.rows(own) / own.n, band) for band in bands]
    told = [
        ((b - a) / math.sqrt(a * (1 - a) + 1 / own.n), i)
        for i, (b, a, _) in enumerate(apart)
        if b - a >= SEPARATION
    ]
    return bands[max(told)[1]] if told else None


def _finding(a: Measured, b: Measured, first: _Foreign, second: _Foreign) -> Finding:
    share = (first.share + second.share) / 2
    whole = share >= WHOLE_SHARE
    rows = round(share * min(a.live.n, b.live.n))
    low, high = (float(v) for v in newcombe(0, a.train.n, rows, min(a.live.n, b.live.n)))
    much = "" if whole else f" in about {percent(share)} of live rows"
    medians = (
        f"medians in training {number(a.train.median)} and {number(b.train.median)}, live {number(a.live.median)} and "
        f"{number(b.live.median)}"
    )
    return finding(
        Kind.COLUMN_SWAP,
        Verdict.ALARM,
        columns=(a.name, b.name),
        title=f"{a.name} and {b.name} are exchanged{much} ({sizes(a.train.n, a.live.n)})",
        explanation=(
            f"{percent(first.share)} of the live {a.name} values are distributed like training's {b.name}, and "
            f"{percent(second.share)} of the live {b.name} values like training's {a.name}: the same share, so the two were "
            "exchanged on their way."
        ),
        effect=Effect(
            name="exchanged_share",
            train=0.0,
            live=share,
            change=share,
            low=low,
            high=high,
            n_train=a.train.n,
            n_live=a.live.n,
        ),
        evidence=(medians, f"{p_value(max(first.p, second.p))} that both changed by chance"),
        ruled_out=(
            "other patients: they would not make each column look like the other by the same share",
        ),
        rows_affected=None if whole else rows,
        fix=f"Check the mapping of {a.name} and {b.name} in the feed, and swap them back.",
        what_if=WhatIf(repair={"op": "swap", "columns": [a.name, b.name]}) if whole else None,
    )
