"""Fields of ODCS that GoLive does not read survive import, edit and export; terms that were edited win over the file."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import yaml

from golive.contract import changes, from_yaml, next_version, to_yaml

FOREIGN = """
apiVersion: v3.1.0
kind: DataContract
id: 53581432-6c55-4ba2-a65f-72344a91553a
name: labs
version: 1.0.0
status: active
domain: laboratory
tenant: north
tags: [sepsis, inpatient]
description:
  purpose: Feed of the sepsis alert
  limitations: No point of care devices
  usage: Scoring only
team:
  name: lab platform
  members:
  - {username: kim, role: Owner, dateIn: 2024-08-02}
  - {username: sam, role: steward}
servers:
- {server: prod, type: postgres, host: db.example.org, port: 5432, database: labs, schema: public}
slaProperties:
- {property: latency, value: 4, unit: h}
customProperties:
- {property: whenUncertain, value: Nothing is shown.}
- {property: catalogue, value: A-17}
schema:
- name: labs
  physicalType: view
  businessName: Laboratory values
  quality: [{metric: rowCount, mustBeGreaterThan: 0}]
  properties:
  - name: potassium
    businessName: Serum potassium
    logicalType: number
    physicalType: numeric(6,2)
    required: true
    classification: restricted
    examples: [4.1]
    logicalTypeOptions: {minimum: 0, maximum: 20, multipleOf: 0.1}
    quality:
    - {metric: nullValues, mustBe: 0}
    - {type: sql, query: select 1, mustBe: 0}
    customProperties: [{property: unit, value: mmol/L}, {property: analyser, value: Cobas}]
  - name: taken
    logicalType: date
    partitioned: true
  - name: ward
    logicalType: string
    enum: [{value: A, description: Admissions}, {value: B}]
- name: audit
  properties:
  - {name: loaded_at, logicalType: timestamp, description: When it was loaded}
"""


def read(text: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(
        text.replace("dateIn: 2024-08-02", "dateIn: '2024-08-02'")
    )
    return data


def test_nothing_of_a_foreign_file_is_lost() -> None:
    before, after = read(FOREIGN), read(to_yaml(from_yaml(FOREIGN)))
    for key in (
        "id",
        "domain",
        "tenant",
        "tags",
        "description",
        "team",
        "servers",
        "slaProperties",
        "version",
    ):
        assert after[key] == before[key], key
    assert after["customProperties"] == [
        before["customProperties"][1],
        before["customProperties"][0],
    ]
    labs, audit = after["schema"]
    assert [p["name"] for p in audit["properties"]] == ["loaded_at"]
    assert (labs["name"], labs["physicalType"], labs["businessName"]) == (
        "labs",
        "view",
        "Laboratory values",
    )
    assert labs["quality"] == before["schema"][0]["quality"]
    potassium, taken, ward = labs["properties"]
    for key in ("businessName", "classification", "examples", "logicalTypeOptions", "physicalType"):
        assert potassium[key] == before["schema"][0]["properties"][0][key], key
    assert {"type": "sql", "query": "select 1", "mustBe": 0} in potassium["quality"]
    assert {"property": "analyser", "value": "Cobas"} in potassium["customProperties"]
    assert (taken["logicalType"], taken["partitioned"]) == ("date", True)
    assert ward["enum"] == before["schema"][0]["properties"][2]["enum"]


def test_what_is_written_is_valid_odcs_and_stays_as_it_is() -> None:
    written = to_yaml(from_yaml(FOREIGN))
    schema = json.loads((files("open_data_contract_standard") / "schema.json").read_text("utf-8"))
    data = json.loads(json.dumps(read(written), default=str))
    jsonschema.Draft201909Validator(schema).validate(data)
    again = from_yaml(written)
    assert to_yaml(again) == written
    assert again.columns == from_yaml(FOREIGN).columns
    assert again.not_checked == from_yaml(FOREIGN).not_checked


def test_edited_terms_win_over_the_file_and_the_rest_stays() -> None:
    contract = from_yaml(FOREIGN)
    potassium, *others = contract.columns
    edited = contract.model_copy(
        update={
            "owner": "ICU",
            "when_uncertain": "",
            "columns": (
                potassium.model_copy(
                    update={"range": (1.0, 10.0), "max_missing": 0.05, "unit": None}
                ),
                *others,
            ),
        }
    )
    after = read(to_yaml(edited))
    assert after["team"]["members"] == [{**read(FOREIGN)["team"]["members"][0], "username": "ICU"}, {"username": "sam", "role": "steward"}]  # fmt: skip
    assert after["customProperties"] == [{"property": "catalogue", "value": "A-17"}]
    (first, *_) = after["schema"][0]["properties"]
    assert first["logicalTypeOptions"] == {"multipleOf": 0.1, "minimum": 1.0, "maximum": 10.0}
    assert first["required"] is False
    assert [r for r in first["quality"] if r.get("metric") == "nullValues"] == [
        {"metric": "nullValues", "unit": "percent", "mustBeLessOrEqualTo": 5.0}
    ]
    assert "unit" not in {p["property"] for p in first["customProperties"]}
    back = from_yaml(to_yaml(edited))
    assert (back.owner, back.when_uncertain, back.columns) == ("ICU", "", edited.columns)


def test_a_column_that_leaves_the_contract_leaves_the_file_and_a_new_one_joins() -> None:
    contract = from_yaml(FOREIGN)
    lactate = contract.columns[0].model_copy(update={"name": "lactate"})
    edited = contract.model_copy(update={"columns": (*contract.columns[1:3], lactate)})
    after = read(to_yaml(edited))
    assert [[p["name"] for p in one["properties"]] for one in after["schema"]] == [
        ["taken", "ward", "lactate"]
    ]


def test_a_change_that_is_only_foreign_is_a_new_patch() -> None:
    old, new = from_yaml(FOREIGN), from_yaml(FOREIGN.replace("tenant: north", "tenant: south"))
    assert changes(old, new) == ("fields that GoLive does not read changed",)
    assert next_version(old, new) == "1.0.1"
    assert next_version(old, from_yaml(FOREIGN)) == "1.0.0"


def test_a_list_of_members_stays_a_list() -> None:
    text = FOREIGN.replace("team:\n  name: lab platform\n  members:\n", "team:\n").replace(
        "\n  - {user", "\n- {user"
    )
    contract = from_yaml(text)
    assert contract.owner == "kim"
    assert read(to_yaml(contract))["team"] == read(text)["team"]
    assert read(to_yaml(contract.model_copy(update={"owner": ""})))["team"] == [
        {"username": "sam", "role": "steward"}
    ]
