"""What the age limit takes of monitors: what a batch showed, alerts that ended, messages that were sent, mutes that are
over.

What has to stay stays: of a batch its hash, name and slot, so that the same file is never judged twice; every alert that is
open and every message nobody received; the last run of a monitor; its baseline. What people wrote (evidence, decisions,
registers, reviews) and the audit chain have no age limit. Each removal is a line in the chain, ``<noun>.expire``, which says
below which revision the content is gone; the chain still verifies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from duckdb import DuckDBPyConnection

from golive.model.monitoring import Batch
from golive.store import audit, monitors, sessions
from golive.store.ledger import Ledger, Transaction
from golive.store.records import ItemT, Revised

KEPT = (
    "kept without limit: evidence, decisions, registers, reviews, baselines, open alerts, unsent messages, names and "
    "hashes of batches, the audit chain"
)


@dataclass(frozen=True)
class Expired:
    """How many things of monitors went, or would go: batches reduced to name and hash, alerts, messages, mutes, runs."""

    batches: int = 0
    alerts: int = 0
    messages: int = 0
    mutes: int = 0
    runs: int = 0

    def __bool__(self) -> bool:
        return any(vars(self).values())


@dataclass(frozen=True)
class _Gone:
    """Content of one row that goes: of all revisions below ``below``; ``left`` is what takes its place."""

    table: str
    project: str
    id: str
    below: int
    left: Batch | None = None
    made: datetime | None = None


def expire(
    cursor: DuckDBPyConnection,
    before: datetime,
    *,
    actor: str,
    now: datetime,
    reason: str,
    dry: bool = False,
) -> Expired:
    """Remove, in the caller's transaction, what monitors wrote before a moment (naive UTC); ``dry`` only counts."""
    gone = [
        item for name in sessions.projects(cursor) for item in _of_project(cursor, name, before)
    ]
    counted = {
        word: sum(item.table == table for item in gone)
        for word, table in (("batches", "batch"), ("alerts", "alert"), ("messages", "delivery"), ("mutes", "mute"), ("runs", "watch"))
    }  # fmt: skip
    if gone and not dry:
        for item in gone:
            _remove(cursor, item, actor, now)
        lines: list[tuple[str, str, dict[str, Any]]] = [
            (
                f"{item.table}.expire",
                f"{item.project}/{item.id}",
                {"below": item.below, "reason": reason},
            )
            for item in gone
        ]
        audit.append_many(cursor, now, actor, lines)
    return Expired(**counted)


def _remove(cursor: DuckDBPyConnection, item: _Gone, actor: str, now: datetime) -> None:
    if item.left is not None:
        Transaction(cursor, item.project, actor, now).put(monitors.BATCHES, item.left)
        # Batches stand in the order in which they were judged, those that are reduced too.
        cursor.execute(
            "UPDATE batch SET created_at = ? WHERE project = ? AND id = ? AND revision = ?",
            [item.made, item.project, item.id, item.below],
        )
    cursor.execute(
        f"DELETE FROM {item.table} WHERE project = ? AND id = ? AND revision < ?",
        [item.project, item.id, item.below],
    )


def _of_project(cursor: DuckDBPyConnection, project: str, before: datetime) -> Iterator[_Gone]:
    def old(ledger: Ledger[ItemT], ended: Callable[[ItemT], bool]) -> Iterator[Revised[ItemT]]:
        for entry in ledger.current(cursor, project):
            if ended(entry.item) and _naive(entry.created_at) < before:
                yield entry

    for batch in old(monitors.BATCHES, lambda item: item.state != "expired"):
        name, made = monitors.BATCHES.key(batch.item), _naive(batch.created_at)
        yield _Gone("batch", project, name, batch.revision + 1, _shell(batch.item), made)
    for alert in old(monitors.ALERTS, lambda item: not item.active):
        yield _Gone("alert", project, alert.item.id, alert.revision + 1)
    for message in old(monitors.DELIVERIES, lambda item: item.state in ("sent", "muted")):
        yield _Gone("delivery", project, message.item.id, message.revision + 1)
    for mute in monitors.MUTES.current(cursor, project):
        if _naive(mute.item.until) < before:
            yield _Gone("mute", project, mute.item.id, mute.revision + 1)
    for watch in monitors.WATCHES.current(cursor, project):
        runs = monitors.WATCHES.history(cursor, project, watch.item.id)[1:]
        past = [run for run in runs if _naive(run.created_at) < before]
        if past:
            yield _Gone("watch", project, watch.item.id, past[0].revision + 1)


def _shell(batch: Batch) -> Batch:
    """What stays of a batch: enough to know the file again, nothing of what it showed."""
    return Batch(
        id=batch.id,
        monitor=batch.monitor,
        name=batch.name,
        slot=batch.slot,
        also=batch.also if batch.state == "assessed" else (batch.name, *batch.also),
        state="expired",
        late=batch.late,
    )


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
