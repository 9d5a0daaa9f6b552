"""A declared unit that the data contradicts is a breach of its own: by labels, and by the size of the values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_tables import agreed, dataset, number

from golive.contract import Violation, check, contract_findings, infer
from golive.intake import read
from golive.model.config import Config

RNG = np.random.default_rng(3)
MG = RNG.lognormal(0.05, 0.35, 400).round(2)


def only(folder: Path, frame: pd.DataFrame, **terms: object) -> Violation:
    with dataset(folder, frame) as batch:
        (violation,) = check(agreed(number("creatinine", **terms)), batch).violations
    return violation


def test_values_in_the_size_of_another_unit_break_the_declared_one(tmp_path: Path) -> None:
    """A range of 0 to 1,500 holds both units, so only the unit itself says it."""
    found = only(tmp_path, pd.DataFrame({"creatinine": MG}), unit="umol/L", range=(0, 1500))
    assert (found.rule, found.rows, found.n) == ("unit", 400, 400)
    assert found.unit is not None
    assert found.unit.unit == "mg/dL"
    assert found.unit.back is not None
    assert found.unit.back.factor == pytest.approx(88.42, rel=1e-3)
    assert found.sentence.startswith(
        "creatinine has the size of values in mg/dL, the contract says umol/L: "
    )
    assert "multiply by 88.42 to have umol/L" in found.sentence


def test_degrees_fahrenheit_are_told_with_what_is_taken_away(tmp_path: Path) -> None:
    fahrenheit = pd.DataFrame({"temperature": RNG.normal(98.6, 1, 300).round(1)})
    with dataset(tmp_path, fahrenheit) as batch:
        (found,) = check(agreed(number("temperature", unit="Cel")), batch).violations
    assert found.rule == "unit"
    assert "multiply by 0.5556 and take away 17.78 to have °C" in found.sentence


def test_labels_tell_how_many_values_are_in_another_unit(tmp_path: Path) -> None:
    labels = ["mg/dL"] * 250 + ["umol/l"] * 100 + ["mg/dl"] * 20 + [None] * 30
    frame = pd.DataFrame({"creatinine": MG, "creatinine_unit": labels})
    found = only(tmp_path, frame, unit="mg/dL")
    assert (found.rule, found.rows, found.n) == ("unit", 100, 370)
    assert found.share == pytest.approx(100 / 370)
    assert found.sentence.startswith(
        "27 % of 370 creatinine values are labelled umol/L, the contract says mg/dL; multiply"
    )
    assert found.unit is not None
    assert found.unit.labels == ("umol/l",)


def test_few_labels_are_not_counted_and_an_allowed_share_is_kept(tmp_path: Path) -> None:
    frame = pd.DataFrame({"creatinine": MG, "creatinine_unit": ["umol/L"] * 6 + ["mg/dL"] * 394})
    few = only(tmp_path, frame, unit="mg/dL")
    assert (few.rows, few.share) == (None, None)
    assert few.sentence.startswith("Fewer than 11 of 400 creatinine values are labelled umol/L")
    assert few.unit is not None
    assert few.unit.rows == 0
    with dataset(tmp_path, frame) as batch:
        assert check(agreed(number("creatinine", unit="mg/dL", max_invalid=0.02)), batch).holds


@pytest.mark.parametrize(
    ("name", "unit", "values"),
    [
        ("creatinine", "mg/dL", MG),
        ("creatinine", "mg/dl", MG),
        ("creatinine", "furlong", MG),
        ("weight", "kg", RNG.normal(78, 16, 400).round(1)),
        ("weight", "[lb_av]", RNG.normal(78, 16, 400).round(1)),
        ("lactate_of_ours", "mmol/L", RNG.normal(900, 5, 400)),
        ("temperature", "Cel", [98.6] * 8),
    ],
    ids=["right", "spelling", "no unit", "kg", "overlapping units", "no analyte", "too few"],
)
def test_what_does_not_contradict_is_no_breach(
    tmp_path: Path, name: str, unit: str, values: np.ndarray
) -> None:
    with dataset(tmp_path, pd.DataFrame({name: values})) as batch:
        assert check(agreed(number(name, unit=unit)), batch).holds


def test_labels_that_are_no_unit_are_said_not_judged(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"creatinine": MG, "unit_of_creatinine": ["as usual?"] * 40 + ["mg/dL"] * 360}
    )
    with dataset(tmp_path, frame) as batch:
        checked = check(agreed(number("creatinine", unit="mg/dL")), batch)
    assert checked.holds
    assert checked.not_checked == ("creatinine: 40 values carry a unit that is not known",)


def test_an_inferred_contract_is_kept_by_training_and_broken_by_other_labels(
    tmp_path: Path,
) -> None:
    train = pd.DataFrame({"creatinine": MG, "creatinine_unit": ["mg/dL"] * 388 + ["umol/L"] * 12})
    with dataset(tmp_path, train, "t.csv") as data:
        contract = infer(data, Config())
        assert check(contract, data).holds
    live = train.assign(creatinine_unit=["umol/L"] * 400, creatinine=MG * 88.42)
    live.to_csv(tmp_path / "l.csv", index=False)
    with read(tmp_path / "l.csv") as data:
        checked = check(contract, data)
    found = next(f for f in contract_findings(checked) if f.columns == ("creatinine",))
    assert found.title.startswith(
        "100 % of 400 creatinine values are labelled umol/L, the contract says mg/dL"
    )
    assert found.fix is not None
    assert found.fix.startswith("Convert creatinine at intake (multiply by 0.01131)")
