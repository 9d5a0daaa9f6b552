"""The same table in DuckDB and in Spark is read alike and gives the same profile; other engines at least compile."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from golive.intake import Dataset, engines, infer, read
from golive.intake.base.dataset import storage_of
from golive.model.columns import Roles
from golive.model.config import Config
from golive.profile import profile

TYPES = {
    "x": "numeric",
    "lab": "numeric",
    "sex": "category",
    "dx": "code",
    "flag": "boolean",
    "when": "datetime",
    "day": "datetime",
    "note": "text",
    "site": "category",
}


def _frame() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = 400
    frame = pd.DataFrame(
        {
            "x": rng.normal(0, 1, rows),
            "lab": rng.choice(["1.5", "2", "nan", "1f", "see note", "", "inf"], rows),
            "sex": rng.choice(["1.0", "0", "1"], rows),
            "dx": rng.choice(["A01.1", "007", "E11"], rows),
            "flag": rng.choice([True, False], rows),
            "when": pd.Timestamp("2024-03-01")
            + pd.to_timedelta(rng.integers(0, 240, rows), unit="h"),
            "day": rng.choice(["2024-03-01", "2024-03-02T10:00", "03/04/2024", "soon"], rows),
            "note": rng.choice(["seen 12", "Ward B", ""], rows),
            "site": rng.choice(["north", "south"], rows),
        }
    )
    frame.loc[:39, "x"] = np.nan
    return pd.concat([frame, frame.tail(2)], ignore_index=True)


@pytest.fixture(scope="module")
def spark(java: None) -> Iterator[Any]:
    """The session that GoLive itself starts, told not to compile code for a few hundred rows: that takes longer than they do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        connection = engines.connect("pyspark://")
        session = connection._session
        session.conf.set("spark.sql.codegen.wholeStage", "false")
        session.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        session.conf.set("spark.sql.shuffle.partitions", "2")
        yield connection
        session.stop()


@pytest.fixture
def pilot(spark: Any) -> Any:
    """The table of ``_frame`` in Spark."""
    spark._session.createDataFrame(_frame()).createOrReplaceTempView("pilot")
    return spark.table("pilot")


def rows(data: Dataset) -> list[dict[str, object]]:
    return data.table.to_pyarrow().to_pylist()  # type: ignore[no-any-return]


@pytest.mark.spark
@pytest.mark.usefixtures("spark")
@pytest.mark.filterwarnings("ignore")
def test_spark_reads_the_same_table(tmp_path: Path) -> None:
    text = ["id,sex,value,when"] + [
        f"p{i % 40},{'MF'[i % 2]},{i}.5,2024-01-0{1 + i % 9}" for i in range(200)
    ]
    (tmp_path / "a.csv").write_text("\n".join([*text, "p1,F,?,", '"x, y",,NA,"a ""b"""']))
    pq.write_table(
        pa.table({"v": [1.0, math.nan, 3.0], "k": [1, 2, None], "s": ["a", "", None]}),
        tmp_path / "a.parquet",
    )
    for file in ("a.csv", "a.parquet"):
        with read(tmp_path / file) as here, read(tmp_path / file, engine="pyspark://") as there:
            assert (there.engine, there.sha256, there.rows) == ("pyspark", here.sha256, here.rows)
            assert there.storage == here.storage
            assert there.notes == here.notes
            assert sorted(map(str, rows(there))) == sorted(map(str, rows(here)))
            assert infer(there, None, Config()) == infer(here, None, Config())


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")
def test_spark_and_duckdb_agree(pilot: Any, dataset, specs) -> None:
    frame = _frame()
    here = dataset(frame)
    there = replace(
        here,
        engine="pyspark",
        table=pilot,
        storage={n: storage_of(t) for n, t in pilot.schema().items()},
    )
    roles = Roles(site="site", time="when")
    one = profile(here, specs(here, **TYPES), roles)
    two = profile(there, specs(here, **TYPES), roles)
    assert [c.error for c in two.columns.values()] == [""] * len(TYPES)
    assert (one.duplicate_rows, one.missing_blocks) == (two.duplicate_rows, two.missing_blocks)
    assert one.duplicate_rows >= 2
    for name, a in one.columns.items():
        b = two.columns[name]
        assert (name, a.n, a.missing, a.tokens.as_dict()) == (
            name,
            b.n,
            b.missing,
            b.tokens.as_dict(),
        )
        assert a.patterns.as_dict() == b.patterns.as_dict()
        assert (a.category is None) == (b.category is None)
        if a.category is not None and b.category is not None:
            assert a.category.as_dict() == b.category.as_dict()
        if a.numeric is not None and b.numeric is not None:
            assert (a.numeric.n, a.numeric.infinities) == (b.numeric.n, b.numeric.infinities)
            np.testing.assert_allclose(a.numeric.values, b.numeric.values, rtol=1e-12)
            assert (a.numeric.mean, a.numeric.std) == pytest.approx(
                (b.numeric.mean, b.numeric.std), rel=1e-9
            )
        if a.time is not None and b.time is not None:
            assert (a.time.days, a.time.formats, a.time.minimum) == (
                b.time.days,
                b.time.formats,
                b.time.minimum,
            )
            np.testing.assert_array_equal(a.time.counts, b.time.counts)
    assert [(s.by, s.value, s.n) for s in one.slices] == [(s.by, s.value, s.n) for s in two.slices]
    for a, b in zip(one.slices, two.slices, strict=True):
        for name in TYPES:
            x, y = a.columns[name], b.columns[name]
            assert (x.n, x.missing, x.tokens, dict(x.top)) == (
                y.n,
                y.missing,
                y.tokens,
                dict(y.top),
            )
            assert dict(x.shapes) == dict(y.shapes)
            np.testing.assert_allclose(x.quantiles, y.quantiles, atol=0.5)


@pytest.mark.parametrize("dialect", ["postgres", "bigquery", "snowflake", "duckdb"])
def test_expressions_compile_for(dialect: str) -> None:
    import ibis

    from golive.profile import fields

    table = ibis.table(
        {"text": "string", "x": "float64", "at": "timestamp", "flag": "boolean", "n": "int64"},
        name="t",
    )
    for column in (table.text, table.x, table.at, table.flag, table.n):
        assert ibis.to_sql(
            table.select(a=fields.missing(column), b=fields.number(column)), dialect=dialect
        )
    value = fields.number(table.text)
    asked = table.aggregate(
        parsed=value.count(),
        endless=fields.infinite(value).sum(),
        std=value.std(how="pop"),
        distinct=value.approx_nunique(),
        low=value.approx_quantile(0.05),
    )
    assert ibis.to_sql(asked, dialect=dialect)
    shapes = table.select(day=fields.day_text(table.text), shape=fields.pattern(table.text))
    assert ibis.to_sql(shapes, dialect=dialect)
