"""Typed tables: Parquet read in place, and the few conversions that make every engine's types mean the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir

from golive.intake.base.dataset import aggregates, check_names
from golive.intake.base.workspace import Workspace, name, text, texts
from golive.model.errors import InputError, Problem

_NAMED = 5
_FIRST, _LAST = "0001-01-01", "9999-12-31"


def load(files: Sequence[Path], space: Workspace) -> ir.Table:
    """Return a view on Parquet files; nothing is copied.

    Raises:
        InputError: ``NOT_PARQUET`` per file, ``HEADER_ONLY``, ``COLUMNS_DIFFER``, and those of names.
    """
    problems: list[Problem] = []
    first: set[tuple[str, str]] = set()
    for file in files:
        try:
            check_names(_written_names(file, space), file.name, space.limits)
            described = space.sql(f"DESCRIBE SELECT * FROM read_parquet({text(space.plain(file))})")
        except InputError as error:
            problems.extend(error.problems)
            continue
        except duckdb.Error as error:
            code, sentence = "EMPTY_FILE", "The file is empty."
            if file.stat().st_size:
                code, sentence = (
                    "NOT_PARQUET",
                    f"The file cannot be read as Parquet ({type(error).__name__}).",
                )
            problems.append(
                Problem(code, sentence, "Write it again; it may be cut off.", file.name)
            )
            continue
        schema = {(str(r[0]), str(r[1])) for r in described}
        if first and schema != first:
            differ = sorted({n for n, _ in schema ^ first})[:_NAMED]
            sentence = (
                f"Columns differ from those of {files[0].name}: {', '.join(map(repr, differ))}."
            )
            hint = "Files of one source need the same columns."
            problems.append(Problem("COLUMNS_DIFFER", sentence, hint, file.name))
        first = first or schema
    if problems:
        raise InputError(problems)
    options = f"union_by_name = {str(len(files) > 1).lower()}"
    space.sql(
        f"CREATE VIEW data AS SELECT * FROM read_parquet({texts(map(space.plain, files))}, {options})"
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
        inside += (children or 0) - (inside > 0)
    return names


def checked(table: ir.Table, where: str, space: Workspace) -> tuple[ir.Table, int]:
    """Return the table with types that mean the same on every engine, and the number of its rows.

    Names lose surrounding blanks; decimals become float64, timestamps lose their zone (as UTC), nested, binary and other
    special types become text.

    Raises:
        InputError: ``HEADER_ONLY``, ``TOO_LARGE`` (rows), and all of those of the names.
    """
    changed = {}
    for column, dtype in table.schema().items():
        plain = dtype.is_numeric() or dtype.is_boolean() or dtype.is_string() or dtype.is_temporal()
        if dtype.is_decimal():
            changed[column] = table[column].cast("float64")
        elif dtype.is_timestamp() and dtype.timezone is not None:
            changed[column] = table[column].cast("timestamp")
        elif not plain:
            changed[column] = table[column].cast("string")
    table = table.mutate(**changed) if changed else table
    names = {old.strip(): old for old in table.columns if old != old.strip()}
    table = table.rename(names) if names else table
    check_names(list(table.columns), where, space.limits)
    rows = int(table.count().to_pyarrow().as_py())
    if rows == 0:
        raise InputError(
            Problem("HEADER_ONLY", "There are columns and no rows.", "Export it again.", where)
        )
    if rows > space.limits.rows:
        sentence = f"{rows:,} rows; at most {space.limits.rows:,} are read."
        raise InputError(Problem("TOO_LARGE", sentence, "Take a period or a sample.", where))
    return table, rows


def typed(table: ir.Table, space: Workspace) -> ir.Table:
    """Return the table with typed values that mean the same on every engine; what was changed is noted."""
    return _without_nan(_within_range(table, space), space)


def _within_range(table: ir.Table, space: Workspace) -> ir.Table:
    """Return the table with every date in the years 1 to 9999 and no integer beyond 64 bits with a sign; both are noted.

    A date outside becomes the nearest one inside (nanoseconds read as microseconds end in the year 55,840), so that it is
    still told as one that lies ahead. A column with an integer beyond becomes text, which keeps its digits.
    """
    inside: dict[str, ir.Value] = {}
    outside: dict[str, dict[str, ir.Value]] = {}
    for column, dtype in table.schema().items():
        value = table[column]
        # From 1677 to 2262, whatever was stored
        nanoseconds = dtype.is_timestamp() and dtype.scale == 9
        if dtype.is_date() or (dtype.is_timestamp() and not nanoseconds):
            moment = ibis.date if dtype.is_date() else ibis.timestamp
            first, last = moment(_FIRST), moment(_LAST)
            inside[column] = ibis.cases((value < first, first), (value > last, last), else_=value)
            outside[column] = {"n": ((value < first) | (value > last)).sum()}
        elif dtype.is_uint64():
            inside[column] = value.cast("string")
            outside[column] = {"n": (value > ibis.literal(2**63 - 1, "uint64")).sum()}
    found = {c: n for c, row in aggregates(table, outside).items() if (n := int(row["n"] or 0))}
    whole = [c for c in found if table.schema()[c].is_uint64()]
    dates = [c for c in found if c not in whole]
    if dates:
        total = sum(found[c] for c in dates)
        sentence = f"{total:,} dates outside the years 1 to 9999 count as the first or the last day of them, in {_listed(dates)}."
        space.note(
            "DATE_RANGE",
            sentence,
            "Check whether a count of nanoseconds was stored as microseconds.",
        )
    if whole:
        sentence = f"Whole numbers of more than 63 bits are read as text, in {_listed(whole)}."
        space.note("LARGE_INTEGERS", sentence)
    return table.mutate(**{c: inside[c] for c in [*whole, *dates]}) if found else table


def _without_nan(table: ir.Table, space: Workspace) -> ir.Table:
    """Return the table with not-a-number read as missing, which is how pandas writes a missing float; both are noted.

    Infinities stay what they are and are counted in a note.
    """
    asked = {
        c: {"nan": table[c].isnan().sum(), "inf": table[c].isinf().sum()} for c in _suspect(table)
    }
    found = aggregates(table, asked)
    nans, infinite = (
        {c: int(n) for c, row in found.items() if (n := row[kind])} for kind in ("nan", "inf")
    )
    if nans:
        sentence = f"{sum(nans.values()):,} values that are not a number (NaN) count as missing, in {_listed([*nans])}."
        space.note("NAN_MISSING", sentence)
    if infinite:
        sentence = f"{sum(infinite.values()):,} values are infinite, in {_listed([*infinite])}; they stay as they are."
        space.note("INFINITE", sentence)
    # Not nullif(NaN): DuckDB drops that comparison when Parquet statistics, which leave NaN out, seem to exclude it.
    present = {c: table[c].isnan().ifelse(ibis.null(table[c].type()), table[c]) for c in nans}
    return table.mutate(**present) if present else table


def _suspect(table: ir.Table) -> list[str]:
    """Columns that may hold not-a-number or infinity: all of those that do, and perhaps one whose sum is too large.

    DuckDB is asked for sums, which nothing but such a value makes other than finite and which cost a third of counting; other
    engines may refuse a sum that is too large, so they count.
    """
    floats = {c: table[c] for c, dtype in table.schema().items() if dtype.is_floating()}
    if table.get_backend().name == "duckdb":
        found = aggregates(
            table, {c: {"sum": value.cast("float64").sum()} for c, value in floats.items()}
        )
        return [
            c
            for c, row in found.items()
            if row["sum"] is not None and not math.isfinite(row["sum"])
        ]
    found = aggregates(
        table, {c: {"odd": (v.isnan() | v.isinf()).sum()} for c, v in floats.items()}
    )
    return [c for c, row in found.items() if row["odd"]]


def write_parquet(space: Workspace, source: str) -> Path:
    """Copy a table of the workspace into a Parquet file of its private folder, for an engine that reads files itself."""
    path = space.folder / "rows.parquet"
    space.sql(f"COPY (SELECT * FROM {name(source)}) TO {text(path)} (FORMAT parquet)")
    return path


def _listed(columns: Sequence[str]) -> str:
    more = f" and {len(columns) - _NAMED} more columns" if len(columns) > _NAMED else ""
    return ", ".join(columns[:_NAMED]) + more
