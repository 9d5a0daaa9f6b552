"""Where rows live while an assessment runs: a locked-down DuckDB in this process and a private temporary folder."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Mapping
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis

from golive.intake.base.dataset import Limits
from golive.model.errors import Problem
from golive.model.profile import Coverage

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

MEMORY_LIMIT = "3GB"
IN_MEMORY_BYTES = 64_000_000
"""Sources up to this size are kept in memory only; larger ones in a compressed DuckDB file in the private folder."""


def threads() -> int:
    """Threads of one DuckDB: half of the processors, because training and live data are read side by side.

    More would wait for each other, which DuckDB does by asking again and again: a file of few row groups cost a third more.
    """
    return max(1, (os.cpu_count() or 1) // 2)


def text(value: str | Path) -> str:
    """Quote a value as an SQL string."""
    return "'" + str(value).replace("'", "''") + "'"


def texts(values: Iterable[str | Path]) -> str:
    """Quote values as an SQL list of strings."""
    return f"[{', '.join(map(text, values))}]"


def name(value: str) -> str:
    """Quote a value as an SQL identifier."""
    return '"' + value.replace('"', '""') + '"'


class Workspace:
    """A DuckDB connection, a folder only this user can read (0700, removed on ``close``), limits, and notes so far.

    ``views`` are ViewDefinitions of the reader's own, ``coverage`` what was counted of FHIR resources.
    """

    def __init__(
        self, limits: Limits, size: int = 0, views: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        self.limits = limits
        self.notes: list[Problem] = []
        self.views = tuple(views)
        self.coverage: list[Coverage] = []
        self.folder = Path(tempfile.mkdtemp(prefix="golive-"))
        self._remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.duck: Backend = ibis.duckdb.connect(
            memory_limit=MEMORY_LIMIT,
            threads=threads(),
            temp_directory=str(self.folder / "spill"),
            autoinstall_known_extensions=False,
            autoload_known_extensions=False,
            allow_community_extensions=False,
        )
        self.sql("SET enable_progress_bar = false")  # progress is told by GoLive, in words
        if size > IN_MEMORY_BYTES:
            self.sql(f"ATTACH {text(self.folder / 'rows.duckdb')} AS rows; USE rows")

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        return self.duck.con.execute(query).fetchall()  # type: ignore[no-any-return]

    def counts(self, query: str) -> tuple[int, ...]:
        """The numbers in the one row of a query."""
        return tuple(int(n) for n in self.sql(query)[0])

    def plain(self, path: Path) -> Path:
        """``path``, or a link to it where DuckDB would take its name for a pattern and read ``live1.csv`` for ``live[1].csv``."""
        if not has_magic(str(path)):
            return path
        link = self.unused("link")
        link.symlink_to(path.absolute())
        return link

    def unused(self, kind: str) -> Path:
        """A path in the private folder that nothing has yet."""
        return self.folder / f"{kind}-{len(list(self.folder.iterdir()))}"

    def note(self, code: str, sentence: str, hint: str = "", where: str = "") -> None:
        """Remember something that a reader should know and that is not an error."""
        self.notes.append(Problem(code, sentence, hint, where))

    def lock(self, readable: Iterable[Path] = ()) -> None:
        """From now on this DuckDB may read ``readable`` and its own folder, and nothing else."""
        self.sql(f"SET allowed_paths = {texts(readable)}")
        self.sql(f"SET allowed_directories = {texts([self.folder])}")
        self.sql("SET enable_external_access = false")

    def close(self) -> None:
        """Close the connection and remove the folder with everything in it."""
        if self._remove.alive:
            self.duck.disconnect()
            self._remove()
