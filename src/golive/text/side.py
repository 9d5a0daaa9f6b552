"""One table of generated text, taken apart: labels read, sources parsed, places marked, length and style measured.

In memory only. Style is what is cut off, repeated, and what of the source is left out.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from golive.model.measured.generated_text import LengthHistogram
from golive.model.profile import FloatArray, is_small
from golive.profile.text.generated import GeneratedTexts
from golive.stats.estimate import Estimate, Mask, Units, units_of
from golive.stats.ranking import auroc
from golive.text.labels import Labels, kind_of, read_labels
from golive.text.numbers import quantities, same
from golive.text.spans import KINDS, Citation, Source, Span, SpanKind, citations, unsupported
from golive.text.words import Known, lexicon, medication, words_of

LABELS = ("label", "second_label", "severity")


@dataclass(frozen=True)
class TextSide:
    """Texts of one table with what was found in them. Arrays are over the texts read; ``labels`` over all rows."""

    texts: GeneratedTexts
    sources: tuple[Source | None, ...]
    spans: tuple[tuple[Span, ...], ...]
    labels: dict[str, Labels]
    cited: tuple[tuple[Citation, ...], ...] = ()

    @cached_property
    def words(self) -> FloatArray:
        """Words per text."""
        return np.array([len(words_of(note)) for note in self.texts.note], dtype=np.float64)

    @cached_property
    def ratio(self) -> FloatArray:
        """Words per word of the source; NaN without one."""
        behind = [len(words_of(s.text)) if s else 0 for s in self.sources]
        there = np.array(behind, dtype=np.float64)
        ratio = np.divide(self.words, there, out=np.full(len(there), np.nan), where=there > 0)
        return np.asarray(ratio, dtype=np.float64)

    @property
    def empty(self) -> Mask:
        """Texts without a word."""
        return np.asarray(self.words == 0)

    @property
    def written(self) -> Mask:
        """Texts that are not empty."""
        return ~self.empty

    @cached_property
    def cut_off(self) -> Mask:
        """Texts that end without closing a sentence."""
        return np.array([bool(n.strip()) and not _ENDS.search(n) for n in self.texts.note], bool)

    @cached_property
    def repeats(self) -> Mask:
        """Texts that say a sentence twice."""
        return np.array([_repeats(note) for note in self.texts.note], dtype=bool)

    @cached_property
    def kept(self) -> FloatArray:
        """Share of the source's medications and measured amounts that each text holds; NaN where the source has none."""
        both = zip(self.texts.note, self.sources, strict=True)
        return np.array([_kept(n, s) if s else np.nan for n, s in both], dtype=np.float64)

    @property
    def checked(self) -> Mask:
        """Texts with both an output and a source: those that can be checked."""
        return np.array(
            [bool(n and s) for n, s in zip(self.texts.note, self.sources, strict=True)], dtype=bool
        )

    @property
    def unsourced(self) -> Mask:
        """Among outputs that are not empty, those without a source; over all texts read."""
        return np.array([bool(n) for n in self.texts.note], dtype=bool) & ~self.checked

    def units(self, of: Mask) -> Units | None:
        """Patient or document of the texts that ``of`` marks (over all texts read); ``None`` where each is of its own."""
        return None if self.texts.unit is None else units_of(self.texts.unit[self.texts.row][of])

    @property
    def all_units(self) -> Units | None:
        """Patient or document of every text read."""
        return self.units(np.ones(len(self.texts.row), dtype=bool))

    @cached_property
    def marks(self) -> FloatArray:
        """Marked places per text; NaN where it cannot be checked."""
        return np.where(self.checked, [float(len(s)) for s in self.spans], np.nan)

    @cached_property
    def kinds(self) -> dict[SpanKind, Mask]:
        """Texts with a marked place of each kind, over the texts that can be checked."""
        marked = [{span.kind for span in spans} for spans in self.spans]
        return {k: np.array([k in m for m in marked], dtype=bool)[self.checked] for k in KINDS}

    @property
    def label(self) -> Labels | None:
        """The reviewer's labels, if the table has any."""
        found = self.labels.get("label")
        return found if found is not None and (found.n or found.outside or found.unread) else None


def sides(
    train: GeneratedTexts | None, live: GeneratedTexts | None
) -> tuple[TextSide | None, TextSide | None]:
    """Take both tables apart; a label column is read the same way on both."""
    kinds = {
        what: kind_of(*(t.labels.get(what, ()) for t in (train, live) if t is not None))
        for what in LABELS
    }

    def apart(texts: GeneratedTexts | None) -> TextSide | None:
        if texts is None:
            return None
        given = texts.source if texts.source is not None else ("",) * len(texts.note)
        sources = tuple(Source.of(s) if s else None for s in given)
        both = list(zip(texts.note, sources, strict=True))
        return TextSide(
            texts=texts,
            sources=sources,
            spans=tuple(unsupported(n, s) if n and s else () for n, s in both),
            labels={
                what: replace(read_labels(texts.labels[what], kinds[what]), unit=texts.unit)
                for what in LABELS
                if what in texts.labels
            },
            cited=tuple(citations(n, s.citable) if n and s else () for n, s in both),
        )

    return apart(train), apart(live)


_ENDS = re.compile(r"[.!?:)\]\"'”’]\s*$")
_SENTENCES = re.compile(r"[.!?]+\s+|\n+")
FEWEST_BINS, MOST_BINS, OUTPUTS_PER_BIN = 4, 24, 20


def _repeats(text: str) -> bool:
    """Whether a sentence of four words or more stands twice."""
    said = [" ".join(words_of(s)) for s in _SENTENCES.split(text)]
    long = [s for s in said if s.count(" ") >= 3]
    return len(long) != len(set(long))


def _kept(output: str, source: Source) -> float:
    units = lexicon().units
    amounts = [q for q in source.quantities if units.get(q.unit, ("",))[0] not in ("", "time")]
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
