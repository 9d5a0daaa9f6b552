"""Two columns exchanged, in whole or in part: each fits the other's training distribution far better than its own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from golive.compare.base.measured import NumberPair, measured
from golive.compare.base.pairs import MINIMUM_VALUES
from golive.compare.numbers.mixture import (
    ALPHA,
    EXPLAINED,
    SMALLEST_SHARE,
    WHOLE_SHARE,
    cumulative_counts,
    midpoint_after,
    rows_beyond,
    spread,
)
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Effect, WhatIf
from golive.model.profile import FloatArray, NumericProfile, Profile
from golive.stats.proportions import newcombe
from golive.wording.findings.number_columns import ColumnsExchanged

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

    def rows(self, column: NumericProfile) -> int:
        """Values of a column in the band."""
        below = rows_beyond(column, self.low, above=False) if self.low > -math.inf else 0
        above = rows_beyond(column, self.high, above=True) if self.high < math.inf else 0
        return column.n - below - above if self.inside else below + above


@dataclass(frozen=True)
class _Column:
    """A column with the quantiles of both sides (``_GRID``) and the largest gap of their cumulative shares, 0 to 1."""

    one: NumberPair
    train: FloatArray
    live: FloatArray
    gap: float

    @property
    def changed(self) -> bool:
        """Whether the column changed beyond chance."""
        return self.gap > math.sqrt(1 / self.one.train.n + 1 / self.one.live.n)


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``column_swap`` of pairs of number columns; a column belongs to at most one pair, the one that fits best."""
    columns = [_column(m) for m in measured(train, live, config, MINIMUM_VALUES)[:MOST_COLUMNS]]
    pairs = []
    for a, b in combinations(columns, 2):
        # Of two that were exchanged, at least one changed; a few narrow values among many wide ones hardly show.
        if not (a.changed or b.changed):
            continue
        first = _foreign(a, b)
        second = _foreign(b, a) if first else None
        if first is None or second is None or first.p * second.p > BOTH:
            continue
        # Where the other column has no value, the exchange leaves a gap: the rows concerned are more than the foreign values.
        smaller, larger = sorted((_rows(first, a.one, b.one), _rows(second, b.one, a.one)))
        noise = 3 * math.sqrt(larger / min(a.one.live.n, b.one.live.n))
        if larger - smaller <= max(AGREEMENT * larger, noise):
            pairs.append((a.one, b.one, first, second))
    found: list[Facts] = []
    taken = set[str]()
    for one, other, first, second in sorted(pairs, key=_fit):
        if not taken & {one.name, other.name}:
            taken |= {one.name, other.name}
            found.append(_facts(one, other, first, second))
    return found


def _fit(pair: tuple[NumberPair, NumberPair, _Foreign, _Foreign]) -> tuple[float, str, str]:
    """Sorts pairs, the best first."""
    return -(pair[2].share + pair[3].share), pair[0].name, pair[1].name


def _rows(found: _Foreign, here: NumberPair, other: NumberPair) -> float:
    """Share of live rows that must have been exchanged for so many foreign values to be in ``here``, 0 to 1."""
    filled = other.train.n / (other.before.n or other.train.n)
    return found.share * here.live.n / (here.now.n or here.live.n) / filled


def _column(one: NumberPair) -> _Column:
    points, now = one.train.quantile(_GRID), one.live.quantile(_GRID)
    _, (before, after) = cumulative_counts(points, now)
    return _Column(one, points, now, float(np.abs(before - after).max() / len(points)))


def _foreign(here: _Column, there: _Column) -> _Foreign | None:
    """How much of one column looks like the training values of another: the mixture of both that live would be."""
    one, other = here.one, there.one.train
    grid, counts = cumulative_counts(here.train, there.train)
    n = len(_GRID)
    f_own, f_their = (count / n for count in counts)
    at = int(np.argmax(np.abs(f_own - f_their)))
    if spread(there.train) == 0:
        return None
    f_live = np.searchsorted(here.live, grid, side="right") / n
    before = float(np.abs(f_live - f_own).max())
    independent = one.train.n * one.weights[0], one.live.n * one.weights[1]
    noise = 1.4 * math.sqrt(1 / independent[0] + 1 / independent[1]) + 1 / n
    bands: list[tuple[_Band | None, float]] = [
        (_band(one.train, other, here.train, there.train), noise)
    ]
    if abs(f_own[at] - f_their[at]) >= SEPARATION:
        cut = midpoint_after(grid, at)
        beyond_it = _Band(cut, math.inf) if f_own[at] > f_their[at] else _Band(-math.inf, cut)
        bands.insert(0, (beyond_it, max(EXPLAINED * before, min(noise, 0.8 * before))))
    for band, most in bands:
        found = _counted(one, other, band) if band is not None else None
        if found is None:
            continue
        mixture = (1 - found.share) * f_own + found.share * f_their
        if float(np.abs(f_live - mixture).max()) <= most:
            return found
    return None


def _counted(one: NumberPair, other: NumericProfile, band: _Band) -> _Foreign | None:
    """The share of foreign values that the rows in a band give, with its p; ``None`` where it is small or chance."""
    rows = band.rows(one.train), band.rows(one.live)
    a, b = rows[0] / one.train.n, band.rows(other) / other.n
    share = (rows[1] / one.live.n - a) / (b - a) if b != a else 0.0
    most = ALPHA if math.inf in (abs(band.low), abs(band.high)) else LEAST_SURE
    if share < SMALLEST_SHARE or (p := one.share_p(rows)) > most:
        return None
    return _Foreign(min(share, 1.0), p)


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
    parting = [
        ((b - a) / math.sqrt(a * (1 - a) + 1 / own.n), i)
        for i, (b, a, _) in enumerate(apart)
        if b - a >= SEPARATION
    ]
    return bands[max(parting)[1]] if parting else None


def _facts(a: NumberPair, b: NumberPair, first: _Foreign, second: _Foreign) -> Facts:
    share, n = (first.share + second.share) / 2, min(a.live.n, b.live.n)
    rows, whole = round(share * n), share >= WHOLE_SHARE
    low, high = (float(v) for v in newcombe(0, a.train.n, rows, n))
    return ColumnsExchanged(
        columns=(a.name, b.name),
        effect=Effect.between("exchanged_share", 0.0, share, n=a.sizes, interval=(low, high)),
        rows_affected=None if whole else rows,
        what_if=WhatIf(repair={"op": "swap", "columns": [a.name, b.name]}) if whole else None,
        rows=rows,
        whole=whole,
        shares=(first.share, second.share),
        medians=((a.train.median, b.train.median), (a.live.median, b.live.median)),
        p=max(first.p, second.p),
    )
