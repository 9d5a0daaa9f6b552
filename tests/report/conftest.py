"""Sources of reports: the hand-made assessment of the UI tests, which holds every verdict and gate state."""

from __future__ import annotations

from datetime import date

import pytest
import sample_assessment

from golive.model.measured.performance import Performance
from golive.report.base.sources import Sources, from_assessment


def _pair(train: float, live: float, half: float) -> dict[str, float]:
    """A metric on both sides in the form of ``golive.stats.estimate.pair``."""
    change = live - train
    return {
        "train": train, "train_low": train - half, "train_high": train + half,
        "live": live, "live_low": live - half, "live_high": live + half,
        "change": change, "low": change - half, "high": change + half,
    }  # fmt: skip


PERFORMANCE = {
    "task": "event",
    "primary_metric": "auroc",
    "n": {"train": 24_000, "live": 5_466},
    "counts": {"live": {"n_events": 494}},
    "auroc": _pair(0.8206, 0.7325, 0.02),
    "brier": _pair(0.0805, 0.0988, 0.004),
    "at_threshold": {
        "threshold": 0.35,
        "sensitivity": _pair(0.651, 0.684, 0.04),
        "ppv": _pair(0.316, 0.173, 0.016),
    },
    "subgroups": [
        {
            "by": "clinic",
            "value": "C1",
            "n": 1_687,
            "enough": True,
            "n_events": 158,
            "metrics": {
                "auroc": {"live": 0.801, "low": 0.761, "high": 0.836},
                "sensitivity": {"live": 0.696, "low": 0.62, "high": 0.76},
            },
        },
        {
            "by": "clinic",
            "value": "C9",
            "n": 40,
            "enough": False,
            "n_events": None,
            "metrics": {"auroc": {"live": 0.9}},
        },
    ],
    "calibration": {"slope": _pair(1.03, 0.561, 0.06)},
}


@pytest.fixture(scope="session")
def sources() -> Sources:
    config = sample_assessment.CONFIG.model_copy(update={"as_of": date(2026, 11, 20)})
    assessment = sample_assessment.assessment().model_copy(
        update={"performance": Performance.model_validate(PERFORMANCE)}
    )
    return from_assessment(assessment, config, sample=True)
