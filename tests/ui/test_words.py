"""Numbers in words: one decimal under 10 %, no rounding to nothing or to everything, foreign text shown as it is."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.ui.shell import words


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0 %"), (0.0004, "under 0.1 %"), (0.0312, "3.1 %"), (0.0996, "10 %"), (0.28, "28 %"),
        (0.994, "99.4 %"), (0.9999, "over 99.9 %"), (1, "100 %"), (None, "–"), (float("nan"), "–"),
    ],
)  # fmt: skip
def test_percent(share: float | None, text: str) -> None:
    assert words.percent(share) == text


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_percent_never_says_none_or_all_of_what_is_neither(share: float) -> None:
    assert words.percent(share) not in ("0 %", "0.0 %", "100 %", "100.0 %")


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    gap = words.NO_BREAK
    assert words.unbroken("28 % of 9 rows (n = 303 and 5)") == f"28{gap}% of 9 rows (n{gap}={gap}303 and 5)"
    assert words.unbroken("since 4 Mar 2026 and 9 more") == f"since 4{gap}Mar{gap}2026 and 9 more"
    assert words.plain("9.0 % happened") == f"9.0{gap}% happened"
    assert words.plain("in % of lean = 3") == "in % of lean = 3"


def test_points_are_signed() -> None:
    assert words.points(0.28) == "+28 points"
    assert words.points(-0.004) == "-0.4 points"


def test_numbers_and_scores() -> None:
    assert words.number(88.4194) == "88.42"
    assert words.number(24000.4) == "24,000"
    assert words.number(None) == "–"
    assert words.score(0.0432) == "0.043"
    assert words.score(0.914) == "0.91"


def test_counts_hide_small_cells() -> None:
    assert words.count(24000) == "24,000"
    assert words.count(None) == "1-10"


def test_small_numbers_are_spelled() -> None:
    assert words.spelled(3) == "three"
    assert words.spelled(13) == "13"
    assert words.plural(1, "gate") == "1 gate"
    assert words.plural(2, "criterion", "criteria") == "2 criteria"


def test_days() -> None:
    assert words.day("2026-11-20T08:30:00Z") == "20 Nov 2026"
    assert words.day(date(2026, 3, 4)) == "4 Mar 2026"
    assert words.day("week 12") == "week 12"


def test_markup_of_foreign_text_is_escaped() -> None:
    assert words.plain("a_b*[x](y)") == r"a\_b\*\[x\]\(y\)"
    assert words.plain(":red[x] <b>") == r"\:red\[x\] \<b\>"


def test_long_labels_are_cut_and_say_so() -> None:
    assert words.shorten("a" * 40, 10) == "a" * 9 + "…"
    assert words.shorten("short") == "short"


def test_p_values_claim_no_more_than_a_thousandth() -> None:
    assert words.p_value(2e-55) == "under 0.001"
    assert words.p_value(0.0123) == "= 0.012"


@pytest.mark.parametrize(
    ("action", "said"),
    [("session.save", "Session saved"), ("owner_row.put", "Owner row written"), ("login", "Login")],
)
def test_a_deed_of_the_audit_is_said_in_words(action: str, said: str) -> None:
    assert words.deed(action) == said
