"""Evidently imported before a test runs, a local receiver, and a store that is opened for moments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from opening import Opened, opener
from receiver import Receiver


@pytest.fixture(scope="session")
def warmed() -> None:
    """Warnings are errors here, and Evidently's import has some."""
    from golive.compare.drift import evidently as evidently_scores

    evidently_scores.warm().join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    return opener(tmp_path / "golive.duckdb")
