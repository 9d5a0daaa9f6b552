"""One table of metrics: the same name and the same number on pages, in reports and in findings."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from golive.model.config import FLOORS
from golive.model.measured.intervals import Interval, Metric
from golive.model.measured.performance import Performance
from golive.wording.metrics import METRICS, cases, measured

SOURCE = Path(__file__).resolve().parents[2] / "src" / "golive"


def test_shares_are_said_in_percent_and_change_by_points() -> None:
    accuracy, auroc = METRICS["accuracy"], METRICS["auroc"]
    assert (
        accuracy.with_interval(Interval(value=0.81, low=0.78, high=0.84)) == "81 % (78 % to 84 %)"
    )
    assert (
        auroc.with_interval(Interval(value=0.81, low=0.78, high=0.84)) == "0.810 (0.780 to 0.840)"
    )
    found = Metric(train=0.81, live=0.7, change=-0.11, low=-0.15, high=-0.07)
    assert accuracy.change(found) == "-11.0 points (-15.0 to -7.0)"
    assert auroc.change(found) == "-0.110 (-0.150 to -0.070)"
    assert (accuracy.axis, auroc.axis) == ("Accuracy (%)", "AUROC")


def test_what_is_unknown_is_a_dash_and_what_is_hidden_says_so() -> None:
    ppv = METRICS["ppv"]
    found = Metric(train=0.3, live=None, hidden=("live",))
    assert (ppv.side(found, "train"), ppv.side(found, "live")) == ("30 %", "not shown")
    assert ppv.change(found) == "–"
    assert ppv.say(None) == "–"


def test_every_metric_that_can_have_a_floor_has_words() -> None:
    assert set(FLOORS) <= set(METRICS)


@pytest.mark.parametrize("name", sorted(METRICS))
def test_every_metric_is_found_wherever_it_stands(name: str) -> None:
    for place in ("", "at_threshold", "calibration"):
        told = {name: {"live": 0.5}}
        found = Performance.model_validate({place: told} if place else told)
        if found.metric(name):
            assert [words.key for words, _ in measured(found)] == [name]
            return
    pytest.fail(f"{name} stands nowhere in performance")


def test_the_primary_metric_comes_first() -> None:
    told = {
        "primary_metric": "macro_recall",
        "accuracy": {"live": 0.8},
        "macro_recall": {"live": 0.7},
    }
    found = measured(Performance.model_validate(told))
    assert [words.key for words, _ in found] == ["macro_recall", "accuracy"]


def test_on_how_many_cases_it_rests() -> None:
    told = {"n": {"train": 24_000, "live": 5_466}, "counts": {"live": {"n_events": 494}}}
    said = "5,466 live rows with an outcome and an output, 494 of them events; 24,000 in training"
    assert cases(Performance.model_validate(told)) == said
    assert cases(Performance()) == ""


def test_no_other_file_says_which_metrics_are_shares() -> None:
    """A literal collection that holds both 'sensitivity' and 'alert_rate' as keys of names or shares is a second table."""
    shares = {key for key, words in METRICS.items() if words.share}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                keys = {k.value for k in node.keys if isinstance(k, ast.Constant)}
                words = [v for v in node.values if isinstance(v, ast.Constant)]
                named = len(words) == len(node.values) and len(keys & shares) > 2
                assert not named, f"{path.name} names metrics a second time"
