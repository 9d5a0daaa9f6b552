"""How often nothing is called something, and something found: random re-splits of one data set, and planted shifts.

The routine run is small. ``GOLIVE_FULL=1 pytest tests/benchmarks/test_null_calibration.py -s`` runs the 200 re-splits of the
acceptance criterion and prints the figures.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from golive.compare import compare
from golive.model.columns import ColumnType, Role, Roles
from golive.model.config import Config
from golive.model.finding import Verdict
from golive.model.profile import ColumnProfile, Profile
from golive.profile.categories import counted
from golive.profile.numbers import numeric_profile

pytestmark = pytest.mark.benchmark

FULL = bool(os.environ.get("GOLIVE_FULL"))
RESPLITS = 200 if FULL else 16
PLANTED = 100 if FULL else 8
SIZES = (
    (5_000, 50),
    (5_000, 100),
    (300, 300),
    (5_000, 1_000),
    (1_000, 1_000),
    (300, 2_000),
    (20_000, 1_000),
    (20_000, 20_000),
)


def population(rng: np.random.Generator, rows: int = 40_000) -> dict[str, np.ndarray]:
    """Columns as clinical tables have them: skewed, heaped, rounded, zero-inflated, rare, many-valued, partly missing."""
    lactate = rng.lognormal(0.5, 0.6, rows)
    lactate[rng.random(rows) < 0.6] = np.nan
    pressure = rng.normal(128, 20, rows)
    heaped = np.where(rng.random(rows) < 0.6, np.round(pressure, -1), np.round(pressure))
    codes = rng.zipf(1.6, rows).clip(max=60)
    return {
        "age": rng.gamma(9, 7, rows).clip(18, 100).round(),
        "heart_rate": rng.normal(88, 17, rows).round(),
        "systolic": heaped,
        "creatinine": rng.lognormal(0, 0.45, rows).round(2),
        "lactate": lactate,
        "troponin": np.where(rng.random(rows) < 0.7, 0.0, rng.lognormal(3, 1.5, rows)),
        "visits": rng.poisson(1.2, rows).astype(float),
        "sex": rng.choice(["f", "m"], rows, p=[0.47, 0.53]).astype(object),
        "dialysis": rng.choice(["no", "yes"], rows, p=[0.98, 0.02]).astype(object),
        "unit": rng.choice([f"u{i}" for i in range(8)], rows, p=np.arange(8, 0, -1) / 36).astype(
            object
        ),
        "dx": np.array([f"c{c}" for c in codes], dtype=object),
        "rhythm": rng.choice(
            ["sinus", "af", "paced", "other"], rows, p=[0.86, 0.1, 0.03, 0.01]
        ).astype(object),
        "death": rng.choice(["0", "1"], rows, p=[0.93, 0.07]).astype(object),
    }


def profiled(columns: dict[str, np.ndarray]) -> Profile:
    made = {}
    for name, values in columns.items():
        role = Role.LABEL if name == "death" else Role.FEATURE
        if values.dtype == object:
            category = counted(Counter(values.tolist()).items(), most=50_000)
            made[name] = ColumnProfile(
                name,
                ColumnType.CATEGORY,
                role,
                "text",
                len(values),
                0,
                len(category.values),
                category=category,
            )
        else:
            present = values[~np.isnan(values)]
            support, counts = np.unique(present, return_counts=True)
            made[name] = ColumnProfile(
                name,
                ColumnType.NUMERIC,
                role,
                "float64",
                len(values),
                len(values) - len(present),
                len(support),
                numeric=numeric_profile(support, counts),
            )
    rows = len(next(iter(columns.values())))
    return Profile("made", "0" * 64, "csv", "duckdb", rows, made, Roles(label="death"))


def resplit(
    columns: dict[str, np.ndarray], sizes: tuple[int, int], rng: np.random.Generator
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    rows = rng.permutation(len(columns["age"]))[: sum(sizes)]
    return tuple(
        {n: v[part] for n, v in columns.items()} for part in (rows[: sizes[0]], rows[sizes[0] :])
    )  # type: ignore[return-value]


def columns_with(profile_pair: tuple[Profile, Profile], *verdicts: Verdict) -> set[str]:
    found = compare(*profile_pair, Config()).findings
    return {name for f in found if f.verdict in verdicts for name in f.columns}


def test_at_most_one_percent_of_unchanged_columns_alarm() -> None:
    rng = np.random.default_rng(2026)
    whole = population(rng)
    alarms: Counter[str] = Counter()
    watched = looks = 0
    for i in range(RESPLITS):
        train, live = (profiled(side) for side in resplit(whole, SIZES[i % len(SIZES)], rng))
        found = compare(train, live, Config()).findings
        looks += len(whole)
        alarms.update({name for f in found if f.verdict is Verdict.ALARM for name in f.columns})
        watched += len({name for f in found if f.verdict is Verdict.WATCH for name in f.columns})
    rate = alarms.total() / looks
    print(
        f"\nre-splits {RESPLITS}: alarms {alarms.total()} of {looks} columns ({rate:.2%}), watch {watched}: {dict(alarms)}"
    )
    # Fewer re-splits leave room for one unlucky column; the full run holds the criterion itself.
    assert rate <= (0.01 if FULL else max(0.01, 1 / looks))


@pytest.mark.parametrize("train_rows", [5_000, 20_000])
def test_planted_shifts_are_found_at_1000_live_rows(train_rows: int) -> None:
    rng = np.random.default_rng(train_rows)
    whole = population(rng)
    hits: Counter[str] = Counter()
    for _ in range(PLANTED):
        train, live = resplit(whole, (train_rows, 1_000), rng)
        for name in ("heart_rate", "creatinine"):
            live[name] = live[name] + 0.5 * np.std(whole[name])
        live["dialysis"] = rng.choice(["no", "yes"], 1_000, p=[0.95, 0.05]).astype(object)
        found = columns_with((profiled(train), profiled(live)), Verdict.ALARM, Verdict.WATCH)
        hits.update(found & {"heart_rate", "creatinine", "dialysis"})
    print(f"\ntraining {train_rows}: found of {PLANTED}: {dict(hits)}")
    for name in ("heart_rate", "creatinine", "dialysis"):
        assert hits[name] >= 0.95 * PLANTED, name


def test_fifty_columns_are_compared_in_seconds(cost: Callable[..., float]) -> None:
    from golive.compare.base.pairs import pair_up
    from golive.compare.drift.drift import noise
    from golive.compare.drift.evidently import warm

    warm().join()
    rng = np.random.default_rng(1)
    whole = population(rng)
    wide = {
        f"{name}_{i}": values for i in range(4) for name, values in whole.items() if name != "death"
    }
    train, live = (
        profiled(side) for side in resplit({"age": whole["age"], **wide}, (20_000, 20_000), rng)
    )
    pairs, _ = pair_up(train, live)
    floors = cost(lambda: [noise(pair, Config().drift, 0) for pair in pairs.values()])
    whole_cost = cost(lambda: compare(train, live, Config()))
    print(
        f"\n{len(pairs)} columns: noise floors {floors:.1f} units of fixed work, the comparison {whole_cost:.1f}"
    )
    assert floors < 20
    assert whole_cost < 200
