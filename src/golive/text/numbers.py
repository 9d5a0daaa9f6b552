"""Numbers and dates in clinical text, written and spoken: where they stand, what they are worth, in which unit.

Transcripts spell numbers ("nineteen eighty four", "one twenty two"), so a source offers every value that its words can mean,
and an output is held to what it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from golive.text.words import lexicon, words_of

_ONES = words_of(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = words_of("twenty thirty forty fifty sixty seventy eighty ninety")
_ORDINALS = words_of(
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_TENTHS = words_of("twentieth thirtieth")
WORD_VALUE: dict[str, int] = (
    {w: i for i, w in enumerate(_ONES)}
    | {w: 20 + 10 * i for i, w in enumerate(_TENS)}
    | {w: i for i, w in enumerate(_ORDINALS)}
    | {w: 20 + 10 * i for i, w in enumerate(_TENTHS)}
    | {
        "fourty": 40,
        "once": 1,
        "twice": 2,
        "couple": 2,
        "both": 2,
        "dozen": 12,
        "single": 1,
        "oh": 0,
    }
)
_SCALE = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_NOISY = set(words_of("zero one once first second single both oh couple third"))
"""Words for numbers that are usually something else in prose; an output is not held to them."""

_WORDS = "|".join(sorted((*WORD_VALUE, *_SCALE), key=len, reverse=True))
_DIGITS = re.compile(
    r"(?<![\w.])(?P<value>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?:st|nd|rd|th|s)?(?![\d]|\.\d|[A-Za-z]{0,2}\d)"
)
_SPOKEN = re.compile(rf"\b(?:{_WORDS})(?:(?:[\s-]+(?:and[\s-]+)?)(?:{_WORDS}))*\b", re.IGNORECASE)
_ENUMERATOR = re.compile(r"(?:^|[\n.;:,])\s*\(?\d{1,2}[.)](?=\s|$)")
_FRACTION = re.compile(r"(?:\d+(?:\s|-))?\d/\d(?![\d/])")


@dataclass(frozen=True)
class Quantity:
    """A number in a text: where it stands, every value it can mean, the decimals it is written with, its unit if any."""

    start: int
    end: int
    values: tuple[float, ...]
    decimals: int = 0
    unit: str = ""
    noisy: bool = False

    @property
    def as_said(self) -> Quantity:
        """With the likeliest of its values alone: an output is held to that."""
        return Quantity(self.start, self.end, self.values[:1], self.decimals, self.unit)


def quantities(text: str) -> list[Quantity]:
    """Every number of ``text`` in order, written with digits or as words; list numbers (``2.``) and fractions (``1/2``) left out."""
    return sorted(_all(text), key=lambda q: q.start)


def _all(text: str) -> Iterator[Quantity]:
    skipped = [m.span() for pattern in (_ENUMERATOR, _FRACTION) for m in pattern.finditer(text)]
    for m in _DIGITS.finditer(text):
        if any(start <= m.start() < end for start, end in skipped):
            continue
        written = m["value"].replace(",", "")
        decimals = len(written.partition(".")[2])
        yield Quantity(m.start(), m.end(), (float(written),), decimals, _unit(text, m.end()))
    for m in _SPOKEN.finditer(text):
        words = number_words(m.group())
        values, noisy = tuple(spoken_values(words)), all(w in _NOISY for w in words)
        yield Quantity(m.start(), m.end(), values, 0, _unit(text, m.end()), noisy)


def number_words(run: str) -> list[str]:
    """The words of a spoken number, without "and"."""
    return [w for w in re.split(r"[\s-]+", run.lower()) if w != "and"]


@cache
def _after() -> re.Pattern[str]:
    """A unit behind a number."""
    names = "|".join(sorted(map(re.escape, lexicon().units), key=len, reverse=True))
    spelled = r"m\s?g|m\s?l|k\s?g|c\s?c|m\s?c\s?g"
    return re.compile(rf"(?:\s|-)*(?P<unit>{names}|{spelled})(?![A-Za-z0-9/])", re.IGNORECASE)


def _unit(text: str, end: int) -> str:
    found = _after().match(text, end)
    if not found:
        return ""
    unit = found["unit"].lower()
    return unit if unit in lexicon().units else re.sub(r"\s", "", unit)  # transcripts spell "m g"


def spoken_values(words: list[str]) -> list[float]:
    """Every value that a run of number words can mean, the likeliest (whole run) first.

    ``nineteen eighty four`` means 1984, but also 19, 84 and 4; ``one twenty two`` means 122 or 23; runs over 8 words are
    read only in parts of up to 8.
    """
    n = len(words)
    parts = (words[i : i + size] for size in range(min(n, 8), 0, -1) for i in range(n - size + 1))
    values = (read(part) for part in parts for read in (_sum, _joined))
    return list(dict.fromkeys(value for value in values if value is not None))


def _sum(words: list[str]) -> float | None:
    """Cardinal reading: ``two thousand eight`` is 2008, ``one hundred twenty two`` is 122."""
    total = part = 0
    last = 1000
    for word in words:
        if word in _SCALE:
            size = _SCALE[word]
            if size == 100:
                part = max(part, 1) * 100
            else:
                total, part = total + max(part, 1) * size, 0
            last = 1000
            continue
        value = WORD_VALUE[word]
        weight = 10 if value < 10 else 100 if value >= 20 else 11
        if not (last == 1000 or (last == 100 and weight == 10)):
            return None
        part += value
        last = weight
    return float(total + part)


def _joined(words: list[str]) -> float | None:
    """Reading in groups: ``nineteen eighty four`` is 19|84, ``one twenty two`` is 1|22, ``nine one one`` is 9|1|1."""
    if len(words) < 2 or any(w in _SCALE for w in words):
        return None
    groups: list[int] = []
    tens = False
    for word in words:
        value = WORD_VALUE[word]
        if tens and 0 < value < 10:
            groups[-1] += value
            tens = False
        else:
            groups.append(value)
            tens = value >= 20
    return float("".join(str(g) for g in groups)) if len(groups) > 1 else None


def same(said: Quantity, known: Quantity) -> bool:
    """Whether ``known`` holds a value that ``said`` can be: equal, equal after rounding as written, or equal in other units."""
    return any(
        value == other
        or (said.decimals < 6 and round(other, said.decimals) == value)
        or _converted(value, said.unit, other, known.unit)
        for value in said.values
        for other in known.values
    )


def _converted(value: float, unit: str, other: float, known: str) -> bool:
    here, there = (lexicon().units.get(u) for u in (unit, known))
    if here is None or there is None or here[0] != there[0] or unit == known:
        return False
    first, second = value * here[1], other * there[1]
    return abs(first - second) <= 0.02 * max(abs(first), abs(second))


def conflicting_units(said: Quantity, known: Quantity) -> bool:
    """Whether both carry units that make the same number another amount (5 mg and 5 mcg, 2 days and 2 weeks)."""
    here, there = (lexicon().units.get(q.unit) for q in (said, known))
    return here is not None and there is not None and here != there


_NAMES = words_of(
    "january february march april may june july august september october november december"
)
_MONTH = (
    {name: i for i, name in enumerate(_NAMES, 1)}
    | {name[:3]: i for i, name in enumerate(_NAMES, 1)}
    | {"sept": 9}
)
_MONTHS = "|".join(sorted(_MONTH, key=len, reverse=True))
_DATE_WORDS = "|".join(sorted((*WORD_VALUE, "hundred", "thousand"), key=len, reverse=True))
_RUN = rf"(?:{_DATE_WORDS})(?:[\s-]+(?:and[\s-]+)?(?:{_DATE_WORDS}))*"
_ISO = re.compile(r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2}))?\b")
_SLASHED = re.compile(
    r"(?<![\d/])(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-](?P<y>\d{4}|\d{2})(?![\d/])"
)
_NAMED = re.compile(
    rf"(?:\b(?P<before>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?\b(?P<m>{_MONTHS})\b\.?"
    rf"(?:(?:\s+(?:the\s+)?|,\s*)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d))?(?:,?\s+(?:of\s+)?(?P<y>(?:19|20)\d\d)\b)?",
    re.IGNORECASE,
)
_SPOKEN_DATE = re.compile(
    rf"\b(?P<m>{_MONTHS})\s+(?:of\s+|the\s+)?(?P<run>{_RUN})\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Day:
    """A date as far as it is said. ``day`` and ``month`` may be swapped where the writing allows both (``either``)."""

    start: int
    end: int
    year: int | None
    month: int
    day: int | None
    either: bool = False


def days(text: str) -> list[Day]:
    """Dates of ``text`` in order. A month alone counts only with a day or a year beside it ("may" is mostly a verb)."""
    found = [
        Day(*m.span(), int(m["y"]), int(m["m"]), int(m["d"]) if m["d"] else None)
        for m in _ISO.finditer(text)
        if 1 <= int(m["m"]) <= 12
    ]
    for m in _SLASHED.finditer(text):
        a, b = int(m["a"]), int(m["b"])
        month, day = (a, b) if a <= 12 else (b, a)
        if 1 <= month <= 12 and 1 <= day <= 31:
            either = a <= 12 and b <= 12
            found.append(Day(*m.span(), _year(int(m["y"])), month, day, either=either))
    for m in _SPOKEN_DATE.finditer(text):
        words = number_words(m["run"])
        values = map(int, spoken_values(words))
        year = next((v for v in values if 1900 <= v <= 2100), None)
        said = next((v for v in _leading(words) if 1 <= v <= 31), None)
        starts = "two thousand", "nineteen", "twenty twenty"
        only_year = year is not None and m["run"].lower().startswith(starts)
        month = _MONTH[m["m"].lower()]
        found.append(Day(*m.span(), year, month, None if only_year else said))
    taken = [(f.start, f.end) for f in found]
    for m in _NAMED.finditer(text):
        written = m["before"] or m["day"]
        alone = not (written or m["y"])
        if alone or any(s < m.end() and m.start() < e for s, e in taken):
            continue
        year, day_ = (int(part) if part else None for part in (m["y"], written))
        found.append(Day(*m.span(), year, _MONTH[m["m"].lower()], day_))
    return sorted(found, key=lambda f: f.start)


def _leading(words: list[str]) -> list[int]:
    """Values that the first one or two words of a run can be: the day of the month comes first."""
    first = [WORD_VALUE[w] for w in words[:1] if w in WORD_VALUE]
    ten = words[0] in ("twenty", "thirty")
    if len(words) > 1 and ten and 0 < WORD_VALUE.get(words[1], 99) < 10:
        return [first[0] + WORD_VALUE[words[1]], *first]
    return first


def _year(written: int) -> int:
    """A year of two digits is the nearest one: 00 to 49 is 20xx."""
    return written if written > 99 else written + (2000 if written < 50 else 1900)


def agrees(said: Day, known: Day) -> bool:
    """Whether a source's date says everything that ``said`` says, and the same."""

    def fits(month: int, day: int | None) -> bool:
        same = month == known.month and (day is None or day == known.day)
        return same and (said.year is None or said.year == known.year)

    swapped = said.either and said.day is not None and fits(said.day, said.month)
    crossed = known.either and (said.month, said.day) == (known.day, known.month)
    return fits(said.month, said.day) or swapped or (crossed and said.year in (None, known.year))
