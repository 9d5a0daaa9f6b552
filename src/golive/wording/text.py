"""Text in sentences: lists, cuts, and foreign text (column names, notes) made harmless for Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~$:-])")
_MARKUP = re.compile(r"[\\`*_\[\]<>|~$]|^[#+-]")
_CAMEL = re.compile(r"(?<=[a-z]{2})([A-Z])(?=[a-z]{2})|(?<=[a-z]{2})(?=[A-Z]{2})")
_SENTENCE = re.compile(r"[.!?](?=\s+[A-Z0-9])")


def listing(names: Sequence[str], limit: int = 6) -> str:
    """``a, b and c``; a long list ends with how many more."""
    *first, last = [str(name) for name in names[:limit]] or [""]
    if len(names) > limit:
        first, last = [*first, last], f"{len(names) - limit} more"
    return f"{', '.join(first)} and {last}" if first else last


def readable(name: str) -> str:
    """The name of a column as a meeting reads it: ``heart rate`` for ``heart_rate`` and ``heartRate``; ``HR`` and ``pH`` stay."""
    apart = _CAMEL.sub(lambda found: f" {(found[1] or '').lower()}", name)
    return " ".join(apart.replace("_", " ").split())


def opening(text: str) -> str:
    """Text at the beginning of a sentence: its first letter becomes a capital, the others stay (``HR``)."""
    return text[:1].upper() + text[1:]


def plain(text: object) -> str:
    """Escape text that came from data (column names, file names, notes) so that Markdown shows it as it is."""
    return _MARKDOWN.sub(r"\\\1", str(text))


def escaped(text: str) -> str:
    """Escape text for a Markdown file: what would be markup is shown as it is, the rest stays readable."""
    return _MARKUP.sub(lambda found: "\\" + found.group(0), text)


def shorten(text: str, length: int = 28) -> str:
    """Cut a label at ``length`` characters and mark the cut; between words where its last word is not most of it."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    words, gap, _ = cut.rpartition(" ")
    if gap and text[length - 1] != " " and len(words) > length // 2:
        cut = words
    return cut.rstrip(" ,;:(") + "…"


def sentences(text: str, length: int) -> str:
    """As many whole sentences as ``length`` characters hold; a first one that is longer is cut between words."""
    if len(text) <= length:
        return text
    ends = [found.end() for found in _SENTENCE.finditer(text) if found.end() <= length]
    return text[: ends[-1]] if ends else shorten(text, length)


def check_failed(error: Exception) -> str:
    """Why something was not assessed when a check of ours broke: by kind only, since a message may repeat a value."""
    return f"the check failed ({type(error).__name__}); see the log"
