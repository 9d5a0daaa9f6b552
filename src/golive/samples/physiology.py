"""What is measured at a visit: vital signs, laboratory values, diagnosis and a short note, all following one latent severity.

Severity 0 is an ordinary emergency visit, +2 a very ill patient. Centres and spreads are adult emergency-department values;
every column stays inside ``data/clinical_ranges.yaml``. Laboratory panels are ordered more often for the ill, so that a missing
value means something, as it does in a hospital.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from golive.samples.catalogue import table
from golive.samples.population import ARRIVAL, Floats, pick

# name: (centre, change per unit of severity, spread, lowest, highest, decimals)
NORMAL: dict[str, tuple[float, float, float, float, float, int]] = {
    "heart_rate": (87, 9.5, 14, 35, 210, 0),
    "resp_rate": (17.8, 2.3, 3.0, 8, 55, 0),
    "sbp": (133, -9.5, 19, 60, 230, 0),
    "temperature": (36.9, 0.30, 0.50, 33.5, 41.4, 1),
    "spo2": (97.0, -1.2, 1.8, 72, 100, 0),
    "sodium": (138.4, -0.4, 3.6, 112, 160, 0),
    "potassium": (4.1, 0.08, 0.50, 2.2, 7.5, 1),
    "calcium": (9.2, -0.12, 0.55, 5.5, 13.5, 1),
    "hemoglobin": (13.0, -0.25, 1.8, 4.5, 19, 1),
}
# name: (median, change of its logarithm per unit of severity, spread of the logarithm, lowest, highest, decimals)
LOGNORMAL: dict[str, tuple[float, float, float, float, float, int]] = {
    "lactate": (1.5, 0.34, 0.36, 0.4, 20, 1),
    "creatinine": (1.0, 0.22, 0.34, 0.35, 12, 2),
    "bun": (16, 0.22, 0.38, 3, 150, 0),
    "glucose": (122, 0.08, 0.30, 40, 900, 0),
    "bilirubin_total": (0.7, 0.16, 0.50, 0.2, 25, 1),
    "wbc": (9.1, 0.15, 0.36, 0.5, 60, 1),
    "platelets": (245, -0.10, 0.32, 12, 1100, 0),
    "crp": (20, 0.60, 1.0, 0.5, 480, 1),
    "procalcitonin": (0.2, 0.70, 1.0, 0.02, 120, 2),
}
RARELY_MISSING = {"resp_rate": 0.004, "temperature": 0.012, "spo2": 0.006, "gcs": 0.02}
# panel: (log odds of being ordered at severity 0, change per unit of severity, its columns)
PANELS: dict[str, tuple[float, float, tuple[str, ...]]] = {
    "chemistry": (1.4, 0.8, ("creatinine", "bun", "glucose", "sodium", "potassium", "calcium")),
    "blood count": (1.5, 0.8, ("wbc", "hemoglobin", "platelets")),
    "lactate": (0.1, 1.0, ("lactate",)),
    "liver": (-0.3, 0.6, ("bilirubin_total",)),
    "crp": (-0.2, 0.7, ("crp",)),
    "procalcitonin": (-1.4, 0.9, ("procalcitonin",)),
}
_VISITS = table("visits")


class Diagnosis(NamedTuple):
    """Share among other visits, share when an infection is likely, the code of ICD-9-CM, words of the note."""

    other: float
    infection: float
    icd9: str
    words: str


DIAGNOSES = {code: Diagnosis(*row) for code, row in _VISITS["diagnoses"].items()}
ICD9 = {code: diagnosis.icd9 for code, diagnosis in DIAGNOSES.items()}
INTERCEPT = -3.0
"""Log odds of sepsis at severity 0."""


def rounded(values: Floats, decimals: int = 0) -> Floats:
    """Round as a monitor or laboratory does, to a fixed number of decimals."""
    return np.asarray(np.round(values, decimals), dtype=np.float64)


def measure(rng: np.random.Generator, severity: Floats) -> pd.DataFrame:
    """Draw vital signs and laboratory values for each severity; one row per visit, missing where not ordered."""
    n = len(severity)
    out: dict[str, Floats] = {}
    for name, (centre, slope, spread, low, high, decimals) in NORMAL.items():
        out[name] = rounded(
            np.clip(centre + slope * severity + rng.normal(0, spread, n), low, high), decimals
        )
    for name, (median, slope, spread, low, high, decimals) in LOGNORMAL.items():
        values = median * np.exp(slope * severity + rng.normal(0, spread, n))
        out[name] = rounded(np.clip(values, low, high), decimals)
    out["dbp"] = rounded(np.clip(20 + 0.42 * out["sbp"] + rng.normal(0, 8, n), 30, 130))
    out["map"] = rounded((out["sbp"] + 2 * out["dbp"]) / 3)
    out["gcs"] = np.clip(15.0 - rng.poisson(np.exp(-2.0 + 0.75 * severity)), 3, 15)
    # A curated training extract: every visit has a heart rate; other vital signs are rarely missing.
    for name, share in RARELY_MISSING.items():
        out[name][rng.random(n) < share] = np.nan
    for start, slope, columns in PANELS.values():
        absent = rng.random(n) > 1 / (1 + np.exp(-(start + slope * severity)))
        for name in columns:
            out[name][absent] = np.nan
    order = ("heart_rate", "resp_rate", "sbp", "dbp", "map", "temperature", "spo2", "gcs")
    labs = (c for _, _, columns in PANELS.values() for c in columns)
    return pd.DataFrame({name: out[name] for name in (*order, *labs)})


def describe(rng: np.random.Generator, severity: Floats) -> pd.DataFrame:
    """Draw arrival mode, triage category, diagnosis, antibiotic route and triage note for each severity."""
    n = len(severity)
    infection = rng.random(n) < 1 / (1 + np.exp(1.2 - 0.9 * severity))
    codes = np.array(list(DIAGNOSES), dtype=object)
    shares = np.array([(d.other, d.infection) for d in DIAGNOSES.values()])
    shares = shares / shares.sum(axis=0)
    infected, other = (rng.choice(len(codes), size=n, p=shares[:, side]) for side in (1, 0))
    index = np.where(infection, infected, other)
    cut = np.array([-1.1, 0.4, 1.7])
    category = np.array(["5", "4", "3", "2"], dtype=object)[
        np.searchsorted(cut, severity + rng.normal(0, 0.7, n))
    ]
    treated = rng.random(n) < 1 / (1 + np.exp(2.2 - 0.7 * severity - 2.4 * infection))
    intravenous = rng.random(n) < 1 / (1 + np.exp(0.2 - 0.9 * severity))
    words = np.array([d.words for d in DIAGNOSES.values()], dtype=object)[index]
    since, found, history = (
        np.array(phrases, dtype=object)[rng.integers(0, len(phrases), n)]
        for phrases in (_VISITS["since"], _VISITS["findings"], _VISITS["history"])
    )
    route = pd.Series(np.where(intravenous, "IV", "PO")).where(pd.Series(treated))
    return pd.DataFrame(
        {
            "arrival_mode": pick(rng, ARRIVAL, n),
            "triage_category": category,
            "dx": codes[index],
            "antibiotic_route": route,
            "triage_note": "Synthetic note: " + words + " " + since + ". " + found + " " + history,
        }
    )


def outcome(
    rng: np.random.Generator, severity: Floats, *, intercept: float = INTERCEPT, slope: float = 1.75
) -> Floats:
    """Draw sepsis within 48 hours (0 or 1) with log odds ``intercept + slope * severity``."""
    risk = 1 / (1 + np.exp(-(intercept + slope * severity)))
    return (rng.random(len(severity)) < risk).astype(np.float64)
