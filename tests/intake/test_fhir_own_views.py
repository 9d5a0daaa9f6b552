"""ViewDefinitions of the reader's own: what they add or replace, what selects nothing, and every way they can be wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from made_fhir import bundle, encounter, observation, patient, quantity

from golive.intake import load_config, read
from golive.model.errors import InputError

PROCEDURES = {
    "resourceType": "ViewDefinition",
    "name": "procedure",
    "resource": "Procedure",
    "select": [
        {
            "column": [
                {"name": "encounter_id", "path": "encounter.getReferenceKey(Encounter)"},
                {"name": "code", "path": "code.coding.code.first()", "type": "code"},
                {"name": "outcome", "path": "outcome.text"},
            ]
        }
    ],
}


def procedure(key: str, at: str, code: str) -> dict[str, Any]:
    subject, where = {"reference": "Patient/p1"}, {"reference": f"Encounter/{at}"}
    return {
        "resourceType": "Procedure", "id": key, "status": "completed", "subject": subject, "encounter": where,
        "code": {"coding": [{"code": code}]},
    }  # fmt: skip


WARD = (
    patient("p1"),
    encounter("e1", "p1"),
    encounter("e2", "p1"),
    observation("o1", "p1", "e1", "2160-0", valueQuantity=quantity(1.1, "mg/dL")),
    procedure("x1", "e1", "430193006"),
    procedure("x2", "e1", "710824005"),
)


def test_an_own_view_adds_its_columns_to_the_encounter(tmp_path: Path) -> None:
    with read(bundle(tmp_path / "ward.json", *WARD), views=[PROCEDURES]) as dataset:
        rows = {r["encounter_id"]: r for r in dataset.table.to_pyarrow().to_pylist()}
        notes = {n.code: n.sentence for n in dataset.notes}
    assert (rows["e1"]["procedure_code"], rows["e1"]["procedure_count"]) == ("430193006", 2)
    assert (rows["e2"]["procedure_code"], rows["e2"]["procedure_count"]) == (None, 0)
    assert rows["e1"]["creatinine"] == 1.1
    assert "2 Procedure" in notes["FHIR_READ"]
    assert notes["FHIR_VIEW_NOTHING"] == (
        "The view 'procedure' selects nothing for outcome (outcome.text) in 2 rows of Procedure."
    )


def test_a_view_without_its_resource_is_said_and_costs_nothing_else(tmp_path: Path) -> None:
    with read(bundle(tmp_path / "ward.json", *WARD[:4]), views=[PROCEDURES]) as dataset:
        assert dataset.rows == 2
        assert dataset.table["procedure_code"].count().to_pyarrow().as_py() == 0
        (said,) = [n.sentence for n in dataset.notes if n.code == "FHIR_VIEW_NOTHING"]
    assert said == "The view 'procedure' selects nothing: there is no Procedure in it."


def test_an_own_view_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    data = json.loads((Path(__file__).parents[2] / "data" / "fhir" / "patient.json").read_text())
    gender = next(c for c in data["select"][0]["column"] if c["name"] == "gender")
    gender["path"] = "extension.where(url = 'urn:sex').valueCode"
    one = patient("p1", extension=[{"url": "urn:sex", "valueCode": "F"}])
    with read(bundle(tmp_path / "ward.json", one, *WARD[1:]), views=[data]) as dataset:
        assert {r["gender"] for r in dataset.table.to_pyarrow().to_pylist()} == {"F"}


def _with(**change: Any) -> dict[str, Any]:
    return PROCEDURES | change


@pytest.mark.parametrize(
    ("view", "code", "said"),
    [
        (_with(select=[{"column": []}]), "FHIR_VIEW_EMPTY", "selects nothing"),
        (
            _with(resource="Procedur"),
            "FHIR_VIEW",
            "'Procedur' is not a resource of FHIR R4. Did you mean 'Procedure'?",
        ),
        (_with(resource="Quantity"), "FHIR_VIEW", "'Quantity' is not a resource"),
        (
            _with(select=[{"column": [{"name": "code", "path": "code.text"}]}]),
            "FHIR_VIEW_KEY",
            "neither encounter_id",
        ),
        (
            _with(select=[{"column": [{"name": "a", "path": "repeat(x)"}]}]),
            "FHIR_VIEW_PATH",
            "not read",
        ),
        (_with(name="observation"), "FHIR_VIEW", "lacks its columns observation_id, patient_id"),
        (_with(name=None), "FHIR_VIEW", "'name'"),
    ],
)
def test_a_wrong_view_is_refused_before_anything_is_read(
    tmp_path: Path, view: dict[str, Any], code: str, said: str
) -> None:
    folder = tmp_path / "views"
    folder.mkdir()
    (folder / "procedure.json").write_text(json.dumps(view))
    (tmp_path / "golive.yaml").write_text("fhir_views: views\n")
    with pytest.raises(InputError) as caught:
        load_config(tmp_path / "golive.yaml")
    assert caught.value.code == code
    assert said in " ".join(f"{p.sentence} {p.hint}" for p in caught.value.problems)


def test_the_configuration_names_a_folder_and_all_its_problems_come_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "views"
    folder.mkdir()
    (tmp_path / "golive.yaml").write_text("fhir_views: views\n")
    with pytest.raises(InputError, match="no ViewDefinition"):
        load_config(tmp_path / "golive.yaml")
    (folder / "a.json").write_text("{")
    (folder / "b.json").write_text(json.dumps(_with(select=[])))
    with pytest.raises(InputError) as caught:
        load_config(tmp_path / "golive.yaml")
    assert [p.code for p in caught.value.problems] == ["FHIR_VIEW_JSON", "FHIR_VIEW"]
    (folder / "a.json").unlink()
    (folder / "b.json").write_text(json.dumps(PROCEDURES))
    assert load_config(tmp_path / "golive.yaml").fhir_views == (PROCEDURES,)
    (folder / "c.json").write_text(json.dumps(PROCEDURES))
    with pytest.raises(InputError, match="Two views"):
        load_config(tmp_path / "golive.yaml")


def test_columns_that_exist_already_are_not_overwritten(tmp_path: Path) -> None:
    view = json.loads(json.dumps(PROCEDURES)) | {"name": "loinc"}
    view["select"][0]["column"][1]["name"] = "a6598_7"
    taken = observation("o2", "p1", "e1", "a6598-7", valueQuantity=quantity(1, "1"))
    with pytest.raises(InputError, match="exist already"):
        read(bundle(tmp_path / "w.json", *WARD, taken), views=[view])


@pytest.mark.parametrize("key", ["fhir_views", "evidence", "waivers"])
def test_a_configuration_that_was_sent_names_no_file_of_this_machine(
    tmp_path: Path, key: str
) -> None:
    (tmp_path / "golive.yaml").write_text(f"{key}: /etc\n")
    with pytest.raises(InputError) as caught:
        load_config(tmp_path / "golive.yaml", alone=True)
    assert caught.value.code == "CONFIG_FILE"
