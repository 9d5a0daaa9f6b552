"""Heart disease in four hospitals: a logistic model of Cleveland, live in Hungary, Switzerland and Long Beach (data/README, S1)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from performance_json import json_of
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from golive.intake import infer, read, roles_of
from golive.model.columns import Roles
from golive.model.config import Config
from golive.model.finding import Finding, Verdict
from golive.outcomes import Outcomes, judge_outcomes

pytestmark = pytest.mark.reference

ROLES = Roles(label="num", score="risk", groups=("sex",))
KNOWN = {  # AUROC, Brier score, event rate live
    "hungarian": (0.879, 0.129, 0.3605),
    "switzerland": (0.703, 0.417, 0.9350),
    "va": (0.674, 0.301, 0.7450),
}


@pytest.fixture(scope="module")
def logs(reference_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log per hospital: what arrived, the score of the model, the diagnosis. Cleveland's scores are out of fold."""
    folder = tmp_path_factory.mktemp("heart")
    sites = {
        name: pd.read_csv(reference_data / "heart" / f"{name}.csv")
        for name in ("cleveland", *KNOWN)
    }
    train = sites["cleveland"]
    inputs = [c for c in train.columns if c != "num"]
    model = make_pipeline(
        SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(max_iter=1000)
    )
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    event = (train.num > 0).astype(int)
    scores = {
        "cleveland": cross_val_predict(
            model, train[inputs], event, cv=folds, method="predict_proba"
        )[:, 1]
    }
    model.fit(train[inputs], event)
    scores |= {name: model.predict_proba(sites[name][inputs])[:, 1] for name in KNOWN}
    for name, frame in sites.items():
        frame.assign(risk=scores[name].round(6)).to_csv(folder / f"{name}.csv", index=False)
    return folder


def judged(folder: Path, name: str) -> Outcomes:
    config = Config(roles=ROLES, operating_threshold=0.5)
    with read(folder / "cleveland.csv") as train, read(folder / f"{name}.csv") as live:
        specs = infer(train, live, config)
        return judge_outcomes(train, live, specs, roles_of(specs), config)


def of(out: Outcomes, kind: str) -> Finding:
    return next(f for f in out.findings if f.kind == kind)


@pytest.mark.parametrize("name", KNOWN)
def test_known_performance_is_reproduced(logs: Path, name: str) -> None:
    out = judged(logs, name)
    area, brier, rate = KNOWN[name]
    assert out.performance is not None
    assert json_of(out)["auroc"]["train"] == pytest.approx(0.903, abs=0.001)
    assert json_of(out)["auroc"]["live"] == pytest.approx(area, abs=0.001)
    assert json_of(out)["brier"]["train"] == pytest.approx(0.123, abs=0.001)
    assert json_of(out)["brier"]["live"] == pytest.approx(brier, abs=0.001)
    assert json_of(out)["prevalence"]["live"] == pytest.approx(rate, abs=0.0001)


def test_the_veterans_hospital_is_an_alarm_and_hungary_is_not(logs: Path) -> None:
    assert of(judged(logs, "va"), "performance_drop").verdict is Verdict.ALARM
    assert of(judged(logs, "hungarian"), "performance_drop").verdict is not Verdict.ALARM


def test_switzerland_promises_far_too_little_and_its_ranking_cannot_be_judged(logs: Path) -> None:
    out = judged(logs, "switzerland")
    found = of(out, "calibration_drift")
    assert found.verdict is Verdict.ALARM
    assert "promise 39 % on average, 93 % happened" in found.title
    drop = of(out, "performance_drop")  # 8 patients without disease
    assert drop.verdict is Verdict.CANNOT_JUDGE
    assert "fewer than 11 patients without the event" in drop.title


def test_what_rests_on_a_handful_of_patients_is_not_shown(logs: Path) -> None:
    """At 0.5 the veterans' hospital has 10 false alerts: the share of right alerts would give them away."""
    performance = json_of(judged(logs, "va"))
    assert performance is not None
    at = performance["at_threshold"]
    for name in ("ppv", "specificity"):
        assert at[name]["hidden"] == ["live"]
        assert [
            at[name][k] for k in ("live", "live_low", "live_high", "change", "low", "high")
        ] == [None] * 6
        assert at[name]["train"] is not None
    assert at["needed_to_evaluate"]["live"] is None
    assert at["sensitivity"]["live"] == pytest.approx(74 / 149, abs=0.01)
    assert "live_at_training_prevalence" not in at["ppv"]
    shown = json_of(judged(logs, "hungarian"))
    assert shown is not None
    assert "hidden" not in shown["at_threshold"]["ppv"]


def test_a_floor_is_still_held_against_what_is_not_shown(logs: Path) -> None:
    config = Config(roles=ROLES, operating_threshold=0.5, floors={"ppv": 0.99})
    with read(logs / "cleveland.csv") as train, read(logs / "va.csv") as live:
        specs = infer(train, live, config)
        out = judge_outcomes(train, live, specs, roles_of(specs), config)
    assert out.performance is not None
    assert json_of(out)["at_threshold"]["ppv"]["against_floor"] == "missed"
    found = of(out, "below_floor")
    assert found.verdict is Verdict.ALARM
    assert "is not shown" in found.title
    assert found.effect is not None
    assert found.effect.live is None
