"""Another analyte under the same name: ionised calcium (mmol/L) among total calcium (mg/dL)."""

from __future__ import annotations

import math

import numpy as np

from golive.compare.base.measured import Measured
from golive.compare.base.where import locate, of_mean
from golive.compare.numbers.mixture import ALPHA, SMALLEST_SHARE, beyond, means_at
from golive.intake.clinical.analytes import Analyte, ranges
from golive.model.finding import Effect, Finding, Kind, Verdict, WhatIf, finding
from golive.model.profile import Profile
from golive.stats.proportions import newcombe, two_share_p
from golive.wording.numbers import number, percent, sizes

SIBLINGS = {"calcium_total": "calcium_ionized"}
"""Analytes that laboratories send under one name although they are different measurements."""
INSIDE = 0.8
"""Share of the odd values that must lie in the other analyte's usual range."""
SAME_ANALYTE = math.log(1.25)
MORE = 0.01
"""Share of live values from which the other analyte is also seen in this one's own unit."""


def sibling(one: Measured, live: Profile) -> Finding | None:
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
    own, rows = (beyond(side, cut, above=False) for side in (one.train, one.live))
    low, high = other.watch
    inside = (one.live.values >= low) & (one.live.values <= high)
    held = int(one.live.counts[inside].sum())
    sure = float(two_share_p(own, one.train.n, rows, one.live.n, one.weights)) <= ALPHA
    if not sure or rows / one.live.n - own / one.train.n < SMALLEST_SHARE or held < INSIDE * rows:
        return None
    centre = float(np.median(np.repeat(one.live.values[inside], one.live.counts[inside])))
    total = one.analyte.conversions.get(other.unit)
    same = total.apply(one.train.median) if total is not None else None
    if same is not None and abs(math.log(centre / same)) < SAME_ANALYTE:
        return None  # the same analyte in the other's unit: a plain conversion
    return _finding(one, other, live, (cut, own, rows, held, centre, same))


def _finding(
    one: Measured,
    other: Analyte,
    live: Profile,
    found: tuple[float, int, int, int, float, float | None],
) -> Finding:
    assert one.analyte is not None
    assert other.watch is not None
    cut, own, rows, held, centre, same = found
    share, before = rows / one.live.n, own / one.train.n
    lower, upper = (float(v) for v in newcombe(own, one.train.n, rows, one.live.n, one.weights))
    place = locate(live, one.name, of_mean(*means_at(one.live, cut, above=False)))
    low, high = other.watch
    return finding(
        Kind.UNIT_MIX,
        Verdict.ALARM,
        columns=(one.name,),
        title=(
            f"{percent(share)} of live {one.name} values{place.words} are {other.title} in {other.unit}, not "
            f"{one.analyte.title} in {one.analyte.unit} ({sizes(one.train.n, one.live.n)})"
        ),
        segment=place.segment,
        explanation=(
            f"Live values have two groups: one like training, and one around {number(centre)}, the usual level of "
            f"{other.title}. The median of all hardly moves: {number(one.live.median)} live, {number(one.train.median)} in "
            f"training. {other.title.capitalize()} is another measurement: multiplying it does not make it {one.analyte.title}."
        ),
        effect=Effect(
            name="share_in_other_unit",
            train=before,
            live=share,
            change=share - before,
            low=lower,
            high=upper,
            n_train=one.train.n,
            n_live=one.live.n,
        ),
        evidence=(
            f"{rows:,} live values lie below {number(cut)}, where training has next to none",
            f"{percent(held / rows)} of them lie between {number(low)} and {number(high)} {other.unit}",
            *_in_own_unit(one, other, cut),
        ),
        ruled_out=(
            f"{one.analyte.title} in {other.unit}: those values would lie around {number(same) if same else 'another level'}",
            "a stand-in for missing: the values are spread, not one repeated number",
        ),
        rows_affected=rows,
        fix=f"Send {other.title} as a column of its own; until then set {one.name} below {number(cut)} to missing.",
        what_if=WhatIf(repair={"op": "set_missing", "column": one.name, "below": cut}),
        slices=place.slices,
    )


def _in_own_unit(one: Measured, other: Analyte, cut: float) -> tuple[str, ...]:
    """A second group that the repair leaves: the other analyte, written in the unit of this one."""
    assert one.analyte is not None
    way = other.conversions.get(one.analyte.unit)
    odd = one.live.values < cut
    if way is None or not odd.any():
        return ()
    group = np.repeat(one.live.values[odd], one.live.counts[odd])
    low, high = (way.apply(float(v)) for v in np.quantile(group, [0.02, 0.98]))
    shares = []
    for side in (one.train, one.live):
        there = (side.values >= max(low, cut)) & (side.values <= high)
        shares.append(float(side.counts[there].sum()) / side.n)
    if shares[1] - shares[0] < MORE or shares[0] > MORE / 2:
        return ()
    return (
        f"a further {percent(shares[1])} lie between {number(low)} and {number(high)}, where {other.title} in "
        f"{one.analyte.unit} would lie (in training {percent(shares[0])}); setting the low values to missing leaves them",
    )
