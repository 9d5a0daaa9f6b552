"""``golive monitor``: run, check, replay. Made for schedulers: one line per fact, an exit code, safe to start twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from golive.cli import console
from golive.cli.console import AsJson, StorePath, say
from golive.model.errors import InputError, Problem, StoreError

if TYPE_CHECKING:
    from golive.model.monitoring import Alert
    from golive.store import Store

monitor = typer.Typer(
    no_args_is_help=True, help="Watch live data after go-live: judge new batches, raise alerts."
)
_File = Annotated[Path, typer.Argument(metavar="FILE.yaml", help="The monitor file.")]
_WAIT = 0.2


class FailOn(StrEnum):
    """Alerts that a scheduler may refuse."""

    NEW = "new"
    OPEN = "open"


def _opened(path: Path | None, patience: float) -> Callable[[], AbstractContextManager[Store]]:
    """Open the store for a moment; wait up to ``patience`` seconds while another process has it."""

    @contextmanager
    def opened() -> Iterator[Store]:
        give_up = time.monotonic() + patience
        while True:
            try:
                store = console.open_store(path, must_exist=False)
                break
            except StoreError as error:
                if error.code != "STORE_BUSY" or time.monotonic() >= give_up:
                    raise
                time.sleep(_WAIT)
        with store:
            yield store

    return opened


def _line(alert: Alert) -> str:
    from golive.alerts.words import when

    owner = f", {alert.owner}" if alert.owner else ""
    return (
        f"{alert.change:12} {alert.severity.value:8} {alert.title} "
        f"(since {when(alert.onset)}, {alert.route.value.replace('_', ' ')}{owner}, {alert.id})"
    )


@monitor.command("run")
def run_command(
    file: _File,
    store: StorePath = None,
    as_json: AsJson = False,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(
            help="Exit 1 when an alert opened in this run, or is open.", case_sensitive=False
        ),
    ] = None,
    wait: Annotated[
        float,
        typer.Option(
            min=0, metavar="SECONDS", help="How long to wait while another process has the store."
        ),
    ] = 60,
) -> None:
    """Judge every new batch against the stored baseline, raise and clear alerts, send what is due.

    Exit codes: 0 done, 1 what --fail-on refuses, 2 the file or the data is wrong, 3 the store stayed busy.
    """
    from golive.alerts.words import NOT_SENT
    from golive.monitor.run import run
    from golive.wording.numbers import plural

    with console.progress() as progress:
        report = run(
            file, _opened(store, wait), actor=console.actor(), now=datetime.now(UTC), tell=progress
        )
    if as_json:
        facts = {
            "monitor": report.monitor,
            "project": report.project,
            "judged": [
                {"batch": b.name, "state": b.state, "problem": b.problem} for b in report.judged
            ],
            "duplicates": report.duplicates,
            "waiting": list(report.waiting),
            "missed": [slot.isoformat() for slot in report.missed],
            "alerts": [a.model_dump(mode="json") for a in report.alerts],
            "open": [a.id for a in report.open_alerts],
            "sent": report.sent,
            "unsent": report.unsent,
            "undated": report.undated,
            "ahead": report.ahead,
            "next_expected": report.next_expected.isoformat() if report.next_expected else None,
        }
        console.say_json(facts)
    else:
        judged = plural(len(report.judged), "batch", "batches")
        alerts, sent = plural(len(report.open_alerts), "alert"), plural(report.sent, "message")
        say(
            f"{report.monitor}: {judged} judged, {alerts} open, {sent} sent, {report.unsent} kept for later.",
            *(f"  {_line(alert)}" for alert in {a.id: a for a in report.alerts}.values()),
            *(
                f"  ignored      {name}: its content was judged before"
                for name in report.duplicates
            ),
            *(f"  waiting      {name}: still being written" for name in report.waiting),
            *(f"  not compared {problem}" for problem in report.problems),
            *(
                f"  kept         {plural(count, 'message')}: {NOT_SENT.get(error, error)}; tried again by a later run"
                for error, count in report.why_unsent.items()
            ),
            *(f"  note         {note}" for note in report.notes),
        )
    if fail_on is FailOn.NEW and any(a.change in ("opened", "reopened") for a in report.alerts):
        raise typer.Exit(1)
    if fail_on is FailOn.OPEN and report.open_alerts:
        raise typer.Exit(1)


@monitor.command("check")
def check_command(file: _File, store: StorePath = None) -> None:
    """Look without changing anything: is the file right, what is new, what was missed, what is open.

    Exit codes: 0 all is quiet, 1 something waits for a person or for a run, 2 the file is wrong, 3 the store stayed busy.
    """
    from golive.alerts.words import when
    from golive.monitor.run import check

    found = check(file, _opened(store, 10), now=datetime.now(UTC))
    say(
        *found.sentences,
        *(f"  missed       the batch of {when(slot)}" for slot in found.missed),
        *(f"  {_line(alert)}" for alert in found.open_alerts),
    )
    if not found.quiet:
        raise typer.Exit(1)


@monitor.command("replay")
def replay_command(file: _File, store: StorePath = None) -> None:
    """Say which alerts the thresholds in FILE would have raised over the batches that are stored. Changes nothing."""
    from golive.alerts.engine import replay
    from golive.monitor.file import setup

    plan = setup(file)
    with _opened(store, 10)() as opened:
        held = opened.monitors.batches(plan.project, plan.file.monitor)
    batches = tuple(b for b in held if b.state != "expired")
    if not batches:
        sentence = f"No batch of '{plan.file.monitor}' is stored."
        raise InputError(Problem("NO_BATCHES", sentence, "Run it first."))
    alerts = replay(batches, plan.file.alerts)
    say(
        f"{len(batches)} batches, {len(alerts)} alerts would have been raised.",
        *(f"  {_line(alert)}" for alert in alerts),
    )
