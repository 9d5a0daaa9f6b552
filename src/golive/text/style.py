"""Length and style of generated text: longer, shorter, cut off, repeated, and what of the source it leaves out."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from golive.model.measured.generated_text import LengthHistogram
from golive.model.profile import FloatArray, is_small
from golive.stats.estimate import Estimate, Mask, Units
from golive.stats.ranking import auroc
from golive.text.detector import length
from golive.text.numbers import UNITS, quantities, same
from golive.text.spans import Source
from golive.text.words import Known, medication, words_of

_ENDS = re.compile(r"[.!?:)\]\"'”’]\s*$")
_SENTENCES = re.compile(r"[.!?]+\s+|\n+")
FEWEST_BINS, MOST_BINS, OUTPUTS_PER_BIN = 4, 24, 20


@dataclass(frozen=True)
class Style:
    """Style of k outputs (arrays of length k). ``words`` per output; ``ratio`` words per word of source (NaN without);
    ``cut_off`` ends without closing a sentence; ``repeats`` says a sentence twice; ``kept`` share of the source's
    medications and measured amounts that the output holds (NaN where the source has none).
    """

    words: FloatArray
    ratio: FloatArray
    empty: Mask
    cut_off: Mask
    repeats: Mask
    kept: FloatArray


def style(outputs: Sequence[str], sources: Sequence[Source | None]) -> Style:
    """Measure outputs against their sources (``None`` without one)."""
    words = np.array([length(o) for o in outputs], dtype=np.float64)
    behind = np.array([len(words_of(s.text)) if s else math.nan for s in sources], dtype=np.float64)
    empty = words == 0
    return Style(
        words=words,
        ratio=np.divide(words, behind, out=np.full(len(words), math.nan), where=behind > 0),
        empty=empty,
        cut_off=np.array([bool(o.strip()) and not _ENDS.search(o) for o in outputs], dtype=bool),
        repeats=np.array([_repeats(o) for o in outputs], dtype=bool),
        kept=np.array(
            [_kept(o, s) if s else math.nan for o, s in zip(outputs, sources, strict=True)]
        ),
    )


def _repeats(text: str) -> bool:
    """Whether a sentence of four words or more stands twice."""
    said = [" ".join(words_of(s)) for s in _SENTENCES.split(text)]
    long = [s for s in said if s.count(" ") >= 3]
    return len(long) != len(set(long))


def _kept(output: str, source: Source) -> float:
    amounts = [q for q in source.quantities if UNITS.get(q.unit, ("",))[0] not in ("", "time")]
    if not source.medications and not amounts:
        return math.nan
    known = Known(words_of(output))
    drugs = {m for w in known.words if (m := medication(w))}
    said = [q.as_said for q in quantities(output)]
    kept = len(source.medications & drugs) + sum(any(same(s, a) for s in said) for a in amounts)
    return kept / (len(source.medications) + len(amounts))


def longer_live(
    train: FloatArray, live: FloatArray, units: tuple[Units | None, Units | None] = (None, None)
) -> Estimate:
    """Probability that a live output is longer than a training output (0.5: no shift), with DeLong's interval.

    ``units`` are the patients of both sides where outputs come several to one; the interval is then by patient, and never
    narrower than by output. Patients of the two sides count as different ones.
    """
    score = np.concatenate([train, live])
    side = np.concatenate([np.zeros(len(train), dtype=bool), np.ones(len(live), dtype=bool)])
    alone = auroc(score, side)
    if all(u is None for u in units):
        return alone
    first, second = (
        np.arange(len(v)) if u is None else u for v, u in zip((train, live), units, strict=True)
    )
    shift = int(first.max()) + 1 if len(first) else 0
    together = auroc(score, side, np.concatenate([first, second + shift]))
    return together if together.se > alone.se else alone


def histogram(train: FloatArray, live: FloatArray) -> LengthHistogram:
    """Counts of words per output on both sides in shared bins, fewer bins for fewer outputs; cells of 1 to 10 are ``None``.

    Outputs longer than the 99th percentile count in the last bin. ``n_train`` and ``n_live`` are all outputs of a side.
    """
    both = np.concatenate([train, live])
    top = max(1.0, float(np.quantile(both, 0.99))) if len(both) else 1.0
    fewest = min(len(side) for side in (train, live) if len(side)) if len(both) else 0
    bins = int(np.clip(fewest / OUTPUTS_PER_BIN, FEWEST_BINS, MOST_BINS))
    edges = np.unique(np.ceil(np.linspace(0, top, bins + 1)))
    inside = [np.histogram(np.minimum(side, edges[-1]), edges)[0] for side in (train, live)]
    cells = [tuple(None if is_small(c) else float(c) for c in side) for side in inside]
    return LengthHistogram(
        edges=tuple(float(e) for e in edges),
        train=cells[0],
        live=cells[1],
        n_train=len(train),
        n_live=len(live),
    )
