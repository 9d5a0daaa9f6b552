"""One run of a monitor: every new batch judged once, alerts opened and closed, messages sent. Safe to run twice, at once or
after a crash: what belongs to a batch is written in one transaction, and a batch is known by its content.

The store is opened for moments only, never while a batch is read, so that two runs and the app get along.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from golive import __version__, settings
from golive.alerts.decisions import on_batch, on_missed, on_time
from golive.alerts.sending import send
from golive.alerts.words import at, trouble
from golive.assess import config_hash
from golive.model.baseline import Baseline
from golive.model.errors import InputError, Problem
from golive.model.finding import Route
from golive.model.monitoring import Alert, Batch, Watch
from golive.monitor import arrivals as source
from golive.monitor.arrivals import Arrival, Arrived
from golive.monitor.baseline import build, reading_hash
from golive.monitor.file import Setup, addresses, setup
from golive.monitor.judging import Reference, feed_trouble, judge_batch
from golive.store import Store
from golive.store.monitors import Known
from golive.store.project import Project
from golive.wording.numbers import plural

if TYPE_CHECKING:
    from golive.intake import Dataset

Opened = Callable[[], AbstractContextManager[Store]]
Tell = Callable[[float, str], None]
_TRANSIENT = ("NOT_FOUND", "NOT_READABLE")


@dataclass
class Report:
    """What a run did: names of batches by what became of them, alerts that changed, messages sent and kept."""

    monitor: str
    project: str
    judged: list[Batch] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    waiting: tuple[str, ...] = ()
    missed: tuple[datetime, ...] = ()
    alerts: list[Alert] = field(default_factory=list)
    sent: int = 0
    unsent: int = 0
    open_alerts: tuple[Alert, ...] = ()
    next_expected: datetime | None = None
    problems: list[str] = field(default_factory=list)
    undated: list[str] = field(default_factory=list)
    ahead: list[str] = field(default_factory=list)
    why_unsent: dict[str, int] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the run assumed about days: of a file without one in its name, and of one that lies ahead."""
        said = []
        if self.undated:
            said.append(
                f"No date in the name of {_some(self.undated)}: the time the file was last changed (UTC) stands for its batch."
            )
        if self.ahead:
            said.append(
                f"The day of {_some(self.ahead)} lies ahead of this machine's clock: one of the two is wrong. When the next batch "
                "is due does not count it."
            )
        return tuple(said)


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def baseline_of(plan: Setup, opened: Opened, *, actor: str) -> Baseline:
    """The stored baseline; made from training data when it is not there yet.

    Raises:
        InputError: ``BASELINE_MISSING`` without training data to make it from, ``BASELINE_CONFIG`` when columns are read in
            another way now than when it was made, and whatever is wrong with training data.
    """
    from golive.intake import read

    wanted = plan.file.baseline
    with opened() as store:
        known = store.monitors.baseline(plan.project, wanted.name)
    if known is None:
        if wanted.train is None:
            hint = "Add baseline.train for the first run; its rows are not needed afterwards."
            raise InputError(
                Problem("BASELINE_MISSING", f"There is no stored baseline '{wanted.name}'.", hint)
            )
        train = (
            wanted.train if wanted.train.startswith("table:") else str(plan.folder / wanted.train)
        )
        with read(train, engine=wanted.engine, views=plan.config.fhir_views) as dataset:
            made = build(wanted.name, dataset, plan.config)
        with opened() as store:
            known = store.monitors.put_baseline(made, project=plan.project, actor=actor)
    if known.config_sha256 != reading_hash(plan.config):
        raise InputError(
            Problem(
                "BASELINE_CONFIG",
                f"Baseline '{wanted.name}' was made with other roles or column types.",
                "Give the new baseline another name, with baseline.train.",
            )
        )
    return known


def run(
    path: str | Path, opened: Opened, *, actor: str, now: datetime, tell: Tell | None = None
) -> Report:
    """Judge every batch that is new, raise what is due, and send what is queued.

    Args:
        path: the monitor file.
        opened: gives the store for a moment; it waits while another process has it.
        actor: who runs, for the audit chain.
        now: the time, aware.
        tell: called with a fraction and a sentence.

    Raises:
        InputError: the monitor file, the configuration or the baseline is wrong. StoreError: the store stays busy.
    """
    plan = setup(path)
    file, batches = plan.file, plan.file.batches
    baseline = baseline_of(plan, opened, actor=actor)
    report = Report(file.monitor, plan.project)
    found = source.arrived(plan, now)
    report.waiting = found.waiting
    with opened() as store:
        known = store.monitors.known(plan.project, file.monitor)
        by = Reference(
            monitor=file.monitor,
            baseline=baseline,
            config=plan.config,
            config_sha256=config_hash(plan.config),
            project=Project(store, plan.project).for_assessment(plan.config),
            skip=_no_batches(store.monitors.batches(plan.project, file.monitor)),
        )
    rules = file.alerts
    new, again = sorted_out(found, known)
    by.skip.update(name for name, _ in again)
    slots = {a.slot for a in found.arrivals} | known.slots
    report.missed = source.missed(batches, slots, now)
    # One day ahead of the clock must not make all others late
    past = {slot for slot in known.slots if slot <= now}
    last = max(past, default=None)

    def miss(before: datetime | None) -> None:
        due = [s for s in report.missed if before is None or s < before]
        if not due:
            return
        with opened() as store:
            report.alerts += store.monitors.decided(
                on_missed(file.monitor, due, rules),
                project=plan.project,
                monitor=file.monitor,
                actor=actor,
            )

    for number, arrival in enumerate(new):
        if tell:
            tell(number / len(new), f"judging batch {arrival.name} ({number + 1} of {len(new)})")
        miss(arrival.slot)
        batch = _judged(arrival, by, plan, late=last is not None and arrival.slot < last)
        if batch is None:
            report.waiting = (*report.waiting, arrival.name)
            continue
        with opened() as store:
            fresh, changed = store.monitors.judged(
                batch, on_batch(rules), project=plan.project, actor=actor, recent=rules.longest + 14
            )
        by.skip.update(_no_batches([batch]))
        if fresh:
            report.judged.append(batch)
            if arrival.path is not None and source.dated(arrival.name, plan.file.batches) is None:
                report.undated.append(arrival.name)
            if arrival.slot > now:
                report.ahead.append(arrival.name)
            report.alerts += changed
        if arrival.slot <= now:
            last = arrival.slot if last is None else max(last, arrival.slot)
    miss(None)
    for name, content in again:
        with opened() as store:
            if store.monitors.seen_again(plan.project, file.monitor, content, name, actor=actor):
                report.duplicates.append(name)
    _finish(plan, opened, report, path=str(path), slots=slots, actor=actor, now=now)
    if tell:
        tell(1.0, f"{len(report.judged)} batches judged")
    return report


def sorted_out(found: Arrived, known: Known) -> tuple[list[Arrival], list[tuple[str, str]]]:
    """New contents, once each, and names under which a known content came again."""
    new: dict[str, Arrival] = {}
    again = []
    for arrival in found.arrivals:
        names = known.names.get(arrival.sha256)
        if names is None and arrival.sha256 not in new:
            new[arrival.sha256] = arrival
        elif names is None or arrival.name not in names:
            again.append((arrival.name, arrival.sha256))
    return list(new.values()), again


def _judged(arrival: Arrival, by: Reference, plan: Setup, *, late: bool) -> Batch | None:
    """A batch, judged; ``None`` when its file changed, went away or is locked: the next run takes it.

    Only what is wrong with the content of a file makes an unreadable batch. A database that is down or a mistake in the
    configuration ends the run instead, and the batch stays new.
    """
    window = plan.file.batches.window
    with ExitStack() as stack:
        try:
            dataset = stack.enter_context(source.rows_of(arrival, plan, window))
        except InputError as error:
            if arrival.path is None:
                raise
            if error.code in _TRANSIENT:
                return None
            return _unreadable(arrival, by, error.problems[0].code, late=late)
        recent = _recent(arrival, by, plan, stack)
        changed = arrival.path and window == 1 and dataset.sha256 != arrival.sha256
        return None if changed else judge_batch(dataset, arrival, by, late=late, recent=recent)


def _no_batches(batches: Iterable[Batch]) -> set[str]:
    """Names of files whose rows stand for no batch of their own: those not compared, and contents that came again."""
    return {
        name
        for b in batches
        for name in (b.also if b.state in ("assessed", "expired") else (b.name, *b.also))
    }


def _recent(arrival: Arrival, by: Reference, plan: Setup, stack: ExitStack) -> Dataset | None:
    """The last batches together, for performance; ``None`` where one batch is all there is or they do not fit together."""
    size = plan.file.batches.outcomes_window
    of_file = arrival.path is not None
    if by.baseline.performance is None or size < 2:
        return None
    if of_file and len(source.files_until(arrival, plan, size, by.skip)) < 2:
        return None
    try:
        return stack.enter_context(source.rows_of(arrival, plan, size, by.skip))
    except InputError:
        if of_file:
            return None
        raise


def _unreadable(arrival: Arrival, by: Reference, code: str, *, late: bool) -> Batch:
    empty = code in ("EMPTY_FILE", "HEADER_ONLY")
    return Batch(
        id=arrival.sha256,
        monitor=by.monitor,
        name=arrival.name,
        slot=arrival.slot,
        state="empty" if empty else "unreadable",
        late=late,
        observations=(feed_trouble("batch_empty" if empty else "batch_unreadable", code),),
        problem=code,
        golive=__version__,
    )


def _finish(
    plan: Setup,
    opened: Opened,
    report: Report,
    *,
    path: str,
    slots: set[datetime],
    actor: str,
    now: datetime,
) -> None:
    """Escalate, send, and keep how the run went."""
    file, rules = plan.file, plan.file.alerts
    with opened() as store:
        report.alerts += store.monitors.decided(
            on_time(rules), project=plan.project, monitor=file.monitor, actor=actor
        )
        due = store.monitors.claim(plan.project, file.monitor, actor=actor)
    for delivery in due:
        error = send(addresses(file, delivery.route), delivery.title, delivery.body)
        with opened() as store:
            store.monitors.settle(delivery, error=error, project=plan.project, actor=actor)
        report.sent += not error
    batches = file.batches
    report.next_expected = source.next_expected(batches, slots, now)
    report.problems = [f"{b.name}: {trouble(b)}" for b in report.judged if b.state != "assessed"]
    with opened() as store:
        held = [d for d in store.monitors.deliveries(plan.project) if d.monitor == file.monitor]
        waiting = [d for d in held if d.state in ("queued", "claimed", "failed")]
        report.unsent, report.why_unsent = (
            len(waiting),
            dict(Counter(d.error for d in waiting if d.error)),
        )
        report.open_alerts = tuple(
            a for a in store.monitors.alerts(plan.project, file.monitor) if a.active
        )
        watch = Watch(
            id=file.monitor,
            file=Path(path).name,
            baseline=file.baseline.name,
            every_seconds=int(batches.every.total_seconds()),
            last_run=now,
            next_expected=report.next_expected,
            assessed=len(report.judged),
            problems=tuple(report.problems),
            notes=report.notes,
        )
        store.monitors.ran(watch, project=plan.project, actor=actor)
        if (days := settings.load().retention_days) is not None:
            store.expire(days, actor="retention")


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
    found = source.arrived(plan, now)
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
    missed = source.missed(batches, slots, now)
    told_of = {slot for a in alerts for slot in a.slots}
    due = source.next_expected(batches, slots, now)
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
