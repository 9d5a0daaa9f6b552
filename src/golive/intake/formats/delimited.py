"""CSV, TSV and TXT: the dialect is found on the first rows, DuckDB reads every field as the text that was written."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import duckdb
import ibis.expr.types as ir

from golive.intake.base.dataset import check_names
from golive.intake.base.workspace import Workspace, name, text
from golive.intake.formats.plaintext import as_utf8
from golive.model.errors import InputError, Problem

DELIMITERS = (",", ";", "\t", "|")
_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_HEAD = 4_000_000
_LONGEST_LINE = 64_000_000
_DATA = re.compile(
    r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?|\d{4}-\d\d-\d\d([ T].*)?|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}"
)
_DECIMAL = re.compile(r"[+-]?\d*[.,]\d+")
_SHOWN = 10
_RAGGED = ("MISSING COLUMNS", "TOO MANY COLUMNS")
"""What DuckDB calls a row of too few or too many fields; it refuses any other row for a quote."""


class _Row(NamedTuple):
    """One record that does not have as many fields as the header: where, which way, and how many it has."""

    line: int
    kind: str
    found: str


def _fields(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def sniff(head: str, suffix: str = "") -> str:
    """Return the delimiter under which the rows agree best with the header: comma, semicolon, tab or bar.

    A file in which none of them divides the header has one column; its delimiter is then a comma (a tab for ``.tsv``).
    """
    best, best_score = "\t" if suffix == ".tsv" else ",", (0.0, 0)
    for delimiter in DELIMITERS:
        try:
            rows = [r for r in islice(_fields(head, delimiter), 200) if r] or [[]]
        except csv.Error:
            continue
        width = len(rows[0])
        body = rows[1:] or rows
        agree = sum(len(r) == width for r in body) / len(body)
        score = (round(agree, 2), width)
        if width > 1 and agree >= 0.5 and score > best_score:
            best, best_score = delimiter, score
    if best_score == (0.0, 0):
        # No delimiter gives rows of one width. Take the one that divides the header most, so that the error names rows.
        widths = {d: len(next(_fields(head, d), [])) for d in DELIMITERS}
        widest = max(DELIMITERS, key=lambda d: widths[d])
        best = widest if widths[widest] > 1 else best
    return best


def header_is_data(header: Sequence[str]) -> bool:
    """Whether the first row looks like data: every name is a number or a date, or half are and one has decimals."""
    cells = [c.strip() for c in header if c.strip()]
    data = [c for c in cells if _DATA.fullmatch(c)]
    decimals = any(_DECIMAL.fullmatch(c) for c in data)
    return bool(cells) and (len(data) == len(cells) or (len(data) * 2 >= len(cells) and decimals))


def load(files: Sequence[Path], space: Workspace) -> ir.Table:
    """Read files with one header into a table of text columns; only an empty field is missing.

    Raises:
        InputError: all problems of each file's header, or all rows with a wrong number of fields
            (``RAGGED_ROWS``, ``BROKEN_QUOTES``), or ``HEADER_ONLY``, ``COLUMNS_DIFFER`` between files.
    """
    csv.field_size_limit(_LONGEST_LINE)
    columns: tuple[str, ...] = ()
    problems: list[Problem] = []
    for file in files:
        try:
            plain = as_utf8(file, space)
            delimiter, names = _header(plain, file, space)
            if columns and sorted(names) != sorted(columns):
                problems.append(_differs(columns, names, file, files[0]))
                continue
            if not columns:
                columns = names
                space.sql(f"CREATE TABLE data ({', '.join(f'{name(c)} VARCHAR' for c in columns)})")
            _append(plain, file, delimiter, names, space)
            if plain != file:
                plain.unlink()
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    return space.duck.table("data")


def _header(plain: Path, file: Path, space: Workspace) -> tuple[str, tuple[str, ...]]:
    """The delimiter and the names of the columns."""
    with plain.open("rb") as stream:
        head = stream.read(_HEAD).decode("utf-8", "ignore")
    whole = (
        head.lstrip("\r\n")
        if len(head) < _HEAD
        else head[: head.rfind("\n") + 1].lstrip("\r\n") or head
    )
    delimiter = sniff(whole, file.suffix.lower())
    try:
        header = next(_fields(whole, delimiter))
    except csv.Error as error:
        raise _broken_quotes(f"The header row cannot be read: {error}.", file) from None
    if header_is_data(header):
        sentence = f"The first row looks like data, not names: {sum(map(bool, header)):,} of {len(header):,} fields are filled with numbers or dates."
        raise InputError(
            Problem("NO_HEADER", sentence, "Add a first row with the column names.", file.name)
        )
    if delimiter != "," and file.suffix.lower() != ".tsv":
        space.note("DELIMITER", f"Fields are separated by a {_WORDS[delimiter]}.", "", file.name)
    return delimiter, check_names(header, file.name, space.limits)


def _broken_quotes(sentence: str, file: Path) -> InputError:
    return InputError(
        Problem("BROKEN_QUOTES", sentence, "Check the quotes in the first row.", file.name)
    )


def _differs(first: Sequence[str], other: Sequence[str], file: Path, reference: Path) -> Problem:
    missing = [repr(c) for c in first if c not in other][:_SHOWN]
    extra = [repr(c) for c in other if c not in first][:_SHOWN]
    parts = [
        f"{does} {', '.join(names)}"
        for does, names in (("lacks", missing), ("adds", extra))
        if names
    ]
    sentence = f"Its columns are not those of {reference.name}: it {' and '.join(parts)}."
    return Problem(
        "COLUMNS_DIFFER", sentence, "Files of one source need the same columns.", file.name
    )


def _append(
    plain: Path, file: Path, delimiter: str, names: Sequence[str], space: Workspace
) -> None:
    """Append the rows of a file to ``data``; a few that do not fit are kept out and noted."""
    before = _count(space)
    try:
        refused = _read(plain, delimiter, names, space)
    except duckdb.InvalidInputException as error:
        if "invalid state" not in str(error):  # DuckDB reads one kind of line end per file
            sentence = f"The file cannot be read as rows and fields: {str(error).splitlines()[0]}"
            raise InputError(
                Problem("BROKEN_ROWS", sentence, "Export it again as CSV.", file.name)
            ) from None
        refused = _read(_one_line_end(plain, delimiter, space), delimiter, names, space)
        space.note(
            "LINE_ENDS", "Lines end in different ways; they were read as the same.", "", file.name
        )
    if not refused and _count(space) == before:
        # A line break inside a name makes DuckDB expect that break at the end of every row, and find none.
        refused = _read(_one_line_end(plain, delimiter, space), delimiter, names, space)
    good = _count(space) - before
    rows = good + len(refused)
    ragged = [r for r in refused if r.kind in _RAGGED]
    quotes = [r for r in refused if r.kind not in _RAGGED]
    problems = []
    if quotes:
        lines = ", ".join(f"{r.line:,}" for r in quotes[:_SHOWN]) + (
            " and more" if len(quotes) > _SHOWN else ""
        )
        many = "s" if len(quotes) > 1 else ""
        sentence = f"{len(quotes):,} row{many} with a quote that does not open or close a field, on line{many} {lines}."
        hint = 'Write a quote inside a quoted field twice (""). Nothing after an open quote can be trusted.'
        problems.append(Problem("BROKEN_QUOTES", sentence, hint, file.name))
    if ragged:
        found = ", ".join(f"line {r.line:,}: {r.found}" for r in ragged[:_SHOWN])
        more = f", and {len(ragged) - _SHOWN:,} more" if len(ragged) > _SHOWN else ""
        sentence = f"{len(ragged):,} of {rows:,} rows do not have the {len(names):,} fields of the header ({found}{more})."
        if quotes or len(ragged) > space.limits.ragged_share * rows:
            hint = "Quote fields that hold the delimiter or a line break."
            problems.append(Problem("RAGGED_ROWS", sentence, hint, file.name))
        else:
            sentence += " They were kept out."
            space.note("RAGGED_ROWS", sentence, "Repair them to have them counted.", file.name)
    if problems:
        raise InputError(problems)
    if good == 0 and any("\n" in n for n in names):
        raise _broken_quotes(
            "A quote in the first row is never closed, so the whole file reads as names.", file
        )
    if good == 0:
        raise InputError(
            Problem(
                "HEADER_ONLY", "The file has a header and no rows.", "Export it again.", file.name
            )
        )


def _count(space: Workspace) -> int:
    return space.counts("SELECT count(*) FROM data")[0]


def _read(plain: Path, delimiter: str, names: Sequence[str], space: Workspace) -> list[_Row]:
    """Append the rows of a file to ``data`` and return those that do not fit."""
    columns = ", ".join(f"{text(c)}: 'VARCHAR'" for c in names)
    space.sql(
        f"""INSERT INTO data BY NAME SELECT * FROM read_csv({text(plain)}, auto_detect = false, header = true,
            delim = {text(delimiter)}, quote = '"', escape = '"', comment = '', nullstr = '', columns = {{{columns}}},
            max_line_size = {_LONGEST_LINE}, buffer_size = {2 * _LONGEST_LINE}, store_rejects = true, rejects_limit = 0,
            rejects_table = 'refused', rejects_scan = 'refused_scan')"""
    )
    place = "line_byte_position"
    refused = space.sql(
        f"SELECT {place}, max(error_type), max(error_message) FROM refused GROUP BY 1 ORDER BY 1"
    )
    # These tables repeat rows of the file as text.
    space.sql("DROP TABLE refused; DROP TABLE refused_scan")
    lines = _line_numbers(plain, [position for position, _, _ in refused])
    return [
        _Row(line, kind, message.rpartition("Found: ")[2] + " fields")
        for line, (_, kind, message) in zip(lines, refused, strict=True)
    ]


def _line_numbers(plain: Path, positions: Sequence[int]) -> list[int]:
    """Line on which each byte position (ascending) stands, counted from 1 as an editor does."""
    numbers, line, at = [], 1, 0
    with plain.open("rb") as stream:
        for position in positions:
            while at < position:
                chunk = stream.read(min(1 << 20, position - at))
                if not chunk:
                    break
                at += len(chunk)
                line += chunk.count(b"\n")
            numbers.append(line)
    return numbers


def _one_line_end(plain: Path, delimiter: str, space: Workspace) -> Path:
    copy = space.folder / "one-line-end"
    with (
        plain.open(encoding="utf-8", newline="") as source,
        copy.open("w", encoding="utf-8", newline="") as out,
    ):
        csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(
            csv.reader(source, delimiter=delimiter)
        )
    return copy
