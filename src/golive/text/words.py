"""Words the text checks look for: medications, findings with their other names, negation cues, and how words are compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from golive.settings import resource

WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
SENTENCE = re.compile(r"[^.!?\n;]+(?:[.!?;]+|\n|$)")

NEGATION = re.compile(
    r"\b(?:no|not|never|none|nope|nah|denies|denied|deny|denying|without|negative|absent|nothing|neither|nor|isn't|wasn't"
    r"|doesn't|don't|didn't|hasn't|haven't|won't|can't|cannot|free of|rules? out|ruled out|unremarkable)\b",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\w*(?:\s+test)?\s*(?:is|was|were)?\s*[:-]?\s*(?:negative|denied|absent|ruled out)\b",
    re.IGNORECASE,
)
_STOPS_NEGATION = re.compile(
    r"\b(?:but|however|although|except|presents?|complains?|reports?)\b|;", re.IGNORECASE
)
_ANSWER = re.compile(
    r"^\s*(?:[A-Z]\w*:\s*)?(?:(?:oh|um+|uh+|well|ah)[, ]+)*(?:no|nope|nah|not|none|never|negative|nothing)\b",
    re.I,
)


@dataclass(frozen=True)
class Lexicon:
    """Medications by any of their names (to one name); findings by the first two letters of their forms, as a
    pattern whose groups are named in ``finding_of``; capitalised words that name nobody; units by how they are written, with
    their dimension and their size in its base unit.
    """

    medications: dict[str, str]
    endings: tuple[str, ...]
    not_medications: frozenset[str]
    findings: dict[str, re.Pattern[str]]
    finding_of: dict[str, str]
    titles: frozenset[str]
    units: dict[str, tuple[str, float]]


@cache
def lexicon() -> Lexicon:
    """The word lists of ``data/clinical_text.yaml``."""
    import yaml

    lists = yaml.safe_load(resource("data", "clinical_text.yaml").read_text(encoding="utf-8"))
    names = {name: name for name in lists["medications"]}
    for group in lists["medication_names"]:
        names |= dict.fromkeys(group, group[0])
    # The longest first: "high blood pressure" is not also "blood"
    forms = [(form, group[0]) for group in lists["findings"] for form in group]
    forms.sort(key=lambda f: -len(f[0]))
    by_start: dict[str, list[str]] = {}
    for i, (form, _) in enumerate(forms):
        by_start.setdefault(form[:2], []).append(f"(?P<g{i}>{_form(form)})")
    return Lexicon(
        medications=names,
        endings=tuple(lists["medication_endings"]),
        not_medications=frozenset(lists["not_medications"]),
        findings={k: re.compile("|".join(v), re.IGNORECASE) for k, v in by_start.items()},
        finding_of={f"g{i}": finding for i, (_, finding) in enumerate(forms)},
        titles=frozenset(lists["titles"]),
        units={
            name: (dimension, size)
            for dimension, forms in lists["units"].items()
            for names, size in forms.items()
            for name in names.split("|")
        },
    )


def _form(words: str) -> str:
    """Pattern of one form: short ones as whole words, longer ones from the start of a word."""
    pattern = re.escape(words).replace(r"\ ", r"\s+")
    return rf"{pattern}\b" if len(words) <= 4 else pattern


def medication(word: str) -> str | None:
    """The generic name when ``word`` (any case) is a medication, else ``None``."""
    known, lower = lexicon(), word.lower()
    if lower in known.medications:
        return known.medications[lower]
    long_enough = len(lower) >= 7 and lower not in known.not_medications
    return lower if long_enough and lower.endswith(known.endings) else None


def words_of(text: str) -> list[str]:
    """Words of ``text`` in lower case."""
    return [w.lower() for w in WORD.findall(text)]


def stem(word: str) -> str:
    """What is left of a word without common English endings: enough to match ``smokes`` with ``smoking``."""
    for ending in ("ations", "ation", "ically", "ings", "ing", "ness", "ment", "ies", "ied", "ers", "ed", "es", "ly", "al", "er", "s", "y", "e"):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


class Known:
    """The words of a source, asked whether they hold a word of the output."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        self._stems = frozenset(map(stem, self.words))
        self._by_start: dict[str, list[str]] = {}
        for word in self.words:
            self._by_start.setdefault(word[:2], []).append(word)

    def holds(self, word: str) -> bool:
        """The word itself or another form of it."""
        return word in self.words or stem(word) in self._stems

    def resembles(self, word: str, ratio: float = 0.8) -> bool:
        """A word that starts alike and is spelled nearly alike: transcripts misspell names."""
        if self.holds(word):
            return True
        near = self._by_start.get(word[:2], ())
        return any(
            (len(w) >= 5 and w[:5] == word[:5])
            or (abs(len(w) - len(word)) <= 3 and SequenceMatcher(None, w, word).ratio() >= ratio)
            for w in near
        )


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of every sentence (also cut at semicolons and line ends)."""
    return [(m.start(), m.end()) for m in SENTENCE.finditer(text) if m.group().strip()]


def is_negated(text: str, start: int, begin: int, end: int) -> bool:
    """Whether ``text[start:end]`` is negated: a cue before it in the sentence that begins at ``begin``, with nothing to end
    its scope, or a cue right behind it ("pregnancy: negative").
    """
    if _BEHIND.match(text, end):
        return True
    before = text[begin:start]
    cues = list(NEGATION.finditer(before))
    return bool(cues) and not _STOPS_NEGATION.search(before, cues[-1].end())


def answered_no(text: str, end: int) -> bool:
    """Whether what follows ``end`` (the end of a question) begins with a no."""
    return bool(_ANSWER.match(text[end : end + 80].lstrip()))
