"""Excel workbooks: the first sheet that holds something, every cell as text."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import ibis.expr.types as ir

from golive.intake.base.dataset import check_names
from golive.intake.base.workspace import Workspace
from golive.intake.formats.delimited import header_is_data
from golive.intake.formats.plaintext import CHUNK, UNZIPPING, magic
from golive.model.errors import InputError, Problem

UNPACKED_BYTES = 1_000_000_000
"""What a workbook may hold unpacked: it is read in memory, unlike text and Parquet."""
MOST_CELLS = 30_000_000
"""Cells of a sheet from its first to its last row and column, filled or not: the reader makes room for all of them."""
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_CELLS = (b"<c ", b"<c>", b":c ", b":c>")
"""How a cell begins, give or take: counting is ten times faster than matching."""
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_ERROR = re.compile(rb"""<(?:\w+:)?c\s[^>]*\bt\s*=\s*["']e["']""")


def load(files: Sequence[Path], space: Workspace) -> ir.Table:
    """Read workbooks with one header into a table of text columns; empty cells are missing.

    Numbers are written shortest (63 for a cell that shows 63.0), dates as ISO 8601, truth values as TRUE and FALSE.

    Raises:
        InputError: ``ZIP_BOMB``, ``TOO_LARGE`` (cells), ``NOT_WORKBOOK``, ``EMPTY_FILE``, ``HEADER_ONLY``, ``NO_HEADER``, ``COLUMNS_DIFFER``
            and those of names.
    """
    import pyarrow as pa

    tables = []
    columns: tuple[str, ...] = ()
    for file in files:
        rows = _rows(file, space)
        header = [_text(c) or "" for c in rows[0]]
        if header_is_data(header):
            sentence = "The first row of the sheet looks like data: its cells are numbers or dates."
            raise InputError(
                Problem("NO_HEADER", sentence, "Add a first row with the column names.", file.name)
            )
        names = check_names(header, file.name, space.limits)
        if len(rows) == 1:
            sentence = "The sheet has a header and no rows."
            raise InputError(Problem("HEADER_ONLY", sentence, "Export it again.", file.name))
        if columns and sorted(names) != sorted(columns):
            sentence = f"Its columns are not those of {files[0].name}."
            hint = "Files of one source need the same columns."
            raise InputError(Problem("COLUMNS_DIFFER", sentence, hint, file.name))
        columns = columns or names
        cells = {
            n: pa.array([_text(r[i]) for r in rows[1:]], pa.string()) for i, n in enumerate(names)
        }
        tables.append(pa.table({n: cells[n] for n in columns}))
    return space.duck.create_table("data", pa.concat_tables(tables))


def _rows(file: Path, space: Workspace) -> list[list[Any]]:
    """The rows of the first sheet that holds something, blank ones left out."""
    import python_calamine as calamine

    _check_archive(file, space)
    try:
        book = calamine.CalamineWorkbook.from_path(file)
        sheets = {
            n: book.get_sheet_by_name(n).to_python(skip_empty_area=True) for n in book.sheet_names
        }
    except (
        Exception
    ) as error:  # the reader raises its own types and, on damage, Rust panics mapped to several
        sentence = f"The workbook cannot be read ({type(error).__name__})."
        raise InputError(
            Problem("NOT_WORKBOOK", sentence, "Save it again as .xlsx or CSV.", file.name)
        ) from None
    filled = [name for name, rows in sheets.items() if rows]
    if not filled:
        raise InputError(
            Problem("EMPTY_FILE", "No sheet of the workbook holds anything.", "", file.name)
        )
    if len(filled) > 1:
        others = ", ".join(map(repr, filled[1:]))
        space.note("SHEETS", f"Sheet '{filled[0]}' was read; not read: {others}.", "", file.name)
    rows = sheets[filled[0]]
    kept = [list(row) for row in rows if any(_text(c) for c in row)]
    if blank := len(rows) - len(kept):
        space.note("BLANK_ROWS", f"{blank:,} blank rows were left out.", "", file.name)
    return kept


class _Extent:
    """How far a sheet reaches, and how many of its cells hold an error, from its XML piece by piece.

    ``rows`` and ``columns`` are never less than those of the last filled cell. Cells need not say where they stand; one that
    does not is taken to widen its row by one.
    """

    def __init__(self) -> None:
        self.rows = self.columns = self.errors = 0
        self._rest = b""

    def add(self, chunk: bytes) -> None:
        """Look at the next piece; a tag may be cut in two, so it is looked at from its beginning with the piece after."""
        text = self._rest + chunk
        cut = text.rfind(b"<")
        text, self._rest = (text[:cut], text[cut:]) if cut > 0 else (text, b"")
        placed = _PLACE.findall(text)
        letters = {column.upper() for column, _ in placed}
        self.rows = max(
            [self.rows + len(_ROW.findall(text)), *map(int, {row for _, row in placed})]
        )
        if sum(map(text.count, _CELLS)) > len(placed):
            self.columns = max(
                [self.columns, *(len(_CELL.findall(line)) for line in _ROW.split(text))]
            )
        self.columns = max([self.columns, *map(_number, letters)])
        if b"t='e'" in text or b't="e"' in text:
            self.errors += len(_ERROR.findall(text))


def _number(letters: bytes) -> int:
    """Number of a column by its letters: A is 1, XFD is 16,384."""
    found = 0
    for letter in letters:
        found = found * 26 + letter - ord("A") + 1
    return found


def _check_archive(file: Path, space: Workspace) -> None:
    """Refuse a workbook whose parts are too large, by what the archive declares and by what is really inside."""
    limits = replace(space.limits, bytes=min(UNPACKED_BYTES, space.limits.bytes))
    total, errors = 0, 0
    try:
        with zipfile.ZipFile(file) as archive:
            declared = sum(part.file_size for part in archive.infolist())
            for part in archive.infolist() if declared <= limits.bytes else ():
                extent = _Extent()
                with archive.open(part) as stream:
                    while (chunk := stream.read(CHUNK)) and total <= limits.bytes:
                        total += len(chunk)
                        if _SHEET.fullmatch(part.filename):
                            extent.add(chunk)
                if extent.rows * extent.columns > MOST_CELLS:
                    sentence = f"A sheet reaches to row {extent.rows:,} and column {extent.columns:,}; at most {MOST_CELLS:,} cells are read."
                    hint = "Delete what stands far outside the table, or save it as CSV."
                    raise InputError(Problem("TOO_LARGE", sentence, hint, file.name))
                errors += extent.errors
    except UNZIPPING:
        with file.open("rb") as stream:
            what = magic(stream.read(16))
        sentence = (
            f"This is {what}, not an Excel workbook." if what else "This is not an Excel workbook."
        )
        raise InputError(
            Problem("NOT_WORKBOOK", sentence, "Save it as .xlsx or CSV.", file.name)
        ) from None
    if errors:
        sentence = f"{errors:,} cell{'s hold' if errors > 1 else ' holds'} an error such as #N/A or #DIV/0! and count{'' if errors > 1 else 's'} as missing."
        space.note("CELL_ERRORS", sentence, "Repair the formulas in the workbook.", file.name)
    size, stored = max(total, declared), file.stat().st_size
    if limits.exceeded(size, stored):
        sentence = f"{stored:,} bytes unpack to {size:,} or more."
        hint = f"At most {limits.bytes:,} bytes are read; use CSV."
        raise InputError(Problem("ZIP_BOMB", sentence, hint, file.name))


def _text(cell: object) -> str | None:
    """One cell as text; ``None`` for an empty one."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)
