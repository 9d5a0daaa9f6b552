"""Schema of the store as a list of named steps. A step is never edited after a release; a change is a new step.

Each step is recorded in the transaction that makes it, so a file is always at a whole step. The shape of a *result* is
another matter: results are upgraded when they are read (``formats.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import duckdb
from duckdb import DuckDBPyConnection

from golive import __version__

Migration = Callable[[DuckDBPyConnection], object]
MIGRATIONS: dict[str, Migration] = {}
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
"""Tables of step 4; a register that comes later is a step of its own."""
LATER_TABLES = ("milestone", "policy_file")
"""Tables of step 7."""
MONITOR_TABLES = ("baseline", "batch", "alert", "delivery", "mute", "watch")
"""Tables of step 5."""
REVIEW_TABLES = ("review",)
"""Tables of step 6."""


def _migration(step: Migration) -> Migration:
    MIGRATIONS[step.__name__.lstrip("_")] = step
    return step


@_migration
def _m0001_sessions(cursor: DuckDBPyConnection) -> None:
    cursor.execute("CREATE TABLE project (name VARCHAR PRIMARY KEY, created_at TIMESTAMP NOT NULL)")
    cursor.execute(
        """CREATE TABLE dataset (
            session VARCHAR NOT NULL, role VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, name VARCHAR NOT NULL,
            kind VARCHAR NOT NULL, engine VARCHAR NOT NULL, rows BIGINT NOT NULL, columns INTEGER NOT NULL,
            PRIMARY KEY (session, role))"""
    )
    cursor.execute(
        """CREATE TABLE assessment (
            session VARCHAR NOT NULL, revision INTEGER NOT NULL, project VARCHAR NOT NULL, title VARCHAR NOT NULL,
            created_at TIMESTAMP NOT NULL, saved_at TIMESTAMP NOT NULL, actor VARCHAR NOT NULL, reason VARCHAR NOT NULL,
            sample BOOLEAN NOT NULL, golive VARCHAR NOT NULL, config VARCHAR NOT NULL, config_sha256 VARCHAR NOT NULL,
            format INTEGER NOT NULL, result JSON NOT NULL, verdict VARCHAR NOT NULL, tier VARCHAR NOT NULL,
            readiness_index DOUBLE, low DOUBLE, high DOUBLE, coverage DOUBLE NOT NULL, alarm INTEGER NOT NULL,
            watch INTEGER NOT NULL, quiet INTEGER NOT NULL, cannot_judge INTEGER NOT NULL,
            PRIMARY KEY (session, revision))"""
    )
    cursor.execute(
        """CREATE TABLE audit (
            seq BIGINT PRIMARY KEY, created_at TIMESTAMP NOT NULL, actor VARCHAR NOT NULL, action VARCHAR NOT NULL,
            subject VARCHAR NOT NULL, detail JSON NOT NULL, prev_hash VARCHAR NOT NULL, hash VARCHAR NOT NULL)"""
    )


@_migration
def _m0002_evidence(cursor: DuckDBPyConnection) -> None:
    for table in ("evidence", "decision", "waiver"):
        cursor.execute(
            f"""CREATE TABLE {table} (
                project VARCHAR NOT NULL, id VARCHAR NOT NULL, revision INTEGER NOT NULL, payload JSON NOT NULL,
                deleted BOOLEAN NOT NULL, actor VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL,
                PRIMARY KEY (project, id, revision))"""
        )


@_migration
def _m0003_criteria(cursor: DuckDBPyConnection) -> None:
    cursor.execute(
        """CREATE TABLE criteria (
            project VARCHAR NOT NULL, version INTEGER NOT NULL, payload VARCHAR NOT NULL, sha256 VARCHAR NOT NULL,
            frozen_at TIMESTAMP NOT NULL, actor VARCHAR NOT NULL, reason VARCHAR NOT NULL, PRIMARY KEY (project, version))"""
    )


@_migration
def _m0004_registers(cursor: DuckDBPyConnection) -> None:
    _ledgers(cursor, REGISTER_TABLES)


def _ledgers(cursor: DuckDBPyConnection, names: tuple[str, ...]) -> None:
    """Tables of revised rows, all of one form."""
    for table in names:
        cursor.execute(
            f"""CREATE TABLE {table} (
                project VARCHAR NOT NULL, id VARCHAR NOT NULL, revision INTEGER NOT NULL, payload JSON NOT NULL,
                deleted BOOLEAN NOT NULL, actor VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL,
                PRIMARY KEY (project, id, revision))"""
        )


@_migration
def _m0005_monitors(cursor: DuckDBPyConnection) -> None:
    _ledgers(cursor, MONITOR_TABLES)


@_migration
def _m0006_reviews(cursor: DuckDBPyConnection) -> None:
    _ledgers(cursor, REVIEW_TABLES)


@_migration
def _m0007_milestones_and_policy(cursor: DuckDBPyConnection) -> None:
    _ledgers(cursor, LATER_TABLES)


@_migration
def _m0008_past_audit(cursor: DuckDBPyConnection) -> None:
    """Audit lines of another store, which came with an imported project."""
    cursor.execute(
        """CREATE TABLE past_audit (
            project VARCHAR NOT NULL, seq BIGINT NOT NULL, created_at TIMESTAMP NOT NULL, actor VARCHAR NOT NULL,
            action VARCHAR NOT NULL, subject VARCHAR NOT NULL, detail JSON NOT NULL, prev_hash VARCHAR NOT NULL,
            hash VARCHAR NOT NULL, PRIMARY KEY (project, hash))"""
    )


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
            with suppress(duckdb.Error):  # what went wrong first is what is told
                cursor.execute("ROLLBACK")
            raise
    return names
