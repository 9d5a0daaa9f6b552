"""The course of time: seasons that training had, estimates beside what was realised, outcomes that are still to come."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from performance_json import json_of

from golive.model.columns import Roles
from golive.model.config import Config
from golive.model.finding import Verdict
from golive.model.measured.performance import Performance
from golive.outcomes import Outcomes
from golive.outcomes.course.season import kinds
from golive.outcomes.outcomes import judge_scored
from golive.profile.rows.scored import Coded, Scored

ROLES = Roles(label="y", score="s", time="t", id="id")
CONFIG = Config(roles=ROLES, operating_threshold=0.3)
DAY = 86_400


def side(
    seed: int, first: str, days: int, *, n: int, high: Any = (), level: float = -1.5
) -> Scored:
    """Scores whose level rises by 1 in the months (or weekdays, as ``("weekday", ...)``) named in ``high``."""
    rng = np.random.default_rng(seed)
    time = np.sort(
        np.datetime64(first, "s") + rng.integers(0, days * DAY, n).astype("timedelta64[s]")
    )
    calendar, *which = high or ("month",)
    odds = rng.normal(0, 1.2, n) + level + np.isin(kinds(time, calendar), which)
    p = 1 / (1 + np.exp(-odds))
    event = rng.random(n) < p
    wait = rng.integers(DAY, 20 * DAY, n).astype("timedelta64[s]")
    label_time = time + wait
    known = label_time <= time.max()
    return Scored(
        rows=n,
        score=p,
        label=Coded(("0", "1"), np.where(known, event, -1).astype(np.int32)),
        time=time,
        label_time=np.where(known, label_time, np.datetime64("NaT", "s")),
        unit=np.arange(n, dtype=np.int32),
    )


def rate(out: Outcomes) -> Any:
    return next(f for f in out.findings if f.kind == "alert_rate_shift")


def test_a_season_that_training_had_is_no_alarm() -> None:
    winter = ("month", 0, 1)
    train = side(1, "2024-01-01", 730, n=20_000, high=winter)
    live = side(2, "2026-01-01", 59, n=3_000, high=winter)
    out = judge_scored(train, live, ROLES, CONFIG)
    assert out.performance is not None
    found = json_of(out)["season"]
    assert found["month"]["covered"]
    whole, same = json_of(out)["at_threshold"]["alert_rate"], found["month"]["alert_rate"]
    assert whole["change"] > 0.1
    assert same["low"] < 0 < same["high"]
    assert rate(out).verdict is Verdict.WATCH
    assert "season explains it" in rate(out).explanation
    inside = [
        r["alert_band"][0] <= r["alert_rate"]["live"] <= r["alert_band"][1]
        for r in json_of(out)["time_line"]["rows"]
    ]
    assert np.mean(inside) >= 0.8


def test_a_change_beyond_the_season_stays_an_alarm() -> None:
    winter = ("month", 0, 1)
    train = side(1, "2024-01-01", 730, n=20_000, high=winter)
    live = side(2, "2026-01-01", 59, n=3_000, high=winter, level=-0.9)
    out = judge_scored(train, live, ROLES, CONFIG)
    assert rate(out).verdict is Verdict.ALARM
    assert any("same months of training" in e for e in rate(out).evidence)


def test_months_that_training_lacks_are_named() -> None:
    train = side(1, "2025-01-01", 90, n=5_000)
    live = side(2, "2025-06-01", 60, n=3_000)
    out = judge_scored(train, live, ROLES, CONFIG)
    why = {n.what: n.why for n in out.not_assessed}["the same months of training"]
    assert "Jun, Jul" in why
    assert out.performance is not None
    assert json_of(out)["season"]["month"] == {"covered": False, "why": why}
    assert json_of(out)["season"]["weekday"]["covered"]


def test_weekdays_are_weighed_to_those_of_live_data() -> None:
    weekend = ("weekday", 5, 6)
    train = side(1, "2026-01-05", 140, n=20_000, high=weekend)
    live = side(2, "2026-06-06", 2, n=2_000, high=weekend)  # one Saturday and Sunday
    out = judge_scored(train, live, ROLES, CONFIG)
    assert out.performance is not None
    same = json_of(out)["season"]["weekday"]["alert_rate"]
    assert json_of(out)["at_threshold"]["alert_rate"]["change"] > 0.1
    assert abs(same["change"]) < 0.05


def test_standardised_intervals_cover_when_nothing_changed() -> None:
    hits = 0
    for i in range(200):
        train = side(10 + i, "2026-01-05", 140, n=3_000, high=("weekday", 5, 6))
        live = side(1000 + i, "2026-06-01", 30, n=1_500, high=("weekday", 5, 6))
        found = judge_season(train, live)["weekday"]["alert_rate"]
        hits += found["low"] <= 0 <= found["high"]
    assert 0.90 <= hits / 200 <= 0.99


def judge_season(train: Scored, live: Scored) -> Any:
    from golive.outcomes.course.season import season
    from golive.outcomes.model.context import context_of

    out = Outcomes(performance=Performance())
    season(context_of(train, live, ROLES, CONFIG), out)
    assert out.performance is not None
    return json_of(out)["season"]


def test_without_times_in_training_the_season_is_not_guessed() -> None:
    live = side(2, "2026-06-01", 60, n=2_000)
    train = Scored(rows=live.rows, score=live.score, label=live.label)
    out = judge_scored(train, live, ROLES, CONFIG)
    assert out.performance is not None
    assert "season" not in json_of(out)
    assert "season" in {n.what for n in out.not_assessed}


def test_estimates_stand_beside_what_was_realised_and_young_windows_are_open() -> None:
    train = side(1, "2025-01-01", 180, n=12_000)
    live = side(2, "2026-01-01", 70, n=6_000)
    out = judge_scored(train, live, ROLES, CONFIG)
    assert out.performance is not None
    rows = json_of(out)["time_line"]["rows"]
    both = [r for r in rows if "auroc" in r and "estimated" in r]
    assert len(both) >= 6
    for row in both:
        assert row["estimated"]["live"] == pytest.approx(row["auroc"]["live"], abs=0.1)
    assert np.mean([r["estimated"]["live"] - r["auroc"]["live"] for r in both]) == pytest.approx(
        0, abs=0.03
    )
    is_open = [r["open"] for r in rows]
    assert is_open == sorted(is_open)  # the latest ones, and only these
    assert 2 <= sum(is_open) <= 4
    shares = [r["outcomes"] for r in rows if "outcomes" in r]
    assert shares[0] == 1
    assert shares[-1] < 0.5
