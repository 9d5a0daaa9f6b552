"""The pilot's model, as it was frozen, and the log of its service.

A logistic regression, fitted once on 200,000 training visits of this generator (scikit-learn, no penalty) and written down
here, so that the score does not depend on the version of a library. It scores values as they arrive: a temperature in
Fahrenheit or a creatinine in umol/L is taken at face value up to the hard limits of the serving code, and what is missing or
is no number becomes the training median. That is how faults of the feed reach the score.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from golive.samples.population import AGE_CAP, Floats

THRESHOLD = 0.15
LATENCY_BUDGET_MS = 2000
INTERCEPT = -2.688
CURRENT, NEXT = "v2.3", "v2.4"
NEXT_SHIFT = 0.45  # the release candidate scores every visit higher, on the scale of log odds


class Term(NamedTuple):
    """One input: its weight per spread, centre and spread in training, hard limits of the serving code, and scale."""

    weight: float
    centre: float
    spread: float
    low: float
    high: float
    log: bool = False


MODEL: dict[str, Term] = {
    "heart_rate": Term(0.327, 87, 16.95, 20, 300),
    "resp_rate": Term(0.355, 18, 3.79, 2, 80),
    "sbp": Term(-0.206, 133, 21.25, 30, 300),
    "temperature": Term(0.260, 36.9, 0.586, 32, 42),
    "spo2": Term(-0.261, 97, 2.04, 40, 100),
    "gcs": Term(-0.108, 15, 0.456, 3, 15),
    "lactate": Term(0.404, 0.531, 0.477, 0.1, 30, log=True),
    "creatinine": Term(0.275, 0.039, 0.398, 0.1, 15, log=True),
    "wbc": Term(0.138, 9.3, 4.05, 0, 100),
    "age": Term(0.116, 53, 18.0, 18, AGE_CAP),
}


def score(frame: pd.DataFrame) -> Floats:
    """Return the risk of each visit, 0 to 1, from the inputs as received and the model version of its row."""
    odds = np.full(len(frame), INTERCEPT) + NEXT_SHIFT * (frame["model_version"] == NEXT).to_numpy()
    for name, term in MODEL.items():
        values = frame[name].to_numpy(dtype=np.float64)
        centre = np.exp(term.centre) if term.log else term.centre
        values = np.clip(np.where(np.isnan(values), centre, values), term.low, term.high)
        odds += term.weight * ((np.log(values) if term.log else values) - term.centre) / term.spread
    return np.asarray(np.round(1 / (1 + np.exp(-odds)), 4), dtype=np.float64)


def log(rng: np.random.Generator, recorded_at: pd.Series[pd.Timestamp]) -> pd.DataFrame:
    """Draw the service log: when inputs arrived, model version, latency in ms (median about 420) and status."""
    n = len(recorded_at)
    delay = pd.to_timedelta(np.round(rng.lognormal(np.log(150), 0.6, n)), unit="s")
    return pd.DataFrame(
        {
            "received_at": recorded_at.to_numpy() + delay,
            "model_version": CURRENT,
            "latency_ms": np.round(rng.lognormal(np.log(420), 0.42, n)),
            "status": "ok",
        }
    )
