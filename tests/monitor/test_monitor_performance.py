"""Performance against the stored figure of training: no training row needed, several nights together, nothing said of few."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
import yaml
from opening import Opened

from golive.model.monitoring import Batch
from golive.monitor.run import run

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def rows(n: int, seed: int, *, worth: float = 1.5, first: int = 0) -> pd.DataFrame:
    """Scores whose log odds differ by ``worth`` standard deviations between events (30 %) and others."""
    draw = np.random.default_rng(seed)
    event = draw.random(n) < 0.3
    odds = draw.normal(-1, 1, n) + worth * event
    return pd.DataFrame(
        {
            "visit": [f"v{first + i}" for i in range(n)],
            "age": draw.integers(20, 90, n),
            "risk": (1 / (1 + np.exp(-odds))).round(4),
            "died": event.astype(int),
        }
    )


class Ward:
    def __init__(self, folder: Path, opened: Opened, train: pd.DataFrame, **batches: Any) -> None:
        self.folder, self.opened = folder, opened
        (folder / "in").mkdir()
        train.to_csv(folder / "train.csv", index=False)
        roles = {"label": "died", "score": "risk", "id": "visit"}
        (folder / "config.yaml").write_text(yaml.safe_dump({"project": "ward", "roles": roles}))
        facts = {
            "monitor": "ward",
            "config": "config.yaml",
            "baseline": {"name": "b1", "train": "train.csv"},
            "batches": {"source": "in", "settle": "0s", "starts": "2026-03-01", **batches},
        }
        (folder / "monitor.yaml").write_text(yaml.safe_dump(facts))

    def put(self, day: int, frame: pd.DataFrame) -> Path:
        path = self.folder / "in" / f"ward-2026-03-{day:02d}.csv"
        frame.to_csv(path, index=False)
        return path

    def run(self) -> list[Batch]:
        return run(self.folder / "monitor.yaml", self.opened, actor="test", now=NOW).judged

    def stored(self) -> dict[str, Any] | None:
        with self.opened() as store:
            held = store.monitors.baseline("ward", "b1")
        assert held is not None
        return held.performance.model_dump() if held.performance else None


def drop(batch: Batch) -> str | None:
    """Level of the observation on performance; ``None`` when it is quiet."""
    return next((o.level for o in batch.observations if o.kind == "performance_drop"), None)


def auroc(frame: pd.DataFrame) -> float:
    """By definition: the share of pairs in which the event has the higher score, ties half."""
    pos, neg = (frame.loc[frame["died"] == d, "risk"].to_numpy() for d in (1, 0))
    return float(np.mean((pos[:, None] > neg) + 0.5 * (pos[:, None] == neg)))


@pytest.mark.usefixtures("warmed")
def test_the_baseline_keeps_one_figure_and_no_row(tmp_path: Path, opened: Opened) -> None:
    train = rows(600, 1)
    ward = Ward(tmp_path, opened, train)
    ward.put(1, rows(100, 2))
    ward.run()
    held = ward.stored()
    assert held is not None
    assert held["value"] == pytest.approx(auroc(train), abs=1e-9)
    assert held["low"] < held["value"] < held["high"]
    assert (held["n"], held["n_events"]) == (600, int(train["died"].sum()))
    assert all(isinstance(v, str | float | int) for v in held.values())


@pytest.mark.usefixtures("warmed")
def test_seven_nights_together_show_what_one_cannot(tmp_path: Path, opened: Opened) -> None:
    ward = Ward(tmp_path, opened, rows(2_000, 1))
    nights = [rows(40, 10 + d, worth=0.3, first=d * 40) for d in range(7)]
    for day, night in enumerate(nights, start=1):
        ward.put(day, night)
    batches = ward.run()
    assert drop(batches[0]) == "cannot_judge", "12 events are too few"
    assert drop(batches[6]) == "alarm"
    assert batches[6].metrics["auroc"] == pytest.approx(auroc(pd.concat(nights)), abs=1e-6)
    assert batches[6].rows == 40, "the batch itself is one night"


@pytest.mark.usefixtures("warmed")
def test_a_batch_that_came_twice_or_cannot_be_read_takes_no_place_in_the_window(
    tmp_path: Path, opened: Opened
) -> None:
    ward = Ward(tmp_path, opened, rows(2_000, 1), outcomes_window=3)
    first, last = rows(150, 3), rows(150, 4, first=150)
    path = ward.put(1, first)
    (ward.folder / "in" / "ward-2026-03-01-again.csv").write_bytes(path.read_bytes())
    (ward.folder / "in" / "ward-2026-03-02.csv").write_text("other\n1\n2\n")
    ward.put(3, last)
    batches = ward.run()
    assert [b.state for b in batches] == ["assessed", "other_schema", "assessed"]
    assert batches[-1].metrics["auroc"] == pytest.approx(auroc(pd.concat([first, last])), abs=1e-6)


@pytest.mark.usefixtures("warmed")
def test_too_few_events_in_training_are_not_stored_and_nothing_is_judged_against_them(
    tmp_path: Path, opened: Opened
) -> None:
    train = rows(300, 1)
    train = pd.concat([train[train["died"] == 0], train[train["died"] == 1].head(15)])
    ward = Ward(tmp_path, opened, train)
    ward.put(1, rows(300, 2, worth=0.0))
    assert drop(ward.run()[0]) == "cannot_judge"
    assert ward.stored() is None


@pytest.mark.usefixtures("warmed")
def test_slots_of_a_table_are_taken_together_too(tmp_path: Path, opened: Opened) -> None:
    nights = [
        rows(60, 20 + d, worth=0.2, first=d * 60).assign(at=f"2026-03-{d + 1:02d} 10:00:00")
        for d in range(7)
    ]
    with duckdb.connect(str(tmp_path / "w.duckdb")) as file:
        frame = pd.concat(nights)
        file.register("made", frame)
        file.execute(
            'CREATE TABLE visits AS SELECT * REPLACE (CAST("at" AS TIMESTAMP) AS "at") FROM made'
        )
    ward = Ward(
        tmp_path, opened, rows(2_000, 1).assign(at="2026-01-01 10:00:00"), source="table:visits",
        engine=f"duckdb://{tmp_path / 'w.duckdb'}",
    )  # fmt: skip
    (tmp_path / "config.yaml").write_text(
        yaml.safe_dump(
            {
                "project": "ward",
                "roles": {"label": "died", "score": "risk", "id": "visit", "time": "at"},
            }
        )
    )
    batches = {b.slot.day: b for b in ward.run()}
    assert batches[7].rows == 60
    assert drop(batches[7]) == "alarm"
    assert batches[7].metrics["auroc"] == pytest.approx(auroc(frame), abs=1e-6)


@pytest.mark.usefixtures("warmed")
def test_an_unchanged_model_raises_nothing_in_thirty_windows() -> None:
    from golive.intake import infer, read, roles_of
    from golive.model.config import Config
    from golive.outcomes.model import stored_performance

    config = Config.model_validate({"roles": {"label": "died", "score": "risk", "id": "visit"}})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows(2_000, 1).to_csv(folder / "train.csv", index=False)
        with read(folder / "train.csv") as train:
            specs = infer(train, None, config)
            before = stored_performance.of_training(train, specs, roles_of(specs), config)
        assert before is not None
        levels = []
        for seed in range(30):
            rows(300, 100 + seed).to_csv(folder / f"l{seed}.csv", index=False)
            with read(folder / f"l{seed}.csv") as live:
                judged = stored_performance.against(before, live, specs, roles_of(specs), config)
            assert judged is not None
            levels.append(judged.verdict.value)
    assert "alarm" not in levels
