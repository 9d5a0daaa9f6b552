"""Estimates without outcomes against NannyML's on its own sample, chunk by chunk, and against what was realised."""

from __future__ import annotations

import copy
import json
import math
from typing import Any

import car_loan
import numpy as np
import pytest

from golive.model.columns import Roles
from golive.model.config import Config
from golive.outcomes.outcomes import judge_scored
from golive.profile.rows.scored import Coded, Scored

LIMIT = 0.01


@pytest.fixture(scope="module")
def sample() -> dict[str, Any]:
    held: dict[str, Any] = json.loads(car_loan.FILE.read_text(encoding="utf-8"))
    return held


def rows(counts: list[int]) -> Any:
    return np.repeat(np.arange(101) / 100, counts)


def side(counts: list[int], events: list[int] | None = None) -> Scored:
    """A table from counts per score; without outcomes where ``events`` are not given."""
    score = rows(counts)
    codes = np.full(len(score), -1)
    if events is not None:
        first = np.repeat(np.cumsum(counts) - counts, counts)
        codes = (np.arange(len(score)) - first < np.repeat(events, counts)).astype(int)
    shuffled = np.random.default_rng(0).permutation(len(score))
    return Scored(
        rows=len(score),
        score=score[shuffled],
        label=Coded(("0", "1"), codes[shuffled].astype(np.int32)),
    )


def test_every_chunk_is_within_a_hundredth_of_nannyml_and_near_what_was_realised(
    sample: dict[str, Any],
) -> None:
    roles = Roles(score="score", label="repaid")
    config = Config(roles=roles, operating_threshold=sample["threshold"])
    train = side(sample["reference"]["rows"], sample["reference"]["events"])
    assert train.rows == 50_000
    assert len(sample["chunks"]) == 10
    for chunk in sample["chunks"]:
        found = judge_scored(train, side(chunk["rows"]), roles, config).measured.estimated
        ours = {**found.model_dump(), "auroc": found.auroc.live.value}
        for name, theirs in chunk["estimated"].items():
            assert ours[name] == pytest.approx(theirs, abs=LIMIT), name
        assert ours["auroc"] == pytest.approx(chunk["realised_auroc"], abs=LIMIT)


def test_a_check_against_nannyml_itself_finds_whatever_moved(sample: dict[str, Any]) -> None:
    """``python tests/parity/car_loan.py --check`` asks NannyML again, where it is installed."""
    assert car_loan.differences(sample, sample) == []
    moved = copy.deepcopy(sample)
    moved["chunks"][1]["estimated"]["ppv"] += 0.9e-4
    assert car_loan.differences(moved, sample) == []
    moved["chunks"][1]["estimated"]["ppv"] += 0.2e-4
    moved["chunks"][2]["estimated"]["auroc"] = math.nan
    moved["chunks"][3]["rows"][50] += 1
    moved["reference"]["events"][0] += 1
    del moved["chunks"][4]["estimated"]["sensitivity"]
    assert car_loan.differences(moved, sample) == [
        "chunk 1 estimated ppv",
        "chunk 2 estimated auroc",
        "chunk 3 rows",
        "chunk 4 estimated sensitivity",
        "reference events",
    ]
    assert car_loan.differences({**sample, "chunks": sample["chunks"][:-1]}, sample) == [
        "chunk 9 estimated auroc",
        "chunk 9 estimated ppv",
        "chunk 9 estimated sensitivity",
        "chunk 9 realised_auroc",
        "chunk 9 rows",
    ]
