"""Bench of planted faults: plant one kind in one random split of clean data, assess it, and see what is said.

A planter takes the live frame, a random generator and the share of rows, and returns a ``Planted``: the frame it made, the
columns it touched. ``FAULTS`` lists the kinds of number columns; other modules add theirs as ``Fault`` objects.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any

import ibis
import numpy as np
import pandas as pd

from golive.compare import Comparison, compare
from golive.intake import infer, roles_of
from golive.intake.dataset import Dataset, storage_of
from golive.model.columns import ColumnSpec, Roles
from golive.model.config import Config
from golive.model.finding import Finding, Verdict
from golive.model.profile import Profile
from golive.profile import profile
from golive.samples.catalogue import get
from golive.samples.configuration import config as sample_config
from golive.samples.generate import draw

Rng = np.random.Generator


@dataclass(frozen=True)
class Planted:
    """The frame with the fault in it, and the columns concerned."""

    frame: pd.DataFrame
    columns: tuple[str, ...]


Planter = Callable[[pd.DataFrame, Rng, float], Planted]


@dataclass(frozen=True)
class Fault:
    """One kind of fault: the kind that names it, others that are right too, how it is planted, and whether ``share`` means
    anything to it (``whole``: it concerns all rows whatever the share)."""

    kind: str
    plant: Planter
    also: tuple[str, ...] = ()
    whole: bool = False
    label: str = ""

    @property
    def name(self) -> str:
        return self.label or self.kind


@dataclass(frozen=True)
class Base:
    """Clean data and what is declared of it. ``expected`` are findings that the clean data has by itself."""

    name: str
    pool: pd.DataFrame
    config: Config
    expected: frozenset[str] = frozenset({"free_text_present"})


@cache
def sample_base() -> Base:
    """Rows of the clean sample: one process, no fault."""
    sample = get("clean")
    return Base("sample", draw(sample, rows=15_000, seed=7).train, sample_config(sample))


_CONNECTION = ibis.duckdb.connect()
_NAMES = count()


def dataset(frame: pd.DataFrame) -> Dataset:
    """The frame as a table in memory."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        table = _CONNECTION.create_table(f"bench_{next(_NAMES)}", frame)
    storage = {name: storage_of(dtype) for name, dtype in table.schema().items()}
    return Dataset("bench", "0" * 64, "memory", "duckdb", table, len(frame), tuple(table.columns), storage)


@dataclass
class Split:
    """One random split of a base: training is profiled once, live data after each fault."""

    base: Base
    train: Profile
    live: pd.DataFrame
    specs: tuple[ColumnSpec, ...]
    roles: Roles

    @classmethod
    def of(cls, base: Base, seed: int, *, n_train: int, n_live: int) -> Split:
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(base.pool))[: n_train + n_live]
        data = dataset(base.pool.iloc[order[:n_train]].reset_index(drop=True))
        live = base.pool.iloc[order[n_train:]].reset_index(drop=True)
        specs = infer(data, None, base.config)
        roles = roles_of(specs)
        return cls(base, profile(data, specs, roles), live, specs, roles)

    def compared(self, frame: pd.DataFrame) -> Comparison:
        """Compare a live frame with the training rows of this split."""
        data, specs = dataset(frame), list(self.specs)
        known = {s.name for s in specs}
        if new := [c for c in frame.columns if c not in known]:
            specs += [s for s in infer(dataset(frame[new]), None, Config()) if s.name in new]
        return compare(self.train, profile(data, specs, self.roles), self.base.config, specs=specs)

    def active(self, comparison: Comparison) -> list[Finding]:
        """Findings that ask for something, without those the clean data has by itself."""
        return [
            f
            for f in comparison.findings
            if f.verdict in (Verdict.ALARM, Verdict.WATCH) and f.kind not in self.base.expected
        ]


@dataclass
class Score:
    """What was said of one kind: runs, runs in which a column was flagged, named rightly, named first; other findings."""

    runs: int = 0
    found: int = 0
    named: int = 0
    led: int = 0
    elsewhere: int = 0
    evidently: int = 0
    said: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def line(self, name: str) -> str:
        rate = [v / max(1, self.runs) for v in (self.found, self.named, self.led, self.evidently)]
        total = self.found + self.elsewhere
        precision = self.found / total if total else float("nan")
        others = ", ".join(f"{k} {v}" for k, v in sorted(self.said.items(), key=lambda i: -i[1])[:4])
        return (
            f"{name:28s} runs {self.runs:3d}  recall {rate[0]:.2f}  named {rate[1]:.2f}  first {rate[2]:.2f}  "
            f"precision {precision:.2f}  Evidently {rate[3]:.2f}  | {others}"
        )


def run(
    faults: Sequence[Fault],
    base: Base,
    *,
    seeds: Iterable[int],
    share: float,
    n_train: int = 6_000,
    n_live: int = 2_000,
) -> tuple[dict[str, Score], list[int]]:
    """Plant every fault in every split. Returns the score by fault name, and the false findings of each clean split."""
    scores: dict[str, Score] = {f.name: Score() for f in faults}
    clean: list[int] = []
    for seed in seeds:
        split = Split.of(base, seed, n_train=n_train, n_live=n_live)
        unplanted = split.active(split.compared(split.live))
        clean.append(len(unplanted))
        for i, fault in enumerate(faults):
            planted = fault.plant(split.live.copy(), np.random.default_rng([seed, i]), share)
            comparison = split.compared(planted.frame)
            _count(scores[fault.name], fault, planted.columns, comparison, (split.active(comparison), unplanted))
    return scores, clean


def _count(
    score: Score, fault: Fault, columns: tuple[str, ...], comparison: Comparison, findings: tuple[list[Finding], ...]
) -> None:
    """Add one run to a score. ``findings`` are those with the fault and those of the same split without it, which are
    not held against it."""
    active, unplanted = findings
    known = {f.id for f in unplanted}
    own = [f for f in active if not f.columns or set(f.columns) & set(columns)]
    right = (fault.kind, *fault.also)
    score.runs += 1
    score.found += bool(own)
    score.named += any(f.kind in right for f in own)
    score.led += bool(own) and own[0].kind in right
    score.elsewhere += sum(f not in own and f.id not in known and f.cause is None for f in active)
    for f in own:
        score.said[f.kind] += 1
    drift = [c.drift for c in comparison.columns if c.name in columns]
    score.evidently += any(d is not None and d.score is not None and d.score > d.threshold for d in drift)


def rows(frame: pd.DataFrame, rng: Rng, share: float, column: str | None = None) -> np.ndarray:
    """Positions of ``share`` of the rows, among those that hold a value of ``column``."""
    held = np.flatnonzero(frame[column].notna().to_numpy()) if column else np.arange(len(frame))
    return rng.choice(held, size=max(1, round(share * len(held))), replace=False)


def _pick(rng: Rng, names: Sequence[str]) -> str:
    return str(names[int(rng.integers(len(names)))])


def _put(frame: pd.DataFrame, column: str, at: np.ndarray, values: Any) -> Planted:
    series = frame[column].astype("float64")
    series.iloc[at] = values
    frame[column] = series
    return Planted(frame, (column,))


UNITS: tuple[tuple[str, float, float], ...] = (
    ("creatinine", 88.42, 0),
    ("glucose", 0.0555, 0),
    ("temperature", 1.8, 32),
    ("hemoglobin", 10, 0),
    ("calcium", 0.2495, 0),
    ("bilirubin_total", 17.1, 0),
    ("platelets", 1000, 0),
    ("wbc", 1000, 0),
)
OVERLAPPING: tuple[tuple[str, float, float], ...] = (("bun", 0.357, 0), ("weight", 2.2046, 0), ("lactate", 9.01, 0))


def _convert(choices: Sequence[tuple[str, float, float]]) -> Planter:
    def plant(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
        column, factor, offset = choices[int(rng.integers(len(choices)))]
        at = rows(frame, rng, share, column)
        values = frame[column].astype("float64").to_numpy()[at] * factor + offset
        return _put(frame, column, at, np.round(values, 1 if factor > 1 else 2))

    return plant


def _everything(planter: Planter) -> Planter:
    return lambda frame, rng, _share: planter(frame, rng, 1.0)


def _at_site(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    """All values of one site, whatever its share."""
    column, factor, offset = UNITS[int(rng.integers(len(UNITS)))]
    site = _pick(rng, sorted(frame["site"].unique()))
    at = np.flatnonzero((frame["site"] == site).to_numpy() & frame[column].notna().to_numpy())
    return _put(frame, column, at, frame[column].astype("float64").to_numpy()[at] * factor + offset)


def _slip(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = _pick(rng, ["sodium", "potassium", "heart_rate", "sbp", "spo2"])
    factor = float(rng.choice([10, 100, 0.1]))
    at = rows(frame, rng, share, column)
    return _put(frame, column, at, frame[column].astype("float64").to_numpy()[at] * factor)


def _impossible(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column, low, high = [("spo2", 101, 180), ("heart_rate", 360, 520), ("sodium", 255, 380), ("resp_rate", 125, 240)][
        int(rng.integers(4))
    ]
    at = rows(frame, rng, share, column)
    return _put(frame, column, at, rng.uniform(low, high, len(at)).round())


def _extreme(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column, low, high = [
        ("heart_rate", 226, 300),
        ("resp_rate", 61, 100),
        ("sodium", 166, 220),
        ("potassium", 10.1, 14),
    ][int(rng.integers(4))]
    at = rows(frame, rng, share, column)
    return _put(frame, column, at, rng.uniform(low, high, len(at)).round(1 if column == "potassium" else 0))


def _sentinel(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column, value = [("heart_rate", -1), ("glucose", 0), ("sbp", 999), ("gcs", -1), ("platelets", -9)][
        int(rng.integers(5))
    ]
    return _put(frame, column, rows(frame, rng, share, column), value)


def _cap(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = _pick(rng, ["heart_rate", "glucose", "creatinine", "weight", "platelets", "sbp"])
    values = frame[column].astype("float64")
    cap = float(values.quantile(1 - min(share, 0.5), interpolation="higher"))
    frame[column] = values.clip(upper=cap)
    return Planted(frame, (column,))


def _uncapped(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    """Ages above the limit that training stores as 89."""
    at = rows(frame, rng, share, "age")
    return _put(frame, "age", at, rng.integers(90, 100, len(at)))


def _round(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = _pick(rng, ["temperature", "weight", "hemoglobin", "calcium", "potassium"])
    at = rows(frame, rng, share, column)
    return _put(frame, column, at, frame[column].astype("float64").to_numpy()[at].round(0))


def _heap(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = _pick(rng, ["sbp", "heart_rate", "dbp"])
    at = rows(frame, rng, share, column)
    return _put(frame, column, at, frame[column].astype("float64").to_numpy()[at].round(-1))


def _swap(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    a, b = [("sbp", "dbp"), ("heart_rate", "resp_rate"), ("sodium", "glucose"), ("hemoglobin", "potassium")][
        int(rng.integers(4))
    ]
    at = rows(frame, rng, share)
    first, second = frame[a].astype("float64"), frame[b].astype("float64")
    chosen = np.isin(np.arange(len(frame)), at)
    frame[a], frame[b] = first.mask(chosen, second), second.mask(chosen, first)
    return Planted(frame, (a, b))


def _stuck(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = _pick(rng, ["heart_rate", "sbp", "temperature", "glucose", "weight"])
    values = frame[column].astype("float64")
    return _put(
        frame, column, rows(frame, rng, share, column), float(values.dropna().sample(1, random_state=rng).iloc[0])
    )


def _gone(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = _pick(rng, ["heart_rate", "sbp", "temperature", "gcs", "age"])
    return _put(frame, column, rows(frame, rng, share, column), np.nan)


def _block(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    at = rows(frame, rng, share)
    for column in ("sbp", "dbp", "map"):
        _put(frame, column, at, np.nan)
    return Planted(frame, ("sbp", "dbp", "map"))


def _repeated(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    again = frame.iloc[rows(frame, rng, share)]
    return Planted(pd.concat([frame, again], ignore_index=True), ("encounter_id",))


def _future(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    times = pd.to_datetime(frame["recorded_at"])
    at = rows(frame, rng, share, "recorded_at")
    times.iloc[at] = times.iloc[at] + pd.Timedelta(days=36_525)
    frame["recorded_at"] = times.dt.strftime("%Y-%m-%d %H:%M:%S")
    return Planted(frame, ("recorded_at",))


def _stopped(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    """Times within eight weeks, and no rows on five days of them."""
    begin = pd.Timestamp("2026-02-02")
    days = np.sort(rng.integers(0, 56, len(frame)))
    first = int(rng.integers(10, 40))
    days[(days >= first) & (days < first + 5)] = first + 5 + rng.integers(0, 10)
    times = begin + pd.to_timedelta(days, unit="D") + pd.to_timedelta(rng.integers(0, 86_399, len(frame)), unit="s")
    frame["recorded_at"] = times.strftime("%Y-%m-%d %H:%M:%S")
    return Planted(frame, ("recorded_at",))


def _dropped(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    column = _pick(rng, ["crp", "gcs", "map", "spo2"])
    return Planted(frame.drop(columns=column), (column,))


def _added(frame: pd.DataFrame, rng: Rng, share: float) -> Planted:
    frame["new_device"] = rng.choice(["D1", "D2"], len(frame))
    return Planted(frame, ("new_device",))


FAULTS: tuple[Fault, ...] = (
    Fault("unit_change", _everything(_convert((*UNITS, *OVERLAPPING))), whole=True),
    Fault("unit_change", _at_site, also=("unit_mix",), whole=True, label="unit_change at a site"),
    Fault("unit_mix", _convert(UNITS), also=("unit_change", "scale_error")),
    Fault("scale_error", _slip, also=("unit_change", "unit_mix")),
    Fault("out_of_range", _impossible),
    Fault("watch_range", _extreme),
    Fault("disguised_missing", _sentinel),
    Fault("limit_changed", _cap, label="limit_changed (live cut)"),
    Fault("limit_changed", _uncapped, also=("watch_range",), label="limit_changed (training cut)"),
    Fault("rounding_changed", _round, label="rounding_changed (decimals)"),
    Fault("rounding_changed", _heap, label="rounding_changed (heaping)"),
    Fault("column_swap", _swap),
    Fault("stuck_value", _stuck),
    Fault("missing_up", _gone),
    Fault("missing_block", _block),
    Fault("duplicate_rows", _repeated, also=("duplicate_keys",)),
    Fault("future_dates", _future),
    Fault("feed_stopped", _stopped, whole=True),
    Fault("column_missing", _dropped, whole=True),
    Fault("column_new", _added, whole=True),
)
MIXED_OVERLAPPING = Fault(
    "unit_mix", _convert(OVERLAPPING), also=("unit_change",), label="unit_mix (overlapping units)"
)
"""Two units whose values overlap: told apart from sicker patients only when many rows are concerned."""
