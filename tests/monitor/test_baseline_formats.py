"""Baselines of earlier versions are upgraded when they are read; one of a later version is refused by name."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from opening import Opened

from golive.model.baseline import BASELINE_FORMAT, Baseline
from golive.model.errors import StoreError
from golive.model.profile import Coverage, MissingBlock, Repeats

FORMAT_1 = Path(__file__).with_name("baseline_format_1.json")
"""Made by GoLive 0.1 from 240 rows of 120 patients on two wards."""


def old() -> Baseline:
    return Baseline.model_validate_json(FORMAT_1.read_text(encoding="utf-8"))


def test_a_baseline_of_format_1_is_read_as_one_of_today() -> None:
    stored = json.loads(FORMAT_1.read_text(encoding="utf-8"))
    was = {c["name"]: c for c in stored["payload"]["profile"]["columns"]}
    read = old()
    assert (read.id, read.format, read.config_sha256) == (
        "v1",
        BASELINE_FORMAT,
        stored["config_sha256"],
    )
    profile = read.profile
    assert (profile.rows, profile.sha256) == (stored["rows"], stored["sha256"])
    assert list(profile.columns) == [s.name for s in read.specs] == list(was)
    for name, column in profile.columns.items():
        assert (column.n, column.missing) == (was[name]["n"], was[name]["missing"])
        if column.numeric is not None:
            then = was[name]["numeric"]
            assert column.numeric.values.tolist() == then["values"]
            assert column.numeric.counts.tolist() == then["counts"]
            moments = (
                column.numeric.mean,
                column.numeric.std,
                column.numeric.minimum,
                column.numeric.maximum,
            )
            assert list(moments) == then["moments"]
    rate = profile.columns["heart_rate"]
    assert rate.tokens.as_dict() == {"see note": 40}
    assert rate.repeats == Repeats(1.0, 2.55)
    assert rate.missing_repeats == Repeats(None, pytest.approx(3.0167, abs=1e-4))
    arrived = profile.columns["arrived"].time
    assert arrived is not None
    assert arrived.minimum == datetime.combine(arrived.days[0], datetime.min.time())
    assert isinstance(arrived.days[0], date)
    assert profile.missing_blocks == (MissingBlock(("lactate", "sex"), 30),)
    assert {s.value: s.columns["sex"].missing for s in profile.slices} == {
        s["value"]: s["columns"]["sex"][1] for s in stored["payload"]["profile"]["slices"]
    }
    assert read.soft_ends["lactate"] == (True, True)
    assert read.performance is not None
    assert (read.performance.metric, read.performance.n_events) == ("auroc", 119)


def test_what_was_upgraded_is_written_in_todays_form_and_read_again() -> None:
    text = old().model_dump_json()
    assert "payload" not in json.loads(text)
    assert Baseline.model_validate_json(text).model_dump_json() == text


def test_parts_that_came_later_have_their_old_meaning() -> None:
    data = json.loads(FORMAT_1.read_text(encoding="utf-8"))
    del data["payload"]["performance"], data["payload"]["profile"]["coverage"]
    for column in data["payload"]["profile"]["columns"]:
        del column["repeats"]
        if column["numeric"]:
            column["numeric"]["moments"] = [None] * 4
    data["payload"]["profile"]["time_violations"] = [["left", "arrived", 24]]
    read = Baseline.model_validate(data)
    assert read.performance is None
    assert read.profile.columns["lactate"].repeats == Repeats(1.0, 1.0)
    assert read.profile.columns["lactate"].numeric is not None
    assert np.isnan(read.profile.columns["lactate"].numeric.mean)
    assert read.profile.time_violations == {("left", "arrived"): 24}
    data["payload"]["profile"]["coverage"] = [["Observation", "value", 20, 30]]
    covered = Baseline.model_validate(data)
    assert covered.profile.coverage == (Coverage("Observation", "value", 20, 30),)
    assert Baseline.model_validate_json(covered.model_dump_json()).profile.time_violations == {
        ("left", "arrived"): 24
    }


def test_a_stored_baseline_of_format_1_is_read_from_the_store(opened: Opened) -> None:
    with opened() as store:
        store.monitors.put_baseline(old(), project="ward", actor="test")
        with store._database.write() as cursor:
            cursor.execute(
                "UPDATE baseline SET payload = ?", [FORMAT_1.read_text(encoding="utf-8")]
            )
        kept = store.monitors.baseline("ward", "v1")
    assert kept is not None
    assert kept.model_dump_json() == old().model_dump_json()


@pytest.mark.parametrize("inside", [True, False])
def test_a_baseline_of_a_later_version_is_refused_by_name(inside: bool) -> None:
    data = json.loads(FORMAT_1.read_text(encoding="utf-8"))
    (data["payload"] if inside else data)["format"] = BASELINE_FORMAT + 1
    data = data if inside else {k: v for k, v in data.items() if k != "payload"}
    with pytest.raises(StoreError, match="Baseline 'v1' was written by a newer GoLive") as refused:
        Baseline.model_validate_json(json.dumps(data))
    assert refused.value.code == "STORE_NEWER"
