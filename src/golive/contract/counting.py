"""Exact counts of what a contract asks of a table: one query for numbers and gaps, one per list of values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from golive.compare.base.code_systems import CodeSystem, cleaned, declared_system
from golive.compare.fields.disguised import is_missing_word
from golive.contract.terms import ColumnTerms
from golive.contract.unit_terms import UnitCounts, label_columns, usual_limits
from golive.intake import Dataset
from golive.intake.columns.measure import COMPACT_DATE, DATE
from golive.model.columns import ColumnType, Roles
from golive.profile.categories import canonical
from golive.profile.fields import (
    Field,
    Reduction,
    as_text,
    fields_of,
    infinite,
    missing,
    number,
    trimmed,
)

BATCH = 100
"""Columns in one query."""
_FIT = "fit"
MOST_VALUES = 200_000
"""Different values of one column that are held against a list; the rows of rarer ones are not judged."""
MOST_OFFENDING = 5_000
"""Different wrong values of one column whose rows are looked for again."""


@dataclass(frozen=True)
class Counts:
    """What was counted of one column. ``values`` rows hold a value, ``missing`` none (null, blank, "NA", "?").

    Of the values, ``unparsed`` are not of the column's type, ``outside`` lie outside its range, ``unlisted`` are not among
    its categories or not codes of its system; ``unjudged`` were too many different ones to look at.
    """

    rows: int
    missing: int = 0
    unparsed: int = 0
    outside: int = 0
    unlisted: int = 0
    unjudged: int = 0
    units: UnitCounts = field(default_factory=UnitCounts)

    @property
    def values(self) -> int:
        """Rows that hold a value."""
        return self.rows - self.missing

    @property
    def invalid_share(self) -> float:
        """Share of the values that break type, range, list or code system, 0 to 1."""
        return (self.unparsed + self.outside + self.unlisted) / self.values if self.values else 0.0


def count(dataset: Dataset, columns: Sequence[ColumnTerms]) -> dict[str, Counts]:
    """Count what ``columns`` ask of those of them that ``dataset`` has. Rows stay in their engine."""
    there = [c for c in columns if c.name in dataset.storage]
    found: dict[str, Counts] = {}
    for start in range(0, len(there), BATCH):
        batch = there[start : start + BATCH]
        asked: dict[str, Any] = {}
        for i, terms in enumerate(batch):
            asked |= {
                f"{key}{i}": value
                for key, value in _asked(dataset.table[terms.name], terms).items()
            }
        row = dataset.table.aggregate(**asked).to_pyarrow().to_pylist()[0]
        for i, terms in enumerate(batch):
            counted = {k[: -len(str(i))]: v for k, v in row.items() if _of(k, i)}
            found[terms.name] = _counts(dataset, terms, counted)
            found[terms.name] = replace(found[terms.name], units=_units(terms, counted))
    return _with_labels(dataset, there, found)


def _units(terms: ColumnTerms, row: Mapping[str, Any]) -> UnitCounts:
    inside = {unit: int(row[_FIT + chr(97 + i)] or 0) for i, unit in enumerate(_limits(terms))}
    return UnitCounts(n=int(row["parsed"] or 0), inside=inside) if inside else UnitCounts()


def _limits(terms: ColumnTerms) -> dict[str, tuple[float, float]]:
    """Usual limits by unit, as many as keys of a query can be told apart."""
    return dict(list(usual_limits(terms).items())[:26])


def _with_labels(
    dataset: Dataset, there: Sequence[ColumnTerms], found: dict[str, Counts]
) -> dict[str, Counts]:
    """The counts with the values by label, of columns with a declared unit and a column of labels beside them."""
    labels = label_columns(dataset.columns)
    for terms in there:
        if terms.unit is None or terms.name not in labels:
            continue
        label = labels[terms.name]
        valued = ~missing(dataset.table[terms.name]) & ~missing(dataset.table[label])
        written = {str(value): rows for value, rows in _grouped(dataset.table, label, valued)}
        counts = found[terms.name]
        found[terms.name] = replace(counts, units=replace(counts.units, labels=written))
    return found


def _of(key: str, i: int) -> bool:
    return key.lstrip("abcdefghijklmnopqrstuvwxyz") == str(i)


def _asked(column: ir.Value, terms: ColumnTerms) -> dict[str, Any]:
    """Counts that one pass over the rows gives."""
    asked: dict[str, Any] = {"gaps": missing(column).sum()}
    if terms.type.is_number:
        value = number(column)
        finite = value.notnull() & ~infinite(value)
        asked["parsed"] = finite.sum()
        if terms.range:
            low, high = terms.range
            asked["outside"] = (finite & ((value < low) | (value > high))).sum()
        for i, (low, high) in enumerate(_limits(terms).values()):
            asked[_FIT + chr(97 + i)] = (finite & (value >= low) & (value <= high)).sum()
    elif terms.type is ColumnType.DATETIME and not column.type().is_temporal():
        asked["parsed"] = _dated(column).sum()
    return asked


def _counts(dataset: Dataset, terms: ColumnTerms, row: Mapping[str, Any]) -> Counts:
    rows, gaps = dataset.rows, int(row["gaps"] or 0)
    if "parsed" in row:
        unparsed = rows - gaps - int(row["parsed"] or 0)
        words = (
            _missing_words(dataset, terms)
            if unparsed and dataset.storage[terms.name] == "text"
            else 0
        )
        return Counts(rows, gaps + words, unparsed - words, int(row.get("outside") or 0))
    if terms.values or terms.system:
        return _listed(dataset, terms, gaps)
    if terms.type.is_category and dataset.storage[terms.name] == "text":
        return Counts(rows, gaps + _missing_words(dataset, terms))
    return Counts(rows, gaps)


def _grouped(table: ir.Table, name: str, kept: ir.BooleanValue) -> list[tuple[Any, int]]:
    """Values and rows of one column, most frequent first."""
    groups = table.filter(kept).group_by(value=table[name]).aggregate(rows=lambda t: t.count())
    found = (
        groups.order_by(groups.rows.desc(), groups.value)
        .limit(MOST_VALUES)
        .to_pyarrow()
        .to_pylist()
    )
    return [(r["value"], int(r["rows"])) for r in found]


def _missing_words(dataset: Dataset, terms: ColumnTerms) -> int:
    """Rows in which a text column says in words that there is no value."""
    return sum(n for _, n in _words_for_missing(dataset, terms))


def _words_for_missing(dataset: Dataset, terms: ColumnTerms) -> list[tuple[Any, int]]:
    column = dataset.table[terms.name]
    short = ~missing(column) & (trimmed(as_text(column)).length() <= 30)
    if terms.type.is_number:
        short &= number(column).isnull()
    return [
        (value, n)
        for value, n in _grouped(dataset.table, terms.name, short)
        if is_missing_word(value)
    ]


def lacking(dataset: Dataset, terms: ColumnTerms) -> ir.BooleanValue:
    """Whether a row has no value of the column, as ``count`` counts it: null, blank, or a word for missing."""
    column = dataset.table[terms.name]
    words = (
        [value for value, _ in _words_for_missing(dataset, terms)]
        if dataset.storage[terms.name] == "text"
        else []
    )
    return (
        missing(column) | column.isin(words).fill_null(ibis.literal(value=False))
        if words
        else missing(column)
    )


def unparsed(dataset: Dataset, terms: ColumnTerms) -> ir.BooleanValue:
    """Whether a row's value is not of the column's type, as ``count`` counts it."""
    column = dataset.table[terms.name]
    if terms.type.is_number:
        value = number(column)
        right = (value.notnull() & ~infinite(value)).fill_null(ibis.literal(value=False))
    else:
        right = _dated(column).fill_null(ibis.literal(value=False))
    return ~lacking(dataset, terms) & ~right


def offending(dataset: Dataset, terms: ColumnTerms) -> list[Any]:
    """Values that are not on the column's list, or no codes of its system: the most frequent ones, at most ``MOST_OFFENDING``."""
    field, allowed = field_of(dataset, terms), set(terms.values)
    system = declared_system(terms.system) if terms.system else None
    groups = _grouped(dataset.table, terms.name, ~missing(dataset.table[terms.name]))
    wrong = [
        value
        for value, _ in groups
        if _is_unlisted(value, canonical(value, field), allowed, system)
    ]
    return wrong[:MOST_OFFENDING]


def _is_unlisted(value: Any, written: str, allowed: set[str], system: CodeSystem | None) -> bool:
    if written in allowed or (isinstance(value, str) and is_missing_word(value)):
        return False
    return bool(allowed) or (system is not None and not system.fits(cleaned(written)))


def _dated(column: ir.Value) -> ir.BooleanValue:
    written = trimmed(as_text(column))
    return written.re_search(DATE) | written.re_search(COMPACT_DATE)


def _listed(dataset: Dataset, terms: ColumnTerms, gaps: int) -> Counts:
    """Hold the different values of a column against its list, or against the shape and check digit of its code system."""
    field = field_of(dataset, terms)
    allowed = set(terms.values)
    system = declared_system(terms.system) if terms.system else None
    groups = _grouped(dataset.table, terms.name, ~missing(dataset.table[terms.name]))
    words = unlisted = seen = 0
    for value, rows in groups:
        seen += rows
        written = canonical(value, field)
        if written in allowed:
            continue
        if isinstance(value, str) and is_missing_word(value):
            words += rows
        elif _is_unlisted(value, written, allowed, system):
            unlisted += rows
    return Counts(
        dataset.rows, gaps + words, unlisted=unlisted, unjudged=dataset.rows - gaps - seen
    )


def field_of(dataset: Dataset, terms: ColumnTerms) -> Field:
    """How the profile would read this column, so that a value has one spelling on both sides."""
    from golive.model.columns import ColumnSpec

    spec = ColumnSpec(name=terms.name, type=terms.type, role=terms.role, storage=terms.storage)
    found = fields_of(dataset.table, dataset.storage, [spec], Roles())
    kept = dataset.storage[terms.name]
    return (
        found[0]
        if found
        else Field(terms.name, terms.type, terms.role, kept, terms.storage, Reduction.CATEGORY)
    )
