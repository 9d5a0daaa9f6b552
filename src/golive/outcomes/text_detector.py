"""How well the model-free checks agree with reviewers, beside the simplest rival: the length of the output.

In MedHallu length alone separates invented from true answers, so a detector's AUROC means nothing without it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from golive.model.profile import FloatArray
from golive.outcomes.interval import Estimate, Mask, plain
from golive.outcomes.ranking import auroc, placements
from golive.outcomes.text_words import WORD

LEAST_EACH = 10
"""Hallucinated and clean outputs needed each before a detector is measured."""


def length(output: str) -> int:
    """Number of words."""
    return len(WORD.findall(output))


@dataclass(frozen=True)
class Detection:
    """AUROC against reviewers' labels of the detector and of length, and their difference (paired DeLong).

    ``by_length`` is taken in the direction in which length works (``longer`` or ``shorter`` outputs are hallucinated), which
    favours the rival. ``beats`` is false unless the whole interval of the difference lies above 0.
    """

    n: int
    hallucinated: int
    detector: Estimate
    by_length: Estimate
    direction: str
    difference: Estimate

    @property
    def beats(self) -> bool:
        """Whether the detector is shown to be better than length."""
        return self.difference.known and self.difference.low > 0


def detection(score: FloatArray, lengths: FloatArray, hallucinated: Mask) -> Detection | None:
    """Measure a detector (higher is worse; length n) beside length. ``None`` with too few of either kind."""
    usable = np.isfinite(score)
    score, lengths, hallucinated = score[usable], lengths[usable], hallucinated[usable]
    n, hits = len(score), int(hallucinated.sum())
    if min(hits, n - hits) < LEAST_EACH:
        return None
    longer = auroc(lengths, hallucinated)
    direction = "longer" if longer.value >= 0.5 else "shorter"
    rival = lengths if direction == "longer" else -lengths
    own, other = auroc(score, hallucinated), auroc(rival, hallucinated)
    return Detection(n, hits, own, other, direction, paired_difference(score, rival, hallucinated))


def paired_difference(first: FloatArray, second: FloatArray, event: Mask) -> Estimate:
    """AUROC of ``first`` minus AUROC of ``second`` on the same cases, with DeLong's variance of the difference (1988)."""
    a1, a0 = placements(first, event)
    b1, b0 = placements(second, event)
    value = float(a1.mean() - b1.mean())
    variance = float((a1 - b1).var(ddof=1)) / len(a1) + float((a0 - b0).var(ddof=1)) / len(a0)
    return plain(value, math.sqrt(max(variance, 0.0)))
