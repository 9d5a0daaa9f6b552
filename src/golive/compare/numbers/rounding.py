"""Changed rounding: values written with more or fewer decimals, or heaped on multiples of 5 and 10."""

from __future__ import annotations

import math

import numpy as np

from golive.compare.base.measured import Measured, measured
from golive.compare.base.pairs import MINIMUM_VALUES
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Severity, Verdict, finding
from golive.model.profile import NumericProfile, Profile
from golive.stats.proportions import newcombe, two_share_p
from golive.wording.numbers import percent, points, sizes

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


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``rounding_changed`` of number columns: decimals first, heaping of whole numbers where the decimals agree."""
    found = []
    for one in measured(train, live, config):
        if min(one.train.n, one.live.n) < MINIMUM_VALUES:
            continue
        made = _decimals(one) or _heaping(one)
        if made is not None:
            found.append(made)
    return found


def _decimals(one: Measured) -> Finding | None:
    """The number of decimals up to which the shares differ most."""
    shares, held = [], []
    for side in (one.train, one.live):
        rows = dict(side.decimals)
        # A zero is whole however finely the others are written, and how many there are is a matter of patients.
        rows[0] = max(0, rows.get(0, 0) - int(side.counts[side.values == 0].sum()))
        total = sum(rows.values())
        if total < MINIMUM_VALUES:
            return None
        held.append(total)
        shares.append(np.cumsum([rows.get(d, 0) / total for d in range(7)]))
    at = int(np.argmax(np.abs(shares[1] - shares[0])))
    counts = [round(float(s[at]) * n) for s, n in zip(shares, held, strict=True)]
    if not _changed(counts, held, one):
        return None
    now, before = counts[1] / held[1], counts[0] / held[0]
    what = (
        "whole numbers" if at == 0 else f"written with at most {at} decimal{'s' if at > 1 else ''}"
    )
    which = "" if held == [one.train.n, one.live.n] else " that are not 0"
    return _finding(
        one, counts, held, (f"values{which}", what), "coarser" if now > before else "finer"
    )


def _heaping(one: Measured) -> Finding | None:
    """Multiples of 10 or 5 beyond what their neighbours hold."""
    if len(one.train.values) < FEWEST_DISTINCT or one.train.integers < MOSTLY_WHOLE * one.train.n:
        return None
    weights = one.weights
    for step in (10, 5):
        before, now = _heaped(one.train, step), _heaped(one.live, step)
        # A value counts 1 on a multiple and -1 / k beside it, so the excess is a mean with this variance; heaps make it larger.
        n, k = one.train.n + one.live.n, 2 * _reach(step)
        m = (
            sum(float(side.counts[side.values % step == 0].sum()) for side in (one.train, one.live))
            / n
        )
        excess = (before * one.train.n + now * one.live.n) / n
        error = math.sqrt(
            (m + (1 - m) / k**2 - excess**2)
            * (1 / (one.train.n * weights[0]) + 1 / (one.live.n * weights[1]))
        )
        counts = [round(max(0.0, before) * one.train.n), round(max(0.0, now) * one.live.n)]
        if abs(now - before) >= max(LEAST_CHANGE, HEAP_ERRORS * error):
            what = f"heaped on multiples of {step}"
            return _finding(
                one,
                counts,
                [one.train.n, one.live.n],
                ("values", what),
                "coarser" if now > before else "finer",
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


def _changed(counts: list[int], held: list[int], one: Measured) -> bool:
    now, before = counts[1] / held[1], counts[0] / held[0]
    p = float(two_share_p(counts[0], held[0], counts[1], held[1], one.weights))
    return abs(now - before) >= LEAST_CHANGE and p <= ALPHA


def _finding(
    one: Measured, counts: list[int], held: list[int], words: tuple[str, str], way: str
) -> Finding:
    now, before = counts[1] / held[1], counts[0] / held[0]
    low, high = (float(v) for v in newcombe(counts[0], held[0], counts[1], held[1], one.weights))
    values, what = words
    large = abs(now - before) >= LARGE_CHANGE
    return finding(
        Kind.ROUNDING_CHANGED,
        Verdict.WATCH,
        columns=(one.name,),
        severity=Severity.MAJOR if large else None,
        title=(
            f"{one.name} is recorded {way}: {percent(now)} of live {values} are {what}; in training {percent(before)} "
            f"({sizes(*held)})"
        ),
        explanation=(
            "Another device, form or export rounds differently. The values keep their meaning, but a model that cuts at a value, "
            "or learnt from the last digit, sees other patients on either side of it."
        ),
        effect=Effect(
            name="coarse_share",
            train=before,
            live=now,
            change=now - before,
            low=low,
            high=high,
            n_train=held[0],
            n_live=held[1],
        ),
        evidence=(f"change {points(now - before)}, 95 % interval {points(low)} to {points(high)}",),
        ruled_out=(
            "other patients: they would change the values, not how many decimals are written",
        ),
        rows_affected=None,
        fix=f"Ask the sender of {one.name} for the precision training has, or round training to the coarser one and refit.",
    )
