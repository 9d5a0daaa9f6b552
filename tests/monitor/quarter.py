"""A simulated quarter: 90 daily batches of the sample's process, with troubles planted on known days."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from golive.samples import catalogue, generate, pilot_model

FIRST = date(2026, 2, 16)
DAYS, ROWS = 90, 150
UNIT_DAY, DECLINE_DAY, MISSED_DAY, DUPLICATE_DAY = 30, 50, 66, 12
FADING = 0.06
COLUMNS = [
    *(
        "encounter_id",
        "recorded_at",
        "site",
        "age",
        "sex",
        "heart_rate",
        "resp_rate",
        "sbp",
        "temperature",
        "spo2",
    ),
    *("creatinine", "glucose", "sodium", "platelets", "risk", "alert", "sepsis_48h"),
]


def day(number: int) -> date:
    """Calendar day of batch ``number`` (the first is 0)."""
    return FIRST + timedelta(days=number)


def name(number: int) -> str:
    return f"live-{day(number).isoformat()}.csv"


def frames(
    *, days: int = DAYS, rows: int = ROWS, unit_day: int = UNIT_DAY
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Training data and the batches, troubles planted: creatinine in umol/L from ``unit_day`` on, and from ``DECLINE_DAY`` on
    a model in decline: every day ``FADING`` more of the patients have outcomes that their score does not foresee. Inputs,
    scores and the rate of events stay as they were."""
    drawn = generate.draw(catalogue.get("clean"), rows=days * rows, seed=7)
    train = drawn.train.head(4_000)[COLUMNS]
    live = drawn.live.sample(frac=1.0, random_state=3).reset_index(drop=True)
    draw = np.random.default_rng(11)
    batches = []
    for number in range(days):
        batch = live.iloc[number * rows : (number + 1) * rows].copy()
        batch["recorded_at"] = [
            f"{day(number).isoformat()} {t}"
            for t in batch["recorded_at"].str.slice(11).sort_values()
        ]
        if number >= unit_day:
            batch["creatinine"] = (batch["creatinine"] * 88.42).round(1)
        if number >= DECLINE_DAY:
            faded = np.flatnonzero(
                draw.random(rows) < min(0.6, FADING * (number - DECLINE_DAY + 1))
            )
            outcomes = batch["sepsis_48h"].to_numpy().copy()
            outcomes[faded] = outcomes[draw.permutation(faded)]
            batch["sepsis_48h"] = outcomes
        # The model reads what arrives, so its score follows the trouble with creatinine.
        batch["risk"] = pilot_model.score(batch)
        batch["alert"] = (batch["risk"] >= pilot_model.THRESHOLD).astype(int)
        batches.append(batch[COLUMNS])
    return train, batches


def write(
    folder: Path,
    *,
    routes: dict[str, list[str]] | None = None,
    days: int = DAYS,
    unit_day: int = UNIT_DAY,
) -> tuple[Path, list[pd.DataFrame]]:
    """Training data, configuration and monitor file in ``folder``; the batches are returned, not written."""
    train, batches = frames(days=days, unit_day=unit_day)
    (folder / "incoming").mkdir(parents=True)
    train.to_csv(folder / "train.csv", index=False)
    roles = {
        "label": "sepsis_48h",
        "score": "risk",
        "prediction": "alert",
        "time": "recorded_at",
        "id": "encounter_id",
    }
    config = {
        "project": "quarter",
        "roles": {**roles, "site": "site", "groups": ["sex"]},
        "operating_threshold": pilot_model.THRESHOLD,
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    monitor = {
        "monitor": "nightly",
        "config": "config.yaml",
        "baseline": {"name": "v1", "train": "train.csv"},
        "batches": {
            "source": "incoming/*.csv",
            "every": "1d",
            "settle": "0s",
            "starts": FIRST.isoformat(),
        },
        "alerts": {"persist": [2, 3], "clear_after": 3},
        "routes": routes or {},
    }
    (folder / "monitor.yaml").write_text(yaml.safe_dump(monitor))
    return folder / "monitor.yaml", batches


def deliver(folder: Path, batches: list[pd.DataFrame], numbers: range) -> None:
    """Put the batches of some days into the folder: one never comes, one comes twice."""
    for number in numbers:
        if number == MISSED_DAY:
            continue
        batches[number].to_csv(folder / "incoming" / name(number), index=False)
        if number == DUPLICATE_DAY:
            again = folder / "incoming" / f"resent-{name(number)}"
            again.write_bytes((folder / "incoming" / name(number)).read_bytes())
