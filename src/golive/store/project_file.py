"""A whole project as one file, out of one store and into another: a zip of a manifest and one line of JSON per stored row.

Every row comes with its author and time, and every audit line; every part with its SHA-256. The checksums show damage and
careless changes; they are no signature. Nothing in the file is a row of a dataset. Rows are append-only, so a file can be
imported again, and a later file of the same project adds what is new. Where store and file disagree about a row that both have,
nothing is imported.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from duckdb import DuckDBPyConnection
from pydantic import ValidationError

from golive import __version__
from golive.model.columns import Noun
from golive.model.config import Config
from golive.model.errors import InputError, Problem, StoreError, nearest
from golive.store import audit, formats, monitors, registers, sessions
from golive.store.file import migrations
from golive.store.ledger import Ledger
from golive.store.records import as_dicts, insert

FORMAT = 1
MOST_BYTES = 512_000_000
"""What the parts may hold together when unpacked."""
_MANIFEST = "manifest.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
Row = dict[str, Any]


@dataclass(frozen=True)
class ProjectFile:
    """What a file holds: the project's name, the version that wrote it and when, its rows by table."""

    project: str
    golive: str
    exported_at: str
    rows: Mapping[str, tuple[Row, ...]]


def unpack(data: bytes) -> ProjectFile:
    """What ``export`` wrote, after every checksum was compared.

    Raises:
        StoreError: ``PROJECT_NEWER`` when a later version wrote it.
        InputError: ``PROJECT_FILE`` when it is no such file; ``PROJECT_CHANGED`` for each part that is not as it was written.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
                raise _no_file(f"Its parts hold more than {MOST_BYTES // 1_000_000} MB.")
            names = archive.namelist()
            if _MANIFEST not in names or len(names) != len(set(names)):
                raise _no_file("It has no manifest.")
            manifest = json.loads(archive.read(_MANIFEST))
            _refuse_newer(manifest)
            parts = {name: archive.read(name) for name in names if name != _MANIFEST}
        wrong = _wrong(manifest["parts"], parts)
        if wrong:
            raise InputError(wrong)
        rows = {name.removesuffix(".ndjson"): _rows(part) for name, part in parts.items()}
        return ProjectFile(
            str(manifest["project"]), str(manifest["golive"]), str(manifest["exported_at"]), rows
        )
    except (InputError, StoreError):
        raise
    except (
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RuntimeError,
        NotImplementedError,
        OSError,
    ):
        raise _no_file("It is no zip of parts, or was cut short on its way.") from None


def _refuse_newer(manifest: Any) -> None:
    tables = {name.removesuffix(".ndjson") for name in manifest["parts"]}
    newer = set(manifest["steps"]) - set(migrations.MIGRATIONS)
    if int(manifest["format"]) > FORMAT or newer or tables - set(KEYS):
        sentence = f"This project file was written by GoLive {manifest.get('golive', 'unknown')}; this is {__version__}."
        raise StoreError(Problem("PROJECT_NEWER", sentence, "Upgrade GoLive to import it."))


def _wrong(promised: Mapping[str, Any], parts: Mapping[str, bytes]) -> list[Problem]:
    hint = "Export the project again; do not edit the file."
    missing = "A part of the file is missing."
    strange = "A part is not in the manifest."
    changed = "A part is not as it was written: its checksum differs."
    wrong = [(missing, name) for name in promised if name not in parts]
    wrong += [(strange, name) for name in parts if name not in promised]
    wrong += [
        (changed, name)
        for name, data in parts.items()
        if name in promised and promised[name]["sha256"] != hashlib.sha256(data).hexdigest()
    ]
    return [Problem("PROJECT_CHANGED", sentence, hint, name) for sentence, name in wrong]


def _rows(data: bytes) -> tuple[Row, ...]:
    rows = tuple(json.loads(line) for line in data.decode().split("\n") if line)
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("a row is no object")
    return rows


def _no_file(why: str) -> InputError:
    return InputError(
        Problem(
            "PROJECT_FILE", f"This is no project file. {why}", "`golive project export` writes one."
        )
    )


LEDGERS: dict[str, Ledger[Any]] = {
    one.table: one
    for module in (registers, monitors)
    for one in vars(module).values()
    if isinstance(one, Ledger)
}
KEYS = {
    "assessment": ("session", "revision"),
    "dataset": ("session", "role"),
    "criteria": ("project", "version"),
    "past_audit": ("project", "hash"),
    **dict.fromkeys(LEDGERS, ("project", "id", "revision")),
}
"""Tables of a project file and what names a row in them; the primary keys of the store."""
_OF_SESSION = "SELECT session FROM assessment WHERE project = $project"
_SUBJECTS = " UNION ALL ".join(
    f"SELECT project || '/' || id FROM {t} WHERE project = $project" for t in LEDGERS
)
_IN_PROJECT = {
    "dataset": f"SELECT * FROM dataset WHERE session IN ({_OF_SESSION})",
    # Lines about the project's own sessions, deleted ones included, about its rows, and those that came with it.
    "past_audit": f"""
        SELECT project, seq, created_at, actor, action, subject, detail, prev_hash, hash FROM past_audit
        WHERE project = $project
        UNION ALL
        SELECT $project, seq, created_at, actor, action, subject, detail, prev_hash, hash FROM audit
        WHERE subject = $project OR subject IN ({_OF_SESSION}) OR subject IN ({_SUBJECTS})
            OR subject IN (SELECT subject FROM audit WHERE (detail ->> 'project') = $project)""",
}
_MOST_PROBLEMS = 10


class Imported(Noun):
    """What an import did: rows that were new and rows that were there already."""

    project: str
    sessions: int
    rows: int
    known: int

    @property
    def sentence(self) -> str:
        """What was done, in words."""
        if not self.rows:
            return (
                f"Nothing new: the store holds everything of '{self.project}' that is in the file."
            )
        new = f"{self.sessions} new session{'' if self.sessions == 1 else 's'}"
        known = f" {self.known:,} entries were here already." if self.known else ""
        return f"Imported '{self.project}': {self.rows:,} entries of the store, {new} among them.{known}"


def export(cursor: DuckDBPyConnection, project: str, now: datetime) -> bytes:
    """Everything the store keeps of a project, as a file; equal contents give equal bytes.

    Raises:
        InputError: ``PROJECT_UNKNOWN``.
    """
    names = sessions.projects(cursor)
    if project not in names:
        sentence = f"There is no project '{project}' in this store."
        hint = nearest(project, names) if names else "The store holds none yet."
        raise InputError(Problem("PROJECT_UNKNOWN", sentence, hint))
    parts = {}
    for table, keys in sorted(KEYS.items()):
        wanted = _IN_PROJECT.get(table, f"SELECT * FROM {table} WHERE project = $project")
        order = "seq, hash" if table == "past_audit" else ", ".join(keys)
        cursor.execute(f"SELECT * FROM ({wanted}) ORDER BY {order}", {"project": project})
        parts[f"{table}.ndjson"] = _lines(map(_as_json, as_dicts(cursor)))
    manifest = {
        "format": FORMAT,
        "golive": __version__,
        "project": project,
        "exported_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "steps": list(migrations.applied(cursor)),
        "parts": {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "rows": data.count(b"\n")}
            for name, data in parts.items()
        },
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {_MANIFEST: json.dumps(manifest, indent=2).encode(), **parts}.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _lines(rows: Iterable[Row]) -> bytes:
    return "".join(
        json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows
    ).encode()


def _as_json(row: Row) -> Row:
    return {
        k: v.isoformat(timespec="microseconds") if isinstance(v, datetime) else v
        for k, v in row.items()
    }


def put_in(cursor: DuckDBPyConnection, file: ProjectFile, *, actor: str, now: datetime) -> Imported:
    """Add the rows of a file that the store does not have, with an audit line each, in the caller's transaction.

    Raises:
        InputError: ``PROJECT_CHANGED`` for rows that are not what their audit line says or that make no sense.
        StoreError: ``PROJECT_CONFLICT`` for rows that the store holds with another content; ``STORE_NEWER`` for a result of
            a later version.
    """
    problems = [p for table, rows in file.rows.items() for p in _problems(table, rows, file)]
    if problems:
        raise InputError(problems[:_MOST_PROBLEMS])
    problems, known = [], 0
    new: dict[str, list[Row]] = {}
    for table, rows in file.rows.items():
        stored = _stored(cursor, table)
        new[table] = [row for row in rows if _name(table, row) not in stored]
        known += len(rows) - len(new[table])
        sentence = f"The store holds another {table.replace('_', ' ')} of that name."
        problems += [
            Problem("PROJECT_CONFLICT", sentence, "", _name(table, row))
            for row in rows
            if stored.get(_name(table, row), _digest(table, row)) != _digest(table, row)
        ]
    if problems:
        hint = "Nothing was imported. Import into a store of its own (--store) to look at both."
        *others, last = problems[:_MOST_PROBLEMS]
        raise StoreError([*others, replace(last, hint=hint)])
    sessions.add_project(cursor, file.project, now)
    lines: list[tuple[str, str, dict[str, Any]]] = []
    for table, added in new.items():
        insert(cursor, table, added)
        lines += [
            (f"{noun}.import", subject, {"revision": revision, "sha256": digest})
            for noun, subject, revision, digest in _subjects(table, added)
        ]
    count = sum(map(len, new.values()))
    if count:
        summary = {"rows": count, "golive": file.golive, "exported_at": file.exported_at}
        audit.append_many(cursor, now, actor, [*lines, ("project.import", file.project, summary)])
    fresh = {row["session"] for row in new.get("assessment", ())}
    return Imported(project=file.project, sessions=len(fresh), rows=count, known=known)


def _name(table: str, row: Row) -> str:
    return "/".join(str(row[key]) for key in KEYS[table])


def _digest(table: str, row: Row) -> str:
    """What two rows of the same name must share."""
    if table == "assessment":
        return audit.sha256(row["result"] + row["config"])
    if table in LEDGERS or table == "criteria":
        return audit.sha256(row["payload"])
    return str(row["hash"] if table == "past_audit" else row["sha256"])


_DIGEST = {"assessment": "sha256(result::VARCHAR || config)", "dataset": "sha256"}


def _stored(cursor: DuckDBPyConnection, table: str) -> dict[str, str]:
    """What the store holds of a table, by name. A line of its own chain need not come back as one of another store."""
    if table == "past_audit":
        rows = cursor.execute("SELECT project || '/' || hash, hash FROM past_audit").fetchall()
        own = cursor.execute("SELECT name || '/' || hash, hash FROM project, audit").fetchall()
        return dict([*rows, *own])
    name = " || '/' || ".join(KEYS[table])
    digest = _DIGEST.get(table, "sha256(payload::VARCHAR)")
    return dict(cursor.execute(f"SELECT {name}, {digest} FROM {table}").fetchall())


def _problems(table: str, rows: tuple[Row, ...], file: ProjectFile) -> Iterator[Problem]:
    """Rows that are not what they say they are."""
    written = {
        f"{line['action'].split('.')[0]} {line['subject']} {detail['revision']}": detail["sha256"]
        for line in file.rows.get("past_audit", ())
        if "sha256" in (detail := json.loads(line["detail"]))
    }
    of_project = {row["session"] for row in file.rows.get("assessment", ())}
    for row in rows:
        try:
            mine = (
                row["session"] in of_project
                if table == "dataset"
                else row["project"] == file.project
            )
            recorded = all(
                written.get(f"{noun} {subject} {revision}") == digest
                for noun, subject, revision, digest in _subjects(table, [row])
            )
            if not mine or not recorded:
                sentence = f"A row of {table} is not what was stored."
                yield Problem("PROJECT_CHANGED", sentence, "", _name(table, row))
            else:
                _check(table, row)
        except (KeyError, TypeError, AttributeError, ValueError, ValidationError):
            sentence = f"A row of {table} makes no sense."
            yield Problem("PROJECT_CHANGED", sentence, "Export the project again.")


def _check(table: str, row: Row) -> None:
    """Read a row as its noun does; what the card of a session says follows from its result."""
    if table in LEDGERS:
        item = LEDGERS[table].noun.model_validate_json(row["payload"])
        if LEDGERS[table].key(item) != row["id"]:
            raise ValueError("the row has the name of another")
    elif table == "assessment":
        assessment = formats.read(json.loads(row["result"]))
        Config.model_validate(json.loads(row["config"]))
        facts = sessions.facts_of(assessment)
        if any(row[name] != value for name, value in facts.items()):
            raise ValueError("the card does not fit the result")
    elif table == "past_audit":
        words = (row[k] for k in ("actor", "action", "subject", "detail", "prev_hash"))
        line = (row["seq"], datetime.fromisoformat(row["created_at"]), *words)
        if audit.line_hash(*line) != row["hash"]:
            raise ValueError("the line does not have its hash")


def _subjects(table: str, rows: list[Row]) -> Iterator[tuple[str, str, int, str]]:
    """Noun, subject, revision and hash that the chain holds of rows."""
    for row in rows:
        if table == "assessment":
            yield "session", row["session"], row["revision"], _digest(table, row)
        elif table == "criteria":
            yield "criteria", row["project"], row["version"], row["sha256"]
        elif table in LEDGERS:
            yield table, f"{row['project']}/{row['id']}", row["revision"], _digest(table, row)
