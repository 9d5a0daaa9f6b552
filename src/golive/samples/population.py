"""Synthetic patients and visits: who comes, where and when. Nobody in here exists."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

SITES = {"C1": 0.30, "C2": 0.28, "C3": 0.22, "C4": 0.20}
SEX = {"female": 0.52, "male": 0.48}
ETHNICITY = {"White": 0.56, "Black": 0.19, "Hispanic": 0.15, "Asian": 0.06, "Other": 0.04}
INSURANCE = {"Private": 0.41, "Medicare": 0.27, "Medicaid": 0.22, "Self-pay": 0.10}
LANGUAGE = {"English": 0.84, "Spanish": 0.12, "Other": 0.04}
ARRIVAL = {"walk-in": 0.70, "ambulance": 0.28, "transfer": 0.02}
AGE_BANDS = (17, 39, 64, 79, 120)
AGE_BAND_NAMES = ("18-39", "40-64", "65-79", "80+")
AGE_CAP = 89  # training extract: ages above 89 are stored as 89 (HIPAA Safe Harbor)
VISITS_PER_PATIENT = 1.2

# Arrivals per hour of the day, relative: few at night, most from late morning to evening.
HOURLY = np.array(
    [2, 2, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 5, 5, 4, 3], dtype=np.float64
)

Floats = npt.NDArray[np.float64]


def pick(rng: np.random.Generator, shares: dict[str, float], n: int) -> npt.NDArray[np.object_]:
    """Draw ``n`` values with the given shares (normalised to sum 1)."""
    weights = np.array(list(shares.values()))
    index = rng.choice(len(weights), size=n, p=weights / weights.sum())
    return np.array(list(shares), dtype=object)[index]


def visits(
    rng: np.random.Generator, n: int, start: str, end: str, *, prefix: str
) -> tuple[pd.DataFrame, Floats]:
    """Draw ``n`` visits in time order and their latent severity (standard normal, a little higher in the old and the ill).

    Patients are drawn first (about one per 1.2 visits); what belongs to a patient is the same on each of their visits.
    ``start`` and ``end`` are the first and last calendar day.
    """
    people = max(1, round(n / VISITS_PER_PATIENT))
    # Every patient comes once; the remaining visits are returns.
    who = np.concatenate([np.arange(people), rng.integers(0, people, n - people)])
    rng.shuffle(who)

    comorbid = rng.poisson(1.3, people)
    age = np.clip(np.round(rng.normal(46 + 5.5 * comorbid, 18)), 18, 104)
    person = pd.DataFrame(
        {
            "patient_id": [f"{prefix}P{i:06d}" for i in rng.permutation(people)],
            "age": age.astype(np.int64),
            "sex": pick(rng, SEX, people),
            "ethnicity": pick(rng, ETHNICITY, people),
            "insurance": np.where(
                (age >= 65) & (rng.random(people) < 0.8), "Medicare", pick(rng, INSURANCE, people)
            ),
            "language": pick(rng, LANGUAGE, people),
            "comorbidities": comorbid,
            "immunosuppressed": (rng.random(people) < 0.06).astype(np.int64),
            "weight": np.round(np.clip(rng.normal(79, 18, people), 38, 190), 1),
        }
    ).iloc[who]

    days = int((pd.Timestamp(end) - pd.Timestamp(start)).days) + 1
    hour = rng.choice(24, size=n, p=HOURLY / HOURLY.sum())
    seconds = np.sort(rng.integers(0, days, n) * 86_400 + hour * 3_600 + rng.integers(0, 3_600, n))
    frame = person.reset_index(drop=True)
    frame.insert(0, "encounter_id", [f"{prefix}E{i:07d}" for i in range(1, n + 1)])
    frame.insert(2, "recorded_at", pd.Timestamp(start) + pd.to_timedelta(seconds, unit="s"))
    frame.insert(3, "site", pick(rng, SITES, n))
    severity = (
        0.25 * (frame["age"] - 53) / 20
        + 0.15 * (frame["comorbidities"] - 1.3)
        + rng.normal(0, 0.95, n)
    )
    return frame, severity.to_numpy(dtype=np.float64)


def age_band(age: pd.Series[int]) -> pd.Series[str]:
    """Band of an age in whole years."""
    return pd.cut(age, AGE_BANDS, labels=list(AGE_BAND_NAMES)).astype(str)
