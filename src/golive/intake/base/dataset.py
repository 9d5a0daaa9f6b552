"""Dataset: one table as it was given, still in its engine, with its identity and what was noticed while reading it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from golive.model.errors import InputError, Problem
from golive.model.profile import Coverage


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


def _nothing() -> None:
    """Close a dataset that holds nothing open."""


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
    release: Callable[[], object] = field(default=_nothing, repr=False, compare=False)

    def close(self) -> None:
        """Remove temporary copies of the rows. May be called twice."""
        self.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
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
        problems.append(
            Problem(
                "TOO_MANY_COLUMNS",
                f"{len(clean):,} columns; at most {limits.columns:,} are read.",
                "Split it.",
                where,
            )
        )
    empty = [i for i, name in enumerate(clean, 1) if not name]
    if empty:
        problems.append(
            Problem(
                "EMPTY_NAME",
                f"{_some('Column', empty)} of {len(clean):,} {'have' if len(empty) > 1 else 'has'} no name in the header.",
                "Name every column in the first row, without merged cells or a title above; pandas writes a column without a name for its index unless told index=False.",
                where,
            )
        )
    seen: dict[str, list[int]] = {}
    for i, name in enumerate(clean, 1):
        if name:
            seen.setdefault(name.casefold(), []).append(i)
    twice = {clean[at[0] - 1]: at for at in seen.values() if len(at) > 1}
    if twice:
        listed = "; ".join(
            f"'{name}' in columns {', '.join(map(str, at))}"
            for name, at in list(twice.items())[:20]
        )
        problems.append(
            Problem(
                "DUPLICATE_COLUMNS",
                f"{len(twice)} column name{'s are' if len(twice) > 1 else ' is'} used more than once: {listed}.",
                "Give every column its own name; upper and lower case do not make a difference.",
                where,
            )
        )
    if problems:
        raise InputError(problems)
    return tuple(clean)


def _some(word: str, numbers: list[int], most: int = 10) -> str:
    shown = ", ".join(f"{n:,}" for n in numbers[:most])
    more = f" and {len(numbers) - most:,} more" if len(numbers) > most else ""
    return f"{word}{'s' if len(numbers) > 1 else ''} {shown}{more}"
