"""The DuckDB file: opened once per process, locked down, a cursor per call, one writer at a time.

Facts this file is built on (DuckDB 1.5.5):

- A connection shared by threads fails under load; a cursor per call does not.
- The file lock is a POSIX lock. Opening and closing the file anywhere else in this process drops it, so a copy is made only
  while the file is detached.
- DuckDB frees the blocks of deleted rows, but their bytes stay until overwritten. So the file is written anew after a deletion,
  when nobody uses it: as the last user of a process closes it, or before the first one gets it. The old file stays attached,
  and so locked, until the new one has taken its name: no other process can write to the file that goes away.
- Writing an encrypted file needs the ``httpfs`` extension, because its OpenSSL is the only cipher allowed to write.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from golive import __version__
from golive.model.errors import Problem, StoreError
from golive.store import audit
from golive.store.file import blocks, faults, migrations, private
from golive.store.file.faults import translate

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
_COMPACT = "store.compact"
_open: dict[Path, Database] = {}
_guard = threading.Lock()


def encryption_extension() -> Path | None:
    """The ``httpfs`` extension for this DuckDB, or ``None`` when the ``secure`` extra is not installed."""
    spec = find_spec("duckdb_extension_httpfs")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "extensions" / f"v{duckdb.__version__}"
    file = folder / "httpfs.duckdb_extension"
    return file if file.is_file() else None


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


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
                sentence = (
                    "GOLIVE_STORE_KEY is set, but this installation cannot write encrypted files."
                )
                hint = "Install the extra: pip install 'golive[secure]'."
                raise StoreError(Problem("STORE_ENCRYPTION", sentence, hint))
            connection.execute(f"LOAD {_quote(str(extension))}")
        options = _options(key, read_only=read_only)
        connection.execute(f"ATTACH {_quote(str(path))} AS {NAME}{options}")
        connection.execute(f"USE {NAME}")
    except duckdb.Error as error:
        connection.close()
        raise translate(error, path) from None
    except StoreError:
        connection.close()
        raise
    return connection


def refuse_strangers(cursor: DuckDBPyConnection, path: Path) -> None:
    """Refuse a file that a newer GoLive changed, and a DuckDB file that is not ours. Raises StoreError."""
    found = migrations.tables(cursor)
    if found and "migration" not in found:
        sentence = f"{path} is not a GoLive store: {_what(path)}. It was not changed."
        hint = "Name the store's own file with --store; a new name makes a new store."
        raise StoreError(Problem("STORE_UNREADABLE", sentence, hint))
    done = migrations.applied(cursor)
    unknown = [name for name in done if name not in migrations.MIGRATIONS]
    if unknown:
        sentence = (
            f"The store {path} was changed by GoLive {done[unknown[-1]]}; this is {__version__}."
        )
        hint = "Upgrade GoLive, or name another file with --store."
        raise StoreError(Problem("STORE_NEWER", sentence, hint))


def _compaction_is_due(cursor: DuckDBPyConnection) -> bool:
    """Whether something was deleted since the file was last written anew."""
    row = cursor.execute(
        "SELECT coalesce(max(seq) FILTER (action = 'session.delete' OR action LIKE '%.expire'), 0) "
        f"> coalesce(max(seq) FILTER (action = '{_COMPACT}'), 0) FROM audit"
    ).fetchone()
    return bool(row and row[0])


def _write_anew(connection: DuckDBPyConnection, name: str, path: Path, attach_options: str) -> None:
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
            connection, datetime.now(UTC).replace(tzinfo=None), "golive", _COMPACT, path.name
        )
        connection.execute("COMMIT")
        connection.execute(f"USE {name}")
        connection.execute("CHECKPOINT fresh")
        connection.execute("DETACH fresh")
        os.replace(fresh, path)  # noqa: PTH105 - says that an existing file is replaced, atomically


class Database:
    """One open store file. Get it with ``open_database``; every ``open_database`` needs one ``close``.

    An error of DuckDB that is about the file or its disk leaves every method as a ``StoreError`` (``golive.store.file.faults``).
    After some of them the engine answers no more: this ``Database`` then repeats what happened and ``usable`` is false,
    the file is let go, and the next ``open_database`` attaches it anew.
    """

    def __init__(self, path: Path, key: str | None) -> None:
        self.path = path
        self.users = 1
        self.key = key
        self._lock = threading.RLock()
        self._end: StoreError | None = None
        _make_folder(path)
        with faults.raised_as_store_errors(path, OSError):
            _refuse_lost_log(path)
            if not path.exists():
                _create(path, key)
            self._connection = _connect(path, key)
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    @property
    def usable(self) -> bool:
        """Whether the engine still answers."""
        return self._end is None

    def _prepare(self) -> None:
        refuse_strangers(self._connection, self.path)
        private.close_to_others(self.path)
        steps = migrations.pending(self._connection)
        if steps and migrations.applied(self._connection):
            self._back_up(before=steps[0])
        if steps:
            private.make_log(self.path)
            migrations.migrate(self._connection)
        if _compaction_is_due(self._connection):
            self._compact()
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def _back_up(self, before: str) -> None:
        """Copy the file while it is detached (see the module's facts), then attach it again."""
        self._connection.execute(f"CHECKPOINT {NAME}")
        self._connection.close()
        private.copy(self.path, self.path.with_name(f"{self.path.name}.before-{before}"))
        self._connection = _connect(self.path, self.key)
        refuse_strangers(self._connection, self.path)

    def _compact(self) -> None:
        """Write the file anew and attach it again. Called before anyone uses it.

        A disk without room for a second file, or a damaged part that nobody asked for, is no reason to keep people from what
        can be read: then the file stays as it is, and the next one who opens it tries again.
        """
        with suppress(StoreError), faults.raised_as_store_errors(self.path, OSError):
            _write_anew(self._connection, NAME, self.path, _options(self.key))
        self._connection.close()
        self._connection = _connect(self.path, self.key)

    @contextmanager
    def _errors_about_the_file(self) -> Iterator[None]:
        """Errors about the file as ``StoreError``; after the last one of an engine, that one again and again."""
        self._refuse_after_the_end()
        try:
            yield
        except duckdb.Error as error:
            self._refuse_after_the_end()  # another thread's error ended it meanwhile
            problem = faults.meaning(error, self.path)
            if problem is None:
                raise
            ours = StoreError(problem)
            if faults.is_the_end(error):
                self._give_up(ours)
            raise ours from None

    def _refuse_after_the_end(self) -> None:
        if self._end is not None:
            raise StoreError(self._end.problems) from None

    def _give_up(self, error: StoreError) -> None:
        """Let the file go: DuckDB keeps it, and its lock, as long as the connection is there."""
        with _guard:
            self._end = self._end or error
            if _open.get(self.path) is self:
                del _open[self.path]
            self._connection.close()

    @contextmanager
    def cursor(self) -> Iterator[DuckDBPyConnection]:
        """A cursor for reading, closed at the end."""
        with self._errors_about_the_file(), closing(self._connection.cursor()) as cursor:
            cursor.execute(f"USE {NAME}")
            yield cursor

    @contextmanager
    def write(self) -> Iterator[DuckDBPyConnection]:
        """A cursor inside a transaction, one at a time: all of it is kept, or nothing.

        Measured: when a COMMIT fails on a full disk, DuckDB cuts the log back to where it was, and when the checkpoint in a
        COMMIT fails, the header still points to the blocks from before; neither is there after opening the file again.
        """
        with self._lock, self.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield cursor
                with faults.raised_as_store_errors(self.path, OSError):
                    private.make_log(self.path)
                cursor.execute("COMMIT")
            except BaseException:
                with suppress(duckdb.Error):
                    cursor.execute("ROLLBACK")
                raise

    def checkpoint(self) -> None:
        """Write the log into the file and drop what was deleted from it, as far as the disk lets it.

        It comes after a COMMIT and takes nothing back: reporting its failure would say that something was not done that was.
        The deletion is in the log, the bytes go when the file is next written anew, and the next call says what is wrong.
        """
        with suppress(StoreError), self._lock, self.cursor() as cursor:
            cursor.execute(f"CHECKPOINT {NAME}")

    def close(self) -> None:
        """Give the file back; it is closed when the last user in this process has done so.

        Everything that was kept is in the file or its log by now, so a disk that fails here is reported by the next opening.
        """
        with _guard:
            self.users -= 1
            if self.users or self._end is not None:
                return
            _open.pop(self.path, None)
            due = False
            with suppress(StoreError), faults.raised_as_store_errors(self.path):
                due = _compaction_is_due(self._connection)
            private.drop_empty_log(self.path)
            self._connection.close()
            if due:
                # This connection is locked down, so a new one does it. Should another process be faster, it does.
                with (
                    suppress(StoreError),
                    faults.raised_as_store_errors(self.path, OSError),
                    closing(_connect(self.path, self.key)) as fresh,
                ):
                    _write_anew(fresh, NAME, self.path, _options(self.key))


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        problem = faults.meaning(error, path)
        if problem is None or problem.code == "STORE_UNREADABLE":
            sentence = f"The folder {path.parent} cannot be made: {error.strerror}."
            problem = Problem("STORE_UNREADABLE", sentence)
        raise StoreError(problem) from None


def _refuse_lost_log(path: Path) -> None:
    problem = blocks.problem_of_log(path)
    if problem is not None:
        raise StoreError(problem)


def _create(path: Path, key: str | None) -> None:
    """Make a store out of sight and give it its name when it is whole; should another process be faster, its file stays."""
    with private.folder_beside(path) as folder:
        made = folder / path.name
        with closing(_connect(made, key)) as connection:
            made.chmod(private.MODE)
            migrations.migrate(connection)
            # Closing writes the log too, and says nothing when it cannot
            connection.execute(f"CHECKPOINT {NAME}")
        # Of a file that is gone; DuckDB would play it into the new one
        private.log_of(path).unlink(missing_ok=True)
        private.give_name(made, path)


def open_database(path: Path, key: str | None = None) -> Database:
    """Open ``path``, creating or upgrading it. Everyone in this process shares one ``Database`` per file.

    Raises:
        StoreError: ``STORE_BUSY``, ``STORE_NEWER``, ``STORE_KEY``, ``STORE_ENCRYPTION``, ``STORE_DAMAGED``,
            ``STORE_READ_ONLY``, ``STORE_DISK_FULL`` or ``STORE_UNREADABLE``.
    """
    resolved = path.expanduser().resolve()
    with _guard:
        if (database := _open.get(resolved)) is not None:
            if database.key != key:
                sentence = f"The store {resolved} is open in this process with another key."
                raise StoreError(Problem("STORE_KEY", sentence))
            database.users += 1
            return database
        database = Database(resolved, key)
        _open[resolved] = database
        return database


def is_open(path: Path) -> bool:
    """Whether this process has the file open."""
    with _guard:
        return path.expanduser().resolve() in _open


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
    with faults.raised_as_store_errors(resolved, OSError):
        _refuse_lost_log(resolved)
    connection = _connect(resolved, key, read_only=True)
    with faults.raised_as_store_errors(resolved), closing(connection):
        yield connection
