"""Recall and precision by kind of planted faults, beside Evidently's drift score at its threshold.

The routine run plants every kind in a few splits. ``GOLIVE_FULL=1 pytest tests/benchmarks/test_fault_bench.py -s`` plants each
ten times at several sizes and shares and prints the tables.
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from fault_bench import FAULTS, MIXED_OVERLAPPING, Score, run, sample_base

pytestmark = pytest.mark.benchmark

FULL = bool(os.environ.get("GOLIVE_FULL"))
SEEDS = range(10) if FULL else range(2)
HARD = ("column_swap", "rounding_changed (heaping)")
"""Kinds that 5 % of 2,000 rows show only most of the time."""


def table(scores: dict[str, Score], title: str) -> None:
    print(f"\n{title}")
    for name, score in scores.items():
        print(score.line(name))


def test_kinds_are_found_and_named_at_five_percent_of_two_thousand_rows() -> None:
    scores, clean = run(FAULTS, sample_base(), seeds=SEEDS, share=0.05)
    table(scores, f"5 % of 2,000 live rows, 6,000 training rows; findings without a fault: {clean}")
    recall = [s.found / s.runs for s in scores.values()]
    named = [s.named / s.runs for s in scores.values()]
    assert float(np.mean(recall)) >= 0.95
    assert float(np.mean(named)) >= 0.9
    # Two runs say nothing of one kind; ten do.
    poor = {n: s.named for n, s in scores.items() if FULL and n not in HARD and s.named < 0.7 * s.runs}
    assert not poor


@pytest.mark.skipif(not FULL, reason="GOLIVE_FULL=1 runs every size")
@pytest.mark.parametrize(("n_live", "share"), [(300, 0.2), (2_000, 0.01), (2_000, 0.2), (20_000, 0.05)])
def test_other_sizes(n_live: int, share: float) -> None:
    scores, clean = run((*FAULTS, MIXED_OVERLAPPING), sample_base(), seeds=SEEDS, share=share, n_live=n_live)
    table(scores, f"{share:.0%} of {n_live:,} live rows; findings without a fault: {clean}")
    if share >= 0.05:
        assert float(np.mean([s.named / s.runs for s in scores.values()])) >= 0.85
