"""Text in sentences."""

from __future__ import annotations

from golive.wording.text import shorten


def test_long_labels_are_cut_and_say_so() -> None:
    assert shorten("a" * 40, 10) == "a" * 9 + "…"
    assert shorten("short") == "short"
