"""Typed tables: Parquet read in place, and the few conversions that make every engine's types mean the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from golive.intake.base.dataset import check_names
from golive.intake.base.workspace import Workspace, name, text
from golive.model.errors import InputError, Problem

_NAMED = 5
_FIRST, _LAST = "0001-01-01", "9999-12-31"


def load(files: Sequence[Path], space: Workspace) -> ir.Table:
    """Return a view on Parquet files; nothing is copied.

    Raises:
        InputError: ``NOT_PARQUET`` per file, ``HEADER_ONLY``, ``COLUMNS_DIFFER``, and those of names.
    """
    problems: list[Problem] = []
    first: list[tuple[str, str]] = []
    for file in files:
        try:
            check_names(_written_names(file, space), file.name, space.limits)
            described = space.sql(f"DESCRIBE SELECT * FROM read_parquet({text(space.plain(file))})")
            schema = sorted((str(r[0]), str(r[1])) for r in described)
        except InputError as error:
            problems.extend(error.problems)
            continue
        except duckdb.Error as error:
            empty = file.stat().st_size == 0
            code = "EMPTY_FILE" if empty else "NOT_PARQUET"
            sentence = (
                "The file is empty."
                if empty
                else f"The file cannot be read as Parquet ({type(error).__name__})."
            )
            problems.append(
                Problem(code, sentence, "Write it again; it may be cut off.", file.name)
            )
            continue
        if first and schema != first:
            differ = sorted({n for n, _ in set(schema) ^ set(first)})[:_NAMED]
            sentence = (
                f"Columns differ from those of {files[0].name}: {', '.join(map(repr, differ))}."
            )
            problems.append(
                Problem(
                    "COLUMNS_DIFFER",
                    sentence,
                    "Files of one source need the same columns.",
                    file.name,
                )
            )
        first = first or schema
    if problems:
        raise InputError(problems)
    paths = ", ".join(text(space.plain(file)) for file in files)
    space.sql(
        f"CREATE VIEW data AS SELECT * FROM read_parquet([{paths}], union_by_name = {str(len(files) > 1).lower()})"
    )
    return space.duck.table("data")


def _written_names(file: Path, space: Workspace) -> list[str]:
    """Names of the outermost columns as they stand in the file: DuckDB renames those that are empty or used twice."""
    listed = space.sql(f"SELECT name, num_children FROM parquet_schema({text(space.plain(file))})")
    inside = 0
    names = []
    # The first entry is the table, and the rest stands depth first
    for written, children in listed[1:]:
        if inside == 0:
            names.append(str(written))
        inside += int(str(children or 0)) - (inside > 0)
    return names


def uniform(table: ir.Table) -> ir.Table:
    """Return the table with the same meaning on every engine.

    Names lose surrounding blanks; decimals become float64, timestamps lose their zone (as UTC), nested, binary and other
    special types become text.
    """
    changed = {}
    for column, dtype in table.schema().items():
        value = table[column]
        if dtype.is_decimal():
            changed[column] = value.cast("float64")
        elif dtype.is_timestamp() and dtype.timezone is not None:
            changed[column] = value.cast("timestamp")
        elif not (
            dtype.is_numeric() or dtype.is_boolean() or dtype.is_string() or dtype.is_temporal()
        ):
            changed[column] = value.cast("string")
    if changed:
        table = table.mutate(**changed)
    names = {old.strip(): old for old in table.columns if old != old.strip()}
    return table.rename(names) if names else table


def within_range(table: ir.Table, space: Workspace) -> ir.Table:
    """Return the table with every date in the years 1 to 9999 and no integer beyond 64 bits with a sign; both are noted.

    A date outside becomes the nearest one inside (nanoseconds read as microseconds end in the year 55,840), so that it is
    still told as one that lies ahead. A column with an integer beyond becomes text, which keeps its digits.
    """
    outside: dict[str, ir.BooleanValue] = {}
    for column, dtype in table.schema().items():
        # From 1677 to 2262, whatever was stored
        nanoseconds = dtype.is_timestamp() and dtype.scale == 9
        if (dtype.is_timestamp() and not nanoseconds) or dtype.is_date():
            outside[column] = (table[column] < _edge(dtype, _FIRST)) | (
                table[column] > _edge(dtype, _LAST)
            )
        elif dtype.is_uint64():
            outside[column] = table[column] > ibis.literal(2**63 - 1, "uint64")
    if not outside:
        return table
    asked = [flag.sum().name(f"o{i}") for i, flag in enumerate(outside.values())]
    row = table.aggregate(asked).to_pyarrow().to_pylist()[0]
    found = {c: count for i, c in enumerate(outside) if (count := int(row[f"o{i}"] or 0))}
    dates = [c for c in found if not table.schema()[c].is_uint64()]
    whole = [c for c in found if c not in dates]
    changed: dict[str, ir.Value] = {c: table[c].cast("string") for c in whole}
    for column in dates:
        dtype, value = table.schema()[column], table[column]
        first, last = _edge(dtype, _FIRST), _edge(dtype, _LAST)
        changed[column] = ibis.cases((value < first, first), (value > last, last), else_=value)
    if dates:
        total = sum(found[c] for c in dates)
        sentence = f"{total:,} dates outside the years 1 to 9999 count as the first or the last day of them, in {_listed(dates)}."
        space.note(
            "DATE_RANGE",
            sentence,
            "Check whether a count of nanoseconds was stored as microseconds.",
        )
    if whole:
        space.note(
            "LARGE_INTEGERS",
            f"Whole numbers of more than 63 bits are read as text, in {_listed(whole)}.",
        )
    return table.mutate(**changed) if changed else table


def _edge(dtype: dt.DataType, written: str) -> ir.Value:
    return ibis.date(written) if dtype.is_date() else ibis.timestamp(f"{written} 00:00:00")


def without_nan(table: ir.Table, space: Workspace) -> ir.Table:
    """Return the table with not-a-number read as missing, which is how pandas writes a missing float; both are noted.

    Infinities stay what they are and are counted in a note.
    """
    floats = [c for c, t in table.schema().items() if t.is_floating()]
    if not floats:
        return table
    found = _suspect(table, floats)
    if not found:
        return table
    split = table.aggregate(
        [table[c].isnan().sum().name(f"n{i}") for i, c in enumerate(found)]
        + [table[c].isinf().sum().name(f"i{i}") for i, c in enumerate(found)]
    )
    row = split.to_pyarrow().to_pylist()[0]
    nans = {c: int(row[f"n{i}"] or 0) for i, c in enumerate(found)}
    infinite = {c: int(row[f"i{i}"] or 0) for i, c in enumerate(found)}
    missing = [c for c in found if nans[c]]
    if missing:
        total = sum(nans.values())
        space.note(
            "NAN_MISSING",
            f"{total:,} values that are not a number (NaN) count as missing, in {_listed(missing)}.",
        )
    if any(infinite.values()):
        where = _listed([c for c in found if infinite[c]])
        space.note(
            "INFINITE",
            f"{sum(infinite.values()):,} values are infinite, in {where}; they stay as they are.",
        )
    # Not nullif(NaN): DuckDB drops that comparison when Parquet statistics, which leave NaN out, seem to exclude it.
    return table.mutate(
        **{c: table[c].isnan().ifelse(ibis.null(table[c].type()), table[c]) for c in missing}
    )


def _suspect(table: ir.Table, floats: Sequence[str]) -> list[str]:
    """Columns that may hold not-a-number or infinity: all of those that do, and perhaps one whose sum is too large.

    DuckDB is asked for sums, which nothing but such a value makes other than finite and which cost a third of counting; other
    engines may refuse a sum that is too large, so they count.
    """
    by_sum = table.get_backend().name == "duckdb"
    asked = [
        (
            table[c].cast("float64").sum()
            if by_sum
            else table.count(where=table[c].isnan() | table[c].isinf())
        ).name(c)
        for c in floats
    ]
    row = table.aggregate(asked).to_pyarrow().to_pylist()[0]
    return [
        c
        for c in floats
        if (row[c] is not None and not math.isfinite(row[c]) if by_sum else row[c])
    ]


def check_table(table: ir.Table, where: str, space: Workspace) -> int:
    """Return the number of rows.

    Raises:
        InputError: ``HEADER_ONLY``, ``TOO_LARGE`` (rows), and all of those of the names.
    """
    check_names(list(table.columns), where, space.limits)
    rows = int(table.count().to_pyarrow().as_py())
    if rows == 0:
        raise InputError(
            Problem("HEADER_ONLY", "There are columns and no rows.", "Export it again.", where)
        )
    if rows > space.limits.rows:
        sentence = f"{rows:,} rows; at most {space.limits.rows:,} are read."
        raise InputError(Problem("TOO_LARGE", sentence, "Take a period or a sample.", where))
    return rows


def write_parquet(space: Workspace, source: str) -> Path:
    """Copy a table of the workspace into a Parquet file of its private folder, for an engine that reads files itself."""
    path = space.folder / "rows.parquet"
    space.sql(f"COPY (SELECT * FROM {name(source)}) TO {text(path)} (FORMAT parquet)")
    return path


def _listed(columns: Sequence[str]) -> str:
    more = f" and {len(columns) - _NAMED} more columns" if len(columns) > _NAMED else ""
    return ", ".join(columns[:_NAMED]) + more
