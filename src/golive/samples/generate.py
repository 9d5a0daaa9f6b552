"""Draw both extracts of a sample, plant its faults in the live one, count what was planted, and write it all to a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd
import yaml

from golive.model.errors import InputError, Problem
from golive.model.finding import Kind
from golive.samples import physiology, pilot_model
from golive.samples.catalogue import Fault, Sample, get, table
from golive.samples.configuration import mapping
from golive.samples.faults import PLANT, Feed
from golive.samples.population import AGE_CAP, age_band, visits

TRAIN_DAYS = ("2025-01-01", "2025-12-31")
LIVE_DAYS = ("2026-02-16", "2026-04-30")
SPARE = 1.05  # visits drawn for each wanted one, so that rows may be lost to a stopped feed
RESENT = 0.012  # share of rows sent twice, where that fault is planted

FEWEST_ROWS = 200
SYNTHETIC = "Synthetic: drawn by GoLive's sample generator. No patient, clinic, document or person stands behind it."
_VISITS = table("visits")
COLUMNS: tuple[str, ...] = tuple(_VISITS["columns"])
COMPARED = tuple(c for c in COLUMNS if c not in _VISITS["not_compared"])
"""Inputs whose values are compared."""
# What planted faults cause downstream. These are findings, not faults of their own.
CONSEQUENCES = (
    Kind.SCORE_SHIFT,
    Kind.ALERT_RATE_SHIFT,
    Kind.PERFORMANCE_DROP,
    Kind.PERFORMANCE_ESTIMATED_DROP,
    Kind.CALIBRATION_DRIFT,
    Kind.BELOW_FLOOR,
    Kind.LABEL_SHIFT,
    Kind.MULTIVARIATE_SHIFT,
)
# True of every sample, training and live alike: not a fault, and right to report.
FACTS = (
    {"kind": Kind.FREE_TEXT_PRESENT.value, "columns": ["triage_note"]},
    {"kind": Kind.IDENTIFIER_PRESENT.value, "columns": ["patient_id", "encounter_id"]},
)


@dataclass(frozen=True)
class SampleFiles:
    """Paths of a written sample."""

    train: Path
    live: Path
    config: Path
    truth: Path


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
            if fault.stage in stages and (mask := PLANT[fault.id](feed, fault)) is not None:
                feed.marks[fault.id] = mask

    resent = round(n * RESENT) if any(f.stage == "resend" for f in faults) else 0
    base = n - resent
    frame, severity = visits(rng, round(n * SPARE) + 40, *days, prefix=prefix)
    feed = Feed(rng, frame, severity, resent=resent)
    plant("rows")
    feed.keep(np.sort(rng.choice(len(feed.frame), size=base, replace=False)))
    served = pilot_model.log(rng, feed.frame["recorded_at"])
    measured = physiology.measure(rng, feed.severity)
    described = physiology.describe(rng, feed.severity)
    feed.frame = pd.concat([feed.frame, measured, described, served], axis=1)
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
    known = [c for c in COLUMNS if c in feed.frame]
    frame = feed.frame[[*known, *(c for c in feed.frame if c not in COLUMNS)]].copy()
    for name in _VISITS["whole"]:
        frame[name] = frame[name].astype("Int64")
    for name in _VISITS["times"]:
        frame[name] = frame[name].dt.strftime("%Y-%m-%d %H:%M:%S")
    for name, words in feed.text.items():
        frame[name] = frame[name].astype(object).where(words.isna(), words)
    return frame


def _truth(fault: Fault, feed: Feed, live: pd.DataFrame) -> dict[str, Any]:
    """One entry of the truth file; rows are counted in the finished live extract."""
    rows = int(feed.marks[fault.id].sum()) if fault.id in feed.marks else None
    total = int(live[fault.columns[0]].notna().sum()) if fault.per == "values" else len(live)
    said = fault.model_dump(mode="json")
    entry = {field: said[field] for field in ("id", "kind", "also", "columns")}
    entry |= {field: said[field] for field in ("title", "segment", "since", "until")}
    share = None if rows is None else round(rows / total, 5)
    entry |= {"rows": rows, "share": share, "share_of": fault.per}
    return entry | {field: said[field] for field in ("parameters", "fix", "repair")}


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


def _yaml(path: Path, data: dict[str, Any]) -> None:
    body = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120)
    path.write_text(f"# {SYNTHETIC}\n{body}", encoding="utf-8", newline="\n")


def truth(
    sample: Sample, planted: tuple[dict[str, Any], ...], *, seed: int, rows: tuple[int, int]
) -> dict[str, Any]:
    """The content of the truth file: every planted fault with its rows, and the columns that must stay quiet."""
    touched = {column for fault in planted for column in fault["columns"]}
    return {
        "sample": sample.name,
        "description": f"{sample.story} {SYNTHETIC}",
        "failure_mode": sample.failure_mode,
        "seed": seed,
        "train_rows": rows[0],
        "live_rows": rows[1],
        "faults": list(planted),
        "consequences": [kind.value for kind in CONSEQUENCES] if planted else [],
        "facts": [dict(fact) for fact in FACTS],
        "quiet": [c for c in COMPARED if c not in touched],
    }


def write(
    name: str, directory: str | Path, *, rows: int | None = None, seed: int = 0
) -> SampleFiles:
    """Write the sample ``name`` as ``train.csv``, ``live.csv``, ``config.yaml`` and ``truth.yaml`` into ``directory``.

    The folder is made when absent; files of these names are replaced. ``rows`` is the number of live rows (200 or more);
    training keeps its proportion to it. Equal arguments give equal bytes on one version of numpy and pandas.

    Raises:
        InputError: ``SAMPLE_UNKNOWN``, ``SAMPLE_ROWS`` or ``SAMPLE_FOLDER``.
    """
    sample = get(name)
    if rows is not None and rows < FEWEST_ROWS:
        hint = f"Ask for {FEWEST_ROWS} live rows or more, or leave the number out."
        raise InputError(
            Problem("SAMPLE_ROWS", f"A sample of {rows} live rows cannot carry its faults.", hint)
        )
    folder = Path(directory)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sentence, hint = f"The folder cannot be made: {error.strerror}.", "Choose another folder."
        raise InputError(Problem("SAMPLE_FOLDER", sentence, hint, str(folder))) from None
    drawn = draw(sample, rows=rows, seed=seed)
    out = SampleFiles(
        *(folder / file for file in ("train.csv", "live.csv", "config.yaml", "truth.yaml"))
    )
    drawn.train.to_csv(out.train, index=False, lineterminator="\n")
    drawn.live.to_csv(out.live, index=False, lineterminator="\n")
    _yaml(out.config, mapping(sample))
    counted = (len(drawn.train), len(drawn.live))
    _yaml(out.truth, truth(sample, drawn.planted, seed=seed, rows=counted))
    return out
