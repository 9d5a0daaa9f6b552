"""A report as blocks of plain text: written once, drawn as HTML, Markdown, PDF or slides.

Every sentence and every number is put into words here once; a form only sets type. Text is plain: no markup of any form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from golive.model.finding import Verdict
from golive.model.readiness import GateState
from golive.wording.labels import GATE_WORD, VERDICT_WORD

Tone = Literal["alarm", "watch", "quiet", "cannot_judge", "accent"]
"""Names of the colours in ``golive.wording.labels.Tokens`` that a block may ask for."""


@dataclass(frozen=True)
class Heading:
    """A title inside the document; ``level`` 2 starts a section, 3 a part of it."""

    text: str
    level: Literal[2, 3] = 2


@dataclass(frozen=True)
class Paragraph:
    """A sentence or a few. ``muted`` is for what explains another block."""

    text: str
    muted: bool = False


@dataclass(frozen=True)
class Bullets:
    """Short sentences under each other, in an order that matters or not."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Banner:
    """The verdict: a word in its colour, what it means, and the sentences it rests on."""

    word: str
    meaning: str
    tone: Tone
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Names with values, side by side: the few numbers a reader takes away."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """Rows of words under ``head``. ``widths`` are shares of the page (any scale); ``tones`` colours the first cell of a row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    tones: tuple[Tone | None, ...] = ()
    empty: str = "Nothing to list."


@dataclass(frozen=True)
class Figure:
    """A drawing as one SVG document, with the sentence a screen reader says and a caption."""

    svg: str
    alt: str
    caption: str = ""


Block = Heading | Paragraph | Bullets | Banner | Facts | Table | Figure


@dataclass(frozen=True)
class Identity:
    """What every form of every report has to say about itself; ``rows`` are names with values."""

    rows: tuple[tuple[str, str], ...]
    disclaimer: str
    sample: bool = False


@dataclass(frozen=True)
class Document:
    """One report. ``compact`` asks for small type and narrow margins, so that a memo keeps to its page."""

    title: str
    subtitle: str
    identity: Identity
    created_at: str
    blocks: tuple[Block, ...] = ()
    compact: bool = False


class Mark(NamedTuple):
    """A status that begins a row: its word, and the colour of it."""

    word: str
    tone: Tone | None = None


_GATE_TONE: dict[GateState, Tone] = {
    GateState.PASS: "quiet",
    GateState.FAIL: "alarm",
    GateState.UNVERIFIED: "cannot_judge",
}


def mark(state: GateState | Verdict | None, note: str = "") -> Mark:
    """The state of a gate (``None`` is unproven) or the verdict of a finding, as every report shows it."""
    if isinstance(state, Verdict):
        return Mark(VERDICT_WORD[state] + note, state.value)
    known = state or GateState.UNVERIFIED
    return Mark(GATE_WORD[known] + note, _GATE_TONE[known])


def table(
    columns: Mapping[str, float],
    rows: Iterable[Sequence[str | Mark]],
    empty: str = "Nothing to list.",
) -> Table:
    """A table of ``columns``: their names and widths. A row may begin with a ``Mark``; ``empty`` stands for no rows."""
    listed = list(rows)
    words = tuple(tuple(c.word if isinstance(c, Mark) else c for c in row) for row in listed)
    tones = tuple(row[0].tone if isinstance(row[0], Mark) else None for row in listed)
    return Table(tuple(columns), words, tuple(columns.values()), tones if any(tones) else (), empty)
