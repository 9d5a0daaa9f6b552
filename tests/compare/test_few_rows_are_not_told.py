"""A count of 1 to 10 rows is never told: not as a count, not as a share that gives it away, not in a title."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest
from made_profiles import categories, numbers, table

from golive.compare.checks import CHECKS
from golive.compare.fields import disguised, free_text
from golive.intake.columns.measure import MISSING_WORDS
from golive.model.columns import ColumnType, Role
from golive.model.config import Config
from golive.model.facts import findings
from golive.model.finding import Finding, Verdict, finding
from golive.model.profile import ColumnProfile, Profile, TimeProfile

ROWS = 1_000
KINDS = {
    "duplicate_rows",
    "duplicate_keys",
    "disguised_missing",
    "free_text_in_structured",
    "future_dates",
    "time_order",
}


def moments(future: int) -> ColumnProfile:
    days = (date(2026, 1, 1), date(2026, 1, 2))
    counts = np.array([ROWS // 2, ROWS // 2], dtype=np.int64)
    time = TimeProfile(
        ROWS, datetime(2026, 1, 1), datetime(2026, 1, 2), days, counts, future=future
    )
    made = categories("at", ["x"] * ROWS, role=Role.TIME)
    return replace(made, type=ColumnType.DATETIME, category=None, time=time)


def side(few: int) -> Profile:
    """A table in which ``few`` rows each repeat, stand for missing, do not parse, lie in the future or are out of order."""
    rng = np.random.default_rng(0)
    heart = np.append(rng.normal(80, 9, ROWS - few).round(1), np.full(few, -9.0))
    made = table(
        categories("key", [f"k{i}" for i in range(ROWS)], role=Role.ID),
        numbers("heart", heart),
        numbers("lactate", rng.gamma(4, 0.5, ROWS - few).round(2), words=["see chart"] * few),
        moments(few),
    )
    return replace(
        made,
        duplicate_rows=few,
        duplicate_keys=few,
        time_violations={("admitted", "left"): few, ("left", "admitted"): ROWS - few},
    )


def found(few: int) -> dict[str, Finding]:
    every = findings(f for _, check in CHECKS for f in check(side(0), side(few), Config()))
    return {f.kind: f for f in every if f.kind in KINDS}


@pytest.mark.parametrize("few", [9, 10])
def test_small_counts_are_hidden_everywhere(few: int) -> None:
    made = found(few)
    assert set(made) >= KINDS - {"time_order"}
    for kind, one in made.items():
        assert one.rows_affected is None, kind
        assert one.effect is not None
        assert (one.effect.live, one.effect.change, one.effect.low, one.effect.high) == (
            None,
        ) * 4, kind
        told = " ".join((one.title, one.explanation, *one.evidence))
        assert not re.search(rf"\b{few} (live|rows|values)|\b{100 * few / ROWS:g}\d* %", told), told


def test_larger_counts_are_told() -> None:
    for kind, one in found(40).items():
        assert one.rows_affected == 40, kind
        assert one.effect is not None
        assert one.effect.live == pytest.approx(0.04), kind


def test_no_finding_keeps_a_small_count() -> None:
    for rows, kept in ((0, 0), (1, None), (10, None), (11, 11)):
        made = finding("duplicate_rows", Verdict.WATCH, title="x", rows_affected=rows)
        assert made.rows_affected == kept


def test_every_word_that_intake_reads_as_missing_is_missing_in_disguise() -> None:
    rng = np.random.default_rng(1)
    before = table(numbers("lactate", rng.gamma(4, 0.5, 400).round(2)))
    for word in MISSING_WORDS:
        now = table(numbers("lactate", rng.gamma(4, 0.5, 340).round(2), words=[word.upper()] * 60))
        kinds = {
            f.kind
            for check in (disguised.check, free_text.check)
            for f in check(before, now, Config())
        }
        assert kinds == {"disguised_missing"}, word
