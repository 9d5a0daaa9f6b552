"""Rows of a register as a table that can be edited, and back: one typed column per field of its noun."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from golive.model.columns import Noun
from golive.store import Revised

if TYPE_CHECKING:
    import pandas as pd

WRAPPED = 66
"""Height of a row in pixels over 4rem: from there on the table wraps its text."""
LONG_TEXT = 26
"""Characters of a text that a column shows on one line."""


def wordy(seen: Sequence[Revised[Any]], noun: type[Noun]) -> bool:
    """Whether any text of a register is too long for one line."""
    texts = [name for name in noun.model_fields if kind_of(noun, name)[0] == "text"]
    return any(
        len(str(getattr(entry.item, name) or "")) > LONG_TEXT for entry in seen for name in texts
    )


def kind_of(noun: type[Noun], name: str) -> tuple[str, tuple[str, ...]]:
    """What a field holds: ``text``, ``number``, ``integer``, ``flag``, ``date`` or ``choice`` with its options."""
    annotation = noun.model_fields[name].annotation
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        annotation = next(a for a in typing.get_args(annotation) if a is not type(None))
    if typing.get_origin(annotation) is Literal:
        return "choice", tuple(typing.get_args(annotation))
    known = {float: "number", int: "integer", bool: "flag", date: "date"}
    return known.get(annotation, "text"), ()  # type: ignore[arg-type]


def frame(items: Iterable[Noun], noun: type[Noun], names: Sequence[str]) -> pd.DataFrame:
    """Items as a table with one typed column per field, so that an empty column can be edited too."""
    return frame_of([item.model_dump() for item in items], noun, names)


def frame_of(
    rows: Sequence[Mapping[str, Any]], noun: type[Noun], names: Sequence[str]
) -> pd.DataFrame:
    """As ``frame`` for rows that may lack fields, such as those that were typed and not saved yet."""
    import pandas as pd

    dtypes = {"number": "float64", "integer": "Int64", "flag": "bool", "date": "datetime64[s]"}
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        columns[name] = pd.Series(values, dtype=dtypes.get(kind_of(noun, name)[0], "object"))
    return pd.DataFrame(columns)


def rows_of(table: pd.DataFrame, noun: type[Noun]) -> list[dict[str, Any]]:
    """Rows of an edited table as plain values; cells that are empty are left out, and so are rows without any text."""
    import pandas as pd

    found = []
    for raw in table.to_dict("records"):
        row: dict[str, Any] = {}
        for name, value in raw.items():
            if pd.api.types.is_scalar(value) and pd.isna(value):
                continue
            if isinstance(value, str) and not value.strip():
                continue
            plain_value = value.date() if isinstance(value, datetime) else value
            whole = kind_of(noun, str(name))[0] == "integer" and isinstance(plain_value, float)
            row[str(name)] = int(value) if whole else plain_value
        if any(isinstance(v, str) and kind_of(noun, k)[0] == "text" for k, v in row.items()):
            found.append(row)
    return found


def numbered(
    rows: Iterable[dict[str, Any]], prefix: str, taken: Iterable[str]
) -> list[dict[str, Any]]:
    """Rows with an id: those that have none get the next free ``<prefix>-<number>``."""
    filled = [dict(row) for row in rows]
    used = {*taken, *(str(row["id"]) for row in filled if "id" in row)}
    number = 1
    for row in filled:
        if "id" in row:
            continue
        while f"{prefix}-{number}" in used:
            number += 1
        row["id"] = f"{prefix}-{number}"
        used.add(row["id"])
    return filled


def column_config(noun: type[Noun], labels: Mapping[str, str]) -> dict[str, Any]:
    """Editors per field: a list for choices, a calendar for dates, numbers as numbers."""
    made: dict[str, Any] = {}
    for name, label in labels.items():
        kind, options = kind_of(noun, name)
        if kind == "choice":
            made[name] = st.column_config.SelectboxColumn(
                label, options=list(options), format_func=lambda o: str(o).replace("_", " ")
            )
        elif kind == "date":
            made[name] = st.column_config.DateColumn(label, format="D MMM YYYY")
        elif kind in ("number", "integer"):
            made[name] = st.column_config.NumberColumn(label, step=1 if kind == "integer" else None)
        elif kind == "flag":
            made[name] = st.column_config.CheckboxColumn(label)
        else:
            made[name] = st.column_config.TextColumn(
                label, width="medium" if name not in ("id", "criterion") else None
            )
    return made
