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
from golive.model.finding import Finding, Kind, Severity, Verdict, finding
from golive.outcomes.model.context import context_of
from golive.outcomes.model.drops import ALARM_DROP, FEWEST, PASS_DROP, effect
from golive.outcomes.model.performance import Measured
from golive.profile.rows.scored import Scored, scored
from golive.stats.estimate import Estimate, change
from golive.wording.metrics import METRICS
from golive.wording.numbers import metric, sizes, span

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
    m = _measured(train, specs, roles, config)
    if m is None:
        return None
    cases, now = m.cases_live, m.live[m.primary]
    if not now.known or min(cases.n_events, cases.n - cases.n_events) < FEWEST:
        return None
    return TrainingMetric(
        metric=m.primary,
        value=now.value,
        se=now.se,
        low=now.low,
        high=now.high,
        n=cases.n,
        n_events=cases.n_events,
    )


def against(
    before: TrainingMetric, live: Dataset, specs: Sequence[ColumnSpec], roles: Roles, config: Config
) -> Finding | None:
    """What the rows of several batches together say against training; ``None`` without scores or outcomes.

    ``alarm``: worse by 0.03 or more, and beyond ``NIGHTLY_SE``. ``watch``: worse at 95 %. ``quiet``: a drop of 0.05 is
    excluded. Otherwise, or with fewer than 20 events or non-events, ``cannot_judge``.
    """
    m = _measured(live, specs, roles, config)
    if m is None or m.primary != before.metric:
        return None
    then = Estimate(before.value, before.se, before.low, before.high)
    now, cases = m.live[m.primary], m.cases_live
    d, low, high = change(then, now)
    enough = now.known and min(cases.n_events, cases.n - cases.n_events) >= FEWEST
    beyond = d + (high - d) * NIGHTLY_SE / 1.96 < 0
    if not enough:
        verdict = Verdict.CANNOT_JUDGE
    elif beyond and d <= -ALARM_DROP:
        verdict = Verdict.ALARM
    elif high < 0:
        verdict = Verdict.WATCH
    else:
        verdict = Verdict.QUIET if low > -PASS_DROP else Verdict.CANNOT_JUDGE
    said = {
        Verdict.ALARM: "The model does worse on live patients than on training patients",
        Verdict.WATCH: "The model may do a little worse on live patients than on training patients",
        Verdict.QUIET: "The model does as well on live patients as on training patients",
        Verdict.CANNOT_JUDGE: "Too few outcomes to say whether the model does worse on live patients",
    }[verdict]
    severe = verdict is Verdict.ALARM and d <= -0.1
    return finding(
        Kind.PERFORMANCE_DROP,
        verdict,
        columns=tuple(c for c in (roles.score or roles.prediction, roles.label) if c),
        severity=Severity.CRITICAL if severe else None,
        title=f"{said}: {METRICS[m.primary].name} {span(now)}, in training {metric(then.value)} ({sizes(before.n, cases.n)})"
        if enough
        else f"{said} ({sizes(before.n, cases.n)})",
        effect=effect(m.primary, then, now, before.n, cases.n) if enough else None,
    )


def _measured(
    rows: Dataset, specs: Sequence[ColumnSpec], roles: Roles, config: Config
) -> Measured | None:
    """One side alone, measured; ``None`` where no column holds the output or the outcome."""
    if roles.label is None or not (roles.score or roles.prediction):
        return None
    side = scored(rows, specs, roles, config)
    return None if side is None else context_of(Scored(rows=0), side, roles, config).measured
