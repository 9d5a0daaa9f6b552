"""Dates written otherwise than in training: another order of day and month, another format, dates as text of two kinds."""

from __future__ import annotations

import re
from datetime import date

from golive.compare.base.pairs import MINIMUM_VALUES
from golive.compare.base.share import Share, adjusted
from golive.model.columns import Role
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.kinds import Severity, Verdict
from golive.model.profile import Profile, TimeProfile
from golive.wording.findings.written import OtherDateFormat

ALARM_SHARE, WATCH_SHARE = 0.01, 0.001
DENSER = 4
"""How many times shorter the span of days must be in the other order before that order is believed."""


def _other_order(name: str) -> str | None:
    """A format with day and month in the other order; ``None`` where it has no two such numbers."""
    match = re.fullmatch(r"(DD|MM)([/.-])(MM|DD)(\2.*)", name)
    return match and f"{match[3]}{match[2]}{match[1]}{match[4]}"


def is_flip(one: str, other: str) -> bool:
    """Whether two formats differ only in the order of day and month (``MM/DD/YYYY`` and ``DD/MM/YYYY``)."""
    return one != other and _other_order(one) == other


def swapped(day: date) -> date | None:
    """The day that is meant when day and month were read in the wrong order, or ``None`` when there is none."""
    try:
        return date(day.year, day.day, day.month)
    except ValueError:
        return None


def denser_order(time: TimeProfile) -> str:
    """Which order of day and month puts all days into a span at least ``DENSER`` times shorter: ``read``, ``other`` or neither.

    A feed of a few weeks, read in the wrong order, is scattered over the first days of all months.
    """
    other = [swapped(day) for day in time.days]
    known = [day for day in other if day is not None]
    if len(time.days) < 3 or len(known) < len(other):
        return ""
    read, swap = ((max(days) - min(days)).days + 1 for days in (time.days, known))
    return "other" if read >= DENSER * swap else "read" if swap >= DENSER * read else ""


def formats_of(time: TimeProfile, usual: str) -> dict[str, int]:
    """Rows by written format. Where nothing in the column tells day from month, the order of training holds unless the days
    are clearly those of the other order.

    The profile of a side reads ``03/04/2024`` month first unless some value of that side rules it out.
    """
    rows = dict(time.formats)
    if any(day.day > 12 for day in time.days):
        return rows
    denser = denser_order(time)
    for name in list(rows):
        other = _other_order(name)
        flipped = denser == "other" or (other == usual and denser != "read")
        if other is not None and other not in rows and flipped:
            rows[other] = rows.pop(name)
    return rows


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``date_format_change``: live dates written in a format that training did not use, or used less."""
    tables: dict[str, tuple[dict[str, int], dict[str, int]]] = {}
    for name, column in train.columns.items():
        before, now = column.time, live.columns[name].time if name in live.columns else None
        if column.role is Role.IGNORED or before is None or now is None:
            continue
        if before.formats and now.formats and min(before.n, now.n) >= MINIMUM_VALUES:
            usual = _most(dict(before.formats))
            tables[name] = formats_of(before, usual), formats_of(now, usual)
    shares = {
        name: Share(
            (_others(was, _most(was)), _others(here, _most(was))),
            (sum(was.values()), sum(here.values())),
        )
        for name, (was, here) in tables.items()
    }
    return [
        _facts(name, tables[name], shares[name], p, verdict)
        for name, p in adjusted(shares).items()
        if (verdict := shares[name].rise(p, config.drift.alpha, ALARM_SHARE, WATCH_SHARE))
    ]


def _most(formats: dict[str, int]) -> str:
    return max(formats, key=lambda name: formats[name])


def _others(formats: dict[str, int], usual: str) -> int:
    return sum(rows for name, rows in formats.items() if name != usual)


def _facts(
    name: str,
    formats: tuple[dict[str, int], dict[str, int]],
    share: Share,
    p: float,
    verdict: Verdict,
) -> Facts:
    was, here = formats
    usual, (n_train, n_live) = _most(was), share.of
    others = sorted((f for f in here if f != usual), key=lambda f: -here[f])
    flip = any(is_flip(usual, other) for other in others)
    return OtherDateFormat(
        verdict=verdict,
        columns=(name,),
        severity=Severity.CRITICAL if flip and verdict is Verdict.ALARM else None,
        effect=share.effect("other_format_share"),
        rows_affected=share.rows[1],
        p=p,
        usual=usual,
        formats={f: (was.get(f, 0) / n_train, here[f] / n_live) for f in others},
        flip=flip,
        mixed=usual in here,
    )
