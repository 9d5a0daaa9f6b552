"""Registers as files: YAML and CSV out, YAML and CSV in, with every problem of a file at once.

A row may carry the revision that it was taken at, so that a file which comes back after somebody else's change is told apart
from one that knew of it. CSV cells that a spreadsheet would run as a formula get an apostrophe in front, and lose it again
when they are read.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import yaml
from pydantic import ValidationError

from golive.model.columns import Noun
from golive.model.errors import InputError, Problem, complaints

ItemT = TypeVar("ItemT", bound=Noun)
_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
MAX_ROWS = 100_000
REVISION = "revision"


def escape_cell(text: str) -> str:
    """Text as a CSV cell that no spreadsheet runs as a formula."""
    return "'" + text if text.startswith(_RISKY) else text


def key_of(noun: type[Noun]) -> str:
    """The field that names a row: ``id``, or the first field where there is none (a waiver is named by its criterion)."""
    return "id" if "id" in noun.model_fields else next(iter(noun.model_fields))


@dataclass(frozen=True)
class FileRow(Generic[ItemT]):
    """One row of a file: the item, and the revision that the file knows of it (``None``: the file does not say)."""

    item: ItemT
    revision: int | None = None


def to_yaml(items: Iterable[Noun], revisions: Mapping[str, int] | None = None) -> str:
    """Items as a YAML list; fields that are not filled are left out. ``revisions`` by key are written beside their rows."""
    known = revisions or {}
    rows = []
    for item in items:
        row = item.model_dump(mode="json", exclude_defaults=True)
        key = str(getattr(item, key_of(type(item))))
        rows.append(row | {REVISION: known[key]} if known.get(key) else row)
    return yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=100) if rows else "[]\n"


def to_csv(
    items: Iterable[Noun], noun: type[Noun], revisions: Mapping[str, int] | None = None
) -> str:
    """Items as CSV with one column per field, in the order of the noun, and the revision of each where they are given."""
    names = list(noun.model_fields)
    known = revisions or {}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*names, REVISION] if revisions is not None else names)
    for item in items:
        row = item.model_dump(mode="json")
        last = [str(known.get(str(row[key_of(noun)])) or "")] if revisions is not None else []
        writer.writerow([*(_cell(row[name]) for name in names), *last])
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    # A number cannot be a formula, and must be read back as the number it is.
    return escape_cell(value) if isinstance(value, str) else str(value)


def parse(data: bytes, name: str, noun: type[ItemT]) -> tuple[ItemT, ...]:
    """Read a register from the bytes of ``name`` (``.csv``, ``.yaml``, ``.yml``, ``.json``), without revisions; see ``parse_rows``."""
    return tuple(row.item for row in parse_rows(data, name, noun))


def parse_rows(data: bytes, name: str, noun: type[ItemT]) -> tuple[FileRow[ItemT], ...]:
    """Read a register from the bytes of ``name`` with the revision that each row was taken at.

    Raises:
        InputError: not UTF-8, not a list of rows, unknown or missing fields, wrong values, an id that is there twice: every
            problem of the file, each with its row.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        sentence = "The file is not UTF-8 text."
        raise InputError(
            Problem("REGISTER_ENCODING", sentence, "Save it as UTF-8.", name)
        ) from None
    rows = _csv_rows(text, name, noun) if name.lower().endswith(".csv") else _yaml_rows(text, name)
    if len(rows) > MAX_ROWS:
        sentence = f"The file has {len(rows):,} rows; at most {MAX_ROWS:,} are read."
        raise InputError(Problem("REGISTER_SIZE", sentence, "", name))
    plain = [{k: v for k, v in row.items() if k != REVISION} for row in rows]
    problems: list[Problem] = []
    revisions = [_revision(row, number, name, problems) for number, row in enumerate(rows, start=1)]
    try:
        items = from_rows(plain, noun, name)
    except InputError as error:
        raise InputError([*error.problems, *problems]) from None
    if problems:
        raise InputError(problems)
    return tuple(FileRow(item, revision) for item, revision in zip(items, revisions, strict=True))


def _revision(
    row: Mapping[str, Any], number: int, where: str, problems: list[Problem]
) -> int | None:
    value = row.get(REVISION)
    if value is None:
        return None
    if isinstance(value, bool) or not str(value).strip().isdecimal():
        hint = "Leave it as it was downloaded, or leave it out."
        sentence = f"'{REVISION}' is {value!r:.60}; it is a whole number."
        problems.append(Problem("REGISTER_VALUE", sentence, hint, f"{where}, row {number}"))
        return None
    return int(str(value))


def _csv_rows(text: str, name: str, noun: type[Noun]) -> list[Mapping[str, Any]]:
    def refused(sentence: str, hint: str = "") -> InputError:
        return InputError(Problem("REGISTER_CSV", sentence, hint, name))

    lines = io.StringIO(text, newline="")
    try:
        reader = csv.DictReader(lines, strict=True, delimiter=_delimiter(text, noun))
        rows = list(reader)
    except csv.Error as error:
        raise refused(f"The file is not valid CSV: {error}.") from None
    if not text.strip():
        raise refused("The file is empty.", "Download the register to see its form.")
    if key_of(noun) not in (reader.fieldnames or ()):
        hint = f"The first line names the columns: {', '.join(noun.model_fields)}."
        raise refused(f"The file has no column '{key_of(noun)}'.", hint)
    found: list[Mapping[str, Any]] = []
    for row in rows:
        cells = {k: v for k, v in row.items() if k is not None}
        if None in row:
            cells["(beyond the last column)"] = "?"
        found.append({k: v.removeprefix("'") for k, v in cells.items() if v not in (None, "")})
    return found


def _delimiter(text: str, noun: type[Noun]) -> str:
    """The comma, or what a spreadsheet of another country put in its place: the one that shows most known column names."""
    first = text.split("\n", 1)[0].strip()
    names = {*noun.model_fields, REVISION}
    return max(
        ",;\t", key=lambda mark: len(names & {part.strip('" \r') for part in first.split(mark)})
    )


def _yaml_rows(text: str, name: str) -> list[Mapping[str, Any]]:
    try:
        raw = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        sentence = f"The file is not valid YAML: {str(error).splitlines()[0]}."
        raise InputError(Problem("REGISTER_YAML", sentence, "", name)) from None
    rows = raw if raw is not None else []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        sentence = "The file must be a list of rows, each with its fields."
        raise InputError(Problem("REGISTER_YAML", sentence, "", name))
    return rows


def from_rows(
    rows: Iterable[Mapping[str, Any]], noun: type[ItemT], where: str
) -> tuple[ItemT, ...]:
    """Check rows and make items of them.

    Raises:
        InputError: every problem of every row (``REGISTER_FIELD``, ``REGISTER_VALUE``, ``REGISTER_TWICE``).
    """
    items, problems, key = [], [], key_of(noun)
    codes, fields = ("REGISTER_FIELD", "REGISTER_FIELD", "REGISTER_VALUE"), list(noun.model_fields)
    for number, row in enumerate(rows, start=1):
        name = row.get(key)
        place = f"{where}, row {number}" + (f" '{name}'" if name else "")
        try:
            items.append(noun.model_validate(row))
        except ValidationError as error:
            problems += complaints(
                error, codes, place, lambda _: fields, key="field", fill_in="Fill it in."
            )
    for value, count in Counter(str(getattr(item, key)) for item in items).items():
        if count > 1:
            sentence = f"'{value}' is there {count} times as {key}."
            problems.append(Problem("REGISTER_TWICE", sentence, "Keep one row of each.", where))
    if problems:
        raise InputError(problems)
    return tuple(items)
