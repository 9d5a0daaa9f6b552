"""Small tables as files, read as a user would give them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from golive.contract import ColumnTerms, Contract
from golive.intake import Dataset, read
from golive.model.columns import ColumnType


def dataset(folder: Path, frame: pd.DataFrame, name: str = "live.csv") -> Dataset:
    path = folder / name
    frame.to_parquet(path) if path.suffix == ".parquet" else frame.to_csv(path, index=False)
    return read(path)


def agreed(*columns: ColumnTerms) -> Contract:
    return Contract(name="ward", columns=columns)


def number(name: str, **terms: object) -> ColumnTerms:
    return ColumnTerms.model_validate({"name": name, "type": ColumnType.NUMERIC, **terms})


def category(name: str, *values: str, **terms: object) -> ColumnTerms:
    return ColumnTerms.model_validate(
        {"name": name, "type": ColumnType.CATEGORY, "values": values, **terms}
    )
