"""A register as data: ``data/registers.yaml`` names its columns, its noun types them; from both come table, editors and rows."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Literal

import streamlit as st
import yaml

from golive.model.columns import Noun
from golive.readiness import Basis
from golive.settings import resource
from golive.store import Revised
from golive.store.ledger import Ledger
from golive.store.records import ItemT
from golive.store.registers import READINESS_REGISTERS, WAIVERS

if TYPE_CHECKING:
    import pandas as pd

WRAPPED = 66
"""Height of a row in pixels over 4rem: from there on the table wraps its text."""
LONG_TEXT = 26
"""Characters of a text that a column shows on one line."""
Check = Callable[[Sequence[Any], Basis], None]
_DTYPES = {"number": "float64", "integer": "Int64", "flag": "bool", "date": "datetime64[s]"}


@dataclass(frozen=True)
class Register(Generic[ItemT]):
    """How one register is shown: its ledger, what it is called, the label of each column, the prefix of new ids.

    ``scores`` says that readiness is judged again after a change; ``check`` raises InputError for rows that cannot be judged.
    """

    ledger: Ledger[ItemT]
    title: str
    about: str
    columns: Mapping[str, str]
    prefix: str = ""
    scores: bool = True
    check: Check | None = None

    @property
    def key(self) -> str:
        """Key of its state in the browser session."""
        return f"register:{self.ledger.table}"

    @property
    def noun(self) -> type[ItemT]:
        """The noun of its rows."""
        return self.ledger.noun

    @cached_property
    def kinds(self) -> dict[str, str]:
        """What each field holds: ``text``, ``number``, ``integer``, ``flag``, ``date`` or ``choice``."""
        return {name: _kind(self.noun, name)[0] for name in self.noun.model_fields}

    def wordy(self, seen: Sequence[Revised[ItemT]]) -> bool:
        """Whether any text is too long for one line."""
        texts = [name for name, kind in self.kinds.items() if kind == "text"]
        return any(
            len(str(getattr(e.item, name) or "")) > LONG_TEXT for e in seen for name in texts
        )

    def table(self, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
        """Rows, which may lack fields, as a table with one typed column per field, so that an empty one can be edited too."""
        import pandas as pd

        dtypes = {name: _DTYPES.get(self.kinds[name], "object") for name in self.columns}
        return pd.DataFrame(
            {n: pd.Series([row.get(n) for row in rows], dtype=t) for n, t in dtypes.items()}
        )

    def table_of(self, seen: Sequence[Revised[ItemT]]) -> pd.DataFrame:
        """Stored rows as ``table`` shows them."""
        return self.table([entry.item.model_dump() for entry in seen])

    def rows(self, table: pd.DataFrame) -> list[dict[str, Any]]:
        """Rows of an edited table as plain values; cells that are empty are left out, and so are rows without any text."""
        import pandas as pd

        found = []
        for raw in table.to_dict("records"):
            row: dict[str, Any] = {}
            for name, value in ((str(k), v) for k, v in raw.items()):
                if pd.api.types.is_scalar(value) and pd.isna(value):
                    continue
                if isinstance(value, str) and not value.strip():
                    continue
                plain_value = value.date() if isinstance(value, datetime) else value
                whole = self.kinds[name] == "integer" and isinstance(plain_value, float)
                row[name] = int(value) if whole else plain_value
            if any(isinstance(v, str) and self.kinds[k] == "text" for k, v in row.items()):
                found.append(row)
        return found

    def numbered(
        self, rows: Iterable[dict[str, Any]], taken: Iterable[str]
    ) -> list[dict[str, Any]]:
        """Rows with an id: those that have none get the next free ``<prefix>-<number>``, where there is a prefix."""
        filled = [dict(row) for row in rows]
        used = {*taken, *(str(row["id"]) for row in filled if "id" in row)}
        number = 1
        for row in filled if self.prefix else ():
            if "id" in row:
                continue
            while f"{self.prefix}-{number}" in used:
                number += 1
            row["id"] = f"{self.prefix}-{number}"
            used.add(row["id"])
        return filled

    def editors(self) -> dict[str, Any]:
        """Editor of each column: a list for choices, a calendar for dates, numbers as numbers."""
        return {name: _editor(self.noun, name, label) for name, label in self.columns.items()}


def load(page: str, checks: Mapping[str, Check] | None = None) -> dict[str, Register[Any]]:
    """Registers of ``page`` (``scope``, ``value``) in their order, with what refuses rows of some."""
    ledgers: dict[str, Ledger[Any]] = {**READINESS_REGISTERS, "waivers": WAIVERS}
    text = resource("data", "registers.yaml").read_text(encoding="utf-8")
    return {
        name: Register(ledgers[name], **entry, check=(checks or {}).get(name))
        for name, entry in yaml.safe_load(text)[page].items()
    }


def _kind(noun: type[Noun], name: str) -> tuple[str, tuple[str, ...]]:
    """What a field holds, with its options where that is a choice."""
    annotation = noun.model_fields[name].annotation
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        annotation = next(a for a in typing.get_args(annotation) if a is not type(None))
    if typing.get_origin(annotation) is Literal:
        return "choice", tuple(typing.get_args(annotation))
    known = {float: "number", int: "integer", bool: "flag", date: "date"}
    return known.get(annotation, "text"), ()  # type: ignore[arg-type]


def _editor(noun: type[Noun], name: str, label: str) -> Any:
    kind, options = _kind(noun, name)
    if kind == "choice":
        return st.column_config.SelectboxColumn(
            label, options=list(options), format_func=lambda o: str(o).replace("_", " ")
        )
    if kind == "date":
        return st.column_config.DateColumn(label, format="D MMM YYYY")
    if kind in ("number", "integer"):
        return st.column_config.NumberColumn(label, step=1 if kind == "integer" else None)
    if kind == "flag":
        return st.column_config.CheckboxColumn(label)
    width: Literal["medium"] | None = None if name in ("id", "criterion") else "medium"
    return st.column_config.TextColumn(label, width=width)
