"""A value that repeats: a sensor that stands still, or a default that fills in for a measurement."""

from __future__ import annotations

import numpy as np

from golive.compare.base.measured import NumberPair, measured
from golive.compare.base.pairs import MINIMUM_VALUES
from golive.compare.fields.disguised import SENTINELS
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Severity, Verdict, WhatIf
from golive.model.profile import Profile
from golive.wording.findings.number_columns import StuckValue

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


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``stuck_value``: one value holds far more of live than of training, or all of it."""
    found = (_stuck(one) for one in measured(train, live, config, MINIMUM_VALUES))
    return [facts for facts in found if facts is not None]


def _stuck(one: NumberPair) -> Facts | None:
    train, live = one.train, one.live
    # Where the support points are bin means, one of them is not one value
    if not live.exact or len(train.values) < FEWEST_DISTINCT:
        return None
    now = live.counts / live.n
    places = np.clip(np.searchsorted(train.values, live.values), 0, len(train.values) - 1)
    same = train.values[places] == live.values
    before = np.where(same, train.counts[places], 0) / train.n
    excess = np.maximum(now - before, 0)
    at = int(np.argmax(excess))
    value, change = float(live.values[at]), float(excess[at])
    rows = round(float(before[at]) * train.n), int(live.counts[at])
    whole = len(live.values) == 1
    edge = value in (train.minimum, train.maximum, live.minimum, live.maximum) and not whole
    outside = not train.minimum <= value <= train.maximum
    if edge or (outside and (value in SENTINELS or not whole)) or before[at] > USUAL:
        return None
    next_best = float(np.partition(excess, -2)[-2]) if len(excess) > 1 else 0.0
    if change < LEAST_CHANGE or change < ALONE * next_best:
        return None
    if rows[1] < FEWEST_PATIENTS * one.now.repeats.size and one.weights[1] < 1 and not whole:
        return None  # what belongs to a patient stands in each of the patient's rows
    if one.share_p(rows) > ALPHA:
        return None
    repair = {"op": "set_missing", "column": one.name, "values": [value]}
    return StuckValue(
        verdict=Verdict.ALARM if change >= ALARM_CHANGE else Verdict.WATCH,
        columns=(one.name,),
        severity=Severity.CRITICAL if whole else None,
        effect=one.share_effect("repeated_value_share", rows),
        rows_affected=round(change * live.n),
        what_if=None if whole else WhatIf(repair=repair),
        value=value,
        rows=rows,
        whole=whole,
        next_best=next_best,
    )
