"""Dates written otherwise than in training: another order of day and month, another format, dates as text of two kinds."""

from __future__ import annotations

from datetime import date

import numpy as np

from golive.compare.base.pairs import MINIMUM_VALUES
from golive.model.columns import Role
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Severity, Verdict, finding
from golive.model.profile import Profile, TimeProfile
from golive.stats.proportions import benjamini_hochberg, newcombe, two_share_p
from golive.wording.numbers import p_value, percent, sizes
from golive.wording.text import listing

ALARM_SHARE, WATCH_SHARE = 0.01, 0.001
LEAST_ROWS = 3
DENSER = 4
"""How many times shorter the span of days must be in the other order before that order is believed."""
_DAY_MONTH = {"DD", "MM"}


def _sign(name: str) -> str:
    return next((s for s in "/-." if s in name), "")


def is_flip(one: str, other: str) -> bool:
    """Whether two formats differ only in the order of day and month (``MM/DD/YYYY`` and ``DD/MM/YYYY``)."""
    sign = _sign(one)
    a, b = (name.split(sign) if sign else [name] for name in (one, other))
    return (
        one != other
        and sign == _sign(other)
        and len(a) == 3
        and a[:2] == b[1::-1]
        and set(a[:2]) == _DAY_MONTH
    )


def _numeric(name: str) -> bool:
    return name.endswith("YYYY") and "MON" not in name


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
    for name in [n for n in rows if _numeric(n)]:
        other = _other_order(name)
        if other is None or other in rows or any(day.day > 12 for day in time.days):
            continue
        denser = denser_order(time)
        if denser == "other" or (other == usual and denser != "read"):
            rows[other] = rows.pop(name)
    return rows


def _other_order(name: str) -> str | None:
    sign = _sign(name)
    parts = name.split(sign) if sign else []
    return (
        sign.join((parts[1], parts[0], parts[2]))
        if len(parts) == 3 and set(parts[:2]) == _DAY_MONTH
        else None
    )


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``date_format_change``: live dates written in a format that training did not use, or used less."""
    tables: dict[str, tuple[dict[str, int], dict[str, int]]] = {}
    for name, before in train.columns.items():
        now = live.columns.get(name)
        if now is None or before.role is Role.IGNORED or before.time is None or now.time is None:
            continue
        if (
            not before.time.formats
            or not now.time.formats
            or min(before.time.n, now.time.n) < MINIMUM_VALUES
        ):
            continue
        usual = max(before.time.formats, key=lambda item: item[1])[0]
        tables[name] = (formats_of(before.time, usual), formats_of(now.time, usual))
    new: dict[str, tuple[int, int, int, int]] = {}
    for name, (was, here) in tables.items():
        usual = max(was, key=lambda f: was[f])
        new[name] = (
            sum(was.values()) - was[usual],
            sum(was.values()),
            sum(here.values()) - here.get(usual, 0),
            sum(here.values()),
        )
    ps = benjamini_hochberg(np.array([float(two_share_p(*counts)) for counts in new.values()]))
    found = []
    for (name, counts), p in zip(new.items(), ps, strict=True):
        change = counts[2] / counts[3] - counts[0] / counts[1]
        if p <= config.drift.alpha and change >= WATCH_SHARE and counts[2] >= LEAST_ROWS:
            found.append(_finding(name, tables[name], counts, float(p)))
    return found


def _finding(
    name: str,
    tables: tuple[dict[str, int], dict[str, int]],
    counts: tuple[int, int, int, int],
    p: float,
) -> Finding:
    was, here = tables
    usual = max(was, key=lambda f: was[f])
    others = sorted((f for f in here if f != usual), key=lambda f: -here[f])
    flip = next((f for f in others if is_flip(usual, f)), None)
    low, high = newcombe(*counts)
    before, now = counts[0] / counts[1], counts[2] / counts[3]
    alarm = now - before >= ALARM_SHARE
    more = (
        "Rows whose day is 12 or less read as a valid but wrong day, without an error, so the true share is larger than the "
        "share that shows."
        if flip and usual in here
        else "A reader that expects the format of training fails on these, or reads day and month in the wrong order."
    )
    return finding(
        Kind.DATE_FORMAT_CHANGE,
        Verdict.ALARM if alarm else Verdict.WATCH,
        columns=(name,),
        severity=Severity.CRITICAL if flip and alarm else None,
        title=(
            f"{percent(now)} of live {name} dates are written as {listing(others, 3)} instead of {usual}"
            f"{': day and month change places' if flip else ''} ({sizes(counts[1], counts[3])})"
        ),
        explanation=more,
        effect=Effect(
            name="other_format_share",
            train=before,
            live=now,
            change=now - before,
            low=float(low),
            high=float(high),
            n_train=counts[1],
            n_live=counts[3],
        ),
        evidence=(
            *(
                f"{f}: {percent(here[f] / counts[3])} live, {percent(was.get(f, 0) / counts[1])} in training"
                for f in others[:4]
            ),
            f"adjusted {p_value(p)}",
        ),
        ruled_out=("other dates: only the way of writing is compared, not the days",),
        rows_affected=counts[2],
        fix=f"Send {name} as YYYY-MM-DD (ISO 8601) from every source, and refuse other formats at intake.",
    )
