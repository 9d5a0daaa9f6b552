"""The contract as a file: ODCS v3 by its own JSON Schema, round trips, what other tools write, slips of the pen."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from made_tables import agreed, category, number

from golive.contract import ColumnTerms, Contract, changes, from_yaml, load, next_version, to_yaml
from golive.model.columns import ColumnType, Role
from golive.model.errors import InputError

FULL = Contract(
    name="ed-sepsis",
    version="2.1.0",
    purpose="Warn of sepsis",
    owner="ED physicians",
    when_uncertain="Show nothing; a nurse screens by hand.",
    columns=(
        number(
            "creatinine",
            unit="mg/dL",
            loinc="2160-0",
            range=(0, 66),
            max_missing=0.05,
            max_invalid=0.001,
        ),
        category("sex", "f", "m", "no", max_missing=0),
        ColumnTerms(name="dx", type=ColumnType.CODE, system="ICD10CM", release="FY2024"),
        ColumnTerms(name="bed", type=ColumnType.INTEGER, range=(1, 40)),
        ColumnTerms(
            name="at", type=ColumnType.DATETIME, role=Role.TIME, storage="timestamp", max_missing=0
        ),
        number("risk", role=Role.SCORE, range=(0, 1), max_missing=0),
    ),
)


def test_what_is_written_is_valid_odcs_and_reads_back() -> None:
    written = to_yaml(FULL)
    schema = json.loads((files("open_data_contract_standard") / "schema.json").read_text("utf-8"))
    jsonschema.Draft201909Validator(schema).validate(yaml.safe_load(written))
    assert from_yaml(written) == FULL
    assert to_yaml(from_yaml(written)) == written


TERMS = st.builds(
    ColumnTerms,
    name=st.text(min_size=1, max_size=20).filter(str.strip),
    type=st.sampled_from(ColumnType),
    role=st.sampled_from(Role),
    unit=st.none() | st.sampled_from(["mg/dL", "Cel", "%"]),
    range=st.none() | st.tuples(st.floats(-1e9, 0), st.floats(0, 1e9)),
    values=st.lists(st.text(min_size=1, max_size=8), max_size=4, unique=True).map(tuple),
    max_missing=st.integers(0, 100).map(lambda p: p / 100),
    max_invalid=st.integers(0, 1000).map(lambda p: p / 1000),
)


@settings(deadline=None)
@given(st.lists(TERMS, min_size=1, max_size=4, unique_by=lambda t: t.name))
def test_any_contract_survives_the_file(columns: list[ColumnTerms]) -> None:
    contract = agreed(*columns)
    back = from_yaml(to_yaml(contract))
    assert sorted(back.columns, key=lambda c: c.name) == sorted(
        contract.columns, key=lambda c: c.name
    )


def test_a_contract_of_another_tool_is_read_and_what_is_not_checked_is_said() -> None:
    text = """
apiVersion: v3.0.2
kind: DataContract
id: labs
version: "1.2"
status: active
team: [{username: lab, role: Owner}]
schema:
- name: labs
  quality: [{metric: rowCount, mustBeGreaterThan: 0}]
  properties:
  - {name: potassium, logicalType: number, required: true, logicalTypeOptions: {minimum: 0}, unique: true}
  - {name: ward, logicalType: string, enum: [{value: A}, {value: 7}], quality: [{type: sql, query: select 1, mustBe: 0}]}
"""
    contract = from_yaml(text)
    assert (contract.name, contract.version, contract.owner) == ("labs", "1.2.0", "lab")
    potassium, ward = contract.columns
    assert (potassium.type, potassium.required, potassium.range) == (
        ColumnType.NUMERIC,
        True,
        (0, float("inf")),
    )
    assert (ward.type, ward.values) == (ColumnType.CATEGORY, ("A", "7"))
    assert len(contract.not_checked) == 3


def problems(text: str) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        from_yaml(text)
    return [(p.code, f"{p.sentence} {p.hint}") for p in caught.value.problems]


def test_unknown_keys_name_the_nearest_known_one_all_at_once() -> None:
    written = (
        to_yaml(FULL)
        .replace("enum:", "enums:")
        .replace("status:", "state:")
        .replace("minimum", "minimun")
    )
    found = problems(written)
    assert {code for code, _ in found} == {"CONTRACT_UNKNOWN_KEY"}
    assert any("state" in words and "'status'" in words for _, words in found)
    assert any("inputs" in words and "sex" in words and "'enum'" in words for _, words in found)


def test_wrong_values_are_told_all_at_once_with_their_column() -> None:
    written = (
        to_yaml(FULL)
        .replace("ICD10CM", "ICD10XX")
        .replace("maximum: 66.0", "maximum: -3")
        .replace("2.1.0", "new")
    )
    words = " ".join(sentence for _, sentence in problems(written))
    assert "column 'dx'" in words
    assert "column 'creatinine'" in words
    assert "lower limit 0 is above" in words


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("apiVersion: [", "CONTRACT_YAML"),
        ("- a\n- b\n", "CONTRACT_YAML"),
        ("", "CONTRACT_YAML"),
        ("apiVersion: v2.2.2\nkind: DataContract\n", "CONTRACT_VERSION"),
        ("version: 1.0.0\n", "CONTRACT_VERSION"),
        ("apiVersion: v3.1.0\nversion: 1.0.0\nid: x\nkind: DataContract\n", "CONTRACT_VALUE"),
        ("apiVersion: v3.1.0\nschema: 7\n", "CONTRACT_VALUE"),
        ("apiVersion: v3.1.0\nid: x\nid: y\n", "CONTRACT_YAML"),
    ],
)
def test_bad_files_end_in_a_coded_error(text: str, code: str) -> None:
    assert problems(text)[0][0] == code


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path / "none.yaml")
    assert caught.value.code == "NOT_FOUND"


@pytest.mark.parametrize(
    ("update", "version"),
    [
        ({"max_missing": 0.01}, "3.0.0"),
        ({"range": (0.0, 50.0)}, "3.0.0"),
        ({"unit": "umol/L"}, "3.0.0"),
        ({"max_missing": 0.2}, "2.2.0"),
        ({"range": (0.0, 99.0)}, "2.2.0"),
        ({"description": "serum"}, "2.1.1"),
        ({}, "2.1.0"),
    ],
)
def test_a_version_says_whether_a_kept_batch_can_break_it(
    update: dict[str, object], version: str
) -> None:
    first, *rest = FULL.columns
    new = FULL.model_copy(update={"columns": (first.model_copy(update=update), *rest)})
    assert next_version(FULL, new) == version
    assert bool(changes(FULL, new)) is bool(update)


def test_a_new_required_column_is_a_major_change_and_a_gone_one_is_not() -> None:
    more = FULL.model_copy(update={"columns": (*FULL.columns, number("lactate", max_missing=0))})
    assert next_version(FULL, more) == "3.0.0"
    assert next_version(more, FULL.model_copy(update={"version": "3.0.0"})) == "2.2.0"
    assert changes(FULL, more) == ("lactate is new",)
