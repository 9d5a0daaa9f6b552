"""What the bytes of a store say by themselves: is the file as long as its header says, and does every block fit its checksum.

DuckDB checks a block when it reads it. Blocks of indexes are read only by a write, so a file can be read from end to end
and still be damaged. Layout (DuckDB 1.5.5, the same since its format 64): three headers of 4 KB, of which the second and
third take turns, then blocks; each begins with the checksum of its rest. Blocks beyond the number in the newest header are
left over from a write that did not end, for example on a full disk, and are nothing to worry about. An encrypted file shows
none of this.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from golive.model.errors import Problem
from golive.store.file import faults, private

try:
    import fcntl
except ImportError:  # a system without POSIX locks has none that could be dropped
    fcntl = None  # type: ignore[assignment]

_HEADER = 4096
_BLOCKS = faults.SMALLEST
_MAGIC = b"DUCK"
_FORMATS = range(64, 69)
_FACTOR = 0xBF58476D1CE4E5B9
_SEED = 5381
_LOG_HEAD = b"\x64\x00\x62\x65\x00"
_LOG_START = 8
_NO_ENTRY = 1 << 31
"""Entries of a log hold one change of one table; one of two gigabytes does not exist."""


def checksum(block: bytes) -> int:
    """DuckDB's checksum of a block whose length is a multiple of eight."""
    import numpy as np  # not before it is needed: most commands never look at bytes

    words = np.frombuffer(block, dtype="<u8")
    return int(np.bitwise_xor.reduce(words * np.uint64(_FACTOR))) ^ _SEED


def _fits(block: bytes) -> bool:
    return len(block) >= 8 and checksum(block[8:]) == struct.unpack_from("<Q", block)[0]


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO | None]:
    """The file, held so that nobody writes meanwhile; ``None`` when someone has it open for writing.

    Only for a file that this process has not open: closing it gives up every lock of this process on it.
    """
    with path.open("rb") as stream:
        if fcntl is not None:
            try:
                fcntl.lockf(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                yield None
                return
        yield stream


def problem_of_log(path: Path) -> Problem | None:
    """What is wrong with the log of ``path`` that DuckDB does not say. Raises OSError.

    It takes a log with a strange head for an old one, ignores it, and overwrites it at the next write; and it takes an entry
    that is longer than the log for one that was cut off by a crash. So what was kept there would be lost without a word.
    A log of fewer bytes than its head, or one whose last entry is short, is what a crash leaves: nothing in it was kept.
    """
    log = private.log_of(path)
    if not path.is_file() or not log.is_file() or log.stat().st_size < _LOG_START:
        return None
    with _locked(path) as free:
        if free is None:
            return None
        with log.open("rb") as stream:
            size = log.stat().st_size
            head = stream.read(_LOG_START)
            what = "" if head.startswith(_LOG_HEAD) else "does not begin as a log does"
            at = _LOG_START
            # Version 3, of encrypted files, has a longer head; what follows is for DuckDB to judge.
            while not what and head[5] == 2 and at + 16 <= size:
                stream.seek(at)
                (length,) = struct.unpack("<Q", stream.read(8))
                if length >= _NO_ENTRY:
                    what = f"makes no sense at byte {at}"
                at += 16 + length
    if not what:
        return None
    hint = f"Restore both from a backup; or move {log.name} away to open the store without the latest changes, which are in it."
    return faults.damaged(path, f"its log {log.name} {what}", hint)


def problem_of(path: Path) -> Problem | None:
    """What is wrong with the bytes of ``path``; ``None`` for a whole file, an encrypted one and another kind. Raises OSError."""
    with _locked(path) as stream:
        if stream is None:
            return None
        head = stream.read(_BLOCKS)
        if len(head) < _BLOCKS:
            return faults.too_short(path)
        version, flags = struct.unpack_from("<QQ", head, 12)
        if head[8:12] != _MAGIC or version not in _FORMATS or flags:
            return None
        what = _what(head, stream)
    return faults.damaged(path, what) if what else None


def _what(head: bytes, stream: BinaryIO) -> str:
    """What is wrong with a plain file, in words; nothing when it is whole."""
    parts = [head[at : at + _HEADER] for at in (0, _HEADER, 2 * _HEADER)]
    if not all(map(_fits, parts)):
        return "its header is not what was written there"
    _, _, _, count, size = max(struct.unpack_from("<QQQQQ", part, 8) for part in parts[1:])
    missing = _BLOCKS + count * size - stream.seek(0, os.SEEK_END)
    if missing > 0:
        return f"it was cut off; {missing:,} bytes at its end are missing"
    # A block of zeros was set aside and never written.
    bad = sum(1 for block in _read(stream, count, size) if not _fits(block) and any(block))
    return (
        f"{bad:,} of its {count:,} blocks {'is' if bad == 1 else 'are'} not what was written there"
        if bad
        else ""
    )


def _read(stream: BinaryIO, count: int, size: int) -> Iterator[bytes]:
    stream.seek(_BLOCKS)
    for _ in range(count):
        yield stream.read(size)
