"""Is live training in another unit, in whole or in part? Distributions of one column against their converted selves.

A conversion is monotone, so training T and converted training T' are best told apart by one cut: the point where their
cumulative shares differ most. Of live values a share p lies beyond it, of T a share a, of T' a share b; if live is a
mixture (1 - w) T + w T', then w = (p - a) / (b - a). The values beyond the cut must also look like T' (centre and spread),
so that sicker patients or a stand-in for "missing" are not called a unit.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from golive.model.profile import FloatArray, IntArray, NumericProfile
from golive.stats.proportions import newcombe, two_share_p
from golive.wording.findings.units import Candidate, Part

SMALLEST_SHARE = 0.02
"""Share of live values from which a second unit is told (reference 4.1)."""
WHOLE_SHARE = 0.9
ALPHA = 1e-4
"""Significance of the values beyond a cut: a dozen conversions are tried on every column."""
SEPARATION = 0.6
"""Least difference of the shares beyond the cut: below it the two units overlap too much to be told apart."""
RATIO_TOLERANCE = 0.2
"""Mean distance of quantiles, as a log ratio, up to which values beyond the cut look like converted training."""
WIDTH_TOLERANCE = 0.6
"""The same in spreads, for conversions with an offset."""
EXPLAINED = 0.4
"""Where the units overlap, share of the largest gap to training that may remain once the mixture is assumed."""
LEAST_ROWS = 5
GRID = (np.arange(400) + 0.5) / 400
WHOLE = np.linspace(0.05, 0.95, 19)


def is_beyond(values: FloatArray, cut: float, *, above: bool) -> npt.NDArray[np.bool_]:
    """Which values lie beyond ``cut``."""
    return np.asarray(values > cut if above else values < cut)


def rows_beyond(numeric: NumericProfile, cut: float, *, above: bool) -> int:
    """Rows whose value lies beyond ``cut``."""
    return int(numeric.counts[is_beyond(numeric.values, cut, above=above)].sum())


def spread(points: FloatArray) -> float:
    """Standard deviation of a normal distribution with the same 10th and 90th percentiles; 0 for fewer than two points."""
    if len(points) < 2:
        return 0.0
    return float(np.quantile(points, 0.9) - np.quantile(points, 0.1)) / 2.563


def cumulative_counts(*samples: FloatArray) -> tuple[FloatArray, list[IntArray]]:
    """All values of ``samples`` ascending, and how many values of each sample are at most as large as each of these."""
    grid = np.unique(np.concatenate(samples))
    return grid, [np.searchsorted(np.sort(sample), grid, side="right") for sample in samples]


def midpoint_after(grid: FloatArray, at: int) -> float:
    """The middle between a value of ``grid`` and the next one."""
    return float((grid[at] + grid[min(at + 1, len(grid) - 1)]) / 2)


def whole_misfit(train: NumericProfile, live: NumericProfile, candidate: Candidate) -> float | None:
    """How far live quantiles, brought back, are from training's: in spreads or as a ratio, whichever is closer.

    ``None`` when the conversion does not explain the difference: the quantiles (5 to 95 %) must agree within 30 % of a
    spread or 12 %, the medians within 10 % or a quarter of a spread, and the difference must have been four times as large.
    """
    q_train, q_live = train.quantile(WHOLE), live.quantile(WHOLE)
    factor, offset = candidate.back
    q_back = q_live * factor + offset
    width = (q_train[-2] - q_train[1]) / 2.563
    if width <= 0 or len(np.unique(q_train)) < 3:
        return None
    unchanged = float(np.abs(q_live - q_train).mean()) / width
    misfit = float(np.abs(q_back - q_train).mean()) / width
    centre = abs(q_back[9] - q_train[9]) / width <= 0.25
    if q_train[0] > 0 and q_live[0] > 0 and candidate.offset == 0:
        ratios = np.abs(np.log(q_back / q_train))
        centre = centre or bool(ratios[9] <= math.log(1.1))
        if float(ratios.mean()) <= 0.12:
            misfit = min(misfit, float(ratios.mean()))
    return misfit if centre and misfit <= 0.3 and unchanged >= max(0.7, 4 * misfit) else None


def part(
    train: NumericProfile,
    live: NumericProfile,
    candidate: Candidate,
    weights: tuple[float, float] = (1.0, 1.0),
) -> Part | None:
    """The part of live that looks like training converted by ``candidate``, or ``None`` when there is none to speak of.

    ``weights`` are what a value of each side weighs (``golive.profile.repeats``).
    """
    points = train.quantile(GRID)
    converted = candidate.apply(points)
    above = bool(np.median(converted) > np.median(points))
    cut, gap = _cut(points, converted, above=above)
    rows = rows_beyond(train, cut, above=above), rows_beyond(live, cut, above=above)
    # Beyond the cut, converted training has what training has beyond the cut brought back.
    factor, offset = candidate.back
    b = rows_beyond(train, cut * factor + offset, above=above) / train.n
    a = rows[0] / train.n
    if b - a < SEPARATION or rows[1] < LEAST_ROWS:
        return None
    share = (rows[1] / live.n - a) / (b - a)
    if share < SMALLEST_SHARE:
        return None
    tested = (rows[0], train.n, rows[1], live.n, weights)
    low, high = (float(v) / (b - a) for v in newcombe(*tested))
    share = min(share, 1.0)
    ordinary = converted[is_beyond(converted, cut, above=above)]
    excess = _excess(train, live, cut, above=above, share=share)
    if len(excess) == 0 or len(ordinary) < 3 or _one_value(excess, points):
        return None
    misfit = _unlike(excess, ordinary, rows[1], scaled=candidate.offset == 0)
    shown: float | None = 1.0
    if misfit is not None and gap is None:
        shown = _gap_explained(train, live, candidate, share, above=above)
    if misfit is None or shown is None:
        return None
    inside = (live.values > gap[0]) & (live.values < gap[1]) if gap else np.zeros(0, dtype=bool)
    return Part(
        candidate=candidate,
        cut=cut,
        above=above,
        share=share,
        low=max(0.0, low),
        high=min(1.0, high),
        rows=rows[1],
        p=float(two_share_p(*tested)),
        centre=float(np.median(excess)),
        expected=float(np.median(ordinary)),
        usual=a,
        means=means_at(live, cut, above=above),
        misfit=misfit,
        gap=gap,
        between=int(live.counts[inside].sum()) if gap else 0,
        shown=shown,
    )


def means_at(live: NumericProfile, cut: float, *, above: bool) -> tuple[float, float]:
    """Mean of the live values on the ordinary side of the cut and beyond it; NaN for an empty side."""

    def mean(chosen: npt.NDArray[np.bool_]) -> float:
        weight = live.counts[chosen]
        return (
            float(np.dot(live.values[chosen], weight) / weight.sum()) if weight.sum() else math.nan
        )

    there = is_beyond(live.values, cut, above=above)
    return mean(~there), mean(there)


def _cut(
    points: FloatArray, converted: FloatArray, *, above: bool
) -> tuple[float, tuple[float, float] | None]:
    """The cut that separates both best, and the empty space between them where they do not overlap."""
    lower, upper = (points, converted) if above else (converted, points)
    low, high = float(lower[-1]), float(upper[0])
    if low < high:
        middle = math.sqrt(low * high) if low > 0 else (low + high) / 2
        return middle, (low, high)
    grid, (of_lower, of_upper) = cumulative_counts(lower, upper)
    return midpoint_after(grid, int(np.argmax(of_lower - of_upper))), None


def _excess(
    train: NumericProfile, live: NumericProfile, cut: float, *, above: bool, share: float
) -> FloatArray:
    """Quantile points of what live has beyond the cut in excess of its ordinary part."""
    there = is_beyond(live.values, cut, above=above)
    values, counts = live.values[there], live.counts[there].astype(np.float64)
    ordinary_far = is_beyond(train.values, cut, above=above)
    if ordinary_far.any() and len(values):
        # What training itself has there, scaled to the ordinary part of live, is taken away where it lies.
        scale = (1 - share) * live.n / train.n
        edges = np.quantile(values, np.linspace(0, 1, 21))
        edges[0], edges[-1] = -np.inf, np.inf
        edges = np.unique(edges)
        place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
        in_bin = np.bincount(place, weights=counts, minlength=len(edges) - 1)
        own = train.values[ordinary_far], train.counts[ordinary_far]
        known = np.histogram(own[0], edges, weights=own[1])[0] * scale
        keep = np.divide(
            np.maximum(in_bin - known, 0), in_bin, out=np.zeros_like(in_bin), where=in_bin > 0
        )
        counts = counts * keep[place]
    total = counts.sum()
    if total < 1:
        return np.zeros(0)
    at = np.searchsorted(np.cumsum(counts), (np.arange(200) + 0.5) / 200 * total)
    return np.asarray(values[np.minimum(at, len(values) - 1)])


def _unlike(excess: FloatArray, ordinary: FloatArray, rows: int, *, scaled: bool) -> float | None:
    """Distance of the values beyond the cut from converted training there; ``None`` when they look different.

    The mean over the quantiles 10 to 90 % of the log ratio (``scaled``) or of the difference in spreads. A handful of rows
    may differ by twice their standard error more.
    """
    at = np.linspace(0.1, 0.9, 9)
    found, known = np.quantile(excess, at), np.quantile(ordinary, at)
    if scaled and found[0] > 0 and known[0] > 0:
        found, known = np.log(found), np.log(known)
        tolerance, width = RATIO_TOLERANCE, 1.0
        noise = spread(np.log(ordinary[ordinary > 0]))
    else:
        width = spread(ordinary) or math.inf
        tolerance, noise = WIDTH_TOLERANCE, 1.0
    distance = float(np.abs(found - known).mean()) / width
    return distance if distance <= tolerance + 2 * noise / math.sqrt(max(rows, 1)) else None


def _gap_explained(
    train: NumericProfile, live: NumericProfile, candidate: Candidate, share: float, *, above: bool
) -> float | None:
    """The largest gap of cumulative shares to training that the mixture explains where both units overlap.

    ``None`` when it does not: most of the gap must go, and the far end of the other unit, where training has nothing, must
    hold what the share promises.
    """
    points = train.quantile(GRID)
    grid, (of_train, of_other) = cumulative_counts(points, candidate.apply(points))
    f_train, f_other = of_train / len(points), of_other / len(points)
    cumulative = np.concatenate([[0], np.cumsum(live.counts)])
    f_live = cumulative[np.searchsorted(live.values, grid, side="right")] / live.n
    before = float(np.abs(f_live - f_train).max())
    after = float(np.abs(f_live - (1 - share) * f_train - share * f_other).max())
    noise = 1.2 * math.sqrt(1 / train.n + 1 / live.n)
    if after > max(EXPLAINED * before, min(noise, 0.7 * before)):
        return None
    end = float(points[-1] if above else points[0])
    beyond_it = is_beyond(candidate.apply(points), end, above=above)
    promised = share * float(beyond_it.mean()) * live.n
    found = rows_beyond(live, end, above=above)
    return before if found >= 0.4 * promised - 2 * math.sqrt(promised + 1) else None


def _one_value(excess: FloatArray, points: FloatArray) -> bool:
    """Whether most of the excess is one repeated value, which ordinary values are not: a stand-in, not a measurement."""
    most = max(np.unique(excess, return_counts=True)[1]) / len(excess)
    usual = max(np.unique(points, return_counts=True)[1]) / len(points)
    return bool(most > 0.5 and most > 2 * usual)
