"""``golive sessions``: list, show, compare, export, delete, prune, verify."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from golive.cli import console

if TYPE_CHECKING:
    from golive.store import SessionCard

sessions = typer.Typer(
    no_args_is_help=True, help="Look at what was assessed before, compare it, export or delete it."
)
_StorePath = Annotated[
    Path | None,
    typer.Option(
        "--store", metavar="PATH", help="File with the sessions; GOLIVE_STORE when left out."
    ),
]
_Id = Annotated[
    str, typer.Argument(metavar="ID", help="Session id, or its first four or more characters.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]


@sessions.command("list")
def list_command(
    store: _StorePath = None,
    project: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only the sessions of this project.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many sessions, newest first.")
    ] = 50,
    as_json: _Json = False,
) -> None:
    """List sessions, newest first."""
    from golive import settings

    cards: tuple[SessionCard, ...] = ()
    # Before the first assessment there is no file; only a file that was named has to exist.
    if store is not None or settings.load().store.exists():
        with console.open_store(store, must_exist=True) as opened:
            cards = opened.list(project, limit=limit)
    if as_json:
        print(json.dumps([card.model_dump(mode="json") for card in cards], indent=2))
        return
    if not cards:
        console.stdout().print(
            "No sessions yet. `golive assess` makes one; `golive app` opens on the sample."
        )
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for title, justify in (
        ("Session", "left"),
        ("Assessed", "left"),
        ("Project", "left"),
        ("Verdict", "left"),
    ):
        table.add_column(title, no_wrap=True, justify=justify)  # type: ignore[arg-type]
    for title in ("Index", "Act", "Watch"):
        table.add_column(title, no_wrap=True, justify="right")
    table.add_column("Live data")
    table.add_column("By")
    for card in cards:
        # A screen gets the eight characters that name a session; a pipe gets the whole id.
        name = card.session[:8] if sys.stdout.isatty() else card.session
        index = "-" if card.index is None else f"{card.index:.0f} ({card.low:.0f}-{card.high:.0f})"
        table.add_row(
            name,
            card.created_at.strftime("%d %b %Y %H:%M"),
            Text(card.project + (" (sample)" if card.sample else "")),
            card.verdict.value.capitalize(),
            index,
            str(card.alarm),
            str(card.watch),
            Text(f"{card.live_name}, {card.live_rows:,} rows"),
            Text(card.actor),
        )
    console.stdout().print(table)


@sessions.command("show")
def show_command(session: _Id, store: _StorePath = None, as_json: _Json = False) -> None:
    """Show one session: verdict, gates, findings, next steps, history."""
    with console.open_store(store, must_exist=True) as opened:
        assessment, history, card = (
            opened.load(session),
            opened.history(session),
            opened.card(session),
        )
    if as_json:
        print(assessment.model_dump_json(indent=2))
        return
    from golive.cli.summary import summary

    summary(assessment)
    screen = console.stdout()
    screen.print(
        f"\nSession {card.session}, assessed {card.created_at:%d %b %Y %H:%M} UTC by {card.actor}",
        markup=False,
    )
    for line in history[:-1]:
        index = "none" if line.index is None else f"{line.index:.0f}"
        screen.print(
            f"  revision {line.revision}, {line.saved_at:%d %b %Y %H:%M} UTC by {line.actor}: {line.reason} (index {index})",
            markup=False,
        )


@sessions.command("compare")
def compare_command(
    first: _Id, second: _Id, store: _StorePath = None, as_json: _Json = False
) -> None:
    """Say what changed from session A to session B: better, worse, new, gone, not measured."""
    from golive.store import compare_sessions

    with console.open_store(store, must_exist=True) as opened:
        diff = compare_sessions(opened.load(first), opened.load(second))
    if as_json:
        print(diff.model_dump_json(indent=2))
        return
    from golive.cli.summary import difference

    difference(diff)


@sessions.command("export")
def export_command(
    session: _Id,
    store: _StorePath = None,
    out: Annotated[
        str, typer.Option(metavar="FILE|-", help="Where to write the result; - for stdout.")
    ] = "-",
) -> None:
    """Write the result of a session as JSON."""
    with console.open_store(store, must_exist=True) as opened:
        assessment = opened.load(session)
    console.write_out(assessment.model_dump_json(indent=2), out)


@sessions.command("delete")
def delete_command(
    session: _Id,
    store: _StorePath = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask; nobody is asked without a terminal.")
    ] = False,
) -> None:
    """Delete a session. The audit chain keeps that it existed, not what it said."""
    with console.open_store(store, must_exist=True) as opened:
        card = opened.card(session)
        what = f"session {card.session} ({card.project}, {card.live_name})"
        if not yes and sys.stdin.isatty() and not typer.confirm(f"Delete {what}?", err=True):
            raise typer.Exit(1)
        opened.delete(card.session, actor=console.actor())
    console.stdout().print(f"Deleted {what}.", markup=False)


@sessions.command("prune")
def prune_command(
    older_than: Annotated[
        int | None,
        typer.Option(min=1, metavar="DAYS", help="Age limit; GOLIVE_RETENTION_DAYS when left out."),
    ] = None,
    store: _StorePath = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be deleted.")
    ] = False,
) -> None:
    """Delete sessions and what monitors found longer ago than the age limit; the audit chain says that and why.

    Of a batch its name and hash stay, so that no file is judged twice. Open alerts, unsent messages, baselines, evidence,
    decisions and registers have no age limit.
    """
    from golive import settings
    from golive.model.errors import InputError, Problem

    days = older_than or settings.load().retention_days
    if days is None:
        hint = "Give --older-than DAYS, or set GOLIVE_RETENTION_DAYS."
        raise InputError(
            Problem("NO_AGE_LIMIT", "No age limit is set, so nothing is deleted.", hint)
        )
    with console.open_store(store, must_exist=True) as opened:
        old = opened.older_than(days)
        if not dry_run:
            opened.prune(days, actor=console.actor())
        expired = opened.expire(days, actor=console.actor(), dry=dry_run)
    what = "Would delete" if dry_run else "Deleted"
    console.stdout().print(f"{what} {len(old)} sessions older than {days} days.", markup=False)
    for card in old:
        console.stdout().print(
            f"  {card.session}  {card.created_at:%d %b %Y}  {card.project}", markup=False
        )
    if expired:
        told = (
            f"{what} of monitors: what {expired.batches} batches showed, {expired.alerts} ended alerts, "
            f"{expired.messages} sent messages, {expired.mutes} mutes that are over, past runs of {expired.runs}."
        )
        console.stdout().print(told, markup=False)


@sessions.command("verify")
def verify_command(store: _StorePath = None) -> None:
    """Recompute the audit chain; exit 1 when a line or a stored result was changed outside GoLive, 3 when the file is damaged."""
    from golive.store.file.condition import refuse_damaged

    with console.open_store(store, must_exist=True) as opened:
        check, path = opened.verify_audit(), opened.path
    refuse_damaged(path)  # the parts that no line of the chain speaks of
    if check.ok:
        console.stdout().print(
            f"The audit chain holds: {check.lines} lines, and everything stored matches it."
        )
        return
    console.stdout().print(
        f"The audit chain does not hold at line {check.first_bad}: {check.reason}.", markup=False
    )
    raise typer.Exit(1)
