"""Another analyte under the same name: ionised calcium (mmol/L) among total calcium (mg/dL)."""

from __future__ import annotations

import math

import numpy as np

from golive.compare.base.measured import NumberPair
from golive.compare.base.where import locate, of_mean
from golive.compare.numbers.mixture import ALPHA, SMALLEST_SHARE, means_at, rows_beyond
from golive.intake.clinical.analytes import Conversion, ranges
from golive.model.facts import Facts
from golive.model.finding import WhatIf
from golive.model.profile import Profile
from golive.wording.findings.units import OtherMeasurement, OwnUnit

SIBLINGS = {"calcium_total": "calcium_ionized"}
"""Analytes that laboratories send under one name although they are different measurements."""
INSIDE = 0.8
"""Share of the odd values that must lie in the other analyte's usual range."""
SAME_ANALYTE = math.log(1.25)
MORE = 0.01
"""Share of live values from which the other analyte is also seen in this one's own unit."""


def sibling(one: NumberPair, live: Profile) -> Facts | None:
    """``unit_mix`` when a group of low live values is another analyte, or ``None``.

    The other analyte's usual range must lie below everything training holds, and hold nearly all live values there.
    """
    if one.analyte is None or one.analyte.name not in SIBLINGS:
        return None
    other = ranges()[SIBLINGS[one.analyte.name]]
    edge = float(one.train.quantile(0.001)[0])
    if other.watch is None or edge <= other.watch[1]:
        return None
    cut = math.sqrt(other.watch[1] * edge)
    own, rows = (rows_beyond(side, cut, above=False) for side in (one.train, one.live))
    inside = (one.live.values >= other.watch[0]) & (one.live.values <= other.watch[1])
    within = int(one.live.counts[inside].sum())
    few = rows / one.live.n - own / one.train.n < SMALLEST_SHARE or within < INSIDE * rows
    if few or one.share_p((own, rows)) > ALPHA:
        return None
    centre = float(np.median(np.repeat(one.live.values[inside], one.live.counts[inside])))
    total = one.analyte.conversions.get(other.unit)
    same = total.apply(one.train.median) if total is not None else None
    if same is not None and abs(math.log(centre / same)) < SAME_ANALYTE:
        return None  # the same analyte in the other's unit: a plain conversion
    place = locate(live, one.name, of_mean(*means_at(one.live, cut, above=False)))
    return OtherMeasurement(
        columns=(one.name,),
        effect=one.share_effect("share_in_other_unit", (own, rows)),
        rows_affected=rows,
        what_if=WhatIf(repair={"op": "set_missing", "column": one.name, "below": cut}),
        place=place,
        own=(one.analyte.title, one.analyte.unit),
        other=(other.title, other.unit),
        cut=cut,
        rows=rows,
        inside=within / rows,
        usual=other.watch,
        centre=centre,
        converted=same,
        medians=(one.train.median, one.live.median),
        own_unit=_in_own_unit(one, other.conversions.get(one.analyte.unit), cut),
    )


def _in_own_unit(one: NumberPair, way: Conversion | None, cut: float) -> OwnUnit | None:
    """A second group that the repair leaves: the other analyte, written in the unit of this one (by ``way``)."""
    odd = one.live.values < cut
    if way is None or not odd.any():
        return None
    group = np.repeat(one.live.values[odd], one.live.counts[odd])
    low, high = (way.apply(float(v)) for v in np.quantile(group, [0.02, 0.98]))
    shares = [
        float(side.counts[(side.values >= max(low, cut)) & (side.values <= high)].sum()) / side.n
        for side in (one.train, one.live)
    ]
    if shares[1] - shares[0] < MORE or shares[0] > MORE / 2:
        return None
    return OwnUnit(low, high, *shares)
