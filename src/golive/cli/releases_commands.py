"""``golive releases``: the lists of codes that assessments hold code columns against (ICD-10-CM FY2024, and the like)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from golive.cli import console

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


@releases.command("add")
def add_command(
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
    words = (
        f"{kept.system} {kept.name}: {len(kept.codes):,} codes, used from the next assessment on."
    )
    console.stdout().print(words, markup=False)


@releases.command("list")
def list_command() -> None:
    """List the releases that were added, and the one that comes with GoLive."""
    from golive.compare.codes.release_files import current_icd10cm, folder, registered

    screen = console.stdout()
    added = registered()
    for system, release, path in added:
        screen.print(f"{system:12} {release:20} {path.name}", markup=False)
    if not added:
        screen.print(
            "None was added. Add one with: golive releases add FILE --system ICD10CM --release FY2024",
            markup=False,
        )
    screen.print(f"{'ICD10CM':12} {current_icd10cm().name} (comes with GoLive)", markup=False)
    screen.print(f"Kept in {folder()}", markup=False)


@releases.command("remove")
def remove_command(*, system: _System, release: _Release) -> None:
    """Forget a release that was added."""
    from golive.compare.codes.release_files import remove

    remove(system, release)
    console.stdout().print(f"{system} {release}: removed.", markup=False)
