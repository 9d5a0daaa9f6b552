"""Exact counts of what a contract asks of a table: one query for numbers and gaps, one per list of values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from golive.compare.base.code_systems import cleaned, declared_system
from golive.compare.fields.disguised import is_missing_word
from golive.contract.terms import ColumnTerms
from golive.contract.unit_terms import UnitCounts, label_columns, usual_limits
from golive.intake import Dataset
from golive.intake.columns.measure import COMPACT_DATE, DATE
from golive.model.columns import ColumnSpec, ColumnType, Roles
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
    labels = label_columns(dataset.columns)
    found: dict[str, Counts] = {}
    for start in range(0, len(there), BATCH):
        batch = there[start : start + BATCH]
        asked = [
            (terms.name, key, value)
            for terms in batch
            for key, value in _asked(dataset.table[terms.name], terms).items()
        ]
        query = {f"c{i}": value for i, (_, _, value) in enumerate(asked)}
        row = dataset.table.aggregate(**query).to_pyarrow().to_pylist()[0]
        counted: dict[str, dict[str, int]] = {terms.name: {} for terms in batch}
        for i, (name, key, _) in enumerate(asked):
            counted[name][key] = int(row[f"c{i}"] or 0)
        for terms in batch:
            units = _units(dataset, terms, counted[terms.name], labels.get(terms.name))
            found[terms.name] = replace(_counts(dataset, terms, counted[terms.name]), units=units)
    return found


def _asked(column: ir.Value, terms: ColumnTerms) -> dict[str, ir.Value]:
    """Counts that one pass over the rows gives; values inside the usual limits of a unit under the name of that unit."""
    asked: dict[str, ir.Value] = {"gaps": missing(column).sum()}
    if terms.type.is_number:
        value, numbers = number(column), _is_number(column)
        asked["parsed"] = numbers.sum()
        if terms.range:
            asked["outside"] = outside(column, terms).sum()
        for unit, (low, high) in usual_limits(terms).items():
            asked[f"in {unit}"] = (numbers & (value >= low) & (value <= high)).sum()
    elif terms.type is ColumnType.DATETIME and not column.type().is_temporal():
        asked["parsed"] = _is_date(column).sum()
    return asked


def _units(
    dataset: Dataset, terms: ColumnTerms, counted: Mapping[str, int], label: str | None
) -> UnitCounts:
    """Values by usual limits, and by label where a unit is declared and a column of labels stands beside the values."""
    found = UnitCounts()
    if limits := usual_limits(terms):
        found = UnitCounts(
            counted["parsed"], inside={unit: counted[f"in {unit}"] for unit in limits}
        )
    if terms.unit is None or label is None:
        return found
    valued = ~missing(dataset.table[terms.name]) & ~missing(dataset.table[label])
    written = {str(value): rows for value, rows in _grouped(dataset.table, label, valued)}
    return replace(found, labels=written)


def _counts(dataset: Dataset, terms: ColumnTerms, counted: Mapping[str, int]) -> Counts:
    rows, gaps = dataset.rows, counted["gaps"]
    is_text = dataset.storage[terms.name] == "text"
    if "parsed" in counted:
        unparsed = rows - gaps - counted["parsed"]
        words = _missing_words(dataset, terms) if unparsed and is_text else {}
        gone = sum(words.values())
        return Counts(rows, gaps + gone, unparsed - gone, counted.get("outside", 0))
    if terms.values or terms.system:
        found = {"right": 0, "missing": 0, "wrong": 0}
        for _, n, judged in _judged(dataset, terms):
            found[judged] += n
        return Counts(
            rows,
            gaps + found["missing"],
            unlisted=found["wrong"],
            unjudged=rows - gaps - sum(found.values()),
        )
    if terms.type.is_category and is_text:
        gaps += sum(_missing_words(dataset, terms).values())
    return Counts(rows, gaps)


def _grouped(table: ir.Table, name: str, kept: ir.BooleanValue) -> list[tuple[Any, int]]:
    """Values and rows of one column, most frequent first."""
    groups = table.filter(kept).group_by(value=table[name]).aggregate(rows=lambda t: t.count())
    ranked = groups.order_by(groups.rows.desc(), groups.value).limit(MOST_VALUES)
    return [(r["value"], int(r["rows"])) for r in ranked.to_pyarrow().to_pylist()]


def _missing_words(dataset: Dataset, terms: ColumnTerms) -> dict[Any, int]:
    """Values of a text column that say in words that there is no value, with their rows."""
    column = dataset.table[terms.name]
    short = ~missing(column) & (trimmed(as_text(column)).length() <= 30)
    if terms.type.is_number:
        short &= number(column).isnull()
    groups = _grouped(dataset.table, terms.name, short)
    return {value: n for value, n in groups if is_missing_word(value)}


def _judged(
    dataset: Dataset, terms: ColumnTerms
) -> Iterator[tuple[Any, int, Literal["right", "missing", "wrong"]]]:
    """The values of a column with their rows, held against its list, or against shape and check digit of its code system."""
    read_as, allowed = field_of(dataset, terms), set(terms.values)
    system = declared_system(terms.system) if terms.system else None
    for value, rows in _grouped(dataset.table, terms.name, ~missing(dataset.table[terms.name])):
        written = canonical(value, read_as)
        if written in allowed:
            yield value, rows, "right"
        elif isinstance(value, str) and is_missing_word(value):
            yield value, rows, "missing"
        else:
            wrong = bool(allowed) or (system is not None and not system.fits(cleaned(written)))
            yield value, rows, "wrong" if wrong else "right"


def _surely(condition: ir.BooleanValue) -> ir.BooleanValue:
    """The condition, and not where nothing is known of it."""
    return condition.fill_null(ibis.literal(value=False))


def _is_number(column: ir.Value) -> ir.BooleanValue:
    value = number(column)
    return value.notnull() & ~infinite(value)


def _is_date(column: ir.Value) -> ir.BooleanValue:
    written = trimmed(as_text(column))
    return written.re_search(DATE) | written.re_search(COMPACT_DATE)


def lacking(dataset: Dataset, terms: ColumnTerms) -> ir.BooleanValue:
    """Whether a row has no value of the column, as ``count`` counts it: null, blank, or a word for missing."""
    column = dataset.table[terms.name]
    words = list(_missing_words(dataset, terms)) if dataset.storage[terms.name] == "text" else []
    return missing(column) | _surely(column.isin(words)) if words else missing(column)


def unparsed(dataset: Dataset, terms: ColumnTerms) -> ir.BooleanValue:
    """Whether a row's value is not of the column's type, as ``count`` counts it."""
    column = dataset.table[terms.name]
    right = _is_number(column) if terms.type.is_number else _is_date(column)
    return ~lacking(dataset, terms) & ~_surely(right)


def outside(column: ir.Value, terms: ColumnTerms) -> ir.BooleanValue:
    """Whether a row's number lies outside the range of the terms."""
    assert terms.range is not None
    (low, high), value = terms.range, number(column)
    return _surely(_is_number(column) & ((value < low) | (value > high)))


def offending(dataset: Dataset, terms: ColumnTerms) -> ir.BooleanValue:
    """Whether a row's value is not on the column's list, or no code of its system: for the ``MOST_OFFENDING`` most frequent."""
    wrong = [value for value, _, judged in _judged(dataset, terms) if judged == "wrong"]
    return _surely(dataset.table[terms.name].isin(wrong[:MOST_OFFENDING]))


def field_of(dataset: Dataset, terms: ColumnTerms) -> Field:
    """How the profile would read this column, so that a value has one spelling on both sides."""
    spec = ColumnSpec(name=terms.name, type=terms.type, role=terms.role, storage=terms.storage)
    if found := fields_of(dataset.table, dataset.storage, [spec], Roles()):
        return found[0]
    kept = dataset.storage[terms.name]
    return Field(terms.name, terms.type, terms.role, kept, terms.storage, Reduction.CATEGORY)
