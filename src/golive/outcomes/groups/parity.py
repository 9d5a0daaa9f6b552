"""Between groups: how far apart alerts and errors lie at the threshold, by fairlearn's measures, beside what chance alone shows.

The largest difference over several groups is never zero, even where all are treated alike; so each is given with the
difference that equal groups of these sizes would show in one of twenty samples.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from golive.model.measured.groups import Group, GroupRate, Parity, RateGap
from golive.model.measured.intervals import Interval
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.target import Cases
from golive.profile.rows.scored import Coded
from golive.stats.estimate import Z95, number

DRAWS = 4_000
RATES = {
    "alert_rate": "alert_rate",
    "sensitivity": "sensitivity",
    "false_alarm_rate": "specificity",
}
"""Rate of fairlearn's frame, and the estimate of a group that carries its standard error."""


def parity(context: Context, out: Outcomes) -> None:
    """``Parity`` of performance: differences and ratios between the groups of each column that are large enough, two or more.

    ``demographic_parity`` compares alert rates, ``equal_opportunity`` sensitivities, ``equalized_odds`` the worse of
    sensitivities and false alarm rates. ``chance`` is the 95th percentile of the same difference between equal groups.
    """
    m = context.figures
    if m is None or m.cases_live.flagged is None:
        return
    by_column: dict[str, list[Group]] = {}
    for group in out.measured.subgroups:
        if group.enough and set(RATES.values()) <= set(group.metrics):
            by_column.setdefault(group.by, []).append(group)
    several = [groups for groups in by_column.values() if len(groups) > 1]
    out.add(parity=[_between(m.cases_live, groups, context.config.seed) for groups in several])


def cells(live: Cases, coded: Coded, names: Sequence[str]) -> tuple[Any, Any, Any, Any]:
    """Outcome, alert, group and number of rows of each of the four cells per group: all that the measures look at."""
    assert live.flagged is not None
    at = {name: i for i, name in enumerate(names)}
    group = np.array([*(at.get(n, -1) for n in coded.names), -1])[coded.codes[live.place]]
    here = group >= 0
    cell = (group[here] * 2 + live.event[here]) * 2 + live.flagged[here]
    rows = np.bincount(cell, minlength=4 * len(names))
    index = np.arange(4 * len(names))
    return index // 2 % 2, index % 2, index // 4, rows


def _between(live: Cases, groups: Sequence[Group], seed: int) -> Parity:
    from fairlearn import metrics as fair

    names, by = [g.value for g in groups], groups[0].by
    event, alert, group, rows = cells(live, live.side.slices[by], names)
    measures = {
        "alert_rate": fair.selection_rate,
        "sensitivity": fair.true_positive_rate,
        "false_alarm_rate": fair.false_positive_rate,
    }
    frame = fair.MetricFrame(
        metrics=measures,
        y_true=event,
        y_pred=alert,
        sensitive_features=group,
        sample_params={name: {"sample_weight": rows} for name in measures},
    )
    difference, ratio, rates = frame.difference(), frame.ratio(), frame.by_group

    def gap(name: str) -> RateGap:
        chance = _chance([_error(g.metrics[RATES[name]]) for g in groups], seed)
        by_size = np.argsort(rates[name].to_numpy(), kind="stable")
        lowest, highest = (
            GroupRate(group=names[i], rate=number(float(rates[name].iloc[i])))
            for i in (by_size[0], by_size[-1])
        )
        return RateGap(
            rate=name,
            difference=number(float(difference[name])),
            ratio=number(float(ratio[name])),
            chance=number(chance),
            beyond_chance=bool(float(difference[name]) > chance),
            lowest=lowest,
            highest=highest,
        )

    return Parity(
        by=by,
        groups=len(groups),
        demographic_parity=gap("alert_rate"),
        equal_opportunity=gap("sensitivity"),
        equalized_odds=gap(max(("sensitivity", "false_alarm_rate"), key=lambda n: difference[n])),
    )


def _error(found: Interval) -> float:
    """Standard error from a 95 % interval."""
    low, high = found.ends or (math.nan, math.nan)
    return (high - low) / (2 * Z95)


def _chance(errors: Sequence[float], seed: int) -> float:
    """95th percentile of the largest difference between groups that are equal but for their sampling errors."""
    drawn = np.random.default_rng(seed).normal(size=(DRAWS, len(errors))) * np.asarray(errors)
    return float(np.quantile(np.ptp(drawn, axis=1), 0.95))
