"""Items that people write and change: evidence, decisions, waivers. Every change is a new revision; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Generic

from duckdb import DuckDBPyConnection

from golive.model.errors import Problem, StoreError
from golive.model.readiness import EvidenceItem, Waiver
from golive.store import audit
from golive.store.records import Decision, ItemT, Revised


@lru_cache(maxsize=20_000)
def _read(noun: type[ItemT], payload: str) -> ItemT:
    """An item from its text. Items are frozen and a revision never changes, so each is read once, however often a page asks."""
    return noun.model_validate_json(payload)


@dataclass(frozen=True)
class Ledger(Generic[ItemT]):
    """One append-only table of revised items, all keyed by project and the item's own id."""

    table: str
    noun: type[ItemT]
    key: Callable[[ItemT], str]

    def current(self, cursor: DuckDBPyConnection, project: str) -> tuple[Revised[ItemT], ...]:
        """The latest revision of every item of ``project`` that was not deleted, oldest item first."""
        rows = cursor.execute(
            f"""SELECT payload, revision, actor, created_at, deleted FROM {self.table} WHERE project = ?
                QUALIFY row_number() OVER (PARTITION BY id ORDER BY revision DESC) = 1 AND NOT deleted
                ORDER BY min(created_at) OVER (PARTITION BY id), id""",
            [project],
        ).fetchall()
        return tuple(self._revised(*row) for row in rows)

    def history(
        self, cursor: DuckDBPyConnection, project: str, item_id: str
    ) -> tuple[Revised[ItemT], ...]:
        """Every revision of one item, newest first, deletions included."""
        rows = cursor.execute(
            f"SELECT payload, revision, actor, created_at, deleted FROM {self.table} "
            "WHERE project = ? AND id = ? ORDER BY revision DESC",
            [project, item_id],
        ).fetchall()
        return tuple(self._revised(*row) for row in rows)

    def put(
        self,
        cursor: DuckDBPyConnection,
        item: ItemT,
        *,
        project: str,
        actor: str,
        expected: int,
        now: datetime,
        deleted: bool = False,
    ) -> int:
        """Append a revision in the caller's transaction and return its number.

        ``expected`` is the revision the caller has seen, 0 for a new item.

        Raises:
            StoreError: ``CONFLICT`` when someone else has written in between; ``NOT_FOUND`` when there is nothing to delete.
        """
        item_id = self.key(item)
        known = self.history(cursor, project, item_id)
        latest = known[0] if known else None
        if deleted and (latest is None or latest.deleted):
            raise StoreError(
                Problem(
                    "NOT_FOUND", f"There is no {self.table} '{item_id}' in project '{project}'."
                )
            )
        current = latest.revision if latest else 0
        if expected != current and not (expected == 0 and latest is not None and latest.deleted):
            raise self._conflict(item_id, latest)
        payload = item.model_dump_json()
        cursor.execute(
            f"INSERT INTO {self.table} VALUES (?, ?, ?, ?, ?, ?, ?)",
            [project, item_id, current + 1, payload, deleted, actor, now],
        )
        verb = "delete" if deleted else "put"
        subject = f"{project}/{item_id}"
        audit.append(
            cursor,
            now,
            actor,
            f"{self.table}.{verb}",
            subject,
            revision=current + 1,
            sha256=audit.sha256(payload),
        )
        return current + 1

    def _revised(
        self, payload: str, revision: int, actor: str, created_at: datetime, deleted: bool
    ) -> Revised[ItemT]:
        return Revised(
            item=_read(self.noun, payload),
            revision=revision,
            actor=actor,
            created_at=created_at.replace(tzinfo=UTC),
            deleted=deleted,
        )

    def _conflict(self, item_id: str, latest: Revised[ItemT] | None) -> StoreError:
        if latest is None:
            found = f"The {self.table} '{item_id}' does not exist any more."
        else:
            verb = "deleted" if latest.deleted else "changed"
            when = latest.created_at.strftime("%d %b %Y %H:%M UTC")
            found = f"The {self.table} '{item_id}' was {verb} by {latest.actor} on {when} (revision {latest.revision})."
        return StoreError(Problem("CONFLICT", found, "Reload to see the change, then save again."))


EVIDENCE = Ledger("evidence", EvidenceItem, lambda item: item.id)
DECISIONS = Ledger("decision", Decision, lambda item: item.finding)
WAIVERS = Ledger("waiver", Waiver, lambda item: item.criterion)
