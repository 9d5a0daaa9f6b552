"""Numbers in clinical text, written and spoken: where they stand, what they are worth, and in which unit.

Transcripts spell numbers ("nineteen eighty four", "one twenty two"), so a source offers every value that its words can mean,
and an output is held to what it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
_TENTHS = ["twentieth", "thirtieth"]
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
_NOISY = frozenset(
    ("zero", "one", "once", "first", "second", "single", "both", "oh", "couple", "third")
)
"""Words for numbers that are usually something else in prose; an output is not held to them."""

UNITS: dict[str, tuple[str, float]] = {}
"""Written unit -> dimension and its size in the dimension's base unit."""
_FORMS: dict[str, dict[str, float]] = {
    "mass": {
        "kg|kgs|kilogram|kilograms|kilo|kilos": 1e3,
        "g|gm|gram|grams": 1,
        "mg|milligram|milligrams": 1e-3,
        "mcg|ug|microgram|micrograms": 1e-6,
        "lb|lbs|pound|pounds": 453.59,
        "oz|ounce|ounces": 28.35,
    },
    "volume": {
        "l|liter|liters|litre|litres": 1,
        "dl": 0.1,
        "ml|cc|milliliter|milliliters|millilitre|millilitres": 1e-3,
    },
    "length": {
        "meter|meters|metre|metres": 1,
        "cm|centimeter|centimeters|centimetre|centimetres": 1e-2,
        "mm|millimeter|millimeters": 1e-3,
        "inch|inches": 0.0254,
        "ft|foot|feet": 0.3048,
    },
    "time": {
        "second|seconds|sec|secs": 1,
        "minute|minutes|min|mins": 60,
        "hour|hours|hr|hrs|hourly": 3600,
        "day|days|daily": 86400,
        "week|weeks|weekly|wk|wks": 604800,
        "month|months|monthly|mo": 2629800,
        "year|years|yr|yrs|yearly": 31557600,
    },
    "concentration": {"mg/dl": 1, "g/dl": 1e3, "g/l": 1e2, "mg/l": 0.1, "ng/ml": 1e-4},
    "amount": {"mmol/l|mmol": 1, "umol/l": 1e-3, "meq/l|meq": 1},
    "pressure": {"mmhg": 1},
    "share": {"%|percent": 1},
    "rate": {"bpm": 1},
    "dose": {"unit|units|iu": 1},
    "pills": {"tablet|tablets|pill|pills|capsule|capsules|puff|puffs": 1},
}
for _dimension, _forms in _FORMS.items():
    for _names, _size in _forms.items():
        for _name in _names.split("|"):
            UNITS[_name] = (_dimension, _size)

_UNIT = "|".join(sorted((re.escape(u) for u in UNITS), key=len, reverse=True))
_WORDS = "|".join(sorted((*WORD_VALUE, *_SCALE), key=len, reverse=True))
_DIGITS = re.compile(
    r"(?<![\w.])(?P<value>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?:st|nd|rd|th|s)?(?![\d]|\.\d|[A-Za-z]{0,2}\d)"
)
_SPOKEN = re.compile(rf"\b(?:{_WORDS})(?:(?:[\s-]+(?:and[\s-]+)?)(?:{_WORDS}))*\b", re.IGNORECASE)
_AFTER = re.compile(
    rf"(?:\s|-)*(?P<unit>{_UNIT}|m\s?g|m\s?l|k\s?g|c\s?c|m\s?c\s?g)(?![A-Za-z0-9/])", re.IGNORECASE
)
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
        words = [w for w in re.split(r"[\s-]+", m.group().lower()) if w != "and"]
        noisy = all(w in _NOISY for w in words)
        yield Quantity(
            m.start(), m.end(), tuple(spoken_values(words)), 0, _unit(text, m.end()), noisy
        )


def _unit(text: str, end: int) -> str:
    found = _AFTER.match(text, end)
    if not found:
        return ""
    unit = found["unit"].lower()
    return unit if unit in UNITS else re.sub(r"\s", "", unit)  # transcripts spell "m g"


def spoken_values(words: list[str]) -> list[float]:
    """Every value that a run of number words can mean, the likeliest (whole run) first.

    ``nineteen eighty four`` means 1984, but also 19, 84 and 4; ``one twenty two`` means 122 or 23; runs over 8 words are
    read only in parts of up to 8.
    """
    found: dict[float, None] = {}
    n = len(words)
    for size in range(min(n, 8), 0, -1):
        for i in range(n - size + 1):
            part = words[i : i + size]
            for value in (_sum(part), _joined(part)):
                if value is not None:
                    found.setdefault(value)
    return list(found)


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
    for value in said.values:
        for other in known.values:
            if value == other or (said.decimals < 6 and round(other, said.decimals) == value):
                return True
            if _converted(value, said.unit, other, known.unit):
                return True
    return False


def _converted(value: float, unit: str, other: float, known: str) -> bool:
    here, there = UNITS.get(unit), UNITS.get(known)
    if here is None or there is None or here[0] != there[0] or unit == known:
        return False
    first, second = value * here[1], other * there[1]
    return abs(first - second) <= 0.02 * max(abs(first), abs(second))


def conflicting_units(said: Quantity, known: Quantity) -> bool:
    """Whether both carry units that make the same number another amount (5 mg and 5 mcg, 2 days and 2 weeks)."""
    here, there = UNITS.get(said.unit), UNITS.get(known.unit)
    return here is not None and there is not None and here != there
