"""The condition of a store that nobody has to open for it: read from end to end, and whether it could be written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from duckdb import DuckDBPyConnection

from golive.model.errors import StoreError
from golive.store.file import blocks, database, faults, migrations

_ROOM = 1 << 20
"""Least room in bytes on the disk: a session takes a few hundred KB in the log, and a block of the file is 256 KB."""


def check(path: Path, key: str | None = None) -> tuple[str, ...]:
    """Read every table and every block of ``path``, and return the migrations it has. Nothing is changed, created or copied.

    Raises:
        StoreError: what is wrong with it, as opening, reading or writing it would say.
    """
    with database.look(path, key) as cursor:
        database.refuse_strangers(cursor, path)
        done = tuple(migrations.applied(cursor))
        read_all(cursor)
    refuse_damaged(path)
    refuse_unwritable(path)
    return done


def read_all(cursor: DuckDBPyConnection) -> None:
    """Read every value of every table, so that DuckDB checks what it is written in."""
    for table in sorted(migrations.tables(cursor)):
        cursor.execute(f'SELECT bit_xor(hash(t)) FROM "{table}" t').fetchall()


def refuse_damaged(path: Path) -> None:
    """Look at the bytes of a file, unless this process has it open: reading it past DuckDB would drop its lock. Raises StoreError."""
    if database.is_open(path):
        return
    with faults.raised_as_store_errors(path, OSError):
        problem = blocks.problem_of(path)
    if problem is not None:
        raise StoreError(problem)


def refuse_unwritable(path: Path) -> None:
    """Raise StoreError when the file or its folder could not be written, or the disk has no room left."""
    folder = next(parent for parent in path.absolute().parents if os.access(parent, os.F_OK))
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(faults.read_only(path))
    if os.access(path, os.F_OK) and not os.access(path, os.W_OK):
        raise StoreError(faults.read_only(path))
    with faults.raised_as_store_errors(path, OSError):
        free = shutil.disk_usage(folder).free
    if free < _ROOM:
        raise StoreError(faults.no_room(path, free))
