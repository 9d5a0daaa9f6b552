"""Several classes and quantities: equal to scikit-learn, worse is found, the same is quiet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from performance_json import json_of
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    log_loss,
    mean_absolute_error,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)

from golive.assess import assess
from golive.intake import read
from golive.model.columns import Roles
from golive.model.config import Config
from golive.model.errors import InputError
from golive.model.finding import Finding, Verdict
from golive.outcomes import Outcomes
from golive.outcomes.model.other_targets import answers, figures
from golive.outcomes.model.target import target_of
from golive.outcomes.outcomes import judge_scored
from golive.profile.rows.scored import Coded, Scored
from golive.stats.estimate import Estimate

NAMES = ("flu", "none", "pneumonia")


def classes(rng: np.random.Generator, n: int, right: float) -> Scored:
    truth = rng.choice(3, n, p=[0.2, 0.7, 0.1]).astype(np.int32)
    guess = np.where(rng.random(n) < right, truth, rng.integers(0, 3, n)).astype(np.int32)
    return Scored(rows=n, label=Coded(NAMES, truth), prediction=Coded(NAMES, guess))


def quantities(rng: np.random.Generator, n: int, noise: float) -> Scored:
    truth = np.round(rng.gamma(3, 2, n), 2)
    label = Coded(tuple(str(i) for i in range(30)), rng.integers(0, 30, n).astype(np.int32))
    return Scored(
        rows=n, label=label, number_label=truth, number_prediction=truth + rng.normal(0.1, noise, n)
    )


def drop(out: Outcomes) -> Finding:
    return next(f for f in out.findings if f.kind == "performance_drop")


def test_classes_equal_sklearn_and_a_loss_is_found() -> None:
    rng = np.random.default_rng(0)
    roles = Roles(label="dx", prediction="said")
    train, live, worse = classes(rng, 3000, 0.8), classes(rng, 2000, 0.8), classes(rng, 2000, 0.6)
    same, lost = (judge_scored(train, side, roles, Config(roles=roles)) for side in (live, worse))
    assert same.performance is not None
    assert live.label is not None
    assert live.prediction is not None
    truth, guess = live.label.codes, live.prediction.codes
    assert json_of(same)["accuracy"]["live"] == pytest.approx(
        accuracy_score(truth, guess), rel=1e-5
    )
    assert json_of(same)["macro_recall"]["live"] == pytest.approx(
        balanced_accuracy_score(truth, guess), rel=1e-5
    )
    assert [c["class"] for c in json_of(same)["by_class"]] == list(NAMES)
    assert drop(same).verdict is Verdict.QUIET
    assert drop(lost).verdict is Verdict.ALARM


def test_quantities_equal_sklearn_and_a_larger_error_is_found() -> None:
    rng = np.random.default_rng(1)
    roles = Roles(label="days", prediction="said")
    train, live, worse = (
        quantities(rng, 3000, 1.0),
        quantities(rng, 2000, 1.0),
        quantities(rng, 2000, 1.4),
    )
    same, lost = (judge_scored(train, side, roles, Config(roles=roles)) for side in (live, worse))
    assert same.performance is not None
    truth, guess = live.number_label, live.number_prediction
    assert json_of(same)["mae"]["live"] == pytest.approx(
        mean_absolute_error(truth, guess), rel=1e-5
    )
    assert json_of(same)["rmse"]["live"] == pytest.approx(
        root_mean_squared_error(truth, guess), rel=1e-5
    )
    assert json_of(same)["r2"]["live"] == pytest.approx(r2_score(truth, guess), rel=1e-5)
    assert drop(same).verdict is Verdict.QUIET
    assert drop(lost).verdict is Verdict.ALARM
    tiny = judge_scored(train, quantities(rng, 30, 1.0), roles, Config(roles=roles))
    assert drop(tiny).verdict is Verdict.CANNOT_JUDGE


@pytest.mark.parametrize(
    ("names", "positive"),
    [
        (("0", "1"), ("1",)),
        (("alive", "dead"), ("dead",)),
        (("false", "true"), ("true",)),
        (("no", "yes"), ("yes",)),
        (("0", "1", "2", "3", "4"), ("1", "2", "3", "4")),
        (("1",), ("1",)),
    ],
)
def test_the_event_is_what_does_not_say_no(
    names: tuple[str, ...], positive: tuple[str, ...]
) -> None:
    side = Scored(rows=10, score=np.full(10, 0.5), label=Coded(names, np.zeros(10, dtype=np.int32)))
    target = target_of(side, side)
    assert target is not None
    assert (target.task, target.positive) == ("event", positive)


def test_an_outcome_that_cannot_be_read_is_no_target() -> None:
    side = Scored(rows=5, score=np.full(5, 0.5), label=Coded(("a",), np.zeros(5, dtype=np.int32)))
    assert target_of(side, side) is None
    assert target_of(Scored(rows=5), Scored(rows=5)) is None


def events(n: int, seed: int, *, promise: float = 1.0, sites: tuple[str, ...] = ("A",)) -> Scored:
    """A score that is right up to the factor ``promise`` in what it promises, at one or more sites."""
    rng = np.random.default_rng(seed)
    risk = 1 / (1 + np.exp(-(rng.normal(size=n) - 1.5)))
    event = (rng.random(n) < risk).astype(np.int32)
    site = Coded(sites, rng.integers(0, len(sites), n).astype(np.int32))
    return Scored(
        rows=n,
        score=np.clip(risk * promise, 0, 1),
        label=Coded(("0", "1"), event),
        slices={"site": site},
    )


EVENT_ROLES = Roles(label="y", score="risk", site="site")


def of(out: Outcomes, kind: str) -> list[Finding]:
    return [f for f in out.findings if f.kind == kind]


def test_probabilities_that_were_off_in_training_are_not_called_too_few() -> None:
    out = judge_scored(
        events(4000, 1, promise=0.5),
        events(4000, 2, promise=0.5),
        EVENT_ROLES,
        Config(roles=EVENT_ROLES),
    )
    found = of(out, "calibration_drift")[0]
    assert found.verdict is Verdict.WATCH
    assert found.title.startswith("The probabilities were off in training and still are")
    right = judge_scored(events(4000, 1), events(4000, 2), EVENT_ROLES, Config(roles=EVENT_ROLES))
    assert of(right, "calibration_drift")[0].verdict is Verdict.QUIET


def test_one_group_alone_is_no_comparison() -> None:
    config = Config(roles=EVENT_ROLES)
    alone = judge_scored(events(3000, 1), events(3000, 2), EVENT_ROLES, config)
    assert of(alone, "subgroup_gap") == []
    assert [n.why for n in alone.not_assessed if n.what == "groups of site"] == [
        "one group alone has enough patients, so there is no other to compare it with"
    ]
    two = ("A", "B")
    both = judge_scored(events(3000, 1, sites=two), events(3000, 2, sites=two), EVENT_ROLES, config)
    assert "2 groups of 1 columns, 0 crossed groups" in of(both, "subgroup_gap")[0].title


def test_a_floor_that_cannot_be_measured_is_said() -> None:
    config = Config(roles=EVENT_ROLES, floors={"sensitivity": 0.8, "auroc": 0.6})
    found = {
        f.id.split("#")[1]: f
        for f in of(
            judge_scored(events(3000, 1), events(3000, 2), EVENT_ROLES, config), "below_floor"
        )
    }
    assert found["auroc"].verdict is Verdict.QUIET
    assert found["sensitivity"].verdict is Verdict.CANNOT_JUDGE
    assert "floor of 80 %: no operating threshold is declared" in found["sensitivity"].title
    rng = np.random.default_rng(3)
    said = Config(roles=Roles(label="dx", prediction="said"), floors={"accuracy": 0.9})
    other = judge_scored(classes(rng, 500, 0.8), classes(rng, 500, 0.8), said.roles, said)
    assert [n.what for n in other.not_assessed] == ["floors: accuracy"]


def test_versions_that_no_row_names_are_not_one_version() -> None:
    roles = Roles(label="y", score="risk", model_version="v")
    live = events(500, 2)
    nobody = Coded(("1.0",), np.full(500, -1, dtype=np.int32))
    unnamed = Scored(rows=500, score=live.score, label=live.label, slices={"v": nobody})
    out = judge_scored(events(500, 1), unnamed, roles, Config(roles=roles))
    assert of(out, "version_mixed") == []
    assert "no live row has a v" in [n.why for n in out.not_assessed]


def promised(rng: np.random.Generator, n: int, noise: float) -> Scored:
    """Three classes with a score each that add up to 1; the larger ``noise``, the worse they rank."""
    odds = rng.normal(0, 1.5, (n, 3)) + np.array([0.0, 1.0, -1.0])
    share = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    truth = (rng.random((n, 1)) > share.cumsum(axis=1)).sum(axis=1).clip(0, 2)
    seen = odds + rng.normal(0, noise, (n, 3))
    given = np.exp(seen) / np.exp(seen).sum(axis=1, keepdims=True)
    scores = {name: given[:, i] for i, name in enumerate(NAMES)}
    return Scored(rows=n, label=Coded(NAMES, truth.astype(np.int32)), class_scores=scores)


CLASSES = Config(roles=Roles(label="dx"), class_scores={name: f"p_{name}" for name in NAMES})


def test_scores_of_classes_equal_sklearn_one_against_the_rest() -> None:
    rng = np.random.default_rng(2)
    train, live, worse = promised(rng, 3000, 0), promised(rng, 2000, 0), promised(rng, 2000, 1.5)
    same, lost = (judge_scored(train, side, CLASSES.roles, CLASSES) for side in (live, worse))
    found = json_of(same)
    assert found is not None
    assert live.label is not None
    truth, p = live.label.codes, np.column_stack(list(live.class_scores.values()))
    said = p.argmax(axis=1)
    assert found["primary_metric"] == "macro_auroc"
    assert found["macro_auroc"]["live"] == pytest.approx(
        roc_auc_score(truth, p, multi_class="ovr"), rel=1e-5
    )
    assert found["log_loss"]["live"] == pytest.approx(log_loss(truth, p), rel=1e-5)
    assert found["macro_f1"]["live"] == pytest.approx(
        f1_score(truth, said, average="macro"), rel=1e-5
    )
    assert found["accuracy"]["live"] == pytest.approx(accuracy_score(truth, said), rel=1e-5)
    for i, row in enumerate(found["by_class"]):
        assert row["auroc"]["live"] == pytest.approx(roc_auc_score(truth == i, p[:, i]), rel=1e-5)
    assert drop(same).verdict is Verdict.QUIET
    assert drop(lost).verdict is Verdict.ALARM


@pytest.mark.parametrize("metric", ["macro_auroc", "macro_f1", "log_loss"])
@pytest.mark.parametrize("repeats", [1, 4])
def test_intervals_over_classes_cover(metric: str, repeats: int) -> None:
    rng = np.random.default_rng(3)

    def value(side: Scored) -> Estimate:
        target = target_of(side, side)
        assert target is not None
        held = answers(side, target)
        assert held is not None
        return figures(held)[metric]

    true = value(promised(rng, 200_000, 0.5)).value
    hits = 0
    for _ in range(300):
        side = promised(rng, 400, 0.5)
        rows = np.repeat(np.arange(400), repeats)
        assert side.label is not None
        many = Scored(
            rows=len(rows),
            label=Coded(NAMES, side.label.codes[rows]),
            class_scores={k: v[rows] for k, v in side.class_scores.items()},
            unit=rows.astype(np.int32),
        )
        e = value(many)
        hits += e.low <= true <= e.high
    assert 0.92 <= hits / 300 <= 0.98


def test_class_scores_that_cannot_be_read_are_counted_and_the_rest_is_judged() -> None:
    rng = np.random.default_rng(4)
    train, live = promised(rng, 1000, 0), promised(rng, 1000, 0)
    scores = {k: v.copy() for k, v in live.class_scores.items()}
    scores["flu"][:40] = np.nan
    scores["none"][100:130] = 7.0
    scores["pneumonia"][200:250] = 0.0
    bad = Scored(rows=1000, label=live.label, class_scores=scores)
    config = CLASSES.model_copy(
        update={"class_scores": {**CLASSES.class_scores, "covid": "p_covid"}}
    )
    out = judge_scored(train, bad, config.roles, config)
    said = {n.what: n.why for n in out.not_assessed}
    assert "70 live rows (class scores that are missing or not from 0 to 1)" in said
    off = int((np.abs(sum(scores.values())[200:250] - 1) > 0.02).sum())
    assert f"{off} live rows (class scores that do not add up to 1)" in said
    assert "class_scores: covid" in said
    assert out.performance is not None
    assert json_of(out)["n"]["live"] == 930


def test_scores_of_classes_from_files_to_json(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    for name, noise in (("train", 0.0), ("live", 2.0)):
        side = promised(rng, 1500, noise)
        assert side.label is not None
        frame = pd.DataFrame({f"p_{k}": v.round(6) for k, v in side.class_scores.items()})
        frame["dx"] = [NAMES[i] for i in side.label.codes]
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    with read(tmp_path / "train.csv") as train, read(tmp_path / "live.csv") as live:
        result = assess(train, live, CLASSES)
        with pytest.raises(InputError, match="p_cold"):
            assess(
                train,
                live,
                CLASSES.model_copy(update={"class_scores": {"flu": "p_flu", "cold": "p_cold"}}),
            )
    assert result.performance is not None
    assert json_of(result)["macro_auroc"]["change"] < -0.05
    assert result.roles.score is None
    drifts = {
        f.kind for f in result.findings if set(f.columns) & set(CLASSES.class_scores.values())
    }
    assert "distribution_shift" not in drifts  # an output of the model, not an input
    assert next(f for f in result.findings if f.kind == "performance_drop").verdict is Verdict.ALARM


def test_a_finding_names_the_columns_that_are_there_whatever_words_stand_in_their_names() -> None:
    """``drug and alcohol use`` is one column, ``former, heavy`` one of its values, alone and crossed with another column."""
    rng = np.random.default_rng(3)
    use, sex = "drug and alcohol use", "sex"
    roles = Roles(label="y", score="risk", groups=(use, sex))

    def side(n: int, *, wrong: bool) -> Scored:
        made = events(n, 5 + wrong)
        assert made.score is not None
        group = rng.integers(0, 3, n).astype(np.int32)
        score = np.where((group == 2) & wrong, rng.permutation(made.score), made.score)
        slices = {
            use: Coded(("no", "yes", "former, heavy"), group),
            sex: Coded(("f", "m"), rng.integers(0, 2, n).astype(np.int32)),
        }
        return replace(made, score=score, slices=slices)

    out = judge_scored(side(8000, wrong=False), side(8000, wrong=True), roles, Config(roles=roles))
    gaps = [f for f in of(out, "subgroup_gap") if f.verdict is Verdict.ALARM]
    assert [(f.columns, f.segment and f.segment.value) for f in gaps] == [((use,), "former, heavy")]
    named = {c for f in out.findings for c in f.columns if f.kind.startswith("subgroup")}
    assert named <= {use, sex}
