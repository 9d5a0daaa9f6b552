"""A joint sample of both sides for checks that need whole rows: at most 10,000 a side, in memory, never kept.

A profile holds no rows, so it cannot say whether columns moved together. These rows live as long as the one function that
asked for them; nothing of them is written, logged or put into a result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from golive.model.columns import ColumnSpec, ColumnType, Role, Roles
from golive.model.profile import FloatArray
from golive.profile.categories import canonical
from golive.profile.fields import Field, Reduction, as_text, fields_of, number, where_present

if TYPE_CHECKING:
    import pandas as pd

    from golive.intake import Dataset

MOST_ROWS = 10_000
"""Rows a side: an AUC is known to 0.01 from these, and twice as many cost twice the time."""
MOST_CELLS = 1_000_000
"""Rows times columns of one side: wide tables get fewer rows."""
MOST_CATEGORIES = 60
"""Categories told apart in one column; rarer ones are one."""
_STRIDE = 2_654_435_761
_RING = 1 << 32


@dataclass(frozen=True)
class JointSample:
    """Rows of both sides over the same columns.

    ``train`` and ``live`` have shape ``(rows, len(columns))``: numbers as they are, categories as codes shared by both
    sides, NaN where missing. ``score`` is the model's score beside ``train`` (or beside ``live`` when ``scored`` says so),
    NaN where missing; ``None`` without a score column.
    """

    columns: tuple[str, ...]
    categorical: tuple[bool, ...]
    train: FloatArray
    live: FloatArray
    score: FloatArray | None = None
    scored: str = "train"


def draw(
    train: Dataset,
    live: Dataset,
    specs: Sequence[ColumnSpec],
    roles: Roles,
    *,
    limit: int = MOST_ROWS,
) -> JointSample:
    """Draw rows spread evenly over both tables; deterministic for tables in one order.

    Only features and groups that both sides hold values of; dates, texts and identifiers tell any two tables apart and
    are left out. With an id column one row per id is kept: rows of one patient are not independent, and a classifier would
    learn to recognise the patient. ``limit`` is rows per side.
    """
    names = shared(train, live, specs)
    if not names:
        return JointSample((), (), np.zeros((0, 0)), np.zeros((0, 0)))
    rows = max(1, min(limit, MOST_CELLS // len(names)))
    score = roles.score if roles.score in train.storage or roles.score in live.storage else None
    frames = [_rows(d, names, specs, roles, limit=rows, score=score) for d in (train, live)]
    drawn = [s for s in specs if s.name in set(names)]
    fields = [
        {f.name: f for f in fields_of(d.table, d.storage, drawn, Roles())} for d in (train, live)
    ]
    found: list[tuple[str, bool, list[FloatArray]]] = []
    for name in names:
        sides = [
            _values(frame[name], field[name]) for frame, field in zip(frames, fields, strict=True)
        ]
        if all(values.notna().any() for values in sides):
            category = fields[0][name].kind is Reduction.CATEGORY
            found.append(
                (name, category, _coded(*sides) if category else [_floats(v) for v in sides])
            )
    scored = 0 if score and score in train.storage else 1
    left, right = (
        np.column_stack([sides[i] for _, _, sides in found]) if found else np.zeros((0, 0))
        for i in (0, 1)
    )
    return JointSample(
        tuple(name for name, _, _ in found),
        tuple(category for _, category, _ in found),
        left,
        right,
        _floats(frames[scored][score]) if score else None,
        ("train", "live")[scored],
    )


def _floats(column: pd.Series[Any]) -> FloatArray:
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def shared(train: Dataset, live: Dataset, specs: Sequence[ColumnSpec]) -> list[str]:
    """Columns that a sample is drawn of: features and groups of both sides that hold numbers or categories by their type."""
    usable = (ColumnType.CATEGORY, ColumnType.BOOLEAN, ColumnType.CODE)
    inputs = [
        s
        for s in specs
        if s.role in (Role.FEATURE, Role.GROUP) and (s.type.is_number or s.type in usable)
    ]
    return [s.name for s in inputs if s.name in train.storage and s.name in live.storage]


def _rows(
    dataset: Dataset,
    names: Sequence[str],
    specs: Sequence[ColumnSpec],
    roles: Roles,
    *,
    limit: int,
    score: str | None,
) -> pd.DataFrame:
    """Rows of one side, evenly spread: row i is taken when i times the golden stride falls in the share of the ring.

    Of each id the row with the smallest place on the ring is kept before anything else is left out: the first row of a
    patient is an early one, and rows drawn before would hold those with long stays more often.
    """
    here = [name for name in (score, roles.id) if name in dataset.storage]
    asked = list(dict.fromkeys([*names, *here]))
    key = roles.id if roles.id in here else None
    table, rows = dataset.table.select(*asked), dataset.rows
    placed = bool(key) or rows > limit
    if placed:
        table = table.mutate(__place=ibis.row_number() * _STRIDE % _RING)
    if key:
        table = table.mutate(__key=as_text(table[key]))
        nth = ibis.row_number().over(group_by=table["__key"], order_by=table["__place"])
        table = table.mutate(__nth=nth)
        table = table.filter((table["__nth"] == 0) | table["__key"].isnull()).drop("__nth", "__key")
        rows = int(table.count().to_pyarrow().as_py()) if rows > limit else rows
    if rows > limit:
        table = table.filter(table["__place"] < limit * _RING // rows)
    numbers = {s.name for s in specs if s.type.is_number} | {score}
    read = {
        n: number(table[n]) if n in numbers else where_present(table[n], table[n])
        for n in asked
        if n != key
    }
    place = {"__place": table["__place"]} if placed else {}
    frame: pd.DataFrame = table.select(**read, **place).to_pandas()
    if placed:  # a window gives rows back in no order
        frame = (
            frame.sort_values("__place").drop(columns="__place").head(limit).reset_index(drop=True)
        )
    if score and score not in frame:
        frame[score] = np.nan
    return frame


def _values(column: pd.Series[Any], field: Field) -> pd.Series[Any]:
    """Numbers without infinities; categories under one spelling."""
    if field.kind is Reduction.NUMBER:
        return column.astype("float64").replace([np.inf, -np.inf], np.nan)
    spelled = {value: canonical(value, field) for value in column.dropna().unique()}
    return column.astype(object).map(spelled)


def _coded(before: pd.Series[Any], now: pd.Series[Any]) -> list[FloatArray]:
    """Categories of both sides as shared codes, most frequent first; rare ones share the last code."""
    import pandas as pd

    counts = pd.concat([before, now]).value_counts()
    ranked = sorted(counts.index, key=lambda value: (-int(counts[value]), str(value)))
    codes = {value: min(i, MOST_CATEGORIES - 1) for i, value in enumerate(ranked)}
    return [_floats(side.map(codes)) for side in (before, now)]
