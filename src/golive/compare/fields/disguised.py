"""Missing values in disguise: words such as ``?`` and numbers such as -1, 999 or a cholesterol of 0."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from golive.compare.base.pairs import weights_of
from golive.compare.base.share import LEAST_ROWS, Share, adjusted
from golive.intake.columns.measure import MISSING_WORDS as READ_AS_MISSING
from golive.model.columns import ColumnType, Role
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import WhatIf
from golive.model.kinds import Severity, Verdict
from golive.model.profile import ColumnProfile, NumericProfile, Profile
from golive.wording.findings.missing_values import Disguised

MISSING_WORDS = {word.replace(" ", "_") for word in READ_AS_MISSING} | set(
    """
    ?? --- .. unk unkn undefined void empty blank tbd pending refused declined see_note see_comment
    see_comments see_notes see_report not_available not_applicable not_recorded not_assessed not_known
    no_data no_value no_result unavailable unable_to_assess unable_to_obtain x xx xxx _ __ ___ ____ * **
    *** n.a. n.d. not_specified unspecified no_information asked_but_unknown not_asked asku nask
    """.split()  # noqa: SIM905 - seventy quoted words on seventy lines read worse
)
"""Lower case, spaces as underscores: what intake reads as missing, and what nothing else can mean here."""
SENTINELS = tuple(
    float(value)
    for value in [
        "0",
        "-1",
        "-9",
        "-99",
        "-999",
        "-9999",
        "99",
        "999",
        "9999",
        "99999",
        "8888",
        "777",
        "888",
    ]
)
_SENTINEL_CATEGORIES = frozenset(
    {"-1", "-9", "-99", "-999", "999", "9999", "-1.0", "-9.0", "-99.0", "-999.0", "999.0"}
) | {"R69", "799.9", "7999", "NI", "NAV", "MSK"}
"""Also ICD codes for an unknown illness, and HL7 null flavours; only where training does not use them as values."""
ALARM_SHARE = 0.01


@dataclass(frozen=True)
class _Disguise:
    """Rows of one column that hold stand-ins for "missing", and these, the most frequent first; none for infinite numbers.

    ``usual`` are the smallest and the largest real number of training.
    """

    share: Share
    values: tuple[float, ...] | tuple[str, ...] = ()
    usual: tuple[float, float] | None = None


def is_missing_word(value: str) -> bool:
    """Whether a written value means that there is no value."""
    return "_".join(value.strip().lower().split()) in MISSING_WORDS


def unread_words(column: ColumnProfile) -> dict[str, int]:
    """Values that are neither numbers (dates) nor a written "missing", with their rows."""
    return {v: rows for v, rows in column.tokens.as_dict().items() if not is_missing_word(v)}


def unread_rows(column: ColumnProfile) -> int:
    """Rows of such values, those that were too rare to be kept included."""
    return sum(unread_words(column).values()) + column.tokens.other


def _rows_at(profile: NumericProfile | None, value: float) -> int:
    """Rows that hold exactly ``value``; a spike shares no bin with other values, so it is its own support point."""
    return int(profile.counts[profile.values == value].sum()) if profile else 0


def _is_stand_in(train: NumericProfile, live: NumericProfile, value: float) -> bool:
    """Whether a spike at ``value`` stands alone outside what training calls a value.

    Real values form a continuum: a zero beside 0.1 and 0.2, or one that training already has, is a value. A stand-in lies
    more than half a training standard deviation beyond every real training value, or below 0 where training never is, with
    next to nothing between or behind.
    """
    keep = train.values != value
    if not keep.any():
        return False
    known_share = _rows_at(train, value) / train.n
    real = train.values[keep]
    low, high = float(real.min()), float(real.max())
    counts = train.counts[keep]
    mean = float(np.average(real, weights=counts))
    spread = math.sqrt(float(np.average((real - mean) ** 2, weights=counts)))
    gap = low - value if value < low else value - high
    impossible = value < 0 <= low
    if low <= value <= high or (gap <= 0.5 * spread and not impossible):
        return False
    # Training knows the value well: zero and small positive numbers are then real; a negative or all-nines mark is not.
    if known_share > 0.005 and not (impossible or value > 2 * high):
        return False
    outside = live.values < low if value < low else live.values > high
    company = int(live.counts[outside & (live.values != value)].sum())
    return company <= _rows_at(live, value) / 2


def _numbers(before: ColumnProfile, now: ColumnProfile) -> _Disguise | None:
    train, live = before.numeric, now.numeric
    if train is None or live is None or not before.type.is_number or train.n == 0:
        return None

    def share(rows: tuple[int, int]) -> Share:
        return Share(rows, (before.n, now.n), weights_of(before, now))

    if live.infinities >= LEAST_ROWS and live.infinities > train.infinities:
        return _Disguise(share((train.infinities, live.infinities)))
    least = max(LEAST_ROWS, 0.001 * live.n)
    spikes = [v for v in SENTINELS if _rows_at(live, v) >= least and _is_stand_in(train, live, v)]
    if not spikes:
        return None
    was, now_rows = (sum(_rows_at(side, v) for v in spikes) for side in (train, live))
    real = train.values[~np.isin(train.values, spikes)]
    return _Disguise(share((was, now_rows)), tuple(spikes), (float(real.min()), float(real.max())))


def _words(before: ColumnProfile, now: ColumnProfile) -> _Disguise | None:
    usual = set(before.category.values if before.category else ())

    def marks(side: ColumnProfile) -> dict[str, int]:
        """Words for "missing" with their rows, and in categories numbers and codes that training does not use as values."""
        written = side.tokens if side.type.is_number else side.category
        known = set() if side.type.is_number else _SENTINEL_CATEGORIES - usual
        rows = written.as_dict() if written else {}
        return {v: c for v, c in rows.items() if is_missing_word(v) or v.strip() in known}

    train, live = marks(before), marks(now)
    if not live:
        return None
    rows = sum(train.values()), sum(live.values())
    share = Share(rows, (before.present, now.present), weights_of(before, now))
    return _Disguise(share, tuple(sorted(live, key=lambda v: -live[v])))


_LEFT_OUT = (ColumnType.TEXT, ColumnType.IDENTIFIER, ColumnType.DATETIME, ColumnType.EMPTY)


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``disguised_missing``: stand-ins for "missing" that live data holds more often than training."""
    disguises: dict[str, _Disguise] = {}
    for name, before in train.columns.items():
        now = live.columns.get(name)
        if now is None or before.role in (Role.ID, Role.TIME, Role.IGNORED):
            continue
        if before.type in _LEFT_OUT:
            continue
        if found := _numbers(before, now) or _words(before, now):
            disguises[name] = found
    ps = adjusted({name: d.share for name, d in disguises.items()})
    return [
        _facts(name, d, ps[name], verdict)
        for name, d in disguises.items()
        if (verdict := _verdict(d.share, ps[name] <= config.drift.alpha))
    ]


def _verdict(share: Share, certain: bool) -> Verdict | None:
    if certain and share.change > 0 and share.change >= ALARM_SHARE:
        return Verdict.ALARM
    notable = (certain and share.change > 0) or share.now >= ALARM_SHARE
    return Verdict.WATCH if notable and share.rows[1] >= LEAST_ROWS else None


def _facts(name: str, d: _Disguise, p: float, verdict: Verdict) -> Facts:
    values: list[float | str] = [*d.values]
    if values and d.usual is None:
        values.sort(key=str)
    # Infinities lie in no profile's distribution: nothing would change there.
    repair = {"op": "set_missing", "column": name, "values": values}
    return Disguised(
        verdict=verdict,
        columns=(name,),
        severity=Severity.CRITICAL if verdict is Verdict.ALARM and d.share.now >= 0.2 else None,
        effect=d.share.effect("disguised_missing_share", private=True),
        p=p,
        values=d.values,
        usual=d.usual,
        rows_affected=d.share.rows[1],
        what_if=WhatIf(repair=repair) if values else None,
    )
