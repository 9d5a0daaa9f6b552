"""What an error of DuckDB or of the disk means for the store: a code, a sentence with the file's name, and what to do.

DuckDB 1.5.5 raises the same few classes for many causes, so the text decides, and only of the classes that speak of the
file: mistakes in our own SQL (``BinderException``, ``ParserException``) and broken constraints stay what they are.
Measured: a full disk comes as ``TransactionException`` at COMMIT and as ``IOException`` at a checkpoint; a garbled block as
``IOException``, or as ``FatalException`` when DuckDB has to stop there; in an encrypted file as ``InvalidInputException``.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from golive.model.errors import Problem, StoreError

_OF_THE_FILE = (
    duckdb.IOException,
    duckdb.SerializationException,
    duckdb.InternalException,
    duckdb.FatalException,
)
SMALLEST = 3 * 4096
"""Bytes of the headers of a DuckDB file."""
_AES = "AES tag differs"
_INVALID = "has been invalidated"
_RESTORE = "Restore the file from a backup, or name another file with --store."
_ANOTHER = "Name the store's own file with --store (a new name makes a new store), or restore it from a backup if it was one."
_FULL = {
    "No space left on device": "its disk is full (No space left on device)",
    "Disk quota exceeded": "the space that this user may have on its disk is used up (Disk quota exceeded)",
    "File too large": "the space that one file may have on its disk is used up (File too large)",
}
_READ_ONLY = {
    "Read-only file system": "its disk is read-only",
    "Permission denied": "this user has no right to write it or its folder",
    "Operation not permitted": "this user has no right to write it or its folder",
}
_NUMBERS = {
    errno.ENOSPC: "No space left on device",
    errno.EDQUOT: "Disk quota exceeded",
    errno.EFBIG: "File too large",
    errno.EROFS: "Read-only file system",
    errno.EACCES: "Permission denied",
    errno.EPERM: "Operation not permitted",
}


def translate(error: duckdb.Error, path: Path) -> StoreError:
    """What an error on attaching ``path`` means; at that moment every error is about the file."""
    return StoreError(_of_attach(error, path))


def _of_attach(error: duckdb.Error, path: Path) -> Problem:
    text = str(error)
    if "version number" in text:
        sentence = f"The store {path} was written by a newer DuckDB than {duckdb.__version__}."
        hint = "Upgrade GoLive, or name another file with --store."
        return Problem("STORE_NEWER", sentence, hint)
    if "Could not read enough bytes" in text and path.stat().st_size < SMALLEST:
        return too_short(path)
    known = meaning(error, path)
    if known is not None and known.code != "STORE_UNREADABLE":
        return known
    if "encrypt" in text.lower():
        sentence = f"The key does not fit the store {path}: {reason(text)}"
        hint = "Set GOLIVE_STORE_KEY to the key the file was created with; leave it unset for a file without encryption."
        return Problem("STORE_KEY", sentence, hint)
    if path.is_dir() or "not a valid DuckDB" in text:
        kind = "a folder" if path.is_dir() else "another kind of file"
        sentence = f"{path} is {kind}, not a GoLive store. It was not changed."
        return Problem("STORE_UNREADABLE", sentence, _ANOTHER)
    return Problem(
        "STORE_UNREADABLE", f"The store {path} cannot be opened: {reason(text)}", _RESTORE
    )


def meaning(error: duckdb.Error | OSError, path: Path) -> Problem | None:
    """What an error of the open store ``path`` means, or ``None`` when it is not about the file or its disk."""
    if isinstance(error, OSError):
        text = _NUMBERS.get(error.errno or 0, error.strerror or type(error).__name__)
        return _of_disk(text, path) or _unreadable(text, path)
    text = str(error)
    if isinstance(error, duckdb.TransactionException):
        # A failed COMMIT says why; anything else of this class is a conflict, or a mistake of ours.
        broken_off = any(words in text for words in ("Could not write", "fsync", _INVALID))
        known = _of_disk(text, path) or _damaged(text, path)
        return known or (_unreadable(text, path) if broken_off else None)
    if isinstance(error, duckdb.InvalidInputException) and _AES in text:
        return _damaged(text, path)
    if not isinstance(error, _OF_THE_FILE):
        return None
    return (
        _busy(text, path)
        or _of_disk(text, path)
        or _damaged(text, path, error)
        or _unreadable(text, path)
    )


def is_the_end(error: duckdb.Error) -> bool:
    """Whether the engine answers no more after this error; the file can be attached anew."""
    fatal = duckdb.FatalException | duckdb.InternalException
    return isinstance(error, fatal) or _INVALID in str(error)


@contextmanager
def raised_as_store_errors(path: Path, *others: type[OSError]) -> Iterator[None]:
    """Raise every error inside that is about the file ``path`` as a ``StoreError``; ``others`` adds ``OSError``."""
    kinds: tuple[type[duckdb.Error | OSError], ...] = (duckdb.Error, *others)
    try:
        yield
    except kinds as error:
        problem = meaning(error, path)
        if problem is None:
            raise
        raise StoreError(problem) from None


def reason(text: str) -> str:
    """First line of a DuckDB message without its class name, or of the one it came from, as the end of a sentence."""
    first = re.split(r"original error: ", text.strip(), flags=re.IGNORECASE)[-1].strip().strip('"')
    line = first.splitlines()[0].split("Error: ", 1)[-1] if first else "no reason given"
    return line.rstrip(".!?") + "."


def damaged(path: Path, what: str, hint: str = "") -> Problem:
    """The problem of a file that is not as it was written."""
    return Problem("STORE_DAMAGED", f"The store {path} is damaged: {what}.", hint or _RESTORE)


def too_short(path: Path) -> Problem:
    """The problem of a file that ends within its headers: whatever it was, nothing of it is there."""
    sentence = f"{path} ends before the contents of a store begin. It was not changed."
    return Problem("STORE_UNREADABLE", sentence, _ANOTHER)


def read_only(path: Path, why: str = "") -> Problem:
    """The problem of a file that cannot be written where it is."""
    hint = "Make the file and its folder writable for this user, or name another file with --store."
    why = why or _READ_ONLY["Permission denied"]
    return Problem("STORE_READ_ONLY", f"The store {path} cannot be written: {why}.", hint)


def no_room(path: Path, free: int) -> Problem:
    """The problem of a disk that has next to no room left."""
    sentence = f"The store {path} cannot be written for long: its disk has {free:,} bytes left."
    return Problem("STORE_DISK_FULL", sentence, f"Free some space on the disk of {path.parent}.")


def full(path: Path, why: str) -> Problem:
    """The problem of a write that the disk had no room for."""
    hint = f"Free some space on the disk of {path.parent}, then do it again; or name a file on another disk with --store."
    sentence = f"The store {path} could not be written: {why}. What was being written was not kept."
    return Problem("STORE_DISK_FULL", sentence, hint)


def _busy(text: str, path: Path) -> Problem | None:
    locks = ("Could not set lock", "Conflicting lock", "Unique file handle conflict")
    if not any(words in text for words in locks):
        return None
    sentence = f"Another process has the store {path} open."
    hint = "Close the dashboard or wait for the other run, name another file with --store, or use --no-store."
    return Problem("STORE_BUSY", sentence, hint)


def _of_disk(text: str, path: Path) -> Problem | None:
    for words, why in _FULL.items():
        if words in text:
            return full(path, why)
    for words, why in _READ_ONLY.items():
        if words in text:
            if os.access(path, os.F_OK) and not os.access(path, os.R_OK):
                hint = "Give this user the right to read and write it, or name another file with --store."
                return Problem(
                    "STORE_UNREADABLE", f"The store {path} belongs to someone else: {words}.", hint
                )
            return read_only(path, why)
    return None


def _damaged(text: str, path: Path, error: duckdb.Error | None = None) -> Problem | None:
    log = f"{path.name}.wal"
    if "WAL file" in text:
        return damaged(path, f"its log {log} cannot be read", f"{_RESTORE} Keep {log} with it.")
    if "Could not read enough bytes" in text:
        return damaged(path, "it ends before all of it is there, like a copy that was cut off")
    if "checksum" in text or "Corrupt" in text or _AES in text:
        return damaged(path, "a part of it is not what was written there")
    if isinstance(error, duckdb.SerializationException) or "deserialize" in text:
        return damaged(path, f"a part of it makes no sense ({reason(text).rstrip('.')})")
    return None


def _unreadable(text: str, path: Path) -> Problem:
    return Problem(
        "STORE_UNREADABLE", f"The store {path} cannot be read or written: {reason(text)}", _RESTORE
    )
