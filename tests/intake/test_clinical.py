"""Plausible ranges: the file is whole, every LOINC code passes its check digit, names are matched and units converted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from golive.intake.clinical.analytes import Analyte, by_loinc, match, ranges


def luhn_digit(number: str) -> int:
    """Check digit of LOINC: mod 10 (Luhn) over the part before the dash."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return -total % 10


def test_check_digit_rejects_a_wrong_code() -> None:
    assert luhn_digit("2160") == 0
    assert luhn_digit("3150") == 0
    assert luhn_digit("3151") != 0


@pytest.mark.parametrize("name", [n for n, a in ranges().items() if a.loinc])
def test_loinc_check_digit(name: str) -> None:
    number, digit = str(ranges()[name].loinc).split("-")
    assert luhn_digit(number) == int(digit)


def test_codes_and_names_are_unique() -> None:
    codes = [a.loinc for a in ranges().values() if a.loinc]
    aliases = [alias for a in ranges().values() for alias in (a.name, *a.aliases)]
    assert len(codes) == len(set(codes)) >= 40
    assert len(aliases) == len(set(aliases))


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("creatinine", "creatinine"),
        ("Creatinine_mg_dL", "creatinine"),
        ("HR", "heart_rate"),
        ("HeartRate", "heart_rate"),
        ("Heart Rate first", "heart_rate"),
        ("O2Sat", "spo2"),
        ("SpO2", "spo2"),
        ("FiO2", "fio2"),
        ("HCO3", "bicarbonate"),
        ("PaCO2", "pco2_arterial"),
        ("Bilirubin_total", "bilirubin_total"),
        ("TroponinI", "troponin"),
        ("trestbps", "sbp"),
        ("temp_c", "temperature"),
        ("GCS", "gcs_total"),
    ],
)
def test_match(column: str, expected: str) -> None:
    found = match(column)
    assert found is not None
    assert found.name == expected


@pytest.mark.parametrize(
    "column",
    ["", "sex", "smoking_pulse_study", "creatinine_clearance", "Bilirubin_direct", "ageing", "_"],
)
def test_no_match_by_part_of_a_name(column: str) -> None:
    assert match(column) is None


def test_by_loinc() -> None:
    found = by_loinc(" 2160-0 ")
    assert found is not None
    assert found.name == "creatinine"
    assert by_loinc("0000-0") is None


def test_known_conversions() -> None:
    known = ranges()
    assert known["creatinine"].conversions["umol/L"].apply(1.0) == pytest.approx(88.42)
    assert known["temperature"].conversions["[degF]"].apply(37.0) == pytest.approx(98.6)
    assert known["hba1c"].conversions["mmol/mol"].apply(7.0) == pytest.approx(53.0, abs=0.1)
    assert known["glucose"].conversions["mmol/L"].apply(90.0) == pytest.approx(5.0, abs=0.01)


ANALYTES_WITH_UNITS = [(n, u) for n, a in ranges().items() for u in a.conversions]


@given(st.sampled_from(ANALYTES_WITH_UNITS), st.floats(0.01, 1000))
def test_conversion_and_back(pair: tuple[str, str], value: float) -> None:
    analyte, unit = ranges()[pair[0]], pair[1]
    assert analyte.conversions[unit].invert(
        analyte.conversions[unit].apply(value)
    ) == pytest.approx(value)
    other = analyte.in_unit(unit)
    back = other.in_unit(analyte.unit)
    assert other.conversions[analyte.unit].apply(
        analyte.conversions[unit].apply(value)
    ) == pytest.approx(value)
    if analyte.hard and other.hard and back.hard:
        assert other.hard[0] < other.hard[1]
        assert back.hard == pytest.approx(analyte.hard)
    for third in set(analyte.conversions) - {unit}:
        straight = analyte.conversions[third].apply(value)
        assert other.conversions[third].apply(
            analyte.conversions[unit].apply(value)
        ) == pytest.approx(straight)


def test_unknown_unit() -> None:
    with pytest.raises(KeyError):
        ranges()["sodium"].in_unit("mg/dL")


@pytest.mark.parametrize(
    "limits",
    [{"hard": (5, 5)}, {"hard": (0, 10), "watch": (-1, 5)}, {"hard": (0, 10), "watch": (2, 11)}],
)
def test_limits_must_make_sense(limits: dict[str, tuple[float, float]]) -> None:
    with pytest.raises(ValidationError):
        Analyte.model_validate({"name": "x", "title": "x", "unit": "1", "source": "J", **limits})
