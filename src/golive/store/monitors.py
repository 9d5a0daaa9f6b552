"""Monitors in the store: baselines, batches, alerts, deliveries. A batch and all that follows from it is one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from duckdb import DuckDBPyConnection

from golive.model.baseline import Baseline
from golive.model.columns import Noun
from golive.model.errors import InputError, Problem, nearest
from golive.model.monitoring import Alert, Batch, Delivery, Happened, Mute, Watch
from golive.store import sessions
from golive.store.file.database import Database
from golive.store.ledger import Ledger
from golive.store.records import Revised

BASELINES = Ledger("baseline", Baseline, lambda item: item.id)
BATCHES = Ledger("batch", Batch, lambda item: f"{item.monitor}/{item.id}")
ALERTS = Ledger("alert", Alert, lambda item: item.id)
DELIVERIES = Ledger("delivery", Delivery, lambda item: item.id)
MUTES = Ledger("mute", Mute, lambda item: item.id)
WATCHES = Ledger("watch", Watch, lambda item: item.id)

CLAIM = timedelta(minutes=10)
"""A delivery that a run has claimed and not settled for this long belongs to a run that died."""
_RETRY = (1, 5, 15, 60, 240)
"""Minutes until a failed delivery is tried again; the last one repeats."""


@dataclass(frozen=True)
class State:
    """What the decision about a batch rests on, read inside the transaction that writes it.

    ``recent`` are the last batches in the order in which they were judged; ``alerts`` all alerts of the monitor.
    """

    recent: tuple[Batch, ...]
    alerts: tuple[Alert, ...]
    mutes: tuple[Mute, ...]
    now: datetime


@dataclass(frozen=True)
class Changes:
    """What to write: alerts as they are now, and messages to queue."""

    alerts: tuple[Alert, ...] = ()
    deliveries: tuple[Delivery, ...] = ()


@dataclass(frozen=True)
class Known:
    """Batches that were judged: their hashes with the names they came under, and every slot that has one."""

    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    slots: frozenset[datetime] = frozenset()


Decide = Callable[[State], Changes]


class MonitorStore:
    """Monitors of all projects. Get it as ``store.monitors``; it shares the file and the clock of its store."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def baseline(self, project: str, name: str) -> Baseline | None:
        """The stored baseline of that name."""
        with self._database.cursor() as cursor:
            found = BASELINES.history(cursor, project, name)
        return found[0].item if found and not found[0].deleted else None

    def put_baseline(self, item: Baseline, *, project: str, actor: str) -> Baseline:
        """Keep a baseline once; when another run was faster, its one is returned and stays."""
        with self._database.write() as cursor:
            if known := BASELINES.history(cursor, project, item.id):
                return known[0].item
            _put(cursor, BASELINES, item, project=project, actor=actor, now=self._now())
        return item

    def known(self, project: str, monitor: str) -> Known:
        """Which contents were judged already, and for which slots."""
        with self._database.cursor() as cursor:
            batches = _all(cursor, BATCHES, project, monitor)
        return Known({b.id: (b.name, *b.also) for b in batches}, frozenset(b.slot for b in batches))

    def batches(self, project: str, monitor: str) -> tuple[Batch, ...]:
        """Every batch of a monitor, by slot."""
        with self._database.cursor() as cursor:
            return tuple(
                sorted(_all(cursor, BATCHES, project, monitor), key=lambda b: (b.slot, b.id))
            )

    def alerts(self, project: str, monitor: str | None = None) -> tuple[Alert, ...]:
        """Alerts, newest onset first."""
        with self._database.cursor() as cursor:
            found = _all(cursor, ALERTS, project, monitor)
        return tuple(sorted(found, key=lambda a: (a.opened, a.id), reverse=True))

    def alert_history(self, project: str, alert: str) -> tuple[Revised[Alert], ...]:
        """Everything that happened to an alert, newest first. Raises InputError ``ALERT_UNKNOWN``."""
        with self._database.cursor() as cursor:
            found = ALERTS.history(cursor, project, alert)
        if not found:
            raise InputError(
                Problem("ALERT_UNKNOWN", f"There is no alert '{alert}'.", "Reload the list.")
            )
        return found

    def deliveries(self, project: str) -> tuple[Delivery, ...]:
        """Messages and how far they got, oldest first."""
        with self._database.cursor() as cursor:
            return _all(cursor, DELIVERIES, project)

    def mutes(self, project: str) -> tuple[Mute, ...]:
        """Mutes, those that ended included."""
        with self._database.cursor() as cursor:
            return _all(cursor, MUTES, project)

    def watches(self, project: str | None = None) -> tuple[tuple[str, Watch], ...]:
        """Monitors with the project they belong to: of one project or of all."""
        with self._database.cursor() as cursor:
            rows = cursor.execute("SELECT DISTINCT project FROM watch ORDER BY project").fetchall()
            names = [p for (p,) in rows if project in (None, p)]
            return tuple((name, item) for name in names for item in _all(cursor, WATCHES, name))

    def judged(
        self, batch: Batch, decide: Decide, *, project: str, actor: str, recent: int
    ) -> tuple[bool, tuple[Alert, ...]]:
        """Keep a batch, the alerts it changes and the messages about them: all or nothing.

        Returns whether it was new (another run may have been faster; then nothing is written) and the changed alerts.
        """
        with self._database.write() as cursor:
            if BATCHES.history(cursor, project, BATCHES.key(batch)):
                return False, ()
            now = self._now()
            _put(cursor, BATCHES, batch, project=project, actor=actor, now=now)
            return True, _decided(
                cursor,
                decide,
                project=project,
                monitor=batch.monitor,
                actor=actor,
                now=now,
                recent=recent,
                current=batch,
            )

    def decided(
        self, decide: Decide, *, project: str, monitor: str, actor: str, recent: int = 1
    ) -> tuple[Alert, ...]:
        """Change alerts without a batch (a missed one, an escalation), and queue the messages about them."""
        with self._database.write() as cursor:
            return _decided(
                cursor,
                decide,
                project=project,
                monitor=monitor,
                actor=actor,
                now=self._now(),
                recent=recent,
            )

    def seen_again(self, project: str, monitor: str, batch: str, name: str, *, actor: str) -> bool:
        """Note another name under which the same content arrived; false when it is noted already."""
        with self._database.write() as cursor:
            item = BATCHES.history(cursor, project, f"{monitor}/{batch}")[0].item
            if name in (item.name, *item.also):
                return False
            changed = item.model_copy(update={"also": (*item.also, name)})
            _put(cursor, BATCHES, changed, project=project, actor=actor, now=self._now())
            return True

    def act(
        self,
        project: str,
        alert: str,
        happened: Happened,
        *,
        actor: str,
        owner: str | None = None,
        note: str = "",
    ) -> Alert:
        """A person acknowledges, assigns, resolves or notes an alert.

        Raises:
            InputError: ``ALERT_UNKNOWN``; ``ALERT_CLOSED`` when it ended already.
        """
        with self._database.write() as cursor:
            known = ALERTS.history(cursor, project, alert)
            if not known:
                ids = [a.id for a in _all(cursor, ALERTS, project)]
                raise InputError(
                    Problem("ALERT_UNKNOWN", f"There is no alert '{alert}'.", nearest(alert, ids))
                )
            item = known[0].item
            if not item.active and happened != "noted":
                raise InputError(
                    Problem(
                        "ALERT_CLOSED",
                        f"The alert is {item.state} already.",
                        "Reload to see the change.",
                        alert,
                    )
                )
            update: dict[str, Any] = {"change": happened, "note": note}
            if owner is not None:
                update["owner"] = owner
            state = {
                "acknowledged": "acknowledged",
                "assigned": "acknowledged",
                "resolved": "resolved",
            }.get(happened)
            if state:
                update["state"] = state
            changed = Alert.model_validate(item.model_dump() | update)
            _put(cursor, ALERTS, changed, project=project, actor=actor, now=self._now())
        return changed

    def mute(self, item: Mute, *, project: str, actor: str) -> None:
        """Send nothing for a while. A mute with the same id takes the place of the one before."""
        with self._database.write() as cursor:
            _put(cursor, MUTES, item, project=project, actor=actor, now=self._now())

    def ran(self, item: Watch, *, project: str, actor: str) -> None:
        """Keep how the last run of a monitor went."""
        with self._database.write() as cursor:
            _put(cursor, WATCHES, item, project=project, actor=actor, now=self._now())

    def claim(self, project: str, monitor: str, *, actor: str) -> tuple[Delivery, ...]:
        """Take every message that is due, so that no other run sends it. Settle each, or it is due again after ``CLAIM``."""
        with self._database.write() as cursor:
            now = self._now()
            due = [
                d
                for d in _all(cursor, DELIVERIES, project, monitor)
                if d.state in ("queued", "failed", "claimed")
                and d.next_try.replace(tzinfo=None) <= now
            ]
            taken = tuple(
                d.model_copy(
                    update={"state": "claimed", "next_try": (now + CLAIM).replace(tzinfo=UTC)}
                )
                for d in due
            )
            for item in taken:
                _put(cursor, DELIVERIES, item, project=project, actor=actor, now=now)
        return taken

    def settle(self, item: Delivery, *, error: str, project: str, actor: str) -> Delivery:
        """Say how a claimed message went: sent, or failed and tried again later. Nothing is given up."""
        with self._database.write() as cursor:
            now = self._now()
            wait = timedelta(minutes=_RETRY[min(item.tries, len(_RETRY) - 1)])
            update: dict[str, Any] = {"state": "sent", "tries": item.tries + 1, "error": ""}
            if error:
                update |= {
                    "state": "failed",
                    "error": error,
                    "next_try": (now + wait).replace(tzinfo=UTC),
                }
            settled = item.model_copy(update=update)
            _put(cursor, DELIVERIES, settled, project=project, actor=actor, now=now)
        return settled


def _decided(
    cursor: DuckDBPyConnection,
    decide: Decide,
    *,
    project: str,
    monitor: str,
    actor: str,
    now: datetime,
    recent: int,
    current: Batch | None = None,
) -> tuple[Alert, ...]:
    rows = cursor.execute(
        """SELECT arg_max(payload, revision) FROM batch WHERE project = ? AND starts_with(id, ?)
           GROUP BY id ORDER BY min(created_at) DESC, max(payload ->> 'slot') DESC LIMIT ?""",
        [project, f"{monitor}/", recent],
    ).fetchall()
    read = (Batch.model_validate_json(payload) for (payload,) in reversed(rows))
    # Of an expired batch nothing is known: neither trouble nor its absence.
    batches = tuple(
        b for b in read if b.state != "expired" and (current is None or b.id != current.id)
    )
    if current is not None:
        # The last one judged, whatever a clock that went back says
        batches = (*batches, current)[-recent:]
    state = State(
        batches,
        _all(cursor, ALERTS, project, monitor),
        _all(cursor, MUTES, project, monitor),
        now.replace(tzinfo=UTC),
    )
    changes = decide(state)
    for alert in changes.alerts:
        _put(cursor, ALERTS, alert, project=project, actor=actor, now=now)
    for delivery in changes.deliveries:
        _put(cursor, DELIVERIES, delivery, project=project, actor=actor, now=now)
    return changes.alerts


def _put(
    cursor: DuckDBPyConnection,
    kept: Ledger[Any],
    item: Noun,
    *,
    project: str,
    actor: str,
    now: datetime,
) -> None:
    """Append the next revision of an item whose present revision was read in the same transaction."""
    sessions.add_project(cursor, project, now)
    known = kept.history(cursor, project, kept.key(item))
    seen = known[0].revision if known else 0
    kept.put(cursor, item, project=project, actor=actor, expected=seen, now=now)


def _all(
    cursor: DuckDBPyConnection, kept: Ledger[Any], project: str, monitor: str | None = None
) -> tuple[Any, ...]:
    """Items of a project, of one monitor when it is named, oldest first."""
    found = (entry.item for entry in kept.current(cursor, project))
    return tuple(i for i in found if monitor is None or i.monitor == monitor)
