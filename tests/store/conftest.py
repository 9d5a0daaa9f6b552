"""A store, and an assessment to put in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from stored_assessment import make_assessment

from golive.model.config import Config
from golive.model.result import Assessment
from golive.store import Store


@pytest.fixture
def build() -> Callable[..., Assessment]:
    return make_assessment


@pytest.fixture
def config() -> Config:
    return Config(project="ed-sepsis-alert", floors={"auroc": 0.75}, operating_threshold=0.35)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "golive.duckdb") as opened:
        yield opened
