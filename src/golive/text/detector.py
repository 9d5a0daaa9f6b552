"""How well the model-free checks agree with reviewers, beside the simplest rival: the length of the output.

In MedHallu length alone separates invented from true answers, so a detector's AUROC means nothing without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from golive.model.measured.generated_text import Detector
from golive.model.measured.intervals import Interval
from golive.model.profile import SMALL_CELL, FloatArray
from golive.stats.estimate import Estimate, Mask, units_of
from golive.stats.ranking import auroc, auroc_gain
from golive.text.words import WORD

LEAST_EACH = SMALL_CELL
"""Hallucinated and clean outputs needed each before a detector is measured: both counts are shown."""


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

    def told(self) -> Detector:
        """As a result carries it."""
        return Detector(
            n=self.n,
            hallucinated=self.hallucinated,
            auroc=Interval.of(self.detector),
            length_auroc=Interval.of(self.by_length),
            length_direction=self.direction,
            difference=Interval.of(self.difference),
            beats_length=self.beats,
        )


def detection(
    score: FloatArray, lengths: FloatArray, hallucinated: Mask, unit: Any = None
) -> Detection | None:
    """Measure a detector (higher is worse; length n) beside length. ``None`` with too few of either kind.

    ``unit`` numbers the patient or document of each output.
    """
    usable = np.isfinite(score)
    units = None if unit is None else units_of(unit[usable])
    score, lengths, hallucinated = score[usable], lengths[usable], hallucinated[usable]
    n, hits = len(score), int(hallucinated.sum())
    if min(hits, n - hits) < LEAST_EACH:
        return None
    longer = auroc(lengths, hallucinated, units)
    direction = "longer" if longer.value >= 0.5 else "shorter"
    rival = lengths if direction == "longer" else -lengths
    own, other = auroc(score, hallucinated, units), auroc(rival, hallucinated, units)
    return Detection(n, hits, own, other, direction, auroc_gain(score, rival, hallucinated, units))
