"""Plausibility in two tiers: impossible values (``out_of_range``) and extreme ones (``watch_range``), by unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from golive.compare.base.measured import Measured, measured, unit_words
from golive.compare.base.where import ShareOf, locate
from golive.compare.fields.disguised import SENTINELS
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Route, Severity, Verdict, WhatIf, finding
from golive.model.profile import (
    SLICE_QUANTILES,
    NumericProfile,
    Profile,
    SliceColumn,
    cell_share,
    is_small,
)
from golive.stats.proportions import benjamini_hochberg, newcombe, two_share_p
from golive.wording.numbers import cell, number, p_value, sizes, values_of
from golive.wording.place import Place

ALARM_SHARE = 0.01
EXTREME_SHARE = 0.001
EXTREME_RATIO = 2.0
SPIKE_ROWS = 3
UNKNOWN_ROWS = 100
"""Training values from which their own range says something where no limits are known."""


@dataclass(frozen=True)
class _Outside:
    """Rows outside two limits. ``tier`` is ``hard``, ``watch`` or ``seen`` (far outside anything training held)."""

    one: Measured
    tier: str
    limits: tuple[float, float]
    train: int
    live: int

    @property
    def kind(self) -> Kind:
        return Kind.OUT_OF_RANGE if self.tier == "hard" else Kind.WATCH_RANGE

    @property
    def weights(self) -> tuple[float, float]:
        """Extreme values belong to patients; impossible ones are slips of recording, row by row."""
        return (1.0, 1.0) if self.tier == "hard" else self.one.weights

    @property
    def p(self) -> float:
        return float(
            two_share_p(self.train, self.one.train.n, self.live, self.one.live.n, self.weights)
        )


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``out_of_range`` (impossible values) and ``watch_range`` (extreme values) that live holds more often than training."""
    tried = [outside for one in measured(train, live, config) for outside in _tiers(one)]
    adjusted = benjamini_hochberg(np.array([o.p for o in tried]))
    return [
        made
        for outside, p in zip(tried, adjusted, strict=True)
        if (made := _finding(outside, float(p), live, config)) is not None
    ]


def _tiers(one: Measured) -> list[_Outside]:
    """Limits to hold a column against. A stand-in for missing (-1, 999, a spike of zeros) is no value, so it is left out."""
    hard, watch = one.limits, one.analyte.watch if one.analyte else None
    found = []
    spikes = [v for v in SENTINELS if _rows_at(one.live, v) >= SPIKE_ROWS]
    if hard is not None:
        gone = [v for v in spikes if not hard[0] <= v <= hard[1]]
        found.append(_count(one, "hard", hard, gone))
    if watch is not None and watch != hard:
        gone = [v for v in spikes if not watch[0] <= v <= watch[1]]
        extreme = _count(one, "watch", watch, gone)
        if hard is not None:  # the impossible ones are told as such
            extreme = _Outside(
                one, "watch", watch, extreme.train - found[0].train, extreme.live - found[0].live
            )
        found.append(extreme)
    if (
        hard is None
        and watch is None
        and one.train.n >= UNKNOWN_ROWS
        and one.train.maximum > one.train.minimum
    ):
        width = one.train.maximum - one.train.minimum
        limits = (one.train.minimum - width, one.train.maximum + width)
        found.append(
            _count(one, "seen", limits, [v for v in spikes if not limits[0] <= v <= limits[1]])
        )
    return [o for o in found if o.live > 0]


def _rows_at(numeric: NumericProfile, value: float) -> int:
    return int(numeric.counts[numeric.values == value].sum())


def _count(one: Measured, tier: str, limits: tuple[float, float], gone: list[float]) -> _Outside:
    rows = []
    for side in (one.train, one.live):
        out = ((side.values < limits[0]) | (side.values > limits[1])) & ~np.isin(side.values, gone)
        rows.append(int(side.counts[out].sum()))
    return _Outside(one, tier, limits, rows[0], rows[1])


def _finding(o: _Outside, p: float, live: Profile, config: Config) -> Finding | None:
    one, (low, high) = o.one, o.limits
    before, now = o.train / one.train.n, o.live / one.live.n
    certain = p <= config.drift.alpha and now > before
    if o.tier == "hard":
        if certain and now - before >= ALARM_SHARE:
            verdict = Verdict.ALARM
        elif certain or o.train == 0:  # one impossible value is worth a look, whatever chance says
            verdict = Verdict.WATCH
        else:
            return None
    elif certain and now >= EXTREME_SHARE and now >= EXTREME_RATIO * before:
        verdict = Verdict.WATCH
    else:
        return None
    # Quantiles give a lower bound of the share, good enough for the place but not for the day.
    place = (
        locate(live, one.name, _of_limits(low, high), dated=False)
        if now >= ALARM_SHARE
        else Place()
    )
    what = {"hard": "impossible", "watch": "extreme", "seen": "far outside anything training held"}[
        o.tier
    ]
    unit = f" {unit_words(one.unit)}" if one.unit else ""
    between = f"outside {number(low)} to {number(high)}{unit}"
    interval = [float(v) for v in newcombe(o.train, one.train.n, o.live, one.live.n, o.weights)]
    shown = not (is_small(o.train) or is_small(o.live))
    return finding(
        o.kind,
        verdict,
        columns=(one.name,),
        severity=Severity.CRITICAL if verdict is Verdict.ALARM and now >= 0.1 else None,
        route=Route.ENGINEERING if o.tier == "seen" else None,
        segment=place.segment,
        title=(
            f"{values_of(o.live, one.live.n, one.name)}{place.words} are {what} ({between}); in training "
            f"{cell(o.train, one.train.n) if o.train else 'none'} ({sizes(one.train.n, one.live.n)})"
        ),
        explanation=_why(o),
        effect=Effect(
            name="out_of_range_share",
            train=cell_share(o.train, one.train.n),
            live=cell_share(o.live, one.live.n),
            change=now - before if shown else None,
            low=interval[0] if shown else None,
            high=interval[1] if shown else None,
            n_train=one.train.n,
            n_live=one.live.n,
        ),
        evidence=tuple(_evidence(o, p)),
        ruled_out=("a stand-in for missing such as -1 or 999: those are counted apart",),
        rows_affected=o.live,
        fix=(
            f"Send {one.name} values {between} back to their source; until they are right, treat them as missing."
            if o.tier == "hard"
            else f"Let a clinician review {one.name} values {between}; extreme patients are real, so remove nothing by rule."
        ),
        what_if=(
            WhatIf(repair={"op": "set_missing", "column": one.name, "below": low, "above": high})
            if o.tier == "hard"
            else None
        ),
        slices=place.slices,
    )


def _why(o: _Outside) -> str:
    one = o.one
    if o.tier == "seen":
        return (
            "No limits are known for this column. The values lie further from training's range than that range is wide: "
            "a model has no experience there."
        )
    if one.declared.range is not None and o.tier == "hard":
        source = "declared for this column"
    else:
        source = f"known for {one.analyte.title if one.analyte else one.name} in adults"
        source += f", {_given(unit_words(one.unit))} as in training" if one.unit else ""
    if o.tier == "watch":
        return f"The limits are {source}. Such values occur in very sick patients, so they are listed for review, never removed."
    return f"The limits are {source}. No patient has such a value, so it was entered, sent or converted wrongly."


def _given(unit: str) -> str:
    """``in mg/dL``, ``per minute``, ``as a fraction``."""
    return unit if unit.startswith(("per ", "as ")) else f"in {unit}"


def _evidence(o: _Outside, p: float) -> list[str]:
    said = []
    for side, limit in (("below", o.limits[0]), ("above", o.limits[1])):
        rows = [
            int(s.counts[s.values < limit].sum())
            if side == "below"
            else int(s.counts[s.values > limit].sum())
            for s in (o.one.train, o.one.live)
        ]
        if rows[1]:
            said.append(
                f"{side} {number(limit)}: {cell(rows[1], o.one.live.n)} live, {cell(rows[0], o.one.train.n)} in training"
            )
    said.append(f"adjusted {p_value(p)}")
    return said


def _of_limits(low: float, high: float) -> ShareOf:
    """Share of a slice's values outside limits, read off its nine quantiles (a lower bound)."""

    def share_of(part: SliceColumn) -> tuple[float, int] | None:
        n = part.n - part.missing - part.tokens
        if n <= 0 or not part.quantiles:
            return None
        under = [q for q, v in zip(SLICE_QUANTILES, part.quantiles, strict=True) if v < low]
        over = [1 - q for q, v in zip(SLICE_QUANTILES, part.quantiles, strict=True) if v > high]
        return max(under, default=0.0) + max(over, default=0.0), n

    return share_of
