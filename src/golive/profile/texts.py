"""Free text and identifiers: how many, how different, how long, and what shape. No values are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from golive.intake.base.dataset import aggregates, columns_of
from golive.model.columns import ColumnType
from golive.model.profile import EMPTY_CATEGORY, CategoryProfile, ColumnProfile
from golive.profile.categories import MOST_PATTERNS, counted, shape
from golive.profile.fields import LONGEST_PATTERN, Field, as_text, engine_of, pattern, where_present
from golive.profile.reading import groups_of, most_frequent

EXACT_DISTINCT = 200_000
"""Rows up to which distinct free texts are counted exactly; above, the engine's estimate. Identifiers are always exact."""

LOCAL_TEXTS = 5_000_000
"""Texts up to which an in-process engine hands over their first characters (40 bytes each)."""

MOST_DIFFERENT = 200_000
"""Different shapes counted at a time."""


def reduce_texts(
    table: ir.Table, fields: Sequence[Field], rows: int, *, local: bool = False
) -> list[ColumnProfile]:
    """Profile text, identifier and ignored columns: one aggregate query for all, one more per column for its patterns.

    With ``local`` the patterns of all ``fields`` come in one query.
    """
    asked = {}
    for field in fields:
        text = where_present(table[field.name], as_text(table[field.name]))
        exact = rows <= EXACT_DISTINCT or field.type is ColumnType.IDENTIFIER
        distinct = text.nunique() if exact else text.approx_nunique()
        asked[field.name] = {
            "n": text.count(),
            "distinct": distinct,
            "length": text.length().mean(),
        }
    starts = _starts(table, [f.name for f in fields if local and f.storage == "text"])
    found = aggregates(table, asked)
    return [
        _profile(table, field, rows, found[field.name], starts.get(field.name)) for field in fields
    ]


def _starts(table: ir.Table, names: Sequence[str]) -> dict[str, pa.ChunkedArray]:
    """The first characters of every text that is there."""
    return columns_of(
        table, {n: where_present(table[n], table[n].left(LONGEST_PATTERN)) for n in names}
    )


def _profile(
    table: ir.Table,
    field: Field,
    rows: int,
    facts: Mapping[str, Any],
    starts: pa.ChunkedArray | None,
) -> ColumnProfile:
    n = int(facts["n"])
    length = None if facts["length"] is None else float(facts["length"])
    patterns = _patterns(table, field, n, starts)
    return field.profile(
        rows, rows - n, min(int(facts["distinct"]), n), patterns=patterns, mean_length=length
    )


def _patterns(
    table: ir.Table, field: Field, present: int, starts: pa.ChunkedArray | None
) -> CategoryProfile:
    """Shapes of the texts of a column; ``starts`` are their first characters where those are known."""
    if field.storage != "text" or present == 0:
        return EMPTY_CATEGORY
    column = table[field.name]
    if starts is None and engine_of(table) == "duckdb" and present <= LOCAL_TEXTS:
        starts = _starts(table, [field.name])[field.name]
    if starts is not None:
        pairs = _shapes_in_process(starts)
    else:
        pairs = most_frequent(
            groups_of(table, where_present(column, pattern(column))), MOST_PATTERNS
        )
    return counted(
        ((shape(value), rows) for value, rows in pairs), most=MOST_PATTERNS, total=present
    )


def _shapes_in_process(texts: pa.ChunkedArray) -> list[tuple[str, int]]:
    """Shapes by a table look-up over the bytes of the column: 50 times faster than ``translate`` in the engine."""
    found: Counter[str] = Counter()
    for chunk in texts.drop_null().chunks:
        column = chunk.cast(pa.string())
        valid, offsets, data = column.buffers()
        if data is None:
            continue
        shaped = pa.py_buffer(_SIGNS[np.frombuffer(data, dtype=np.uint8)])
        again = pa.Array.from_buffers(
            pa.string(), len(column), [valid, offsets, shaped], offset=column.offset
        )
        for item in again.value_counts().to_pylist():
            found[item["values"]] += item["counts"]
        if len(found) > MOST_DIFFERENT:
            found = Counter(dict(found.most_common(MOST_DIFFERENT)))
    return list(found.items())


def _signs() -> npt.NDArray[np.uint8]:
    """The sign that stands for each byte in a shape."""
    table = np.arange(256, dtype=np.uint8)
    for first, last, sign in (("0", "9", "9"), ("A", "Z", "A"), ("a", "z", "A")):
        table[ord(first) : ord(last) + 1] = ord(sign)
    return table


_SIGNS = _signs()
