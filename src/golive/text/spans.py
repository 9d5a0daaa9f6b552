"""What a generated text says that its source does not contain: each place with its kind and the reason, without any model.

The checks name what they look for (numbers, units, dates, medications, names, negations, findings, citations); a text that
passes may still be wrong. An output with a marked place is a question for a reviewer, not proof.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal

from golive.text.citations import Citable, citations
from golive.text.dates import Day, agrees, days
from golive.text.numbers import Quantity, conflicting_units, quantities, same
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
KINDS: tuple[SpanKind, ...] = (
    "number", "unit", "date", "medication", "name", "finding", "negation", "contradiction", "citation",
)  # fmt: skip

_WEEKDAYS = frozenset(
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
)
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
        return cls(
            text,
            known,
            tuple(quantities(text)),
            tuple(days(text)),
            drugs,
            _findings(text),
            Citable.of(text),
        )


def unsupported(output: str, source: str | Source) -> tuple[Span, ...]:
    """Places of ``output`` that ``source`` does not support, in order, not overlapping."""
    held = source if isinstance(source, Source) else Source.of(source)
    cited = citations(output, held.citable)
    # The 3 of "[note 3]" is no number of the patient's
    marks = [(c.start, c.end) for c in cited if c.kind != "quote"]
    said = [
        *_dates(output, held), *_numbers(output, held), *_medications(output, held), *_sex(output, held),
        *_names(output, held), *_said(output, held),
    ]  # fmt: skip
    found = [s for s in said if not any(start <= s.start < end for start, end in marks)]
    found += [Span(c.start, c.end, "citation", c.why) for c in cited if c.holds is False]
    kept: list[Span] = []
    for span in sorted(found, key=lambda s: (s.start, -s.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def _dates(output: str, source: Source) -> list[Span]:
    found = [
        Span(d.start, d.end, "date", "This date is not in the source.")
        for d in days(output)
        if not any(agrees(d, k) for k in source.days)
    ]
    for m in WORD.finditer(output):
        word = m.group().lower()
        if word in _WEEKDAYS and not source.known.holds(word):
            found.append(
                Span(m.start(), m.end(), "date", f"The source does not mention {m.group()}.")
            )
    return found


def _numbers(output: str, source: Source) -> list[Span]:
    dated = [(d.start, d.end) for d in days(output)]
    found = []
    for q in quantities(output):
        if q.noisy or any(s <= q.start < e for s, e in dated):
            continue
        said = Quantity(q.start, q.end, q.values[:1], q.decimals, q.unit)
        equal = [k for k in source.quantities if same(said, k)]
        exact = [k for k in equal if said.values[0] in k.values]
        if not equal:
            found.append(
                Span(q.start, q.end, "number", f"The source has no {output[q.start : q.end]}.")
            )
        elif exact and len(exact) == len(equal) and all(conflicting_units(said, k) for k in exact):
            known = " or ".join(sorted({k.unit for k in exact}))
            found.append(
                Span(q.start, q.end, "unit", f"The output says {said.unit}, the source {known}.")
            )
    return found


def _medications(output: str, source: Source) -> list[Span]:
    found = []
    for m in WORD.finditer(output):
        drug = medication(m.group())
        if (
            drug
            and drug not in source.medications
            and not source.known.resembles(m.group().lower())
        ):
            found.append(
                Span(m.start(), m.end(), "medication", f"The source does not mention {m.group()}.")
            )
    return found


def _sex(output: str, source: Source) -> list[Span]:
    found = []
    cues = {sex: bool(p.search(source.text)) for sex, p in _SEX_CUES.items()}
    for sex, pattern in _SEX.items():
        if not cues[sex]:
            found += [
                Span(m.start(), m.end(), "name", f"Nothing in the source says {m.group()}.")
                for m in pattern.finditer(output)
            ]
    return found


def _names(output: str, source: Source) -> list[Span]:
    """Capitalised words inside a sentence that the source does not have in any form; headings are left out."""
    found = []
    for start, end in sentences(output):
        sentence = output[start:end]
        words = list(WORD.finditer(sentence))
        capital = [w for w in words if w.group()[0].isupper()]
        if len(words) < 4 or len(capital) > len(words) / 2 or sentence.rstrip().endswith(":"):
            continue
        letters = "".join(w.group()[0].lower() for w in capital)
        spelled = any(letters[i : i + 2] in source.known.words for i in range(len(letters) - 1))
        for w in [] if spelled else capital:  # "Physical Therapy" where the source says P T
            lower = w.group().lower().removesuffix("'s")
            first = w.start() == words[0].start() or sentence[: w.start()].rstrip().endswith(
                (":", '"')
            )
            if (
                first
                or len(lower) < 4
                or lower in lexicon().titles
                or w.group().isupper()
                or medication(lower)
            ):
                continue
            if lower in _WEEKDAYS or source.known.resembles(lower, 0.75) or days(w.group() + " 1"):
                continue
            why = f"The source does not mention {w.group()}."
            found.append(Span(start + w.start(), start + w.end(), "name", why))
    return found


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
    held: dict[str, tuple[bool, bool]] = {}
    for name, _, _, negated in _mentions(text):
        yes, no = held.get(name, (False, False))
        held[name] = (yes or not negated, no or negated)
    return held


def _said(output: str, source: Source) -> list[Span]:
    """Findings of the output against the source: not mentioned, or mentioned only the other way round."""
    found = []
    for name, start, stop, negated in _mentions(output):
        end = _word_end(output, stop)
        said = output[start:end]
        if name not in source.findings:
            if any(source.known.holds(w) for w in words_of(output[start:end]) if len(w) >= 4):
                continue
            if negated:
                found.append(
                    Span(
                        start, end, "negation", f"The source does not ask about or rule out {said}."
                    )
                )
            else:
                found.append(Span(start, end, "finding", f"The source does not mention {said}."))
            continue
        yes, no = source.findings[name]
        if negated and not no:
            found.append(
                Span(
                    start,
                    end,
                    "contradiction",
                    f"The output rules out {said}; the source does not.",
                )
            )
        elif not negated and not yes:
            found.append(
                Span(
                    start,
                    end,
                    "contradiction",
                    f"The source rules out {said}; the output states it.",
                )
            )
    return found


def _word_end(text: str, end: int) -> int:
    m = re.compile(r"\w*").match(text, end)
    return m.end() if m else end
