"""Changed rounding: values written with more or fewer decimals, or heaped on multiples of 5 and 10."""

from __future__ import annotations

import math

import numpy as np

from golive.compare.base.measured import NumberPair, measured
from golive.compare.base.pairs import MINIMUM_VALUES, share_effect
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Severity
from golive.model.profile import NumericProfile, Profile
from golive.stats.proportions import two_share_p
from golive.wording.findings.number_columns import RoundingChanged

LEAST_CHANGE = 0.02
"""Change of the share of coarse values from which it is told."""
LARGE_CHANGE = 0.25
ALPHA = 1e-4
HEAP_ERRORS = 3.9
"""Standard errors of the excess on multiples from which heaping changed: ``ALPHA``, two-sided."""
FEWEST_DISTINCT = 30
"""Distinct training values that a column needs before heaping is looked for."""
MOSTLY_WHOLE = 0.8
"""Share of training values that are whole numbers: means of two readings end in a half and heap as well."""
_EXACT = 2.0**53
"""Whole numbers from here on are further than 1 apart."""


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``rounding_changed`` of number columns: decimals first, heaping of whole numbers where the decimals agree."""
    found = (
        _decimals(one) or _heaping(one) for one in measured(train, live, config, MINIMUM_VALUES)
    )
    return [facts for facts in found if facts is not None]


def _decimals(one: NumberPair) -> Facts | None:
    """The number of decimals up to which the shares differ most."""
    shares, of = [], []
    for side in (one.train, one.live):
        rows = dict(side.decimals)
        # A zero is whole however finely the others are written, and how many there are is a matter of patients.
        rows[0] = max(0, rows.get(0, 0) - int(side.counts[side.values == 0].sum()))
        total = sum(rows.values())
        if total < MINIMUM_VALUES:
            return None
        of.append(total)
        shares.append(np.cumsum([rows.get(d, 0) / total for d in range(7)]))
    at = int(np.argmax(np.abs(shares[1] - shares[0])))
    before, now = (round(float(s[at]) * n) for s, n in zip(shares, of, strict=True))
    change = now / of[1] - before / of[0]
    p = float(two_share_p(before, of[0], now, of[1], one.weights))
    if abs(change) < LEAST_CHANGE or p > ALPHA:
        return None
    return RoundingChanged(
        columns=(one.name,),
        severity=Severity.MAJOR if abs(change) >= LARGE_CHANGE else None,
        effect=share_effect("coarse_share", (before, now), (of[0], of[1]), one.weights),
        coarser=change > 0,
        decimals=at,
        without_zeros=tuple(of) != one.sizes,
    )


def _heaping(one: NumberPair) -> Facts | None:
    """Multiples of 10 or 5 beyond what their neighbours hold."""
    if len(one.train.values) < FEWEST_DISTINCT or one.train.integers < MOSTLY_WHOLE * one.train.n:
        return None
    (n_train, n_live), weights = one.sizes, one.weights
    n, independent = n_train + n_live, 1 / (n_train * weights[0]) + 1 / (n_live * weights[1])
    for step in (10, 5):
        before, now = _heaped(one.train, step), _heaped(one.live, step)
        # A value counts 1 on a multiple and -1 / k beside it, so the excess is a mean with this variance; heaps make it larger.
        k = 2 * _reach(step)
        multiples = (
            float(side.counts[side.values % step == 0].sum()) for side in (one.train, one.live)
        )
        m = sum(multiples) / n
        excess = (before * n_train + now * n_live) / n
        error = math.sqrt((m + (1 - m) / k**2 - excess**2) * independent)
        if abs(now - before) < max(LEAST_CHANGE, HEAP_ERRORS * error):
            continue
        rows = round(max(0.0, before) * n_train), round(max(0.0, now) * n_live)
        effect = one.share_effect("coarse_share", rows)
        return RoundingChanged(
            columns=(one.name,),
            severity=Severity.MAJOR if abs(effect.change or 0.0) >= LARGE_CHANGE else None,
            effect=effect,
            coarser=now > before,
            step=step,
        )
    return None


def _heaped(side: NumericProfile, step: int) -> float:
    """Share of values on multiples of ``step`` in excess of the mean of the whole numbers around them; about 0 for none."""
    whole = (side.values == np.floor(side.values)) & (np.abs(side.values) < _EXACT)
    values, counts = side.values[whole].astype(np.int64), side.counts[whole]
    if len(values) == 0 or values[-1] - values[0] > 1_000_000:
        return 0.0
    reach = _reach(step)
    line = np.zeros(int(values[-1] - values[0]) + 1 + 2 * reach)
    line[values - values[0] + reach] = counts
    around = np.ones(2 * reach + 1)
    around[reach] = 0
    smooth = np.convolve(line, around / around.sum(), mode="valid")
    places = np.arange(int(values[0]), int(values[-1]) + 1)
    chosen = places % step == 0
    # The ends are limits, not heaps: they have neighbours on one side only.
    chosen[:reach], chosen[-reach:] = False, False
    return float((line[reach:-reach] - smooth)[chosen].sum() / side.n)


def _reach(step: int) -> int:
    """Whole numbers on either side of a multiple that are its neighbours."""
    return step // 2 - 1 if step > 5 else 2
