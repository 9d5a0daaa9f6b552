"""Calendar dates in clinical text, written and spoken: ``01/10/09``, ``10 January 2009``, ``January tenth two thousand nine``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from golive.text.numbers import WORD_VALUE, spoken_values

_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = (
    {name: i for i, name in enumerate(_NAMES, 1)}
    | {name[:3]: i for i, name in enumerate(_NAMES, 1)}
    | {"sept": 9}
)
_MONTHS = "|".join(sorted(_MONTH, key=len, reverse=True))
_WORDS = "|".join(sorted((*WORD_VALUE, "hundred", "thousand"), key=len, reverse=True))
_RUN = rf"(?:{_WORDS})(?:[\s-]+(?:and[\s-]+)?(?:{_WORDS}))*"
_ISO = re.compile(r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2}))?\b")
_SLASHED = re.compile(
    r"(?<![\d/])(?P<a>\d{1,2})[/.-](?P<b>\d{1,2})[/.-](?P<y>\d{4}|\d{2})(?![\d/])"
)
_NAMED = re.compile(
    rf"(?:\b(?P<before>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?\b(?P<m>{_MONTHS})\b\.?"
    rf"(?:(?:\s+(?:the\s+)?|,\s*)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d))?(?:,?\s+(?:of\s+)?(?P<y>(?:19|20)\d\d)\b)?",
    re.IGNORECASE,
)
_SPOKEN = re.compile(rf"\b(?P<m>{_MONTHS})\s+(?:of\s+|the\s+)?(?P<run>{_RUN})\b", re.IGNORECASE)


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
    found: list[Day] = []
    found += [
        Day(m.start(), m.end(), int(m["y"]), int(m["m"]), int(m["d"]) if m["d"] else None)
        for m in _ISO.finditer(text)
        if 1 <= int(m["m"]) <= 12
    ]
    for m in _SLASHED.finditer(text):
        a, b = int(m["a"]), int(m["b"])
        month, day = (a, b) if a <= 12 else (b, a)
        if 1 <= month <= 12 and 1 <= day <= 31:
            found.append(
                Day(m.start(), m.end(), _year(int(m["y"])), month, day, either=a <= 12 and b <= 12)
            )
    for m in _SPOKEN.finditer(text):
        values = [
            int(v)
            for v in spoken_values([w for w in re.split(r"[\s-]+", m["run"].lower()) if w != "and"])
        ]
        year = next((v for v in values if 1900 <= v <= 2100), None)
        said = next((v for v in _leading(m["run"]) if 1 <= v <= 31), None)
        only_year = year is not None and m["run"].lower().startswith(
            ("two thousand", "nineteen", "twenty twenty")
        )
        found.append(
            Day(m.start(), m.end(), year, _MONTH[m["m"].lower()], None if only_year else said)
        )
    taken = [(f.start, f.end) for f in found]
    for m in _NAMED.finditer(text):
        if (m["before"] or m["day"] or m["y"]) and not any(
            s < m.end() and m.start() < e for s, e in taken
        ):
            written = m["before"] or m["day"]
            year = int(m["y"]) if m["y"] else None
            found.append(
                Day(
                    m.start(),
                    m.end(),
                    year,
                    _MONTH[m["m"].lower()],
                    int(written) if written else None,
                )
            )
    return sorted(found, key=lambda f: f.start)


def _leading(run: str) -> list[int]:
    """Values that the first one or two words of a run can be: the day of the month comes first."""
    words = [w for w in re.split(r"[\s-]+", run.lower()) if w != "and"]
    first = [WORD_VALUE[w] for w in words[:1] if w in WORD_VALUE]
    if (
        len(words) > 1
        and words[0] in ("twenty", "thirty")
        and 0 < WORD_VALUE.get(words[1], 99) < 10
    ):
        return [first[0] + WORD_VALUE[words[1]], *first]
    return first


def _year(written: int) -> int:
    """A year of two digits is the nearest one: 00 to 49 is 20xx."""
    return written if written > 99 else written + (2000 if written < 50 else 1900)


def agrees(said: Day, known: Day) -> bool:
    """Whether a source's date says everything that ``said`` says, and the same."""

    def held(month: int, day: int | None) -> bool:
        fits = month == known.month and (day is None or day == known.day)
        return fits and (said.year is None or said.year == known.year)

    swapped = said.either and said.day is not None and held(said.day, said.month)
    crossed = (
        known.either
        and known.day is not None
        and said.month == known.day
        and said.day == known.month
    )
    return held(said.month, said.day) or swapped or (crossed and said.year in (None, known.year))
