"""Units as people write them: what they mean, how they compare, and which analytes they can be declared for."""

from __future__ import annotations

import pytest

from golive.intake.clinical.analytes import match
from golive.intake.clinical.ucum import canonical, ratio, same


@pytest.mark.parametrize(
    ("written", "ucum"),
    [
        ("ug/L", "ug/L"),
        ("mcg/L", "ug/L"),
        ("MCG/ML", "ug/mL"),
        ("µmol/l", "umol/L"),
        ("μmol/L", "umol/L"),
        ("umol / L", "umol/L"),
        ("MMOL/L", "mmol/L"),
        ("mg/dl", "mg/dL"),
        ("MG/L", "mg/L"),
        ("10*9/L", "10*3/uL"),
        ("x10^9/L", "10*3/uL"),
        ("×10⁹/L", "10*3/uL"),
        ("10^12/L", "10*12/L"),
        ("K/µL", "10*3/uL"),
        ("mmHg", "mm[Hg]"),
        ("°F", "[degF]"),
        ("Cel", "Cel"),
        ("IU/L", "U/L"),
        ("mEq/L", "meq/L"),
        ("mL/min/1.73m2", "mL/min/{1.73_m2}"),
        ("mL/hr", "mL/h"),
        ("bpm", "/min"),
    ],
)
def test_spellings(written: str, ucum: str) -> None:
    assert canonical(written) == ucum


@pytest.mark.parametrize(
    "written", ["", "  ", "see note", "mg per something", "x" * 31, "none", "mg//dL"]
)
def test_what_is_no_unit(written: str) -> None:
    assert canonical(written) is None


def test_sizes() -> None:
    assert ratio("ug/L", "mg/dL") == pytest.approx(1e-4)
    assert ratio("g/L", "mg/dL") == pytest.approx(100)
    assert ratio("10*12/L", "10*9/L") == pytest.approx(1000)
    assert same("mcg/mL", "mg/L")
    assert same("K/uL", "10*9/L")
    assert not same("mg/dL", "g/L")
    assert not same("see note", "mg/dL")


def test_no_factor_where_the_analyte_or_an_offset_decides() -> None:
    assert ratio("mg/dL", "mmol/L") is None
    assert ratio("Cel", "[degF]") is None
    assert ratio("meq/L", "mmol/L") is None


@pytest.mark.parametrize(
    ("column", "unit", "high"),
    [
        ("creatinine", "mg/dl", 66),
        ("creatinine", "µmol/l", 66 * 88.42),
        ("creatinine", "mg/L", 660),
        ("platelets", "10*9/L", 3000),
        ("platelets", "x10E3/uL", 3000),
        ("hemoglobin", "g/L", 300),
        ("sodium", "meq/L", 250),
        ("temperature", "°F", 47 * 1.8 + 32),
        ("sbp", "mmHg", 375),
    ],
)
def test_an_analyte_in_a_declared_unit(column: str, unit: str, high: float) -> None:
    analyte = match(column)
    assert analyte is not None
    declared = analyte.written_in(unit)
    assert declared is not None
    assert declared.hard is not None
    assert declared.hard[1] == pytest.approx(high)


def test_an_analyte_in_a_unit_of_another_kind_is_not_guessed() -> None:
    calcium, creatinine = match("calcium"), match("creatinine")
    assert calcium is not None
    assert creatinine is not None
    assert calcium.written_in("meq/L") is None
    assert creatinine.written_in("mm[Hg]") is None
    assert creatinine.written_in("see note") is None
