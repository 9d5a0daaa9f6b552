"""``golive contract``: infer a contract from training data, hold a live batch against one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from golive.cli import console
from golive.cli.console import Train, say
from golive.model.errors import Problem

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
    train: Train,
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
    there = out != "-" and Path(out).exists() and not Path(out).is_dir()
    hint = "People edit contracts: name another file, or add --force."
    taken = [] if force or not there else [Problem("OUT_EXISTS", f"'{out}' exists.", hint)]
    console.check_out(out, *taken)
    from golive.contract import infer, to_yaml
    from golive.intake import load_config, read

    settled = load_config(config) if config else None
    with read(train, engine=engine) as dataset:
        made = infer(dataset, settled, owner=owner, when_uncertain=when_uncertain)
    still_open = [f"Still open: {point}." for point in made.open_points]
    if out == "-":
        # On stdout the contract stands alone, so what is open stands in it as comments.
        console.write_out(
            "\n".join([to_yaml(made).rstrip("\n"), *(f"# {o}" for o in still_open)]), out
        )
        return
    console.write_out(to_yaml(made).rstrip("\n"), out)
    columns = f"{len(made.inputs)} input and {len(made.outputs)} output columns"
    say(f"{out}: version {made.version}, {columns}.", *still_open)


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
    console.check_out(out)
    from golive.contract import check, load
    from golive.intake import read

    agreed = load(file)
    with read(live, engine=engine) as dataset:
        checked = check(agreed, dataset)
    if out:
        console.write_out(checked.model_dump_json(indent=2), out)
    if out != "-":
        _tell(checked)
        say(*(f"Still open: {point}." for point in agreed.open_points))
    if not checked.holds:
        raise typer.Exit(1)


def _tell(checked: Checked) -> None:
    """The result in words, most basic rule first as the contract lists its columns."""
    from rich.text import Text

    from golive.wording.text import listing

    many = len(checked.violations)
    state = "holds" if checked.holds else f"is broken: {many} violation{'s' if many > 1 else ''}"
    size = f"{checked.live}, {checked.rows:,} rows, {checked.columns_checked} columns"
    head = f"{checked.contract} {checked.version} {state} ({size})"
    console.stdout().print(Text(head, style="bold"))
    say(*(f"  {violation.sentence}" for violation in checked.violations))
    if checked.unlisted:
        say(f"Not in the contract: {listing(checked.unlisted)}.")
    say(*(f"Not checked: {what}." for what in checked.not_checked))
