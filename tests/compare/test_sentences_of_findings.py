"""What findings say, read as a reviewer does: no case mix taken for rounding, no grammar of units that does not fit."""

from __future__ import annotations

import numpy as np
import pytest
from made_profiles import categories, numbers, table

from golive.compare import compare
from golive.compare.numbers import plausibility, rounding
from golive.model.config import Config
from golive.model.facts import findings
from golive.model.finding import Finding, Verdict

RNG = np.random.default_rng
CONFIG = Config()


def depression(seed: int, n: int, zeros: float) -> np.ndarray:
    """ST depression in millimetres: a share of zeros, the others to a tenth."""
    rng = RNG(seed)
    return np.where(rng.random(n) < zeros, 0.0, rng.gamma(2.0, 0.8, n).clip(0.1).round(1))


def rounded(train: np.ndarray, live: np.ndarray) -> list[Finding]:
    sides = table(numbers("oldpeak", train)), table(numbers("oldpeak", live))
    return findings(rounding.check(*sides, CONFIG))


def test_more_zeros_are_other_patients_no_coarser_recording() -> None:
    assert rounded(depression(1, 3000, 0.3), depression(2, 1500, 0.7)) == []


def test_rounding_is_seen_among_values_that_are_not_zero() -> None:
    """A twelfth of the values without decimals is seen although a third of all are 0 and whole anyway."""
    live = depression(4, 2000, 0.33)
    live[: len(live) // 12] = live[: len(live) // 12].round(0)
    (found,) = rounded(depression(3, 6000, 0.33), live)
    assert found.title.startswith("oldpeak is recorded coarser: ")
    assert "of live values that are not 0 are whole numbers" in found.title
    assert found.effect is not None
    assert found.effect.n_live == int((live != 0).sum())


def test_a_column_of_zeros_is_not_judged() -> None:
    assert rounded(np.zeros(500), np.zeros(400)) == []


@pytest.mark.parametrize(
    ("name", "usual", "wrong", "said"),
    [
        ("fio2", (0.21, 1.0), 40.0, "inspired oxygen in adults, as a fraction as in training"),
        ("heart_rate", (50, 120), 600.0, "heart rate in adults, per minute as in training"),
        ("sodium", (130, 150), 900.0, "in mmol/L as in training"),
    ],
)
def test_units_are_said_as_people_say_them(
    name: str, usual: tuple[float, float], wrong: float, said: str
) -> None:
    train, live = (RNG(seed).uniform(*usual, n).round(2) for seed, n in ((1, 2000), (2, 1000)))
    live[:40] = wrong
    sides = table(numbers(name, train)), table(numbers(name, live))
    (found,) = findings(plausibility.check(*sides, CONFIG))
    assert said in found.explanation


def test_a_few_impossible_values_are_said_in_order() -> None:
    train, live = (RNG(seed).normal(37, 0.5, n).round(1) for seed, n in ((1, 2000), (2, 1000)))
    live[:3] = 60.0
    sides = table(numbers("temperature", train)), table(numbers("temperature", live))
    (found,) = findings(plausibility.check(*sides, CONFIG))
    assert found.title.startswith(
        "A few live temperature values (fewer than 11 of 1,000) are impossible"
    )


def test_a_value_held_by_few_rows_and_other_values_are_said_in_order() -> None:
    train = table(categories("thal", ["3"] * 166 + ["6"] * 18 + ["7"] * 117))
    live = table(categories("thal", ["3"] * 10 + ["6"] * 9 + ["7"] * 9))
    said = [
        f
        for f in compare(train, live, CONFIG).findings
        if f.verdict in (Verdict.ALARM, Verdict.WATCH)
    ]
    assert said
    assert any("'6' is fewer than 11 of 28 live values, in training 6.0 %" in f.title for f in said)
    assert not [f for f in said if "rows of live" in f.title]
