"""Words that a newcomer meets, each in a sentence or two; the same text as help where a term stands on a page."""

from __future__ import annotations

import yaml

from golive.settings import resource

TERMS: dict[str, str] = yaml.safe_load(resource("data", "glossary.yaml").read_text("utf-8"))


def tip(term: str) -> str:
    """The sentence about a term, for ``help=``. KeyError for a term that is not in the glossary."""
    return TERMS[term]


def find(text: str) -> dict[str, str]:
    """Terms whose name or explanation holds ``text``, by name; all of them for an empty text."""
    wanted = text.strip().lower()
    return {
        name: words
        for name, words in TERMS.items()
        if wanted in name.lower() or wanted in words.lower()
    }
