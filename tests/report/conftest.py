"""Sources of reports: the hand-made assessment of the UI tests, which holds every verdict and gate state."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest

from golive.report import Sources, from_assessment

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ui"))
import sample_assessment


@pytest.fixture(scope="session")
def sources() -> Sources:
    config = sample_assessment.CONFIG.model_copy(update={"as_of": date(2026, 11, 20)})
    return from_assessment(sample_assessment.assessment(), config, sample=True)
