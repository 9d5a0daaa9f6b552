"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("DO_NOT_TRACK", "1")


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Real data with known answers, kept beside the checkout and never inside it."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the reference data folder ../shared/data is not beside this checkout")
    return folder
