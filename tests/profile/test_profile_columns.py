"""One column at a time: what is missing, what is a number, what is a category, and what is kept as written."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from golive.model.columns import ColumnSpec, ColumnType, Role, Roles
from golive.profile import profile


def test_typed_numbers_keep_infinities_and_nan_apart(dataset, specs) -> None:
    data = dataset({"x": [1.5, 2.0, np.nan, np.inf, -np.inf, 2.0]})
    column = profile(data, specs(data, x="numeric"), Roles()).columns["x"]
    assert (column.n, column.missing, column.present) == (6, 1, 5)
    numeric = column.numeric
    assert numeric is not None
    assert numeric.infinities == 2
    assert numeric.n == 3
    assert numeric.values.tolist() == [1.5, 2.0]
    assert numeric.counts.tolist() == [1, 2]
    assert numeric.mean == pytest.approx(5.5 / 3)
    assert numeric.std == pytest.approx(np.std([1.5, 2, 2]))
    assert (numeric.minimum, numeric.maximum, numeric.integers) == (1.5, 2.0, 2)
    assert numeric.decimals == ((0, 2), (1, 1))
    assert column.distinct == 4
    assert column.tokens.n == 0


def test_text_under_a_numeric_type(dataset, specs) -> None:
    written = [
        "7.4",
        " 7.40 ",
        "nan",
        "NaN",
        "inf",
        "see note",
        "see note",
        "",
        "  ",
        None,
        "1e2",
        "<5",
        "0x1F",
        "1,5",
    ]
    data = dataset({"x": written})
    column = profile(data, specs(data, x="numeric"), Roles()).columns["x"]
    assert column.n == len(written)
    assert column.missing == 3
    assert column.tokens.as_dict() == {
        "see note": 2,
        "0x1F": 1,
        "1,5": 1,
        "<5": 1,
        "NaN": 1,
        "nan": 1,
    }
    assert column.numeric is not None
    assert column.numeric.infinities == 1
    assert dict(zip(column.numeric.values, column.numeric.counts, strict=True)) == {
        7.4: 2,
        100.0: 1,
    }
    assert column.patterns.count("AAA AAAA") == 2
    assert column.distinct == 9
    assert (
        column.missing + column.tokens.n + column.numeric.n + column.numeric.infinities == column.n
    )


def test_text_and_typed_storage_give_the_same_numbers(dataset, specs) -> None:
    values = np.random.default_rng(0).normal(100, 15, 500).round(2)
    typed, text = dataset({"x": values}), None
    one = profile(typed, specs(typed, x="numeric"), Roles()).columns["x"]
    text = dataset({"x": [repr(float(v)) for v in values]})
    two = profile(text, specs(text, x="numeric"), Roles()).columns["x"]
    assert one.numeric is not None
    assert two.numeric is not None
    np.testing.assert_array_equal(one.numeric.values, two.numeric.values)
    assert (one.numeric.mean, one.numeric.std, one.numeric.decimals) == (
        two.numeric.mean,
        two.numeric.std,
        two.numeric.decimals,
    )
    assert (one.storage, two.storage) == ("float64", "text")


def test_single_precision_is_given_its_shortest_decimal(dataset, specs) -> None:
    data = dataset({"x": [36.6, 36.6, 38.25]}, types={"x": "float32"})
    numeric = profile(data, specs(data, x="numeric"), Roles()).columns["x"].numeric
    assert numeric is not None
    assert numeric.values.tolist() == [36.6, 38.25]
    assert numeric.decimals == ((1, 2), (2, 1))


def test_a_large_mean_costs_no_digits(dataset, specs) -> None:
    data = dataset({"x": 1e9 + np.tile([0.0, 1.0], 5000)})
    numeric = profile(data, specs(data, x="numeric"), Roles()).columns["x"].numeric
    assert numeric is not None
    assert numeric.std == pytest.approx(0.5, rel=1e-9)
    assert numeric.mean == pytest.approx(1e9 + 0.5, rel=1e-15)


def test_category_numbers_lose_what_only_storage_adds(dataset, specs) -> None:
    data = dataset({"sex": ["1.0", "1", "0", "0.00", "2.5", " 1", "M", "m", "M ", None, ""]})
    column = profile(data, specs(data, sex="category"), Roles()).columns["sex"]
    assert column.category is not None
    assert column.category.as_dict() == {"1": 3, "0": 2, "2.5": 1, "M": 1, "M ": 1, "m": 1}
    assert column.missing == 2
    typed = dataset({"sex": [1.0, 1.0, 0.0, None]})
    column = profile(typed, specs(typed, sex="category"), Roles()).columns["sex"]
    assert column.category is not None
    assert column.category.as_dict() == {"1": 2, "0": 1}
    assert column.missing == 1


def test_codes_are_never_rewritten(dataset, specs) -> None:
    data = dataset({"dx": ["250.00", "250", "007", "7", "E11.9", " E11.9"]})
    column = profile(data, specs(data, dx="code"), Roles()).columns["dx"]
    assert column.category is not None
    assert set(column.category.values) == {"250.00", "250", "007", "7", "E11.9", " E11.9"}
    assert column.patterns.as_dict() == {"999": 2, " A99.9": 1, "9": 1, "999.99": 1, "A99.9": 1}


def test_boolean_is_written_as_training_stores_it(dataset) -> None:
    stored = dataset({"x": [True, False, True]})
    coded = ColumnSpec(name="x", type=ColumnType.BOOLEAN, storage="int64")
    assert profile(stored, [coded], Roles()).columns["x"].category.as_dict() == {"1": 2, "0": 1}  # type: ignore[union-attr]
    truth = ColumnSpec(name="x", type=ColumnType.BOOLEAN, storage="bool")
    text = dataset({"x": ["TRUE", "False", "1", None]})
    column = profile(text, [truth], Roles()).columns["x"]
    assert column.category is not None
    assert column.category.as_dict() == {"true": 2, "false": 1}


def test_empty_in_training_is_read_as_it_is_stored(dataset) -> None:
    data = dataset({"co2": [30.0, None], "note": ["a", "b"]})
    empty = [ColumnSpec(name=n, type=ColumnType.EMPTY) for n in ("co2", "note")]
    columns = profile(data, empty, Roles()).columns
    assert columns["co2"].numeric is not None
    assert columns["co2"].numeric.n == 1
    assert columns["note"].category is not None
    assert columns["note"].category.n == 2


@pytest.mark.parametrize(
    "kind", ["numeric", "integer", "category", "code", "boolean", "text", "identifier", "datetime"]
)
def test_all_null_and_constant_columns(dataset, specs, kind: str) -> None:
    data = dataset({"x": pd.array([None] * 12, dtype="str"), "y": ["3"] * 12})
    columns = profile(data, specs(data, x=kind, y=kind), Roles()).columns
    assert (columns["x"].missing, columns["x"].distinct, columns["x"].error) == (12, 0, "")
    assert (columns["y"].missing, columns["y"].distinct, columns["y"].error) == (0, 1, "")


def test_table_without_rows(dataset, specs) -> None:
    data = dataset(
        {
            "x": pd.array([], dtype="float64"),
            "c": pd.array([], dtype="str"),
            "t": pd.array([], dtype="str"),
        }
    )
    found = profile(data, specs(data, x="numeric", c="category", t="text"), Roles(site="c", id="c"))
    assert found.rows == 0
    assert all(c.n == 0 and c.error == "" for c in found.columns.values())


def test_text_keeps_shapes_and_no_values(dataset, specs) -> None:
    data = dataset({"note": ["Pt 12", "Pt 9", "José 1", "", "x" * 30]})
    column = profile(data, specs(data, note="text"), Roles()).columns["note"]
    assert (column.missing, column.distinct) == (1, 4)
    assert column.category is None
    assert column.patterns.as_dict() == {"A" * 12: 1, "AA 9": 1, "AA 99": 1, "AAAA 9": 1}
    assert column.mean_length == pytest.approx((5 + 4 + 6 + 30) / 4)


def test_numbers_where_training_had_another_type(dataset) -> None:
    data = dataset({"x": pd.to_datetime(["2024-01-01", "2024-01-02"]), "y": [1.5, 2.0]})
    asked = [
        ColumnSpec(name="x", type=ColumnType.NUMERIC, storage="float64"),
        ColumnSpec(name="y", type=ColumnType.TEXT, storage="text"),
        ColumnSpec(name="gone", type=ColumnType.NUMERIC, storage="float64"),
    ]
    columns = profile(data, asked, Roles()).columns
    assert set(columns) == {"x", "y"}
    assert columns["x"].tokens.n == 2
    assert columns["x"].missing == 0
    assert columns["y"].distinct == 2


def test_a_broken_column_does_not_cost_the_others(dataset, specs) -> None:
    data = dataset({"a": [1.0, 2.0], "b": ["Jane Roe", "y"]})
    broken = replace(
        data, table=data.table.mutate(bad=data.table.b.cast("int64")), columns=("a", "b", "bad")
    )
    asked = [
        *specs(data, a="numeric", b="category"),
        ColumnSpec(name="bad", type=ColumnType.NUMERIC, storage="int64"),
    ]
    columns = profile(broken, asked, Roles()).columns
    assert columns["bad"].error == "it could not be read (ConversionException)", (
        "an engine's message repeats values"
    )
    assert columns["a"].numeric is not None
    assert columns["a"].numeric.n == 2
    assert columns["b"].category is not None
    assert columns["a"].error == columns["b"].error == ""


def test_roles_and_progress(dataset, specs) -> None:
    data = dataset({"x": [1.0, 2.0], "y": ["a", "b"], "z": ["free", "text"]})
    heard: list[tuple[float, str]] = []
    found = profile(
        data,
        specs(data, x="numeric", y="category", z="text"),
        Roles(label="y", ignored=("x",)),
        progress=lambda share, words: heard.append((share, words)),
    )
    assert found.columns["y"].role is Role.LABEL
    assert found.columns["x"].role is Role.IGNORED
    assert found.columns["x"].numeric is None
    assert [round(s, 6) for s, _ in heard] == [round(i / 3, 6) for i in (1, 2, 3)]
    assert heard[-1][1] == "profiling frame, column 3 of 3"


def test_five_thousand_columns(dataset) -> None:
    frame = pd.DataFrame(
        np.arange(15_000.0).reshape(3, 5_000), columns=[f"c{i}" for i in range(5_000)]
    )
    data = dataset(frame)
    asked = [ColumnSpec(name=c, type=ColumnType.NUMERIC, storage="float64") for c in frame.columns]
    found = profile(data, asked, Roles())
    assert len(found.columns) == 5_000
    assert found.columns["c4999"].numeric is not None
    assert found.columns["c4999"].numeric.values.tolist() == [4999.0, 9999.0, 14999.0]
