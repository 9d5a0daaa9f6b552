"""Fixtures that every test may use."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

os.environ.setdefault("DO_NOT_TRACK", "1")


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Real data with known answers, kept beside the checkout and never inside it."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the reference data folder ../shared/data is not beside this checkout")
    return folder


def _fixed_work() -> None:
    """A tenth of a second of what this code does all day: strings, JSON and sorted arrays."""
    words = [str(i * 7919 % 200_003) for i in range(120_000)]
    json.loads(json.dumps(sorted(words)))
    np.sort(np.random.default_rng(0).random(800_000))


@pytest.fixture(scope="session")
def cost() -> Callable[..., float]:
    """``cost(work, runs=1)``: processor time of the cheapest run, in units of a fixed piece of work timed beside it.

    Ten units are about one second on the machine this was written on. A ratio of one run holds on any machine, seconds do not.
    """

    def timed(work: Callable[[], object]) -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    def measure(work: Callable[[], object], runs: int = 1) -> float:
        units = [timed(_fixed_work)]
        best = min(timed(work) for _ in range(runs))
        units += [timed(_fixed_work) for _ in range(2)]
        return best / sorted(units)[1]

    return measure
