"""What one register shows of one criterion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Reading:
    """Level 0 to 4 that a register shows, in words why, and the level it proves by itself when that is less.

    ``on`` is the day the register speaks of, where that is not the day of its last change (the day of a drill).
    """

    level: int
    value: str
    rows: int
    proves: int | None = None
    reason: str = ""
    on: date | None = None


def have(count: int) -> str:
    """``has`` for one, ``have`` for any other number."""
    return "has" if count == 1 else "have"


def filled_in(*texts: str) -> bool:
    """Whether every one of ``texts`` holds more than blanks."""
    return all(text.strip() for text in texts)
