"""``golive samples``, ``golive releases``, ``golive doctor``, ``golive schema``: what an installation brings, and what works."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from golive.cli import console
from golive.cli.console import AsJson, StorePath, say

samples = typer.Typer(
    no_args_is_help=True, help="Synthetic pilots with planted faults, and the truth about them."
)
releases = typer.Typer(
    no_args_is_help=True, help="Lists of codes by release, which code columns are held against."
)
_System = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="The code system, such as ICD10CM, ICD9CM, LOINC, SNOMED, RXNORM, NDC."
    ),
]
_Release = Annotated[
    str, typer.Option(metavar="NAME", help="The release, such as FY2024: letters, digits, . and -.")
]


@samples.command("list")
def samples_list() -> None:
    """List the samples: name, rows, and the story each tells."""
    from golive.samples import names

    for sample in names():
        rows = f"{sample.live_rows:,} live and {sample.train_rows:,} training rows"
        say(f"{sample.name:12} {rows}", f"{'':12} {sample.story}")


@samples.command("write")
def samples_write(
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
    say(
        f"training  {files.train}",
        f"live      {files.live}",
        f"config    {files.config}",
        f"truth     {files.truth}",
        f"\ngolive assess --train {files.train} --live {files.live} --config {files.config}",
    )


@releases.command("add")
def releases_add(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="One code a line, in a column 'code' or first in the line; also .gz.",
        ),
    ],
    *,
    system: _System,
    release: _Release,
) -> None:
    """Check a list of codes and keep a copy of it for later assessments; an older list of that release is replaced."""
    from golive.compare.codes.release_files import register

    kept = register(file, system, release)
    codes = f"{len(kept.codes):,} codes"
    say(f"{kept.system} {kept.name}: {codes}, used from the next assessment on.")


@releases.command("list")
def releases_list() -> None:
    """List the releases that were added, and the one that comes with GoLive."""
    from golive.compare.codes.release_files import current_icd10cm, folder, registered

    added = registered()
    say(*(f"{system:12} {release:20} {path.name}" for system, release, path in added))
    if not added:
        say(
            "None was added. Add one with: golive releases add FILE --system ICD10CM --release FY2024"
        )
    say(f"{'ICD10CM':12} {current_icd10cm().name} (comes with GoLive)", f"Kept in {folder()}")


@releases.command("remove")
def releases_remove(*, system: _System, release: _Release) -> None:
    """Forget a release that was added."""
    from golive.compare.codes.release_files import remove

    remove(system, release)
    say(f"{system} {release}: removed.")


def doctor_command(store: StorePath = None, as_json: AsJson = False) -> None:
    """Say what works here: versions, store, engines, browser, telemetry, memory. Exit 3 when something is wrong with the store."""
    from golive import doctor, settings

    current = settings.load()
    if store is not None:
        current = current.model_copy(update={"store": store.expanduser().absolute()})
    rows = doctor.rows(current)
    if as_json:
        console.say_json([row.model_dump(mode="json") for row in rows])
    else:
        from rich.text import Text

        screen = console.stdout()
        topic = ""
        for row in rows:
            if row.topic != topic:
                topic = row.topic
                screen.print(Text(topic, style="bold"))
            word = {"ok": "ok", "off": "-", "problem": "PROBLEM"}[row.state]
            style = "bold red" if row.state == "problem" else ""
            screen.print(Text(f"  {word:8} {row.name:22} {row.value}", style=style))
            if row.hint:
                screen.print(f"{'':34}{row.hint}", markup=False)
    if any(row.state == "problem" and row.topic == "Store" for row in rows):
        raise typer.Exit(3)


def schema_command() -> None:
    """Print the JSON Schema of the result."""
    from golive.model.result import Assessment

    console.say_json(Assessment.model_json_schema(mode="serialization"))
