"""Small tables are counted here, many columns at a time; large ones column by column in the engine: the same profile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from golive.model.columns import Roles
from golive.profile import local, profile, reading

TYPES = {
    "lab": "numeric",
    "dose": "numeric",
    "whole": "numeric",
    "when": "datetime",
    "day": "datetime",
    "typed": "datetime",
    "note": "text",
    "key": "identifier",
    "blank": "text",
}


def _frame() -> pd.DataFrame:
    rng = np.random.default_rng(8)
    rows = 300
    return pd.DataFrame(
        {
            "lab": rng.choice(["1.5", "2", "nan", "see note", "", "< 5"], rows),
            "dose": rng.choice(["5 mg", "5", " "], rows),
            "whole": rng.choice(["1", "2"], rows),
            "when": pd.Timestamp("2024-03-01")
            + pd.to_timedelta(rng.integers(0, 240, rows), unit="h"),
            "day": rng.choice(
                ["2024-03-01", "2024-03-02T10:00", "03/04/2024", "soon", " ", ""], rows
            ),
            "typed": pd.Series(pd.NaT, index=range(rows)).astype("datetime64[ns]"),
            "note": rng.choice(["seen 12", "Ward B", "", "höher"], rows),
            "key": [f"P{i:04d}" for i in range(rows)],
            "blank": [""] * rows,
        }
    )


def test_counted_here_and_in_the_engine_are_equal(
    dataset: Callable[..., Any], specs: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = dataset(_frame())
    asked = specs(data, **TYPES)
    here = profile(data, asked, Roles(), as_of=date(2024, 3, 5))
    monkeypatch.setattr(reading, "ROWS", 0)
    there = profile(data, asked, Roles(), as_of=date(2024, 3, 5))
    assert not [c.error for c in here.columns.values() if c.error]
    assert set(here.columns) == set(TYPES)
    assert here.columns["lab"].tokens.values[:1] != ()
    for name in TYPES:
        assert str(asdict(here.columns[name])) == str(asdict(there.columns[name])), name


def test_columns_of_a_wide_table_share_their_queries(
    dataset: Callable[..., Any], specs: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = 2 * reading.COLUMNS
    made = {f"day{i}": ["2024-03-01", "soon"] * 20 for i in range(wide)}
    made |= {f"lab{i}": ["1.5", "?"] * 20 for i in range(wide)}
    data = dataset(made)
    asked = specs(data, **{n: "datetime" if n.startswith("day") else "numeric" for n in made})
    queries = []
    run = type(data.table).to_pyarrow

    def counted(self: Any, *arguments: Any, **options: Any) -> Any:
        queries.append(self)
        return run(self, *arguments, **options)

    monkeypatch.setattr(type(data.table), "to_pyarrow", counted)
    found = profile(data, asked, Roles())
    assert {len(found.columns[n].tokens.values) for n in made} == {1}
    assert len(queries) < 20


def test_written_numbers_parsed_as_one_column_are_the_same(
    dataset: Callable[..., Any], specs: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(4)
    written = ["1.5", " 2 ", "nan", "inf", "see note", "", " ", "1e3", "-4"]
    made = {f"lab{i}": [None, *rng.choice(written, 39)] for i in range(local.LONG + 5)}
    data = dataset(made | {"sex": list("MF") * 20})
    asked = specs(data, **dict.fromkeys(made, "numeric"), sex="category")
    at_once = profile(data, asked, Roles())
    monkeypatch.setattr(local, "LONG", 1_000_000)
    apart = profile(data, asked, Roles())
    for name in (*made, "sex"):
        assert str(asdict(at_once.columns[name])) == str(asdict(apart.columns[name])), name
