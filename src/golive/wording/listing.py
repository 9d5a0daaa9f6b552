"""How numbers are said in titles and explanations: percent with one decimal under 10, small cells kept private."""

from __future__ import annotations

from collections.abc import Sequence

from golive.model.profile import SMALL_CELL, is_small
from golive.wording.shares import cell, percent, rows, sizes

__all__ = ["cell", "listing", "number", "percent", "points", "rows", "sizes", "values_of"]


def points(value: float) -> str:
    """A difference of shares in percentage points, signed: ``+28.0 points``."""
    return f"{100 * value:+.1f} points"


def number(value: float) -> str:
    """A value of a column in at most four significant digits, thousands separated."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def listing(names: Sequence[str], limit: int = 6) -> str:
    """``a, b and c``; a long list ends with how many more."""
    shown = [str(n) for n in names[:limit]]
    if len(names) > limit:
        return f"{', '.join(shown)} and {len(names) - limit} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def values_of(count: int, n: int, name: str) -> str:
    """``2.1 % of live heart_rate values``, or that there are a few."""
    few = f"A few live {name} values (fewer than {SMALL_CELL} of {n:,})"
    return few if is_small(count) else f"{cell(count, n)} of live {name} values"
