"""Schema of the store as a list of named steps. A step is never edited after a release; a change is a new step.

Each step is recorded in the transaction that makes it, so a file is always at a whole step. The shape of a *result* is
another matter: results are upgraded when they are read (``formats.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

import duckdb
from duckdb import DuckDBPyConnection

from golive import __version__

Migration = Callable[[DuckDBPyConnection], object]
REGISTER_TABLES = (
    "scope_item",
    "deferral",
    "decision_row",
    "owner_row",
    "kpi",
    "value_line",
    "event",
    "manifest",
    "training",
    "drill",
    "hazard",
    "plan_row",
    "proposal",
)
"""Registers of step 4; one that comes later is a step of its own."""
LATER_TABLES = ("milestone", "policy_file")
MONITOR_TABLES = ("baseline", "batch", "alert", "delivery", "mute", "watch")
REVIEW_TABLES = ("review",)
_FIRST_TABLES = ("evidence", "decision", "waiver")
LEDGER_TABLES = (*_FIRST_TABLES, *REGISTER_TABLES, *MONITOR_TABLES, *REVIEW_TABLES, *LATER_TABLES)
"""Every table of revised rows, all of one form."""
_REVISED = """
    project VARCHAR NOT NULL, id VARCHAR NOT NULL, revision INTEGER NOT NULL, payload JSON NOT NULL,
    deleted BOOLEAN NOT NULL, actor VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL, PRIMARY KEY (project, id, revision)"""
_SESSIONS = {
    "project": "name VARCHAR PRIMARY KEY, created_at TIMESTAMP NOT NULL",
    "dataset": """
        session VARCHAR NOT NULL, role VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, name VARCHAR NOT NULL,
        kind VARCHAR NOT NULL, engine VARCHAR NOT NULL, rows BIGINT NOT NULL, columns INTEGER NOT NULL,
        PRIMARY KEY (session, role)""",
    "assessment": """
        session VARCHAR NOT NULL, revision INTEGER NOT NULL, project VARCHAR NOT NULL, title VARCHAR NOT NULL,
        created_at TIMESTAMP NOT NULL, saved_at TIMESTAMP NOT NULL, actor VARCHAR NOT NULL, reason VARCHAR NOT NULL,
        sample BOOLEAN NOT NULL, golive VARCHAR NOT NULL, config VARCHAR NOT NULL, config_sha256 VARCHAR NOT NULL,
        format INTEGER NOT NULL, result JSON NOT NULL, verdict VARCHAR NOT NULL, tier VARCHAR NOT NULL,
        readiness_index DOUBLE, low DOUBLE, high DOUBLE, coverage DOUBLE NOT NULL, alarm INTEGER NOT NULL,
        watch INTEGER NOT NULL, quiet INTEGER NOT NULL, cannot_judge INTEGER NOT NULL,
        PRIMARY KEY (session, revision)""",
    "audit": """
        seq BIGINT PRIMARY KEY, created_at TIMESTAMP NOT NULL, actor VARCHAR NOT NULL, action VARCHAR NOT NULL,
        subject VARCHAR NOT NULL, detail JSON NOT NULL, prev_hash VARCHAR NOT NULL, hash VARCHAR NOT NULL""",
}
_CRITERIA = {
    "criteria": """
        project VARCHAR NOT NULL, version INTEGER NOT NULL, payload VARCHAR NOT NULL, sha256 VARCHAR NOT NULL,
        frozen_at TIMESTAMP NOT NULL, actor VARCHAR NOT NULL, reason VARCHAR NOT NULL, PRIMARY KEY (project, version)"""
}
_PAST_AUDIT = {
    "past_audit": """
        project VARCHAR NOT NULL, seq BIGINT NOT NULL, created_at TIMESTAMP NOT NULL, actor VARCHAR NOT NULL,
        action VARCHAR NOT NULL, subject VARCHAR NOT NULL, detail JSON NOT NULL, prev_hash VARCHAR NOT NULL,
        hash VARCHAR NOT NULL, PRIMARY KEY (project, hash)"""
}
"""Audit lines of another store, which came with an imported project."""


def _create(new: Mapping[str, str]) -> Migration:
    """The step that makes tables, by name with their columns."""

    def step(cursor: DuckDBPyConnection) -> None:
        for name, columns in new.items():
            cursor.execute(f"CREATE TABLE {name} ({columns})")

    return step


MIGRATIONS: dict[str, Migration] = {
    "m0001_sessions": _create(_SESSIONS),
    "m0002_evidence": _create(dict.fromkeys(_FIRST_TABLES, _REVISED)),
    "m0003_criteria": _create(_CRITERIA),
    "m0004_registers": _create(dict.fromkeys(REGISTER_TABLES, _REVISED)),
    "m0005_monitors": _create(dict.fromkeys(MONITOR_TABLES, _REVISED)),
    "m0006_reviews": _create(dict.fromkeys(REVIEW_TABLES, _REVISED)),
    "m0007_milestones_and_policy": _create(dict.fromkeys(LATER_TABLES, _REVISED)),
    "m0008_past_audit": _create(_PAST_AUDIT),
}


def tables(cursor: DuckDBPyConnection) -> set[str]:
    """Names of the tables in the current database."""
    rows = cursor.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_catalog = current_database()"
    ).fetchall()
    return {name for (name,) in rows}


def applied(cursor: DuckDBPyConnection) -> dict[str, str]:
    """``{step: version of GoLive that applied it}``, in the order of application; empty for a new file."""
    if "migration" not in tables(cursor):
        return {}
    rows = cursor.execute(
        "SELECT name, app_version FROM migration ORDER BY applied_at, name"
    ).fetchall()
    return dict(rows)


def pending(cursor: DuckDBPyConnection) -> list[str]:
    """Steps that this version knows and the file does not have."""
    done = applied(cursor)
    return [name for name in MIGRATIONS if name not in done]


def migrate(cursor: DuckDBPyConnection) -> list[str]:
    """Apply every pending step, each in its own transaction, and return their names."""
    names = pending(cursor)
    for name in names:
        cursor.execute("BEGIN")
        try:
            cursor.execute(
                "CREATE TABLE IF NOT EXISTS migration "
                "(name VARCHAR PRIMARY KEY, applied_at TIMESTAMP NOT NULL, app_version VARCHAR NOT NULL)"
            )
            MIGRATIONS[name](cursor)
            now = datetime.now(UTC).replace(tzinfo=None)
            cursor.execute("INSERT INTO migration VALUES (?, ?, ?)", [name, now, __version__])
            cursor.execute("COMMIT")
        except BaseException:
            with suppress(duckdb.Error):  # what went wrong first is what is raised
                cursor.execute("ROLLBACK")
            raise
    return names
