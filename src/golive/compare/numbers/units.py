"""Units: a column that arrives in another unit, in whole, at one site, from a day on, or for part of its values."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from golive.compare.base.measured import NumberPair, measured
from golive.compare.base.pairs import MINIMUM_VALUES
from golive.compare.base.where import locate, of_mean
from golive.compare.numbers import scale
from golive.compare.numbers.mixture import ALPHA, WHOLE, WHOLE_SHARE, part, whole_misfit
from golive.compare.numbers.siblings import sibling
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Effect, Kind, Verdict, WhatIf
from golive.model.profile import Profile
from golive.wording.findings.units import Candidate, ConvertedColumn, ConvertedPart, Part
from golive.wording.place import Place

SURE_GAP = 0.06
"""Gap of cumulative shares that a mixture of overlapping units must explain before someone must act on it."""


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``unit_change``, ``unit_mix`` and ``scale_error`` of number columns."""
    columns = measured(train, live, config, MINIMUM_VALUES)
    found = (_whole(one) or sibling(one, live) or _partial(one, live) for one in columns)
    return [facts for facts in found if facts is not None]


def candidates(one: NumberPair) -> list[Candidate]:
    """Ways in which the analyte's values may arrive: its other units, and training's unit mistaken for one of them."""
    if one.analyte is None:
        return []
    own, ways = one.analyte.unit, one.analyte.conversions.items()
    found = [Candidate(way.factor, way.offset, ((unit, own),)) for unit, way in ways]
    if not one.declared.unit:
        found += [
            Candidate(1 / way.factor, -way.offset / way.factor, ((own, unit),))
            for unit, way in ways
        ]
    return found


def _whole(one: NumberPair) -> Facts | None:
    known = _closest(one, candidates(one)) or _closest(one, scale.slips(one))
    candidate = known or scale.unknown_factor(one)
    if candidate is None:
        return None
    factor, offset = candidate.back
    x, y = one.train.quantile(WHOLE), one.live.quantile(WHOLE) - candidate.offset
    at = [0.1, 0.5, 0.9]
    return ConvertedColumn(
        kind=Kind.UNIT_CHANGE if candidate.units else Kind.SCALE_ERROR,
        verdict=Verdict.ALARM,
        columns=(one.name,),
        effect=Effect.between("median", one.train.median, one.live.median, n=one.sizes),
        rows_affected=one.live.n,
        what_if=WhatIf(
            repair={"op": "convert", "column": one.name, "factor": factor, "offset": offset}
        ),
        candidate=candidate,
        # Slope of live on training quantiles through the origin, after the known offset is taken away
        measured=float(np.dot(x, y) / np.dot(x, x)),
        back=tuple(one.live.quantile(at) * factor + offset),
        truth=tuple(one.train.quantile(at)),
    )


def _closest(one: NumberPair, ways: list[Candidate]) -> Candidate | None:
    """The first of the conversions that explain best how live values differ, or ``None`` where none does."""
    tried = ((whole_misfit(one.train, one.live, way), way) for way in ways)
    known = [(misfit, way) for misfit, way in tried if misfit is not None]
    return min(known, key=lambda found: found[0])[1] if known else None


def _partial(one: NumberPair, live: Profile) -> Facts | None:
    # A slip is tried for six factors on every column, and no analyte speaks for any of them.
    slips = scale.slips(one)
    parts = _parts(one, candidates(one), ALPHA) or _parts(one, slips, ALPHA / max(1, len(slips)))
    if not parts:
        return None
    found = min(parts, key=lambda p: p.misfit)
    both = not any(math.isnan(m) for m in found.means)  # else nothing is left in training's unit
    place = locate(live, one.name, of_mean(*found.means)) if both else Place()
    if place.sites:
        there = _within(place, live)
    else:
        there = place.after_share if place.since is not None else 0.0
    entire = max(found.share, there) >= WHOLE_SHARE
    whole_kind = Kind.UNIT_CHANGE if entire else Kind.UNIT_MIX
    # A small part in a unit that overlaps with training's could also be other patients, unless one site sends it.
    sure = found.shown >= SURE_GAP or place.known
    factor, offset = found.candidate.back
    repair = {"op": "convert", "column": one.name, "factor": factor, "offset": offset}
    return ConvertedPart(
        kind=whole_kind if found.candidate.units else Kind.SCALE_ERROR,
        verdict=Verdict.ALARM if sure else Verdict.WATCH,
        columns=(one.name,),
        effect=Effect.between(
            "share_in_other_unit", 0.0, found.share, n=one.sizes, interval=(found.low, found.high)
        ),
        rows_affected=found.rows,
        what_if=WhatIf(repair=repair | {found.side: found.cut}),
        part=found,
        place=place,
        entire=entire,
        medians=(one.train.median, one.live.median),
    )


def _parts(one: NumberPair, ways: list[Candidate], alpha: float) -> list[Part]:
    """Parts of the live values that look like converted ones by more than chance (``alpha``)."""
    found = (part(one.train, one.live, way, one.weights) for way in ways)
    return [p for p in found if p is not None and p.p <= alpha]


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
