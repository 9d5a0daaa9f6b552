"""The contract of a project is held on every batch of its monitor: a broken term is an alert of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from opening import Opened
from test_bad_batches import Ward, table

from golive.contract import infer, versions
from golive.intake import read
from golive.model.config import Config


def test_a_batch_that_breaks_the_contract_is_told(
    tmp_path: Path, opened: Opened, warmed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("GOLIVE_HOME", str(home))
    monitored = tmp_path / "ward"
    monitored.mkdir()
    ward = Ward(monitored, opened, batches={"source": "in", "settle": "0s", "starts": "2026-03-09"})
    with read(monitored / "train.csv") as train:
        versions.save(home, infer(train, Config(project="ward")))
    bad = table(120, 2)
    bad.loc[:29, "sex"] = "unknown to the contract"
    ward.put("2026-03-09", bad.to_csv(index=False))
    (batch,) = ward.run().judged
    (seen,) = [o for o in batch.observations if o.kind == "contract_broken"]
    assert (seen.columns, seen.level) == (("sex",), "alarm")
    assert "version 1.0.0 of the contract" in seen.title
