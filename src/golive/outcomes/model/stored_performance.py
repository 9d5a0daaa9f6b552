"""Performance of live rows against a stored figure of training: the figure has its error, so no training row is needed.

One night has too few outcomes, so the last batches are judged together (``batches.outcomes_window``). They are looked at every
night: the interval that an alarm must leave is three standard errors wide on either side, not two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from golive.model.baseline import TrainingMetric
from golive.model.columns import ColumnSpec, Roles
from golive.model.config import Config
from golive.model.facts import Facts
from golive.outcomes.model.context import context_of
from golive.outcomes.model.drops import critical
from golive.outcomes.model.performance import EventFigures
from golive.outcomes.model.verdicts import FEWEST, effect_of, of_drop
from golive.profile.rows.scored import Scored, scored
from golive.stats.estimate import Estimate, change
from golive.wording.findings.performance import StoredDrop

if TYPE_CHECKING:
    from golive.intake import Dataset

NIGHTLY_SE = 3.0
"""Standard errors that a change must be away from none to be an alarm; 1.96 would call one quarter in three."""


def of_training(
    train: Dataset, specs: Sequence[ColumnSpec], roles: Roles, config: Config
) -> TrainingMetric | None:
    """The primary metric of training rows with its 95 % interval and counts, or ``None`` where it cannot be known.

    ``None`` too with fewer than 20 events or non-events: nothing could be said against it, and small counts are not stored.
    """
    m = _figures(train, specs, roles, config)
    if m is None:
        return None
    cases, now = m.cases_live, m.live[m.primary]
    if not now.known or cases.smaller < FEWEST:
        return None
    return TrainingMetric(metric=m.primary, n=cases.n, n_events=cases.n_events, **vars(now))


def against(
    before: TrainingMetric, live: Dataset, specs: Sequence[ColumnSpec], roles: Roles, config: Config
) -> Facts | None:
    """What the rows of several batches together say against training; ``None`` without scores or outcomes.

    ``alarm``: worse by 0.03 or more, and beyond ``NIGHTLY_SE``. ``watch``: worse at 95 %. ``quiet``: a drop of 0.05 is
    excluded. Otherwise, or with fewer than 20 events or non-events, ``cannot_judge``.
    """
    m = _figures(live, specs, roles, config)
    if m is None or m.primary != before.metric:
        return None
    then = Estimate(before.value, before.se, before.low, before.high)
    now, cases = m.live[m.primary], m.cases_live
    d, low, high = change(then, now)
    enough = now.known and cases.smaller >= FEWEST
    beyond = d + (high - d) * NIGHTLY_SE / 1.96 < 0
    verdict, n = of_drop(d, low, high, enough=enough, sure=beyond), (before.n, cases.n)
    return StoredDrop(
        verdict=verdict,
        columns=tuple(c for c in (roles.score or roles.prediction, roles.label) if c),
        severity=critical(verdict, d),
        effect=effect_of(m.primary, then, now, n) if enough else None,
        metric=m.primary,
        figures=(then, now),
        rows=n,
    )


def _figures(
    rows: Dataset, specs: Sequence[ColumnSpec], roles: Roles, config: Config
) -> EventFigures | None:
    """One side alone, measured; ``None`` where no column holds the output or the outcome."""
    if roles.label is None or not (roles.score or roles.prediction):
        return None
    side = scored(rows, specs, roles, config)
    return None if side is None else context_of(Scored(rows=0), side, roles, config).figures
