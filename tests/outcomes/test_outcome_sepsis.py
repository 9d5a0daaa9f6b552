"""Sepsis in two hospital systems: trained in A, live in B. AUROC falls, and so does the Brier score (data/README, S2)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from performance_json import json_of
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split

from golive.model.columns import Roles
from golive.model.config import Config
from golive.model.finding import Verdict
from golive.outcomes.outcomes import judge_scored
from golive.profile.rows.scored import Coded, Scored

pytestmark = pytest.mark.reference


def patients(path: Path) -> tuple[pd.DataFrame, pd.Series]:
    """Means of the first 12 hours, and sepsis later on; patients who were septic before are left out."""
    rows = pd.read_parquet(path).sort_values(["patient_id", "hour"], kind="stable")
    first = rows[rows.groupby("patient_id").cumcount() < 12]
    early = first.groupby("patient_id").SepsisLabel.max()
    inputs = first.drop(columns=["SepsisLabel", "hour"]).groupby("patient_id").mean()
    kept = early.index[early == 0]
    return inputs.loc[kept], rows.groupby("patient_id").SepsisLabel.max().loc[kept].astype(int)


def log(p: np.ndarray, event: pd.Series) -> Scored:
    return Scored(rows=len(p), score=p, label=Coded(("0", "1"), event.to_numpy(dtype=np.int32)))


def test_a_lower_brier_score_with_a_lower_auroc_is_not_called_an_improvement(
    reference_data: Path,
) -> None:
    (a, sick_a), (b, sick_b) = (
        patients(reference_data / "sepsis" / f"set{s}.parquet") for s in "AB"
    )
    a = a.dropna(axis=1, how="all")
    fit, hold, sick_fit, sick_hold = train_test_split(
        a, sick_a, test_size=0.3, random_state=0, stratify=sick_a
    )
    model = HistGradientBoostingClassifier(random_state=0, max_iter=40).fit(fit, sick_fit)
    train = log(model.predict_proba(hold)[:, 1], sick_hold)
    live = log(model.predict_proba(b[a.columns])[:, 1], sick_b)
    roles = Roles(label="SepsisLabel", score="risk")
    out = judge_scored(train, live, roles, Config(roles=roles))
    assert out.performance is not None
    area, brier = json_of(out)["auroc"], json_of(out)["brier"]
    assert json_of(out)["prevalence"]["train"] == pytest.approx(0.0606, abs=0.0005)
    assert json_of(out)["prevalence"]["live"] == pytest.approx(0.0379, abs=0.0005)
    assert area["train"] == pytest.approx(0.779, abs=0.02)
    assert area["live"] == pytest.approx(0.655, abs=0.02)
    assert brier["high"] < 0
    assert brier["live_skill"] < brier["train_skill"]
    assert brier["live_at_training_prevalence"] > brier["train"]
    drop = next(f for f in out.findings if f.kind == "performance_drop")
    assert drop.verdict is Verdict.ALARM
    assert "is no improvement by itself" in drop.explanation
    assert not any("improve" in f.title.lower() for f in out.findings)
