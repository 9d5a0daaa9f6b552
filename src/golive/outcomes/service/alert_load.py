"""How many alerts reach each site a day, against the limit that was agreed, and how many repeat within a day."""

from __future__ import annotations

import numpy as np

from golive.model.measured.service import AlertLoad
from golive.model.profile import SMALL_CELL
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.target import flags
from golive.outcomes.service.outputs import covered_days
from golive.profile.rows.scored import Scored
from golive.stats.estimate import Mask, number

FEWEST_DAYS = 7
REPEAT = np.timedelta64(24, "h")


def alert_load(context: Context, out: Outcomes) -> None:
    """``Alerts`` of performance: ``n``, ``days``, ``per_day`` by site (11 or more alerts), the most at one site, the agreed ``limit``,
    and ``repeats``, the share of alerts that follow another of the same id within 24 hours (``None`` without ids that recur).
    """
    live, days = context.live, covered_days(context.live)
    raised = _raised(context)
    if raised is None or not days or days < FEWEST_DAYS:
        return
    total = int(raised.sum())
    if total < SMALL_CELL:
        return
    per_day = _by_site(live, context.roles.site, raised, days) or {"": total / days}
    most = max(per_day, key=lambda name: per_day[name])
    found = AlertLoad(
        n=total,
        days=days,
        per_day={name: number(value) for name, value in per_day.items()} if most else {},
        load=number(per_day[most]),
        where=most or None,
        limit=context.config.alert_limit_per_day,
        repeats=_repeats(live, raised),
    )
    out.add(alerts=found)


def _raised(context: Context) -> Mask | None:
    """Rows that alert: the prediction where there is one, else the score against the declared threshold."""
    live, threshold = context.live, context.config.operating_threshold
    if (
        live.prediction is not None
        and context.target is not None
        and context.target.task == "event"
    ):
        yes, known = flags(live.prediction, context.target)
        return yes & known
    if live.score is None or threshold is None:
        return None
    return np.asarray(np.nan_to_num(live.score, nan=-np.inf) >= threshold)


def _by_site(live: Scored, site: str | None, raised: Mask, days: float) -> dict[str, float]:
    coded = live.slices.get(site or "")
    if coded is None:
        return {}
    counts = {name: int((raised & (coded.codes == i)).sum()) for i, name in enumerate(coded.names)}
    return {name: n / days for name, n in counts.items() if n >= SMALL_CELL}


def _repeats(live: Scored, raised: Mask) -> float | None:
    if live.unit is None or live.time is None:
        return None
    use = raised & ~np.isnat(live.time) & (live.unit >= 0)
    unit, time = live.unit[use], live.time[use]
    if len(np.unique(unit)) == len(unit):
        return None  # every id alerts once: ids of visits say nothing about patients
    order = np.lexsort((time, unit))
    unit, time = unit[order], time[order]
    again = int(((np.diff(unit) == 0) & (np.diff(time) <= REPEAT)).sum())
    return None if 0 < again < SMALL_CELL else number(again / len(unit))
