"""Free text and identifiers: how many, how different, how long, and what shape. No values are kept."""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir

from golive.model.columns import ColumnType
from golive.model.profile import EMPTY_CATEGORY, CategoryProfile, ColumnProfile
from golive.profile.categories import MOST_PATTERNS, cap_runs, counted
from golive.profile.fields import Field, as_text, missing, pattern

EXACT_DISTINCT = 200_000
"""Rows up to which distinct free texts are counted exactly; above, the engine's estimate. Identifiers are always exact."""


def reduce_texts(table: ir.Table, fields: Sequence[Field], rows: int) -> list[ColumnProfile]:
    """Profile text, identifier and ignored columns: one aggregate query for all, one more per column for its patterns."""
    asked = {}
    for i, field in enumerate(fields):
        column = table[field.name]
        present = missing(column).ifelse(None, as_text(column))
        exact = rows <= EXACT_DISTINCT or field.type is ColumnType.IDENTIFIER
        asked[f"n{i}"] = present.count()
        asked[f"d{i}"] = present.nunique() if exact else present.approx_nunique()
        asked[f"l{i}"] = present.length().mean()
    found = table.aggregate(**asked).to_pyarrow().to_pylist()[0]
    return [
        ColumnProfile(
            name=field.name,
            type=field.type,
            role=field.role,
            storage=field.storage,
            n=rows,
            missing=rows - int(found[f"n{i}"]),
            distinct=min(int(found[f"d{i}"]), int(found[f"n{i}"])),
            patterns=_patterns(table, field, int(found[f"n{i}"])),
            mean_length=None if found[f"l{i}"] is None else float(found[f"l{i}"]),
        )
        for i, field in enumerate(fields)
    ]


def _patterns(table: ir.Table, field: Field, present: int) -> CategoryProfile:
    column = table[field.name]
    if field.storage != "text" or present == 0:
        return EMPTY_CATEGORY
    shapes = table.filter(~missing(column)).select(shape=pattern(column))
    groups = shapes.group_by("shape").aggregate(rows=shapes.count())
    top = groups.order_by(groups.rows.desc(), groups["shape"]).limit(MOST_PATTERNS).to_pyarrow().to_pylist()
    return counted(((cap_runs(r["shape"]), r["rows"]) for r in top), most=MOST_PATTERNS, total=present)
