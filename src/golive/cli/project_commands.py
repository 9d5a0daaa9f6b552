"""``golive project``: everything that is kept of a pilot as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from golive.cli import console
from golive.model.errors import InputError, Problem

project = typer.Typer(
    no_args_is_help=True,
    help="Take everything that is kept of a pilot along as one file, or bring it in.",
)
_StorePath = Annotated[
    Path | None,
    typer.Option(
        "--store", metavar="PATH", help="File with the sessions; GOLIVE_STORE when left out."
    ),
]


@project.command("list")
def list_command(store: _StorePath = None) -> None:
    """List the projects of the store, one per line."""
    with console.open_store(store, must_exist=True) as opened:
        for name in opened.projects():
            print(name)


@project.command("export")
def export_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The project.")],
    out: Annotated[str, typer.Option(metavar="FILE.zip", help="Where to write it.")],
    store: _StorePath = None,
) -> None:
    """Write sessions, evidence, registers, policy, monitors and audit of a project to one file."""
    problems = console.check_out(out)
    if problems:
        raise InputError(problems)
    with console.open_store(store, must_exist=True) as opened:
        data = opened.export_project(name)
    try:
        Path(out).write_bytes(data)
    except OSError as error:
        raise InputError(
            Problem("OUT_FILE", f"'{out}' cannot be written: {error.strerror}.")
        ) from None
    console.stdout().print(
        f"Wrote {out} ({len(data):,} bytes). It holds no row of your data.", markup=False
    )


@project.command("import")
def import_command(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.zip", help="A file that `golive project export` wrote.")
    ],
    store: _StorePath = None,
) -> None:
    """Bring a project in: all of it or nothing. What the store has already stays as it is.

    Exit codes: 0 done, 2 the file is damaged or no project file, 3 a newer version wrote it, or the store disagrees.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(
            Problem("NOT_FOUND", f"'{file}' cannot be read: {error.strerror}.")
        ) from None
    with console.open_store(store) as opened:
        done = opened.import_project(data, actor=console.actor())
    console.stdout().print(done.sentence, markup=False)
