"""Check digits against published examples and by their laws; which system a column holds."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.compare.base import code_systems
from golive.compare.base.code_systems import (
    decide,
    declared_system,
    loinc_check,
    luhn,
    npi_check,
    rolled_up,
    rules,
    snomed_check,
    with_dot,
    without_marks,
)
from golive.model.errors import InputError

ICD10, ICD9 = declared_system("ICD10CM"), declared_system("ICD9CM")


@pytest.mark.parametrize(
    "code", ["2160-0", "718-7", "8867-4", "29463-7", "33914-3", "LA6576-8", "LP7057-5"]
)
def test_loinc_check_digits(code: str) -> None:
    assert loinc_check(code)
    body, digit = code.split("-")
    assert not any(loinc_check(f"{body}-{d}") for d in range(10) if str(d) != digit)


def test_npi_example_of_the_standard() -> None:
    assert npi_check("1234567893")
    assert not npi_check("1234567890")


@pytest.mark.parametrize("code", ["73211009", "22298006", "38341003", "999000041000000102"])
def test_snomed_concepts(code: str) -> None:
    assert snomed_check(code)
    assert not snomed_check(code[:-1] + str((int(code[-1]) + 1) % 10))


@given(st.integers(10**4, 10**9))
def test_luhn_sees_every_wrong_digit(number: int) -> None:
    digits = str(number)
    for i, digit in enumerate(digits):
        changed = digits[:i] + str((int(digit) + 1) % 10) + digits[i + 1 :]
        assert luhn(changed) != luhn(digits)


@given(st.integers(10**3, 10**14), st.integers(0, 1))
def test_verhoeff_accepts_one_digit_and_sees_neighbours_exchanged(number: int, part: int) -> None:
    body = f"{number}{'00' if part == 0 else '10'}"
    right = [d for d in range(10) if snomed_check(f"{body}{d}")]
    assert len(right) == 1
    code = f"{body}{right[0]}"
    for i in range(len(code) - 4):
        if code[i] != code[i + 1]:
            assert not snomed_check(code[:i] + code[i + 1] + code[i] + code[i + 2 :])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ICD-10-CM", "ICD10CM"),
        ("icd10", "ICD10CM"),
        ("http://loinc.org", "LOINC"),
        ("SNOMED CT", "SNOMED"),
    ],
)
def test_declared_names(name: str, expected: str) -> None:
    assert declared_system(name).id == expected


def test_an_unknown_system_names_the_nearest() -> None:
    with pytest.raises(InputError, match="ICD10CM") as caught:
        declared_system("ICD10MC", "dx")
    assert (caught.value.code, caught.value.problems[0].where) == (
        "CODE_SYSTEM_UNKNOWN",
        "columns.dx.system",
    )


@pytest.mark.parametrize(
    ("column", "codes", "expected"),
    [
        ("dx", ["A41.9", "I10", "S09.90XA", "V10.1", "E11.65"], "ICD10CM"),
        ("dx", ["486", "250.00", "V10.1", "E849.0", "599.0"], "ICD9CM"),
        ("dx", ["A419", "E1165", "J189"], "ICD10CM"),
        ("test", ["2160-0", "718-7", "8867-4"], "LOINC"),
        ("code", ["73211009", "22298006", "38341003"], "SNOMED"),
        ("rxnorm_code", ["310965", "198405", "314076"], "RXNORM"),
        ("code", ["310965", "198405", "314076"], None),
        ("cpt", ["99213", "99214", "0001F"], "CPT"),
        ("code", ["0002-1433-80", "50580-449-10"], "NDC"),
        ("drg", ["291", "871", "470"], "MSDRG"),
        ("code", ["ward-7", "red", "blue"], None),
    ],
)
def test_which_system_a_column_holds(column: str, codes: list[str], expected: str | None) -> None:
    found = decide(column, dict.fromkeys(codes, 10))
    assert (found.id if found else None) == expected


def test_a_wrong_check_digit_is_no_loinc() -> None:
    assert decide("test", {"2160-1": 10, "718-8": 10}) is None


def test_ambiguous_codes_follow_the_majority() -> None:
    """V10.1 is a code of both ICD revisions."""
    systems = (ICD10, ICD9)
    assert code_systems.fitting({"V10.1": 5, "A41.9": 9}, systems)["V10.1"] is ICD10
    assert code_systems.fitting({"V10.1": 5, "486": 9}, systems)["V10.1"] is ICD9


def test_dots_and_categories() -> None:
    assert (with_dot(ICD10, "E1165"), with_dot(ICD9, "25000"), with_dot(ICD9, "E8490")) == (
        "E11.65",
        "250.00",
        "E849.0",
    )
    assert (rolled_up(ICD10, "E11.65"), rolled_up(ICD9, "E849.0"), rolled_up(ICD9, "V10.1")) == (
        "E11",
        "E849",
        "V10",
    )
    assert ICD9.fits("E849.0")
    assert not ICD9.fits("E119"), "ICD-9-CM has no E100 to E799"


def test_every_shape_fits_itself_and_nothing_empty() -> None:
    for system in rules().systems.values():
        assert not system.has_shape("")
        assert system.domain


@pytest.mark.reference
def test_every_published_icd_code_has_its_shape(reference_data: Path) -> None:
    for file, system in (
        ("icd10cm_FY2019_ccs", ICD10),
        ("icd10cm_FY2024", ICD10),
        ("icd9cm_v32_dx", ICD9),
    ):
        with gzip.open(reference_data / "code_sets" / f"{file}.csv.gz", "rt") as lines:
            bare = list(pd.read_csv(lines, dtype=str).code)
        dotted = [with_dot(system, code) for code in bare]
        assert all(system.fits(code) for code in bare + dotted)
        assert [without_marks(code) for code in dotted] == bare
        for written in (bare, dotted):
            found = decide("dx", dict.fromkeys(written, 1))
            assert found is system


@pytest.mark.reference
def test_loinc_and_snomed_codes_of_synthea_have_their_check_digits(reference_data: Path) -> None:
    observations = pd.read_parquet(
        reference_data / "fhir" / "observations.parquet", columns=["code"]
    )
    counts = observations.code.value_counts()
    assert all(loinc_check(code) for code in counts.index)
    found = decide("code", {str(k): int(v) for k, v in counts.items()})
    assert found is not None
    assert found.id == "LOINC"
    rest = pd.read_parquet(reference_data / "fhir" / "conditions_medications.parquet")
    conditions = rest[rest.resource == "Condition"].code.value_counts()
    assert all(snomed_check(code) for code in conditions.index)
