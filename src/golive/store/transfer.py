"""A project out of one store and into another: every row with its author and time, every audit line, in one transaction.

Rows are append-only, so a file can be imported again, and a later file of the same project adds what is new. Where store and
file disagree about a row that both have, nothing is imported.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from duckdb import DuckDBPyConnection
from pydantic import ValidationError

from golive import __version__
from golive.model.columns import Noun
from golive.model.config import Config
from golive.model.errors import InputError, Problem, StoreError, nearest
from golive.store import audit, formats, ledger, monitors, registers, reviews, sessions
from golive.store.file import migrations
from golive.store.ledger import Ledger
from golive.store.project_file import ProjectFile, Row

LEDGERS: dict[str, Ledger[Any]] = {
    kept.table: kept
    for module in (ledger, registers, monitors, reviews)
    for kept in vars(module).values()
    if isinstance(kept, Ledger)
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
        kept = f" {self.known:,} entries were here already." if self.known else ""
        return f"Imported '{self.project}': {self.rows:,} entries of the store, {new} among them.{kept}"


def take_out(cursor: DuckDBPyConnection, project: str, now: datetime) -> ProjectFile:
    """Everything the store keeps of a project.

    Raises:
        InputError: ``PROJECT_UNKNOWN``.
    """
    names = [
        name for (name,) in cursor.execute("SELECT name FROM project ORDER BY name").fetchall()
    ]
    if project not in names:
        hint = nearest(project, names) if names else "The store holds none yet."
        raise InputError(
            Problem("PROJECT_UNKNOWN", f"There is no project '{project}' in this store.", hint)
        )
    rows = {}
    for table, keys in KEYS.items():
        wanted = _IN_PROJECT.get(table, f"SELECT * FROM {table} WHERE project = $project")
        order = "seq, hash" if table == "past_audit" else ", ".join(keys)
        cursor.execute(f"SELECT * FROM ({wanted}) ORDER BY {order}", {"project": project})
        columns = [column[0] for column in cursor.description or ()]
        rows[table] = tuple(
            _told(dict(zip(columns, row, strict=True))) for row in cursor.fetchall()
        )
    steps = tuple(migrations.applied(cursor))
    return ProjectFile(project, __version__, now.strftime("%Y-%m-%dT%H:%M:%SZ"), steps, rows)


def _told(row: Row) -> Row:
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
        held = _held(cursor, table)
        new[table] = [row for row in rows if _name(table, row) not in held]
        known += len(rows) - len(new[table])
        problems += [
            Problem(
                "PROJECT_CONFLICT",
                f"The store holds another {table.replace('_', ' ')} of that name.",
                "",
                _name(table, row),
            )
            for row in rows
            if held.get(_name(table, row), _digest(table, row)) != _digest(table, row)
        ]
    if problems:
        hint = "Nothing was imported. Import into a store of its own (--store) to look at both."
        last = problems[:_MOST_PROBLEMS]
        raise StoreError(
            [*last[:-1], Problem(last[-1].code, last[-1].sentence, hint, last[-1].where)]
        )
    sessions.add_project(cursor, file.project, now)
    lines = []
    for table, added in new.items():
        _insert(cursor, table, added)
        lines += list(_lines(table, added))
    count = sum(map(len, new.values()))
    if count:
        summary = {"rows": count, "golive": file.golive, "exported_at": file.exported_at}
        audit.append_many(cursor, now, actor, [*lines, ("project.import", file.project, summary)])
    made = {row["session"] for row in new.get("assessment", ())}
    return Imported(project=file.project, sessions=len(made), rows=count, known=known)


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


def _held(cursor: DuckDBPyConnection, table: str) -> dict[str, str]:
    """What the store holds of a table, by name. A line of its own chain need not come back as one of another store."""
    if table == "past_audit":
        rows = cursor.execute("SELECT project || '/' || hash, hash FROM past_audit").fetchall()
        own = cursor.execute("SELECT name || '/' || hash, hash FROM project, audit").fetchall()
        return dict([*rows, *own])
    name = " || '/' || ".join(KEYS[table])
    return dict(
        cursor.execute(
            f"SELECT {name}, {_DIGEST.get(table, 'sha256(payload::VARCHAR)')} FROM {table}"
        ).fetchall()
    )


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
            told = {
                f"{noun} {subject} {revision}": digest
                for noun, subject, revision, digest in _subjects(table, [row])
            }
            if not mine or any(written.get(name) != digest for name, digest in told.items()):
                yield Problem(
                    "PROJECT_CHANGED",
                    f"A row of {table} is not what was stored.",
                    "",
                    _name(table, row),
                )
                continue
            _check(table, row)
        except (KeyError, TypeError, AttributeError, ValueError, ValidationError):
            yield Problem(
                "PROJECT_CHANGED", f"A row of {table} makes no sense.", "Export the project again."
            )


def _check(table: str, row: Row) -> None:
    """Read a row as its noun does; what the card of a session says follows from its result."""
    if table in LEDGERS:
        item = LEDGERS[table].noun.model_validate_json(row["payload"])
        if LEDGERS[table].key(item) != row["id"]:
            raise ValueError("the row has the name of another")
    elif table == "assessment":
        assessment = formats.read(json.loads(row["result"]))
        Config.model_validate(json.loads(row["config"]))
        said = sessions.facts_of(assessment)
        if any(row[name] != value for name, value in said.items()):
            raise ValueError("the card does not fit the result")
    elif table == "past_audit":
        line = (
            row["seq"],
            datetime.fromisoformat(row["created_at"]),
            *(row[k] for k in ("actor", "action", "subject", "detail", "prev_hash")),
        )
        if audit.line_hash(*line) != row["hash"]:
            raise ValueError("the line does not have its hash")


def _insert(cursor: DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    if not rows:
        return
    columns = [
        name for (name,) in cursor.execute(f"SELECT column_name FROM (DESCRIBE {table})").fetchall()
    ]
    marks = ", ".join("?" * len(columns))
    cursor.executemany(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",
        [[r[c] for c in columns] for r in rows],
    )


def _subjects(table: str, rows: list[Row]) -> Iterator[tuple[str, str, int, str]]:
    """Noun, subject, revision and hash that the chain holds of rows."""
    for row in rows:
        if table == "assessment":
            yield "session", row["session"], row["revision"], _digest(table, row)
        elif table == "criteria":
            yield "criteria", row["project"], row["version"], row["sha256"]
        elif table in LEDGERS:
            yield table, f"{row['project']}/{row['id']}", row["revision"], _digest(table, row)


def _lines(table: str, rows: list[Row]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for noun, subject, revision, digest in _subjects(table, rows):
        yield f"{noun}.import", subject, {"revision": revision, "sha256": digest}
