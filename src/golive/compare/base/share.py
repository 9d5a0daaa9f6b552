"""A share of rows on both sides: how it changed, how sure that is, and from what change on it matters."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from golive.compare.base.pairs import share_effect
from golive.model.finding import Effect
from golive.model.kinds import Verdict
from golive.stats.proportions import benjamini_hochberg, two_share_p

Name = TypeVar("Name", bound=Hashable)

LEAST_ROWS = 3
"""Live rows that must have a property before it is a habit and not one slip."""


@dataclass(frozen=True)
class Share:
    """``rows`` with a property ``of`` so many in training and live; ``weights`` as in ``weights_of``."""

    rows: tuple[int, int]
    of: tuple[int, int]
    weights: tuple[float, float] = (1.0, 1.0)

    @property
    def p(self) -> float:
        """Two-sided p that both shares are equal."""
        (k1, k2), (n1, n2) = self.rows, self.of
        return float(two_share_p(k1, n1, k2, n2, self.weights))

    @property
    def before(self) -> float:
        """Share in training, 0 to 1."""
        return self.rows[0] / max(1, self.of[0])

    @property
    def now(self) -> float:
        """Share in live data, 0 to 1."""
        return self.rows[1] / max(1, self.of[1])

    @property
    def change(self) -> float:
        """Live share minus training share."""
        return self.now - self.before

    def effect(self, name: str, *, private: bool = False) -> Effect:
        """Both shares with Newcombe's interval of the change; ``private`` leaves out shares of 1 to 10 rows."""
        return share_effect(name, self.rows, self.of, self.weights, private=private)

    def rise(self, p: float, alpha: float, alarm: float, watch: float) -> Verdict | None:
        """Alarm or watch by how much the share rose; ``None`` when that may be chance, a slip, or too little to matter."""
        if p > alpha or self.change < watch or self.rows[1] < LEAST_ROWS:
            return None
        return Verdict.ALARM if self.change >= alarm else Verdict.WATCH


def adjusted(shares: Mapping[Name, Share]) -> dict[Name, float]:
    """The p-value of each share, corrected for looking at all of them (Benjamini-Hochberg)."""
    ps = benjamini_hochberg(np.array([share.p for share in shares.values()]))
    return dict(zip(shares, ps.tolist(), strict=True))
