"""What data problems cost, patients in both files, features that know the outcome, and the load of alerts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from performance_json import json_of
from sklearn.metrics import roc_auc_score

from golive.assess import assess
from golive.intake import read
from golive.model.columns import Roles
from golive.model.config import Config, OperationsConfig
from golive.model.result import Assessment
from golive.outcomes.model.impact import without

RISK = Roles(label="died", score="risk", id="patient_id", time="at", site="clinic")


def _rows(seed: int, n: int, start: str) -> pd.DataFrame:
    """Patients whose risk is what it says: lactate drives both."""
    rng = np.random.default_rng(seed)
    lactate = np.round(rng.lognormal(0.7, 0.5, n), 2)
    risk = 1 / (1 + np.exp(-(-2.2 + 0.8 * (lactate - 2))))
    return pd.DataFrame(
        {
            "patient_id": [f"{start}-{i}" for i in range(n)],
            "at": pd.date_range(start, periods=n, freq="20min").strftime("%Y-%m-%d %H:%M:%S"),
            "clinic": rng.choice(["A", "B"], n),
            "age": rng.integers(18, 95, n),
            "lactate": lactate,
            "risk": np.round(risk, 4),
            "died": (rng.random(n) < risk).astype(int),
        }
    )


def _assessed(folder: Path, train: pd.DataFrame, live: pd.DataFrame, **config: Any) -> Assessment:
    for name, frame in (("train", train), ("live", live)):
        frame.to_csv(folder / f"{name}.csv", index=False)
    settings = Config(**({"roles": RISK, "operating_threshold": 0.2} | config))
    with read(folder / "train.csv") as before, read(folder / "live.csv") as now:
        return assess(before, now, settings)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    """At clinic B a third of lactates comes as -1 and is scored as if it were low."""
    train, live = _rows(1, 4000, "2025-01-01"), _rows(2, 4000, "2026-01-01")
    hit = (live["clinic"] == "B") & (np.random.default_rng(3).random(len(live)) < 0.4)
    live.loc[hit, "lactate"] = -1.0
    live.loc[hit, "risk"] = 0.02
    live.loc[live["age"] > 90, "age"] = 0  # another problem, without any effect on the score
    return _assessed(tmp_path_factory.mktemp("impact"), train, live, alert_limit_per_day=10)


def _impact(assessment: Assessment) -> dict[str, Any]:
    assert assessment.performance is not None
    found: dict[str, Any] = json_of(assessment)["impact"]
    return found


def test_the_costly_problem_comes_first_and_its_cost_is_the_metric_without_its_rows(
    planted: Assessment,
) -> None:
    impact = _impact(planted)
    first = impact["issues"][0]
    assert first["finding"].startswith("disguised_missing:lactate")
    rows = _rows(2, 4000, "2026-01-01")
    hit = (rows["clinic"] == "B") & (np.random.default_rng(3).random(len(rows)) < 0.4)
    score = rows["risk"].where(~hit, 0.02)
    everyone, rest = (
        roc_auc_score(rows["died"], score),
        roc_auc_score(rows["died"][~hit], score[~hit]),
    )
    assert first["change"] == pytest.approx(rest - everyone, abs=1e-5)
    assert first["unaffected"] == pytest.approx(rest, abs=1e-5)
    assert first["affected"] == pytest.approx(0.5, abs=1e-9)  # one score for all
    assert first["n_affected"] == int(hit.sum())
    assert 0 < first["low"] < first["change"] < first["high"]
    assert "Score the repaired rows with the model again" in impact["caveat"]


def test_a_problem_without_effect_is_not_blamed(planted: Assessment) -> None:
    rows = [
        i
        for i in _impact(planted)["issues"]
        if i["finding"].startswith(("disguised_missing:age", "out_of_range:age"))
    ]
    assert rows
    assert all(i["low"] <= 0 <= i["high"] for i in rows)


def test_nested_difference_against_the_bootstrap() -> None:
    rng = np.random.default_rng(5)
    n = 1500
    event = rng.random(n) < 0.3
    score = rng.normal(0, 1, n) + event
    rows = rng.random(n) < 0.2
    score[rows] = rng.normal(0, 1, int(rows.sum()))
    found = without(score, event, rows)
    assert found.value == pytest.approx(
        roc_auc_score(event[~rows], score[~rows]) - roc_auc_score(event, score), abs=1e-12
    )
    draws = []
    for _ in range(400):
        at = rng.integers(0, n, n)
        e, s, keep = event[at], score[at], ~rows[at]
        draws.append(roc_auc_score(e[keep], s[keep]) - roc_auc_score(e, s))
    assert found.se == pytest.approx(float(np.std(draws)), rel=0.15)


def test_faults_that_were_scored_in_silence_refute_a_claim(planted: Assessment) -> None:
    assert planted.performance is not None
    bad = json_of(planted)["bad_input"]
    assert bad["refused"] == 0
    score = next(c for c in planted.readiness.criteria if c.id == "REL-05")
    assert score.measured == 0
    assert any(f.startswith("disguised_missing:lactate") for f in score.findings)


def test_patients_of_training_in_live_data_are_counted(tmp_path: Path) -> None:
    train, live = _rows(1, 1500, "2025-01-01"), _rows(2, 1500, "2026-01-01")
    live.loc[:299, "patient_id"] = train.loc[:299, "patient_id"]
    train["copy"] = train["died"] + np.random.default_rng(1).normal(0, 0.1, len(train)).round(3)
    live["copy"] = live["died"] + np.random.default_rng(2).normal(0, 0.1, len(live)).round(3)
    result = _assessed(tmp_path, train, live)
    assert result.performance is not None
    leak = json_of(result)["leakage"]
    assert (leak["overlap"], leak["split"], leak["patients"]) == (0.2, "temporal", True)
    assert leak["suspects"] == ["copy"]
    assert next(c for c in result.readiness.criteria if c.id == "DAT-07").measured == 0


def test_no_patient_in_both_files_and_a_later_period_is_the_production_bar(
    planted: Assessment,
) -> None:
    score = next(c for c in planted.readiness.criteria if c.id == "DAT-07")
    assert (score.measured, score.level) == (3, 3)
    assert "temporal split" in score.measurement


def test_ids_of_visits_say_nothing_about_patients(tmp_path: Path) -> None:
    train, live = (
        f.rename(columns={"patient_id": "visit"})
        for f in (_rows(1, 900, "2025-01-01"), _rows(2, 900, "2026-01-01"))
    )
    result = _assessed(tmp_path, train, live, roles=RISK.model_copy(update={"id": "visit"}))
    score = next(c for c in result.readiness.criteria if c.id == "DAT-07")
    assert score.measured is None
    assert "under another id" in score.measurement


def test_a_few_shared_patients_are_not_counted_out(tmp_path: Path) -> None:
    train, live = _rows(1, 900, "2025-01-01"), _rows(2, 900, "2026-01-01")
    live.loc[:2, "patient_id"] = train.loc[:2, "patient_id"]
    result = _assessed(tmp_path, train, live)
    assert result.performance is not None
    leak = json_of(result)["leakage"]
    assert leak["at_most"]
    assert leak["overlap"] == pytest.approx(10 / 900, abs=1e-6)


def test_alerts_a_day_against_what_was_agreed(planted: Assessment) -> None:
    assert planted.performance is not None
    alerts = json_of(planted)["alerts"]
    assert alerts["limit"] == 10
    assert alerts["load"] == max(alerts["per_day"].values())
    assert alerts["repeats"] is None  # every patient comes once
    score = next((c for c in planted.readiness.criteria if c.id == "ADO-04"), None)
    assert score is None  # asked only of a pilot that raises alerts


def test_a_serving_column_is_no_data_problem(tmp_path: Path) -> None:
    train, live = _rows(1, 1500, "2025-01-01"), _rows(2, 1500, "2026-01-01")
    train["status"], live["status"] = "ok", np.where(np.arange(1500) % 5 == 0, "timeout", "ok")
    result = _assessed(tmp_path, train, live, operations=OperationsConfig(status="status"))
    assert result.performance is not None
    named = [i["finding"] for i in json_of(result).get("impact", {}).get("issues", [])]
    assert not [n for n in named if "status" in n]
