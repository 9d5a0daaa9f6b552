"""What is written where a number should be: limits of a test, ranges, units, decimal commas, comments.

Forms, not values: a comment is shown only when it is a known word of the laboratory, anything else as its shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from golive.compare.base.code_systems import rules
from golive.profile.categories import shape

MOST_DIGITS = 8
"""Digits up to which a value in another form is shown as written; longer ones may be numbers of telephones or records."""


class Form(StrEnum):
    """How a value that is no plain number is written, in words for titles."""

    CENSORED = "limits such as <0.5"
    RANGE = "ranges such as 3-5"
    COMPOUND = "two values in one, such as 120/80"
    COMMA = "decimal commas"
    THOUSANDS = "thousands separators"
    SCIENTIFIC = "powers of ten such as 1.2 x 10^3"
    PERCENT = "percent signs"
    UNIT = "units inside the value"
    FLAGGED = "flags beside the value, such as 5.1 H"
    ABOUT = "approximations such as ~5"
    COMMENT = "comments"
    OTHER = "other text"


class Written(NamedTuple):
    """One value: its form and, where one number is meant, that number (of a limit, the limit)."""

    form: Form
    value: float | None = None
    unit: str = ""


_N = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_U = r"[A-Za-zµμ°%][\w/\[\]^*.µμ°%³²]*(?:\s[A-Za-z\[\]/]+)?"


def _first(match: re.Match[str]) -> float | None:
    return float(match.group(1))


def _none(_match: re.Match[str]) -> float | None:
    return None


def _comma(match: re.Match[str]) -> float | None:
    return float(match.group(1).replace(",", "."))


def _no_separators(match: re.Match[str]) -> float | None:
    return float(re.sub(r"[, ' ]", "", match.group(1)))


def _power(match: re.Match[str]) -> float | None:
    return float(match.group(1)) * 10.0 ** int(match.group(2))


_GRAMMAR: tuple[tuple[Form, str, Callable[[re.Match[str]], float | None]], ...] = (
    (
        Form.CENSORED,
        rf"(?:[<>≤≥]=?|(?:less|greater|more) than|under|over|below|above)\s*({_N})(?:\s*{_U})?",
        _first,
    ),
    (Form.CENSORED, rf"({_N})\s*(?:or (?:less|more|lower|higher)|[+])", _first),
    (Form.CENSORED, r"[<>≤≥]=?\s*([+-]?\d+,\d+)", _comma),
    (
        Form.THOUSANDS,
        r"([+-]?\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?|[+-]?\d{1,3}(?:,\d{3})+\.\d+|[+-]?\d{1,3}(?:[ ' ]\d{3})+)",
        _no_separators,
    ),
    (Form.COMMA, r"([+-]?\d+,\d+)", _comma),
    (Form.SCIENTIFIC, rf"({_N})\s*[x×*]\s*10\s*(?:\^|\*\*)?\s*([+-]?\d+)", _power),
    (Form.COMPOUND, rf"{_N}\s*/\s*{_N}", _none),
    (Form.RANGE, rf"{_N}\s*(?:-|–|—|to|\.\.)\s*{_N}", _none),
    (Form.PERCENT, rf"({_N})\s*%", _first),
    (
        Form.FLAGGED,
        rf"[*!]?\s*({_N})\s*(?:\(?(?:H|L|HH|LL|AB|HI|LO)\)?|[*!^]+|\((?:high|low)\))",
        _first,
    ),
    (Form.FLAGGED, rf"[*!]+\s*({_N})", _first),
    (Form.ABOUT, rf"(?:~|≈|ca\.?|approx\.?|about|circa)\s*({_N})", _first),
    (Form.UNIT, rf"({_N})\s*({_U})", _first),
)


@cache
def _compiled() -> tuple[
    tuple[Form, re.Pattern[str], Callable[[re.Match[str]], float | None]], ...
]:
    return tuple(
        (form, re.compile(pattern, re.IGNORECASE), read) for form, pattern, read in _GRAMMAR
    )


@cache
def _comments() -> frozenset[str]:
    return frozenset(rules().result_comments)


def read(value: str) -> Written:
    """The form of a value that is not a plain number. Letters without a number are a comment; the rest is other text.

    A comma followed by three digits is read as a decimal comma only by ``free_text``, which knows the range of training.
    """
    text = " ".join(value.split())
    for form, pattern, number in _compiled():
        match = pattern.fullmatch(text)
        if match:
            unit = match.group(2) if form is Form.UNIT else ""
            return Written(form, number(match), unit)
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
