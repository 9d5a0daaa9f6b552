"""How often outcomes cry wolf when nothing changed, how often they see a drop, and whether intervals cover.

The routine run is small and leaves out the comparison of groups by fairlearn, which makes no finding and takes more than
half of the time; ``GOLIVE_FULL=1`` makes the 500 whole assessments of the acceptance criterion.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

from golive.model.columns import Roles
from golive.model.config import Config
from golive.model.finding import Finding, Signal, Verdict
from golive.outcomes import outcomes
from golive.outcomes.groups.parity import parity
from golive.outcomes.outcomes import judge_scored
from golive.profile.rows.scored import Coded, Scored
from golive.stats import calibration as cal
from golive.stats import operating_point as op
from golive.stats import ranking

ROLES = Roles(
    label="label", score="score", time="time", id="id", site="site", groups=("sex", "age_band")
)
CONFIG = Config(roles=ROLES, operating_threshold=0.15)
FULL = bool(os.environ.get("GOLIVE_FULL"))
PERFORMANCE = (Signal.PERFORMANCE, Signal.FAIRNESS)


def side(rng: np.random.Generator, n: int, *, noise: float = 0.0) -> Scored:
    """Rows of a calibrated score (AUROC about .80); ``noise`` replaces a part of what the score knows by chance."""
    known = rng.normal(0, 1.32, n)
    odds = known - 2.6
    hidden = np.sqrt(1 - noise**2) * known + noise * rng.normal(0, 1.32, n)
    event = rng.random(n) < 1 / (1 + np.exp(-(hidden - 2.6)))
    start = np.datetime64("2026-01-01", "s")

    def group(names: tuple[str, ...]) -> Coded:
        return Coded(names, rng.integers(0, len(names), n).astype(np.int32))

    return Scored(
        rows=n,
        score=1 / (1 + np.exp(-odds)),
        label=Coded(("0", "1"), event.astype(np.int32)),
        unit=np.arange(n, dtype=np.int32),
        time=np.sort(start + rng.integers(0, 90 * 86_400, n).astype("timedelta64[s]")),
        slices={
            "site": group(("A", "B", "C")),
            "sex": group(("f", "m")),
            "age_band": group(("a", "b", "c", "d")),
        },
    )


def of(findings: list[Finding], *verdicts: Verdict) -> list[Finding]:
    return [f for f in findings if f.signal in PERFORMANCE and f.verdict in verdicts]


@pytest.mark.benchmark
def test_no_change_seldom_alarms_and_a_drop_is_found(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not FULL:
        left = tuple(part for part in outcomes.PARTS if part[1] is not parity)
        assert len(left) == len(outcomes.PARTS) - 1
        monkeypatch.setattr(outcomes, "PARTS", left)
    rng = np.random.default_rng(1)
    n = 2700  # about 300 events
    runs, kinds = 500 if FULL else 150, {}
    alarms = 0
    for _ in range(runs):
        found = of(
            judge_scored(side(rng, 8000), side(rng, n), ROLES, CONFIG).findings, Verdict.ALARM
        )
        alarms += bool(found)
        for f in found:
            kinds[f.kind] = kinds.get(f.kind, 0) + 1
    seen, events, drops, trials = 0, [], [], 100 if FULL else 50
    for _ in range(trials):
        out = judge_scored(side(rng, 8000), side(rng, n, noise=0.58), ROLES, CONFIG)
        assert out.performance is not None
        drops.append(out.performance.auroc.change.value)
        events.append(out.performance.auroc.n_events)
        wanted = [
            f
            for f in of(out.findings, Verdict.ALARM, Verdict.WATCH)
            if f.kind == "performance_drop"
        ]
        seen += bool(wanted)
    with capsys.disabled():
        print(
            f"\nno change: {alarms} of {runs} alarm {kinds}; drop {np.mean(drops):+.3f} at {np.mean(events):.0f} events: "
            f"{seen} of {trials} found"
        )
    assert alarms / runs <= 0.05
    assert -0.06 < np.mean(drops) < -0.04
    assert seen / trials >= 0.8


@pytest.mark.benchmark
def test_intervals_cover(capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(2)
    large = side(rng, 2_000_000)
    metrics = {
        "auroc": ranking.auroc,
        "auprc": ranking.average_precision,
        "brier": lambda s, e: cal.brier(s, e, None),
        "log_loss": lambda s, e: cal.log_loss(s, e, None),
        "slope": cal.slope,
        "intercept": cal.intercept,
        "observed_expected": lambda s, e: cal.observed_expected(s, e, None),
        "sensitivity": lambda s, e: op.rates(s >= 0.15, e, None)["sensitivity"],
        "ppv": lambda s, e: op.rates(s >= 0.15, e, None)["ppv"],
    }

    def rows(x: Scored) -> tuple[np.ndarray, np.ndarray]:
        assert x.score is not None
        assert x.label is not None
        return x.score, x.label.codes == 1

    true = {name: metric(*rows(large)).value for name, metric in metrics.items()}
    covered = dict.fromkeys(metrics, 0)
    runs = 1000
    for _ in range(runs):
        score, event = rows(side(rng, 1500))
        for name, metric in metrics.items():
            got = metric(score, event)
            covered[name] += got.low <= true[name] <= got.high
    shares = {name: count / runs for name, count in covered.items()}
    with capsys.disabled():
        print(f"\ncoverage of 95 % intervals, {runs} runs of 1,500 rows: {shares}")
    assert all(0.93 <= s <= 0.97 for s in shares.values()), shares
