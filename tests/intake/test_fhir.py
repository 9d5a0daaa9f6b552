"""FHIR R4 to one analysis table: values by hand, every form of source, other versions named, and the public samples."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path
from typing import Any

import pytest
from made_fhir import bundle, coded, encounter, lines, observation, patient, quantity

from golive.intake import Limits, read
from golive.intake.fhir.path import elements, parse, scalar
from golive.intake.fhir.views import NAMES, compile_view, parse_view, shipped
from golive.model.errors import InputError

WARD = (
    patient("p1"),
    encounter("e1", "p1", reasonCode=[{"coding": [{"code": "91302008"}]}]),
    observation("o1", "p1", "e1", "2160-0", valueQuantity=quantity(1.1, "mg/dL")),
    observation(
        "o2",
        "p1",
        "e1",
        "2160-0",
        moment="2024-03-01T12:00:00Z",
        valueQuantity=quantity(1.4, "mg/dL"),
    ),
    observation(
        "o3",
        "p1",
        "e1",
        "85354-9",
        component=[
            {"code": coded("8480-6"), "valueQuantity": quantity(120, "mm[Hg]")},
            {"code": coded("8462-4"), "valueQuantity": quantity(80, "mm[Hg]")},
        ],
    ),
    observation("o4", "p1", "e1", "72166-2", valueCodeableConcept={"text": "Never smoker"}),
    observation("o5", "p1", "e1", "6598-7", valueQuantity=quantity(0.01, "ng/mL", comparator="<")),
    observation(
        "o6", "p1", "e1", "2345-7", status="entered-in-error", valueQuantity=quantity(9999, "mg/dL")
    ),
    observation("o7", "p1", "e1", "2345-7", dataAbsentReason={"coding": [{"code": "unknown"}]}),
    {
        "resourceType": "Condition",
        "id": "c1",
        "subject": {"reference": "Patient/p1"},
        "code": coded("44054006"),
        "onsetDateTime": "2019",
    },
    {
        "resourceType": "Condition",
        "id": "c2",
        "subject": {"reference": "Patient/p1"},
        "code": coded("1"),
        "onsetDateTime": "2025-01",
    },
    {
        "resourceType": "MedicationRequest",
        "id": "m1",
        "status": "active",
        "subject": {"reference": "Patient/p1"},
        "encounter": {"reference": "Encounter/e1"},
        "medicationCodeableConcept": coded("860975"),
    },
    {"resourceType": "Claim", "id": "k1"},
)


def rows(source: Path) -> tuple[list[dict[str, Any]], dict[str, str]]:
    with read(source) as dataset:
        assert dataset.kind == "fhir"
        found = dataset.table.to_pyarrow().to_pylist()
        assert dataset.rows == len(found)
        return found, {note.code: note.sentence for note in dataset.notes}


def test_an_encounter_is_a_row_with_its_patient_values_units_and_orders(tmp_path: Path) -> None:
    (row,), notes = rows(bundle(tmp_path / "ward.json", *WARD))
    assert (row["patient_id"], row["encounter_id"], row["site"], row["gender"]) == (
        "p1",
        "e1",
        "North",
        "female",
    )
    assert row["age_years"] == 73  # 74 only in June
    assert row["encounter_start"].isoformat() == "2024-03-01T09:00:00"  # in UTC
    assert (row["creatinine"], row["creatinine_unit"]) == (
        1.4,
        "mg/dL",
    )  # the last of the encounter
    assert (row["sbp"], row["dbp"], row["sbp_unit"]) == (120, 80, "mm[Hg]")
    assert row["loinc_72166_2"] == "Never smoker"
    assert row["loinc_6598_7"] == "<0.01"  # a limit of detection is no number
    assert "glucose" not in row  # entered in error, and absent with a reason
    assert (row["reason_code"], row["conditions_active"]) == (
        "91302008",
        1,
    )  # the other begins in 2025
    assert (row["medication_code"], row["medications_ordered"]) == ("x", 1)
    assert "1 Claim" in notes["FHIR_READ"]
    assert notes["FHIR_VOID"].startswith("1 ")
    assert notes["FHIR_NO_VALUE"].startswith("1 ")


def test_every_form_of_source_gives_the_same_rows(tmp_path: Path) -> None:
    expected, _ = rows(bundle(tmp_path / "ward.json", *WARD))
    archive = tmp_path / "ward.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.write(
            tmp_path / "ward.json", "../../a/ward.json"
        )  # where a member wants to go does not matter
        out.writestr("README.txt", "notes")
    folder = tmp_path / "bulk"
    folder.mkdir()
    (folder / "README.txt").write_text("an export")
    lines(folder / "log.ndjson", {"eventId": "kickoff"})
    lines(folder / "Patient.ndjson", WARD[0])
    with gzip.open(folder / "rest.ndjson.gz", "wt") as out_lines:
        out_lines.write(lines(tmp_path / "rest.ndjson", *WARD[1:]).read_text())
    split = tmp_path / "split"
    split.mkdir()
    for i, resource in enumerate(WARD):
        bundle(split / f"{i}.json", resource)
    for source in (archive, folder, split, lines(tmp_path / "all.ndjson", *WARD)):
        assert rows(source)[0] == expected, source.name


def test_values_without_an_encounter_are_rows_by_patient_and_day(tmp_path: Path) -> None:
    source = bundle(
        tmp_path / "labs.json",
        patient("p1"),
        patient("p2"),
        observation(
            "o1", "p1", None, "2160-0", "2024-03-01T08:00:00Z", valueQuantity=quantity(1.0, "mg/dL")
        ),
        observation(
            "o2", "p1", None, "2345-7", "2024-03-01T09:00:00Z", valueQuantity=quantity(90, "mg/dL")
        ),
        observation(
            "o3",
            "p1",
            None,
            "2160-0",
            "2024-03-02T08:00:00Z",
            valueQuantity=quantity(2.0, "umol/L"),
        ),
    )
    found, _ = rows(source)
    told = [(r["patient_id"], r["creatinine"], r["creatinine_unit"], r["glucose"]) for r in found]
    assert told == [
        ("p1", 1.0, "mg/dL", 90.0),
        ("p1", 2.0, "umol/L", None),
        ("p2", None, None, None),
    ]


def test_a_broken_line_is_counted_and_left_out(tmp_path: Path) -> None:
    source = lines(
        tmp_path / "e.ndjson",
        encounter("e1", "p1"),
        '{"resourceType": "Encounter", "id": ',
        encounter("e2", "p1"),
    )
    found, notes = rows(source)
    assert [r["encounter_id"] for r in found] == ["e1", "e2"]
    assert notes["BROKEN_LINES"].startswith("1 of 3 lines")


def code_of(source: Path, **limits: Any) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        read(source, limits=Limits(**limits) if limits else None)
    return caught.value.code, caught.value.problems[0].sentence


def test_wrong_sources_end_in_a_coded_error(tmp_path: Path) -> None:
    cut = tmp_path / "cut.json"
    cut.write_text(bundle(tmp_path / "ward.json", *WARD).read_text()[:-200])
    assert code_of(cut)[0] == "NOT_JSON"
    assert (
        code_of(bundle(tmp_path / "claims.json", {"resourceType": "Claim", "id": "1"}))[0]
        == "FHIR_EMPTY"
    )
    (tmp_path / "fake.zip").write_text("not a zip")
    assert code_of(tmp_path / "fake.zip")[0] == "NOT_ZIP"
    with zipfile.ZipFile(tmp_path / "tables.zip", "w") as out:
        out.writestr("a.csv", "a,b\n1,2\n")
    assert code_of(tmp_path / "tables.zip")[0] == "NO_FHIR"
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("a.json", " " * 3_000_000)
    assert code_of(tmp_path / "bomb.zip", bytes=1_000_000)[0] == "ZIP_BOMB"


def test_a_table_that_speaks_of_resource_types_is_no_fhir(tmp_path: Path) -> None:
    path = lines(tmp_path / "cloud.ndjson", {"resourceType": "AWS::S3::Bucket", "n": 1})
    with read(path) as dataset:
        assert dataset.kind == "ndjson"


@pytest.mark.parametrize(
    ("version", "resource"),
    [
        (
            "STU3",
            {
                "resourceType": "Condition",
                "subject": {"reference": "Patient/p1"},
                "assertedDate": "2017-01-01",
            },
        ),
        ("STU3", {"resourceType": "MedicationRequest", "context": {"reference": "Encounter/e1"}}),
        ("DSTU2", {"resourceType": "MedicationOrder", "patient": {"reference": "Patient/p1"}}),
        ("DSTU2", {"resourceType": "Encounter", "class": "ambulatory"}),
        ("R5", {"resourceType": "Encounter", "class": [{"coding": []}], "actualPeriod": {}}),
    ],
)
def test_another_version_is_named(tmp_path: Path, version: str, resource: dict[str, Any]) -> None:
    code, sentence = code_of(bundle(tmp_path / "b.json", patient("p1"), *[resource] * 3))
    assert code == "FHIR_VERSION"
    assert f"FHIR {version}" in sentence


def test_a_few_of_another_version_are_noted(tmp_path: Path) -> None:
    odd = observation("o9", "p1", None, "2160-0", context={"reference": "Encounter/e1"})
    _, notes = rows(bundle(tmp_path / "ward.json", *WARD, odd))
    assert "1 of 8 Observation resources" in notes["FHIR_VERSION"]


def test_rarely_filled_must_support_elements_are_named(tmp_path: Path) -> None:
    _, notes = rows(bundle(tmp_path / "ward.json", *WARD))
    assert "US Core must-support" in notes["US_CORE"]


@pytest.mark.parametrize("name", NAMES)
def test_shipped_views_are_viewdefinitions_that_compile(name: str) -> None:
    view = shipped(name)
    assert view.name == name
    assert compile_view(view).count("SELECT") >= 2


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("code.coding.where(system = 'b').code.first()", "2"),
        ("code.coding.code.first()", "1"),
        ("code.coding[1].code", "2"),
        ("value.ofType(Quantity).value", "7.5"),
        ("subject.getReferenceKey(Patient)", "p1"),
        ("name.family", "A"),
        ("nothing.at.all", None),
    ],
)
def test_paths_select_what_fhirpath_selects(path: str, expected: str | None) -> None:
    import duckdb

    body = (
        '{"code": {"coding": [{"system": "a", "code": "1"}, {"system": "b", "code": "2"}]}, "valueQuantity": {"value": 7.5},'
        '"subject": {"reference": "Patient/p1"}, "name": [{"family": "A"}, {"family": "B"}]}'
    )
    sql = scalar("[body]", parse(path), "string")
    assert duckdb.execute(f"SELECT {sql} FROM (SELECT ?::JSON AS body)", [body]).fetchone() == (
        expected,
    )
    counted = elements("[body]", parse("name.family"))
    assert duckdb.execute(
        f"SELECT len({counted}) FROM (SELECT ?::JSON AS body)", [body]
    ).fetchone() == (2,)


def test_wrong_views_say_what_is_wrong() -> None:
    good = {
        "name": "v",
        "resource": "Patient",
        "select": [{"column": [{"name": "a", "path": "id"}]}],
    }
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"select": [{"column": []}]}, "FHIR_VIEW_EMPTY"),
        ({"select": [{"column": [{"name": "a", "path": "id.repeat(x)"}]}]}, "FHIR_VIEW_PATH"),
        ({"select": [{"column": [{"name": "a b", "path": "id"}]}]}, "FHIR_VIEW"),
        ({"resource": "patient;"}, "FHIR_VIEW"),
    ]
    parse_view(good, "v.json")
    for change, code in wrong:
        with pytest.raises(InputError) as caught:
            parse_view(good | change, "v.json")
        assert caught.value.code == code


@pytest.mark.reference
def test_public_bundles_are_read_and_other_versions_refused(reference_data: Path) -> None:
    import pandas as pd

    folder = reference_data / "fhir"
    found, _ = rows(folder / "bundles_r4.zip")
    assert len(found) == 362
    with zipfile.ZipFile(folder / "bundles_r4.zip") as archive:
        bundles = archive.namelist()
    flat = pd.read_parquet(
        folder / "observations.parquet", columns=["bundle", "code", "value", "unit_code"]
    )
    flat = flat[flat["bundle"].isin(bundles)]
    for code, column, unit in (
        ("8302-2", "height", "cm"),
        ("8480-6", "sbp", "mm[Hg]"),
        ("2093-3", "cholesterol_total", "mg/dL"),
    ):
        of_code = flat[flat["code"] == code]
        values = [r[column] for r in found if r[column] is not None]
        assert len(values) >= 24
        assert (
            set(of_code["unit_code"])
            == {r[f"{column}_unit"] for r in found if r[column] is not None}
            == {unit}
        )
        assert sorted(values) == pytest.approx(
            sorted(of_code["value"])
        )  # once per encounter in this data
    assert "STU3" in code_of(folder / "bundles_stu3.zip")[1]
    assert "DSTU2" in code_of(folder / "bundles_dstu2.zip")[1]
    bulk, notes = rows(folder / "bulk_ndjson")
    assert len(bulk) == 1215
    assert "1,745 MedicationRequest" in notes["FHIR_READ"]
