"""JSON and NDJSON: every value as the text that was written; only ``null``, an absent key and ``""`` are missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb
import ibis.expr.types as ir

from golive.intake.base.dataset import check_names
from golive.intake.base.workspace import Workspace, name, text, texts
from golive.intake.formats.plaintext import as_utf8
from golive.model.errors import InputError, Problem

_LONGEST = 256_000_000


def load(files: Sequence[Path], space: Workspace) -> ir.Table:
    """Read arrays of objects, or one object per line, into a table of text columns (keys in order of first appearance).

    Numbers keep their decimals (``63.0`` stays ``63.0``); nested values stay JSON text, which is noted.

    Raises:
        InputError: ``NOT_JSON``, ``NOT_RECORDS``, ``HEADER_ONLY`` (no objects), and those of names and plain text.
    """
    plain = texts(as_utf8(file, space) for file in files)
    where = ", ".join(f.name for f in files[:3])
    options = f"maximum_object_size = {_LONGEST}"
    objects = f"read_json_objects({plain}, {options})"
    try:
        keys = space.sql(
            f"""WITH object AS (SELECT json, row_number() OVER () AS i FROM {objects}),
                     key AS (SELECT unnest(json_keys(json)) AS k, generate_subscripts(json_keys(json), 1) AS place, i
                             FROM object WHERE json_type(json) = 'OBJECT')
                SELECT k FROM key GROUP BY k ORDER BY min(i), min(place)"""
        )
        (others,) = space.counts(
            f"SELECT count(*) FROM {objects} WHERE json_type(json) <> 'OBJECT'"
        )
    except duckdb.Error as error:
        raise _not_json(error, where) from None
    if others:
        entries = (
            f"{others:,} entries are not objects" if others != 1 else "1 entry is not an object"
        )
        hint = "Write one object per row: [{...}, {...}]."
        raise InputError(Problem("NOT_RECORDS", f"{entries} with named values.", hint, where))
    written = [k for (k,) in keys]
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
    quoted = (key.replace("\\", "\\\\").replace('"', '\\"') for key in written)
    types = "json_type(json, {})".format(texts(f'$."{key}"' for key in quoted))
    try:
        space.sql(
            f"CREATE TABLE data AS SELECT {renamed} FROM read_json({plain}, columns = {{{columns}}}, {options})"
        )
        # One object of nothing but objects or lists is how pandas writes a frame by default
        total, flat, nested = space.counts(
            f"""SELECT count(*), count(*) FILTER (NOT list_has_all(['OBJECT', 'ARRAY'], {types})),
                       count(*) FILTER (list_has_any({types}, ['OBJECT', 'ARRAY'])) FROM {objects}"""
        )
    except duckdb.Error as error:
        raise _not_json(error, where) from None
    if (total, flat) == (1, 0):
        sentence = f"It holds one object whose {len(written):,} values are objects: a table written column by column."
        hint = "Write one object per row: [{...}, {...}]; in pandas to_json(orient='records')."
        if space.sql(f"SELECT {types} FROM {objects}") == [(["ARRAY"],)]:
            sentence = f"It holds one object; its rows stand under '{written[0]}'."
            hint = "Write the list alone: [{...}, {...}]."
        raise InputError(Problem("NOT_RECORDS", sentence, hint, where))
    if nested:
        sentence = f"{nested:,} rows hold nested values; they are read as JSON text."
        space.note("NESTED_JSON", sentence, "", where)
    return space.duck.table("data")


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
