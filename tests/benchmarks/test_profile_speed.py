"""Ratios of one run: how the profile grows, and what it costs beside reading the same columns with numpy.

Ratios, not seconds: they hold on any machine. ``evidently_million.py`` is the comparison with Evidently, run by hand.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from golive.model.columns import ColumnSpec, ColumnType, Roles
from golive.profile import profile

pytestmark = [pytest.mark.benchmark, pytest.mark.filterwarnings("ignore:fetch_arrow_table")]
COLUMNS = 12


@dataclass(frozen=True)
class _Source:
    table: ir.Table
    rows: int
    name: str = "generated"
    sha256: str = "0"
    kind: str = "parquet"
    engine: str = "duckdb"
    coverage: tuple[object, ...] = ()

    @property
    def storage(self) -> dict[str, str]:
        return dict.fromkeys(self.table.columns, "float64")


def _source(path: Path, rows: int) -> _Source:
    rng = np.random.default_rng(rows)
    file = path / f"{rows}.parquet"
    pq.write_table(pa.table({f"x{i}": rng.normal(i, 1 + i, rows) for i in range(COLUMNS)}), file)
    return _Source(ibis.duckdb.connect().read_parquet(file), rows)


def _seconds(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def _profile(source: _Source) -> object:
    asked = [
        ColumnSpec(name=c, type=ColumnType.NUMERIC, storage="float64") for c in source.table.columns
    ]
    return profile(source, asked, Roles())  # type: ignore[arg-type]


def test_processor_time_grows_with_rows_and_stays_near_a_sort(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small, large = _source(tmp_path, 50_000), _source(tmp_path, 400_000)
    few, many = _seconds(lambda: _profile(small)), _seconds(lambda: _profile(large))

    def sort() -> None:
        table = large.table.to_pyarrow()
        for name in table.column_names:
            np.sort(table.column(name).to_numpy())

    floor = _seconds(sort)
    with capsys.disabled():
        print(
            f"\nprofile: 8 times the rows cost {many / few:.1f} times; reading and sorting is {floor / many:.0%} of it"
        )
    assert many < 16 * few
    assert many < 8 * floor


def test_what_leaves_the_profile_does_not_grow_with_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = []
    for rows in (50_000, 400_000):
        columns = _profile(_source(tmp_path, rows)).columns.values()  # type: ignore[attr-defined]
        sizes.append(sum(c.numeric.values.nbytes + c.numeric.counts.nbytes for c in columns))
    with capsys.disabled():
        print(
            f"\nprofile size at 8 times the rows: {sizes[1] / sizes[0]:.2f} times ({sizes[1] / 1e6:.1f} MB)"
        )
    assert sizes[1] <= 1.05 * sizes[0]
