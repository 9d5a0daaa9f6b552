"""Several classes and quantities: equal to scikit-learn, worse is found, the same is quiet."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    mean_absolute_error,
    r2_score,
    root_mean_squared_error,
)

from golive.model.columns import Roles
from golive.model.config import Config
from golive.model.finding import Finding, Verdict
from golive.outcomes import Outcomes
from golive.outcomes.outcomes import judge_scored
from golive.outcomes.target import target_of
from golive.profile.scored import Coded, Scored

NAMES = ("flu", "none", "pneumonia")


def classes(rng: np.random.Generator, n: int, right: float) -> Scored:
    truth = rng.choice(3, n, p=[0.2, 0.7, 0.1]).astype(np.int32)
    guess = np.where(rng.random(n) < right, truth, rng.integers(0, 3, n)).astype(np.int32)
    return Scored(rows=n, label=Coded(NAMES, truth), prediction=Coded(NAMES, guess))


def quantities(rng: np.random.Generator, n: int, noise: float) -> Scored:
    truth = np.round(rng.gamma(3, 2, n), 2)
    label = Coded(tuple(str(i) for i in range(30)), rng.integers(0, 30, n).astype(np.int32))
    return Scored(rows=n, label=label, number_label=truth, number_prediction=truth + rng.normal(0.1, noise, n))


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
    assert same.performance["accuracy"]["live"] == pytest.approx(accuracy_score(truth, guess), rel=1e-5)
    assert same.performance["macro_recall"]["live"] == pytest.approx(balanced_accuracy_score(truth, guess), rel=1e-5)
    assert [c["class"] for c in same.performance["by_class"]] == list(NAMES)
    assert drop(same).verdict is Verdict.QUIET
    assert drop(lost).verdict is Verdict.ALARM


def test_quantities_equal_sklearn_and_a_larger_error_is_found() -> None:
    rng = np.random.default_rng(1)
    roles = Roles(label="days", prediction="said")
    train, live, worse = quantities(rng, 3000, 1.0), quantities(rng, 2000, 1.0), quantities(rng, 2000, 1.4)
    same, lost = (judge_scored(train, side, roles, Config(roles=roles)) for side in (live, worse))
    assert same.performance is not None
    truth, guess = live.number_label, live.number_prediction
    assert same.performance["mae"]["live"] == pytest.approx(mean_absolute_error(truth, guess), rel=1e-5)
    assert same.performance["rmse"]["live"] == pytest.approx(root_mean_squared_error(truth, guess), rel=1e-5)
    assert same.performance["r2"]["live"] == pytest.approx(r2_score(truth, guess), rel=1e-5)
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
def test_the_event_is_what_does_not_say_no(names: tuple[str, ...], positive: tuple[str, ...]) -> None:
    side = Scored(rows=10, score=np.full(10, 0.5), label=Coded(names, np.zeros(10, dtype=np.int32)))
    target = target_of(side, side)
    assert target is not None
    assert (target.task, target.positive) == ("event", positive)


def test_an_outcome_that_cannot_be_read_is_no_target() -> None:
    side = Scored(rows=5, score=np.full(5, 0.5), label=Coded(("a",), np.zeros(5, dtype=np.int32)))
    assert target_of(side, side) is None
    assert target_of(Scored(rows=5), Scored(rows=5)) is None
