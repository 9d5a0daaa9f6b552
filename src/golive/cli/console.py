"""What a command says and where, the options that several take, and the store they open.

Results are on stdout, errors and progress on stderr, colour only on a terminal.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from golive.model.errors import GoLiveError, InputError, Problem

if TYPE_CHECKING:
    from golive.store import Store

_WIDE = 200
_STORE_HELP = "File with the sessions; GOLIVE_STORE when left out."
_TRAIN_HELP = "Data the model was trained on: a file, a glob, a folder, or table:NAME."
StorePath = Annotated[Path | None, typer.Option("--store", metavar="PATH", help=_STORE_HELP)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]
SessionId = Annotated[
    str, typer.Argument(metavar="ID", help="Session id, or its first four or more characters.")
]
Train = Annotated[str, typer.Option(metavar="SRC", help=_TRAIN_HELP)]


def stdout() -> Console:
    """Console for results. Lines are never cut where nobody sees a screen."""
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE)


def stderr() -> Console:
    """Console for everything that is not the result."""
    return Console(
        stderr=True, highlight=False, soft_wrap=True, width=None if sys.stderr.isatty() else _WIDE
    )


def say(*lines: str) -> None:
    """Print lines of a result as they are."""
    screen = stdout()
    for line in lines:
        screen.print(line, markup=False)


def say_json(facts: Any) -> None:
    """Print a result for a program."""
    print(json.dumps(facts, indent=2))


def report(error: GoLiveError) -> int:
    """Print every problem on stderr and return the exit code."""
    for problem in error.problems:
        # One line per problem, whatever a file name or a value held.
        print(" ".join(str(problem).split()), file=sys.stderr)
    return error.exit_code


def internal(error: BaseException) -> int:
    """Print one line for a fault of ours and say where the log is. The log holds no message: it could quote a value."""
    from golive import settings

    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    frames = "".join(traceback.format_tb(error.__traceback__))
    kind = type(error).__name__
    try:
        current = settings.load()
        message = f": {error}" if current.log_level == "DEBUG" else ""
        folder = current.home / "logs"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        log = folder / f"golive-{stamp}.log"
        log.touch(mode=0o600)
        log.write_text(f"{stamp}\n{frames}{kind}{message}\n", encoding="utf-8")
        where = f"The log is {log}."
    except (OSError, GoLiveError):
        where = "The log could not be written."
    print(
        Problem("INTERNAL", f"GoLive failed where it should not ({kind}).", where), file=sys.stderr
    )
    return 70


def actor() -> str:
    """Who runs the command, for the audit chain."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "command line"


@contextmanager
def progress() -> Iterator[Callable[[float, str], None]]:
    """Progress on stderr: one moving line on a terminal, elsewhere a plain line per tenth."""
    if sys.stderr.isatty():
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("starting", total=1.0)

            def moving(fraction: float, sentence: str) -> None:
                bar.update(task, completed=fraction, description=Text(sentence).markup)

            yield moving
        return
    tenth = -1

    def plain(fraction: float, sentence: str) -> None:
        nonlocal tenth
        if int(fraction * 10) > tenth:
            tenth = int(fraction * 10)
            print(f"{fraction * 100:3.0f} % {sentence}", file=sys.stderr, flush=True)

    yield plain


def write_out(data: str | bytes, out: str) -> None:
    """Write a file ``out``, or stdout for ``-``; text ends with a line break.

    Raises:
        InputError: ``OUT_FILE`` when the file cannot be written.
    """
    content = f"{data}\n".encode() if isinstance(data, str) else data
    if out == "-":
        if isinstance(data, str):
            sys.stdout.write(f"{data}\n")
        else:
            sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    try:
        Path(out).write_bytes(content)
    except OSError as error:
        raise InputError(
            Problem("OUT_FILE", f"'{out}' cannot be written: {error.strerror}.")
        ) from None


def check_out(out: str | None, *others: Problem) -> None:
    """Say before a long run that its result could not be written, with ``others`` that are wrong with the call.

    Raises:
        InputError: ``OUT_FILE`` when it could not, and ``others``.
    """
    problems = list(others)
    if out is not None and out != "-":
        if Path(out).is_dir():
            hint = "Name a file, or - for stdout."
            problems.insert(0, Problem("OUT_FILE", f"'{out}' is a folder.", hint))
        elif not Path(out).absolute().parent.is_dir():
            hint = "Make it first, or name another file."
            sentence = f"The folder of '{out}' does not exist."
            problems.insert(0, Problem("OUT_FILE", sentence, hint))
    if problems:
        raise InputError(problems)


def open_store(path: Path | None, *, must_exist: bool = True) -> Store:
    """The store at ``path``, or the one of the settings.

    Raises:
        StoreError: it is busy, newer, damaged or cannot be read (exit 3).
        InputError: ``STORE_NOT_FOUND`` when it ``must_exist`` and does not.
    """
    from golive import settings
    from golive.store import Store

    current = settings.load()
    key = current.store_key.get_secret_value() if current.store_key else None
    file = path or current.store
    if must_exist and not os.path.lexists(file) and os.access(file.absolute().parent, os.X_OK):
        hint = "`golive assess` makes one; --store names another."
        raise InputError(Problem("STORE_NOT_FOUND", f"There is no store at {file}.", hint))
    return Store(file, key=key)
