"""Bench of planted faults: plant one kind in one random split of clean data, assess it, and see what is said.

A planter takes what can be planted where (``Menu``), the live frame, a random generator and the share of rows, and returns a
``Planted``: the frame it made and the columns it touched. Kinds of faults are in ``faults_numbers``, ``faults_rows`` and
``faults_text``; what Evidently's presets and a Pandera schema would have flagged is in ``rivals``.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd
from fault_bases import Base, Menu, Rng

from golive.compare import Comparison, compare
from golive.intake import infer, roles_of
from golive.intake.base.dataset import Dataset, storage_of
from golive.model.columns import ColumnSpec, Roles
from golive.model.config import Config
from golive.model.finding import Finding, Verdict
from golive.model.profile import Profile
from golive.profile import profile

if TYPE_CHECKING:
    from rivals import Rivals


@dataclass(frozen=True)
class Planted:
    """The frame with the fault in it, and the columns concerned."""

    frame: pd.DataFrame
    columns: tuple[str, ...]


Planter = Callable[[Menu, pd.DataFrame, Rng, float], Planted]


@dataclass(frozen=True)
class Fault:
    """One kind of fault: the kind that names it, others that are right too, how it is planted, and whether ``share`` means
    anything to it (``whole``: it concerns all rows whatever the share). ``needs`` is the entry of the menu it is planted by."""

    kind: str
    plant: Planter
    also: tuple[str, ...] = ()
    whole: bool = False
    label: str = ""
    needs: str = ""

    @property
    def name(self) -> str:
        return self.label or self.kind

    def fits(self, base: Base) -> bool:
        """Whether the base has a column to plant it in."""
        return not self.needs or bool(getattr(base.menu, self.needs))


_CONNECTION = ibis.duckdb.connect()
_NAMES = count()


def dataset(frame: pd.DataFrame) -> Dataset:
    """The frame as a table in memory."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        table = _CONNECTION.create_table(f"bench_{next(_NAMES)}", frame)
    storage = {name: storage_of(dtype) for name, dtype in table.schema().items()}
    return Dataset(
        "bench", "0" * 64, "memory", "duckdb", table, len(frame), tuple(table.columns), storage
    )


def _profiled(data: Dataset, specs: Sequence[ColumnSpec], roles: Roles) -> Profile:
    """Profile of a table, which is dropped afterwards: hundreds of large ones do not fit into memory."""
    made = profile(data, specs, roles)
    _CONNECTION.drop_table(data.table.get_name(), force=True)
    return made


@dataclass
class Split:
    """One random split of a base: training is profiled once, live data after each fault."""

    base: Base
    train: Profile
    live: pd.DataFrame
    specs: tuple[ColumnSpec, ...]
    roles: Roles
    train_rows: pd.DataFrame

    @classmethod
    def of(cls, base: Base, seed: int, *, n_train: int, n_live: int) -> Split:
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(base.pool))[: n_train + n_live]
        train = base.pool.iloc[order[:n_train]].reset_index(drop=True)
        data = dataset(train)
        live = base.pool.iloc[order[n_train:]].reset_index(drop=True)
        specs = infer(data, None, base.config)
        roles = roles_of(specs)
        return cls(base, _profiled(data, specs, roles), live, specs, roles, train)

    def compared(self, frame: pd.DataFrame) -> Comparison:
        """Compare a live frame with the training rows of this split."""
        data, specs = dataset(frame), list(self.specs)
        known = {s.name for s in specs}
        if new := [c for c in frame.columns if c not in known]:
            specs += [s for s in infer(dataset(frame[new]), None, Config()) if s.name in new]
        return compare(
            self.train, _profiled(data, specs, self.roles), self.base.config, specs=specs
        )

    def active(self, comparison: Comparison) -> list[Finding]:
        """Findings that ask for something, without those the clean data has by itself."""
        return [
            f
            for f in comparison.findings
            if f.verdict in (Verdict.ALARM, Verdict.WATCH) and f.kind not in self.base.expected
        ]


@dataclass
class Score:
    """What was said of one kind: runs, runs in which a column was flagged, named rightly, named first; other findings.

    ``rivals`` are the runs in which each rival flagged a column concerned.
    """

    runs: int = 0
    found: int = 0
    named: int = 0
    led: int = 0
    elsewhere: int = 0
    rivals: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    said: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def line(self, name: str) -> str:
        rate = [v / max(1, self.runs) for v in (self.found, self.named, self.led)]
        total = self.found + self.elsewhere
        precision = self.found / total if total else float("nan")
        others = ", ".join(
            f"{k} {v}" for k, v in sorted(self.said.items(), key=lambda i: -i[1])[:3]
        )
        beside = "  ".join(
            f"{rival} {n / max(1, self.runs):.2f}" for rival, n in self.rivals.items()
        )
        return (
            f"{name:33s} runs {self.runs:3d}  recall {rate[0]:.2f}  named {rate[1]:.2f}  first {rate[2]:.2f}  "
            f"precision {precision:.2f}  | {beside} | {others}"
        )


@dataclass
class Bench:
    """What a run said: the score by fault name, and of every clean split the false findings, ours and the rivals'."""

    scores: dict[str, Score]
    clean: list[int] = field(default_factory=list)
    rivals_clean: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    @property
    def recall(self) -> float:
        """Mean over kinds of the share of runs in which a column concerned was flagged (0 to 1)."""
        return float(np.mean([s.found / s.runs for s in self.scores.values()]))

    @property
    def named(self) -> float:
        """Mean over kinds of the share of runs in which the right kind was named (0 to 1)."""
        return float(np.mean([s.named / s.runs for s in self.scores.values()]))

    def show(self, title: str) -> None:
        """Print the table."""
        print(f"\n{title}\nfalse findings of {len(self.clean)} clean splits: {self.clean}")
        for rival, flags in self.rivals_clean.items():
            print(f"  {rival} flagged in the clean splits: {flags}")
        for name, score in self.scores.items():
            print(score.line(name))
        rivals = sorted({r for s in self.scores.values() for r in s.rivals})
        said = [
            f"{r} {np.mean([s.rivals[r] / s.runs for s in self.scores.values()]):.3f}"
            for r in rivals
        ]
        print(
            f"{len(self.scores)} kinds: recall {self.recall:.3f}, named {self.named:.3f}; recall of {', '.join(said)}"
        )


def run(
    faults: Sequence[Fault],
    base: Base,
    *,
    seeds: Iterable[int],
    share: float,
    n_train: int = 6_000,
    n_live: int = 2_000,
    rivals: type[Rivals] | None = None,
) -> Bench:
    """Plant every fault that fits the base in every split."""
    faults = [f for f in faults if f.fits(base)]
    bench = Bench({f.name: Score() for f in faults})
    for seed in seeds:
        split = Split.of(base, seed, n_train=n_train, n_live=n_live)
        beside = rivals.of(split.train_rows) if rivals else None
        unplanted = split.active(split.compared(split.live))
        bench.clean.append(len([f for f in unplanted if f.cause is None]))
        for name, flags in (beside.flags(split.live) if beside else {}).items():
            bench.rivals_clean[name].append(len(flags))
        for i, fault in enumerate(faults):
            planted = fault.plant(
                base.menu, split.live.copy(), np.random.default_rng([seed, i]), share
            )
            score = bench.scores[fault.name]
            _count(
                score,
                fault,
                planted.columns,
                split.active(split.compared(planted.frame)),
                unplanted,
            )
            for name, flags in (
                beside.flags(planted.frame, planted.columns) if beside else {}
            ).items():
                score.rivals[name] += bool(flags)
    return bench


def _count(
    score: Score,
    fault: Fault,
    columns: tuple[str, ...],
    active: list[Finding],
    unplanted: list[Finding],
) -> None:
    """Add one run to a score. ``unplanted`` are findings of the same split without a fault, not held against it."""
    known = {f.id for f in unplanted}
    own = [
        f for f in active if f.id not in known and (not f.columns or set(f.columns) & set(columns))
    ]
    right = (fault.kind, *fault.also)
    score.runs += 1
    score.found += bool(own)
    score.named += any(f.kind in right for f in own)
    score.led += bool(own) and own[0].kind in right
    score.elsewhere += sum(f not in own and f.id not in known and f.cause is None for f in active)
    for f in own:
        score.said[f.kind] += 1


def rows(frame: pd.DataFrame, rng: Rng, share: float, column: str | None = None) -> np.ndarray:
    """Positions of ``share`` of the rows, among those that hold a value of ``column``."""
    held = np.flatnonzero(frame[column].notna().to_numpy()) if column else np.arange(len(frame))
    return rng.choice(held, size=max(1, round(share * len(held))), replace=False)


def pick(rng: Rng, choices: Sequence[Any]) -> Any:
    """One of the choices."""
    return choices[int(rng.integers(len(choices)))]


def put_numbers(frame: pd.DataFrame, column: str, at: np.ndarray, values: Any) -> Planted:
    """The frame with ``values`` in the rows ``at`` of a number column."""
    series = frame[column].astype("float64")
    series.iloc[at] = values
    frame[column] = series
    return Planted(frame, (column,))


def put_text(frame: pd.DataFrame, column: str, at: np.ndarray, values: Any) -> Planted:
    """The frame with ``values`` in the rows ``at`` of a text column."""
    series = frame[column].astype(object)
    series.iloc[at] = np.asarray(values, dtype=object)
    frame[column] = series
    return Planted(frame, (column,))
