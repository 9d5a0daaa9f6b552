"""What may be drawn or stored of a column: counts per bin with small cells suppressed, and its summary numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np

from golive.model.profile import (
    SMALL_CELL,
    CategoryProfile,
    ColumnProfile,
    FloatArray,
    IntArray,
    NumericProfile,
    TimeProfile,
)
from golive.model.result import Picture, SideResult, SliceSeries

BINS = 36
CATEGORIES = 20
OTHER = "other"
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_DAY = 86_400.0


def picture(train: ColumnProfile | None, live: ColumnProfile | None) -> Picture | None:
    """Binned counts of both sides on shared bins; ``None`` when there is nothing to draw.

    Numbers: 36 bins between the 0.5th and 99.5th percentile of both sides together, what lies outside is counted in ``below``
    and ``above``. Dates: weeks or months, edges in seconds since 1970-01-01. Categories: the 20 most frequent of either
    side by share, and ``other``. Cells of 1 to 10 rows are ``None``.
    """
    sides = (train, live)
    if any(s is not None and s.numeric is not None and s.numeric.n for s in sides):
        return _numbers(sides)
    if any(s is not None and s.time is not None and s.time.n for s in sides):
        return _times(sides)
    if any(s is not None and s.category is not None and s.category.n for s in sides):
        return _categories(sides)
    return None


def side(column: ColumnProfile, slices: tuple[SliceSeries, ...] = ()) -> SideResult:
    """Summary of one column in one dataset. The minimum and maximum are values of single rows: they are given for the
    check of units and limits, and left out when fewer than 11 rows hold a number. ``slices``: the column by site and week.
    """
    numeric, time = column.numeric, column.time
    shown = numeric is not None and numeric.n >= SMALL_CELL
    quantiles: dict[str, float] = {}
    if shown and numeric is not None:
        quantiles = {
            f"{q:g}": float(v)
            for q, v in zip(QUANTILES, numeric.quantile(list(QUANTILES)), strict=True)
        }
    return SideResult(
        n=column.n,
        missing=column.missing,
        missing_share=column.missing_share,
        distinct=column.distinct,
        unparsed=column.tokens.n,
        mean=numeric.mean if shown and numeric else None,
        std=numeric.std if shown and numeric else None,
        min=numeric.minimum if shown and numeric else None,
        max=numeric.maximum if shown and numeric else None,
        quantiles=quantiles,
        first=time.minimum.date().isoformat() if time and time.minimum else None,
        last=time.maximum.date().isoformat() if time and time.maximum else None,
        slices=slices,
    )


def _cell(count: int) -> int | None:
    return None if 0 < count < SMALL_CELL else int(count)


def _binned(
    values: FloatArray, counts: IntArray, edges: FloatArray
) -> tuple[list[int | None], int | None, int | None]:
    """Counts per bin (the last bin holds its upper edge), below the first and above the last edge."""
    slot = np.searchsorted(edges, values, side="right") - 1
    slot[values == edges[-1]] = len(edges) - 2
    inside = (slot >= 0) & (slot < len(edges) - 1)
    bins = np.bincount(slot[inside], weights=counts[inside], minlength=len(edges) - 1)
    below, above = int(counts[values < edges[0]].sum()), int(counts[values > edges[-1]].sum())
    return [_cell(round(c)) for c in bins], _cell(below), _cell(above)


def _drawn(edges: FloatArray, points: Sequence[tuple[FloatArray, IntArray] | None]) -> Picture:
    sides = [_binned(*p, edges) if p is not None else ([], 0, 0) for p in points]
    return Picture(
        edges=tuple(float(e) for e in edges),
        train=tuple(sides[0][0]),
        live=tuple(sides[1][0]),
        below=(sides[0][1], sides[1][1]),
        above=(sides[0][2], sides[1][2]),
    )


def _numbers(sides: Sequence[ColumnProfile | None]) -> Picture:
    held = [
        s.numeric if s is not None and s.numeric is not None and s.numeric.n else None
        for s in sides
    ]
    ends = [h.quantile([0.005, 0.995]) for h in held if h is not None]
    low, high = min(e[0] for e in ends), max(e[1] for e in ends)
    # A mark such as 1.8e308 on both ends: what lies further out is counted, not drawn
    if not np.isfinite(high - low):
        low, high = low / 2, high / 2
    return _drawn(_edges(low, high, held), [(h.values, h.counts) if h else None for h in held])


def _edges(low: float, high: float, held: Sequence[NumericProfile | None]) -> FloatArray:
    """Even bins; for whole numbers their width is a whole number, so that no bin holds one value more than its neighbour."""
    if all(h.integers == h.n for h in held if h is not None):
        width = max(1, int(np.ceil((high - low + 1) / BINS)))
        bins = int(np.ceil((high - low + 1) / width))
        return low - 0.5 + width * np.arange(bins + 1, dtype=np.float64)
    if high <= low:
        half = max(abs(low) * 0.01, 0.5)
        return np.array([low - half, low + half])
    return np.linspace(low, high, BINS + 1)


def _times(sides: Sequence[ColumnProfile | None]) -> Picture:
    held = [s.time if s is not None and s.time is not None and s.time.n else None for s in sides]
    first = min(t.days[0] for t in held if t is not None)
    last = max(t.days[-1] for t in held if t is not None)
    edges = np.array([_seconds(d) for d in _calendar(first, last)])
    return _drawn(edges, [_days(t) if t else None for t in held])


def _calendar(first: date, last: date) -> list[date]:
    """Mondays when they make at most 60 weeks, else firsts of months (at most 60 bins), around ``first`` to ``last``."""
    begin = first - timedelta(days=first.weekday())
    if (last - begin).days < 60 * 7:
        weeks = (last - begin).days // 7 + 1
        # 31 Dec 9999, which many records hold for "never", has no week after it
        ends = date.max.toordinal()
        return [date.fromordinal(min(begin.toordinal() + 7 * i, ends)) for i in range(weeks + 1)]
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    step = -(-months // 60)
    count = -(-months // step)
    found = []
    for i in range(count + 1):
        year, month = divmod(first.month - 1 + i * step, 12)
        found.append(
            date(first.year + year, month + 1, 1) if first.year + year <= 9999 else date.max
        )
    return found


def _seconds(day: date) -> float:
    return (datetime(day.year, day.month, day.day) - datetime(1970, 1, 1)).days * _DAY


def _days(time: TimeProfile) -> tuple[FloatArray, IntArray]:
    return np.array([_seconds(d) for d in time.days]), time.counts


def _categories(sides: Sequence[ColumnProfile | None]) -> Picture:
    held = [s.category if s is not None and s.category is not None else None for s in sides]
    share: dict[str, float] = {}
    for category in held:
        if category is not None and category.n:
            for value, count in zip(category.values[:1000], category.counts[:1000], strict=True):
                share[value] = max(share.get(value, 0.0), float(count) / category.n)
    labels = sorted(share, key=lambda v: (-share[v], v))[:CATEGORIES]
    columns = [_bars(c, labels) if c is not None else [] for c in held]
    rest = any(bars and bars[-1] != 0 for bars in columns)
    if not rest:
        columns = [bars[:-1] for bars in columns]
    return Picture(
        labels=(*labels, *([OTHER] if rest else [])),
        train=tuple(columns[0]),
        live=tuple(columns[1]),
    )


def _bars(category: CategoryProfile, labels: Sequence[str]) -> list[int | None]:
    counts = category.as_dict()
    bars = [counts.get(v, 0) for v in labels]
    return [_cell(c) for c in (*bars, category.n - sum(bars))]
