"""From the columns of the service log: what people do with outputs, who uses it, whose record they reach, and the same case twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from performance_json import json_of

from golive.assess import assess
from golive.intake import infer, read
from golive.model.columns import Roles
from golive.model.config import Config, OperationsConfig
from golive.model.readiness import ReadinessVerdict, RiskProfile
from golive.model.result import Assessment
from golive.outcomes import judge_outcomes

ROLES = Roles(score="risk", time="at", id="visit")
LOG = OperationsConfig(
    response="response", override_reason="why", user="seen_by", written_to="chart"
)
RISK = RiskProfile(situation="serious", significance="drive", flags=("ehr", "writeback"))
CONFIG = Config(roles=ROLES, operations=LOG, intended_users=40, risk=RISK)


def table(n: int, first: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(first)
    at = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(n) * 600, unit="s")
    visits = [f"V{first + i:05d}" for i in range(n)]
    return pd.DataFrame(
        {
            "visit": visits,
            "at": at.strftime("%Y-%m-%dT%H:%M:%S"),
            "lactate": np.round(rng.gamma(4, 0.5, n), 2),
            "sex": rng.choice(["F", "M"], n),
            "risk": np.round(rng.random(n), 5),
            "response": "Accepted",
            "why": "",
            "seen_by": [f"u{i % 30}" for i in range(n)],
            "chart": visits,
        }
    )


def judged(
    folder: Path, live: pd.DataFrame, train: pd.DataFrame, config: Config = CONFIG
) -> Assessment:
    for name, frame in (("train", train), ("live", live)):
        frame.to_csv(folder / f"{name}.csv", index=False)
    with read(folder / "train.csv") as before, read(folder / "live.csv") as now:
        return assess(before, now, config)


def numbers(
    folder: Path, live: pd.DataFrame, train: pd.DataFrame, config: Config = CONFIG
) -> dict[str, Any]:
    """What outcomes alone say, without the rest of an assessment."""
    for name, frame in (("train", train), ("live", live)):
        frame.to_csv(folder / f"{name}.csv", index=False)
    with read(folder / "train.csv") as before, read(folder / "live.csv") as now:
        specs = infer(before, now, config)
        return json_of(judge_outcomes(before, now, specs, ROLES, config))


def measured(result: Assessment, key: str) -> tuple[int | None, str]:
    found = next(c for c in result.readiness.criteria if c.id == key)
    return found.measured, found.measurement


def test_what_people_do_with_it_is_read_from_the_log(tmp_path: Path) -> None:
    live = table(400, 10_000)
    live.loc[:119, "response"] = "overridden"
    live.loc[:99, "why"] = "already treated"
    live.loc[390:, "response"] = "not seen"
    result = judged(tmp_path, live, table(400))
    found = json_of(result)
    assert found["feedback"] == {
        "n": 390,
        "overrides": pytest.approx(120 / 390, abs=1e-4),
        "reasons": pytest.approx(5 / 6, abs=1e-4),
    }
    assert found["usage"] == {"active": 0.75, "eligible": 40}
    assert found["write_back"] == {"attempts": 400, "right_patient": 400, "at_most": False}
    level, said = measured(result, "ADO-02")
    assert (level, said) == (
        2,
        "31 % of 390 outputs were overridden, 83 % of them with a reason. Review of safety overrides is a document: evidence decides above level 2.",
    )
    assert measured(result, "INT-02")[0] == 4


def test_a_result_in_another_record_stops_the_pilot_and_few_are_not_counted_out(
    tmp_path: Path,
) -> None:
    live = table(400, 10_000)
    live.loc[7, "chart"] = live.loc[8, "chart"]
    live.loc[20:39, "chart"] = ""
    result = judged(tmp_path, live, table(400))
    assert json_of(result)["write_back"] == {"attempts": 380, "right_patient": 370, "at_most": True}
    assert measured(result, "INT-02") == (0, "Fewer than 11 of 380 writes reached another patient.")
    assert result.readiness.verdict is ReadinessVerdict.STOP
    assert any("written to the wrong patient" in reason for reason in result.readiness.stop)


def test_small_counts_are_taken_at_their_least_favourable(tmp_path: Path) -> None:
    live = table(400, 10_000)
    live.loc[:3, "response"] = "dismissed"
    few = numbers(tmp_path, live, table(400))["feedback"]
    assert few == {"n": 400, "overrides": 10 / 400, "reasons": None}
    live.loc[:49, "response"] = "dismissed"
    live.loc[:45, "why"] = "wrong"
    assert numbers(tmp_path, live, table(400))["feedback"]["reasons"] == 40 / 50


def test_a_log_without_these_columns_says_nothing(tmp_path: Path) -> None:
    bare = CONFIG.model_copy(
        update={"operations": OperationsConfig(response="absent"), "intended_users": None}
    )
    found = numbers(tmp_path, table(400, 10_000), table(400), bare)
    assert not {"feedback", "usage", "write_back", "skew"} & set(found)


def test_a_column_of_the_log_that_no_dataset_has_is_named(tmp_path: Path) -> None:
    wrong = CONFIG.model_copy(
        update={"operations": OperationsConfig(response="respons", latency_ms="zzz")}
    )
    said = {
        n.what: n.why for n in judged(tmp_path, table(120, 10_000), table(120), wrong).not_assessed
    }
    assert (
        said["operations: response"]
        == "neither dataset has the column 'respons'. Did you mean 'response'?"
    )
    assert said["operations: latency_ms"] == "neither dataset has the column 'zzz'."


def test_the_same_case_in_both_files_shows_skew(tmp_path: Path) -> None:
    train = table(400)
    live = train.copy()
    live["lactate"] = live["lactate"] * (1 + 1e-9)
    live.loc[:39, "lactate"] += 1.0
    live.loc[300:, "visit"] = [f"N{i}" for i in range(100)]
    live["chart"] = live["visit"]
    result = judged(tmp_path, live, train)
    assert json_of(result)["skew"] == {
        "n": 300,
        "share": pytest.approx(40 / 600, abs=1e-4),
        "reproduced": 1.0,
        "exact": False,
    }
    assert measured(result, "MLO-07") == (0, "6.7 % of feature values differ on 300 matched rows.")


def test_a_copied_file_confirms_nothing(tmp_path: Path) -> None:
    train = table(400)
    result = judged(tmp_path, train.copy(), train)
    assert json_of(result)["skew"]["exact"] is True
    assert measured(result, "MLO-07")[0] is None


def test_a_key_that_is_there_twice_matches_nothing(tmp_path: Path) -> None:
    train = table(200)
    twice = pd.concat([train, train])
    assert "skew" not in numbers(tmp_path, twice, train)
