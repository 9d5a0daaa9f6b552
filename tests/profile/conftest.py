"""Small frames as datasets in an in-memory DuckDB."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import ibis
import pandas as pd
import pytest

from golive.intake.base.dataset import Dataset, storage_of
from golive.model.columns import ColumnSpec, ColumnType

Frames = Callable[..., Dataset]


@pytest.fixture(scope="session")
def connection() -> Iterator[Any]:
    backend = ibis.duckdb.connect()
    yield backend
    backend.disconnect()


_NAMES = count()


def stored(connection: Any, frame: pd.DataFrame) -> Any:
    """The frame as a table of its own; Ibis 12 calls what DuckDB 1.5 has deprecated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return connection.create_table(f"frame_{next(_NAMES)}", frame)


@pytest.fixture(scope="session")
def dataset(connection: Any) -> Frames:
    """``dataset({"a": [1, 2]})``, ``dataset(frame)`` or ``dataset(ibis_table)``; ``types`` casts columns in the engine."""

    def make(data: Any, types: dict[str, str] | None = None) -> Dataset:
        if isinstance(data, dict):
            data = pd.DataFrame(data)
        table = stored(connection, data) if isinstance(data, pd.DataFrame) else data
        table = table.cast(types) if types else table
        storage = {name: storage_of(dtype) for name, dtype in table.schema().items()}
        rows = int(table.count().execute())
        return Dataset(
            "frame", "0" * 64, "memory", "duckdb", table, rows, tuple(table.columns), storage
        )

    return make


@pytest.fixture(scope="session")
def specs() -> Callable[..., list[ColumnSpec]]:
    """``specs(data, a="numeric", b="code")``: declared types, stored in training as they are in ``data``."""

    def make(data: Dataset, **types: str) -> list[ColumnSpec]:
        return [
            ColumnSpec(name=n, type=ColumnType(t), storage=data.storage.get(n, "text"))
            for n, t in types.items()
        ]

    return make
