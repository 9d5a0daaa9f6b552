"""Slices: the rows of each site, model version and time window, so that a change can be traced to where it comes from.

Also the rows of each site on each day: what shows that one sender fell silent while the others went on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TypeVar

import ibis
import ibis.expr.types as ir
import numpy as np

from golive.intake.base.dataset import columns_of, records
from golive.model.columns import Roles
from golive.model.profile import (
    SLICE_QUANTILES,
    SMALL_CELL,
    Arrivals,
    FloatArray,
    IntArray,
    Slice,
    SliceColumn,
)
from golive.profile.fields import Field, as_text, calendar_day, is_moment, missing, trimmed
from golive.profile.reading import encoded, groups_of, most_frequent
from golive.profile.times import MOST_DAYS, days_read

MOST_SLICES = 30
"""Sites and model versions kept, largest first."""

MOST_WINDOWS = 60
MOST_SLICED_COLUMNS = 1_000
TOP = 10
SHAPES = 20
MOST_CELLS = 200_000
"""Sites times days read from the engine."""

Label = TypeVar("Label", str, date)


@dataclass(frozen=True)
class Slicing:
    """One way to cut the table: by ``site``, ``model_version`` or ``time``.

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
        parts = zip(self.labels, self.sizes, columns, self.starts, strict=True)
        return [Slice(self.by, self.column, *part) for part in parts]


def slicings_of(table: ir.Table, roles: Roles, rows: int, *, local: bool) -> list[Slicing]:
    """The ways to cut this table: by site, by model version, by time, as far as it has such columns."""
    made = []
    for by in ("site", "model_version", "time"):
        name = getattr(roles, by)
        if name is None or name not in table.columns or rows == 0:
            continue
        key = calendar_day(table[name]) if by == "time" else as_text(table[name])
        if local:
            slicing = _in_process(table, by, name, key)
        else:
            found = most_frequent(groups_of(table, key), MOST_DAYS)
            rows_of = np.array([n for _, n in found], dtype=np.int64)
            slicing, _ = _cut(by, name, [k for k, _ in found], rows_of)
        if slicing.labels:
            made.append(slicing)
    return made


def _cut(by: str, name: str, keys: Sequence[object], counts: IntArray) -> tuple[Slicing, IntArray]:
    """Slices of the distinct ``keys``, and for each key the position of its slice (-1: none)."""
    if by == "time":
        starts, sizes, positions = windows(days_read(keys, counts), counts)
        labels = tuple(s.isoformat() for s in starts)
        return Slicing(by, name, labels, tuple(starts), tuple(sizes)), positions
    names = [(str(k).strip() or None) if k is not None else None for k in keys]
    largest, sizes, positions = _placed(names, counts, MOST_SLICES)
    return Slicing(by, name, tuple(largest), (None,) * len(largest), tuple(sizes)), positions


def _placed(
    keys: Sequence[Label | None], counts: IntArray, most: int | None = None
) -> tuple[list[Label], list[int], IntArray]:
    """The ``most`` largest of ``keys`` with at least ``SMALL_CELL`` rows, in their own order.

    Returns them, their sizes, and for each of ``keys`` its position among them (-1: none).
    """
    total: Counter[Label] = Counter()
    for key, rows in zip(keys, counts, strict=True):
        if key is not None:
            total[key] += int(rows)
    big = sorted(
        (k for k, rows in total.items() if rows >= SMALL_CELL), key=lambda k: (-total[k], k)
    )
    labels = sorted(big[:most])
    place: dict[Label | None, int] = {label: i for i, label in enumerate(labels)}
    return (
        labels,
        [total[k] for k in labels],
        np.array([place.get(k, -1) for k in keys], dtype=np.int64),
    )


def windows(
    days: Sequence[date | None], counts: IntArray
) -> tuple[list[date], list[int], IntArray]:
    """Slices of time: days, weeks (from Monday) or months, whichever gives at most ``MOST_WINDOWS`` windows.

    Beyond that, equal spans of whole months. Windows with fewer than ``SMALL_CELL`` rows are left out. Returns the first
    day of each window, sizes, and for each of ``days`` the position of its window (-1: none).
    """
    known = [d for d in days if d is not None]
    first, last = min(known, default=date.min), max(known, default=date.min)
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

    return _placed([start_of(d) if d is not None else None for d in days], counts)


def _in_process(table: ir.Table, by: str, name: str, key: ir.Value) -> Slicing:
    """Slices with the row positions of each, from one column read into memory."""
    values, codes = encoded(columns_of(table, {name: key})[name])
    counts = np.bincount(codes, minlength=len(values) + 1)[: len(values)]
    slicing, positions = _cut(by, name, values.to_pylist(), counts)
    slot = np.append(positions, -1)[codes].astype(np.int16)
    order = np.argsort(slot, kind="stable")
    bounds = np.searchsorted(slot[order], np.arange(len(slicing.labels) + 1), side="left")
    return replace(slicing, order=order, bounds=bounds)


def slice_key(table: ir.Table, slicing: Slicing) -> ir.StringValue:
    """Expression that names the slice of a row: the value of a site, the first day of a window; null in no slice.

    Written dates are cut in the engine only when they are ISO 8601.
    """
    column = table[slicing.column]
    if slicing.by != "time":
        text = trimmed(as_text(column))
        return text.isin(slicing.labels).ifelse(text, ibis.null("string"))
    day = column.cast("date") if is_moment(column) else as_text(column).left(10).try_cast("date")
    lows = [low for low in slicing.starts if low is not None]
    parts = zip(slicing.labels, lows, [*lows[1:], date.max], strict=True)
    cases = [((day >= ibis.date(low)) & (day < ibis.date(end)), label) for label, low, end in parts]
    return ibis.cases(*cases, else_=ibis.null("string"))


def slice_missing(
    table: ir.Table, fields: Sequence[Field], slicing: Slicing, *, local: bool
) -> dict[str, list[SliceColumn]]:
    """Rows and missing rows of text and time columns in every slice; one query for all of them."""
    if not fields:
        return {}
    if local:
        sizes = np.diff(slicing.bounds)
        found = {}
        for name, flags in columns_of(
            table, {f.name: missing(table[f.name]) for f in fields}
        ).items():
            below = np.cumsum(np.append(0, flags.to_numpy()[slicing.order]))
            counts = np.diff(below[slicing.bounds])
            found[name] = [SliceColumn(int(n), int(c)) for n, c in zip(sizes, counts, strict=True)]
        return found
    asked = {f"m{i}": missing(table[f.name]) for i, f in enumerate(fields)}
    keyed = table.select(key=slice_key(table, slicing), **asked)
    sums = keyed.group_by("key").aggregate(n=keyed.count(), **{k: keyed[k].sum() for k in asked})
    rows = {r["key"]: r for r in records(sums)}
    parts = [rows.get(label, {"n": 0} | dict.fromkeys(asked, 0)) for label in slicing.labels]
    return {
        f.name: [SliceColumn(int(r["n"]), int(r[f"m{i}"])) for r in parts]
        for i, f in enumerate(fields)
    }


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
        present = part[part >= 0]
        counts = np.bincount(present, minlength=len(names))
        written = (
            np.bincount(shape_of, weights=counts, minlength=len(kinds)) if kinds else np.zeros(0)
        )
        ranked = (_ranked(names, counts, TOP), _ranked(kinds, written, SHAPES))
        found.append(
            SliceColumn(len(part), len(part) - len(present), top=ranked[0], shapes=ranked[1])
        )
    return found


def _ranked(
    names: Sequence[str], counts: IntArray | FloatArray, most: int
) -> tuple[tuple[str, int], ...]:
    """The most frequent of ``names`` that are there at all, with their rows."""
    best = np.argsort(-counts, kind="stable")[:most]
    return tuple((names[i], int(counts[i])) for i in best if counts[i])


def arrivals(table: ir.Table, roles: Roles, sites: Sequence[str]) -> tuple[Arrivals, ...]:
    """Rows by day of each of ``sites`` (one grouped query); empty without a site and a time column."""
    if not sites or roles.site not in table.columns or roles.time not in table.columns:
        return ()
    keyed = table.select(
        site=trimmed(as_text(table[roles.site])), day=calendar_day(table[roles.time])
    ).drop_null()
    keyed = keyed.filter(keyed.site.isin(list(sites)))
    groups = keyed.group_by(["site", "day"]).aggregate(rows=keyed.count())
    found = records(groups.order_by(groups.site, groups.day).limit(MOST_CELLS))
    read = days_read([r["day"] for r in found], [r["rows"] for r in found])
    days: dict[str, Counter[date]] = {site: Counter() for site in sites}
    for row, day in zip(found, read, strict=True):
        if day is not None:
            days[row["site"]][day] += int(row["rows"])
    ordered = {site: sorted(of_site) for site, of_site in days.items()}
    return tuple(
        Arrivals(site, tuple(known), np.array([days[site][d] for d in known], dtype=np.int64))
        for site, known in ordered.items()
    )
