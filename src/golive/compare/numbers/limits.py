"""Values cut at a limit: where one side stops at an edge and the other goes on (ages above 89, detection limits)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from golive.compare.base.measured import Measured, measured, unit_words
from golive.compare.base.pairs import MINIMUM_VALUES
from golive.compare.fields.disguised import SENTINELS
from golive.compare.numbers.mixture import spread
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Verdict, WhatIf, finding
from golive.model.profile import FloatArray, IntArray, NumericProfile, Profile
from golive.stats.proportions import newcombe, two_share_p
from golive.wording.numbers import cell, number, sizes

LEAST_SHARE = 0.005
"""Share of the other side's values that lie beyond the limit."""
LEAST_ROWS = 5
ALPHA = 1e-4
SPIKE = 3.0
"""Multiple of its neighbours' mass that the last value holds when values beyond it were set to it."""
EDGE = 0.25
"""Share of the usual density that a column keeps up to its last value when values beyond it were left out."""


@dataclass(frozen=True)
class _Limit:
    """One side stops at ``value`` (``upper`` end), the other has ``beyond`` of its ``n`` values behind it."""

    value: float
    upper: bool
    beyond: int
    n: int
    spike: float


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``limit_changed``: training is cut at a limit that live data passes, or the other way round."""
    found = []
    for one in measured(train, live, config):
        if min(one.train.n, one.live.n) < MINIMUM_VALUES:
            continue
        for upper in (True, False):
            if limit := _limit(one, one.train, one.live, upper=upper):
                found.append(_finding(one, limit, training_cut=True))
            elif limit := _limit(one, one.live, one.train, upper=upper):
                found.append(_finding(one, limit, training_cut=False))
    return _one_each(found)


def _one_each(found: list[Finding]) -> list[Finding]:
    """One finding a column: the one on more rows."""
    best: dict[str, Finding] = {}
    for one in found:
        known = best.get(one.id)
        if known is None or (
            one.effect
            and known.effect
            and abs(one.effect.change or 0) > abs(known.effect.change or 0)
        ):
            best[one.id] = one
    return list(best.values())


def _limit(
    one: Measured, cut: NumericProfile, other: NumericProfile, *, upper: bool
) -> _Limit | None:
    """The limit at which ``cut`` ends while ``other`` goes on, or ``None``.

    ``other`` must hold enough values beyond it, close behind it (far away they are another unit or a stand-in), and
    ``cut`` must end abruptly: a spike at its last value, or a density that does not fall off.
    """
    sign = 1.0 if upper else -1.0
    values, counts = _ascending(cut, sign)
    end = float(values[-1])
    if one.limits is not None and end in (sign * one.limits[0], sign * one.limits[1]):
        return None  # the end of what is possible: beyond it lies ``out_of_range``
    behind_values, behind_counts = _ascending(other, sign)
    far = behind_values > end
    rows = int(behind_counts[far].sum())
    weights = one.weights if cut is one.train else (one.weights[1], one.weights[0])
    if (
        rows < max(LEAST_ROWS, LEAST_SHARE * other.n)
        or float(two_share_p(0, cut.n, rows, other.n, weights)) > ALPHA
    ):
        return None
    behind = (
        np.repeat(behind_values[far], behind_counts[far]) if rows < 10_000 else behind_values[far]
    )
    if np.isin(sign * behind, SENTINELS).mean() > 0.5:
        return None
    points = cut.quantile((np.arange(400) + 0.5) / 400)
    width = spread(points)
    if width <= 0 or float(np.median(behind)) - end > 2 * width:
        return None
    last = float(counts[-1])
    step = float(np.median(np.diff(values[-12:]))) if len(values) > 2 else width
    near = (
        (values[:-1] > end - max(12 * step, 0.1 * width))
        if len(values) > 1
        else np.zeros(0, dtype=bool)
    )
    neighbours = float(counts[:-1][near].mean()) if near.any() else 0.0
    spiked = last >= LEAST_ROWS and last / cut.n >= 0.002 and last >= SPIKE * max(neighbours, 1.0)
    if not spiked and not _edge(values, counts, end, width, cut.n):
        return None
    return _Limit(sign * end + 0.0, upper, rows, other.n, last / cut.n if spiked else 0.0)


def _edge(values: FloatArray, counts: IntArray, end: float, width: float, n: int) -> bool:
    """Whether the density just below the last value is at least ``EDGE`` of the density around the median."""
    band = 0.25 * width
    last = float(counts[values > end - band].sum())
    middle = values[min(int(np.searchsorted(np.cumsum(counts), 0.5 * n)), len(values) - 1)]
    usual = float(counts[(values > middle - band / 2) & (values <= middle + band / 2)].sum())
    return last >= 20 and last >= EDGE * usual


def _ascending(numeric: NumericProfile, sign: float) -> tuple[FloatArray, IntArray]:
    if sign > 0:
        return numeric.values, numeric.counts
    return -numeric.values[::-1], numeric.counts[::-1]


def _finding(one: Measured, limit: _Limit, *, training_cut: bool) -> Finding:
    side, beyond = ("above", "at most") if limit.upper else ("below", "at least")
    unit = f" {unit_words(one.unit)}" if one.unit else ""
    value, share = f"{number(limit.value)}{unit}", limit.beyond / limit.n
    k = (0, limit.beyond) if training_cut else (limit.beyond, 0)
    low, high = (float(v) for v in newcombe(k[0], one.train.n, k[1], one.live.n, one.weights))
    who, whom = ("training", "live data") if training_cut else ("live data", "training")
    spike = f"{cell(round(limit.spike * (one.train.n if training_cut else one.live.n)), one.train.n if training_cut else one.live.n)}"
    explanation = f"{who.capitalize()} ends abruptly at {value}"
    explanation += f", where {spike} of its values lie" if limit.spike else ", with no tail"
    explanation += (
        f": values beyond were set to it, left out or could not be measured. {whom.capitalize()} holds them as they are, so the "
        "same patient looks different to the model."
    )
    end = "high" if limit.upper else "low"
    return finding(
        Kind.LIMIT_CHANGED,
        Verdict.ALARM if share >= 0.01 else Verdict.WATCH,
        columns=(one.name,),
        title=(
            f"{cell(limit.beyond, limit.n)} of {'live' if training_cut else 'training'} {one.name} values lie {side} {value}; "
            f"in {who} every value is {beyond} {number(limit.value)} ({sizes(one.train.n, one.live.n)})"
        ),
        explanation=explanation,
        effect=Effect(
            name="share_beyond_limit",
            train=k[0] / one.train.n,
            live=k[1] / one.live.n,
            change=k[1] / one.live.n - k[0] / one.train.n,
            low=low,
            high=high,
            n_train=one.train.n,
            n_live=one.live.n,
        ),
        evidence=(
            f"{who} ends at {number(limit.value)}, {whom} at "
            f"{number((one.live if training_cut else one.train).maximum if limit.upper else (one.live if training_cut else one.train).minimum)}",
        ),
        ruled_out=(
            "chance: a tail that merely grew longer would have thinned out before the limit",
        ),
        rows_affected=limit.beyond if training_cut else None,
        fix=(
            f"Cut live {one.name} at {value} as in training, or train on values that are not cut."
            if training_cut
            else f"Find out why live {one.name} stops at {value} (a new device or a rule of the feed), and do the same to training."
        ),
        what_if=WhatIf(repair={"op": "clip", "column": one.name, end: limit.value})
        if training_cut
        else None,
    )
