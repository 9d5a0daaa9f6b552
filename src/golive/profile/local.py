"""In-process reduction: columns are handed over as Arrow arrays and sorted by numpy while the next ones are read.

Only for engines that live in this process; what it returns equals what ``remote`` computes inside an engine (a test holds
the two together). Sorting a million numbers here costs less than grouping them in SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from golive.intake.base.dataset import columns_of, records
from golive.model.columns import ColumnType
from golive.model.profile import (
    EMPTY_CATEGORY,
    CategoryProfile,
    ColumnProfile,
    FloatArray,
    IntArray,
    SliceColumn,
)
from golive.profile import reading
from golive.profile.categories import (
    MOST_TOKENS,
    MOST_VALUES,
    canonical,
    counted,
    patterns_of,
    shape,
)
from golive.profile.fields import (
    LONGEST_VALUE,
    Field,
    Reduction,
    as_text,
    category_key,
    is_text,
    missing,
    number,
)
from golive.profile.numbers import sorted_profile
from golive.profile.repeats import Patients, of_codes, of_numbers, patients_here
from golive.profile.slices import Slicing, slice_categories, slice_numbers

CELLS = 8_000_000
"""Cells fetched at once: 64 MB of doubles."""

MOST_COLUMNS = 250
"""Columns fetched at once, however few rows they have."""

LONG = 100
"""Columns of written numbers from which on they are parsed as one long column; a batch of so many has few rows."""


@dataclass(frozen=True)
class Reduced:
    """One column and, for each slicing, that column in every slice."""

    profile: ColumnProfile
    slices: tuple[list[SliceColumn], ...] = ()


Fetched = list[tuple[Field, list[pa.ChunkedArray] | Exception]]
"""Columns as they were handed over: values and, of numbers that are stored as something else, which rows are missing."""


def reduce_local(
    table: ir.Table,
    fields: Sequence[Field],
    rows: int,
    slicings: Sequence[Slicing],
    step: Callable[[Field], None],
    *,
    patient: str | None = None,
) -> dict[str, Reduced]:
    """Reduce number and category columns of an in-process table. A column that fails carries its error, the others go on.

    With ``patient``, the column that names the patient of a row, they carry how the rows of one patient repeat each other.
    """
    patients = patients_here(table, patient) if patient else None
    width = max(1, min(MOST_COLUMNS, CELLS // max(rows, 1)))
    waiting: list[tuple[Field, Future[Reduced]]] = []
    done: dict[str, Reduced] = {}

    def reduce_one(field: Field, fetched: list[pa.ChunkedArray] | Exception) -> Reduced:
        if isinstance(fetched, Exception):
            raise fetched
        whose = patients if field.name != patient else None
        if field.kind is Reduction.NUMBER:
            return _numbers(field, fetched, slicings, whose)
        return _categories(field, fetched[0], slicings, whose)

    def collect(until: int) -> None:
        while len(waiting) > until:
            field, future = waiting.pop(0)
            try:
                done[field.name] = future.result()
            except Exception as error:
                done[field.name] = Reduced(failed(field, rows, error))
            step(field)

    with ThreadPoolExecutor(max_workers=2) as pool:
        for start in range(0, len(fields), width):
            batch = fields[start : start + width]
            waiting += [
                (field, pool.submit(reduce_one, field, fetched))
                for field, fetched in _fetch(table, batch)
            ]
            collect(width)
        collect(0)
    unparsed = [name for name, one in done.items() if one.profile.tokens.n]
    here = rows <= reading.ROWS
    width = reading.COLUMNS if here else 1
    for start in range(0, len(unparsed), width):
        for name, (tokens, distinct) in tokens_of(
            table, unparsed[start : start + width], here=here
        ).items():
            one = done[name].profile
            one = replace(
                one, tokens=tokens, patterns=patterns_of(tokens), distinct=one.distinct + distinct
            )
            done[name] = replace(done[name], profile=one)
    return done


def failed(field: Field, rows: int, error: Exception) -> ColumnProfile:
    """The profile of a column that could not be read. An engine's message is not kept: it may repeat a value."""
    return field.profile(rows, 0, 0, error=f"it could not be read ({type(error).__name__})")


def _fetch(table: ir.Table, batch: Sequence[Field]) -> Fetched:
    """Fetch a batch in one query; when that fails, one by one, so that only the broken column is lost."""
    written = [f for f in batch if f.kind is Reduction.NUMBER and is_text(table[f.name])]
    if len(written) >= LONG and (parsed := _parsed(table, written)):
        others = [f for f in batch if f not in written]
        return parsed + (_fetch(table, others) if others else [])
    return reading.each_alone(
        lambda some: _selected(table, some), batch, lambda field, error: (field, error)
    )


def _selected(table: ir.Table, batch: Sequence[Field]) -> Fetched:
    asked: dict[tuple[str, str], Any] = {}
    for field in batch:
        column = table[field.name]
        if field.kind is not Reduction.NUMBER:
            asked[field.name, "value"] = category_key(column)
            continue
        stored = column.type()
        # Widened here, and a stored NaN stays one
        asked[field.name, "value"] = (
            column if stored.is_floating() or stored.is_integer() else number(column)
        )
        if not stored.is_numeric():
            asked[field.name, "missing"] = missing(column)
    found = columns_of(table, asked)
    return [
        (f, [found[f.name, what] for what in ("value", "missing") if (f.name, what) in found])
        for f in batch
    ]


def _parsed(table: ir.Table, fields: Sequence[Field]) -> Fetched:
    """Numbers stored as text: handed over as written, then parsed by the engine as one long column.

    Two expressions in place of two for each column: with thousands of columns it is compiling that takes the time. Empty
    where that fails; each column is then asked for itself.
    """
    try:
        texts = table.select(*(f.name for f in fields)).to_pyarrow()
        long = pa.chunked_array(
            [chunk for column in texts.columns for chunk in column.chunks], type=pa.string()
        )
        asked = ibis.memtable(pa.table({"value": long}))
        asked = asked.select(v=number(asked.value), m=missing(asked.value))
        found = table.get_backend().to_pyarrow(asked)
    except Exception:
        return []
    rows = texts.num_rows
    return [
        (f, [found.column(k).slice(i * rows, rows) for k in ("v", "m")])
        for i, f in enumerate(fields)
    ]


def _numbers(
    field: Field,
    fetched: list[pa.ChunkedArray],
    slicings: Sequence[Slicing],
    patients: Patients | None,
) -> Reduced:
    values: FloatArray = fetched[0].to_numpy().astype(np.float64, copy=False)
    absent = np.isnan(values)
    unparsed = absent & ~fetched[1].to_numpy() if len(fetched) > 1 else None
    tokens = 0 if unparsed is None else int(unparsed.sum())
    blank = int(absent.sum()) - tokens
    finite = np.isfinite(values)
    ascending = np.sort(values if finite.all() else values[finite])
    infinite = len(values) - blank - tokens - len(ascending)
    numeric, distinct = sorted_profile(ascending, infinities=infinite, single=field.single)
    infinities = np.unique(values[np.isinf(values)]) if infinite else ()
    unread = replace(EMPTY_CATEGORY, n=tokens)
    profile = field.profile(
        len(values), blank, distinct + len(infinities), numeric=numeric, tokens=unread
    )
    if patients is not None:
        there = ~absent if unparsed is None else ~absent | unparsed
        profile = of_numbers(profile, values, there, patients)
    return Reduced(profile, tuple(slice_numbers(values, unparsed, s) for s in slicings))


def _categories(
    field: Field, column: pa.ChunkedArray, slicings: Sequence[Slicing], patients: Patients | None
) -> Reduced:
    names, codes = coded(column, field)
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    category = counted(zip(names, counts.tolist(), strict=True), most=MOST_VALUES)
    patterns = patterns_of(category) if field.storage == "text" else EMPTY_CATEGORY
    blank = int((codes < 0).sum())
    profile = field.profile(len(codes), blank, len(names), category=category, patterns=patterns)
    if patients is not None:
        profile = of_codes(profile, names, codes, patients)
    shapes = [shape(name) for name in names] if slicings and field.type is ColumnType.CODE else []
    return Reduced(profile, tuple(slice_categories(codes, names, s, shapes) for s in slicings))


def coded(column: pa.ChunkedArray, field: Field) -> tuple[list[str], IntArray]:
    """Distinct canonical values of a column in value order, and per row the position of its value (-1: missing)."""
    values, rows = reading.encoded(column)
    written = [None if _blank(v) else canonical(v, field) for v in values.to_pylist()]
    names = sorted({v for v in written if v is not None})
    place = {name: i for i, name in enumerate(names)}
    positions = np.array([-1 if v is None else place[v] for v in written] + [-1], dtype=np.int64)
    return names, positions[rows]


def _blank(value: Any) -> bool:
    return value is None or value != value or (isinstance(value, str) and not value.strip())  # noqa: PLR0124 - NaN


def tokens_of(
    table: ir.Table, names: Sequence[str], *, here: bool = False
) -> dict[str, tuple[CategoryProfile, int]]:
    """Values of number columns that do not parse: as written, the most frequent ``MOST_TOKENS``, and how many distinct.

    With ``here`` one query hands over those of all columns, otherwise each column is grouped in its engine.
    """
    odd = {name: _odd(table[name]) for name in names}
    if here:
        return {
            name: _tokens(pairs, sum(n for _, n in pairs), len(pairs))
            for name, pairs in reading.counted_here(table, odd).items()
        }
    found = {}
    for name, value in odd.items():
        groups = reading.groups_of(table, value)
        total = records(groups.aggregate(n=groups.rows.sum(), distinct=groups.count()))[0]
        found[name] = _tokens(
            reading.most_frequent(groups, MOST_TOKENS), int(total["n"] or 0), int(total["distinct"])
        )
    return found


def _tokens(
    pairs: Sequence[tuple[str, int]], total: int, distinct: int
) -> tuple[CategoryProfile, int]:
    return counted(pairs[:MOST_TOKENS], most=MOST_TOKENS, total=total), distinct


def _odd(column: ir.Value) -> ir.StringValue:
    """What was written where a value is there and is no number, else null."""
    unparsed = number(column).isnull() & ~missing(column)
    return unparsed.ifelse(as_text(column).left(LONGEST_VALUE), ibis.null("string"))
