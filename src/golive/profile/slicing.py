"""Slices: the rows of each site, model version and time window, so that a change can be traced to where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from golive.model.profile import (
    SLICE_QUANTILES,
    SMALL_CELL,
    FloatArray,
    IntArray,
    Slice,
    SliceColumn,
)

MOST_SLICES = 30
"""Sites and model versions kept, largest first."""

MOST_WINDOWS = 60
MOST_SLICED_COLUMNS = 1_000
TOP = 10
SHAPES = 20


@dataclass(frozen=True)
class Slicing:
    """One way to cut the table. ``key_of`` maps a key as the engine returns it to the position of its slice.

    In process, ``order`` lists row positions slice by slice and ``bounds`` (length slices + 1) where each slice begins.
    """

    by: str
    column: str
    labels: tuple[str, ...]
    starts: tuple[date | None, ...]
    sizes: tuple[int, ...]
    order: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    bounds: IntArray = field(default_factory=lambda: np.zeros(1, dtype=np.int64))

    def slices(self, columns: Sequence[dict[str, SliceColumn]]) -> list[Slice]:
        """Slices with their columns; one dictionary per label."""
        parts = zip(self.labels, self.starts, self.sizes, columns, strict=True)
        return [
            Slice(by=self.by, column=self.column, value=label, n=n, columns=held, start=start)
            for label, start, n, held in parts
        ]


def largest(
    values: Sequence[str | None], counts: IntArray
) -> tuple[list[str], list[int], IntArray]:
    """Slices of a category: the ``MOST_SLICES`` largest with at least ``SMALL_CELL`` rows, in name order.

    Returns labels, sizes, and for each of ``values`` the position of its slice (-1: none).
    """
    total: dict[str, int] = {}
    for value, rows in zip(values, counts, strict=True):
        if value is not None:
            total[value] = total.get(value, 0) + int(rows)
    big = sorted(
        (v for v, rows in total.items() if rows >= SMALL_CELL), key=lambda v: (-total[v], v)
    )[:MOST_SLICES]
    labels = sorted(big)
    place = {label: i for i, label in enumerate(labels)}
    positions = np.array(
        [place.get(v, -1) if v is not None else -1 for v in values], dtype=np.int64
    )
    return labels, [total[v] for v in labels], positions


def windows(
    days: Sequence[date | None], counts: IntArray
) -> tuple[list[date], list[int], IntArray]:
    """Slices of time: days, weeks (from Monday) or months, whichever gives at most ``MOST_WINDOWS`` windows.

    Beyond that, equal spans of whole months. Windows with fewer than ``SMALL_CELL`` rows are left out. Returns the first
    day of each window, sizes, and for each of ``days`` the position of its window (-1: none).
    """
    known = [d for d in days if d is not None]
    if not known:
        return [], [], np.full(len(days), -1, dtype=np.int64)
    first, last = min(known), max(known)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    span = -(-months // MOST_WINDOWS)

    def start_of(day: date) -> date:
        if (last - first).days < MOST_WINDOWS:
            return day
        if (last - first).days + first.weekday() < MOST_WINDOWS * 7:
            return day - timedelta(days=day.weekday())
        index = (day.year - first.year) * 12 + day.month - first.month
        year, month = divmod(first.month - 1 + index // span * span, 12)
        return date(first.year + year, month + 1, 1)

    begins = [start_of(d) if d is not None else None for d in days]
    total: dict[date, int] = {}
    for begin, rows in zip(begins, counts, strict=True):
        if begin is not None:
            total[begin] = total.get(begin, 0) + int(rows)
    labels = sorted(b for b, rows in total.items() if rows >= SMALL_CELL)
    place = {label: i for i, label in enumerate(labels)}
    positions = np.array(
        [place.get(b, -1) if b is not None else -1 for b in begins], dtype=np.int64
    )
    return labels, [total[b] for b in labels], positions


def slice_numbers(
    values: FloatArray, tokens: IntArray | None, slicing: Slicing
) -> list[SliceColumn]:
    """A number column in every slice. ``values`` are all rows, NaN where there is no number; ``tokens`` marks unparsed rows."""
    grouped = values[slicing.order]
    marks = tokens[slicing.order] if tokens is not None else None
    found = []
    for low, high in zip(slicing.bounds[:-1], slicing.bounds[1:], strict=True):
        part = grouped[low:high]
        unparsed = int(marks[low:high].sum()) if marks is not None else 0
        empty = int(np.isnan(part).sum()) - unparsed
        finite = np.sort(part[np.isfinite(part)])
        if len(finite) == 0:
            found.append(SliceColumn(n=len(part), missing=empty, tokens=unparsed))
            continue
        rank = np.maximum(np.ceil(np.array(SLICE_QUANTILES) * len(finite)).astype(np.int64) - 1, 0)
        quantiles = tuple(float(q) for q in finite[rank])
        found.append(SliceColumn(len(part), empty, quantiles, float(finite.mean()), (), unparsed))
    return found


def slice_categories(
    codes: IntArray, names: Sequence[str], slicing: Slicing, shapes: Sequence[str] = ()
) -> list[SliceColumn]:
    """A category column in every slice. ``codes`` index ``names`` for all rows, -1 where missing.

    ``shapes`` are the shapes of ``names`` (one each), counted too when given.
    """
    grouped = codes[slicing.order]
    kinds = sorted(set(shapes))
    place = {kind: i for i, kind in enumerate(kinds)}
    shape_of = np.array([place[kind] for kind in shapes], dtype=np.int64)
    found = []
    for low, high in zip(slicing.bounds[:-1], slicing.bounds[1:], strict=True):
        part = grouped[low:high]
        held = part[part >= 0]
        counts = (
            np.bincount(held, minlength=len(names)) if len(held) else np.zeros(0, dtype=np.int64)
        )
        best = np.argsort(-counts, kind="stable")[:TOP]
        top = tuple((names[i], int(counts[i])) for i in best if counts[i])
        written = (
            np.bincount(shape_of, weights=counts, minlength=len(kinds))
            if kinds and len(held)
            else np.zeros(0)
        )
        frequent = np.argsort(-written, kind="stable")[:SHAPES]
        kept = tuple((kinds[i], int(written[i])) for i in frequent if written[i])
        found.append(SliceColumn(n=len(part), missing=len(part) - len(held), top=top, shapes=kept))
    return found
