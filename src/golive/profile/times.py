"""Date and time columns: rows per day, range, written formats, and what lies in the future."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import ibis
import ibis.expr.types as ir
import numpy as np

from golive.model.profile import EMPTY_CATEGORY, CategoryProfile, ColumnProfile, TimeProfile
from golive.profile.categories import MOST_TOKENS, counted, patterns_of
from golive.profile.fields import Field, day_text, missing
from golive.profile.together import counted_here

MOST_DAYS = 200_000
"""Distinct days or written dates read from the engine, most frequent first."""

_MONTHS = {
    m: i
    for i, m in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        start=1,
    )
}
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
    asked: dict[str, ir.Value] = {}
    keys: dict[str, ir.Value] = {}
    for i, field in enumerate(fields):
        column = table[field.name]
        asked[f"m{i}"] = missing(column).sum()
        if _is_stored(column):
            asked |= {f"l{i}": column.min(), f"h{i}": column.max()}
        key = column.cast("date") if _is_stored(column) else day_text(column)
        keys[field.name] = missing(column).ifelse(ibis.null(key.type()), key)
    totals = table.aggregate(**asked).to_pyarrow().to_pylist()[0]
    groups = (
        counted_here(table, keys)
        if local
        else {name: _groups(table, key) for name, key in keys.items()}
    )
    found = []
    for i, field in enumerate(fields):
        pairs = groups[field.name][:MOST_DAYS]
        absent = int(totals[f"m{i}"] or 0)
        if f"l{i}" in totals:
            days = Counter({day: n for day, n in pairs if isinstance(day, date)})
            ends = (_moment(totals[f"l{i}"]), _moment(totals[f"h{i}"]))
            found.append(_profile(field, rows, absent, days, as_of, ends=ends))
        else:
            found.append(_written(field, rows, absent, [(str(v), n) for v, n in pairs], as_of))
    return found


def _is_stored(column: ir.Value) -> bool:
    return bool(column.type().is_temporal() and not column.type().is_time())


def _written(
    field: Field, rows: int, absent: int, pairs: list[tuple[str, int]], as_of: date
) -> ColumnProfile:
    reader = DateReader(pairs)
    days: Counter[date] = Counter()
    formats: Counter[str] = Counter()
    odd = []
    for text, n in pairs:
        day, name = reader.read(text)
        if day is None:
            odd.append((text, n))
        else:
            days[day] += n
            formats[name] += n
    tokens = counted(odd, most=MOST_TOKENS)
    return _profile(field, rows, absent, days, as_of, formats=formats, tokens=tokens, written=pairs)


def _groups(table: ir.Table, key: ir.Value) -> list[tuple[date | str, int]]:
    keyed = table.select(key=key).drop_null()
    groups = keyed.group_by("key").aggregate(rows=keyed.count())
    top = groups.order_by(groups.rows.desc(), groups.key).limit(MOST_DAYS).to_pyarrow().to_pylist()
    return [(row["key"], int(row["rows"])) for row in top]


def _moment(value: date | datetime | None) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime(value.year, value.month, value.day)


def _profile(
    field: Field,
    rows: int,
    absent: int,
    days: Counter[date],
    as_of: date,
    *,
    ends: tuple[datetime | None, datetime | None] = (None, None),
    formats: Counter[str] | None = None,
    tokens: CategoryProfile = EMPTY_CATEGORY,
    written: Iterable[tuple[str, int]] = (),
) -> ColumnProfile:
    ordered = sorted(days)
    low, high = ends
    if ordered and low is None:
        low, high = _moment(ordered[0]), _moment(ordered[-1])
    time = TimeProfile(
        n=sum(days.values()),
        minimum=low,
        maximum=high,
        days=tuple(ordered),
        counts=np.array([days[d] for d in ordered], dtype=np.int64),
        formats=tuple((formats or Counter()).most_common()),
        future=sum(n for day, n in days.items() if day > as_of),
    )
    shapes = patterns_of(counted(written, most=MOST_DAYS))
    return ColumnProfile(
        name=field.name,
        type=field.type,
        role=field.role,
        storage=field.storage,
        n=rows,
        missing=absent,
        distinct=len(ordered) + len(tokens.values),
        time=time,
        tokens=tokens,
        patterns=shapes,
    )


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
            match = shape.match(text)
            if not match:
                continue
            a, sign, b, c = match.groups()
            try:
                return self._build(a, sign, b, c, order)
            except ValueError:
                return None, ""
        return None, ""

    def _build(self, a: str, sign: str, b: str, c: str, order: str) -> tuple[date, str]:
        if order == "ymd":
            return date(int(a), int(b), int(c)), sign.join(("YYYY", "MM", "DD"))
        if order == "named":
            return date(int(c), _month(b), int(a)), sign.join(("DD", "MON", "YYYY"))
        day_first = int(a) > 12 or (sign in self._day_first and int(b) <= 12)
        if day_first:
            return date(int(c), int(b), int(a)), sign.join(("DD", "MM", "YYYY"))
        return date(int(c), int(a), int(b)), sign.join(("MM", "DD", "YYYY"))


def _month(name: str) -> int:
    try:
        return _MONTHS[name.lower()]
    except KeyError:
        raise ValueError(name) from None
