"""Whether training and live compute the same values for the same case."""

from __future__ import annotations

from golive.model.measured.service import Skew
from golive.model.profile import SMALL_CELL, is_small
from golive.outcomes.model.context import Outcomes
from golive.profile.rows.matched import Matched
from golive.stats.estimate import number


def skew(out: Outcomes, found: Matched | None) -> None:
    """``Skew`` of performance: ``n`` cases in both files, the ``share`` of their values that differ, the share of scores ``reproduced``.

    A count of 1 to 10 is taken as 10, the most that it can be. ``exact`` marks rows without any difference at all.
    """
    if found is None or found.rows < SMALL_CELL or not found.values:
        return
    differ = SMALL_CELL - 1 if is_small(found.differ) else found.differ
    apart = found.scores - found.repeated
    apart = SMALL_CELL - 1 if is_small(apart) else apart
    again = number(max(0.0, 1 - apart / found.scores)) if found.scores >= SMALL_CELL else None
    share = number(min(1.0, differ / found.values))
    out.add(skew=Skew(n=found.rows, share=share, reproduced=again, exact=found.exact))
