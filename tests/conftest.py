"""Fixtures that every test may use."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import skips

os.environ.setdefault("DO_NOT_TRACK", "1")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(
        config, "workerinput"
    ):  # the first process of pytest-xdist hears what the others ran
        config.pluginmanager.register(skips.Watch())


def _shared() -> Path:
    """What is kept beside the checkout and never inside it. Where its data stand, anything that it lacks is a failure."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not (folder / "data").is_dir():
        pytest.skip(skips.NO_REFERENCE)
    return folder


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Real data with known answers."""
    return _shared() / "data"


@pytest.fixture(scope="session")
def reference_scorer() -> Path:
    """The folder of the scorer that the readiness numbers are held to."""
    return _shared() / "reference"


@pytest.fixture(scope="session")
def java() -> None:
    """What Spark needs beside its Python package."""
    if shutil.which("java") is None:
        pytest.skip(skips.NO_JAVA)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium per module. While it runs, this thread has a running event loop, which tests of other modules must not meet."""
    sys.path[:0] = [str(Path(__file__).parent / "browser")]
    from dashboard import launched

    with launched() as running:
        yield running


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
