"""What cannot be judged is named and counted, and the rest is still judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from performance_json import json_of

from golive.assess import assess
from golive.intake import read
from golive.model.columns import Roles
from golive.model.config import Config
from golive.model.result import Assessment
from golive.outcomes.model.target import without_repeats
from golive.outcomes.outcomes import judge_scored
from golive.profile.rows.scored import Coded, Scored

ROLES = Roles(label="y", score="risk", time="at", id="pid", groups=("sex",))
CONFIG = Config(roles=ROLES, operating_threshold=0.2)


def table(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    odds = rng.normal(0, 1.3, n) - 1.5
    at = pd.Timestamp("2026-01-01") + pd.to_timedelta(
        np.sort(rng.integers(0, 60 * 86_400, n)), unit="s"
    )
    return pd.DataFrame(
        {
            "pid": [f"P{seed}{i:05d}" for i in range(n)],
            "at": at.strftime("%Y-%m-%dT%H:%M:%S"),
            "sex": rng.choice(["F", "M"], n),
            "risk": np.round(1 / (1 + np.exp(-odds)), 5).astype(object),
            "y": (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(int).astype(object),
        }
    )


def judged(
    folder: Path, live: pd.DataFrame, train: pd.DataFrame | None = None, config: Config = CONFIG
) -> Assessment:
    for name, frame in (("train", table(1500, 1) if train is None else train), ("live", live)):
        frame.to_csv(folder / f"{name}.csv", index=False)
    with read(folder / "train.csv") as before, read(folder / "live.csv") as now:
        return assess(before, now, config)


def reasons(result: Assessment) -> dict[str, str]:
    return {n.what: n.why for n in result.not_assessed}


def kinds(result: Assessment) -> dict[str, str]:
    return {f.kind: f.title for f in result.findings}


@pytest.mark.parametrize(
    ("written", "count"),
    [(lambda v, i: f"{100 * v:.1f}%", 1000), (lambda v, i: "inf" if i % 4 == 0 else v, 250)],
    ids=["percent signs", "infinite"],
)
def test_scores_that_are_no_numbers_are_counted(tmp_path: Path, written: Any, count: int) -> None:
    live = table(1000, 2)
    live["risk"] = [written(v, i) for i, v in enumerate(live["risk"])]
    result = judged(tmp_path, live)
    assert f"{count:,} live rows (risk: text)" in reasons(result)
    assert ("auroc" in json_of(result)) is (count < 1000)


def test_outcomes_in_other_words_are_named_and_no_rate_is_made_of_them(tmp_path: Path) -> None:
    live = table(1000, 2)
    live["y"] = live["y"].map({0: "no", 1: "yes"})
    result = judged(tmp_path, live)
    why = reasons(result)["1,000 live rows (y: unknown values)"]
    assert "no, yes" in why
    assert "0, 1" in why
    assert "(y = 1)" not in kinds(result)["label_shift"]


def test_times_that_are_no_dates_are_counted_and_performance_is_still_measured(
    tmp_path: Path,
) -> None:
    live = table(1000, 2)
    live.loc[::5, "at"] = "not a date"
    result = judged(tmp_path, live)
    assert "200 live rows (at: no date)" in reasons(result)
    assert json_of(result)["n"]["live"] == 1000
    assert sum(r["n"] for r in json_of(result)["time_line"]["rows"]) == 800


def test_the_same_prediction_with_two_outcomes_is_not_used(tmp_path: Path) -> None:
    live = table(1000, 2)
    other = live.iloc[:60].assign(y=lambda d: 1 - d["y"])
    later = live.iloc[100:130].assign(y="")
    result = judged(tmp_path, pd.concat([live, live.iloc[200:240], other, later]))
    said = reasons(result)
    assert "120 live rows (the same prediction with two outcomes)" in said
    assert "70 live rows (predictions sent more than once)" in said
    assert json_of(result)["n"]["live"] == 940


def test_a_group_that_training_had_and_live_data_has_not_is_named(tmp_path: Path) -> None:
    result = judged(tmp_path, table(1000, 2).assign(sex="F"))
    assert "M (none live)" in kinds(result)["subgroup_too_small"]
    assert kinds(result)["subgroup_too_small"].startswith("No live patient")


@pytest.mark.parametrize("side", ["train", "live"])
def test_outcomes_of_one_class_leave_the_rest_judged(tmp_path: Path, side: str) -> None:
    train, live = table(1500, 1), table(1000, 2)
    {"train": train, "live": live}[side]["y"] = 0
    result = judged(tmp_path, live, train)
    drop = next(f for f in result.findings if f.kind == "performance_drop")
    assert drop.verdict.value == "cannot_judge"
    assert "alert_rate_shift" in kinds(result)


def test_a_threshold_outside_the_scores_is_said(tmp_path: Path) -> None:
    result = judged(
        tmp_path, table(1000, 2), config=CONFIG.model_copy(update={"operating_threshold": 3.0})
    )
    assert "nobody is flagged" in reasons(result)["threshold 3"]


def test_several_zones_are_counted_and_read_as_one_time(tmp_path: Path) -> None:
    live = table(1000, 2)
    live["at"] += np.array(["Z", "+02:00", "", "-05:00"])[np.arange(1000) % 4]
    result = judged(tmp_path, live)
    assert "750 carry a UTC offset and 250 do not" in reasons(result)["at: times in several zones"]
    assert json_of(result)["n"]["live"] == 1000


def test_two_versions_that_say_the_same_of_one_case_are_no_repeat() -> None:
    score = np.array([0.2, 0.2])
    both = Scored(
        rows=2,
        score=score,
        unit=np.zeros(2, dtype=np.int32),
        slices={"v": Coded(("1", "2"), np.array([0, 1], dtype=np.int32))},
    )
    assert without_repeats(both, "v")[0].rows == 2
    assert without_repeats(both)[0].rows == 1


def test_dates_without_hours_make_no_contradiction() -> None:
    days = np.array(["2026-01-01", "2026-01-01"], dtype="datetime64[s]")
    codes = np.array([0, 1], dtype=np.int32)
    side = Scored(
        rows=2,
        score=np.full(2, 0.2),
        unit=np.zeros(2, dtype=np.int32),
        time=days,
        label=Coded(("0", "1"), codes),
    )
    assert without_repeats(side) == (side, 0, 0)
    assert without_repeats(replace(side, time=days + np.timedelta64(1, "h")))[1:] == (0, 2)
    only = judge_scored(side, side, ROLES, CONFIG)
    assert only.performance is not None
