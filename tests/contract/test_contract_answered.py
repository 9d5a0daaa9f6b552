"""Rows that break a contract and were scored all the same: counted row by row, and what GOV-03 makes of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_tables import agreed, category, dataset, number

from golive.assess import ProjectState, assess
from golive.contract import ColumnTerms, Contract, answered, check
from golive.intake import read
from golive.model.columns import ColumnType, Role
from golive.model.config import Config, parse_config
from golive.model.measured.service import ContractAnswers
from golive.model.readiness import CriterionScore

SCORE = number("risk", role=Role.SCORE, range=(0, 1))


def looked(
    folder: Path, frame: pd.DataFrame, contract: Contract, *outputs: str
) -> ContractAnswers | None:
    with dataset(folder, frame) as batch:
        return answered(contract, check(contract, batch), batch, outputs or ("risk",))


def test_every_rule_counts_its_rows_once(tmp_path: Path) -> None:
    """200 rows of 1,000 break something, some of them twice; 30 of the 200 have no score."""
    n = 1_000
    frame = pd.DataFrame(
        {"hr": ["80"] * n, "sex": ["f"] * n, "dx": ["8867-4"] * n, "risk": ["0.2"] * n}
    )
    frame.loc[:39, "hr"] = ""
    frame.loc[40:59, "hr"] = "?"
    frame.loc[60:99, "hr"] = "999"
    frame.loc[100:119, "hr"] = "about 80"
    frame.loc[:19, "sex"] = "other"
    frame.loc[120:139, "sex"] = "other"
    frame.loc[140:169, "dx"] = "8867-5"
    frame.loc[170:199, "risk"] = "1.7"
    frame.loc[:29, "risk"] = ""
    frame.loc[900:, "risk"] = ""
    contract = agreed(
        number("hr", range=(0, 350), max_missing=0),
        category("sex", "f", "m"),
        ColumnTerms(name="dx", type=ColumnType.CODE, system="LOINC"),
        SCORE,
    )
    found = looked(tmp_path, frame, contract)
    assert found is not None
    assert (found.n, found.scored_violations, found.abstained, found.all_terms) == (
        1_000,
        0.17,
        0.03,
        True,
    )


def test_rows_of_another_unit_and_of_an_absent_column(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "creatinine": [1.0] * 100,
            "creatinine_unit": ["umol/L"] * 25 + ["mg/dL"] * 75,
            "risk": 0.5,
        }
    )
    units = looked(tmp_path, frame, agreed(number("creatinine", unit="mg/dL"), SCORE))
    assert units is not None
    assert units.scored_violations == 0.25
    absent = looked(tmp_path, frame, agreed(number("age", max_missing=0.1), SCORE))
    assert absent is not None
    assert absent.scored_violations == 1.0


def test_a_gap_that_is_allowed_and_a_missing_output_are_no_breach(tmp_path: Path) -> None:
    frame = pd.DataFrame({"hr": [80.0] * 80 + [None] * 20, "risk": [0.5] * 60 + [None] * 40})
    found = looked(
        tmp_path,
        frame,
        agreed(number("hr", max_missing=0.2), SCORE.model_copy(update={"max_missing": 0.0})),
    )
    assert found is not None
    assert (found.scored_violations, found.abstained) == (0.0, 0.0)


def test_few_rows_are_not_told_and_without_an_output_nothing_is(tmp_path: Path) -> None:
    frame = pd.DataFrame({"hr": [80.0] * 90 + [999.0] * 10, "risk": 0.5})
    contract = agreed(number("hr", range=(0, 350)), SCORE)
    found = looked(tmp_path, frame, contract)
    assert found is not None
    assert (found.scored_violations, found.abstained) == (None, 0.0)
    assert looked(tmp_path, frame, contract, "other") is None


RNG = np.random.default_rng(5)
CONFIG = parse_config({"roles": {"score": "risk", "label": "died"}}, where="test")


def gov03(
    folder: Path, live: pd.DataFrame, contract: Contract | None, config: Config = CONFIG
) -> CriterionScore:
    train = pd.DataFrame(
        {"hr": RNG.normal(80, 10, 600).round(), "risk": RNG.uniform(size=600), "died": [0, 1] * 300}
    )
    train.to_csv(folder / "train.csv", index=False)
    live.to_csv(folder / "live.csv", index=False)
    with read(folder / "train.csv") as a, read(folder / "live.csv") as b:
        found = assess(a, b, config, ProjectState(contract=contract))
    return next(c for c in found.readiness.criteria if c.id == "GOV-03")


@pytest.mark.parametrize(
    ("bad", "scored", "level", "said"),
    [
        (
            60,
            True,
            2,
            "10 % of the live rows break version 1.0.0 of the contract and were still scored; none was refused",
        ),
        (
            60,
            False,
            3,
            "0 % of the live rows break version 1.0.0 of the contract and were still scored; 10 % were refused",
        ),
        (
            5,
            True,
            2,
            "Fewer than 11 of the live rows break version 1.0.0 of the contract and were still scored; none",
        ),
        (0, True, None, "No live row breaks version 1.0.0 of the contract (n = 600)"),
    ],
)
def test_gov_03_counts_rows_that_break_the_contract(
    tmp_path: Path, bad: int, scored: bool, level: int | None, said: str
) -> None:
    live = pd.DataFrame(
        {"hr": RNG.normal(80, 10, 600).round(), "risk": RNG.uniform(size=600), "died": [0, 1] * 300}
    )
    live.loc[: bad - 1, "hr"] = 999.0
    if not scored:
        live.loc[: bad - 1, "risk"] = None
    found = gov03(tmp_path, live, agreed(number("hr", range=(0, 350)), SCORE))
    assert said in found.measurement
    assert found.measured == level


def test_without_a_contract_gov_03_looks_at_required_columns_only(tmp_path: Path) -> None:
    live = pd.DataFrame({"hr": [999.0] * 600, "risk": RNG.uniform(size=600), "died": [0, 1] * 300})
    assert "no required column" in gov03(tmp_path, live, None).measurement
