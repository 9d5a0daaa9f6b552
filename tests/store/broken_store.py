"""Ways to break a store: bytes of the file, and a disk that has no room left. None needs root or another DuckDB."""

from __future__ import annotations

import random
import resource
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from golive.store.file import blocks

HEADERS = 12_288


def garble(path: Path, at: int, length: int = 4096, seed: int = 1) -> None:
    """Overwrite a part of a file with random bytes."""
    data = bytearray(path.read_bytes())
    data[at : at + length] = random.Random(seed).randbytes(min(length, len(data) - at))
    path.write_bytes(data)


def make_newer(path: Path, version: int = 999) -> None:
    """Say in the header, with the right checksum, that a later DuckDB wrote the file. (DuckDB 2.0.1 writes 999.)"""
    data = bytearray(path.read_bytes())
    struct.pack_into("<Q", data, 12, version)
    struct.pack_into("<Q", data, 0, blocks.checksum(bytes(data[8:4096])))
    path.write_bytes(data)


@contextmanager
def little_room(most: int) -> Iterator[None]:
    """No file may grow beyond ``most`` bytes: a write fails as on a full disk, with EFBIG. (Python ignores SIGXFSZ.)"""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
