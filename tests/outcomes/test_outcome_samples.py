"""End to end: what was planted in the synthetic sample is found, the clean one stays quiet, bad input is named and survived."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from performance_json import json_of

from golive import samples
from golive.intake import infer, load_config, read, roles_of
from golive.model.columns import Roles
from golive.model.config import Config, OperationsConfig
from golive.model.finding import Finding, Verdict
from golive.outcomes import Outcomes, judge_outcomes
from golive.readiness.measures import MEASURES


@dataclass
class Judged:
    out: Outcomes
    truth: dict[str, Any]
    folder: Path

    def of(self, kind: str) -> list[Finding]:
        return [f for f in self.out.findings if f.kind == kind]

    @property
    def performance(self) -> dict[str, Any]:
        return json_of(self.out)


def judged(train: Path, live: Path, config: Config) -> Outcomes:
    with read(train) as t, read(live) as x:
        specs = infer(t, x, config)
        return judge_outcomes(t, x, specs, roles_of(specs), config)


def of_sample(name: str, folder: Path) -> Judged:
    files = samples.write(name, folder)
    out = judged(files.train, files.live, load_config(files.config))
    return Judged(out, yaml.safe_load(files.truth.read_text(encoding="utf-8")), folder)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return of_sample("ed-sepsis", tmp_path_factory.mktemp("planted"))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return of_sample("clean", tmp_path_factory.mktemp("clean"))


def test_every_planted_fault_of_outcomes_is_an_alarm(planted: Judged) -> None:
    own = {
        "calibration_drift",
        "subgroup_gap",
        "version_mixed",
        "late_inputs",
        "latency_over_budget",
    }
    planted_kinds = {f["kind"] for f in planted.truth["faults"]}
    assert own <= planted_kinds
    for kind in (*own, "performance_drop", "alert_rate_shift", "error_rate", "label_delay"):
        assert any(f.verdict is Verdict.ALARM for f in planted.of(kind)), kind


def test_faults_are_found_where_and_when_they_were_planted(planted: Judged) -> None:
    gaps = {(f.segment.column, f.segment.value) for f in planted.of("subgroup_gap") if f.segment}
    assert ("language", "Spanish") in gaps
    versions = planted.of("version_mixed")[0]
    assert "6 Apr 2026" in versions.title
    assert versions.slices[0].value == "v2.4"
    slow = planted.of("latency_over_budget")[0]
    assert [s.value for s in slow.slices] == ["C2"]
    assert "16:00 and 22:00" in slow.title
    late = planted.of("late_inputs")[0]
    assert late.slices[0].value == "C3"
    assert 0.3 < (late.slices[0].effect or 0) < 0.5
    delay = planted.of("label_delay")[0]
    assert "22 Apr 2026" in delay.title
    points = {p["signal"]: p["date"] for p in planted.performance["change_points"]}
    assert "2026-02-25" <= points["score"] <= "2026-03-12"  # creatinine changed its unit on 4 March


def test_counts_of_the_service_log_are_those_of_the_truth(planted: Judged) -> None:
    truth = {f["id"]: f for f in planted.truth["faults"]}
    live = pd.read_csv(planted.folder / "live.csv")
    counts = planted.performance["counts"]["live"]
    assert counts["repeated"] == truth["rows_resent"]["rows"]
    assert counts["n"] + counts["unscored"] + counts["unlabelled"] >= len(live) - counts["repeated"]
    assert planted.performance["operations"]["latency_ms"]["n"] == len(live) - counts["repeated"]


def test_the_clean_sample_raises_no_alarm(clean: Judged) -> None:
    assert [f.title for f in clean.out.findings if f.verdict is Verdict.ALARM] == []
    kinds = {f.kind for f in clean.out.findings}
    assert {
        "performance_drop",
        "calibration_drift",
        "error_rate",
        "late_inputs",
        "label_delay",
    } <= kinds
    assert clean.performance["change_points"] == []
    assert clean.performance["windows"] >= 1


def test_performance_is_json_and_feeds_the_measures(planted: Judged) -> None:
    text = json.dumps(planted.performance, allow_nan=False)
    assert len(text) < 200_000
    p = planted.performance
    assert p["auroc"]["low"] <= p["auroc"]["change"] <= p["auroc"]["high"]
    assert {"live", "se"} <= p["calibration"]["slope"].keys()
    assert {"live", "live_low", "live_high"} <= p["at_threshold"]["sensitivity"].keys()
    assert {"model", "low", "treat_all", "workups_per_true_positive"} <= p["net_benefit"].keys()
    assert {"prevalence", "simple", "n_events"} <= p["baseline"].keys()
    assert {"p95", "p99", "n"} <= p["operations"]["latency_ms"].keys()
    assert {"OBS-03", "CLN-02", "CLN-03", "CLN-04", "CLN-07", "SCO-06"} <= MEASURES.keys()
    small = [g for g in p["subgroups"] if not g["enough"]]
    assert small
    assert all("metrics" not in g for g in small)


def test_no_row_and_no_identifier_leaves(planted: Judged) -> None:
    live = pd.read_csv(planted.folder / "live.csv", dtype=str)
    text = json.dumps(planted.performance) + " ".join(
        f.model_dump_json() for f in planted.out.findings
    )
    for name in ("encounter_id", "patient_id"):
        assert not any(value in text for value in live[name].head(300))


def test_nothing_is_read_without_a_role() -> None:
    class Untouchable:
        rows = 10

        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

    out = judge_outcomes(Untouchable(), Untouchable(), (), Roles(label="y"), Config())  # type: ignore[arg-type]
    assert out.performance is None
    assert out.findings == []


def frame(n: int = 1200, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    odds = rng.normal(0, 1.4, n) - 1.5
    return pd.DataFrame(
        {
            "id": [f"P{i:05d}" for i in range(n)],
            "when": pd.Timestamp("2026-01-01")
            + pd.to_timedelta(rng.integers(0, 60 * 86_400, n), unit="s"),
            "sex": rng.choice(["f", "m"], n),
            "x": np.round(odds + rng.normal(0, 1, n), 3),
            "risk": np.round(1 / (1 + np.exp(-odds)), 4),
            "died": (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(int),
        }
    )


ROLES = Roles(label="died", score="risk", time="when", id="id", groups=("sex",))


def run(tmp_path: Path, train: pd.DataFrame, live: pd.DataFrame, **config: Any) -> Judged:
    for name, data in (("train", train), ("live", live)):
        data.to_csv(tmp_path / f"{name}.csv", index=False)
    settings = Config(**({"roles": ROLES, "operating_threshold": 0.3} | config))
    out = judged(tmp_path / "train.csv", tmp_path / "live.csv", settings)
    return Judged(out, {}, tmp_path)


def gaps(found: Judged) -> str:
    return " | ".join(f"{n.what}: {n.why}" for n in found.out.not_assessed)


def test_one_class_of_outcomes_cannot_be_judged(tmp_path: Path) -> None:
    found = run(tmp_path, frame(), frame(seed=1).assign(died=0))
    assert found.of("performance_drop")[0].verdict is Verdict.CANNOT_JUDGE
    assert found.of("calibration_drift")[0].verdict is Verdict.CANNOT_JUDGE
    assert found.of("alert_rate_shift")[0].verdict is Verdict.QUIET
    assert "failed" not in gaps(found)


def test_text_scores_sentinels_and_scores_outside_are_counted_and_the_rest_judged(
    tmp_path: Path,
) -> None:
    live = frame(seed=1).astype({"risk": object})
    live.loc[:29, "risk"] = "not computed"
    live.loc[30:69, "risk"] = -1
    live.loc[70:71, "risk"] = 1.7
    found = run(tmp_path, frame(), live)
    counts = found.performance["counts"]["live"]
    assert (counts["unscored"], counts["outside"], counts["n"]) == (30, 42, 1200 - 72)
    assert "30 live rows (risk: text)" in gaps(found)
    assert "42 live rows (risk: out of range)" in gaps(found)
    outside = found.of("score_out_of_range")[0]
    assert outside.verdict is Verdict.ALARM
    assert "-1 stands in 40 of them" in outside.title
    assert found.of("performance_drop")[0].verdict is not Verdict.CANNOT_JUDGE


def test_threshold_outside_the_scores_is_named(tmp_path: Path) -> None:
    found = run(tmp_path, frame(), frame(seed=1), operating_threshold=1.5)
    assert "threshold 1.5: it lies above every live score, so nobody is flagged" in gaps(found)
    assert found.performance["at_threshold"]["ppv"]["live"] is None


def test_a_score_on_another_scale_is_ranked_but_not_read_as_probability(tmp_path: Path) -> None:
    scaled = [f.assign(risk=(f.risk * 100).round()) for f in (frame(), frame(seed=1))]
    found = run(tmp_path, *scaled, operating_threshold=30)
    assert found.of("calibration_drift") == []
    assert "risk is not a probability" in gaps(found)
    assert found.of("performance_drop")[0].verdict is Verdict.QUIET
    assert found.performance["at_threshold"]["sensitivity"]["live"] > 0.5


def test_several_time_zones_and_mixed_times_are_read(tmp_path: Path) -> None:
    live = frame(seed=1)
    zone = np.where(np.arange(len(live)) % 2, "+02:00", "Z")
    live["when"] = live["when"].dt.strftime("%Y-%m-%dT%H:%M:%S") + zone
    found = run(tmp_path, frame(), live)
    assert len(found.performance["time_line"]["rows"]) > 4
    assert "failed" not in gaps(found)
    live.loc[:99, "when"] = "2026-01-05 10:00:00"
    assert "1,100 carry a UTC offset and 100 do not" in gaps(run(tmp_path, frame(), live))


def test_an_outcome_before_its_row_and_an_empty_group_are_named(tmp_path: Path) -> None:
    sides = [
        f.assign(label_time=f.when + pd.Timedelta(days=2))
        for f in (frame(4000), frame(4000, seed=1))
    ]
    sides[0].loc[:199, "sex"] = "x"
    sides[1].loc[:49, "label_time"] = sides[1].loc[:49, "when"] - pd.Timedelta(days=1)
    sides[1].loc[50:89, "sex"] = "u"
    found = run(tmp_path, *sides)
    assert "50 live rows (outcome before the row)" in gaps(found)
    small = found.of("subgroup_too_small")[0]
    assert "u, x (none live)" in small.title
    assert "1.0 % of live patients" in small.title


def test_a_group_that_is_served_worse_is_found_and_only_that_one(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    live = frame(6000, seed=1)
    worse = (live.sex == "f").to_numpy()
    live.loc[worse, "risk"] = rng.permutation(live.loc[worse, "risk"])
    found = run(tmp_path, frame(6000), live)
    alarms = [
        f.segment.value
        for f in found.of("subgroup_gap")
        if f.verdict is Verdict.ALARM and f.segment
    ]
    assert alarms == ["f"]


def test_repeated_predictions_count_once(tmp_path: Path) -> None:
    live = frame(seed=1)
    found = run(tmp_path, frame(), pd.concat([live, live.head(50)]))
    assert found.performance["counts"]["live"]["repeated"] == 50
    assert found.performance["n"]["live"] == 1200


def test_several_rows_per_patient_widen_the_interval(tmp_path: Path) -> None:
    live = frame(n=400, seed=1)
    many = pd.concat([live.assign(when=live.when + pd.Timedelta(hours=h)) for h in range(6)])
    one, six = (run(tmp_path, frame(), data).performance["auroc"] for data in (live, many))
    width = [a["live_high"] - a["live_low"] for a in (one, six)]
    assert one["live"] == pytest.approx(six["live"], abs=1e-5)
    assert width[1] == pytest.approx(
        width[0], rel=0.03
    )  # six copies of a patient tell no more than one


def test_prediction_without_score_is_judged_by_sensitivity_and_specificity(tmp_path: Path) -> None:
    sides = [
        f.assign(alert=(f.risk > 0.3).astype(int)).drop(columns="risk")
        for f in (frame(), frame(seed=1))
    ]
    roles = ROLES.model_copy(update={"score": None, "prediction": "alert"})
    found = run(tmp_path, *sides, roles=roles, operating_threshold=None)
    assert found.performance["primary_metric"] == "balanced_accuracy"
    assert found.of("performance_drop")[0].verdict is Verdict.QUIET
    assert found.performance["at_threshold"]["sensitivity"]["live"] > 0.4


def test_rarer_events_are_not_called_an_improvement(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    train, live = frame(6000), frame(20_000, seed=1)
    live = live[(live.died == 0) | (rng.random(len(live)) < 0.25)]
    live = live.assign(
        risk=np.clip(live.risk * np.exp(rng.normal(-0.9, 0.9, len(live))), 0.0001, 0.9999)
    )
    found = run(tmp_path, train, live)
    drop = found.of("performance_drop")[0]
    brier = found.performance["brier"]
    assert brier["change"] < 0
    assert brier["live_at_training_prevalence"] > brier["train"]
    assert drop.verdict is Verdict.ALARM
    assert "is no improvement by itself" in drop.explanation


def test_without_outcomes_an_estimate_or_a_refusal(tmp_path: Path) -> None:
    hidden = frame(3000, seed=1).drop(columns="died")
    quiet = run(tmp_path, frame(4000), hidden)
    estimated = quiet.of("performance_estimated_drop")[0]
    assert estimated.verdict is Verdict.QUIET
    true = frame(3000, seed=1)
    from sklearn.metrics import roc_auc_score

    assert quiet.performance["estimated"]["auroc"]["live"] == pytest.approx(
        roc_auc_score(true.died, true.risk), abs=0.03
    )
    far = run(tmp_path, frame(4000), hidden.assign(x=hidden.x * 88))
    refused = far.of("performance_estimated_drop")[0]
    assert refused.verdict is Verdict.CANNOT_JUDGE
    assert "x lies where training had almost none" in refused.title


def test_service_log_without_score_or_outcome(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    log = pd.DataFrame(
        {
            "ms": rng.lognormal(6, 0.4, 3000).round(),
            "code": np.where(rng.random(3000) < 0.03, "500", "200"),
        }
    )
    calm = log.assign(code="200")
    config = {
        "roles": Roles(),
        "operations": OperationsConfig(latency_ms="ms", status="code"),
        "latency_budget_ms": 2000.0,
    }
    found = run(tmp_path, calm, log, **config)
    assert found.of("error_rate")[0].verdict is Verdict.ALARM
    assert found.of("latency_over_budget")[0].verdict is Verdict.QUIET
    assert found.performance["operations"]["success"]["n"] == 3000
