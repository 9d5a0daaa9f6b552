"""Planted faults of text, codes and dates: what is found and how it is called, at 5 % of rows and 2,000 live rows.

``GOLIVE_FULL=1`` runs ten splits instead of two.
"""

from __future__ import annotations

import os

import pytest
from fault_bench import run, sample_base
from faults_text import TEXT_FAULTS

SEEDS = 10 if os.environ.get("GOLIVE_FULL") else 2


@pytest.mark.benchmark
def test_text_and_code_faults_are_found_and_named() -> None:
    scores, _ = run(TEXT_FAULTS, sample_base(), seeds=range(SEEDS), share=0.05)
    for name, score in scores.items():
        print(score.line(name))
    runs = sum(s.runs for s in scores.values())
    assert sum(s.found for s in scores.values()) >= 0.95 * runs
    assert sum(s.named for s in scores.values()) >= 0.9 * runs
    assert all(s.named >= 0.5 * s.runs for s in scores.values()), "no kind is missed as a rule"
