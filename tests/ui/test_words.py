"""Words on a screen: numbers that hold together with their units, and foreign text shown as it is."""

from __future__ import annotations

import pytest

from golive.ui.shell import words


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    gap = words.NO_BREAK
    assert (
        words.unbroken("28 % of 9 rows (n = 303 and 5)")
        == f"28{gap}% of 9 rows (n{gap}={gap}303 and 5)"
    )
    assert words.unbroken("since 4 Mar 2026 and 9 more") == f"since 4{gap}Mar{gap}2026 and 9 more"
    assert words.plain("9.0 % happened") == f"9.0{gap}% happened"
    assert words.plain("in % of lean = 3") == "in % of lean = 3"


def test_markup_of_foreign_text_is_escaped() -> None:
    assert words.plain("a_b*[x](y)") == r"a\_b\*\[x\]\(y\)"
    assert words.plain(":red[x] <b>") == r"\:red\[x\] \<b\>"


@pytest.mark.parametrize(
    ("action", "said"),
    [("session.save", "Session saved"), ("owner_row.put", "Owner row written"), ("login", "Login")],
)
def test_an_action_of_the_audit_is_put_in_words(action: str, said: str) -> None:
    assert words.action_words(action) == said
