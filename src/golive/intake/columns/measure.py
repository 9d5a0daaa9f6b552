"""What type and role are decided on: counts per column, computed by the engine in a handful of queries.

A first query looks at up to ``SAMPLE`` rows with every test, whatever the number of columns: the table is turned long
(one row per column and value) and grouped. Tables with more rows get exact counts where the sample does not settle it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import selectors

from golive.intake.base.dataset import Dataset, aggregates, explain_damage, records
from golive.intake.clinical import codes, identifiers

SAMPLE = 10_000
"""Rows on which shapes of text are tested."""
CELLS = 4_000_000
"""Cells of the sample at most; a wide table gets fewer rows, never fewer than ``FEWEST``."""
FEWEST = 2_000
BATCH = 200
LONG_CELLS = 4_000_000
"""Cells of texts with few values that are counted in one long table."""
_UNPIVOT = 'SELECT * FROM (UNPIVOT wide ON COLUMNS(*) INTO NAME "column" VALUE "value")'
WIDE = 2_500
"""Columns in one query: every query costs the compiler a walk over all columns, so queries are few."""
FEW_TEXTS = 50
"""Up to this many different texts in the sample, all of them are counted over all rows."""
FEW_VALUES = 10
"""Up to this many different whole numbers are a code list rather than a quantity."""

_NO_VALUE = (
    "na",
    "n/a",
    "nan",
    "none",
    "null",
    "nil",
    "unknown",
    "missing",
    "#n/a",
    "nd",
    "not done",
)
MISSING_WORDS = ("?", ".", "-", "--", *_NO_VALUE)
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_CLOCK = r"([T ]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?( ?[AaPp][Mm])?( ?(Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?)?"
DATE = (
    r"^([12][0-9]{3}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}"
    rf"|[0-9]{{1,2}}[- ][A-Za-z]{{3}}[- ]([0-9]{{2}}|[0-9]{{4}})){_CLOCK}$"
)
COMPACT_DATE = r"^(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([0-9]{4}|[0-9]{6})?$"
TRUTH = r"^([Tt]rue|TRUE|[Ff]alse|FALSE|[Yy]es|YES|[Nn]o|NO|[YyNnTtFf])$"


@dataclass(frozen=True)
class ColumnCounts:
    """Counts of one column. ``looked`` rows were tested, of which ``present`` are not missing; ``exact`` if that is all.

    Of the values present, ``words_missing`` are words for missing (``?``, ``NA``), ``numbers`` parse as finite numbers
    (``whole`` of them without decimals, ``number_distinct`` different ones between ``low`` and ``high``). ``shapes``
    counts values by shape: codes, identifiers, ``date``, ``compact date``, ``truth``, ``compact`` (one word with a digit).
    ``distinct_exact`` is false when ``distinct`` counts only the sample. ``rows`` and ``rows_present`` are of the whole table.
    """

    name: str
    storage: str
    rows: int
    looked: int
    present: int = 0
    rows_present: int = 0
    distinct: int = 0
    distinct_exact: bool = True
    words_missing: int = 0
    numbers: int = 0
    whole: int = 0
    number_distinct: int = 0
    low: float = math.nan
    high: float = math.nan
    length: float = 0.0
    words: float = 0.0
    shapes: dict[str, int] = field(default_factory=dict)

    @property
    def values(self) -> int:
        """Values that are present and not a word for missing."""
        return self.present - self.words_missing

    def share(self, shape: str) -> float:
        """Share of ``values`` that have a shape, 0 to 1."""
        return self.shapes.get(shape, 0) / self.values if self.values else 0.0


@explain_damage()
def measure(dataset: Dataset, columns: Sequence[str]) -> dict[str, ColumnCounts]:
    """Return the counts of ``columns`` of a dataset. Deterministic; the sample is the first rows of the table."""
    if not columns:
        return {}
    size = min(SAMPLE, max(FEWEST, CELLS // len(columns)))
    looked = min(size, dataset.rows)
    found = {c: ColumnCounts(c, dataset.storage[c], dataset.rows, looked) for c in columns}
    text = [c for c in columns if dataset.storage[c] == "text"]
    typed = [c for c in columns if dataset.storage[c] != "text"]
    for start in range(0, len(columns), WIDE):
        for part, count in (
            (text[start : start + WIDE], _text),
            (typed[start : start + WIDE], _typed),
        ):
            if part:
                sample = dataset.table.select(*part)
                found |= count(
                    sample.limit(size) if dataset.rows > size else sample, [found[c] for c in part]
                )
    if dataset.rows <= size:
        return {c: replace(m, rows_present=m.present) for c, m in found.items()}
    exact = _exact_text(dataset, [found[c] for c in text]) | _exact_typed(
        dataset, [found[c] for c in typed]
    )
    return {c: exact[c] for c in columns}


def _long(table: ir.Table, values: Sequence[ir.Value]) -> ir.Table:
    """One row per column (``c0``, ``c1`` ...) and different value that is there, with how many rows (``rows``) hold it."""
    wide = table.select(**{f"c{i}": value for i, value in enumerate(values)})
    # One statement of its own, where Ibis would compile a struct per column
    if wide.get_backend().name == "duckdb":
        long = wide.alias("wide").sql(_UNPIVOT, dialect="duckdb")
    else:
        long = wide.pivot_longer(selectors.all(), names_to="column", values_to="value")
    if long.value.type().is_string():
        long = long.mutate(value=_there(long.value))
    there = long.filter(long.value.notnull())
    return there.group_by("column", "value").agg(rows=there.count())


def _there(value: Any) -> Any:
    """A text without blanks around it, null where nothing is left."""
    return value.strip().nullif("")


def _by_column(
    expression: ir.Table, columns: Sequence[ColumnCounts]
) -> Iterator[tuple[ColumnCounts, dict[str, Any]]]:
    """The columns that have a row in ``expression`` (by their ``column``, as ``_long`` names them), each with that row."""
    return ((columns[int(row["column"][1:])], row) for row in records(expression))


def _rows(flag: Any, rows: Any) -> Any:
    """Rows in which a test holds, of a table that has one row per different value."""
    return flag.ifelse(rows, 0).sum()


def _text(sample: ir.Table, columns: Sequence[ColumnCounts]) -> dict[str, ColumnCounts]:
    grouped = _long(sample, [sample[m.name] for m in columns])
    shapes = _shapes(grouped.value)
    tested = grouped.mutate(
        number=_number(grouped.value), **{f"s{i}": e for i, e in enumerate(shapes.values())}
    )
    number, rows, value = tested.number, tested.rows, tested.value
    result = tested.group_by("column").agg(
        present=rows.sum(),
        distinct=tested.count(),
        words_missing=_rows(_is_missing_word(value), rows),
        numbers=_rows(number.notnull(), rows),
        whole=_rows(number.notnull() & (number % 1 == 0), rows),
        number_distinct=number.nunique(),
        low=number.min(),
        high=number.max(),
        letters=(value.length() * rows).sum(),
        blanks=((value.length() - value.replace(" ", "").length()) * rows).sum(),
        **{f"s{i}": _rows(tested[f"s{i}"], rows) for i in range(len(shapes))},
    )
    return {
        m.name: replace(
            m,
            **_counts(row),
            words_missing=int(row["words_missing"]),
            numbers=int(row["numbers"]),
            length=row["letters"] / row["present"],
            words=1 + row["blanks"] / row["present"],
            shapes={shape: int(n) for i, shape in enumerate(shapes) if (n := row[f"s{i}"])},
        )
        for m, row in _by_column(result, columns)
    }


def _counts(row: Mapping[str, Any]) -> dict[str, Any]:
    counts: dict[str, Any] = {
        k: int(row[k] or 0) for k in ("present", "distinct", "whole", "number_distinct")
    }
    return counts | {k: math.nan if row[k] is None else float(row[k]) for k in ("low", "high")}


def _number(value: Any) -> Any:
    """The finite number that a text is, or null. The pattern keeps out what some engines accept (``1f``, ``1_000``)."""
    number = value.re_search(NUMBER).ifelse(value, ibis.null("string")).try_cast("float64")
    return (number.isnan() | number.isinf()).ifelse(ibis.null("float64"), number)


def _is_missing_word(value: Any) -> Any:
    longest = max(map(len, MISSING_WORDS))
    return (value.length() <= longest).ifelse(value.lower().isin(MISSING_WORDS), False)


def _shapes(value: Any) -> dict[str, Any]:
    """Tests by shape. Long texts are not tested: no code, identifier or date is longer than 60 characters."""
    upper = value.upper()
    tests = {
        shape: upper.re_search(identifiers.anchored(p))
        for shape, p in codes.shapes(loose=True).items()
    }
    tests |= {
        shape: value.re_search(identifiers.anchored(p)) for shape, p in identifiers.BY_VALUE.items()
    }
    compact = r"^[A-Za-z0-9_./:\-]*[0-9][A-Za-z0-9_./:\-]*$"
    others = {"date": DATE, "compact date": COMPACT_DATE, "truth": TRUTH, "compact": compact}
    tests |= {shape: value.re_search(p) for shape, p in others.items()}
    short = value.length() <= 60
    return {shape: short.ifelse(test, False) for shape, test in tests.items()}


def _as_number(column: Any) -> Any:
    """A typed value as float64; of dates and times only whether they are there."""
    if column.type().is_boolean():
        return column.cast("int8").cast("float64")
    if column.type().is_numeric():
        return column.cast("float64")
    return column.notnull().ifelse(ibis.literal(1.0), ibis.null("float64"))


def _typed(sample: ir.Table, columns: Sequence[ColumnCounts]) -> dict[str, ColumnCounts]:
    grouped = _long(sample, [_as_number(sample[m.name]) for m in columns])
    value, rows = grouped.value, grouped.rows
    result = grouped.group_by("column").agg(
        present=rows.sum(),
        distinct=grouped.count(),
        whole=_rows(~value.isinf() & (value % 1 == 0), rows),
        number_distinct=grouped.count(),
        low=value.min(),
        high=value.max(),
    )
    return {
        m.name: replace(m, **_counts(row), numbers=int(row["present"]))
        for m, row in _by_column(result, columns)
    }


def _exact_text(dataset: Dataset, columns: Sequence[ColumnCounts]) -> dict[str, ColumnCounts]:
    """Count missing, words for missing and numbers over all rows; different values where the sample leaves it open."""
    found = {}
    for start in range(0, len(columns), BATCH):
        batch = columns[start : start + BATCH]
        few = [m for m in batch if m.distinct <= FEW_TEXTS and dataset.engine == "duckdb"]
        counts = _of_values(dataset, few) if few else {}
        asked: dict[str, dict[str, Any]] = {}
        for m in (m for m in batch if m.name not in counts):
            value = _there(dataset.table[m.name])
            number, words = _number(value), _is_missing_word(value).ifelse(1, 0).sum()
            asked[m.name] = {
                "present": value.count(),
                "words_missing": words,
                "numbers": number.count(),
            }
            if m.distinct <= FEW_TEXTS or m.distinct >= 0.9 * m.present:
                asked[m.name] |= {"distinct": value.nunique(), "number_distinct": number.nunique()}
        counts |= aggregates(dataset.table, asked)
        for m in batch:
            exact: dict[str, Any] = {key: int(n or 0) for key, n in counts[m.name].items()}
            seen = m
            if (
                m.present < 200 and exact["present"] > m.present
            ):  # look at the first rows in which it holds something
                filled = dataset.table.filter(_there(dataset.table[m.name]).notnull()).select(
                    m.name
                )
                seen = _text(filled.limit(FEWEST), [m]).get(m.name, m)
            # Shapes stay counted on the sample; scaled to all rows they keep their share.
            values = exact["present"] - exact["words_missing"]
            scale = values / seen.values if seen.values else 0.0
            found[m.name] = replace(
                seen,
                **exact,
                rows_present=exact["present"],
                whole=round(seen.whole * exact["numbers"] / seen.numbers) if seen.numbers else 0,
                distinct_exact="distinct" in exact,
                shapes={s: round(n * scale) for s, n in seen.shapes.items()},
            )
    return found


def _of_values(dataset: Dataset, columns: Sequence[ColumnCounts]) -> dict[str, dict[str, Any]]:
    """The counts of ``_exact_text`` of columns with few different values: each value is tested once, not in every row."""
    if dataset.rows * len(columns) <= LONG_CELLS:
        long = _long(dataset.table, [dataset.table[m.name] for m in columns])
    else:  # grouping one column after the other costs a fifth, and compiling it much more
        sides = []
        for i, m in enumerate(columns):
            values = dataset.table.select(value=m.name).drop_null()
            counted = values.group_by("value").agg(rows=values.count())
            sides.append(counted.mutate(column=ibis.literal(f"c{i}")))
        long = ibis.union(*sides) if len(sides) > 1 else sides[0]
        long = long.mutate(value=_there(long.value)).filter(lambda t: t.value.notnull())
        long = long.group_by("column", "value").agg(rows=long.rows.sum())
    long = long.mutate(number=_number(long.value))
    counts = long.group_by("column").agg(
        present=long.rows.sum(),
        words_missing=_rows(_is_missing_word(long.value), long.rows),
        numbers=_rows(long.number.notnull(), long.rows),
        distinct=long.count(),
        number_distinct=long.number.nunique(),
    )
    keys = ("present", "words_missing", "numbers", "distinct", "number_distinct")
    found: dict[str, dict[str, Any]] = {m.name: dict.fromkeys(keys, 0) for m in columns}
    return found | {
        m.name: {key: row[key] for key in keys} for m, row in _by_column(counts, columns)
    }


def _exact_typed(dataset: Dataset, columns: Sequence[ColumnCounts]) -> dict[str, ColumnCounts]:
    """More than ten values, or one with decimals, seen in a sample settle the type; the rest is counted over all rows."""
    found = {m.name: replace(m, rows_present=m.present, distinct_exact=False) for m in columns}
    unsettled: list[tuple[ColumnCounts, bool]] = []
    for m in columns:
        count = m.number_distinct <= FEW_VALUES or identifiers.kind_by_name(m.name) is not None
        decimals = m.storage.startswith("float") and m.whole == m.numbers
        fixed = m.storage in ("timestamp", "date", "time", "bool")
        if m.present == 0 or (not fixed and (count or decimals)):
            unsettled.append((m, count or m.present == 0))
    for start in range(0, len(unsettled), BATCH):
        batch = unsettled[start : start + BATCH]
        asked: dict[str, dict[str, Any]] = {}
        for m, count in batch:
            value = _as_number(dataset.table[m.name])
            asked[m.name] = {"present": value.count(), "whole": (value % 1 == 0).ifelse(1, 0).sum()}
            asked[m.name] |= {"low": value.min(), "high": value.max()}
            asked[m.name] |= {"distinct": value.nunique()} if count else {}
        rows = aggregates(dataset.table, asked)
        for m, count in batch:
            distinct = rows[m.name].get("distinct", m.distinct)
            counts = _counts(rows[m.name] | {"distinct": distinct, "number_distinct": distinct})
            present = counts["present"]
            exact = {
                "looked": dataset.rows,
                "rows_present": present,
                "numbers": present,
                "distinct_exact": count,
            }
            found[m.name] = replace(m, **counts, **exact)
    return found
