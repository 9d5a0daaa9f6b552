"""Text in sentences."""

from __future__ import annotations

from golive.wording.text import opening, readable, shorten


def test_long_labels_are_cut_and_say_so() -> None:
    assert shorten("a" * 40, 10) == "a" * 9 + "…"
    assert shorten("short") == "short"


def test_readable_names_of_columns() -> None:
    assert readable("heart_rate") == readable("heartRate") == "heart rate"
    assert [readable(name) for name in ("HR", "pH", "sysBP", "mmHg", "Heart Rate ")] == [
        "HR",
        "pH",
        "sys BP",
        "mmHg",
        "Heart Rate",
    ]


def test_the_first_letter_of_a_sentence_is_a_capital_and_the_others_stay() -> None:
    assert [opening(text) for text in ("heart rate", "HR", "")] == ["Heart rate", "HR", ""]
