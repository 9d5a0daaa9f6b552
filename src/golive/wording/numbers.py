"""Numbers, dates and foreign text in the words of pages and reports: percent with one decimal under 10, 20 Nov 2026, ``1-10``."""

from __future__ import annotations

import re
from datetime import date, datetime
from math import isnan

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~$:-])")
_MARKUP = re.compile(r"[\\`*_\[\]<>|~$]|^[#+-]")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SENTENCE = re.compile(r"[.!?](?=\s+[A-Z0-9])")
_SMALL_NUMBERS = (
    "no",
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
)


def percent(share: float | None) -> str:
    """Write a share (0 to 1) as ``28 %``, ``6.1 %`` or ``under 0.1 %``; a dash when it is unknown."""
    if share is None or isnan(share):
        return "–"
    value = share * 100
    if 0 < abs(value) < 0.05:
        return "under 0.1 %"
    if 99.95 <= value < 100:
        return "over 99.9 %"
    return f"{value:.1f} %" if 0 < abs(value) < 9.95 or 99 < value < 100 else f"{value:.0f} %"


def points(change: float | None) -> str:
    """Write a difference of shares as signed percentage points: ``+28 points``, ``-0.4 points``."""
    if change is None or isnan(change):
        return "–"
    value = change * 100
    return f"{value:+.1f} points" if abs(value) < 9.95 else f"{value:+.0f} points"


def number(value: float | None) -> str:
    """Write a quantity with four significant digits and thousands separators; a dash when it is unknown."""
    if value is None or isnan(value):
        return "–"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def score(value: float | None) -> str:
    """Write a drift score with two decimals, three under 0.1; a dash when it is unknown."""
    if value is None or isnan(value):
        return "–"
    return f"{value:.3f}" if abs(value) < 0.1 else f"{value:.2f}"


def p_value(value: float) -> str:
    """Write a p-value: ``= 0.012``, never more exact than ``under 0.001``."""
    return "under 0.001" if value < 0.001 else f"= {value:.2g}"


def count(value: int | None) -> str:
    """Write a number of rows: ``24,000``; ``1-10`` stands for a suppressed cell (``None``)."""
    return "1-10" if value is None else f"{value:,}"


def spelled(value: int) -> str:
    """Write a small whole number as a word (``three``), a larger one as digits."""
    return _SMALL_NUMBERS[value] if 0 <= value < len(_SMALL_NUMBERS) else f"{value:,}"


def plural(value: int, noun: str, many: str = "") -> str:
    """Write ``1 gate``, ``3 gates``; ``many`` is the irregular plural."""
    return f"{value:,} {noun}" if value == 1 else f"{value:,} {many or noun + 's'}"


def day(moment: date | datetime | str) -> str:
    """Write a date, or an ISO 8601 date or timestamp, as ``20 Nov 2026``; text that is no date is returned as it is."""
    if not isinstance(moment, str):
        return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    try:
        return day(datetime.fromisoformat(moment))
    except ValueError:
        return moment


def plain(text: object) -> str:
    """Escape text that came from data (column names, file names, notes) so that Markdown shows it as it is."""
    return _MARKDOWN.sub(r"\\\1", str(text))


def shorten(text: str, length: int = 28) -> str:
    """Cut a label at ``length`` characters and mark the cut; between words where its last word is not most of it."""
    if len(text) <= length:
        return text
    kept = text[: length - 1]
    words, gap, _ = kept.rpartition(" ")
    if gap and text[length - 1] != " " and len(words) > length // 2:
        kept = words
    return kept.rstrip(" ,;:(") + "…"


def sentences(text: str, length: int) -> str:
    """As many whole sentences as ``length`` characters hold; a first one that is longer is cut between words."""
    if len(text) <= length:
        return text
    ends = [found.end() for found in _SENTENCE.finditer(text) if found.end() <= length]
    return text[: ends[-1]] if ends else shorten(text, length)


def escaped(text: str) -> str:
    """Escape text for a Markdown file: what would be markup is shown as it is, the rest stays readable."""
    return _MARKUP.sub(lambda found: "\\" + found.group(0), text)
