"""The running service: percentiles, queues with a known answer, versions on the same cases, change points, estimates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from performance_json import json_of
from scipy.stats import norm

from golive.model.columns import Roles
from golive.model.config import Config, OperationsConfig
from golive.model.finding import Verdict
from golive.outcomes.course.timeline import cusum, windows
from golive.outcomes.outcomes import judge_scored
from golive.outcomes.service.service import quantiles, response, workers_needed
from golive.profile.rows.scored import Coded, Scored

START = np.datetime64("2026-01-01", "s")


def test_percentiles_and_their_intervals() -> None:
    values = np.arange(1, 1001, dtype=float)
    got = quantiles(values)
    assert [got[k][0] for k in ("p50", "p95", "p99")] == [500, 950, 990]
    half = 1.96 * math.sqrt(1000 * 0.95 * 0.05)
    assert got["p95"][1] == pytest.approx(950 - half, abs=2)
    assert got["p95"][2] == pytest.approx(950 + half, abs=2)


def test_intervals_of_percentiles_cover() -> None:
    rng = np.random.default_rng(0)
    true = math.exp(norm.ppf(0.95))
    hits = sum(
        q[1] <= true <= q[2]
        for q in (quantiles(rng.lognormal(size=400))["p95"] for _ in range(400))
    )
    assert 0.92 <= hits / 400 <= 0.99


def test_a_queue_with_one_worker_waits_as_theory_says() -> None:
    # M/M/1 at half load: time in the system is exponential with mean 1 / (mu - lambda) = 2 services.
    rng = np.random.default_rng(0)
    gaps, service = rng.exponential(200, 200_000), rng.exponential(100, 200_000)
    assert response(gaps, service, 1) == pytest.approx(-math.log(0.05) * 200, rel=0.05)


def test_more_load_needs_more_workers() -> None:
    rng = np.random.default_rng(1)
    service = rng.lognormal(math.log(400), 0.4, 3000)
    few, many = (workers_needed(service, rate / 1000, 2000, rng) for rate in (1.0, 100.0))
    assert few is not None
    assert many is not None
    assert few[0] <= 2
    assert 43 <= many[0] <= 60  # 100 a second at 0.43 s each keep 43 busy
    assert many[1] <= 2000


def test_a_change_of_the_mean_is_found_where_it_happened_and_seldom_where_it_did_not() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(0, 1, 1000)
    values[600:] += 0.5
    p, at = cusum(values)
    assert p < 1e-6
    assert 570 <= at <= 630
    false = sum(cusum(rng.normal(0, 1, 500))[0] <= 0.05 for _ in range(600))
    assert false / 600 <= 0.07


@pytest.mark.parametrize(("days", "name"), [(10, "day"), (100, "week"), (900, "month")])
def test_windows_are_calendar_ones(days: int, name: str) -> None:
    times = START + (np.arange(days) * 86_400).astype("timedelta64[s]")
    starts, unit = windows(times)
    assert unit == name
    assert len(np.unique(starts)) <= 40
    if name == "week":
        assert {d.astype(object).weekday() for d in np.unique(starts)} == {0}


def versions(*, shift: float, together: bool, same_cases: bool = False) -> Scored:
    rng = np.random.default_rng(3)
    n = 4000
    odds = rng.normal(0, 1.4, n) - 2
    event = rng.random(n) < 1 / (1 + np.exp(-odds))
    version = (rng.random(n) < 0.5) if together else np.arange(n) >= n // 2
    times = START + (np.arange(n) * 900).astype("timedelta64[s]")
    unit = np.arange(n)
    if same_cases:
        odds, event, times, unit = (
            np.tile(odds, 2),
            np.tile(event, 2),
            np.tile(times, 2),
            np.tile(unit, 2),
        )
        version = np.repeat([False, True], n)
        odds = odds + np.where(version, rng.normal(0, 1.2, 2 * n), 0)  # the new version adds noise
    score = 1 / (1 + np.exp(-(odds + shift * version)))
    return Scored(
        rows=len(score),
        score=score,
        label=Coded(("0", "1"), event.astype(np.int32)),
        unit=unit.astype(np.int32),
        time=times,
        slices={"version": Coded(("v1", "v2"), version.astype(np.int32))},
    )


ROLES = Roles(label="y", score="s", time="t", id="id", model_version="version")
CONFIG = Config(roles=ROLES, operating_threshold=0.2)


@pytest.mark.parametrize(
    ("shift", "together", "verdict"),
    [(0.6, True, Verdict.ALARM), (0.0, True, Verdict.WATCH), (0.6, False, Verdict.WATCH)],
)
def test_versions_side_by_side_are_worse_than_one_after_the_other(
    shift: float, together: bool, verdict: Verdict
) -> None:
    side = versions(shift=shift, together=together)
    out = judge_scored(side, side, ROLES, CONFIG)
    found = next(f for f in out.findings if f.kind == "version_mixed")
    assert found.verdict is verdict
    assert out.performance is not None
    assert ("side_by_side" in json_of(out)["versions"]) is together


def test_versions_on_the_same_cases_are_compared_in_pairs() -> None:
    side = versions(shift=0, together=True, same_cases=True)
    out = judge_scored(side, side, ROLES, CONFIG)
    assert out.performance is not None
    both = json_of(out)["versions"]["side_by_side"]
    assert both["matched"]["n"] == 4000
    assert both["matched"]["auroc_gain_high"] < 0
    assert both["matched"]["auroc_gain"] == pytest.approx(both["auroc"]["change"], abs=1e-5)
    paired = both["matched"]["auroc_gain_high"] - both["matched"]["auroc_gain_low"]
    assert paired < both["auroc"]["high"] - both["auroc"]["low"]


def scored(n: int, seed: int, *, spread: float = 1.4, level: float = -2.0) -> Scored:
    rng = np.random.default_rng(seed)
    odds = rng.normal(0, spread, n) + level
    event = rng.random(n) < 1 / (1 + np.exp(-odds))
    return Scored(
        rows=n, score=1 / (1 + np.exp(-odds)), label=Coded(("0", "1"), event.astype(np.int32))
    )


@pytest.mark.parametrize(("spread", "level"), [(1.4, -2.0), (1.0, -2.0), (1.2, -1.2)])
def test_estimates_without_outcomes_meet_what_was_realised(spread: float, level: float) -> None:
    roles = Roles(label="y", score="s")
    live = scored(30_000, 5, spread=spread, level=level)
    out = judge_scored(scored(30_000, 4), live, roles, Config(roles=roles, operating_threshold=0.2))
    assert out.performance is not None
    estimated, realised = json_of(out)["estimated"], json_of(out)
    assert estimated["auroc"]["live"] == pytest.approx(realised["auroc"]["live"], abs=0.01)
    assert estimated["sensitivity"] == pytest.approx(
        realised["at_threshold"]["sensitivity"]["live"], abs=0.02
    )
    assert estimated["ppv"] == pytest.approx(realised["at_threshold"]["ppv"]["live"], abs=0.02)
    assert estimated["prevalence"] == pytest.approx(realised["prevalence"]["live"], abs=0.01)


def test_an_estimate_sees_an_easier_or_harder_mix_of_patients() -> None:
    roles = Roles(label="y", score="s")
    hidden = scored(8000, 6, spread=0.9)
    unknown = Coded(("0", "1"), np.full(8000, -1, dtype=np.int32))
    live = Scored(rows=8000, score=hidden.score, label=unknown)
    out = judge_scored(scored(8000, 4), live, roles, Config(roles=roles))
    found = next(f for f in out.findings if f.kind == "performance_estimated_drop")
    assert found.verdict is Verdict.ALARM
    assert not any(f.kind == "performance_drop" for f in out.findings)


def test_an_uncalibrated_model_is_refused_an_estimate() -> None:
    roles = Roles(label="y", score="s")
    rng = np.random.default_rng(0)
    score = rng.random(8000)
    event = (
        rng.random(8000) < 4 * (score - 0.5) ** 2
    )  # low and high scores mean the same: no straight line mends that
    bent = Scored(rows=8000, score=score, label=Coded(("0", "1"), event.astype(np.int32)))
    live = Scored(
        rows=8000, score=score, label=Coded(("0", "1"), np.full(8000, -1, dtype=np.int32))
    )
    out = judge_scored(bent, live, roles, Config(roles=roles))
    found = next(f for f in out.findings if f.kind == "performance_estimated_drop")
    assert found.verdict is Verdict.CANNOT_JUDGE
    assert "do not hold even in training" in found.title


def test_capacity_is_a_simulation_and_says_so() -> None:
    rng = np.random.default_rng(0)
    n = 5000
    side = Scored(
        rows=n,
        time=START + rng.integers(0, 30 * 86_400, n).astype("timedelta64[s]"),
        latency=rng.lognormal(math.log(400), 0.3, n),
    )
    config = Config(operations=OperationsConfig(latency_ms="ms"), latency_budget_ms=2000.0)
    out = judge_scored(side, side, Roles(), config)
    assert out.performance is not None
    sheet = json_of(out)["operations"]["capacity"]
    assert sheet["simulation"] is True
    workers = [row["workers"] for row in sheet["loads"]]
    assert workers == sorted(workers)
    assert all(row["p95_ms"] <= 2000 for row in sheet["loads"])
