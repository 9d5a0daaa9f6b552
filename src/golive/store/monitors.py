"""Monitors in the store: baselines, batches, alerts, deliveries. A batch and all that follows from it is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from golive.model.baseline import Baseline
from golive.model.errors import InputError, Problem, nearest
from golive.model.monitoring import Alert, Batch, Delivery, Happened, Mute, Watch
from golive.store.ledger import Ledger, LedgerStore, Transaction
from golive.store.records import Revised

BASELINES = Ledger("baseline", Baseline)
BATCHES = Ledger("batch", Batch, lambda item: f"{item.monitor}/{item.id}")
ALERTS = Ledger("alert", Alert)
DELIVERIES = Ledger("delivery", Delivery)
MUTES = Ledger("mute", Mute)
WATCHES = Ledger("watch", Watch)

CLAIM = timedelta(minutes=10)
"""A delivery that a run has claimed and not settled for this long belongs to a run that died."""
_RETRY = (1, 5, 15, 60, 240)
"""Minutes until a failed delivery is tried again; the last one repeats."""
_STATE_AFTER = {"acknowledged": "acknowledged", "assigned": "acknowledged", "resolved": "resolved"}
_Item = TypeVar("_Item", Batch, Alert, Delivery, Mute)


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


class MonitorStore(LedgerStore):
    """Monitors of all projects. Get it as ``store.monitors``."""

    def baseline(self, project: str, name: str) -> Baseline | None:
        """The stored baseline of that name."""
        found = self.history(BASELINES, project, name)
        return found[0].item if found and not found[0].deleted else None

    def put_baseline(self, item: Baseline, *, project: str, actor: str) -> Baseline:
        """Keep a baseline once; when another run was faster, its one is returned and stays."""
        with self._writing(project, actor) as transaction:
            if known := BASELINES.history(transaction.cursor, project, item.id):
                return known[0].item
            transaction.put(BASELINES, item)
        return item

    def known(self, project: str, monitor: str) -> Known:
        """Which contents were judged already, and for which slots."""
        batches = self.batches(project, monitor)
        return Known({b.id: (b.name, *b.also) for b in batches}, frozenset(b.slot for b in batches))

    def batches(self, project: str, monitor: str) -> tuple[Batch, ...]:
        """Every batch of a monitor, by slot."""
        found = _of_monitor(self.items(BATCHES, project), monitor)
        return tuple(sorted(found, key=lambda b: (b.slot, b.id)))

    def alerts(self, project: str, monitor: str | None = None) -> tuple[Alert, ...]:
        """Alerts, newest onset first."""
        found = _of_monitor(self.items(ALERTS, project), monitor)
        return tuple(sorted(found, key=lambda a: (a.opened, a.id), reverse=True))

    def alert_history(self, project: str, alert: str) -> tuple[Revised[Alert], ...]:
        """Everything that happened to an alert, newest first. Raises InputError ``ALERT_UNKNOWN``."""
        found = self.history(ALERTS, project, alert)
        if not found:
            raise _no_alert(alert, "Reload the list.")
        return found

    def deliveries(self, project: str) -> tuple[Delivery, ...]:
        """Messages and how far they got, oldest first."""
        return self.items(DELIVERIES, project)

    def mutes(self, project: str) -> tuple[Mute, ...]:
        """Mutes, those that ended included."""
        return self.items(MUTES, project)

    def watches(self, project: str | None = None) -> tuple[tuple[str, Watch], ...]:
        """Monitors with the project they belong to: of one project or of all."""
        with self._database.cursor() as cursor:
            rows = cursor.execute("SELECT DISTINCT project FROM watch ORDER BY project").fetchall()
            names = [p for (p,) in rows if project in (None, p)]
            return tuple((name, e.item) for name in names for e in WATCHES.current(cursor, name))

    def judged(
        self, batch: Batch, decide: Decide, *, project: str, actor: str, recent: int
    ) -> tuple[bool, tuple[Alert, ...]]:
        """Keep a batch, the alerts it changes and the messages about them: all or nothing.

        Returns whether it was new (another run may have been faster; then nothing is written) and the changed alerts.
        """
        with self._writing(project, actor) as transaction:
            if BATCHES.history(transaction.cursor, project, BATCHES.key(batch)):
                return False, ()
            transaction.put(BATCHES, batch)
            return True, _decided(transaction, decide, batch.monitor, recent, batch)

    def decided(
        self, decide: Decide, *, project: str, monitor: str, actor: str, recent: int = 1
    ) -> tuple[Alert, ...]:
        """Change alerts without a batch (a missed one, an escalation), and queue the messages about them."""
        with self._writing(project, actor) as transaction:
            return _decided(transaction, decide, monitor, recent)

    def seen_again(self, project: str, monitor: str, batch: str, name: str, *, actor: str) -> bool:
        """Note another name under which the same content arrived; false when it is noted already."""
        with self._writing(project, actor) as transaction:
            item = BATCHES.history(transaction.cursor, project, f"{monitor}/{batch}")[0].item
            if name in (item.name, *item.also):
                return False
            transaction.put(BATCHES, item.model_copy(update={"also": (*item.also, name)}))
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
        with self._writing(project, actor) as transaction:
            known = ALERTS.history(transaction.cursor, project, alert)
            if not known:
                every = ALERTS.current(transaction.cursor, project)
                raise _no_alert(alert, nearest(alert, [entry.item.id for entry in every]))
            item = known[0].item
            if not item.active and happened != "noted":
                sentence = f"The alert is {item.state} already."
                raise InputError(
                    Problem("ALERT_CLOSED", sentence, "Reload to see the change.", alert)
                )
            update: dict[str, Any] = {"change": happened, "note": note}
            if owner is not None:
                update["owner"] = owner
            if happened in _STATE_AFTER:
                update["state"] = _STATE_AFTER[happened]
            changed = Alert.model_validate(item.model_dump() | update)
            transaction.put(ALERTS, changed)
        return changed

    def mute(self, item: Mute, *, project: str, actor: str) -> None:
        """Send nothing for a while. A mute with the same id takes the place of the one before."""
        with self._writing(project, actor) as transaction:
            transaction.put(MUTES, item)

    def ran(self, item: Watch, *, project: str, actor: str) -> None:
        """Keep how the last run of a monitor went."""
        with self._writing(project, actor) as transaction:
            transaction.put(WATCHES, item)

    def claim(self, project: str, monitor: str, *, actor: str) -> tuple[Delivery, ...]:
        """Take every message that is due, so that no other run sends it. Settle each, or it is due again after ``CLAIM``."""
        with self._writing(project, actor) as transaction:
            now = transaction.now
            update = {"state": "claimed", "next_try": (now + CLAIM).replace(tzinfo=UTC)}
            every = (e.item for e in DELIVERIES.current(transaction.cursor, project))
            taken = tuple(
                d.model_copy(update=update)
                for d in _of_monitor(every, monitor)
                if d.state in ("queued", "failed", "claimed")
                and d.next_try.replace(tzinfo=None) <= now
            )
            transaction.put(DELIVERIES, *taken)
        return taken

    def settle(self, item: Delivery, *, error: str, project: str, actor: str) -> Delivery:
        """Say how a claimed message went: sent, or failed and tried again later. Nothing is given up."""
        with self._writing(project, actor) as transaction:
            update: dict[str, Any] = {"state": "sent", "tries": item.tries + 1, "error": ""}
            if error:
                wait = timedelta(minutes=_RETRY[min(item.tries, len(_RETRY) - 1)])
                later = transaction.now.replace(tzinfo=UTC) + wait
                update |= {"state": "failed", "error": error, "next_try": later}
            settled = item.model_copy(update=update)
            transaction.put(DELIVERIES, settled)
        return settled


def _decided(
    transaction: Transaction,
    decide: Decide,
    monitor: str,
    recent: int,
    current: Batch | None = None,
) -> tuple[Alert, ...]:
    """Let ``decide`` see the last batches, alerts and mutes of a monitor, and write what follows from them."""
    cursor, project = transaction.cursor, transaction.project
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
    alerts = _of_monitor((e.item for e in ALERTS.current(cursor, project)), monitor)
    mutes = _of_monitor((e.item for e in MUTES.current(cursor, project)), monitor)
    changes = decide(State(batches, alerts, mutes, transaction.now.replace(tzinfo=UTC)))
    transaction.put(ALERTS, *changes.alerts)
    transaction.put(DELIVERIES, *changes.deliveries)
    return changes.alerts


def _of_monitor(items: Iterable[_Item], monitor: str | None) -> tuple[_Item, ...]:
    """Items of one monitor when it is named, else all of them."""
    return tuple(item for item in items if monitor in (None, item.monitor))


def _no_alert(alert: str, hint: str) -> InputError:
    return InputError(Problem("ALERT_UNKNOWN", f"There is no alert '{alert}'.", hint))
