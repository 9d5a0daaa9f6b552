"""``golive sessions``, ``golive report``, ``golive project``: what the store holds, to look at, write to files, move, delete."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from golive.cli import console
from golive.cli.console import AsJson, SessionId, StorePath, say
from golive.model.errors import InputError, Problem

if TYPE_CHECKING:
    from golive.store import SessionCard

sessions = typer.Typer(
    no_args_is_help=True, help="Look at what was assessed before, compare it, export or delete it."
)
project = typer.Typer(
    no_args_is_help=True,
    help="Take everything that is kept of a pilot along as one file, or bring it in.",
)
_FORMS = "html, pdf, pptx, md, json, csv, chai-xml or handoff"
_KINDS = "report, memo, reviewer, card, hti1, datasheet, monitoring or handoff"


@sessions.command("list")
def sessions_list(
    store: StorePath = None,
    project: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only the sessions of this project.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many sessions, newest first.")
    ] = 50,
    as_json: AsJson = False,
) -> None:
    """List sessions, newest first."""
    from golive import settings

    cards: tuple[SessionCard, ...] = ()
    # Before the first assessment there is no file; only a file that was named has to exist.
    if store is not None or settings.load().store.exists():
        with console.open_store(store) as opened:
            cards = opened.list(project, limit=limit)
    if as_json:
        console.say_json([card.model_dump(mode="json") for card in cards])
        return
    if not cards:
        say("No sessions yet. `golive assess` makes one; `golive app` opens on the sample.")
        return
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for title in ("Session", "Assessed", "Project", "Verdict"):
        table.add_column(title, no_wrap=True)
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
def sessions_show(session: SessionId, store: StorePath = None, as_json: AsJson = False) -> None:
    """Show one session: verdict, gates, findings, next steps, history."""
    with console.open_store(store) as opened:
        assessment, history = opened.load(session), opened.history(session)
        card = opened.card(session)
    if as_json:
        print(assessment.model_dump_json(indent=2))
        return
    from golive.cli.summary import summary

    summary(assessment)
    say(f"\nSession {card.session}, assessed {card.created_at:%d %b %Y %H:%M} UTC by {card.actor}")
    for line in history[:-1]:
        index = "none" if line.index is None else f"{line.index:.0f}"
        when = f"{line.saved_at:%d %b %Y %H:%M} UTC by {line.actor}"
        say(f"  revision {line.revision}, {when}: {line.reason} (index {index})")


@sessions.command("compare")
def sessions_compare(
    first: SessionId, second: SessionId, store: StorePath = None, as_json: AsJson = False
) -> None:
    """Say what changed from session A to session B: better, worse, new, gone, not measured."""
    from golive.store import compare_sessions

    with console.open_store(store) as opened:
        diff = compare_sessions(opened.load(first), opened.load(second))
    if as_json:
        print(diff.model_dump_json(indent=2))
        return
    from golive.cli.summary import difference

    difference(diff)


@sessions.command("export")
def sessions_export(
    session: SessionId,
    store: StorePath = None,
    out: Annotated[
        str, typer.Option(metavar="FILE|-", help="Where to write the result; - for stdout.")
    ] = "-",
) -> None:
    """Write the result of a session as JSON."""
    with console.open_store(store) as opened:
        assessment = opened.load(session)
    console.write_out(assessment.model_dump_json(indent=2), out)


@sessions.command("delete")
def sessions_delete(
    session: SessionId,
    store: StorePath = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask; nobody is asked without a terminal.")
    ] = False,
) -> None:
    """Delete a session. The audit chain keeps that it existed, not what it said."""
    with console.open_store(store) as opened:
        card = opened.card(session)
        what = f"session {card.session} ({card.project}, {card.live_name})"
        if not yes and sys.stdin.isatty() and not typer.confirm(f"Delete {what}?", err=True):
            raise typer.Exit(1)
        opened.delete(card.session, actor=console.actor())
    say(f"Deleted {what}.")


@sessions.command("prune")
def sessions_prune(
    older_than: Annotated[
        int | None,
        typer.Option(min=1, metavar="DAYS", help="Age limit; GOLIVE_RETENTION_DAYS when left out."),
    ] = None,
    store: StorePath = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be deleted.")
    ] = False,
) -> None:
    """Delete sessions and what monitors found longer ago than the age limit; the audit chain says that and why.

    Of a batch its name and hash stay, so that no file is judged twice. Open alerts, unsent messages, baselines, evidence,
    decisions and registers have no age limit.
    """
    from golive import settings

    days = older_than or settings.load().retention_days
    if days is None:
        hint = "Give --older-than DAYS, or set GOLIVE_RETENTION_DAYS."
        sentence = "No age limit is set, so nothing is deleted."
        raise InputError(Problem("NO_AGE_LIMIT", sentence, hint))
    with console.open_store(store) as opened:
        old = opened.older_than(days)
        if not dry_run:
            opened.prune(days, actor=console.actor())
        expired = opened.expire(days, actor=console.actor(), dry=dry_run)
    what = "Would delete" if dry_run else "Deleted"
    say(f"{what} {len(old)} sessions older than {days} days.")
    say(*(f"  {card.session}  {card.created_at:%d %b %Y}  {card.project}" for card in old))
    if expired:
        say(
            f"{what} of monitors: what {expired.batches} batches showed, {expired.alerts} ended alerts, "
            f"{expired.messages} sent messages, {expired.mutes} mutes that are over, past runs of {expired.runs}."
        )


@sessions.command("verify")
def sessions_verify(store: StorePath = None) -> None:
    """Recompute the audit chain; exit 1 when a line or a stored result was changed outside GoLive, 3 when the file is damaged."""
    from golive.store.file.condition import refuse_damaged

    with console.open_store(store) as opened:
        check, path = opened.verify_audit(), opened.path
    refuse_damaged(path)  # the parts that no line of the chain speaks of
    if not check.ok:
        say(f"The audit chain does not hold at line {check.first_bad}: {check.reason}.")
        raise typer.Exit(1)
    say(f"The audit chain holds: {check.lines} lines, and everything stored matches it.")


def report_command(
    session: SessionId,
    out: Annotated[str, typer.Option(metavar="FILE|-", help="Where to write it; - for stdout.")],
    form: Annotated[
        str, typer.Option("--format", metavar="FORM", help=f"One of {_FORMS}.")
    ] = "html",
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help=f"For html, pdf and md: {_KINDS}.")
    ] = "report",
    store: StorePath = None,
) -> None:
    """Write a session as a report, a memo, slides, a model card or a handoff pack."""
    from golive.report.base.sources import gather
    from golive.report.forms import render

    console.check_out(out)
    with console.open_store(store) as opened:
        sources = gather(opened, session)
    file = render(sources, form, kind)
    console.write_out(file.data, out)
    if out != "-":
        say(f"Wrote {out} ({len(file.data):,} bytes).")


@project.command("list")
def project_list(store: StorePath = None) -> None:
    """List the projects of the store, one per line."""
    with console.open_store(store) as opened:
        for name in opened.projects():
            print(name)


@project.command("export")
def project_export(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The project.")],
    out: Annotated[str, typer.Option(metavar="FILE.zip", help="Where to write it.")],
    store: StorePath = None,
) -> None:
    """Write sessions, evidence, registers, policy, monitors and audit of a project to one file."""
    console.check_out(out)
    with console.open_store(store) as opened:
        data = opened.export_project(name)
    console.write_out(data, out)
    say(f"Wrote {out} ({len(data):,} bytes). It holds no row of your data.")


@project.command("import")
def project_import(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.zip", help="A file that `golive project export` wrote.")
    ],
    store: StorePath = None,
) -> None:
    """Bring a project in: all of it or nothing. What the store has already stays as it is.

    Exit codes: 0 done, 2 the file is damaged or no project file, 3 a newer version wrote it, or the store disagrees.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        sentence = f"'{file}' cannot be read: {error.strerror}."
        raise InputError(Problem("NOT_FOUND", sentence)) from None
    with console.open_store(store, must_exist=False) as opened:
        done = opened.import_project(data, actor=console.actor())
    say(done.sentence)
