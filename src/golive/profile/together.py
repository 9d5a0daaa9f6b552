"""Values of several columns in one query, counted here: a query costs the compiler a walk over every column of a table.

Only for engines that live in this process and tables of few rows; a column of many rows is grouped inside its engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

COLUMNS, ROWS = 100, 80_000
"""Columns asked for in one query, and rows up to which their values are counted here (8 million cells)."""


def counted_here(
    table: ir.Table, values: Mapping[str, ir.Value]
) -> dict[str, list[tuple[Any, int]]]:
    """Distinct values that are not null and their rows for each of ``values``: most frequent first, then by value.

    One query for all of them.
    """
    arrow = table.select(**{f"v{i}": value for i, value in enumerate(values.values())}).to_pyarrow()
    return {name: _counts(arrow.column(f"v{i}")) for i, name in enumerate(values)}


def _counts(column: pa.ChunkedArray) -> list[tuple[Any, int]]:
    found = [
        (pair["values"], pair["counts"]) for pair in column.drop_null().value_counts().to_pylist()
    ]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))
