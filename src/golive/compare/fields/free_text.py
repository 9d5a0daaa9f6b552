"""Words and other things that are not plain numbers, or not dates, in fields that training filled with them.

What is said of them are forms (limits of a test, ranges, decimal commas), not values: a comment is shown only when it is a
known word of the laboratory, anything else as its shape.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from golive.compare.base.code_systems import rules
from golive.compare.base.share import LEAST_ROWS, Share, adjusted
from golive.compare.base.where import locate, of_tokens
from golive.compare.fields.disguised import unread_rows, unread_words
from golive.model.columns import ColumnType, Role
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import WhatIf
from golive.model.kinds import Verdict
from golive.model.profile import ColumnProfile, Profile, is_small
from golive.profile.categories import shape
from golive.wording.findings.written import Form, NotNumbers

ALARM_SHARE = 0.01
MOST_SHOWN = 6
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


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``free_text_in_structured``: live values of a number or date column that are neither, more than training had."""
    shares = {}
    for name, before in train.columns.items():
        now = live.columns.get(name)
        asked = before.type.is_number or before.type is ColumnType.DATETIME
        if now is None or not asked or before.role is Role.IGNORED:
            continue
        share = Share((unread_rows(before), unread_rows(now)), (before.present, now.present))
        if share.rows[1] >= LEAST_ROWS:
            shares[name] = share
    return [
        _facts(name, shares[name], p, train.columns[name], live)
        for name, p in adjusted(shares).items()
        if p <= config.drift.alpha and shares[name].change > 0
    ]


def _facts(name: str, share: Share, p: float, before: ColumnProfile, live: Profile) -> Facts:
    values = unread_words(live.columns[name])
    dates = before.type is ColumnType.DATETIME
    place = locate(live, name, of_tokens)
    mapping = {} if dates else _numbers(values, before)
    forms: Counter[Form] = Counter()
    patterns: Counter[str] = Counter()
    for value, rows in values.items():
        form = read(value).form
        forms[form] += rows
        patterns[shown(value, form)] += rows
    return NotNumbers(
        verdict=Verdict.ALARM if share.change >= ALARM_SHARE else Verdict.WATCH,
        columns=(name,),
        effect=share.effect("not_a_number_share", private=True),
        rows_affected=share.rows[1],
        what_if=WhatIf(repair={"op": "map", "column": name, "mapping": mapping})
        if mapping
        else None,
        p=p,
        place=place,
        dates=dates,
        forms=dict(forms.most_common()),
        values=dict(patterns.most_common(MOST_SHOWN)),
        unread=live.columns[name].tokens.other,
    )


def _numbers(values: Mapping[str, int], column: ColumnProfile) -> dict[str, float]:
    """What each value would be as a number, for those that 11 rows or more hold and that mean one number.

    Values with units are read only while all have one unit: two would need a conversion. ``1,234`` is a decimal or a
    thousand, whichever lies nearer to what training holds.
    """
    written = {value: read(value) for value in values}
    units = {one.unit.lower() for one in written.values() if one.form is Form.UNIT}
    found = {}
    for value, one in written.items():
        if one.value is None or is_small(values[value]):
            continue
        if one.form is Form.UNIT and len(units) > 1:
            continue
        number = one.value
        if one.form is Form.COMMA and column.numeric and len(value.strip().rsplit(",", 1)[1]) == 3:
            usual, thousand = column.numeric.median, float(value.strip().replace(",", ""))
            number = min((number, thousand), key=lambda x: abs(x - usual))
        found[value] = number
    return found
