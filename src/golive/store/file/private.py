"""Files that nobody else can read from the moment they exist, whatever the umask is.

DuckDB makes its files with mode 0666 less the umask, and makes the log (``.wal``) anew after every checkpoint. Setting the
umask is no way: it belongs to the whole process, and other threads write other files. A chmod afterwards leaves a moment in
which the file is open to others. So the log is made by us, empty and 0600, just before DuckDB opens it (it opens it with
O_CREAT|O_APPEND, takes an empty one as a new one, and leaves the mode alone); every other file is made in a folder that only
this user can enter, gets its mode there, and is given its name when it is whole.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MODE = 0o600


def log_of(path: Path) -> Path:
    """The log that DuckDB keeps beside ``path``."""
    return path.with_name(f"{path.name}.wal")


def make_log(path: Path) -> None:
    """Make the log of ``path`` when there is none. An existing one is left alone: opening it here would drop DuckDB's lock."""
    with suppress(FileExistsError):
        os.close(os.open(log_of(path), os.O_CREAT | os.O_EXCL | os.O_WRONLY, MODE))


def drop_empty_log(path: Path) -> None:
    """Remove a log that nothing was written to. Only for whoever has ``path`` locked: another process may have just made it."""
    log = log_of(path)
    with suppress(OSError):
        if log.stat().st_size == 0:
            log.unlink()


def close_to_others(path: Path) -> None:
    """Take the rights of others from a file and its log, as a copy or an older version may have left them."""
    for file in (path, log_of(path)):
        with suppress(OSError):
            file.chmod(MODE)


@contextmanager
def folder_beside(path: Path) -> Iterator[Path]:
    """A new folder next to ``path``, so on the same disk, that only this user can enter; gone with all in it at the end."""
    # Mode 0700 by its contract
    made = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def give_name(made: Path, path: Path) -> None:
    """Move a whole file to ``path``, unless something has that name already."""
    try:
        os.link(made, path)
    except FileExistsError:
        return
    except OSError:  # a disk without links
        if not path.exists():
            made.rename(path)


def copy(source: Path, target: Path) -> None:
    """Copy a file; ``target`` gets its name only when all of it is on the disk."""
    with folder_beside(target) as folder:
        made = folder / target.name
        with (
            source.open("rb") as of,
            os.fdopen(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MODE), "wb") as to,
        ):
            shutil.copyfileobj(of, to, 1 << 20)
            to.flush()
            os.fsync(to.fileno())
        shutil.copystat(source, made)
        made.chmod(MODE)
        made.replace(target)
