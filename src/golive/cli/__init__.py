"""The command line: the same calls as the pages, for people, schedulers and scripts.

Exit codes: 0 done, 1 a requirement does not hold, 2 wrong input or call, 3 the store, 70 our fault. Nothing heavy is imported
before a command needs it, so ``golive --help`` answers at once.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from golive import __version__
from golive.cli import console
from golive.cli.app_command import app_command
from golive.cli.assess_command import assess_command
from golive.cli.contract_commands import contract
from golive.cli.installation_commands import doctor_command, releases, samples, schema_command
from golive.cli.monitor_commands import monitor
from golive.cli.stored_commands import project, report_command, sessions
from golive.model.errors import GoLiveError, Problem

cli = typer.Typer(
    name="golive",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Is this clinical-AI pilot ready for production, and if not, what is in the way?",
)
cli.command("app")(app_command)
cli.command("assess")(assess_command)
cli.add_typer(contract, name="contract")
cli.add_typer(samples, name="samples")
cli.add_typer(sessions, name="sessions")
cli.add_typer(project, name="project")
cli.add_typer(monitor, name="monitor")
cli.command("report")(report_command)
cli.command("schema")(schema_command)
cli.command("doctor")(doctor_command)
cli.add_typer(releases, name="releases")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@cli.callback()
def _root(
    _show: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and stop."
        ),
    ] = False,
) -> None:
    """Is this clinical-AI pilot ready for production, and if not, what is in the way?"""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every error becomes a line on stderr."""
    # Evidently reads it at import; nothing about a run leaves the machine.
    os.environ["DO_NOT_TRACK"] = "1"
    try:
        code = cli(args=arguments, prog_name="golive", standalone_mode=False)
    except GoLiveError as error:
        return console.report(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader went away (`golive sessions list | head`): nothing is wrong, and nothing more can be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        message = getattr(error, "format_message", None)
        if message is None:
            return console.internal(error)
        return _usage(error, message())
    return code if isinstance(code, int) else 0


def _usage(error: Exception, message: str) -> int:
    """Report a wrong call; ``golive`` and ``golive samples`` alone show their help instead."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(message)
        return 2
    command = context.command_path if context is not None else "golive"
    sentence = message.strip().splitlines()[0].rstrip(".")
    sentence += "" if sentence.endswith("?") else "."
    hint = f"`{command} --help` shows what it takes."
    return console.report(GoLiveError(Problem("USAGE", sentence, hint)))


def main() -> None:
    """Entry point of the ``golive`` script.

    A million objects are made by imports and stay: looking through them for garbage again and again, and once more at the
    end, costs a second of a short run.
    """
    gc.set_threshold(100_000, 20, 50)
    code = run()
    gc.freeze()
    sys.exit(code)
