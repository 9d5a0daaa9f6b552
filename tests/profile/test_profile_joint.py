"""Facts that need more than one column: repeated rows and keys, blocks of missing fields, times in the wrong order."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from golive.model.columns import ColumnSpec, ColumnType, Roles
from golive.model.profile import MissingBlock
from golive.profile import profile


@pytest.mark.parametrize("columns", [2, 12])
def test_duplicate_rows_agree_with_pandas(dataset, specs, columns: int) -> None:
    rng = np.random.default_rng(columns)
    frame = pd.DataFrame(
        {f"c{i}": rng.choice(["a", "b", None], 300).astype(object) for i in range(columns)}
    )
    frame = pd.concat([frame, frame.sample(40, random_state=1)], ignore_index=True)
    data = dataset(frame)
    found = profile(data, specs(data, **dict.fromkeys(frame.columns, "category")), Roles())
    assert found.duplicate_rows == int(frame.duplicated().sum()) >= 40


def test_equal_values_in_swapped_columns_are_not_duplicates(dataset, specs) -> None:
    data = dataset({"a": [1, 2, 1, 2], "b": [2, 1, 2, 2], "c": [None, 3, None, 3]})
    found = profile(data, specs(data, a="integer", b="integer", c="integer"), Roles())
    assert found.duplicate_rows == 1


def test_ignored_columns_do_not_tell_rows_apart(dataset, specs) -> None:
    data = dataset({"row": [1, 2, 3], "x": [5.0, 5.0, 6.0]})
    asked = specs(data, row="integer", x="numeric")
    assert profile(data, asked, Roles()).duplicate_rows == 0
    assert profile(data, asked, Roles(ignored=("row",))).duplicate_rows == 1


def test_duplicate_keys(dataset, specs) -> None:
    data = dataset(
        {"id": ["a", "a", "a", None, None], "t": ["1", "2", "2", "3", "3"], "x": [1.0, 2, 3, 4, 5]}
    )
    asked = specs(data, id="identifier", t="category", x="numeric")
    assert profile(data, asked, Roles()).duplicate_keys is None
    assert profile(data, asked, Roles(id="id")).duplicate_keys == 2
    assert profile(data, asked, Roles(id="id", time="t")).duplicate_keys == 1


def test_fields_missing_together_beyond_chance(dataset, specs) -> None:
    rng = np.random.default_rng(5)
    rows = 2_000
    down = rng.random(rows) < 0.3
    frame = pd.DataFrame(rng.normal(size=(rows, 5)), columns=["a", "b", "c", "d", "e"])
    frame.loc[down, ["a", "b"]] = np.nan
    frame.loc[rng.random(rows) < 0.3, "c"] = np.nan  # as often, in other rows
    frame.loc[rng.random(rows) < 0.97, "d"] = (
        np.nan
    )  # mostly empty: shares most empty rows by chance
    frame.loc[rng.random(rows) < 0.97, "e"] = np.nan
    data = dataset(frame)
    found = profile(data, specs(data, **dict.fromkeys(frame.columns, "numeric")), Roles())
    assert found.missing_blocks == (MissingBlock(("a", "b"), int(down.sum())),)


def test_blocks_over_more_than_sixty_columns(dataset, specs) -> None:
    frame = pd.DataFrame({f"c{i}": np.where(np.arange(100) < 30, np.nan, i) for i in range(130)})
    data = dataset(frame)
    found = profile(data, specs(data, **dict.fromkeys(frame.columns, "numeric")), Roles())
    assert found.missing_blocks == (MissingBlock(tuple(frame.columns), 30),)


def test_time_order_and_future(dataset, specs) -> None:
    stamps = pd.to_datetime(["2024-01-01", "2024-01-05", "2024-02-01", None])
    later = pd.to_datetime(["2024-01-02", "2024-01-03", "2024-02-01", "2024-01-01"])
    data = dataset({"admit": stamps, "discharge": later})
    asked = specs(data, admit="datetime", discharge="datetime")
    found = profile(data, asked, Roles(), as_of=date(2024, 1, 31))
    assert found.time_violations == {("admit", "discharge"): 1, ("discharge", "admit"): 1}
    time = found.columns["admit"].time
    assert time is not None
    assert (time.n, time.future) == (3, 1)
    assert (time.minimum, time.maximum) == (datetime(2024, 1, 1), datetime(2024, 2, 1))
    assert time.days == (date(2024, 1, 1), date(2024, 1, 5), date(2024, 2, 1))
    assert time.counts.tolist() == [1, 1, 1]


def test_written_dates(dataset, specs) -> None:
    written = [
        "2024-03-12",
        "2024-03-12T10:15:00Z",
        "2024-03-13 08:00",
        "202403141015",
        "soon",
        "2024-02-30",
        "",
        None,
    ]
    european = [
        "13/04/2024",
        "01/04/2024",
        "1.5.2024",
        "05-Mar-2024",
        "04/13/2024",
        "12 March 2024",
        None,
        None,
    ]
    data = dataset({"iso": written, "other": european})
    columns = profile(data, specs(data, iso="datetime", other="datetime"), Roles()).columns
    iso, other = columns["iso"], columns["other"]
    assert iso.missing == 2
    assert iso.tokens.as_dict() == {"2024-02-30": 1, "soon": 1}
    assert iso.time is not None
    assert iso.time.days == (date(2024, 3, 12), date(2024, 3, 13), date(2024, 3, 14))
    assert iso.time.counts.tolist() == [2, 1, 1]
    assert iso.time.formats == (("YYYY-MM-DD", 3), ("YYYYMMDD", 1))
    assert other.time is not None
    assert dict(other.time.formats) == {
        "DD/MM/YYYY": 1,
        "MM/DD/YYYY": 2,
        "DD.MM.YYYY": 1,
        "DD-MON-YYYY": 1,
        "DD MON YYYY": 1,
    }


def test_month_first_unless_the_column_says_otherwise(dataset, specs) -> None:
    data = dataset({"us": ["03/04/2024", "03/25/2024"], "eu": ["03/04/2024", "25/03/2024"]})
    columns = profile(data, specs(data, us="datetime", eu="datetime"), Roles()).columns
    assert columns["us"].time is not None
    assert columns["us"].time.days == (date(2024, 3, 4), date(2024, 3, 25))
    assert columns["eu"].time is not None
    assert columns["eu"].time.days == (date(2024, 3, 25), date(2024, 4, 3))


@pytest.mark.reference
def test_vital_signs_of_the_va_go_missing_together(reference_data: Path, dataset) -> None:
    frame = pd.read_csv(reference_data / "heart" / "va.csv", dtype="str")
    data = dataset(frame)
    coded = {"sex", "cp", "fbs", "restecg", "exang", "slope", "ca", "thal", "num"}
    asked = [
        ColumnSpec(name=c, type=ColumnType.CATEGORY if c in coded else ColumnType.NUMERIC)
        for c in frame.columns
    ]
    found = profile(data, asked, Roles(label="num"))
    assert [b.columns for b in found.missing_blocks] == [
        ("trestbps", "thalach", "exang", "oldpeak")
    ]
    assert found.missing_blocks[0].rows == 53
    assert found.duplicate_rows == 1
    assert {
        n: round(100 * found.columns[n].missing_share, 2)
        for n in ("trestbps", "chol", "fbs", "ca", "thal")
    } == {"trestbps": 28.0, "chol": 3.5, "fbs": 3.5, "ca": 99.0, "thal": 83.0}
    chol = found.columns["chol"].numeric
    assert chol is not None
    assert int(chol.counts[chol.values == 0].sum()) == 49
