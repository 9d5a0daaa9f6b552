"""Plausibility in two tiers: impossible values (``out_of_range``) and extreme ones (``watch_range``), by unit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from golive.compare.base.measured import NumberPair, measured
from golive.compare.base.pairs import share_effect
from golive.compare.base.where import ShareOf, locate
from golive.compare.fields.disguised import SENTINELS
from golive.compare.numbers.mixture import rows_beyond
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Kind, Route, Severity, Verdict, WhatIf
from golive.model.profile import SLICE_QUANTILES, NumericProfile, Profile, SliceColumn
from golive.stats.proportions import benjamini_hochberg, two_share_p
from golive.wording.findings.number_columns import Outside, OutsideLimits, Tier
from golive.wording.place import Place

ALARM_SHARE = 0.01
EXTREME_SHARE = 0.001
EXTREME_RATIO = 2.0
SPIKE_ROWS = 3
UNKNOWN_ROWS = 100
"""Training values from which their own range says something where no limits are known."""


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``out_of_range`` (impossible values) and ``watch_range`` (extreme values) that live holds more often than training."""
    tried = [(one, o) for one in measured(train, live, config) for o in _tiers(one)]
    adjusted = benjamini_hochberg(np.array([_p(one, o) for one, o in tried]))
    found = (
        _facts(one, o, float(p), live, config) for (one, o), p in zip(tried, adjusted, strict=True)
    )
    return [facts for facts in found if facts is not None]


def _weights(one: NumberPair, o: Outside) -> tuple[float, float]:
    """Extreme values belong to patients; impossible ones are slips of recording, row by row."""
    return (1.0, 1.0) if o.tier is Tier.IMPOSSIBLE else one.weights


def _p(one: NumberPair, o: Outside) -> float:
    (n_train, n_live), (train, live) = one.sizes, o.rows
    return float(two_share_p(train, n_train, live, n_live, _weights(one, o)))


def _tiers(one: NumberPair) -> list[Outside]:
    """Limits to hold a column against. A stand-in for missing (-1, 999, a spike of zeros) is no value, so it is left out."""
    hard, watch = one.limits, one.analyte.watch if one.analyte else None
    found = []
    if hard is not None:
        found.append(_count(one, Tier.IMPOSSIBLE, hard))
    if watch is not None and watch != hard:
        extreme = _count(one, Tier.EXTREME, watch)
        if hard is not None:  # the impossible ones are told as such
            train, live = (e - i for e, i in zip(extreme.rows, found[0].rows, strict=True))
            extreme = replace(extreme, rows=(train, live))
        found.append(extreme)
    width = one.train.maximum - one.train.minimum
    if hard is None and watch is None and one.train.n >= UNKNOWN_ROWS and width > 0:
        limits = (one.train.minimum - width, one.train.maximum + width)
        found.append(_count(one, Tier.UNKNOWN, limits))
    return [o for o in found if o.rows[1] > 0]


def _count(one: NumberPair, tier: Tier, limits: tuple[float, float]) -> Outside:
    low, high = limits
    spikes = [v for v in SENTINELS if one.live.counts[one.live.values == v].sum() >= SPIKE_ROWS]

    def rows(side: NumericProfile) -> int:
        outside = (side.values < low) | (side.values > high)
        return int(side.counts[outside & ~np.isin(side.values, spikes)].sum())

    below, above = (
        (rows_beyond(one.train, limit, above=at_top), rows_beyond(one.live, limit, above=at_top))
        for limit, at_top in ((low, False), (high, True))
    )
    declared = one.declared.range is not None and tier is Tier.IMPOSSIBLE
    known_for = "" if declared else one.analyte.title if one.analyte else one.name
    outside = rows(one.train), rows(one.live)
    return Outside(tier, limits, one.unit or "", known_for, below, above, outside)


def _verdict(one: NumberPair, o: Outside, p: float, alpha: float) -> Verdict | None:
    before, now = (rows / n for rows, n in zip(o.rows, one.sizes, strict=True))
    certain = p <= alpha and now > before
    if o.tier is Tier.IMPOSSIBLE:
        if certain and now - before >= ALARM_SHARE:
            return Verdict.ALARM
        # One impossible value is worth a look, whatever chance says
        return Verdict.WATCH if certain or o.rows[0] == 0 else None
    extreme = now >= EXTREME_SHARE and now >= EXTREME_RATIO * before
    return Verdict.WATCH if certain and extreme else None


def _facts(one: NumberPair, o: Outside, p: float, live: Profile, config: Config) -> Facts | None:
    (low, high), impossible = o.limits, o.tier is Tier.IMPOSSIBLE
    verdict, now = _verdict(one, o, p, config.drift.alpha), o.rows[1] / one.live.n
    if verdict is None:
        return None
    # Quantiles give a lower bound of the share, good enough for the place but not for the day.
    share_of = _of_limits(low, high)
    place = locate(live, one.name, share_of, dated=False) if now >= ALARM_SHARE else Place()
    repair = {"op": "set_missing", "column": one.name, "below": low, "above": high}
    weights = _weights(one, o)
    return OutsideLimits(
        kind=Kind.OUT_OF_RANGE if impossible else Kind.WATCH_RANGE,
        verdict=verdict,
        columns=(one.name,),
        severity=Severity.CRITICAL if verdict is Verdict.ALARM and now >= 0.1 else None,
        route=Route.ENGINEERING if o.tier is Tier.UNKNOWN else None,
        effect=share_effect("out_of_range_share", o.rows, one.sizes, weights, private=True),
        rows_affected=o.rows[1],
        what_if=WhatIf(repair=repair) if impossible else None,
        outside=o,
        place=place,
        p=p,
    )


def _of_limits(low: float, high: float) -> ShareOf:
    """Share of a slice's values outside limits, read off its nine quantiles (a lower bound)."""

    def share_of(part: SliceColumn) -> tuple[float, int] | None:
        n = part.n - part.missing - part.tokens
        if n <= 0 or not part.quantiles:
            return None
        known = list(zip(SLICE_QUANTILES, part.quantiles, strict=True))
        under, over = [q for q, v in known if v < low], [1 - q for q, v in known if v > high]
        return max(under, default=0.0) + max(over, default=0.0), n

    return share_of
