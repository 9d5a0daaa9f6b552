"""What is written where a number should be: limits of a test, ranges, units, decimal commas, comments.

Forms, not values: a comment is shown only when it is a known word of the laboratory, anything else as its shape.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from golive.compare.base.code_systems import rules
from golive.profile.categories import shape
from golive.wording.findings.written import Form

MOST_DIGITS = 8
"""Digits up to which a value in another form is shown as written; longer ones may be numbers of telephones or records."""


class Written(NamedTuple):
    """One value: its form and, where one number is meant, that number (of a limit, the limit)."""

    form: Form
    value: float | None = None
    unit: str = ""


_N = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_U = r"[A-Za-zµμ°%][\w/\[\]^*.µμ°%³²]*(?:\s[A-Za-z\[\]/]+)?"


_GRAMMAR: tuple[tuple[Form, re.Pattern[str]], ...] = tuple(
    (form, re.compile(pattern, re.IGNORECASE))
    for form, pattern in (
        (
            Form.CENSORED,
            rf"(?:[<>≤≥]=?|(?:less|greater|more) than|under|over|below|above)\s*({_N})(?:\s*{_U})?",
        ),
        (Form.CENSORED, rf"({_N})\s*(?:or (?:less|more|lower|higher)|[+])"),
        (Form.CENSORED, r"[<>≤≥]=?\s*([+-]?\d+,\d+)"),
        (
            Form.THOUSANDS,
            r"([+-]?\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?|[+-]?\d{1,3}(?:,\d{3})+\.\d+|[+-]?\d{1,3}(?:[ ' ]\d{3})+)",
        ),
        (Form.COMMA, r"([+-]?\d+,\d+)"),
        (Form.SCIENTIFIC, rf"({_N})\s*[x×*]\s*10\s*(?:\^|\*\*)?\s*([+-]?\d+)"),
        (Form.COMPOUND, rf"{_N}\s*/\s*{_N}"),
        (Form.RANGE, rf"{_N}\s*(?:-|–|—|to|\.\.)\s*{_N}"),
        (Form.PERCENT, rf"({_N})\s*%"),
        (
            Form.FLAGGED,
            rf"[*!]?\s*({_N})\s*(?:\(?(?:H|L|HH|LL|AB|HI|LO)\)?|[*!^]+|\((?:high|low)\))",
        ),
        (Form.FLAGGED, rf"[*!]+\s*({_N})"),
        (Form.ABOUT, rf"(?:~|≈|ca\.?|approx\.?|about|circa)\s*({_N})"),
        (Form.UNIT, rf"({_N})\s*({_U})"),
    )
)
"""Forms and how they are written, the first that fits first; the first group is the number, where one is meant."""


def _number(form: Form, match: re.Match[str]) -> float | None:
    if not match.groups():
        return None
    written = match[1]
    if form is Form.THOUSANDS:
        return float(re.sub(r"[, ' ]", "", written))
    value = float(written.replace(",", "."))
    return value * 10.0 ** int(match[2]) if form is Form.SCIENTIFIC else value


@cache
def _comments() -> frozenset[str]:
    return frozenset(rules().result_comments)


def read(value: str) -> Written:
    """The form of a value that is not a plain number. Letters without a number are a comment; the rest is other text.

    A comma followed by three digits is read as a decimal comma only by ``free_text``, which knows the range of training.
    """
    text = " ".join(value.split())
    for form, pattern in _GRAMMAR:
        if match := pattern.fullmatch(text):
            return Written(form, _number(form, match), match[2] if form is Form.UNIT else "")
    return Written(Form.COMMENT if re.search(r"[^\W\d_]{2,}", text) else Form.OTHER)


def shown(value: str, form: Form) -> str:
    """How a value may be shown: as written when it is a number in another form or a known word, else as its shape."""
    text = " ".join(value.split())
    if (
        form not in (Form.COMMENT, Form.OTHER)
        and sum(sign.isdigit() for sign in text) <= MOST_DIGITS
    ):
        return text
    return text if text.lower() in _comments() else f"text of the shape {shape(text)}"
