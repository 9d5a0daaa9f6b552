"""What a generated text says that its source does not contain: each place with its kind and the reason, without any model.

The checks name what they look for (numbers, units, dates, medications, names, negations, findings, citations); a text that
passes may still be wrong. An output with a marked place is a question for a reviewer, not proof.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

from golive.text.numbers import Day, Quantity, agrees, conflicting_units, days, quantities, same
from golive.text.words import (
    WORD,
    Known,
    answered_no,
    is_negated,
    lexicon,
    medication,
    sentences,
    words_of,
)

SpanKind = Literal[
    "number",
    "unit",
    "date",
    "medication",
    "name",
    "finding",
    "negation",
    "contradiction",
    "citation",
]
KINDS: tuple[SpanKind, ...] = get_args(SpanKind)

_WEEKDAYS = set(words_of("monday tuesday wednesday thursday friday saturday sunday"))
_WORD_END = re.compile(r"\w*")
_SEX = {
    "male": re.compile(r"\b(?:male|man|gentleman|boy)\b", re.IGNORECASE),
    "female": re.compile(r"\b(?:female|woman|lady|girl)\b", re.IGNORECASE),
}
_SEX_CUES = {
    "male": re.compile(
        r"\b(?:he|him|his|sir|mister|mr|male|man|boy|son|gentleman|prostate|husband|father|dad)\b",
        re.I,
    ),
    "female": re.compile(
        r"\b(?:she|her|hers|miss|ma'am|maam|madam|mrs|ms|female|woman|girl|daughter|lady|pregnan\w*|period\w*|menstrua\w*"
        r"|uterus|ovar\w*|birth|wife|mother|mom)\b",
        re.I,
    ),
}


@dataclass(frozen=True)
class Span:
    """A place ``output[start:end]`` that the source does not support, and why in words."""

    start: int
    end: int
    kind: SpanKind
    why: str


@dataclass(frozen=True)
class Source:
    """A source text taken apart once. ``findings`` maps a finding to whether it is ever affirmed and ever negated."""

    text: str
    known: Known
    quantities: tuple[Quantity, ...]
    days: tuple[Day, ...]
    medications: frozenset[str]
    findings: dict[str, tuple[bool, bool]]
    citable: Citable

    @classmethod
    def of(cls, text: str) -> Source:
        """Take a source text apart."""
        words = words_of(text)
        # Transcripts spell initials: "P T", "E K G"
        spelled = re.findall(r"\b(?:[A-Z] ){1,5}[A-Z]\b", text)
        known = Known([*words, *(s.replace(" ", "").lower() for s in spelled)])
        drugs = frozenset(m for w in known.words if (m := medication(w)))
        amounts, dates = tuple(quantities(text)), tuple(days(text))
        return cls(text, known, amounts, dates, drugs, _findings(text), Citable.of(text))


def unsupported(output: str, source: str | Source) -> tuple[Span, ...]:
    """Places of ``output`` that ``source`` does not support, in order, not overlapping."""
    known = source if isinstance(source, Source) else Source.of(source)
    cited = citations(output, known.citable)
    # The 3 of "[note 3]" is no number of the patient's
    marks = [(c.start, c.end) for c in cited if c.kind != "quote"]
    checks = (_dates, _numbers, _medications, _sex, _names, _findings_said)
    said = [span for check in checks for span in check(output, known)]
    found = [s for s in said if not any(start <= s.start < end for start, end in marks)]
    found += [Span(c.start, c.end, "citation", c.why) for c in cited if c.holds is False]
    return apart(found)


def _dates(output: str, source: Source) -> Iterator[Span]:
    for d in days(output):
        if not any(agrees(d, k) for k in source.days):
            yield Span(d.start, d.end, "date", "This date is not in the source.")
    for m in WORD.finditer(output):
        word = m.group().lower()
        if word in _WEEKDAYS and not source.known.holds(word):
            yield _unmentioned(m, "date")


def _unmentioned(m: re.Match[str], kind: SpanKind) -> Span:
    return Span(*m.span(), kind, f"The source does not mention {m.group()}.")


def _numbers(output: str, source: Source) -> Iterator[Span]:
    dated = [(d.start, d.end) for d in days(output)]
    for q in quantities(output):
        if q.noisy or any(s <= q.start < e for s, e in dated):
            continue
        said = q.as_said
        equal = [k for k in source.quantities if same(said, k)]
        exact = [k for k in equal if said.values[0] in k.values]
        if not equal:
            yield Span(q.start, q.end, "number", f"The source has no {output[q.start : q.end]}.")
        elif exact and len(exact) == len(equal) and all(conflicting_units(said, k) for k in exact):
            known = " or ".join(sorted({k.unit for k in exact}))
            yield Span(q.start, q.end, "unit", f"The output says {said.unit}, the source {known}.")


def _medications(output: str, source: Source) -> Iterator[Span]:
    for m in WORD.finditer(output):
        drug = medication(m.group())
        there = drug in source.medications or source.known.resembles(m.group().lower())
        if drug and not there:
            yield _unmentioned(m, "medication")


def _sex(output: str, source: Source) -> Iterator[Span]:
    for sex, pattern in _SEX.items():
        if not _SEX_CUES[sex].search(source.text):
            for m in pattern.finditer(output):
                yield Span(*m.span(), "name", f"Nothing in the source says {m.group()}.")


def _names(output: str, source: Source) -> Iterator[Span]:
    """Capitalised words inside a sentence that the source does not have in any form; headings are left out."""
    for start, end in sentences(output):
        sentence = output[start:end]
        words = list(WORD.finditer(sentence))
        capital = [w for w in words if w.group()[0].isupper()]
        if len(words) < 4 or len(capital) > len(words) / 2 or sentence.rstrip().endswith(":"):
            continue
        letters = "".join(w.group()[0].lower() for w in capital)
        if any(letters[i : i + 2] in source.known.words for i in range(len(letters) - 1)):
            continue  # "Physical Therapy" where the source says P T
        for w in capital:
            lower = w.group().lower().removesuffix("'s")
            begins = sentence[: w.start()].rstrip().endswith((":", '"')) or w is words[0]
            known_word = lower in lexicon().titles or lower in _WEEKDAYS or medication(lower)
            if begins or len(lower) < 4 or w.group().isupper() or known_word:
                continue
            if not source.known.resembles(lower, 0.75) and not days(w.group() + " 1"):
                why = f"The source does not mention {w.group()}."
                yield Span(start + w.start(), start + w.end(), "name", why)


def _mentions(text: str) -> list[tuple[str, int, int, bool]]:
    """Findings a text mentions: name, start, end, and whether it is negated there (or asked and answered with no)."""
    bounds = sentences(text)
    starts = [begin for begin, _ in bounds]
    found = []
    known = lexicon()
    last = 0
    for word in WORD.finditer(text):
        pattern = known.findings.get(word.group()[:2].lower()) if word.start() >= last else None
        m = pattern.match(text, word.start()) if pattern else None
        if m is None:
            continue
        last = m.end()
        begin, end = bounds[max(0, bisect_right(starts, m.start()) - 1)]
        no = text[begin:end].rstrip().endswith("?") and answered_no(text, end)
        negated = no or is_negated(text, m.start(), begin, m.end())
        found.append((known.finding_of[str(m.lastgroup)], m.start(), m.end(), negated))
    return found


def _findings(text: str) -> dict[str, tuple[bool, bool]]:
    """Per finding: is it ever affirmed, is it ever negated. A question counts as affirmed unless it is answered with no."""
    found: dict[str, tuple[bool, bool]] = {}
    for name, _, _, negated in _mentions(text):
        yes, no = found.get(name, (False, False))
        found[name] = (yes or not negated, no or negated)
    return found


def _findings_said(output: str, source: Source) -> Iterator[Span]:
    """Findings of the output against the source: not mentioned, or mentioned only the other way round."""
    for name, start, stop, negated in _mentions(output):
        end = _WORD_END.match(output, stop).end()  # type: ignore[union-attr]
        said = output[start:end]
        if name not in source.findings:
            if any(source.known.holds(w) for w in words_of(said) if len(w) >= 4):
                continue
            if negated:
                why = f"The source does not ask about or rule out {said}."
                yield Span(start, end, "negation", why)
            else:
                yield Span(start, end, "finding", f"The source does not mention {said}.")
            continue
        yes, no = source.findings[name]
        if negated and not no:
            why = f"The output rules out {said}; the source does not."
            yield Span(start, end, "contradiction", why)
        elif not negated and not yes:
            why = f"The source rules out {said}; the output states it."
            yield Span(start, end, "contradiction", why)


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


P = TypeVar("P", Span, Citation)


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
