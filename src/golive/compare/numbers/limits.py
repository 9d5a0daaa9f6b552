"""Values cut at a limit: where one side stops at an edge and the other goes on (ages above 89, detection limits)."""

from __future__ import annotations

import numpy as np

from golive.compare.base.measured import NumberPair, measured
from golive.compare.base.pairs import MINIMUM_VALUES
from golive.compare.fields.disguised import SENTINELS
from golive.compare.numbers.mixture import GRID, spread
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Verdict, WhatIf
from golive.model.profile import FloatArray, IntArray, NumericProfile, Profile
from golive.wording.findings.number_columns import LimitChanged

LEAST_SHARE = 0.005
"""Share of the other side's values that lie beyond the limit."""
LEAST_ROWS = 5
ALPHA = 1e-4
SPIKE = 3.0
"""Multiple of its neighbours' mass that the last value holds when values beyond it were set to it."""
EDGE = 0.25
"""Share of the usual density that a column keeps up to its last value when values beyond it were left out."""


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``limit_changed``: training is cut at a limit that live data passes, or the other way round; one a column."""
    found: list[Facts] = []
    for one in measured(train, live, config, MINIMUM_VALUES):
        ends = [
            _limit(one, upper, training_cut=True) or _limit(one, upper, training_cut=False)
            for upper in (True, False)
        ]
        # The one on more rows
        best = max((end for end in ends if end), key=lambda end: end.share, default=None)
        if best:
            found.append(best)
    return found


def _limit(one: NumberPair, upper: bool, *, training_cut: bool) -> LimitChanged | None:
    """The limit at which one side (``training_cut``: training) ends while the other goes on, or ``None``.

    The other must hold enough values beyond it, close behind it (far away they are another unit or a stand-in), and the
    side that is cut must end abruptly: a spike at its last value, or a density that does not fall off.
    """
    cut, other = (one.train, one.live) if training_cut else (one.live, one.train)
    sign = 1.0 if upper else -1.0
    values, counts = _ascending(cut, sign)
    end = float(values[-1])
    if one.limits is not None and end in (sign * one.limits[0], sign * one.limits[1]):
        return None  # the end of what is possible: beyond it lies ``out_of_range``
    behind_values, behind_counts = _ascending(other, sign)
    far = behind_values > end
    rows = int(behind_counts[far].sum())
    counted = (0, rows) if training_cut else (rows, 0)
    if rows < max(LEAST_ROWS, LEAST_SHARE * other.n) or one.share_p(counted) > ALPHA:
        return None
    behind = behind_values[far]
    if rows < 10_000:
        behind = np.repeat(behind, behind_counts[far])
    if np.isin(sign * behind, SENTINELS).mean() > 0.5:
        return None
    width = spread(cut.quantile(GRID))
    if width <= 0 or float(np.median(behind)) - end > 2 * width:
        return None
    last = float(counts[-1])
    step = float(np.median(np.diff(values[-12:]))) if len(values) > 2 else width
    near = values[:-1] > end - max(12 * step, 0.1 * width)
    neighbours = float(counts[:-1][near].mean()) if near.any() else 0.0
    spiked = last >= LEAST_ROWS and last / cut.n >= 0.002 and last >= SPIKE * max(neighbours, 1.0)
    if not spiked and not _edge(values, counts, end, width, cut.n):
        return None
    limit = sign * end + 0.0
    repair = {"op": "clip", "column": one.name, "high" if upper else "low": limit}
    return LimitChanged(
        verdict=Verdict.ALARM if rows / other.n >= 0.01 else Verdict.WATCH,
        columns=(one.name,),
        effect=one.share_effect("share_beyond_limit", counted, private=True),
        rows_affected=rows if training_cut else None,
        what_if=WhatIf(repair=repair) if training_cut else None,
        limit=limit,
        unit=one.unit,
        upper=upper,
        training_cut=training_cut,
        beyond=rows,
        end=other.maximum if upper else other.minimum,
        spike=int(last) if spiked else 0,
    )


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
