"""What may be shown and stored of a column by site, model version and week: small numbers per slice, no small cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from golive.model.profile import SLICE_QUANTILES, SMALL_CELL, ColumnProfile, Profile, SliceColumn
from golive.model.result import SliceSeries
from golive.profile.slicing import TOP

FOLLOWED = 3
"""Values of a category whose shares are kept per slice."""
MOST_COLUMNS = 300
"""Columns up to which a table keeps its columns by slice; wider results would be too large to open."""
_QUARTILES = tuple(SLICE_QUANTILES.index(q) for q in (0.25, 0.5, 0.75))
_MOST_CANDIDATES = 200


def followed(train: ColumnProfile | None, live: ColumnProfile | None) -> tuple[str, ...]:
    """Up to ``FOLLOWED`` values of a category column: those whose share differs most, then the most frequent.

    A value that 1 to 10 rows of the larger side hold is not followed.
    """
    sides = [
        c.category
        for c in (train, live)
        if c is not None and c.category is not None and c.category.n
    ]
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
        held = [
            (s, s.columns[column.name])
            for s in parts
            if column.name in s.columns and s.n >= SMALL_CELL
        ]
        if not held or cut == column.name:
            continue
        inside = [one for _, one in held]
        numbers = column.numeric is not None and column.numeric.n > 0
        low, median, high = (
            ([_quartile(one, i) for one in inside] for i in _QUARTILES) if numbers else ([], [], [])
        )
        made.append(
            SliceSeries(
                by=by,
                column=cut,
                values=tuple(s.value for s, _ in held),
                n=tuple(s.n for s, _ in held),
                missing_share=tuple(_share(one.missing, one.n) for one in inside),
                low=tuple(low),
                median=tuple(median),
                high=tuple(high),
                shares={v: tuple(_of_value(one, v) for one in inside) for v in values},
            )
        )
    return tuple(made)


def _quartile(one: SliceColumn, at: int) -> float | None:
    present = one.n - one.missing - one.tokens
    return float(f"{one.quantiles[at]:.6g}") if one.quantiles and present >= SMALL_CELL else None


def _share(part: int, whole: int) -> float | None:
    """A share, unless the rows that make it up or those that are left are 1 to 10."""
    if whole < SMALL_CELL or 0 < part < SMALL_CELL or 0 < whole - part < SMALL_CELL:
        return None
    return round(part / whole, 5)


def _of_value(one: SliceColumn, value: str) -> float | None:
    counts = dict(one.top)
    if value not in counts and len(counts) >= TOP:
        return None
    return _share(counts.get(value, 0), one.n - one.missing)
