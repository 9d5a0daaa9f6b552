"""``golive samples``: synthetic pilots with planted faults and the truth about them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from golive.cli import console

samples = typer.Typer(
    no_args_is_help=True, help="Synthetic pilots with planted faults, and the truth about them."
)


@samples.command("list")
def list_command() -> None:
    """List the samples: name, rows, and the story each tells."""
    from golive.samples import names

    screen = console.stdout()
    for sample in names():
        screen.print(
            f"{sample.name:12} {sample.live_rows:,} live and {sample.train_rows:,} training rows",
            markup=False,
        )
        screen.print(f"{'':12} {sample.story}", markup=False)


@samples.command("write")
def write_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name from `golive samples list`.")],
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder to write into; made when absent.")
    ],
    rows: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Live rows; training keeps its proportion. Default: the sample's own."
        ),
    ] = None,
) -> None:
    """Write a sample: training and live data, configuration, and which faults were planted."""
    from golive.samples import write

    files = write(name, directory, rows=rows)
    screen = console.stdout()
    for what, path in (
        ("training", files.train),
        ("live", files.live),
        ("config", files.config),
        ("truth", files.truth),
    ):
        screen.print(f"{what:9} {path}", markup=False)
    screen.print(
        f"\ngolive assess --train {files.train} --live {files.live} --config {files.config}",
        markup=False,
    )
