"""Units: a column that arrives in another unit, in whole, at one site, from a day on, or for part of its values."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from golive.compare.base.measured import Measured, measured, unit_words
from golive.compare.base.pairs import MINIMUM_VALUES
from golive.compare.base.where import locate, of_mean
from golive.compare.numbers import scale
from golive.compare.numbers.mixture import (
    ALPHA,
    WHOLE_SHARE,
    Candidate,
    Part,
    beyond,
    part,
    whole_misfit,
)
from golive.compare.numbers.siblings import sibling
from golive.intake.clinical.analytes import Conversion
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Verdict, WhatIf, finding
from golive.model.profile import Profile
from golive.wording.numbers import number, percent, sizes
from golive.wording.place import Place

SURE_GAP = 0.06
"""Gap of cumulative shares that a mixture of overlapping units must explain before someone must act on it."""


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``unit_change``, ``unit_mix`` and ``scale_error`` of number columns."""
    found = []
    for one in measured(train, live, config):
        if min(one.train.n, one.live.n) < MINIMUM_VALUES:
            continue
        made = _whole(one, live) or sibling(one, live) or _partial(one, live)
        if made is not None:
            found.append(made)
    return found


def candidates(one: Measured) -> list[Candidate]:
    """Ways in which the analyte's values may arrive: its other units, and training's unit mistaken for one of them."""
    if one.analyte is None:
        return []
    unit = one.analyte.unit
    found = [
        Candidate(way.factor, way.offset, f"{unit_words(other)} instead of {unit_words(unit)}")
        for other, way in one.analyte.conversions.items()
    ]
    if not one.declared.unit:
        found += [
            _inverse(way, f"{unit_words(unit)} instead of {unit_words(other)}")
            for other, way in one.analyte.conversions.items()
        ]
    return found


def _inverse(way: Conversion, label: str) -> Candidate:
    return Candidate(1 / way.factor, -way.offset / way.factor, label)


def _whole(one: Measured, live: Profile) -> Finding | None:
    tried: list[tuple[float, int, Candidate]] = []
    for i, way in enumerate((*candidates(one), *scale.slips(one))):
        misfit = whole_misfit(one.train, one.live, way)
        if misfit is not None:
            tried.append((misfit, i, way))
    known = [t for t in tried if t[2].kind == "unit"]
    best = min(known or tried, default=None)
    candidate: Candidate | None = best[2] if best else scale.unknown_factor(one)
    if candidate is None:
        return None
    before, now = one.train.median, one.live.median
    kind = Kind.UNIT_CHANGE if candidate.kind == "unit" else Kind.SCALE_ERROR
    factor, offset = candidate.back
    quantiles = [0.1, 0.5, 0.9]
    back = one.live.quantile(quantiles) * factor + offset
    truth = one.train.quantile(quantiles)
    place = Place()
    return finding(
        kind,
        Verdict.ALARM,
        columns=(one.name,),
        title=f"{one.name} is {_in_words(candidate)}{place.words} ({sizes(one.train.n, one.live.n)})",
        explanation=(
            f"The median is {number(now)} live and {number(before)} in training. Brought back, the live values are "
            f"distributed like training: {_ladder(back)} against {_ladder(truth)} at 10, 50 and 90 %. "
            "A model reads every value as if it were in training's unit."
        ),
        effect=Effect(
            name="median",
            train=before,
            live=now,
            change=now - before,
            n_train=one.train.n,
            n_live=one.live.n,
        ),
        evidence=(
            f"factor measured {number(_measured_factor(one, candidate))}, expected {number(candidate.factor)}"
            + (f" and {number(candidate.offset)} added" if candidate.offset else ""),
            "the whole distribution moves by it, not only its centre",
        ),
        ruled_out=(
            "sicker or healthier patients: that would change the shape of the distribution, not only its scale",
        ),
        rows_affected=one.live.n,
        fix=_fix(one, candidate, place),
        what_if=WhatIf(
            repair={"op": "convert", "column": one.name, "factor": factor, "offset": offset}
        ),
    )


def _partial(one: Measured, live: Profile) -> Finding | None:
    known = [
        p
        for c in candidates(one)
        if (p := part(one.train, one.live, c, one.weights)) and p.p <= ALPHA
    ]
    # A slip is tried for six factors on every column, and no analyte speaks for any of them.
    tried = [] if known else scale.slips(one)
    slips = [
        p
        for c in tried
        if (p := part(one.train, one.live, c, one.weights)) and p.p <= ALPHA / len(tried)
    ]
    found = min(known or slips, key=lambda p: p.misfit, default=None)
    if found is None:
        return None
    both = not any(math.isnan(m) for m in found.means)  # else nothing is left in training's unit
    place = locate(live, one.name, of_mean(*found.means)) if both else Place()
    return _mixed(one, found, place, live)


def _mixed(one: Measured, found: Part, place: Place, live: Profile) -> Finding:
    """A finding on part of the values: of one slice entirely (``unit_change`` there) or mixed with ordinary ones."""
    candidate = found.candidate
    entire = found.whole or (bool(place.sites) and _within(place, live) >= WHOLE_SHARE)
    entire = entire or (
        not place.sites and place.since is not None and place.after_share >= WHOLE_SHARE
    )
    kind = (
        Kind.SCALE_ERROR
        if candidate.kind != "unit"
        else Kind.UNIT_CHANGE
        if entire
        else Kind.UNIT_MIX
    )
    share, side = percent(found.share), "above" if found.above else "below"
    factor, offset = candidate.back
    # A small part in a unit that overlaps with training's could also be other patients, unless one site sends it.
    sure = found.shown >= SURE_GAP or bool(place.sites) or place.since is not None
    opening = (
        _in_words(candidate)
        if entire
        else f"{'partly' if sure else 'perhaps partly'} {_in_words(candidate)}"
    )
    title = f"{one.name} is {opening}{place.words}: {share} of live values ({sizes(one.train.n, one.live.n)})"
    there = beyond(one.train, found.cut, above=found.above) / one.train.n
    usual = "next to none" if there < 0.01 else f"{percent(there)} of its values"
    evidence = [
        f"{found.rows:,} live values lie {side} {number(found.cut)}, where training has {usual}",
        f"their median is {number(found.centre)}; training's values in that unit have {number(found.expected)} there",
    ]
    if place.others:
        evidence.append(f"not at {place.column} {place.others}")
    if not sure:
        evidence.append("both units overlap, so a change of patients could look the same")
    ruled_out = ["a stand-in for missing: the values are not one repeated number"]
    if found.gap and found.between <= 0.02 * found.rows:
        ruled_out.insert(
            0,
            f"sicker patients: they would fill the space between {number(found.gap[0])} and {number(found.gap[1])}, "
            "and it is empty",
        )
    return finding(
        kind,
        Verdict.ALARM if sure else Verdict.WATCH,
        columns=(one.name,),
        title=title,
        segment=place.segment,
        explanation=(
            f"{share} of the live values (95 % interval {percent(found.low)} to {percent(found.high)}) "
            + ("are distributed" if sure else "could be distributed")
            + " like training's values after the conversion; the others are like training. "
            f"The median of all is "
            f"{number(one.live.median)} live and {number(one.train.median)} in training"
            + (", so it hardly shows it." if found.share < 0.3 else ".")
        ),
        effect=Effect(
            name="share_in_other_unit",
            train=0.0,
            live=found.share,
            change=found.share,
            low=found.low,
            high=found.high,
            n_train=one.train.n,
            n_live=one.live.n,
        ),
        evidence=tuple(evidence),
        ruled_out=tuple(ruled_out),
        rows_affected=found.rows,
        fix=_fix(one, candidate, place)
        if sure
        else _ask(one, candidate, f"{side} {number(found.cut)}"),
        what_if=WhatIf(
            repair={
                "op": "convert",
                "column": one.name,
                "factor": factor,
                "offset": offset,
                side: found.cut,
            }
        ),
        slices=place.slices,
    )


def _within(place: Place, live: Profile) -> float:
    """Share of converted values at the carrying sites from ``since`` on, by the share of rows that fall after that day."""
    if place.since is None:
        return place.site_share
    windows = [(s.start, s.n) for s in live.slices if s.by == "time" and s.start is not None]
    rows = sum(n for _, n in windows)
    starts = sorted(w[0] for w in windows)
    step = min((b - a).days for a, b in pairwise(starts))
    after = sum(
        n * min(1.0, max(0.0, 1 - (place.since - start).days / step)) for start, n in windows
    )
    return min(1.0, place.site_share * rows / after) if after else place.site_share


def _in_words(candidate: Candidate) -> str:
    """``in another unit: umol/L instead of mg/dL (x88.4)``."""
    if candidate.kind != "unit":
        return candidate.label
    added = (
        f" {'+' if candidate.offset > 0 else '-'} {number(abs(candidate.offset))}"
        if candidate.offset
        else ""
    )
    return f"in another unit ({candidate.label}, x{number(candidate.factor)}{added})"


def _fix(one: Measured, candidate: Candidate, place: Place) -> str:
    if candidate.kind == "unknown":
        return f"Ask the sender in which unit {one.name} is written{place.words}, convert it at intake, and send the unit with it."
    factor, offset = candidate.back
    added = (
        f" and add {number(offset)}"
        if offset > 0
        else f" and take away {number(-offset)}"
        if offset
        else ""
    )
    return (
        f"Convert {one.name}{place.words} at intake (multiply by {number(factor)}{added}) and have the unit sent with "
        "every value."
    )


def _ask(one: Measured, candidate: Candidate, where: str) -> str:
    """What to do about values that may as well be other patients."""
    unit = candidate.label.split(" instead of ")[0] if candidate.kind == "unit" else "another unit"
    return (
        f"Ask the sender whether {one.name} values {where} are in {unit}. Convert only those of which the sender says so: the "
        "values alone do not tell, and a real value that is converted is a wrong one."
    )


def _measured_factor(one: Measured, candidate: Candidate) -> float:
    """Slope of live on training quantiles through the origin (5 to 95 %), after the known offset is taken away."""
    at = np.linspace(0.05, 0.95, 19)
    x, y = one.train.quantile(at), one.live.quantile(at) - candidate.offset
    return float(np.dot(x, y) / np.dot(x, x))


def _ladder(values: np.ndarray) -> str:
    return ", ".join(number(float(v)) for v in values)
