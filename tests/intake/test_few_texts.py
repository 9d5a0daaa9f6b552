"""Texts with few values are counted by value; what comes out is what counting row by row gives."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from golive.intake import read
from golive.intake.columns import measure as counting


@pytest.mark.parametrize("cells", [0, 10_000_000], ids=["column by column", "as one long table"])
def test_counting_by_value_is_counting_by_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: int
) -> None:
    rng = np.random.default_rng(3)
    values = np.array(["a", " a", "12", "12.0", "?", "NA", "", "  ", None], dtype=object)
    frame = pd.DataFrame({f"c{i}": values[rng.integers(i, 9, 12_000)] for i in range(8)})
    frame["late"] = ["x"] * 11_000 + [f"y{i}" for i in range(1_000)]
    frame.to_parquet(tmp_path / "many.parquet")
    monkeypatch.setattr(counting, "LONG_CELLS", cells)
    with read(tmp_path / "many.parquet") as data:
        by_value = counting.measure(data, data.columns)
        by_row = counting.measure(replace(data, engine="another"), data.columns)
    assert by_value == by_row
    assert by_value["late"].distinct == 1_001
