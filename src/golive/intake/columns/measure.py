"""What type and role are decided on: counts per column, computed by the engine in a handful of queries.

A first query looks at up to ``SAMPLE`` rows with every test, whatever the number of columns: the table is turned long
(one row per column and value) and grouped. Tables with more rows get exact counts where the sample does not settle it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import selectors

from golive.intake.base.damage import damage_explained
from golive.intake.base.dataset import Dataset
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

MISSING_WORDS = (
    "?",
    "na",
    "n/a",
    "nan",
    "none",
    "null",
    "nil",
    ".",
    "-",
    "--",
    "unknown",
    "missing",
    "#n/a",
    "nd",
    "not done",
)
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_CLOCK = r"([T ]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?( ?[AaPp][Mm])?( ?(Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?)?"
DATE = (
    r"^([12][0-9]{3}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}"
    rf"|[0-9]{{1,2}}[- ][A-Za-z]{{3}}[- ]([0-9]{{2}}|[0-9]{{4}})){_CLOCK}$"
)
COMPACT_DATE = r"^(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([0-9]{4}|[0-9]{6})?$"
TRUTH = r"^([Tt]rue|TRUE|[Ff]alse|FALSE|[Yy]es|YES|[Nn]o|NO|[YyNnTtFf])$"


@dataclass(frozen=True)
class Measured:
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


@damage_explained()
def measure(dataset: Dataset, columns: Sequence[str]) -> dict[str, Measured]:
    """Return the counts of ``columns`` of a dataset. Deterministic; the sample is the first rows of the table."""
    if not columns:
        return {}
    size = min(SAMPLE, max(FEWEST, CELLS // len(columns)))
    partial = dataset.rows > size
    looked = min(size, dataset.rows)
    blank = {c: Measured(c, dataset.storage[c], dataset.rows, looked) for c in columns}
    text = [c for c in columns if dataset.storage[c] == "text"]
    typed = [c for c in columns if dataset.storage[c] != "text"]
    found = dict(blank)
    for start in range(0, len(columns), WIDE):
        for part, count in (
            (text[start : start + WIDE], _text),
            (typed[start : start + WIDE], _typed),
        ):
            if part:
                sample = dataset.table.select(*part)
                found |= count(sample.limit(size) if partial else sample, part, blank)
    if not partial:
        return {c: replace(m, rows_present=m.present) for c, m in found.items()}
    return (
        found
        | _exact_text(dataset, [found[c] for c in text])
        | _exact_typed(dataset, [found[c] for c in typed])
    )


def _long(wide: ir.Table) -> ir.Table:
    """One row per column and different value that is there, with how many rows (``rows``) hold it."""
    # One statement of its own, where Ibis would compile a struct per column
    if wide.get_backend().name == "duckdb":
        long = wide.alias("wide").sql(_UNPIVOT, dialect="duckdb")
    else:
        long = wide.pivot_longer(selectors.all(), names_to="column", values_to="value")
    if long.value.type().is_string():
        long = long.mutate(value=long.value.strip().nullif(""))
    return (
        long.filter(long.value.notnull()).group_by("column", "value").agg(rows=lambda t: t.count())
    )


def _records(expression: ir.Table) -> list[dict[str, Any]]:
    return expression.to_pyarrow().to_pylist()  # type: ignore[no-any-return]


def _text(
    sample: ir.Table, columns: Sequence[str], blank: dict[str, Measured]
) -> dict[str, Measured]:
    grouped = _long(sample.select(**{f"c{i}": c for i, c in enumerate(columns)}))
    value, rows = grouped.value, grouped.rows
    shapes = _shapes(value)
    number = _number(value)
    tested = grouped.mutate(number=number, **{f"s{i}": e for i, e in enumerate(shapes.values())})
    number, rows, value = tested.number, tested.rows, tested.value
    finite = number.notnull()
    result = tested.group_by("column").agg(
        present=rows.sum(),
        distinct=tested.count(),
        words_missing=_is_missing_word(value).ifelse(rows, 0).sum(),
        numbers=finite.ifelse(rows, 0).sum(),
        whole=(finite & (number % 1 == 0)).ifelse(rows, 0).sum(),
        number_distinct=number.nunique(),
        low=number.min(),
        high=number.max(),
        letters=(value.length() * rows).sum(),
        blanks=((value.length() - value.replace(" ", "").length()) * rows).sum(),
        **{f"s{i}": tested[f"s{i}"].ifelse(rows, 0).sum() for i in range(len(shapes))},
    )
    found = {}
    for row in _records(result):
        name = columns[int(row["column"][1:])]
        counts = {shape: int(row[f"s{i}"]) for i, shape in enumerate(shapes)}
        found[name] = replace(
            blank[name],
            **_counts(row),
            words_missing=int(row["words_missing"]),
            numbers=int(row["numbers"]),
            length=row["letters"] / row["present"],
            words=1 + row["blanks"] / row["present"],
            shapes={s: n for s, n in counts.items() if n},
        )
    return found


def _counts(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "present": int(row["present"]),
        "distinct": int(row["distinct"]),
        "whole": int(row["whole"] or 0),
        "number_distinct": int(row["number_distinct"] or 0),
        "low": math.nan if row["low"] is None else float(row["low"]),
        "high": math.nan if row["high"] is None else float(row["high"]),
    }


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
    tests = {shape: upper.re_search(identifiers.anchored(p)) for shape, p in codes.SHAPES.items()}
    tests |= {
        shape: value.re_search(identifiers.anchored(p)) for shape, p in identifiers.BY_VALUE.items()
    }
    tests |= {
        "date": value.re_search(DATE),
        "compact date": value.re_search(COMPACT_DATE),
        "truth": value.re_search(TRUTH),
    }
    tests["compact"] = value.re_search(r"^[A-Za-z0-9_./:\-]*[0-9][A-Za-z0-9_./:\-]*$")
    short = value.length() <= 60
    return {shape: short.ifelse(test, False) for shape, test in tests.items()}


def _as_number(column: Any) -> Any:
    """A typed value as float64; of dates and times only whether they are there."""
    dtype = column.type()
    if dtype.is_boolean():
        return column.cast("int8").cast("float64")
    return (
        column.cast("float64")
        if dtype.is_numeric()
        else column.notnull().ifelse(ibis.literal(1.0), ibis.null("float64"))
    )


def _typed(
    sample: ir.Table, columns: Sequence[str], blank: dict[str, Measured]
) -> dict[str, Measured]:
    grouped = _long(
        sample.select(**{f"c{i}": _as_number(sample[c]) for i, c in enumerate(columns)})
    )
    value, rows = grouped.value, grouped.rows
    finite = ~value.isinf()
    result = grouped.group_by("column").agg(
        present=rows.sum(),
        distinct=grouped.count(),
        whole=(finite & (value % 1 == 0)).ifelse(rows, 0).sum(),
        number_distinct=grouped.count(),
        low=value.min(),
        high=value.max(),
    )
    found = {}
    for row in _records(result):
        name = columns[int(row["column"][1:])]
        found[name] = replace(blank[name], **_counts(row), numbers=int(row["present"]))
    return found


def _exact_text(dataset: Dataset, columns: Sequence[Measured]) -> dict[str, Measured]:
    """Count missing, words for missing and numbers over all rows; different values where the sample leaves it open."""
    found = {}
    for start in range(0, len(columns), BATCH):
        batch = columns[start : start + BATCH]
        few = [
            (i, m)
            for i, m in enumerate(batch)
            if m.distinct <= FEW_TEXTS and dataset.engine == "duckdb"
        ]
        row = _of_values(dataset, few) if few else {}
        asked: dict[str, Any] = {}
        for i, m in enumerate(batch):
            if f"p{i}" in row:
                continue
            value = dataset.table[m.name].strip().nullif("")
            asked[f"p{i}"] = value.count()
            asked[f"w{i}"] = _is_missing_word(value).ifelse(1, 0).sum()
            asked[f"n{i}"] = _number(value).count()
            if _open(m):
                asked[f"d{i}"] = value.nunique()
                asked[f"x{i}"] = _number(value).nunique()
        if asked:
            row |= _records(dataset.table.aggregate(**asked))[0]
        for i, m in enumerate(batch):
            thin = m.present < 200 and row[f"p{i}"] > m.present
            seen = _refill(dataset, m) if thin else m
            # Shapes stay counted on the sample; scaled to all rows they keep their share.
            values = int(row[f"p{i}"]) - int(row[f"w{i}"] or 0)
            scale = values / seen.values if seen.values else 0.0
            found[m.name] = replace(
                seen,
                present=int(row[f"p{i}"]),
                rows_present=int(row[f"p{i}"]),
                words_missing=int(row[f"w{i}"] or 0),
                numbers=int(row[f"n{i}"]),
                whole=round(seen.whole * int(row[f"n{i}"]) / seen.numbers) if seen.numbers else 0,
                distinct=int(row.get(f"d{i}", seen.distinct)),
                number_distinct=int(row.get(f"x{i}", seen.number_distinct)),
                distinct_exact=f"d{i}" in row,
                shapes={s: round(n * scale) for s, n in seen.shapes.items()},
            )
    return found


def _of_values(dataset: Dataset, columns: Sequence[tuple[int, Measured]]) -> dict[str, int]:
    """The counts of ``_exact_text`` of columns with few different values: each value is tested once, not in every row."""
    if dataset.rows * len(columns) <= LONG_CELLS:
        long = _long(dataset.table.select(**{f"c{i}": m.name for i, m in columns}))
    else:  # grouping one column after the other costs a fifth, and compiling it much more
        sides = []
        for i, m in columns:
            values = dataset.table.select(value=m.name).filter(lambda t: t.value.notnull())
            sides.append(
                values.group_by("value")
                .agg(rows=values.count())
                .mutate(column=ibis.literal(f"c{i}"))
            )
        long = ibis.union(*sides) if len(sides) > 1 else sides[0]
        long = long.mutate(value=long.value.strip().nullif("")).filter(lambda t: t.value.notnull())
        long = long.group_by("column", "value").agg(rows=long.rows.sum())
    long = long.mutate(number=_number(long.value))
    counts = long.group_by("column").agg(
        p=long.rows.sum(),
        w=_is_missing_word(long.value).ifelse(long.rows, 0).sum(),
        n=long.number.notnull().ifelse(long.rows, 0).sum(),
        d=long.count(),
        x=long.number.nunique(),
    )
    empty = {f"{key}{i}": 0 for i, _ in columns for key in "pwndx"}
    return empty | {
        f"{key}{row['column'][1:]}": int(row[key]) for row in _records(counts) for key in "pwndx"
    }


def _open(m: Measured) -> bool:
    return m.distinct <= FEW_TEXTS or m.distinct >= 0.9 * m.present


def _refill(dataset: Dataset, m: Measured) -> Measured:
    """Look at the first rows in which a mostly missing column holds something."""
    value = dataset.table[m.name].strip().nullif("")
    rows = dataset.table.filter(value.notnull()).select(m.name).limit(FEWEST)
    return _text(rows, [m.name], {m.name: m}).get(m.name, m)


def _exact_typed(dataset: Dataset, columns: Sequence[Measured]) -> dict[str, Measured]:
    """More than ten values, or one with decimals, seen in a sample settle the type; the rest is counted over all rows."""
    found: dict[str, Measured] = {}
    unsettled: list[tuple[Measured, bool]] = []
    for m in columns:
        count = m.number_distinct <= FEW_VALUES or identifiers.kind_by_name(m.name) is not None
        decimals = m.storage.startswith("float") and m.whole == m.numbers
        fixed = m.storage in ("timestamp", "date", "time", "bool")
        found[m.name] = replace(m, rows_present=m.present, distinct_exact=False)
        if m.present == 0 or (not fixed and (count or decimals)):
            unsettled.append((m, count or m.present == 0))
    for start in range(0, len(unsettled), BATCH):
        batch = unsettled[start : start + BATCH]
        asked: dict[str, Any] = {}
        for i, (m, count) in enumerate(batch):
            value = _as_number(dataset.table[m.name])
            asked |= {f"p{i}": value.count(), f"l{i}": value.min(), f"h{i}": value.max()}
            asked[f"w{i}"] = (value % 1 == 0).ifelse(1, 0).sum()
            if count:
                asked[f"d{i}"] = value.nunique()
        row = _records(dataset.table.aggregate(**asked))[0]
        for i, (m, count) in enumerate(batch):
            distinct = row[f"d{i}"] if count else m.distinct
            keys = {"present": "p", "whole": "w", "low": "l", "high": "h"}
            counts = _counts(
                {k: row[f"{v}{i}"] for k, v in keys.items()}
                | dict.fromkeys(("distinct", "number_distinct"), distinct)
            )
            present = counts["present"]
            whole = replace(
                m,
                **counts,
                looked=dataset.rows,
                rows_present=present,
                numbers=present,
                distinct_exact=count,
            )
            found[m.name] = whole
    return found
