"""What is read of each column: the Ibis expressions for missing, number, written text and calendar day.

The type of a column is decided once, on training data, and both sides are read as that type: a live column that arrives
as text is still read as numbers, and what does not parse is kept as it was written.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import ibis
import ibis.expr.types as ir

from golive.model.columns import ColumnSpec, ColumnType, Role, Roles
from golive.model.profile import ColumnProfile

LONGEST_VALUE = 200
"""Characters kept of a category or token; a longer value is free text and its start is enough to recognise it."""

LONGEST_PATTERN = 40
"""Characters of a text that make its pattern."""

_NUMBER = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$|^[+-]?([iI]nf|[iI]nfinity)$"
_CLOCK = "[T ]+[0-9]{1,2}:[0-9]{2}.*$"
_HL7 = "^[0-9]{12,14}([.+-].*)?$"
# No backslashes: Spark reads them as escapes of the string before the expression sees them.


class Reduction(StrEnum):
    """How a column is reduced."""

    NUMBER = "number"
    CATEGORY = "category"
    TIME = "time"
    TEXT = "text"


@dataclass(frozen=True)
class Field:
    """One column of the table to be profiled: its declared type, where it is stored, and how it is reduced.

    ``declared`` is the storage in training, ``storage`` the storage in this table.
    """

    name: str
    type: ColumnType
    role: Role
    storage: str
    declared: str
    kind: Reduction

    @property
    def single(self) -> bool:
        """Whether the column is stored in single precision (or less)."""
        return self.storage in ("float32", "float16", "float")

    def profile(self, n: int, missing: int, distinct: int, **measured: Any) -> ColumnProfile:
        """The profile of this column: ``n`` rows, of which ``missing``, and what else was ``measured``."""
        return ColumnProfile(
            self.name, self.type, self.role, self.storage, n, missing, distinct, **measured
        )


def fields_of(
    table: ir.Table, storage: dict[str, str], specs: Sequence[ColumnSpec], roles: Roles
) -> list[Field]:
    """Return one ``Field`` per spec whose column is in ``table``, in the order of ``specs``."""
    here, found = set(table.columns), []
    for spec in (s for s in specs if s.name in here):
        role = roles.role_of(spec.name)
        stored = storage.get(spec.name, spec.storage)
        kind = _reduction(spec.type, role, table[spec.name])
        found.append(Field(spec.name, spec.type, role, stored, spec.storage, kind))
    return found


def _reduction(type_: ColumnType, role: Role, column: ir.Value) -> Reduction:
    if role is Role.IGNORED or type_ in (ColumnType.TEXT, ColumnType.IDENTIFIER):
        return Reduction.TEXT
    if type_.is_number:
        return Reduction.NUMBER
    if type_ is ColumnType.DATETIME:
        return Reduction.TIME
    # A field that was empty in training and now holds something: read it as it is stored
    if type_ is ColumnType.EMPTY:
        stored = column.type()
        if stored.is_numeric() and not stored.is_boolean():
            return Reduction.NUMBER
        return Reduction.TIME if stored.is_temporal() else Reduction.CATEGORY
    return Reduction.CATEGORY


def is_text(column: ir.Value) -> bool:
    """Whether the column is stored as text."""
    return bool(column.type().is_string())


def as_text(column: ir.Value) -> ir.StringValue:
    """The value as written (text storage) or as the engine writes it."""
    return column if is_text(column) else column.cast("string")


def category_key(column: ir.Value) -> ir.Value:
    """What tells the values of a category apart: the start of a text, the stored number or boolean, else what is written."""
    stored = column.type()
    if stored.is_decimal():
        return column.cast("float64")
    return (
        column
        if stored.is_numeric() or stored.is_boolean()
        else as_text(column).left(LONGEST_VALUE)
    )


def trimmed(text: ir.StringValue) -> ir.StringValue:
    """Text without blanks around it. (On Spark, Ibis 12's ``strip`` also takes away the letters f and v.)"""
    return text.re_replace("^[ \t\r\n]+|[ \t\r\n]+$", "")


def missing(column: ir.Value) -> ir.BooleanValue:
    """Null, not-a-number, or blank text."""
    if column.type().is_floating():
        return column.isnull() | column.isnan()
    if is_text(column):
        return column.isnull() | ~column.re_search("[^ \t\r\n]")
    return column.isnull()


def number(column: ir.Value) -> ir.FloatingValue:
    """The value as float64, null where it is missing or does not parse.

    A written ``nan`` does not parse (it is a token); a written ``inf`` is an infinity.
    """
    stored = column.type()
    if stored.is_boolean():
        return column.cast("int8").cast("float64")
    if stored.is_floating():
        return column.cast("float64").nullif(float("nan"))
    if stored.is_numeric():
        return column.cast("float64")
    if not is_text(column):
        return ibis.null("float64")
    written = column  # DuckDB itself passes over spaces around a number
    # Others accept "1f", or fail on the first value that does not parse
    if engine_of(column) != "duckdb":
        written = trimmed(column)
        written = written.re_search(_NUMBER).ifelse(written, ibis.null("string"))
    return written.try_cast("float64").nullif(float("nan"))


def where_present(column: ir.Value, value: ir.Value) -> ir.Value:
    """``value`` where the column holds something, else null."""
    return missing(column).ifelse(ibis.null(value.type()), value)


def infinite(value: ir.FloatingValue) -> ir.BooleanValue:
    """Whether a number is infinite. (On Spark, Ibis 12's ``isinf`` finds none.)"""
    return value.abs() > sys.float_info.max


def is_moment(column: ir.Value) -> bool:
    """Whether the column is stored as a date or a moment (a time of day is neither)."""
    return bool(column.type().is_temporal() and not column.type().is_time())


def calendar_day(column: ir.Value) -> ir.Value:
    """The day of a stored date or moment, else the calendar part of what is written."""
    return column.cast("date") if is_moment(column) else day_text(column)


def day_text(column: ir.Value) -> ir.StringValue:
    """The calendar part of a written date: ``2024-03-12T10:15`` and ``202403121015`` lose their clock."""
    text = trimmed(as_text(column))
    return (
        text.re_search(_HL7).ifelse(text.left(8), text.re_replace(_CLOCK, "")).left(LONGEST_VALUE)
    )


def pattern(column: ir.Value) -> ir.StringValue:
    """The shape of a written value, at most ``LONGEST_PATTERN`` characters: digits as 9, letters as A."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return (
        as_text(column)
        .left(LONGEST_PATTERN)
        .translate("012345678" + letters, "9" * 9 + "A" * len(letters))
    )


def engine_of(expression: Any) -> str:
    """Name of the Ibis backend that will run ``expression`` (``duckdb``, ``pyspark``); empty for an unbound table."""
    try:
        return str(expression.get_backend().name)
    except (AttributeError, ibis.common.exceptions.IbisError):
        return ""
