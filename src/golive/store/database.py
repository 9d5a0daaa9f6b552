"""The DuckDB file: opened once per process, locked down, a cursor per call, one writer at a time.

Facts this file is built on (DuckDB 1.5.5):

- A connection shared by threads fails under load; a cursor per call does not.
- The file lock is a POSIX lock. Opening and closing the file anywhere else in this process drops it, so a copy is made only
  while the file is detached.
- Writing an encrypted file needs the ``httpfs`` extension, because its OpenSSL is the only cipher allowed to write.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from golive import __version__
from golive.model.errors import Problem, StoreError
from golive.store import compaction, migrations

NAME = "golive"
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
    "memory_limit": "1GB",
    "threads": 2,
    "temp_directory": "",
}
_open: dict[Path, Database] = {}
_guard = threading.Lock()


def encryption_extension() -> Path | None:
    """The ``httpfs`` extension for this DuckDB, or ``None`` when the ``secure`` extra is not installed."""
    spec = find_spec("duckdb_extension_httpfs")
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / "extensions" / f"v{duckdb.__version__}" / "httpfs.duckdb_extension"
    return file if file.is_file() else None


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def translate(error: duckdb.Error, path: Path) -> StoreError:
    """Say what a DuckDB error on opening ``path`` means, in a sentence with a hint."""
    text = str(error)
    if "Could not set lock" in text or "Conflicting lock" in text:
        return StoreError(
            Problem(
                "STORE_BUSY",
                f"Another process has the store {path} open.",
                "Close the dashboard or wait for the other run, name another file with --store, or use --no-store.",
            )
        )
    if "version number" in text:
        return StoreError(
            Problem(
                "STORE_NEWER",
                f"The store {path} was written by a newer DuckDB than {duckdb.__version__}.",
                "Upgrade GoLive, or name another file with --store.",
            )
        )
    if "encrypt" in text.lower():
        return StoreError(
            Problem(
                "STORE_KEY",
                f"The key does not fit the store {path}: {_reason(text)}",
                "Set GOLIVE_STORE_KEY to the key the file was created with; leave it unset for a file without encryption.",
            )
        )
    if path.is_dir() or "not a valid DuckDB" in text:
        return StoreError(
            Problem(
                "STORE_UNREADABLE",
                f"{path} is {'a folder' if path.is_dir() else 'another kind of file'}, not a GoLive store. It was not changed.",
                "Name the store's own file with --store (a new name makes a new store), or restore it from a backup if it was one.",
            )
        )
    return StoreError(
        Problem(
            "STORE_UNREADABLE",
            f"The store {path} cannot be opened: {_reason(text)}",
            "Restore the file from a backup, or name another file with --store.",
        )
    )


def _reason(text: str) -> str:
    """First line of a DuckDB message without its class name, as the end of a sentence."""
    line = text.strip().splitlines()[0].split(": ", 1)[-1] if text.strip() else "no reason given"
    return line.rstrip(".!") + "."


def _what(path: Path) -> str:
    """What a file is that opens, but holds no store. (DuckDB attaches other kinds of file, CSV among them, as tables.)"""
    with suppress(OSError), path.open("rb") as stream:
        if stream.read(12)[8:] == b"DUCK":
            return "it is a DuckDB file with other tables"
    return "it is a file of another kind"


def _options(key: str | None, *, read_only: bool = False) -> str:
    """Options of ATTACH, with a space before them."""
    options = ["READ_ONLY"] if read_only else []
    options += [f"ENCRYPTION_KEY {_quote(key)}"] if key is not None else []
    return f" ({', '.join(options)})" if options else ""


def _connect(path: Path, key: str | None, *, read_only: bool = False) -> DuckDBPyConnection:
    """Attach ``path`` to a fresh in-memory DuckDB and make it the default database."""
    connection = duckdb.connect(":memory:", config=_CONFIG)
    try:
        if key is not None:
            extension = encryption_extension()
            if extension is None:
                raise StoreError(
                    Problem(
                        "STORE_ENCRYPTION",
                        "GOLIVE_STORE_KEY is set, but this installation cannot write encrypted files.",
                        "Install the extra: pip install 'golive[secure]'.",
                    )
                )
            connection.execute(f"LOAD {_quote(str(extension))}")
        connection.execute(f"ATTACH {_quote(str(path))} AS {NAME}{_options(key, read_only=read_only)}")
        connection.execute(f"USE {NAME}")
    except duckdb.Error as error:
        connection.close()
        raise translate(error, path) from None
    except StoreError:
        connection.close()
        raise
    return connection


def _refuse_strangers(cursor: DuckDBPyConnection, path: Path) -> None:
    """Refuse a file that a newer GoLive changed, and a DuckDB file that is not ours."""
    found = migrations.tables(cursor)
    if found and "migration" not in found:
        raise StoreError(
            Problem(
                "STORE_UNREADABLE",
                f"{path} is not a GoLive store: {_what(path)}. It was not changed.",
                "Name the store's own file with --store; a new name makes a new store.",
            )
        )
    done = migrations.applied(cursor)
    unknown = [name for name in done if name not in migrations.MIGRATIONS]
    if unknown:
        raise StoreError(
            Problem(
                "STORE_NEWER",
                f"The store {path} was changed by GoLive {done[unknown[-1]]}; this is {__version__}.",
                "Upgrade GoLive, or name another file with --store.",
            )
        )


class Database:
    """One open store file. Get it with ``open_database``; every ``open_database`` needs one ``close``."""

    def __init__(self, path: Path, key: str | None) -> None:
        self.path = path
        self.users = 1
        self.key = key
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(
                Problem("STORE_UNREADABLE", f"The folder {path.parent} cannot be made: {error.strerror}.")
            ) from None
        self._connection = _connect(path, key)
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        with suppress(OSError):
            self.path.chmod(0o600)
        _refuse_strangers(self._connection, self.path)
        steps = migrations.pending(self._connection)
        if steps and migrations.applied(self._connection):
            self._back_up(before=steps[0])
        migrations.migrate(self._connection)
        if compaction.is_due(self._connection):
            self._compact()
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def _back_up(self, before: str) -> None:
        """Copy the file while it is detached (see the module's facts), then attach it again."""
        self._connection.execute(f"CHECKPOINT {NAME}")
        self._connection.close()
        copy = self.path.with_name(f"{self.path.name}.before-{before}")
        shutil.copy2(self.path, copy)
        self._connection = _connect(self.path, self.key)
        _refuse_strangers(self._connection, self.path)

    def _compact(self) -> None:
        """Write the file anew and attach it again. Called before anyone uses it."""
        compaction.compact(self._connection, NAME, self.path, _options(self.key))
        self._connection.close()
        self._connection = _connect(self.path, self.key)

    @contextmanager
    def cursor(self) -> Iterator[DuckDBPyConnection]:
        """A cursor for reading, closed at the end."""
        cursor = self._connection.cursor()
        try:
            cursor.execute(f"USE {NAME}")
            yield cursor
        finally:
            cursor.close()

    @contextmanager
    def write(self) -> Iterator[DuckDBPyConnection]:
        """A cursor inside a transaction, one at a time: all of it is kept, or nothing."""
        with self._lock, self.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                with suppress(duckdb.Error):
                    cursor.execute("ROLLBACK")
                raise

    def checkpoint(self) -> None:
        """Write the log into the file and drop what was deleted from it."""
        with self._lock, self.cursor() as cursor:
            cursor.execute(f"CHECKPOINT {NAME}")

    def close(self) -> None:
        """Give the file back; it is closed when the last user in this process has done so."""
        with _guard:
            self.users -= 1
            if self.users == 0:
                _open.pop(self.path, None)
                due = compaction.is_due(self._connection)
                self._connection.close()
                if due:
                    # This connection is locked down, so a new one does it. Should another process be faster, it does.
                    with suppress(StoreError):
                        fresh = _connect(self.path, self.key)
                        with closing(fresh):
                            compaction.compact(fresh, NAME, self.path, _options(self.key))


def open_database(path: Path, key: str | None = None) -> Database:
    """Open ``path``, creating or upgrading it. Everyone in this process shares one ``Database`` per file.

    Raises:
        StoreError: ``STORE_BUSY``, ``STORE_NEWER``, ``STORE_KEY``, ``STORE_ENCRYPTION`` or ``STORE_UNREADABLE``.
    """
    resolved = path.expanduser().resolve()
    with _guard:
        if (database := _open.get(resolved)) is not None:
            if database.key != key:
                raise StoreError(
                    Problem("STORE_KEY", f"The store {resolved} is open in this process with another key.")
                )
            database.users += 1
            return database
        database = Database(resolved, key)
        _open[resolved] = database
        return database


@contextmanager
def look(path: Path, key: str | None = None) -> Iterator[DuckDBPyConnection]:
    """A cursor on an existing file for reading only; nothing is created, migrated or copied.

    Raises:
        StoreError: as ``open_database``.
    """
    resolved = path.expanduser().resolve()
    with _guard:
        shared = _open.get(resolved)
    if shared is not None:
        with shared.cursor() as cursor:
            yield cursor
        return
    connection = _connect(resolved, key, read_only=True)
    try:
        yield connection
    finally:
        connection.close()
