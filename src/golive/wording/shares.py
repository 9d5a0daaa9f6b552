"""How shares of rows are said wherever a finding is made: percent with one decimal under 10, counts of 1 to 10 not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from golive.model.profile import SMALL_CELL, is_small

if TYPE_CHECKING:
    from golive.model.result import DriftResult


def percent(value: float) -> str:
    """A share (0 to 1) as people read it: ``28 %``, ``2.7 %``, ``0.04 %``, ``under 0.01 %``, ``over 99.9 %``."""
    points = 100 * value
    size = abs(points)
    if size == 0:
        return "0 %"
    if size < 0.01:
        return "under 0.01 %"
    if size < 1:
        return f"{points:.2f} %"
    if 99.95 <= size < 100:
        return "over 99.9 %"
    if size < 9.95 or 99 < size < 100:
        return f"{points:.1f} %"
    return f"{points:.0f} %"


def chance(p: float) -> str:
    """A p-value as people read it: ``p = 0.02``; below one in a thousand ``p < 0.001``, because more digits say no more."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def check_failed(error: Exception) -> str:
    """Why something was not assessed when a check of ours broke: by kind only, since a message may repeat a value."""
    return f"the check failed ({type(error).__name__}); see the log"


def sizes(n_train: int, n_live: int) -> str:
    """The two sample sizes, training first: ``n = 303 and 200``."""
    return f"n = {n_train:,} and {n_live:,}"


def rows(count: int) -> str:
    """A number of rows in words: ``3,200 rows``; one of 1 to 10 is not shown."""
    return f"fewer than {SMALL_CELL} rows" if is_small(count) else f"{count:,} rows"


def cell(count: int, n: int) -> str:
    """The share of one value in words; a count of 1 to 10 is not shown."""
    return f"fewer than {SMALL_CELL} of {n:,} rows" if is_small(count) else percent(count / n if n else 0.0)


def repeated_rows(result: DriftResult) -> str:
    """How many different patients' values the two sides say as much as; empty where no patient has several rows."""
    effective = (result.effective_train or result.n_train, result.effective_live or result.n_live)
    if effective == (result.n_train, result.n_live):
        return ""
    return f"rows of one patient repeat each other: they say as much as {effective[0]:,} and {effective[1]:,} independent values"
