"""What a command says and where: results on stdout, errors and progress on stderr, colour only on a terminal."""

from __future__ import annotations

import getpass
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from golive.model.errors import GoLiveError, InputError, Problem

if TYPE_CHECKING:
    from golive.store import Store

_WIDE = 200


def stdout() -> Console:
    """Console for results. Lines are never cut where nobody sees a screen."""
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE)


def stderr() -> Console:
    """Console for everything that is not the result."""
    return Console(
        stderr=True, highlight=False, soft_wrap=True, width=None if sys.stderr.isatty() else _WIDE
    )


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
    try:
        current = settings.load()
        message = f": {error}" if current.log_level == "DEBUG" else ""
        folder = current.home / "logs"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        log = folder / f"golive-{stamp}.log"
        log.touch(mode=0o600)
        log.write_text(f"{stamp}\n{frames}{type(error).__name__}{message}\n", encoding="utf-8")
        where = f"The log is {log}."
    except (OSError, GoLiveError):
        where = "The log could not be written."
    problem = Problem(
        "INTERNAL", f"GoLive failed where it should not ({type(error).__name__}).", where
    )
    print(problem, file=sys.stderr)
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
        )
        with Progress(
            *columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True
        ) as bar:
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


def write_out(text: str, out: str) -> None:
    """Write ``text`` to the file ``out``, or to stdout for ``-``.

    Raises:
        InputError: ``OUT_FILE`` when the file cannot be written.
    """
    if out == "-":
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
        return
    try:
        Path(out).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(
            Problem("OUT_FILE", f"'{out}' cannot be written: {error.strerror}.")
        ) from None


def check_out(out: str | None) -> list[Problem]:
    """Say before a long run that its result could not be written."""
    if out in (None, "-"):
        return []
    path = Path(str(out))
    if path.is_dir():
        return [Problem("OUT_FILE", f"'{out}' is a folder.", "Name a file, or - for stdout.")]
    if not path.absolute().parent.is_dir():
        return [
            Problem(
                "OUT_FILE",
                f"The folder of '{out}' does not exist.",
                "Make it first, or name another file.",
            )
        ]
    return []


def open_store(path: Path | None, *, must_exist: bool = False) -> Store:
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
        sentence = f"There is no store at {file}."
        raise InputError(
            Problem(
                "STORE_NOT_FOUND", sentence, "`golive assess` makes one; --store names another."
            )
        )
    return Store(file, key=key)
