"""A batch against a contract: what is counted, on frames small enough to count by hand, and on real hospitals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_tables import agreed, category, dataset, number

from golive.contract import ColumnTerms, Violation, check, infer
from golive.intake import load_config, read
from golive.model.columns import ColumnType, Role
from golive.model.config import ColumnConfig, Config


def told(violations: tuple[Violation, ...]) -> list[tuple[str, str, int | None, int]]:
    return [(v.column, v.rule, v.rows, v.n) for v in violations]


def test_every_violation_is_counted_with_rows_and_share(tmp_path: Path) -> None:
    live = pd.DataFrame(
        {
            "hr": ["80"] * 60 + [""] * 20 + ["?"] * 5 + ["999"] * 12 + ["about 80"] * 3,
            "sex": ["f"] * 50 + ["m"] * 35 + ["other"] * 15,
        }
    )
    contract = agreed(
        number("hr", range=(0, 350), unit="/min", max_missing=0.1),
        category("sex", "f", "m"),
        number("age", max_missing=0),
    )
    with dataset(tmp_path, live) as batch:
        checked = check(contract, batch)
    assert told(checked.violations) == [
        ("hr", "missing", 25, 100),
        ("hr", "type", None, 75),  # 3 rows: too few to be shown
        ("hr", "range", 12, 75),
        ("sex", "values", 15, 100),
        ("age", "present", 100, 100),
    ]
    shares = {(v.column, v.rule): v.share for v in checked.violations}
    assert shares[("hr", "missing")] == 0.25
    assert shares[("hr", "range")] == 12 / 75
    assert "Fewer than 11 of 75 hr values are not numbers" in checked.violations[1].sentence
    assert not checked.holds


def test_a_small_cell_is_never_told(tmp_path: Path) -> None:
    with dataset(tmp_path, pd.DataFrame({"hr": [80.0] * 90 + [999.0] * 7})) as batch:
        (violation,) = check(agreed(number("hr", range=(0, 350))), batch).violations
    assert violation.rows is None
    assert violation.share is None
    assert "7" not in violation.sentence.replace("97", "")


def test_a_share_just_above_what_is_allowed_reads_as_above(tmp_path: Path) -> None:
    live = pd.DataFrame({"temperature": [None] * 943 + [20.0] * 20 + [60.0] * 37})
    with dataset(tmp_path, live) as batch:
        terms = number("temperature", max_missing=0.94, range=(14.2, 47), unit="Cel")
        missing, outside = check(agreed(terms), batch).violations
    assert missing.sentence == "94.3 % of 1,000 rows have no temperature; at most 94 % may."
    assert "outside 14.2 to 47 °C" in outside.sentence


@pytest.mark.parametrize(("allowed", "holds"), [(0.11, False), (0.12, True), (1.0, True)])
def test_what_is_allowed_is_no_violation(tmp_path: Path, allowed: float, holds: bool) -> None:
    live = pd.DataFrame({"hr": [80.0] * 88 + [999.0] * 12})
    with dataset(tmp_path, live) as batch:
        assert (
            check(agreed(number("hr", range=(0, 350), max_invalid=allowed)), batch).holds is holds
        )


def test_a_column_of_which_all_may_be_missing_may_be_absent(tmp_path: Path) -> None:
    with dataset(tmp_path, pd.DataFrame({"hr": [80.0], "extra": [1]})) as batch:
        checked = check(agreed(number("hr"), number("outcome", max_missing=1.0)), batch)
    assert checked.holds
    assert checked.unlisted == ("extra",)


def test_codes_are_held_against_shape_and_check_digit(tmp_path: Path) -> None:
    codes = ["8867-4"] * 40 + ["8867-5"] * 30 + ["heart rate"] * 30
    terms = ColumnTerms(name="loinc", type=ColumnType.CODE, system="LOINC")
    with dataset(tmp_path, pd.DataFrame({"loinc": codes})) as batch:
        (violation,) = check(agreed(terms), batch).violations
    assert told((violation,)) == [("loinc", "codes", 60, 100)]


def test_dates_are_held_against_being_dates(tmp_path: Path) -> None:
    terms = ColumnTerms(name="at", type=ColumnType.DATETIME, max_missing=0)
    with dataset(
        tmp_path, pd.DataFrame({"at": ["2026-03-04 10:00"] * 80 + ["yesterday"] * 20})
    ) as batch:
        (violation,) = check(agreed(terms), batch).violations
    assert told((violation,)) == [("at", "type", 20, 100)]


def test_one_value_has_one_spelling_in_every_storage(tmp_path: Path) -> None:
    frame = pd.DataFrame({"ward": [1.0, 2.0, np.nan] * 20, "icu": [True, False, True] * 20})
    with dataset(tmp_path, frame, "train.parquet") as train:
        contract = infer(train)
    assert contract.column("ward").values == ("1", "2")  # type: ignore[union-attr]
    with dataset(tmp_path, frame.assign(icu=frame["icu"].astype(int))) as batch:
        assert check(contract, batch).violations == ()


def test_inferred_terms_say_what_training_was(tmp_path: Path) -> None:
    n = 400
    draw = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "creatinine": draw.lognormal(0, 0.4, n).round(2),
            "lactate_index": draw.normal(50, 5, n).round(3),
            "comment_free": np.where(draw.random(n) < 0.5, np.nan, 1.5),
            "sex": draw.choice(["f", "m"], n),
            "risk": draw.random(n).round(4),
            "died": draw.integers(0, 2, n),
        }
    )
    (tmp_path / "c.yaml").write_text(
        "roles: {score: risk, label: died}\ncolumns: {lactate_index: {range: [0, 90], unit: mmol/L}}\n"
    )
    with dataset(tmp_path, frame) as train:
        contract = infer(train, load_config(tmp_path / "c.yaml"), owner="ICU")
    said = {c.name: c for c in contract.columns}
    assert (said["creatinine"].unit, said["creatinine"].loinc, said["creatinine"].required) == (
        "mg/dL",
        "2160-0",
        True,
    )
    assert said["lactate_index"].range == (0.0, 90.0)
    missing = frame["comment_free"].isna().mean()
    assert missing + 0.05 <= said["comment_free"].max_missing <= missing + 0.06
    assert said["sex"].values == ("f", "m")
    assert [c.name for c in contract.outputs] == ["risk"]
    assert said["risk"].range == (0.0, 1.0)
    assert said["died"].max_missing == 1  # outcomes come later than the batch
    assert contract.open_points == (
        "what happens when the model is uncertain (customProperties, whenUncertain)",
    )


COLUMNS = st.lists(
    st.one_of(
        st.none(),
        st.floats(-1e6, 1e6, width=32),
        st.sampled_from(["?", "NA", "<5", "a", "b", "E11.9", "2026-01-02", ""]),
    ),
    min_size=30,
    max_size=30,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=COLUMNS, second=COLUMNS)
def test_training_keeps_the_contract_inferred_from_it(
    tmp_path: Path, first: list[object], second: list[object]
) -> None:
    frame = (
        pd.DataFrame({"first": first, "second": second, "row": range(30)})
        .astype(str)
        .replace("None", "")
    )
    with dataset(tmp_path, frame) as train:
        assert check(infer(train), train).violations == ()


@pytest.mark.reference
def test_real_hospitals_break_the_pilots_contract_where_they_are_known_to(
    reference_data: Path,
) -> None:
    folder = reference_data / "heart"
    with read(folder / "cleveland.csv") as train:
        contract = infer(train)
        assert check(contract, train).holds
    with read(folder / "va.csv") as live:
        found = {(v.column, v.rule): v for v in check(contract, live).violations}
    assert found[("chol", "range")].rows == 49
    assert found[("trestbps", "missing")].share == pytest.approx(0.28)
    assert found[("ca", "missing")].share == pytest.approx(0.99)
    assert ("age", "range") not in found


def test_roles_of_the_output_are_the_output() -> None:
    terms = agreed(number("risk", role=Role.SCORE), number("hr"))
    assert [c.name for c in terms.inputs] == ["hr"]


def test_the_system_of_codes_is_inferred_from_all_their_spellings(tmp_path: Path) -> None:
    written = ["E11.9"] * 60 + ["e11.9"] * 40 + ["J18.9"] * 20 + ["local/1"] * 10
    pd.DataFrame({"dx": written}).to_csv(tmp_path / "t.csv", index=False)
    with read(tmp_path / "t.csv") as train:
        config = Config(columns={"dx": ColumnConfig(type=ColumnType.CODE)})
        (terms,) = infer(train, config).columns
    assert terms.system == "ICD10CM"
