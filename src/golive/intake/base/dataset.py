"""Dataset: one table as it was given, still in its engine, with its identity and what was noticed while reading it; and queries
of several columns at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import duckdb
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from golive.model.errors import InputError, Problem
from golive.model.profile import Coverage

if TYPE_CHECKING:
    import pyarrow as pa

K = TypeVar("K", bound=Hashable)

RATIO_FROM = 50_000_000
"""Unpacked bytes from which the growth of a compressed file is judged: a small file may well shrink a thousandfold."""


@dataclass(frozen=True)
class Limits:
    """What one source may cost. Each limit ends in an error that names what was found and what is allowed.

    ``bytes`` is the size of one file, and also of what it holds when it is compressed; ``ratio`` is the most that a
    compressed file over 50 MB may grow; ``ragged_share`` is the share of rows with a wrong number of fields up to which
    those rows are kept out and counted rather than the file refused.
    """

    bytes: int = 8_000_000_000
    rows: int = 200_000_000
    columns: int = 10_000
    ratio: float = 300.0
    ragged_share: float = 0.01

    def exceeded(self, unpacked: int, stored: int) -> bool:
        """Whether a file of ``stored`` bytes holds more than may be read, when it has unpacked to so many."""
        return unpacked > self.bytes or unpacked > max(RATIO_FROM, stored * self.ratio)


@dataclass(frozen=True)
class Dataset:
    """A table in its engine. Rows stay there; ``table`` is the Ibis expression that reads them.

    ``storage`` gives for each column how its values are kept: ``text``, ``bool``, ``int8`` ... ``int64``, ``uint8`` ...,
    ``float32``, ``float64``, ``timestamp``, ``date``, ``time``. Text is exactly what was written. ``notes`` are things a
    reader should know that are not errors (encoding, rows kept out, not-a-number read as missing). ``coverage`` says of FHIR
    resources how many fill what US Core asks for and how many of a sample are valid. ``sha256`` identifies the content of
    files; of an engine's table it identifies name, columns and row count, which a note then says.
    """

    name: str
    sha256: str
    kind: str
    engine: str
    table: ir.Table
    rows: int
    columns: tuple[str, ...]
    storage: dict[str, str]
    notes: tuple[Problem, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    release: Callable[[], object] = field(default=lambda: None, repr=False, compare=False)

    def close(self) -> None:
        """Remove temporary copies of the rows. May be called twice."""
        self.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def storage_of(dtype: dt.DataType) -> str:
    """Return the storage name of an Ibis type (``text``, ``bool``, ``int64``, ``float32``, ``timestamp``, ``date``)."""
    if dtype.is_string():
        return "text"
    return "bool" if dtype.is_boolean() else type(dtype).__name__.lower()


def check_names(names: list[str], where: str, limits: Limits) -> tuple[str, ...]:
    """Return column names without byte-order mark and surrounding blanks; case is kept.

    Raises:
        InputError: all of ``TOO_MANY_COLUMNS``, ``EMPTY_NAME``, ``DUPLICATE_COLUMNS`` that apply. Names that differ only
            in case count as duplicates, because engines do not tell them apart.
    """
    clean = [name.replace("\ufeff", "").strip() for name in names]
    problems = []
    if len(clean) > limits.columns:
        sentence = f"{len(clean):,} columns; at most {limits.columns:,} are read."
        problems.append(Problem("TOO_MANY_COLUMNS", sentence, "Split it.", where))
    places: dict[str, list[int]] = {}
    for i, name in enumerate(clean, 1):
        places.setdefault(name.casefold(), []).append(i)
    if empty := places.pop("", []):
        many = len(empty) > 1
        shown = ", ".join(f"{n:,}" for n in empty[:10]) + (
            f" and {len(empty) - 10:,} more" if len(empty) > 10 else ""
        )
        sentence = f"Column{'s' if many else ''} {shown} of {len(clean):,} {'have' if many else 'has'} no name in the header."
        hint = "Name every column in the first row, without merged cells or a title above; pandas writes a column without a name for its index unless told index=False."
        problems.append(Problem("EMPTY_NAME", sentence, hint, where))
    twice = [
        f"'{clean[at[0] - 1]}' in columns {', '.join(map(str, at))}"
        for at in places.values()
        if len(at) > 1
    ]
    if twice:
        sentence = f"{len(twice)} column name{'s are' if len(twice) > 1 else ' is'} used more than once: {'; '.join(twice[:20])}."
        hint = "Give every column its own name; upper and lower case do not make a difference."
        problems.append(Problem("DUPLICATE_COLUMNS", sentence, hint, where))
    if problems:
        raise InputError(problems)
    return tuple(clean)


@contextmanager
def explain_damage() -> Iterator[None]:
    """Turn the engine's word that a file is damaged into an error for a person; also usable as a decorator.

    A file may open and then break: its damage is met where its rows are first needed.

    Raises:
        InputError: ``DAMAGED_FILE``. The engine's message may repeat a value, so only the file's name is kept of it.
    """
    try:
        yield
    except duckdb.Error as error:
        found = re.search(r'Failed to read file "([^"]+)"', str(error))
        if found is None:
            raise
        sentence = "The file is damaged: a part of it cannot be unpacked."
        hint = "Copy it again from its source, or write it again."
        raise InputError(Problem("DAMAGED_FILE", sentence, hint, Path(found[1]).name)) from None


def records(expression: ir.Table) -> list[dict[str, Any]]:
    """Rows of a small result as dictionaries."""
    return expression.to_pyarrow().to_pylist()  # type: ignore[no-any-return]


def aggregates(
    table: ir.Table, asked: Mapping[K, Mapping[str, ir.Value]]
) -> dict[K, dict[str, Any]]:
    """Several numbers of each of several columns, in one query: for each key of ``asked`` its values by their names."""
    flat = {f"{name}_{i}": e for i, one in enumerate(asked.values()) for name, e in one.items()}
    row = records(table.aggregate(**flat))[0] if flat else {}
    return {
        key: {name: row[f"{name}_{i}"] for name in one}
        for i, (key, one) in enumerate(asked.items())
    }


def columns_of(table: ir.Table, asked: Mapping[K, ir.Value]) -> dict[K, pa.ChunkedArray]:
    """The values of several expressions in every row, in one query, as Arrow columns under the keys of ``asked``."""
    if not asked:
        return {}
    arrow = table.select(**{f"v{i}": value for i, value in enumerate(asked.values())}).to_pyarrow()
    return {key: arrow.column(i) for i, key in enumerate(asked)}
