"""Noise floor: what a drift score would be at these two sample sizes if nothing had changed.

Training and live are pooled into bins and split again at random into the two sizes (an exact permutation: the counts of
a random split are multivariate hypergeometric). The score of each split is a draw of the score under "no change".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from golive.model.profile import CategoryProfile, FloatArray, IntArray, NumericProfile
from golive.stats.proportions import Z99

SPLITS, FEWEST_SPLITS = 400, 60
BINS = 128
_LARGEST_DRAW = 1_000_000  # splits times categories
_LARGEST_POOL = 900_000_000  # numpy draws hypergeometric counts only below 1e9 rows
_Z80 = 0.8416212335729143  # normal quantile at 80 %

ShareStatistic = Callable[[FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True)
class Noise:
    """What no change would give, in the method's own unit.

    ``effect`` is the observed score on the bins, ``moved`` the share of rows that must have moved to make the difference
    (largest gap of the cumulative shares for numbers, total variation for categories; 0 to 1).
    """

    effect: float
    floor: float
    p_value: float
    smallest_detectable: float
    moved: float


def jensenshannon(train: FloatArray, live: FloatArray) -> FloatArray:
    """Jensen-Shannon distance, natural logarithm, along the last axis (scipy's ``jensenshannon``; 0 to 0.833)."""
    middle = (train + live) / 2

    def divergence(p: FloatArray) -> FloatArray:
        ratio = np.divide(p, middle, out=np.ones_like(middle), where=(p > 0) & (middle > 0))
        return np.asarray((p * np.log(ratio)).sum(axis=-1))

    return np.asarray(np.sqrt(np.maximum(0.0, (divergence(train) + divergence(live)) / 2)))


def _filled(train: FloatArray, live: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Zero shares replaced by 1e-4, as Evidently does before it takes logarithms."""
    return np.where(train == 0, 1e-4, train), np.where(live == 0, 1e-4, live)


def psi(train: FloatArray, live: FloatArray) -> FloatArray:
    """Population stability index along the last axis (0 to infinity)."""
    p, q = _filled(train, live)
    return np.asarray(((p - q) * np.log(p / q)).sum(axis=-1))


def kl_div(train: FloatArray, live: FloatArray) -> FloatArray:
    """Kullback-Leibler divergence of training from live along the last axis (0 to infinity)."""
    p, q = _filled(train, live)
    return np.asarray((p * np.log(p / q)).sum(axis=-1))


def hellinger(train: FloatArray, live: FloatArray) -> FloatArray:
    """Hellinger distance along the last axis (0 to 1)."""
    return np.asarray(np.sqrt(((np.sqrt(train) - np.sqrt(live)) ** 2).sum(axis=-1) / 2))


def total_variation(train: FloatArray, live: FloatArray) -> FloatArray:
    """Total variation distance along the last axis (0 to 1)."""
    return np.asarray(np.abs(train - live).sum(axis=-1) / 2)


SHARE_STATISTICS: dict[str, ShareStatistic] = {
    "jensenshannon": jensenshannon,
    "psi": psi,
    "kl_div": kl_div,
    "hellinger": hellinger,
}
# Small departures: distances grow with them, divergences with their square.
_POWER_OF = {"jensenshannon": 1.0, "hellinger": 1.0, "psi": 2.0, "kl_div": 2.0}


def _fitted(null: FloatArray) -> tuple[float, float, float]:
    """Mean, standard deviation and skewness (0.05 to 4) of the scores of random splits, of which some differ."""
    mean, spread = float(null.mean()), float(null.std())
    return mean, spread, float(np.clip((((null - mean) / spread) ** 3).mean(), 0.05, 4.0))


def quantile(null: FloatArray, level: float) -> float:
    """Quantile of the scores of random splits; of a fitted Pearson type III where there are fewer than 200 of them."""
    from scipy.stats import pearson3

    if null.size >= 200 or null.std() == 0:
        return float(np.quantile(null, level))
    mean, spread, skew = _fitted(null)
    return mean + spread * float(pearson3.ppf(level, skew))


def p_value(observed: float, null: FloatArray) -> float:
    """Share of random splits with a score at least ``observed``, with a smooth tail beyond the draws (0 to 1).

    Where fewer than ten splits reach the score, the tail is a gamma distribution with the first three moments of the
    draws (Pearson type III), so that a correction over many columns does not need millions of splits.
    """
    from scipy.stats import pearson3

    reached = int((null >= observed - 1e-12).sum())
    if reached >= 10 or null.std() == 0:
        return (reached + 1) / (null.size + 1)
    mean, spread, skew = _fitted(null)
    smooth = float(pearson3.sf((observed - mean) / spread, skew))
    return min(max(smooth, 1e-300), 11 / (null.size + 1))


def _thinned(pooled: IntArray, rows: int) -> IntArray:
    """``pooled`` counts brought down to ``rows`` in all, each cumulative share kept to half a row."""
    cumulative = np.cumsum(pooled)
    thinned = np.round(cumulative * (rows / cumulative[-1]))
    return np.asarray(np.diff(thinned, prepend=0.0), dtype=np.int64)


def _splits(
    pooled: IntArray,
    n_train: int,
    n_live: int,
    rng: np.random.Generator,
    weights: tuple[float, float] = (1.0, 1.0),
) -> tuple[FloatArray, FloatArray]:
    """Shares (splits x bins) of random splits of ``pooled`` into the two sizes, or into the effective ones by ``weights``."""
    if weights != (1.0, 1.0):
        n_train, n_live = (
            max(1, round(n * w)) for n, w in zip((n_train, n_live), weights, strict=True)
        )
        pooled = _thinned(pooled, n_train + n_live)
    # Fewer rows than there are: a floor a little too high, never too low
    if (scale := (n_train + n_live) / _LARGEST_POOL) > 1:
        pooled = (pooled / scale).astype(np.int64)
        n_train = int(n_train / scale)
        n_live = int(pooled.sum()) - n_train
    small = min(n_train, n_live)
    # Many categories need few splits: a sum over many of them hardly varies.
    splits = min(SPLITS, max(FEWEST_SPLITS, _LARGEST_DRAW // len(pooled)))
    drawn = rng.multivariate_hypergeometric(pooled, small, size=splits, method="marginals").astype(
        np.float64
    )
    rest = (pooled - drawn) / max(n_train, n_live)
    drawn /= small
    return (drawn, rest) if small == n_train else (rest, drawn)


def pooled_bins(
    train: NumericProfile, live: NumericProfile
) -> tuple[FloatArray, IntArray, IntArray]:
    """Both supports on at most ``BINS`` pooled bins: bin means (ascending), training and live counts.

    Bins are even in the mean of two scales: the share of rows below, so that no bin holds many rows, and asinh of the
    distance from the median in spreads, so that a far outlier is not averaged with ordinary values. Equal values share a bin.
    """
    values = np.concatenate([train.values, live.values])
    counts = np.concatenate([train.counts, live.counts]).astype(np.float64)
    is_live = np.arange(len(values)) >= len(train.values)
    support, inverse = np.unique(values, return_inverse=True)
    mass = np.bincount(inverse, weights=counts)
    bins = inverse
    if len(support) > BINS:
        below = (np.cumsum(mass) - mass / 2) / mass.sum()
        low, middle, high = support[
            np.searchsorted(below, [0.1, 0.5, 0.9]).clip(max=len(support) - 1)
        ]
        far = np.arcsinh((support - middle) / ((high - low) / 2 or support[-1] - support[0]))
        scale = (below + (far - far[0]) / (far[-1] - far[0])) / 2
        bins = np.unique((scale * BINS).astype(np.int64).clip(0, BINS - 1), return_inverse=True)[1][
            inverse
        ]
    total = np.bincount(bins, weights=counts)
    centre = np.bincount(bins, weights=counts * values) / total
    per_side = [
        np.bincount(bins, weights=counts * chosen, minlength=len(centre))
        for chosen in (~is_live, is_live)
    ]
    return centre, per_side[0].astype(np.int64), per_side[1].astype(np.int64)


def deviation(train: NumericProfile) -> float:
    """What a distance between numbers is divided by: the training standard deviation, 0.001 where training is constant.

    Evidently takes 0.001 for any smaller deviation, which hides every shift of a column whose values are small
    (potassium in mol/L, lead in g/L).
    """
    return train.std or 0.001


def wasserstein_noise(
    train: NumericProfile,
    live: NumericProfile,
    *,
    alpha: float,
    seed: int,
    weights: tuple[float, float] = (1.0, 1.0),
) -> Noise:
    """Noise of the Wasserstein distance over the training standard deviation.

    The floor is in pooled standard deviations of the splits: a shift that is already there must not raise it. A pure
    shift by d standard deviations scores d and varies by sqrt(1/n1 + 1/n2), which gives the smallest detectable shift.
    ``weights`` are what a value of each side weighs (``golive.profile.repeats``): chance is that of the effective sizes.
    """
    centre, count_train, count_live = pooled_bins(train, live)
    n_train, n_live = int(count_train.sum()), int(count_live.sum())
    pooled = count_train + count_live
    error = math.sqrt(1 / (n_train * weights[0]) + 1 / (n_live * weights[1]))
    width = float(centre[-1] - centre[0])
    if width == 0:
        return Noise(0.0, 0.0, 1.0, (Z99 + _Z80) * error, 0.0)
    unit = (centre - centre[0]) / width  # so that squares of huge values do not overflow
    spread = float(np.sqrt(np.cov(unit, fweights=pooled, ddof=0)))
    gaps = np.diff(unit) / spread

    def distances(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
        gap = np.abs(np.cumsum(first - second, axis=-1)[..., :-1])
        return np.asarray(gap @ gaps), gap.max(axis=-1)

    null, null_gap = distances(
        *_splits(pooled, n_train, n_live, np.random.default_rng(seed), weights)
    )
    distance, gap = (float(d) for d in distances(count_train / n_train, count_live / n_live))
    floor = quantile(null, 1 - alpha)
    # One far outlier drowns every other difference in the distance, but not in the largest gap (Kolmogorov-Smirnov), so
    # either may show that something changed; two looks cost a factor of two.
    p = min(1.0, 2 * min(p_value(distance, null), p_value(gap, null_gap)))
    return Noise(
        effect=distance * spread * (width / deviation(train)),
        floor=floor,
        p_value=p,
        smallest_detectable=floor + _Z80 * error,
        moved=gap,
    )


def category_counts(
    train: CategoryProfile, live: CategoryProfile
) -> tuple[tuple[str, ...], IntArray, IntArray]:
    """Values of either side (training order, then new ones) with both counts; a long tail is one last value ``""``."""
    names = tuple(dict.fromkeys((*train.values, *live.values)))
    rows = train.as_dict(), live.as_dict()
    counts = [[side.get(name, 0) for name in names] for side in rows]
    if train.other or live.other:
        names = (*names, "")
        counts = [[*counts[0], train.other], [*counts[1], live.other]]
    return names, np.array(counts[0], dtype=np.int64), np.array(counts[1], dtype=np.int64)


def share_noise(
    count_train: IntArray,
    count_live: IntArray,
    method: str,
    *,
    alpha: float,
    seed: int,
    weights: tuple[float, float] = (1.0, 1.0),
) -> Noise:
    """Noise of a distance between two sets of shares (``SHARE_STATISTICS``) over the same categories or bins.

    In Jensen-Shannon distance a departure varies by sqrt((1/n1 + 1/n2) / 8) (its square is chi-square / 8 for small
    departures); the other methods take the same relative step from floor to detectable, squared for divergences.
    ``weights`` as for ``wasserstein_noise``.
    """
    statistic = SHARE_STATISTICS[method]
    n_train, n_live = int(count_train.sum()), int(count_live.sum())
    shares = _splits(
        count_train + count_live, n_train, n_live, np.random.default_rng(seed), weights
    )
    null = statistic(*shares)
    observed = float(statistic(count_train / n_train, count_live / n_live))
    floor = quantile(null, 1 - alpha)
    error = math.sqrt((1 / (n_train * weights[0]) + 1 / (n_live * weights[1])) / 8)
    base = quantile(jensenshannon(*shares), 1 - alpha)
    moved = float(total_variation(count_train / n_train, count_live / n_live))
    if base == 0:
        return Noise(observed, floor, 1.0, ((Z99 + _Z80) * error) ** _POWER_OF[method], moved)
    step = ((base + _Z80 * error) / base) ** _POWER_OF[method]
    return Noise(observed, floor, p_value(observed, null), floor * step, moved)
