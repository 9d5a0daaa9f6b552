"""Reading columns: several in one query, how often each value is there, and one by one where a batch fails.

A query costs the compiler a walk over every column of a table. Values are counted here for engines that live in this process
and tables of few rows; a column of many rows is grouped inside its engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import ibis.expr.types as ir
import pyarrow as pa

from golive.intake.base.dataset import columns_of, records
from golive.model.profile import IntArray

COLUMNS, ROWS = 100, 80_000
"""Columns asked for in one query, and rows up to which their values are counted here (8 million cells)."""

One = TypeVar("One")
Made = TypeVar("Made")


def counted_here(
    table: ir.Table, values: Mapping[str, ir.Value]
) -> dict[str, list[tuple[Any, int]]]:
    """Distinct values that are not null and their rows for each of ``values``: most frequent first, then by value.

    One query for all of them.
    """
    return {name: _counts(column) for name, column in columns_of(table, values).items()}


def _counts(column: pa.ChunkedArray) -> list[tuple[Any, int]]:
    found = [
        (pair["values"], pair["counts"]) for pair in column.drop_null().value_counts().to_pylist()
    ]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def groups_of(table: ir.Table, value: ir.Value) -> ir.Table:
    """Distinct values of an expression that are not null (``value``) and their rows (``rows``), as a query."""
    there = table.select(value=value).drop_null()
    return there.group_by("value").aggregate(rows=there.count())


def most_frequent(groups: ir.Table, limit: int) -> list[tuple[Any, int]]:
    """The first ``limit`` of ``groups_of``, grouped in the engine: most frequent first, then by value."""
    top = groups.order_by(groups.rows.desc(), groups["value"]).limit(limit)
    return [(row["value"], int(row["rows"])) for row in records(top)]


def encoded(column: pa.ChunkedArray) -> tuple[pa.Array, IntArray]:
    """Distinct values of a column in order of appearance, and per row the place of its value (their number: missing)."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], type=column.type)
    missing = len(array.dictionary)
    return array.dictionary, array.indices.fill_null(missing).to_numpy(zero_copy_only=False)


def each_alone(
    work: Callable[[Sequence[One]], list[Made]],
    batch: Sequence[One],
    failed: Callable[[One, Exception], Made],
) -> list[Made]:
    """``work`` on a batch; when it fails, on one at a time, so that only what is broken is lost to ``failed``."""
    try:
        return work(batch)
    except Exception as error:
        if len(batch) > 1:
            return [made for one in batch for made in each_alone(work, [one], failed)]
        return [failed(batch[0], error)]
