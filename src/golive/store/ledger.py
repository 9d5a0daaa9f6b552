"""Rows that people and monitors write and change: evidence, decisions, waivers, registers, alerts. Every change is a new
revision; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Generic, NamedTuple

from duckdb import DuckDBPyConnection

from golive.model.errors import Problem, StoreError
from golive.store import audit, sessions
from golive.store.file.database import Database
from golive.store.records import ItemT, Revised


@lru_cache(maxsize=20_000)
def _read(noun: type[ItemT], payload: str) -> ItemT:
    """An item from its text. Items are frozen and a revision never changes, so each is read once, however often a page asks."""
    return noun.model_validate_json(payload)


def _by_id(item: Any) -> str:
    return str(item.id)


@dataclass(frozen=True)
class Change:
    """One row to write: the item, the revision its writer has seen, and whether it is taken out.

    ``revision`` is 0 for a new row, and ``None`` where the present one was read in the same transaction, whatever it is.
    """

    item: Any
    revision: int | None = 0
    deleted: bool = False


class _Last(NamedTuple):
    """The latest revision of a row; 0 when it never was."""

    revision: int = 0
    actor: str = ""
    at: datetime | None = None
    deleted: bool = False


@dataclass(frozen=True)
class Ledger(Generic[ItemT]):
    """One append-only table of revised items, all keyed by project and the item's own id."""

    table: str
    noun: type[ItemT]
    key: Callable[[ItemT], str] = _by_id

    def current(self, cursor: DuckDBPyConnection, project: str) -> tuple[Revised[ItemT], ...]:
        """The latest revision of every item of ``project`` that was not deleted, oldest item first."""
        cursor.execute(
            f"""SELECT payload, revision, actor, created_at, deleted FROM {self.table} WHERE project = ?
                QUALIFY row_number() OVER (PARTITION BY id ORDER BY revision DESC) = 1 AND NOT deleted
                ORDER BY min(created_at) OVER (PARTITION BY id), id""",
            [project],
        )
        return self._revised(cursor)

    def history(
        self, cursor: DuckDBPyConnection, project: str, item_id: str
    ) -> tuple[Revised[ItemT], ...]:
        """Every revision of one item, newest first, deletions included."""
        cursor.execute(
            f"SELECT payload, revision, actor, created_at, deleted FROM {self.table} "
            "WHERE project = ? AND id = ? ORDER BY revision DESC",
            [project, item_id],
        )
        return self._revised(cursor)

    def _revised(self, cursor: DuckDBPyConnection) -> tuple[Revised[ItemT], ...]:
        return tuple(
            Revised(
                item=_read(self.noun, payload),
                revision=revision,
                actor=actor,
                created_at=at.replace(tzinfo=UTC),
                deleted=deleted,
            )
            for payload, revision, actor, at, deleted in cursor.fetchall()
        )

    def latest(
        self, cursor: DuckDBPyConnection, project: str, ids: Sequence[str]
    ) -> dict[str, _Last]:
        """The latest revision of each row of ``ids`` that ever was, in one query."""
        rows = cursor.execute(
            f"""SELECT id, max(revision), arg_max(actor, revision), arg_max(created_at, revision), arg_max(deleted, revision)
                FROM {self.table} WHERE project = ? AND id IN (SELECT unnest(?)) GROUP BY id""",
            [project, list(ids)],
        ).fetchall()
        return {key: _Last(*last) for key, *last in rows}

    def refusal(self, key: str, change: Change, last: _Last) -> Problem | None:
        """Why a change cannot follow the latest revision; ``None`` when it can."""
        row = f"{self.table.replace('_', ' ')} '{key}'"
        if change.deleted and (last.revision == 0 or last.deleted):
            sentence = f"There is no {row} any more."
            return Problem("NOT_FOUND", sentence, "Reload to see what is there.")
        if change.revision in (None, last.revision) or (change.revision == 0 and last.deleted):
            return None
        if last.at is None:
            sentence = f"The {row} does not exist any more."
        else:
            verb = "deleted" if last.deleted else "changed"
            sentence = f"The {row} was {verb} by {last.actor} on {last.at:%d %b %Y %H:%M} UTC (revision {last.revision})."
        return Problem("CONFLICT", sentence, "Reload to see the change, then save again.")


@dataclass(frozen=True)
class Transaction:
    """All of it is stored or nothing: the cursor, the project, who writes, and when (naive UTC)."""

    cursor: DuckDBPyConnection
    project: str
    actor: str
    now: datetime

    def put(self, ledger: Ledger[ItemT], *items: ItemT) -> None:
        """Append the next revision of each item, whose present one was read in this transaction."""
        self.write(ledger, [Change(item, None) for item in items])

    def write(self, ledger: Ledger[Any], changes: Sequence[Change]) -> tuple[int, ...]:
        """Append a revision with its audit line for each change and return their numbers.

        Raises:
            StoreError: every row that someone else has changed or removed in between (``CONFLICT``, ``NOT_FOUND``).
        """
        if not changes:
            return ()
        sessions.add_project(self.cursor, self.project, self.now)
        known = ledger.latest(self.cursor, self.project, [ledger.key(c.item) for c in changes])
        problems, rows, lines = [], [], []
        for change in changes:
            key = ledger.key(change.item)
            last = known.get(key, _Last())
            problem = ledger.refusal(key, change, last)
            if problem is not None:
                problems.append(problem)
                continue
            revision, payload = last.revision + 1, change.item.model_dump_json()
            known[key] = _Last(revision, self.actor, self.now, change.deleted)
            rows.append((key, revision, payload, change.deleted))
            verb = "delete" if change.deleted else "put"
            detail = {"revision": revision, "sha256": audit.sha256(payload)}
            lines.append((f"{ledger.table}.{verb}", f"{self.project}/{key}", detail))
        if problems:
            raise StoreError(problems)
        columns = [list(part) for part in zip(*rows, strict=True)]
        self.cursor.execute(
            f"INSERT INTO {ledger.table} SELECT ?, unnest(?), unnest(?), unnest(?), unnest(?), ?, ?",
            [self.project, *columns, self.actor, self.now],
        )
        audit.append_many(self.cursor, self.now, self.actor, lines)
        return tuple(columns[1])


class LedgerStore:
    """Ledgers of all projects; it shares the file and the clock of its store."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    @contextmanager
    def _writing(self, project: str, actor: str) -> Iterator[Transaction]:
        with self._database.write() as cursor:
            yield Transaction(cursor, project, actor, self._now())

    def current(self, ledger: Ledger[ItemT], project: str) -> tuple[Revised[ItemT], ...]:
        """Rows of one ledger with revisions, oldest first."""
        with self._database.cursor() as cursor:
            return ledger.current(cursor, project)

    def items(self, ledger: Ledger[ItemT], project: str) -> tuple[ItemT, ...]:
        """Rows of one ledger without revisions."""
        return tuple(entry.item for entry in self.current(ledger, project))

    def history(
        self, ledger: Ledger[ItemT], project: str, item_id: str
    ) -> tuple[Revised[ItemT], ...]:
        """Every revision of one row, newest first, deletions included."""
        with self._database.cursor() as cursor:
            return ledger.history(cursor, project, item_id)

    def put(
        self,
        ledger: Ledger[ItemT],
        item: ItemT,
        *,
        project: str,
        actor: str,
        revision: int = 0,
        deleted: bool = False,
    ) -> int:
        """Store one row, or take it out of use, and return its new revision. Raises StoreError ``CONFLICT``, ``NOT_FOUND``."""
        with self._writing(project, actor) as transaction:
            return transaction.write(ledger, [Change(item, revision, deleted)])[0]

    def write(
        self, ledger: Ledger[ItemT], changes: Sequence[Change], *, project: str, actor: str
    ) -> int:
        """Write all changes of one ledger, or none of them. Returns how many rows were written.

        Raises:
            StoreError: every row that someone else has changed or removed in between (``CONFLICT``, ``NOT_FOUND``).
        """
        if changes:
            with self._writing(project, actor) as transaction:
                transaction.write(ledger, changes)
        return len(changes)
