"""Write the file anew after a deletion: DuckDB frees the blocks of deleted rows, but their bytes stay until overwritten.

It runs when nobody uses the store: as the last user of a process closes it, or before the first one gets it. The old file
stays attached, and so locked, until the new one has taken its name: no other process can write to the file that goes away.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from golive.store import audit
from golive.store.file import private

_ACTION = "store.compact"


def is_due(cursor: DuckDBPyConnection) -> bool:
    """Whether something was deleted since the file was last written anew."""
    row = cursor.execute(
        "SELECT coalesce(max(seq) FILTER (action = 'session.delete' OR action LIKE '%.expire'), 0) "
        f"> coalesce(max(seq) FILTER (action = '{_ACTION}'), 0) FROM audit"
    ).fetchone()
    return bool(row and row[0])


def compact(connection: DuckDBPyConnection, name: str, path: Path, attach_options: str) -> None:
    """Replace ``path``, attached to ``connection`` as ``name``, by a copy that holds only what is still there.

    Nobody else may use the connection, and its owner closes it afterwards: it is attached to a file without a name. When it
    fails, on a full disk for example, ``path`` is as it was and nothing is left of the copy. Raises duckdb.Error, OSError.
    """
    with private.folder_beside(path) as folder:
        fresh = folder / path.name
        quoted = str(fresh).replace("'", "''")
        connection.execute(f"CHECKPOINT {name}")
        connection.execute(f"ATTACH '{quoted}' AS fresh{attach_options}")
        fresh.chmod(private.MODE)
        connection.execute(f"COPY FROM DATABASE {name} TO fresh")
        connection.execute("USE fresh")
        connection.execute("BEGIN")
        audit.append(
            connection, datetime.now(UTC).replace(tzinfo=None), "golive", _ACTION, path.name
        )
        connection.execute("COMMIT")
        connection.execute(f"USE {name}")
        connection.execute("CHECKPOINT fresh")
        connection.execute("DETACH fresh")
        os.replace(fresh, path)  # noqa: PTH105 - says that an existing file is replaced, atomically
