"""``golive report``: one session as a file that a stakeholder opens."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from golive.cli import console
from golive.model.errors import InputError, Problem

_FORMS = "html, pdf, pptx, md, json, csv, chai-xml or handoff"
_KINDS = "report, memo, reviewer, card, hti1, datasheet, monitoring or handoff"


def report_command(
    session: Annotated[
        str, typer.Argument(metavar="ID", help="Session id, or its first four or more characters.")
    ],
    out: Annotated[str, typer.Option(metavar="FILE|-", help="Where to write it; - for stdout.")],
    form: Annotated[
        str, typer.Option("--format", metavar="FORM", help=f"One of {_FORMS}.")
    ] = "html",
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help=f"For html, pdf and md: {_KINDS}.")
    ] = "report",
    store: Annotated[
        Path | None,
        typer.Option(
            "--store", metavar="PATH", help="File with the sessions; GOLIVE_STORE when left out."
        ),
    ] = None,
) -> None:
    """Write a session as a report, a memo, slides, a model card or a handoff pack."""
    from golive.report.base.sources import gather
    from golive.report.forms import render

    problems = console.check_out(out)
    if problems:
        raise InputError(problems)
    with console.open_store(store, must_exist=True) as opened:
        sources = gather(opened, session)
    file = render(sources, form, kind)
    if out == "-":
        sys.stdout.buffer.write(file.data)
        sys.stdout.buffer.flush()
        return
    try:
        Path(out).write_bytes(file.data)
    except OSError as error:
        raise InputError(
            Problem("OUT_FILE", f"'{out}' cannot be written: {error.strerror}.")
        ) from None
    console.stdout().print(f"Wrote {out} ({len(file.data):,} bytes).", markup=False)
