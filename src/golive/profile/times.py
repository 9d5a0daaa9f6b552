"""Date and time columns: rows per day, range, written formats, and what lies in the future."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import ibis.expr.types as ir
import numpy as np

from golive.intake.base.dataset import aggregates
from golive.model.profile import ColumnProfile, TimeProfile
from golive.profile.categories import MOST_TOKENS, counted, patterns_of
from golive.profile.fields import Field, calendar_day, is_moment, missing, where_present
from golive.profile.reading import counted_here, groups_of, most_frequent

MOST_DAYS = 200_000
"""Distinct days or written dates read from the engine, most frequent first."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SHAPES = (
    (re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$"), "ymd"),
    (re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$"), "numeric"),
    (re.compile(r"(\d{4})()(\d{2})(\d{2})$"), "ymd"),
    (re.compile(r"(\d{1,2})([- ])([A-Za-z]{3})[a-z]*\2(\d{4})$"), "named"),
)


def reduce_times(
    table: ir.Table, fields: Sequence[Field], rows: int, as_of: date, *, local: bool = False
) -> list[ColumnProfile]:
    """Profile date or time columns.

    Stored dates are counted by day. Written dates are counted by their calendar part and read here; what is not a date
    goes to ``tokens``. ``minimum`` and ``maximum`` of written dates are whole days. With ``local`` the days of all
    ``fields`` come in one query, otherwise each column is grouped in its engine.
    """
    asked: dict[str, dict[str, ir.Value]] = {}
    keys: dict[str, ir.Value] = {}
    for field in fields:
        column = table[field.name]
        ends = {"low": column.min(), "high": column.max()} if is_moment(column) else {}
        asked[field.name] = {"missing": missing(column).sum()} | ends
        keys[field.name] = where_present(column, calendar_day(column))
    totals = aggregates(table, asked)
    if local:
        days = counted_here(table, keys)
    else:
        days = {name: most_frequent(groups_of(table, key), MOST_DAYS) for name, key in keys.items()}
    return [_profile(f, rows, days[f.name][:MOST_DAYS], totals[f.name], as_of) for f in fields]


def _profile(
    field: Field,
    rows: int,
    pairs: Sequence[tuple[Any, int]],
    totals: Mapping[str, Any],
    as_of: date,
) -> ColumnProfile:
    """Profile of one column from its days, stored or written, with their rows (``pairs``)."""
    days: Counter[date] = Counter()
    formats: Counter[str] = Counter()
    written = [] if "low" in totals else [(str(value), n) for value, n in pairs]
    unparsed = []
    reader = DateReader(written)
    for text, n in written:
        day, name = reader.read(text)
        if day is None:
            unparsed.append((text, n))
        else:
            days[day] += n
            formats[name] += n
    if not written:
        days.update({day: n for day, n in pairs if isinstance(day, date)})
    ordered = sorted(days)
    low, high = (_moment(totals.get(end)) for end in ("low", "high"))
    if ordered and low is None:
        low, high = _moment(ordered[0]), _moment(ordered[-1])
    tokens = counted(unparsed, most=MOST_TOKENS)
    rows_of = np.array([days[d] for d in ordered], dtype=np.int64)
    future = sum(n for day, n in days.items() if day > as_of)
    return field.profile(
        rows,
        int(totals["missing"] or 0),
        len(ordered) + len(tokens.values),
        time=TimeProfile(
            sum(days.values()),
            low,
            high,
            tuple(ordered),
            rows_of,
            tuple(formats.most_common()),
            future,
        ),
        tokens=tokens,
        patterns=patterns_of(counted(written, most=MOST_DAYS)),
    )


def _moment(value: date | datetime | None) -> datetime | None:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return None if value is None else datetime(value.year, value.month, value.day)


def days_read(keys: Sequence[object], counts: Iterable[int]) -> list[date | None]:
    """The day of each of ``keys``, stored or written, with the rows of each; ``None`` where it is no date."""
    reader = DateReader(
        (key, int(n)) for key, n in zip(keys, counts, strict=True) if isinstance(key, str)
    )
    return [
        reader.read(key)[0] if isinstance(key, str) else key if isinstance(key, date) else None
        for key in keys
    ]


class DateReader:
    """Reads written dates. ``03/04/2024`` is month first unless some value of the column rules that out."""

    def __init__(self, pairs: Iterable[tuple[str, int]]) -> None:
        first: Counter[str] = Counter()
        second: Counter[str] = Counter()
        for text, n in pairs:
            match = _SHAPES[1][0].match(text)
            if match:
                first[match.group(2)] += n * (int(match.group(1)) > 12)
                second[match.group(2)] += n * (int(match.group(3)) > 12)
        self._day_first = {sign for sign in first if first[sign] > second[sign]} | (
            {"."} if "." in first else set()
        )

    def read(self, text: str) -> tuple[date | None, str]:
        """Return the day and the name of its format (``MM/DD/YYYY``); ``(None, "")`` when it is not a date."""
        for shape, order in _SHAPES:
            if match := shape.match(text):
                try:
                    return self._build(match.groups(), order)
                except ValueError:  # no such day, or no such month
                    break
        return None, ""

    def _build(self, parts: Sequence[str], order: str) -> tuple[date, str]:
        a, sign, b, c = parts
        if order == "ymd":
            return date(int(a), int(b), int(c)), sign.join(("YYYY", "MM", "DD"))
        if order == "named":
            return date(int(c), _MONTHS.index(b.lower()) + 1, int(a)), sign.join(
                ("DD", "MON", "YYYY")
            )
        day_first = int(a) > 12 or (sign in self._day_first and int(b) <= 12)
        if day_first:
            return date(int(c), int(b), int(a)), sign.join(("DD", "MM", "YYYY"))
        return date(int(c), int(a), int(b)), sign.join(("MM", "DD", "YYYY"))
