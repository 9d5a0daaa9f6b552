"""JSON and NDJSON: every value as the text that was written; only ``null``, an absent key and ``""`` are missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb
import ibis.expr.types as ir

from golive.intake.base.dataset import check_names
from golive.intake.base.workspace import Workspace, name, text
from golive.intake.formats.plaintext import as_utf8
from golive.model.errors import InputError, Problem

_LONGEST = 256_000_000


def load(files: Sequence[Path], space: Workspace) -> ir.Table:
    """Read arrays of objects, or one object per line, into a table of text columns (keys in order of first appearance).

    Numbers keep their decimals (``63.0`` stays ``63.0``); nested values stay JSON text, which is noted.

    Raises:
        InputError: ``NOT_JSON``, ``NOT_RECORDS``, ``HEADER_ONLY`` (no objects), and those of names and plain text.
    """
    plain = [as_utf8(file, space) for file in files]
    where = ", ".join(f.name for f in files[:3])
    paths = f"[{', '.join(map(text, plain))}]"
    options = f"maximum_object_size = {_LONGEST}"
    try:
        keys = space.sql(
            f"""WITH object AS (SELECT json, row_number() OVER () AS i FROM read_json_objects({paths}, {options})),
                     key AS (SELECT unnest(json_keys(json)) AS k, generate_subscripts(json_keys(json), 1) AS place, i
                             FROM object WHERE json_type(json) = 'OBJECT')
                SELECT k FROM key GROUP BY k ORDER BY min(i), min(place)"""
        )
        others = space.sql(
            f"SELECT count(*) FROM read_json_objects({paths}, {options}) WHERE json_type(json) <> 'OBJECT'"
        )
    except duckdb.Error as error:
        raise _not_json(error, where) from None
    if int(str(others[0][0])):
        entries = (
            f"{others[0][0]:,} entries are not objects"
            if others[0][0] != 1
            else "1 entry is not an object"
        )
        sentence = f"{entries} with named values."
        raise InputError(
            Problem("NOT_RECORDS", sentence, "Write one object per row: [{...}, {...}].", where)
        )
    written = [str(k[0]) for k in keys]
    if not written:
        raise InputError(
            Problem(
                "HEADER_ONLY", "There are no objects with values in it.", "Export it again.", where
            )
        )
    names = check_names(written, where, space.limits)
    columns = ", ".join(f"{text(c)}: 'VARCHAR'" for c in written)
    renamed = ", ".join(
        f"nullif({name(w)}, '') AS {name(n)}" for w, n in zip(written, names, strict=True)
    )
    try:
        space.sql(
            f"CREATE TABLE data AS SELECT {renamed} FROM read_json({paths}, columns = {{{columns}}}, {options})"
        )
        nested = space.sql(
            f"""SELECT count(*) FROM read_json_objects({paths}, {options})
                WHERE list_has_any(json_type(json, {_paths(written)}), ['OBJECT', 'ARRAY'])"""
        )
    except duckdb.Error as error:
        raise _not_json(error, where) from None
    if _is_by_column(space, paths, options, written):
        sentence = f"It holds one object whose {len(written):,} values are objects: a table written column by column."
        hint = "Write one object per row: [{...}, {...}]; in pandas to_json(orient='records')."
        inside = space.sql(
            f"SELECT json_type(json, {_paths(written)}) FROM read_json_objects({paths}, {options})"
        )
        if inside == [(["ARRAY"],)]:
            sentence = f"It holds one object; its rows stand under '{written[0]}'."
            hint = "Write the list alone: [{...}, {...}]."
        raise InputError(Problem("NOT_RECORDS", sentence, hint, where))
    if count := int(str(nested[0][0])):
        space.note(
            "NESTED_JSON",
            f"{count:,} rows hold nested values; they are read as JSON text.",
            "",
            where,
        )
    return space.duck.table("data")


def _is_by_column(space: Workspace, paths: str, options: str, keys: Sequence[str]) -> bool:
    """Whether the source is a single object of nothing but objects or lists, which is how pandas writes a frame by default."""
    plain = f"NOT list_has_all(['OBJECT', 'ARRAY'], json_type(json, {_paths(keys)}))"
    found = space.sql(
        f"SELECT count(*), count(*) FILTER ({plain}) FROM read_json_objects({paths}, {options})"
    )
    return found[0] == (1, 0)


def _paths(keys: Sequence[str]) -> str:
    quoted = (key.replace("\\", "\\\\").replace('"', '\\"') for key in keys)
    return "[" + ", ".join(text(f'$."{key}"') for key in quoted) + "]"


def _not_json(error: duckdb.Error, where: str) -> InputError:
    first = str(error).splitlines()[0]
    if twice := re.search(r'has duplicate key "([^"]*)"$', first):
        sentence = f"An object has the key '{twice[1]}' twice."
        return InputError(
            Problem("DUPLICATE_COLUMNS", sentence, "Give every value its own key.", where)
        )
    # The message of the reader may repeat a value of the file: only its place is kept.
    place = str(error).partition(", at byte ")[2].partition(":")[0]
    at = f" (at byte {place})" if place else ""
    hint = "Write an array of objects, or one object per line (.ndjson)."
    return InputError(Problem("NOT_JSON", f"The file is not valid JSON{at}.", hint, where))
