"""A value that repeats: a sensor that stands still, or a default that fills in for a measurement."""

from __future__ import annotations

import numpy as np

from golive.compare.base.measured import Measured, measured
from golive.compare.base.pairs import MINIMUM_VALUES
from golive.compare.fields.disguised import SENTINELS
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Severity, Verdict, WhatIf, finding
from golive.model.profile import Profile
from golive.stats.proportions import newcombe, two_share_p
from golive.wording.numbers import cell, number, percent, points, sizes

LEAST_CHANGE = 0.02
ALARM_CHANGE = 0.05
USUAL = 0.15
"""Largest share of training that a value may hold: above it, its share is a matter of patients."""
FEWEST_DISTINCT = 15
ALONE = 3.0
"""Multiple of the next value's excess that one value must have: coarser rounding lifts many values at once."""
ALPHA = 1e-6
FEWEST_PATIENTS = 10
"""Average patients whose rows a value must fill where rows of a patient repeat each other."""


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``stuck_value``: one value holds far more of live than of training, or all of it."""
    found = []
    for one in measured(train, live, config):
        if min(one.train.n, one.live.n) < MINIMUM_VALUES or len(one.train.values) < FEWEST_DISTINCT:
            continue
        made = _stuck(one)
        if made is not None:
            found.append(made)
    return found


def _stuck(one: Measured) -> Finding | None:
    if not one.live.exact:  # the support points are bin means, so one of them is not one value
        return None
    at = int(np.argmax(one.live.counts))
    now = one.live.counts / one.live.n
    places = np.clip(
        np.searchsorted(one.train.values, one.live.values), 0, len(one.train.values) - 1
    )
    same = one.train.values[places] == one.live.values
    before = np.where(same, one.train.counts[places], 0) / one.train.n
    excess = np.maximum(now - before, 0)
    at = int(np.argmax(excess))
    value, rows = float(one.live.values[at]), int(one.live.counts[at])
    then = round(float(before[at]) * one.train.n)
    whole = len(one.live.values) == 1
    edge = (
        value in (one.train.minimum, one.train.maximum, one.live.minimum, one.live.maximum)
        and not whole
    )
    outside = not one.train.minimum <= value <= one.train.maximum
    if edge or (outside and (value in SENTINELS or not whole)) or before[at] > USUAL:
        return None
    next_best = float(np.partition(excess, -2)[-2]) if len(excess) > 1 else 0.0
    if excess[at] < LEAST_CHANGE or excess[at] < ALONE * next_best:
        return None
    if rows < FEWEST_PATIENTS * one.now.repeats.size and one.weights[1] < 1 and not whole:
        return None  # what belongs to a patient stands in each of the patient's rows
    if float(two_share_p(then, one.train.n, rows, one.live.n, one.weights)) > ALPHA:
        return None
    change, alarm = float(excess[at]), float(excess[at]) >= ALARM_CHANGE
    low, high = (float(v) for v in newcombe(then, one.train.n, rows, one.live.n, one.weights))
    what = "every live value of" if whole else f"{percent(rows / one.live.n)} of live"
    return finding(
        Kind.STUCK_VALUE,
        Verdict.ALARM if alarm else Verdict.WATCH,
        columns=(one.name,),
        severity=Severity.CRITICAL if whole else None,
        title=(
            f"{what[0].upper()}{what[1:]} {one.name} values are exactly {number(value)}; in training "
            f"{cell(then, one.train.n)} ({sizes(one.train.n, one.live.n)})"
        ).replace("value of " + one.name + " values are", "value of " + one.name + " is"),
        explanation=(
            "One ordinary value occurs far more often than its neighbours and than in training: a sensor that stands still, a "
            "copied entry, or a default put in place of a missing measurement. The rows look measured and are not."
        ),
        effect=Effect(
            name="repeated_value_share",
            train=then / one.train.n,
            live=rows / one.live.n,
            change=change,
            low=low,
            high=high,
            n_train=one.train.n,
            n_live=one.live.n,
        ),
        evidence=(
            f"its share grew by {points(change)}; that of the next value by {points(next_best)}",
        ),
        ruled_out=(
            "coarser rounding: it would lift many values at once",
            "a limit: the value lies inside the range",
        ),
        rows_affected=round(change * one.live.n),
        fix=f"Ask whether {number(value)} is a default or a stuck device for {one.name}, and send null where nothing was measured.",
        what_if=None
        if whole
        else WhatIf(repair={"op": "set_missing", "column": one.name, "values": [value]}),
    )
