"""Citations in generated text, held against the source: numbered notes, lines, sections, and words quoted from it.

A citation can hold, fail, or be one that cannot be checked because the source numbers nothing. That a cited place exists, or
that quoted words stand in the source, does not show that the sentence beside it is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

CitationKind = Literal["note", "line", "section", "quote"]

_NOTE_WORDS = r"notes?|refs?|references?|sources?|documents?|docs?|items?|paragraphs?|paras?|passages?|excerpts?|chunks?"
_LINE_WORDS = r"lines?|l"
_GAP, _BLANK = r"\s{0,3}", r"\s{1,3}"
"""Blanks are bounded everywhere: a text of blanks must not take longer than one of words."""

_NUMBERS = r"\d{1,3}(?:\s{0,3}(?:[-–,;&]|and|to)\s{0,3}\d{1,3})*"
_BRACKETED = re.compile(
    rf"\[{_GAP}(?:see{_BLANK}|from{_BLANK})?(?:(?P<note>{_NOTE_WORDS})|(?P<line>{_LINE_WORDS}))?\.?{_GAP}#?{_GAP}(?P<numbers>{_NUMBERS}){_GAP}\]"
    rf"|\({_GAP}(?:see{_BLANK}|from{_BLANK})?(?:(?P<note2>{_NOTE_WORDS})|(?P<line2>lines?))\.?{_GAP}#?{_GAP}(?P<numbers2>{_NUMBERS}){_GAP}\)",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"[\[(]\s{0,3}(?:(?:see|from|per)\s{1,3})?(?:the\s{1,3})?section\s{0,3}[:-]?\s{0,3}[\"“]?(?P<first>[A-Za-z][A-Za-z /&-]{2,40}?)[\"”]?\s{0,3}[\])]"
    r"|[\[(]\s{0,3}(?:(?:see|from|per)\s{1,3})?(?:the\s{1,3})?[\"“]?(?P<second>[A-Z][A-Za-z /&-]{2,40}?)[\"”]?\s{1,3}section\s{0,3}[\])]"
)
_QUOTE = re.compile(
    r"(?:(?<=^)|(?<=[\s(\[:,-]))(?:\"(?=\S)(?P<straight>[^\"“”]{3,400}?)(?<=\S)\"(?!\w)|“(?P<curly>[^“”]{3,400})”)"
)
_LEAST_QUOTED = 2
"""Words from which quotation marks quote; around one word they often only keep their distance from it."""
_MEASURED = re.compile(r"\d[^\n\[]{0,12}$")
_RANGE = re.compile(r"^\d+\s*[-–]\s*\d+$")
_ITEM = re.compile(
    rf"^[ \t]*(?:\((\d{{1,3}})\)|(\d{{1,3}})[.):](?=\s)|(?:{_NOTE_WORDS}){_GAP}#?{_GAP}(\d{{1,3}})\b)",
    re.IGNORECASE | re.MULTILINE,
)
_MARKED = re.compile(
    rf"\[{_GAP}(?:(?:{_NOTE_WORDS}){_GAP}#?{_GAP})?(\d{{1,3}}){_GAP}\]", re.IGNORECASE
)
_LINE = re.compile(r"^[ \t]*\[?(?:line|l)\s{0,3}(\d{1,4})\b", re.IGNORECASE | re.MULTILINE)
_HEADING = re.compile(
    r"^[ \t]*(?:#+[ \t]*([A-Za-z][^\n:]{1,60})|([A-Z][A-Za-z /&-]{2,40}):|([A-Z][A-Z /&-]{3,40})[ \t]*$)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Citation:
    """A place ``output[start:end]`` that cites. ``holds`` is ``None`` where the source has nothing to hold it against."""

    start: int
    end: int
    kind: CitationKind
    holds: bool | None
    why: str = ""


@dataclass(frozen=True)
class Citable:
    """What of a source can be cited: numbers of its notes, of its lines, names of its sections, its words."""

    notes: frozenset[int]
    lines: frozenset[int]
    sections: frozenset[str]
    words: str

    @classmethod
    def of(cls, text: str) -> Citable:
        """Read a source. Lines count where they are numbered, or where there are two or more of them."""
        notes = {int(g) for m in _ITEM.finditer(text) for g in m.groups() if g} | {
            int(m[1]) for m in _MARKED.finditer(text)
        }
        lines = {int(m[1]) for m in _LINE.finditer(text)}
        if not lines and text.strip().count("\n"):
            lines = set(range(1, text.strip().count("\n") + 2))
        names = {_plain(g) for m in _HEADING.finditer(text) for g in m.groups() if g}
        return cls(frozenset(notes), frozenset(lines), frozenset(names), _plain(text))


def citations(output: str, source: Citable) -> tuple[Citation, ...]:
    """Every citation in ``output``, in order, not overlapping."""
    return apart([*_numbered(output, source), *_sections(output, source), *_quotes(output, source)])


class Place(Protocol):
    """A place ``text[start:end]``."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends, exclusive."""


P = TypeVar("P", bound=Place)


def apart(places: Iterable[P]) -> tuple[P, ...]:
    """Places in order, not overlapping; of two that overlap the first, and the longer one of two that start alike."""
    kept: list[P] = []
    for place in sorted(places, key=lambda p: (p.start, -p.end)):
        if not kept or place.start >= kept[-1].end:
            kept.append(place)
    return tuple(kept)


def _plain(text: str) -> str:
    """Lower case, single blanks, straight quotation marks."""
    straight = text.translate(str.maketrans("“”‘’", "\"\"''"))
    return " ".join(straight.lower().split())


def _numbered(output: str, source: Citable) -> Iterator[Citation]:
    for m in _BRACKETED.finditer(output):
        written = m["numbers"] or m["numbers2"]
        what: Literal["line", "note"] = "line" if m["line"] or m["line2"] else "note"
        bare = not (what == "line" or m["note"] or m["note2"])
        before = output[max(0, m.start() - 20) : m.start()]
        if bare and _RANGE.match(written.strip()) and _MEASURED.search(before):
            continue  # a reference range behind a value: 9.1 [12-16]
        known = source.lines if what == "line" else source.notes
        if not known:
            yield Citation(*m.span(), what, None, f"The source has no numbered {what}s.")
            continue
        absent = [n for n in _expanded(written) if n not in known]
        why = f"The source has no {what} {', '.join(map(str, absent[:3]))}." if absent else ""
        yield Citation(*m.span(), what, not absent, why)


def _expanded(written: str) -> list[int]:
    """Numbers of ``1, 3-5``; the ends alone where a range runs backwards."""
    parts = re.split(r"\s*(?:[,;&]|and)\s*", written.strip())
    said: list[int] = []
    for part in parts:
        ends = [int(n) for n in re.findall(r"\d+", part)]
        said += range(ends[0], ends[-1] + 1) if len(ends) == 2 and ends[0] <= ends[1] else ends
    return said


def _sections(output: str, source: Citable) -> Iterator[Citation]:
    for m in _SECTION.finditer(output):
        name = (m["first"] or m["second"]).strip()
        holds = _plain(name) in source.sections
        why = "" if holds else f"The source has no section {name}."
        if source.sections:
            yield Citation(*m.span(), "section", holds, why)
        else:
            yield Citation(*m.span(), "section", None, "The source has no headings.")


def _quotes(output: str, source: Citable) -> Iterator[Citation]:
    for m in _QUOTE.finditer(output):
        said = re.split(r"\.{3,}|…|\[[^\]]*\]", _plain(m["straight"] or m["curly"]))
        parts = [p for part in said if (p := part.strip(" .,;:!?'\""))]
        if len(" ".join(parts).split()) >= _LEAST_QUOTED:
            holds = _in_order(parts, source.words)
            why = "" if holds else "These words do not stand in the source as they are quoted."
            yield Citation(*m.span(), "quote", holds, why)


def _in_order(parts: list[str], words: str) -> bool:
    """Whether every part stands in ``words``, as whole words, one behind the other."""
    at = 0
    for part in parts:
        m = re.compile(rf"(?<!\w){re.escape(part)}(?!\w)").search(words, at)
        if m is None:
            return False
        at = m.end()
    return True
