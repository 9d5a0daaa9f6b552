"""Draw the training and the live extract of a sample, plant its faults in the live one, and count what was planted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd

from golive.samples import physiology, pilot_model
from golive.samples.catalogue import Sample
from golive.samples.feed import Fault, Feed
from golive.samples.population import AGE_CAP, age_band, visits

TRAIN_DAYS = ("2025-01-01", "2025-12-31")
LIVE_DAYS = ("2026-02-16", "2026-04-30")
SPARE = 1.05  # visits drawn for each wanted one, so that rows may be lost to a stopped feed
RESENT = 0.012  # share of rows sent twice, where that fault is planted

COLUMNS = (
    "encounter_id",
    "patient_id",
    "recorded_at",
    "received_at",
    "site",
    "age",
    "age_band",
    "sex",
    "ethnicity",
    "insurance",
    "language",
    "arrival_mode",
    "triage_category",
    "comorbidities",
    "immunosuppressed",
    "weight",
    "heart_rate",
    "resp_rate",
    "sbp",
    "dbp",
    "map",
    "temperature",
    "spo2",
    "gcs",
    "lactate",
    "creatinine",
    "bun",
    "glucose",
    "sodium",
    "potassium",
    "calcium",
    "bilirubin_total",
    "wbc",
    "hemoglobin",
    "platelets",
    "crp",
    "procalcitonin",
    "dx",
    "antibiotic_route",
    "triage_note",
    "risk",
    "alert",
    "sepsis_48h",
    "label_time",
    "model_version",
    "latency_ms",
    "status",
)
WHOLE = (
    "heart_rate",
    "resp_rate",
    "sbp",
    "dbp",
    "map",
    "spo2",
    "gcs",
    "bun",
    "glucose",
    "sodium",
    "platelets",
    "alert",
    "sepsis_48h",
    "latency_ms",
)
TIMES = ("recorded_at", "received_at", "label_time")


@dataclass(frozen=True)
class Drawn:
    """Both extracts as they will be written, and what was planted in the live one (the ``faults`` of the truth file)."""

    train: pd.DataFrame
    live: pd.DataFrame
    planted: tuple[dict[str, Any], ...]


def _stream(sample: str, side: str, seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, crc32(f"{sample}/{side}".encode())])


def _feed(
    rng: np.random.Generator, n: int, days: tuple[str, str], prefix: str, faults: tuple[Fault, ...]
) -> Feed:
    """Draw ``n`` finished visits and let each fault act at its stage."""

    def plant(*stages: str) -> None:
        for fault in faults:
            if fault.stage in stages:
                mask = fault.apply(feed)
                if mask is not None:
                    feed.marks[fault.id] = mask

    resent = round(n * RESENT) if any(f.stage == "resend" for f in faults) else 0
    base = n - resent
    frame, severity = visits(rng, round(n * SPARE) + 40, *days, prefix=prefix)
    feed = Feed(rng, frame, severity, resent=resent)
    plant("rows")
    feed.keep(np.sort(rng.choice(len(feed.frame), size=base, replace=False)))
    served = pilot_model.log(rng, feed.frame["recorded_at"])
    feed.frame = pd.concat(
        [
            feed.frame,
            physiology.measure(rng, feed.severity),
            physiology.describe(rng, feed.severity),
            served,
        ],
        axis=1,
    )
    feed.frame["sepsis_48h"] = physiology.outcome(rng, feed.severity)
    review = pd.to_timedelta(np.round(rng.gamma(3, 0.8, base) * 24 * 60), unit="min")
    feed.frame["label_time"] = feed.frame["recorded_at"] + pd.Timedelta(hours=48) + review
    plant("outcome", "input")
    feed.frame["age_band"] = age_band(feed.frame["age"])
    feed.frame["risk"] = pilot_model.score(feed.frame)
    feed.frame["alert"] = (feed.frame["risk"] >= pilot_model.THRESHOLD).astype(np.float64)
    if feed.age_capped:
        feed.frame["age"] = feed.frame["age"].clip(upper=AGE_CAP)
    plant("service", "resend")
    return feed


def _written(feed: Feed) -> pd.DataFrame:
    """Bring a feed into the form of an extract: column order, whole numbers without decimals, times as text, words in place."""
    frame = feed.frame[
        [c for c in COLUMNS if c in feed.frame] + [c for c in feed.frame if c not in COLUMNS]
    ].copy()
    for name in WHOLE:
        frame[name] = frame[name].astype("Int64")
    for name in TIMES:
        frame[name] = frame[name].dt.strftime("%Y-%m-%d %H:%M:%S")
    for name, words in feed.text.items():
        frame[name] = frame[name].astype(object).where(words.isna(), words)
    return frame


def _truth(fault: Fault, feed: Feed, live: pd.DataFrame) -> dict[str, Any]:
    """One entry of the truth file; rows are counted in the finished live extract."""
    rows = int(feed.marks[fault.id].sum()) if fault.id in feed.marks else None
    total = int(live[fault.columns[0]].notna().sum()) if fault.per == "values" else len(live)
    entry: dict[str, Any] = {
        "id": fault.id,
        "kind": fault.kind.value,
        "also": [kind.value for kind in fault.also],
        "columns": list(fault.columns),
    }
    entry |= {
        "title": fault.title,
        "segment": fault.segment,
        "since": fault.since,
        "until": fault.until,
    }
    entry |= {
        "rows": rows,
        "share": None if rows is None else round(rows / total, 5),
        "share_of": fault.per,
    }
    entry |= {"parameters": fault.parameters, "fix": fault.fix, "repair": fault.repair}
    return entry


def draw(sample: Sample, *, rows: int | None = None, seed: int = 0) -> Drawn:
    """Draw a sample. ``rows`` overrides the number of live rows; training keeps its proportion to it.

    Equal arguments give equal frames on one version of numpy.
    """
    n_live = rows or sample.live_rows
    n_train = round(sample.train_rows * n_live / sample.live_rows)
    train = _feed(_stream(sample.name, "train", seed), n_train, TRAIN_DAYS, "T", ())
    planted = sample.planted()
    feed = _feed(_stream(sample.name, "live", seed), n_live, LIVE_DAYS, "L", planted)
    live = _written(feed)
    return Drawn(_written(train), live, tuple(_truth(f, feed, live) for f in planted))
