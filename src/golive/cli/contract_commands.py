"""``golive contract``: infer a contract from training data, hold a live batch against one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from golive.cli import console
from golive.model.errors import InputError, Problem

if TYPE_CHECKING:
    from golive.contract import Checked

contract = typer.Typer(
    no_args_is_help=True,
    help="Agree on what the model receives and gives back, and check each batch.",
)
_Engine = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Ibis URL of the engine that holds the data (table:NAME)."),
]


@contract.command("infer")
def infer_command(
    *,
    train: Annotated[
        str,
        typer.Option(
            metavar="SRC",
            help="Data the model was trained on: a file, a glob, a folder, or table:NAME.",
        ),
    ],
    out: Annotated[
        str,
        typer.Option(metavar="FILE|-", help="Where to write the contract (ODCS v3); - for stdout."),
    ] = "-",
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE.yaml", help="Roles, units, ranges, code systems: they win."),
    ] = None,
    owner: Annotated[str, typer.Option(metavar="NAME", help="Who owns the model's result.")] = "",
    when_uncertain: Annotated[
        str, typer.Option(metavar="TEXT", help="What happens when the model is uncertain.")
    ] = "",
    engine: _Engine = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a contract that is already there.")
    ] = False,
) -> None:
    """Infer the contract that training data keeps, as ODCS v3."""
    problems = console.check_out(out)
    if out != "-" and not problems and Path(out).exists() and not force:
        hint = "People edit contracts: name another file, or add --force."
        problems.append(Problem("OUT_EXISTS", f"'{out}' exists.", hint))
    if problems:
        raise InputError(problems)
    from golive.contract import infer, to_yaml
    from golive.intake import load_config, read

    settled = load_config(config) if config else None
    with read(train, engine=engine) as dataset:
        made = infer(dataset, settled, owner=owner, when_uncertain=when_uncertain)
    still_open = [f"Still open: {point}." for point in made.open_points]
    # On stdout the contract stands alone, so what is open stands in it as comments.
    comments = [f"# {line}" for line in still_open] if out == "-" else []
    console.write_out("\n".join([to_yaml(made).rstrip("\n"), *comments]), out)
    if out != "-":
        words = f"{out}: version {made.version}, {len(made.inputs)} input and {len(made.outputs)} output columns."
        for line in (words, *still_open):
            console.stdout().print(line, markup=False)


@contract.command("check")
def check_command(
    file: Annotated[Path, typer.Argument(metavar="CONTRACT.yaml", help="The contract (ODCS v3).")],
    *,
    live: Annotated[
        str,
        typer.Option(metavar="SRC", help="The live batch, in any of the forms that assess reads."),
    ],
    out: Annotated[
        str | None,
        typer.Option(metavar="FILE|-", help="Write every violation as JSON; - for stdout."),
    ] = None,
    engine: _Engine = None,
) -> None:
    """Count every violation of a contract in a live batch; exit 1 when there is one."""
    problems = console.check_out(out)
    if problems:
        raise InputError(problems)
    from golive.contract import check, load
    from golive.intake import read

    agreed = load(file)
    with read(live, engine=engine) as dataset:
        checked = check(agreed, dataset)
    if out:
        console.write_out(checked.model_dump_json(indent=2), out)
    if out != "-":
        _tell(checked)
        for point in agreed.open_points:
            console.stdout().print(f"Still open: {point}.", markup=False)
    if not checked.holds:
        raise typer.Exit(1)


def _tell(checked: Checked) -> None:
    """The result in words, most basic rule first as the contract lists its columns."""
    from rich.text import Text

    out = console.stdout()
    many = len(checked.violations)
    held = "holds" if checked.holds else f"is broken: {many} violation{'s' if many > 1 else ''}"
    head = f"{checked.contract} {checked.version} {held} ({checked.live}, {checked.rows:,} rows, "
    out.print(Text(head + f"{checked.columns_checked} columns)", style="bold"))
    for violation in checked.violations:
        out.print(Text(f"  {violation.sentence}"))
    if checked.unlisted:
        from golive.wording.text import listing

        out.print(Text(f"Not in the contract: {listing(checked.unlisted)}."))
    for what in checked.not_checked:
        out.print(Text(f"Not checked: {what}."))
