"""Recall and precision by kind of planted faults, beside Evidently's presets and a Pandera schema inferred from training.

The routine run plants every kind in one split of each base. ``GOLIVE_FULL=1 pytest tests/benchmarks/test_fault_bench.py -s``
plants each ten times, at several sizes and shares, and prints the tables; it takes hours. ``-k`` chooses a part.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fault_bases import Base, heart_base, sample_base, sepsis_base
from fault_bench import run
from faults_numbers import MIXED_OVERLAPPING, NUMBER_FAULTS
from faults_rows import ROW_FAULTS
from faults_text import TEXT_FAULTS
from rivals import Rivals

import skips

pytestmark = pytest.mark.benchmark

FULL = bool(os.environ.get("GOLIVE_FULL"))
SEEDS = range(10) if FULL else range(1)
FAULTS = (*NUMBER_FAULTS, *ROW_FAULTS, *TEXT_FAULTS)
HARD = ("column_swap", "rounding_changed (heaping)", "rounding_changed (decimals)")
"""Kinds that 5 % of 2,000 rows show only most of the time."""
SIZES = [
    (300, 0.2),
    (300, 1.0),
    (2_000, 0.01),
    (2_000, 0.2),
    (2_000, 1.0),
    (20_000, 0.05),
    (200_000, 0.01),
]


@pytest.fixture(params=["sample", "heart", "sepsis"])
def name(request: pytest.FixtureRequest) -> str:
    """The base that a test runs on."""
    return str(request.param)


def base_of(name: str, request: pytest.FixtureRequest, rows: int) -> Base:
    """The base with at least ``rows`` rows; skips where its data are not there."""
    rows = max(15_000, rows)
    if name == "sample":
        return sample_base(rows)
    folder: Path = request.getfixturevalue("reference_data")
    return heart_base(folder, rows) if name == "heart" else sepsis_base(folder, rows)


@pytest.fixture(autouse=True)
def forget_large_bases() -> Iterator[None]:
    """Bases of many rows are not kept from one test to the next."""
    yield
    if FULL:
        for made in (sample_base, heart_base, sepsis_base):
            made.cache_clear()


def test_kinds_are_found_and_named_at_five_percent_of_two_thousand_rows(
    name: str, request: pytest.FixtureRequest
) -> None:
    base = base_of(name, request, 8_000)
    bench = run(FAULTS, base, seeds=SEEDS, share=0.05, rivals=Rivals if FULL else None)
    bench.show(f"{name}: 5 % of 2,000 live rows, 6,000 training rows")
    assert len({f.kind for f in FAULTS}) >= 25
    assert bench.recall >= 0.95
    assert bench.named >= 0.9
    # One run says nothing of one kind; ten do.
    poor = {
        n: s.named
        for n, s in bench.scores.items()
        if FULL and n not in HARD and s.named < 0.7 * s.runs
    }
    assert not poor
    assert sum(bench.clean) <= max(1, len(bench.clean) // 10)


@pytest.mark.skipif(not FULL, reason=skips.NOT_FULL)
@pytest.mark.parametrize(("n_live", "share"), SIZES)
def test_other_sizes(name: str, request: pytest.FixtureRequest, n_live: int, share: float) -> None:
    n_train = min(3 * n_live, 20_000) if n_live >= 2_000 else 2_000
    base = base_of(name, request, n_train + n_live)
    bench = run(
        (*FAULTS, MIXED_OVERLAPPING), base, seeds=SEEDS, share=share, n_train=n_train, n_live=n_live
    )
    bench.show(f"{name}: {share:.0%} of {n_live:,} live rows, {n_train:,} training rows")
    if share >= 0.05:
        assert float(np.mean([s.named / s.runs for s in bench.scores.values()])) >= 0.85


def test_what_the_peers_would_flag() -> None:
    """The comparison is fair: peers see what they are made for, and the clean table is the same for everyone."""
    frame = sample_base(15_000).pool
    train, live = frame[:6_000], frame[6_000:8_000].copy()
    live.loc[live.index[:600], "heart_rate"] *= 10
    live.loc[live.index[:600], "insurance"] = "nobody"
    said = Rivals.of(train).flags(live, ("heart_rate", "insurance", "sodium"))
    assert said["Evidently drift"] == {"heart_rate", "insurance", ""}, (
        "two of three columns: the table as a whole too"
    )
    assert "heart_rate" in said["Evidently summary"]
    assert said["Pandera"] == {"heart_rate"}
