"""What issue by issue was promised, checked from the command line's JSON on real data with known answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.reference


def assessed(tmp_path: Path, *arguments: str) -> dict[str, Any]:
    """JSON of ``golive assess`` with ``arguments``."""
    from golive.cli import run

    out = tmp_path / "result.json"
    assert run(["assess", *arguments, "--no-store", "--out", str(out)]) == 0
    result: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return result


def heart(reference_data: Path, tmp_path: Path, hospital: str) -> dict[str, Any]:
    folder = reference_data / "heart"
    return assessed(
        tmp_path,
        "--train",
        f"{folder}/cleveland.csv",
        "--live",
        f"{folder}/{hospital}.csv",
        "--label",
        "num",
    )


def alarms(result: dict[str, Any], *kinds: str) -> set[str]:
    """Columns of the findings of ``kinds`` that are alarms."""
    return {
        c
        for f in result["findings"]
        if f["verdict"] == "alarm" and f["kind"] in kinds
        for c in f["columns"]
    }


def drift(result: dict[str, Any], verdict: str) -> set[str]:
    """Columns whose distribution got ``verdict``."""
    return {c["name"] for c in result["columns"] if c["drift"] and c["drift"]["verdict"] == verdict}


MISSING = {  # percent of values, counted in the files of the UCI Heart Disease data set (1988)
    "hungarian": {
        "trestbps": 0.34,
        "chol": 7.82,
        "fbs": 2.72,
        "slope": 64.63,
        "ca": 98.98,
        "thal": 90.48,
    },
    "switzerland": {
        "trestbps": 1.63,
        "chol": 0.0,
        "fbs": 60.98,
        "oldpeak": 4.88,
        "ca": 95.93,
        "thal": 42.28,
    },
    "va": {
        "trestbps": 28.0,
        "chol": 3.5,
        "fbs": 3.5,
        "thalach": 26.5,
        "slope": 51.0,
        "ca": 99.0,
        "thal": 83.0,
    },
}


@pytest.mark.parametrize("hospital", MISSING)
def test_heart_missing_shares_are_exact(
    reference_data: Path, tmp_path: Path, hospital: str
) -> None:
    result = heart(reference_data, tmp_path, hospital)
    shares = {c["name"]: 100 * c["live"]["missing_share"] for c in result["columns"]}
    for column, share in MISSING[hospital].items():
        assert shares[column] == pytest.approx(share, abs=0.01)
    assert {"ca", "thal", "slope"} <= alarms(result, "missing_up")
    assert "restecg" in alarms(result, "distribution_shift")
    assert alarms(result, "label_shift") == {"num"}
    assert "ca" in drift(result, "cannot_judge")


def test_heart_what_must_stay_quiet(reference_data: Path, tmp_path: Path) -> None:
    assert {"chol", "trestbps", "exang", "sex"} <= drift(
        heart(reference_data, tmp_path, "hungarian"), "quiet"
    )
    assert "age" in drift(heart(reference_data, tmp_path, "switzerland"), "quiet")


def test_heart_zero_cholesterol_and_the_missing_block(reference_data: Path, tmp_path: Path) -> None:
    va, switzerland = (heart(reference_data, tmp_path, h) for h in ("va", "switzerland"))
    for result, share in ((va, 0.245), (switzerland, 1.0)):
        (found,) = [
            f
            for f in result["findings"]
            if f["kind"] == "disguised_missing" and f["columns"] == ["chol"]
        ]
        assert found["verdict"] == "alarm"
        assert found["effect"]["live"] == pytest.approx(share, abs=0.0005)
    assert "fbs" in alarms(switzerland, "missing_up")
    (block,) = [f for f in va["findings"] if f["kind"] == "missing_block"]
    assert block["verdict"] == "alarm"
    assert set(block["columns"]) == {"trestbps", "thalach", "exang", "oldpeak"}


def test_sepsis_quiet_columns_and_the_far_outlier(reference_data: Path, tmp_path: Path) -> None:
    folder = reference_data / "sepsis"
    result = assessed(
        tmp_path,
        *("--train", f"{folder}/setA.parquet", "--live", f"{folder}/setB.parquet"),
        *("--label", "SepsisLabel", "--id", "patient_id"),
    )
    assert not drift(result, "alarm") & {
        "Phosphate",
        "Platelets",
        "O2Sat",
        "HR",
        "ICULOS",
        "Gender",
    }
    scores = {c["name"]: c["drift"]["score"] for c in result["columns"] if c["drift"]}
    assert scores["FiO2"] == pytest.approx(1.59, abs=0.016)
    assert {"Calcium", "TroponinI", "DBP", "MAP"} <= drift(result, "alarm")
