"""A batch is judged as an assessment is: causes explain broken terms of the contract, and frozen criteria count."""

from __future__ import annotations

from pathlib import Path

import pytest
from opening import Opened
from test_bad_batches import Ward, table

from golive.assess import ProjectState, assess
from golive.contract import infer, versions
from golive.intake import read
from golive.model.config import Config

DAY = "2026-03-09"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    monkeypatch.setenv("GOLIVE_HOME", str(home))
    return home


@pytest.fixture
def ward(tmp_path: Path, opened: Opened, warmed: None, home: Path) -> Ward:
    (tmp_path / "ward").mkdir()
    return Ward(tmp_path / "ward", opened, batches={"source": "in", "settle": "0s", "starts": DAY})


def test_a_broken_term_has_the_same_cause_at_night_as_by_day(ward: Ward, home: Path) -> None:
    bad = table(240, 2)
    bad.loc[:59, "lactate"] = 9_000.0
    bad.loc[60:119, "heart_rate"] = None
    path = ward.put(DAY, bad.drop(columns="sex").to_csv(index=False))
    config = Config(project="ward")
    with read(ward.folder / "train.csv") as train, read(path) as live:
        contract = infer(train, config)
        versions.save(home, contract)
        by_day = {
            f.id: f.cause
            for f in assess(train, live, config, ProjectState(contract=contract)).findings
            if f.kind == "contract_broken"
        }
    (batch,) = ward.run().judged
    at_night = {o.finding: o.cause for o in batch.observations if o.kind == "contract_broken"}
    assert at_night == by_day
    assert set(at_night) == {f"contract_broken:{c}" for c in ("lactate", "heart_rate", "sex")}
    assert all(at_night.values())
    with ward.opened() as store:
        assert not [a for a in store.monitors.alerts("ward") if a.kind == "contract_broken"]


def test_frozen_criteria_count_at_night_too(ward: Ward) -> None:
    ward.put(DAY, seed=2)
    (free,) = ward.run().judged
    with ward.opened() as store:
        store.freeze_criteria("ward", Config(), actor="ana")
    ward.put("2026-03-10", seed=3)
    (frozen,) = ward.run().judged
    assert frozen.coverage is not None
    assert free.coverage is not None
    assert frozen.coverage > free.coverage
