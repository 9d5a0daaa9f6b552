"""Look at a monitor without changing anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from golive.alerts.words import at
from golive.model.finding import Route
from golive.model.monitoring import Alert
from golive.monitor import arrivals as source
from golive.monitor.file import addresses
from golive.monitor.run import Opened, found_of, setup, sorted_out
from golive.wording.numbers import plural


@dataclass(frozen=True)
class Check:
    """What a look found. ``quiet``: nothing waits for a person or for a run."""

    sentences: tuple[str, ...]
    missed: tuple[datetime, ...]
    open_alerts: tuple[Alert, ...]
    quiet: bool


def check(path: str | Path, opened: Opened, *, now: datetime) -> Check:
    """Compare the monitor file with what arrived and what is stored. Raises as ``run``."""
    plan = setup(path)
    file, batches = plan.file, plan.file.batches
    found = found_of(plan, now)
    with opened() as store:
        baseline = store.monitors.baseline(plan.project, file.baseline.name)
        known = store.monitors.known(plan.project, file.monitor)
        alerts = tuple(a for a in store.monitors.alerts(plan.project, file.monitor) if a.active)
        unsent = sum(
            d.state == "failed" and d.monitor == file.monitor
            for d in store.monitors.deliveries(plan.project)
        )
    new, _ = sorted_out(found, known)
    slots = {a.slot for a in found.arrivals} | known.slots
    missed = source.missed(batches, slots, starts=batches.starts, now=now)
    told_of = {slot for a in alerts for slot in a.slots}
    due = source.next_expected(batches, slots, starts=batches.starts, now=now)
    routes = {r: addresses(file, r) for r in file.routes}
    silent = sorted(name for name, found_addresses in routes.items() if not found_addresses)
    sentences = [
        f"{file.monitor}: the file is right.",
        f"Baseline '{file.baseline.name}' "
        + (
            f"is stored ({baseline.profile.rows:,} rows)."
            if baseline
            else "is not stored yet; the first run makes it."
        ),
        f"{plural(len(known.names), 'batch', 'batches')} judged, {len(new)} new, {len(found.waiting)} still being written.",
        f"The next batch is due by {at(due)}." if due else "No batch has arrived yet.",
    ]
    sentences += [
        f"Route '{name}' reaches nobody: no address, or its variable is not set." for name in silent
    ]
    if nobody := [r.value.replace("_", " ") for r in Route if r.value not in file.routes]:
        sentences.append(
            f"Alerts for {', '.join(nobody)} are shown in the app and sent to nobody: no such route."
        )
    if unsent:
        sentences.append(
            f"{plural(unsent, 'message')} could not be delivered; each is kept and tried again."
        )
    fresh = tuple(slot for slot in missed if slot not in told_of)
    quiet = not (new or fresh or alerts or unsent or silent or baseline is None)
    return Check(tuple(sentences), missed[-10:], alerts, quiet)
