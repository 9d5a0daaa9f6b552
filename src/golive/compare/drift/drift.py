"""Distribution shift: Evidently's score, the noise floor at these sizes, and what the two together mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np

from golive.compare.base.pairs import MINIMUM_VALUES, Pair
from golive.compare.drift.evidently import P_VALUE_METHODS, method_for, scores
from golive.model.columns import Role
from golive.model.config import Config, DriftConfig
from golive.model.finding import Verdict
from golive.model.profile import FloatArray, IntArray, NumericProfile
from golive.model.result import DriftResult
from golive.stats.noise_floor import (
    SHARE_STATISTICS,
    Noise,
    category_counts,
    share_noise,
    wasserstein_noise,
)
from golive.stats.proportions import benjamini_hochberg
from golive.wording.numbers import percent

LARGE_SHIFT = {
    "wasserstein": 0.5,
    "jensenshannon": 0.25,
    "hellinger": 0.25,
    "psi": 0.5,
    "kl_div": 0.25,
}
"""A shift that no one would call small. Sizes that could have missed it cannot say "quiet".

Half a standard deviation is Cohen's medium effect. In Jensen-Shannon distance it is 0.18 for two categories; 0.25 leaves
room for more of them, because the noise grows with their number. The others stand for the same shift: for small ones
Hellinger is Jensen-Shannon, PSI eight times and Kullback-Leibler four times its square.
"""
WATCH_SHARE = 0.5
"""Share of the practical threshold from which a certain shift is worth watching."""
WATCH_MOVED = 0.05
"""Share of rows that must have moved before a small shift of numbers is worth watching; at 700,000 rows all are certain."""
MOVED_ALONE = 0.1
"""Share of rows whose move is worth watching whatever the score: a quarter of a standard deviation where there are no far
values. A few far values widen the standard deviation until it hides the shift of all others."""

CORRECTED = (Role.FEATURE, Role.GROUP, Role.SITE)
"""Roles whose columns are judged together: the chance of a false alarm is controlled over all of them."""


def judge_columns(
    pairs: Mapping[str, Pair], config: Config, *, beside: Mapping[str, float] | None = None
) -> dict[str, DriftResult]:
    """Score and judge every pair; the false discovery rate is controlled over the feature columns given.

    The label, the score and the prediction are questions of their own, asked once each, so they keep their own p-value.
    ``beside`` are p-values of columns that are corrected together with these and were judged before.
    """
    drift = config.drift
    found, failed = scores(pairs, drift)
    noises = {
        name: noise(pairs[name], drift, config.seed)
        for name in found
        if min(pairs[name].effective) >= MINIMUM_VALUES
    }
    together = [name for name in noises if pairs[name].train.role in CORRECTED]
    others = [p for name, p in (beside or {}).items() if name not in noises]
    corrected = benjamini_hochberg([*(noises[n].p_value for n in together), *others])
    adjusted = dict(zip(together, corrected, strict=False))
    results = {}
    for name, pair in pairs.items():
        score, own = found.get(name), noises.get(name)
        evidence = _Evidence(score, own, adjusted.get(name), failed.get(name, ""))
        results[name] = _result(pair, drift, evidence)
    return results


def noise(pair: Pair, drift: DriftConfig, seed: int) -> Noise:
    """Noise of the pair's method, or of the type's default where the method is a p-value (``P_VALUE_METHODS``).

    Seeded by column name, so the same column has the same floor whatever stands beside it.
    """
    own = seed ^ crc32(pair.name.encode())
    method = practical_method(pair, drift)
    settings: dict[str, Any] = {"alpha": drift.alpha, "seed": own, "weights": pair.weights}
    if not pair.is_number:
        assert pair.train.category is not None
        assert pair.live.category is not None
        counts = category_counts(pair.train.category, pair.live.category)[1:]
        return share_noise(*counts, method, **settings)
    assert pair.train.numeric is not None
    assert pair.live.numeric is not None
    if method == "wasserstein":
        return wasserstein_noise(pair.train.numeric, pair.live.numeric, **settings)
    return share_noise(*_histograms(pair.train.numeric, pair.live.numeric), method, **settings)


def practical_method(pair: Pair, drift: DriftConfig) -> str:
    """Method whose effect is held against the practical threshold: the chosen one when it is a distance between shares
    or Wasserstein, otherwise the default of the type."""
    chosen = method_for(pair, drift)
    if chosen in SHARE_STATISTICS or (chosen == "wasserstein" and pair.is_number):
        return chosen
    return "wasserstein" if pair.is_number else "jensenshannon"


def _histograms(train: NumericProfile, live: NumericProfile) -> tuple[IntArray, IntArray]:
    """Counts on the bins that Evidently uses for shares of numbers: each value while training has at most 20, Sturges after."""
    if len(train.values) <= 20:
        edges: FloatArray = np.append(np.union1d(train.values, live.values), np.inf)
    else:
        low, high = min(train.minimum, live.minimum), max(train.maximum, live.maximum)
        edges = np.linspace(low, high, max(1, math.ceil(math.log2(train.n + live.n) + 1)) + 1)
    old, new = (
        np.histogram(side.values, edges, weights=side.counts)[0].astype(np.int64)
        for side in (train, live)
    )
    return old, new


@dataclass(frozen=True)
class _Evidence:
    """What is known of one column before it is judged."""

    score: float | None
    noise: Noise | None
    p_adjusted: float | None
    failure: str

    @property
    def p(self) -> float:
        """Adjusted p where the column shares a correction, its own otherwise; 1 without a noise floor."""
        own = self.noise.p_value if self.noise else 1.0
        return own if self.p_adjusted is None else self.p_adjusted


def _result(pair: Pair, drift: DriftConfig, evidence: _Evidence) -> DriftResult:
    method, noise = method_for(pair, drift), evidence.noise
    verdict, reason = _cannot_judge(pair, evidence) or _verdict(pair, drift, evidence)
    return DriftResult(
        method=method,
        score=evidence.score,
        threshold=drift.alpha if method in P_VALUE_METHODS else drift.threshold,
        floor=noise.floor if noise and practical_method(pair, drift) == method else None,
        p_value=noise.p_value if noise else None,
        p_adjusted=evidence.p if noise else None,
        smallest_detectable=noise.smallest_detectable if noise else None,
        verdict=verdict,
        reason=reason,
        n_train=pair.sizes[0],
        n_live=pair.sizes[1],
        effective_train=_fewer(pair.effective[0], pair.sizes[0]),
        effective_live=_fewer(pair.effective[1], pair.sizes[1]),
    )


def _fewer(effective: float, n: int) -> int | None:
    return None if effective >= n else max(1, round(effective))


def _cannot_judge(pair: Pair, evidence: _Evidence) -> tuple[Verdict, str] | None:
    """Why a column cannot be judged whatever its score is, or ``None``."""
    needed = f"at least {MINIMUM_VALUES} are needed on each side"
    # Of two sides that are equally small, live
    sides = tuple(zip(("live", "training"), pair.sizes[::-1], pair.effective[::-1], strict=True))
    side, n, _ = min(sides, key=lambda s: s[1])
    if n < MINIMUM_VALUES:
        return Verdict.CANNOT_JUDGE, f"only {n} {side} values; {needed}"
    side, n, effective = min(sides, key=lambda s: s[2])
    if effective < MINIMUM_VALUES:
        said = f"{n:,} {side} values of so few patients say as much as {effective:.0f} of different ones"
        return Verdict.CANNOT_JUDGE, f"{said}; {needed}"
    if evidence.score is None or evidence.noise is None:
        return Verdict.CANNOT_JUDGE, evidence.failure or "there is no score"
    return None


def _verdict(pair: Pair, drift: DriftConfig, evidence: _Evidence) -> tuple[Verdict, str]:
    """Verdict and its reason in plain words.

    Alarm: the effect is above the practical threshold, above the floor, and certain. Watch: certain, and at least
    ``WATCH_SHARE`` of the threshold with ``WATCH_MOVED`` of the rows moved, or numbers of which ``MOVED_ALONE`` moved.
    Quiet: neither, at sizes that would have shown a large shift. Otherwise cannot judge.
    """
    assert evidence.noise is not None
    assert evidence.score is not None
    noise, basis = evidence.noise, practical_method(pair, drift)
    effect = evidence.score if basis == method_for(pair, drift) else noise.effect
    real = evidence.p <= drift.alpha
    certain = real and effect > noise.floor
    if certain and effect > drift.threshold:
        reason = "larger than the practical threshold and than chance gives at these sizes"
        return Verdict.ALARM, reason
    visible = basis != "wasserstein" or noise.moved >= WATCH_MOVED
    if certain and visible and effect >= WATCH_SHARE * drift.threshold:
        reason = "more than chance gives at these sizes, but under the practical threshold"
        return Verdict.WATCH, reason
    if real and basis == "wasserstein" and noise.moved >= MOVED_ALONE:
        moved = percent(noise.moved)
        return (
            Verdict.WATCH,
            f"{moved} of the rows moved, which a few far values hide from the score",
        )
    smallest = f"{noise.smallest_detectable:.2f}"
    if noise.smallest_detectable > LARGE_SHIFT[basis]:
        reason = f"too few values: at these sizes even a shift of {smallest} could be missed"
        return Verdict.CANNOT_JUDGE, reason
    if real:
        return Verdict.QUIET, "a difference is certain at these sizes but too small to matter"
    return Verdict.QUIET, f"no more than chance gives; a shift of {smallest} would have shown"
