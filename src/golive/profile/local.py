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

from golive.model.columns import ColumnType
from golive.model.profile import (
    EMPTY_CATEGORY,
    CategoryProfile,
    ColumnProfile,
    FloatArray,
    IntArray,
    SliceColumn,
)
from golive.profile import together
from golive.profile.categories import (
    MOST_TOKENS,
    MOST_VALUES,
    canonical,
    counted,
    patterns_of,
    shape,
)
from golive.profile.fields import LONGEST_VALUE, Field, Reduction, as_text, is_text, missing, number
from golive.profile.numbers import sorted_profile
from golive.profile.repeats import Patients, of_codes, of_numbers, patients_here
from golive.profile.slicing import Slicing, slice_categories, slice_numbers

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
            for field, fetched in _fetch(table, batch):
                if isinstance(fetched, Exception):
                    done[field.name] = Reduced(failed(field, rows, fetched))
                    step(field)
                else:
                    whose = patients if field.name != patient else None
                    waiting.append((field, pool.submit(_reduce, field, fetched, slicings, whose)))
            collect(width)
        collect(0)
    unparsed = [name for name, one in done.items() if one.profile.tokens.n]
    width = together.COLUMNS if rows <= together.ROWS else 1
    for start in range(0, len(unparsed), width):
        odd = unparsed[start : start + width]
        for name, (tokens, distinct) in tokens_of(table, odd, here=rows <= together.ROWS).items():
            done[name] = _with_tokens(done[name], tokens, distinct)
    return done


def failed(field: Field, rows: int, error: Exception) -> ColumnProfile:
    """The profile of a column that could not be read. An engine's message is not kept: it may repeat a value."""
    reason = f"it could not be read ({type(error).__name__})"
    return ColumnProfile(
        field.name, field.type, field.role, field.storage, rows, 0, 0, error=reason
    )


def _fetch(
    table: ir.Table, batch: Sequence[Field]
) -> list[tuple[Field, list[pa.ChunkedArray] | Exception]]:
    """Fetch a batch in one query; when that fails, one by one, so that only the broken column is lost."""
    written = [f for f in batch if f.kind is Reduction.NUMBER and is_text(table[f.name])]
    if len(written) >= LONG and (parsed := _parsed(table, written)):
        others = [f for f in batch if f not in written]
        return parsed + (_fetch(table, others) if others else [])
    asked: dict[str, Any] = {}
    for i, field in enumerate(batch):
        column = table[field.name]
        if field.kind is Reduction.NUMBER:
            stored = column.type()
            # Widened here, and a stored NaN stays one
            plain = stored.is_floating() or stored.is_integer()
            asked[f"v{i}"] = column if plain else number(column)
            if not stored.is_numeric():
                asked[f"m{i}"] = missing(column)
        else:
            asked[f"v{i}"] = column.left(LONGEST_VALUE) if is_text(column) else _plain(column)
    try:
        arrow = table.select(**asked).to_pyarrow()
    except Exception as error:
        if len(batch) == 1:
            return [(batch[0], error)]
        return [pair for field in batch for pair in _fetch(table, [field])]
    names = set(arrow.column_names)
    return [
        (field, [arrow.column(f"v{i}")] + ([arrow.column(f"m{i}")] if f"m{i}" in names else []))
        for i, field in enumerate(batch)
    ]


def _parsed(
    table: ir.Table, fields: Sequence[Field]
) -> list[tuple[Field, list[pa.ChunkedArray] | Exception]]:
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


def _plain(column: ir.Value) -> ir.Value:
    """A value that Arrow hands over as a number, a boolean or text."""
    stored = column.type()
    if stored.is_decimal():
        return column.cast("float64")
    return column if stored.is_numeric() or stored.is_boolean() else as_text(column)


def _reduce(
    field: Field,
    fetched: list[pa.ChunkedArray],
    slicings: Sequence[Slicing],
    patients: Patients | None,
) -> Reduced:
    if field.kind is Reduction.NUMBER:
        return _numbers(field, fetched, slicings, patients)
    return _categories(field, fetched[0], slicings, patients)


def _numbers(
    field: Field,
    fetched: list[pa.ChunkedArray],
    slicings: Sequence[Slicing],
    patients: Patients | None,
) -> Reduced:
    values: FloatArray = fetched[0].to_numpy().astype(np.float64, copy=False)
    absent = np.isnan(values)
    unparsed = None
    tokens = 0
    if len(fetched) > 1:
        unparsed = absent & ~fetched[1].to_numpy()
        tokens = int(unparsed.sum())
    blank = int(absent.sum()) - tokens
    finite = np.isfinite(values)
    ascending = np.sort(values if finite.all() else values[finite])
    single = field.storage in ("float32", "float16", "float")
    numeric, distinct = sorted_profile(
        ascending, infinities=len(values) - blank - tokens - len(ascending), single=single
    )
    endless = np.unique(values[np.isinf(values)]) if numeric.infinities else ()
    profile = ColumnProfile(
        name=field.name,
        type=field.type,
        role=field.role,
        storage=field.storage,
        n=len(values),
        missing=blank,
        distinct=distinct + len(endless),
        numeric=numeric,
        tokens=replace(EMPTY_CATEGORY, n=tokens),
    )
    if patients is not None:
        present = ~absent if unparsed is None else ~absent | unparsed
        profile = of_numbers(profile, values, present, patients)
    return Reduced(profile, tuple(slice_numbers(values, unparsed, s) for s in slicings))


def _categories(
    field: Field, column: pa.ChunkedArray, slicings: Sequence[Slicing], patients: Patients | None
) -> Reduced:
    names, codes = coded(column, field)
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    category = counted(zip(names, counts.tolist(), strict=True), most=MOST_VALUES)
    profile = ColumnProfile(
        name=field.name,
        type=field.type,
        role=field.role,
        storage=field.storage,
        n=len(codes),
        missing=int((codes < 0).sum()),
        distinct=len(names),
        category=category,
        patterns=patterns_of(category) if field.storage == "text" else EMPTY_CATEGORY,
    )
    if patients is not None:
        profile = of_codes(profile, names, codes, patients)
    shapes = [shape(name) for name in names] if slicings and field.type is ColumnType.CODE else []
    return Reduced(profile, tuple(slice_categories(codes, names, s, shapes) for s in slicings))


def coded(column: pa.ChunkedArray, field: Field) -> tuple[list[str], IntArray]:
    """Distinct canonical values of a column in value order, and per row the position of its value (-1: missing)."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], type=column.type)
    written = [None if _blank(v) else canonical(v, field) for v in array.dictionary.to_pylist()]
    names = sorted({v for v in written if v is not None})
    place = {name: i for i, name in enumerate(names)}
    positions = np.array([-1 if v is None else place[v] for v in written] + [-1], dtype=np.int64)
    return names, positions[array.indices.fill_null(len(written)).to_numpy(zero_copy_only=False)]


def _blank(value: Any) -> bool:
    return value is None or value != value or (isinstance(value, str) and not value.strip())  # noqa: PLR0124 - NaN


def _with_tokens(reduced: Reduced, tokens: CategoryProfile, distinct: int) -> Reduced:
    held = reduced.profile
    profile = replace(
        held, tokens=tokens, patterns=patterns_of(tokens), distinct=held.distinct + distinct
    )
    return replace(reduced, profile=profile)


def tokens_of(
    table: ir.Table, names: Sequence[str], *, here: bool = False
) -> dict[str, tuple[CategoryProfile, int]]:
    """Values of number columns that do not parse: as written, the most frequent ``MOST_TOKENS``, and how many distinct.

    With ``here`` one query hands over those of all columns, otherwise each column is grouped in its engine.
    """
    if here:
        odd = {name: _odd(table[name]) for name in names}
        found = together.counted_here(table, odd)
        return {
            n: (counted(p[:MOST_TOKENS], most=MOST_TOKENS, total=sum(c for _, c in p)), len(p))
            for n, p in found.items()
        }
    return {name: _tokens_in_engine(table, name) for name in names}


def _odd(column: ir.Value) -> ir.StringValue:
    """What was written where a value is there and is no number, else null."""
    unparsed = number(column).isnull() & ~missing(column)
    return unparsed.ifelse(as_text(column).left(LONGEST_VALUE), ibis.null("string"))


def _tokens_in_engine(table: ir.Table, name: str) -> tuple[CategoryProfile, int]:
    odd = table.select(value=_odd(table[name])).drop_null()
    groups = odd.group_by("value").aggregate(rows=odd.count())
    totals = (
        groups.aggregate(n=groups.rows.sum(), distinct=groups.count()).to_pyarrow().to_pylist()[0]
    )
    top = (
        groups.order_by(groups.rows.desc(), groups.value)
        .limit(MOST_TOKENS)
        .to_pyarrow()
        .to_pylist()
    )
    pairs = [(row["value"], row["rows"]) for row in top]
    return counted(pairs, most=MOST_TOKENS, total=int(totals["n"] or 0)), int(totals["distinct"])
