"""How numbers are said to people."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.model.finding import Effect
from golive.wording import numbers
from golive.wording.numbers import before_words, p_value, part_of

SOURCES = Path(__file__).resolve().parents[2] / "src" / "golive"


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (2e-178, "p < 0.001"),
        (0.0, "p < 0.001"),
        (0.00099, "p < 0.001"),
        (0.0012, "p = 0.0012"),
        (0.25, "p = 0.25"),
    ],
)
def test_no_p_value_is_said_with_an_exponent(p: float, said: str) -> None:
    assert p_value(p) == said


def test_no_sentence_writes_a_p_value_of_its_own() -> None:
    own = re.compile(r"\bp (= )?\{[^{}]*:\.\dg\}")
    written = [
        f.relative_to(SOURCES).as_posix()
        for f in SOURCES.rglob("*.py")
        if own.search(f.read_text("utf-8"))
    ]
    assert written == ["wording/numbers.py"]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"), (0.0004, "0.04 %"), (0.00004, "under 0.01 %"), (0.004, "0.40 %"), (0.00996, "1.0 %"), (0.995, "99.5 %"), (0.096, "9.6 %"),
        (0.996, "99.6 %"),
        (0.0312, "3.1 %"), (0.0996, "10 %"), (0.28, "28 %"),
        (0.994, "99.4 %"), (0.9999, "over 99.9 %"), (1, "100 %"), (None, "–"), (float("nan"), "–"),
    ],
)  # fmt: skip
def test_percent(share: float | None, text: str) -> None:
    assert numbers.percent(share) == text


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_percent_never_says_none_or_all_of_what_is_neither(share: float) -> None:
    assert numbers.percent(share) not in ("0 %", "0.0 %", "100 %", "100.0 %")


def test_points_are_signed() -> None:
    assert numbers.points(0.28) == "+28 points"
    assert numbers.points(-0.004) == "-0.4 points"


def test_numbers_and_scores() -> None:
    assert numbers.number(88.4194) == "88.42"
    assert numbers.number(24000.4) == "24,000"
    assert numbers.number(None) == "–"
    assert numbers.score(0.0432) == "0.043"
    assert numbers.score(0.914) == "0.91"


def test_counts_hide_small_cells() -> None:
    assert numbers.count(24000) == "24,000"
    assert numbers.count(None) == "1-10"


def test_small_numbers_are_spelled() -> None:
    assert numbers.spelled(3) == "three"
    assert numbers.spelled(13) == "13"
    assert numbers.plural(1, "gate") == "1 gate"
    assert numbers.plural(2, "criterion", "criteria") == "2 criteria"


def test_days() -> None:
    assert numbers.day("2026-11-20T08:30:00Z") == "20 Nov 2026"
    assert numbers.day(date(2026, 3, 4)) == "4 Mar 2026"
    assert numbers.day("week 12") == "week 12"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (0, "0 % of live records"),
        (1, "a few live records"),
        (10, "a few live records"),
        (11, "5.5 % of live records"),
        (199, "99.5 % of live records"),
        (200, "all live records"),
    ],
)
def test_a_meeting_hears_a_share_and_never_a_small_count(rows: int, said: str) -> None:
    assert part_of(rows, 200, "live records") == said


def test_the_share_in_training_is_none_a_share_or_too_few_to_be_shown() -> None:
    shares = (0.0, 0.25, None)
    said = [before_words(Effect.between("x", share, 0.5, n=(400, 200))) for share in shares]
    assert said == ["none", "25 %", "fewer than 11 of 400 rows"]
