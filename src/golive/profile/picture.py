"""What may be drawn or stored of a column: counts per bin, its summary numbers, and small numbers by site, model version and
week, all with small cells suppressed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

import numpy as np

from golive.model.profile import (
    SLICE_QUANTILES,
    SMALL_CELL,
    CategoryProfile,
    ColumnProfile,
    FloatArray,
    IntArray,
    NumericProfile,
    Profile,
    SliceColumn,
    TimeProfile,
    is_small,
)
from golive.model.result import Picture, SideResult, SliceSeries
from golive.profile.slices import TOP

BINS = 36
CATEGORIES = 20
OTHER = "other"
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_DAY = 86_400.0
FOLLOWED = 3
"""Values of a category whose shares are kept per slice."""
MOST_COLUMNS = 300
"""Columns up to which a table keeps its columns by slice; wider results would be too large to open."""
_QUARTILES = tuple(SLICE_QUANTILES.index(q) for q in (0.25, 0.5, 0.75))
_MOST_CANDIDATES = 200


def picture(train: ColumnProfile | None, live: ColumnProfile | None) -> Picture | None:
    """Binned counts of both sides on shared bins; ``None`` when there is nothing to draw.

    Numbers: 36 bins between the 0.5th and 99.5th percentile of both sides together, what lies outside is counted in ``below``
    and ``above``. Dates: weeks or months, edges in seconds since 1970-01-01. Categories: the 20 most frequent of either
    side by share, and ``other``. Cells of 1 to 10 rows are ``None``.
    """
    sides = (train, live)
    numbers = [s.numeric if s and s.numeric and s.numeric.n else None for s in sides]
    if any(numbers):
        return _numbers(numbers)
    times = [s.time if s and s.time and s.time.n else None for s in sides]
    if any(times):
        return _times(times)
    categories = [s.category if s else None for s in sides]
    return _categories(categories) if any(c and c.n for c in categories) else None


def side(column: ColumnProfile, slices: tuple[SliceSeries, ...] = ()) -> SideResult:
    """Summary of one column in one dataset. The minimum and maximum are values of single rows: they are given for the
    check of units and limits, and left out when fewer than 11 rows hold a number. ``slices``: the column by site and week.
    """
    numbers: dict[str, Any] = {}
    if (numeric := column.numeric) is not None and numeric.n >= SMALL_CELL:
        quantiles = zip(QUANTILES, numeric.quantile(list(QUANTILES)), strict=True)
        numbers = {
            "mean": numeric.mean,
            "std": numeric.std,
            "min": numeric.minimum,
            "max": numeric.maximum,
        }
        numbers["quantiles"] = {f"{q:g}": float(v) for q, v in quantiles}
    first, last = (column.time.minimum, column.time.maximum) if column.time else (None, None)
    return SideResult(
        n=column.n,
        missing=column.missing,
        missing_share=column.missing_share,
        distinct=column.distinct,
        unparsed=column.tokens.n,
        first=first.date().isoformat() if first else None,
        last=last.date().isoformat() if last else None,
        slices=slices,
        **numbers,
    )


def _cell(count: int) -> int | None:
    return None if is_small(count) else int(count)


def _drawn(edges: FloatArray, points: Sequence[tuple[FloatArray, IntArray] | None]) -> Picture:
    """Values with their rows as counts per bin (the last bin holds its upper edge), below the first and above the last edge."""
    bins: list[list[int | None]] = []
    below, above = [], []
    for values, counts in (p or (np.zeros(0), np.zeros(0, dtype=np.int64)) for p in points):
        inside = np.histogram(values, edges, weights=counts)[0] if len(values) else ()
        bins.append([_cell(round(c)) for c in inside])
        below.append(_cell(int(counts[values < edges[0]].sum())))
        above.append(_cell(int(counts[values > edges[-1]].sum())))
    train, live = map(tuple, bins)
    return Picture(
        edges=tuple(edges.tolist()), train=train, live=live, below=tuple(below), above=tuple(above)
    )


def _numbers(sides: Sequence[NumericProfile | None]) -> Picture:
    ends = [one.quantile([0.005, 0.995]) for one in sides if one is not None]
    low, high = min(e[0] for e in ends), max(e[1] for e in ends)
    # A mark such as 1.8e308 on both ends: what lies further out is counted, not drawn
    if not np.isfinite(high - low):
        low, high = low / 2, high / 2
    return _drawn(_edges(low, high, sides), [(s.values, s.counts) if s else None for s in sides])


def _edges(low: float, high: float, sides: Sequence[NumericProfile | None]) -> FloatArray:
    """Even bins; for whole numbers their width is a whole number, so that no bin holds one value more than its neighbour."""
    if all(s.integers == s.n for s in sides if s is not None):
        width = max(1, int(np.ceil((high - low + 1) / BINS)))
        bins = int(np.ceil((high - low + 1) / width))
        return low - 0.5 + width * np.arange(bins + 1, dtype=np.float64)
    if high <= low:
        half = max(abs(low) * 0.01, 0.5)
        return np.array([low - half, low + half])
    return np.linspace(low, high, BINS + 1)


def _times(sides: Sequence[TimeProfile | None]) -> Picture:
    first = min(t.days[0] for t in sides if t is not None)
    last = max(t.days[-1] for t in sides if t is not None)
    edges = np.array([_seconds(d) for d in _calendar(first, last)])
    return _drawn(
        edges, [(np.array([_seconds(d) for d in t.days]), t.counts) if t else None for t in sides]
    )


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
    found = []
    for i in range(-(-months // step) + 1):
        year, month = divmod(first.month - 1 + i * step, 12)
        found.append(
            date(first.year + year, month + 1, 1) if first.year + year <= 9999 else date.max
        )
    return found


def _seconds(day: date) -> float:
    return (datetime(day.year, day.month, day.day) - datetime(1970, 1, 1)).days * _DAY


def _categories(sides: Sequence[CategoryProfile | None]) -> Picture:
    share: dict[str, float] = {}
    for category in sides:
        if category is not None and category.n:
            for value, count in zip(category.values[:1000], category.counts[:1000], strict=True):
                share[value] = max(share.get(value, 0.0), float(count) / category.n)
    labels = sorted(share, key=lambda v: (-share[v], v))[:CATEGORIES]
    bars: list[list[int | None]] = []
    for category in sides:
        counts = category.as_dict() if category is not None else {}
        shown = [counts.get(v, 0) for v in labels]
        bars.append(
            [_cell(c) for c in (*shown, category.n - sum(shown))] if category is not None else []
        )
    rest = any(side and side[-1] != 0 for side in bars)
    train, live = (tuple(side if rest else side[:-1]) for side in bars)
    return Picture(labels=(*labels, *([OTHER] if rest else [])), train=train, live=live)


def followed(train: ColumnProfile | None, live: ColumnProfile | None) -> tuple[str, ...]:
    """Up to ``FOLLOWED`` values of a category column: those whose share differs most, then the most frequent.

    A value that 1 to 10 rows of the larger side hold is not followed.
    """
    sides = [c.category for c in (train, live) if c and c.category and c.category.n]
    candidates = dict.fromkeys(v for side in sides for v in side.values[:_MOST_CANDIDATES])
    common = [v for v in candidates if max(side.count(v) for side in sides) >= SMALL_CELL]

    def moved(value: str) -> tuple[float, float, str]:
        shares = [side.count(value) / side.n for side in sides]
        return -(max(shares) - min(shares)) if len(shares) > 1 else 0.0, -max(shares), value

    return tuple(sorted(common, key=moved)[:FOLLOWED])


def series(
    column: ColumnProfile, table: Profile, values: Sequence[str] = ()
) -> tuple[SliceSeries, ...]:
    """One column of ``table`` in every slice, one ``SliceSeries`` per way the table is cut; ``values`` are those followed.

    The column that cuts is left out of its own cut. Medians of fewer than 11 values and shares that 1 to 10 rows make up are
    ``None``; a share of a value outside the slice's most frequent ones is not known and is ``None`` too.
    """
    made = []
    for (by, cut), parts in groupby(table.slices, key=lambda s: (s.by, s.column)):
        of_column = [
            (s, s.columns[column.name])
            for s in parts
            if column.name in s.columns and s.n >= SMALL_CELL
        ]
        if not of_column or cut == column.name:
            continue
        inside = [one for _, one in of_column]
        numbers = inside if column.numeric is not None and column.numeric.n > 0 else []
        low, median, high = (tuple(_quartile(one, i) for one in numbers) for i in _QUARTILES)
        made.append(
            SliceSeries(
                by=by,
                column=cut,
                values=tuple(s.value for s, _ in of_column),
                n=tuple(s.n for s, _ in of_column),
                missing_share=tuple(_share(one.missing, one.n) for one in inside),
                low=low,
                median=median,
                high=high,
                shares={v: tuple(_of_value(one, v) for one in inside) for v in values},
            )
        )
    return tuple(made)


def _quartile(one: SliceColumn, at: int) -> float | None:
    present = one.n - one.missing - one.tokens
    return float(f"{one.quantiles[at]:.6g}") if one.quantiles and present >= SMALL_CELL else None


def _share(part: int, whole: int) -> float | None:
    """A share, unless the rows that make it up or those that are left are 1 to 10."""
    if whole < SMALL_CELL or is_small(part) or is_small(whole - part):
        return None
    return round(part / whole, 5)


def _of_value(one: SliceColumn, value: str) -> float | None:
    counts = dict(one.top)
    if value not in counts and len(counts) >= TOP:
        return None
    return _share(counts.get(value, 0), one.n - one.missing)
