"""One table of generated text, taken apart: labels read, sources parsed, places marked, style measured. In memory only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from golive.model.profile import FloatArray
from golive.profile.text.generated import GeneratedTexts
from golive.stats.estimate import Mask, Units, units_of
from golive.text.citations import Citation, citations
from golive.text.labels import Labels, kind_of, read_labels
from golive.text.spans import KINDS, Source, Span, SpanKind, unsupported
from golive.text.style import Style, style

LABELS = ("label", "second_label", "severity")


@dataclass(frozen=True)
class TextSide:
    """Texts of one table with what was found in them. Arrays are over the texts read; ``labels`` over all rows."""

    texts: GeneratedTexts
    sources: tuple[Source | None, ...]
    spans: tuple[tuple[Span, ...], ...]
    style: Style
    labels: dict[str, Labels]
    cited: tuple[tuple[Citation, ...], ...] = ()

    @property
    def written(self) -> Mask:
        """Texts that are not empty."""
        return ~self.style.empty

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
            style=style(texts.note, sources),
            labels={
                what: replace(read_labels(texts.labels[what], kinds[what]), unit=texts.unit)
                for what in LABELS
                if what in texts.labels
            },
            cited=tuple(citations(n, s.citable) if n and s else () for n, s in both),
        )

    return apart(train), apart(live)
