"""What is said of outcomes: intervals bound the change beside them, and the plain sentence fits a meeting."""

from __future__ import annotations

import re

import numpy as np
import pytest

from golive.model.columns import Roles
from golive.model.config import Config, OperationsConfig
from golive.model.facts import Facts, Words
from golive.model.finding import Finding
from golive.model.kinds import Kind, Verdict
from golive.outcomes.model.context import Outcomes
from golive.outcomes.outcomes import judge_scored
from golive.profile.rows.scored import Coded, Scored

ROLES = Roles(label="y_true", score="risk_score", time="t", id="id", site="site", model_version="v")
LOG = OperationsConfig(latency_ms="ms", status="status", received_time="arrived")
CONFIG = Config(
    roles=ROLES,
    operating_threshold=0.3,
    latency_budget_ms=1000,
    operations=LOG,
    floors={"sensitivity": 0.8, "auroc": 0.7, "npv": 0.5},
)


def side(seed: int, *, n: int = 4000, worse: float = 0.0) -> Scored:
    """A log of one model: with ``worse`` its scores, its service and its outcomes are all a little worse."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(0, 1.4, n) - 1.5
    event = rng.random(n) < 1 / (1 + np.exp(-odds))
    score = 1 / (1 + np.exp(-(odds + rng.normal(worse, 0.01 + 3 * worse, n))))
    score[rng.random(n) < 0.02 + 0.05 * worse] = -1
    times = np.datetime64("2026-01-01", "s") + (np.arange(n) * 1800).astype("timedelta64[s]")
    days = rng.exponential(2 + 10 * worse, n)
    label = np.where((rng.random(n) < 0.2 * worse) | (days > 30), -1, event).astype(np.int32)
    site = rng.integers(0, 2, n).astype(np.int32)
    return Scored(
        rows=n,
        score=score,
        label=Coded(("0", "1"), label),
        unit=np.arange(n, dtype=np.int32),
        time=times,
        label_time=times + (days * 86_400).astype("timedelta64[s]"),
        received=times + (rng.exponential(60 + 900 * worse, n)).astype("timedelta64[s]"),
        latency=rng.lognormal(6.2 + worse, 0.5, n),
        status=Coded(("failed", "ok"), (rng.random(n) > 0.005 + 0.1 * worse).astype(np.int32)),
        slices={
            "site": Coded(("site_a", "site_b"), site),
            "v": Coded(("v_1", "v_2"), (rng.random(n) < 0.5).astype(np.int32)),
        },
        features={"heart_rate": odds + rng.normal(0, 1, n)},
    )


def found(worse: float, *, n: int = 4000, labels: bool = True) -> dict[str, Finding]:
    live = side(2, n=n, worse=worse)
    if not labels:
        live = Scored(rows=live.rows, score=live.score, unit=live.unit, time=live.time)
    return {f.kind: f for f in judge_scored(side(1), live, ROLES, CONFIG).findings}


@pytest.mark.parametrize("kind", ["latency_over_budget", "score_out_of_range", "error_rate"])
def test_the_interval_of_an_effect_bounds_its_change(kind: str) -> None:
    effect = found(0.4)[kind].effect
    assert effect is not None
    assert effect.change is not None
    assert effect.low is not None
    assert effect.high is not None
    assert effect.low < effect.change < effect.high
    assert effect.change == pytest.approx((effect.live or 0) - (effect.train or 0))


@pytest.mark.parametrize(
    ("worse", "n", "labels"),
    [(0.0, 4000, True), (0.4, 4000, True), (0.1, 4000, True), (0.0, 60, True), (0.0, 4000, False)],
)
def test_the_plain_sentence_fits_a_meeting(worse: float, n: int, labels: bool) -> None:
    findings = found(worse, n=n, labels=labels)
    assert findings
    for kind, finding in findings.items():
        plain = finding.plain
        assert re.fullmatch(r"[A-Z0-9][^_]*\.", plain), (kind, plain)
        assert not re.search(r"n = |95 %|p [=<]|AUROC|interval|nan|None", plain), (kind, plain)
        assert len(re.findall(r"\d+(?:\.\d+)? %", plain)) <= 2, (kind, plain)
        if finding.verdict == "cannot_judge":
            assert re.search(r"could not be|[Tt]oo few", plain), (kind, plain)


def test_a_finding_that_cannot_be_said_is_a_gap_and_the_others_stand() -> None:
    class Broken(Facts):
        def words(self) -> Words:
            raise KeyError("a value of a patient")

    class Fine(Facts):
        def words(self) -> Words:
            return Words(title="The score is late", plain="The score is late.")

    out = Outcomes(
        facts=[
            Broken(kind=Kind.LABEL_DELAY, verdict=Verdict.WATCH, columns=("died",)),
            Fine(kind=Kind.LATE_INPUTS, verdict=Verdict.WATCH, columns=("score",)),
        ]
    )
    assert [f.kind for f in out.findings] == [Kind.LATE_INPUTS]
    assert [(n.what, n.why) for n in out.not_assessed] == [
        ("label_delay of died", "the check failed (KeyError); see the log")
    ]
