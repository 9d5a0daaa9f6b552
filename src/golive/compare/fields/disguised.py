"""Missing values in disguise: words such as ``?`` and numbers such as -1, 999 or a cholesterol of 0."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from golive.compare.base.pairs import weights_of
from golive.intake.columns.measure import MISSING_WORDS as READ_AS_MISSING
from golive.model.columns import ColumnType, Role
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Severity, Verdict, WhatIf, finding
from golive.model.profile import (
    CategoryProfile,
    ColumnProfile,
    NumericProfile,
    Profile,
    cell_share,
    is_small,
)
from golive.stats.proportions import benjamini_hochberg, newcombe, two_share_p
from golive.wording.numbers import cell, number, p_value, points, rows, sizes

MISSING_WORDS = {word.replace(" ", "_") for word in READ_AS_MISSING} | set(
    """
    ?? --- .. unk unkn undefined void empty blank tbd pending refused declined see_note see_comment
    see_comments see_notes see_report not_available not_applicable not_recorded not_assessed not_known
    no_data no_value no_result unavailable unable_to_assess unable_to_obtain x xx xxx _ __ ___ ____ * **
    *** n.a. n.d. not_specified unspecified no_information asked_but_unknown not_asked asku nask
    """.split()  # noqa: SIM905 - seventy quoted words on seventy lines read worse
)
"""Lower case, spaces as underscores: what intake reads as missing, and what nothing else can mean here."""
SENTINELS = (
    0.0,
    -1.0,
    -9.0,
    -99.0,
    -999.0,
    -9999.0,
    99.0,
    999.0,
    9999.0,
    99999.0,
    8888.0,
    777.0,
    888.0,
)
_SENTINEL_CATEGORIES = frozenset(
    {"-1", "-9", "-99", "-999", "999", "9999", "-1.0", "-9.0", "-99.0", "-999.0", "999.0"}
) | {"R69", "799.9", "7999", "NI", "NAV", "MSK"}
"""Also ICD codes for an unknown illness, and HL7 null flavours; only where training does not use them as values."""
ALARM_SHARE = 0.01
LEAST_ROWS = 3
"""Rows that must hold a number before it is a habit and not one slip."""


@dataclass(frozen=True)
class _Disguise:
    """Rows of one column that hold one or more stand-ins for "missing", among ``n`` rows a side."""

    tokens: tuple[str, ...]
    train: int
    live: int
    n_train: int
    n_live: int
    why: str
    values: tuple[float | str, ...]
    weights: tuple[float, float]


def is_missing_word(value: str) -> bool:
    """Whether a written value means that there is no value."""
    return "_".join(value.strip().lower().split()) in MISSING_WORDS


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
    if before.numeric is None or now.numeric is None or not before.type.is_number:
        return None
    train, live = before.numeric, now.numeric
    if train.n == 0:
        return None
    if live.infinities >= LEAST_ROWS and live.infinities > train.infinities:
        why = "an infinite number is the mark of a division by zero or of a value too large to be written"
        held = (train.infinities, live.infinities, before.n, now.n)
        return _Disguise(("an infinite number",), *held, why, (), weights_of(before, now))
    spikes = [
        v
        for v in SENTINELS
        if _rows_at(live, v) >= max(LEAST_ROWS, 0.001 * live.n) and _is_stand_in(train, live, v)
    ]
    if not spikes:
        return None
    rows = [sum(_rows_at(side, v) for v in spikes) for side in (train, live)]
    real = train.values[~np.isin(train.values, spikes)]
    why = f"real training values run from {number(float(real.min()))} to {number(float(real.max()))}, and nothing lies between"
    return _Disguise(
        tuple(number(v) for v in spikes),
        rows[0],
        rows[1],
        before.n,
        now.n,
        why,
        tuple(spikes),
        weights_of(before, now),
    )


def _words(before: ColumnProfile, now: ColumnProfile) -> _Disguise | None:
    def marks(side: ColumnProfile) -> dict[str, int]:
        held: CategoryProfile | None = side.tokens if side.type.is_number else side.category
        if held is None:
            return {}
        known = (
            set()
            if side.type.is_number
            else _SENTINEL_CATEGORIES - set(before.category.values if before.category else ())
        )
        return {v: c for v, c in held.as_dict().items() if is_missing_word(v) or v.strip() in known}

    train, live = marks(before), marks(now)
    if not live:
        return None
    tokens = tuple(f"'{v}'" for v in sorted(live, key=lambda v: -live[v]))
    return _Disguise(
        tokens,
        sum(train.values()),
        sum(live.values()),
        before.present,
        now.present,
        "these words mean that there is no value",
        tuple(sorted(live)),
        weights_of(before, now),
    )


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``disguised_missing``: stand-ins for "missing" that live data holds more often than training."""
    disguises: dict[str, _Disguise] = {}
    for name, before in train.columns.items():
        now = live.columns.get(name)
        if now is None or before.role in (Role.ID, Role.TIME, Role.IGNORED):
            continue
        if before.type in (
            ColumnType.TEXT,
            ColumnType.IDENTIFIER,
            ColumnType.DATETIME,
            ColumnType.EMPTY,
        ):
            continue
        if found := _numbers(before, now) or _words(before, now):
            disguises[name] = found
    ps = [
        float(two_share_p(d.train, d.n_train, d.live, d.n_live, d.weights))
        for d in disguises.values()
    ]
    return [
        made
        for (name, d), p in zip(disguises.items(), benjamini_hochberg(np.array(ps)), strict=True)
        if (made := _finding(name, d, float(p), config)) is not None
    ]


def _finding(name: str, d: _Disguise, p: float, config: Config) -> Finding | None:
    before, now = d.train / max(1, d.n_train), d.live / max(1, d.n_live)
    low, high = newcombe(d.train, d.n_train, d.live, d.n_live, d.weights)
    certain = p <= config.drift.alpha and now > before
    if certain and now - before >= ALARM_SHARE:
        verdict = Verdict.ALARM
    elif d.live >= LEAST_ROWS and (certain or now >= ALARM_SHARE):
        verdict = Verdict.WATCH
    else:
        return None
    what = " or ".join(d.tokens[:4])
    then = "in training none did" if d.train == 0 else f"in training {cell(d.train, d.n_train)} did"
    share = (
        f"A few live rows (fewer than 11 of {d.n_live:,})"
        if is_small(d.live)
        else f"{cell(d.live, d.n_live)} of live rows"
    )
    whole = not (is_small(d.train) or is_small(d.live))
    return finding(
        Kind.DISGUISED_MISSING,
        verdict,
        columns=(name,),
        severity=Severity.CRITICAL if verdict is Verdict.ALARM and now >= 0.2 else None,
        title=f"{share} have {what} as {name}, which stands for a missing value; {then} ({sizes(d.n_train, d.n_live)})",
        explanation=(
            f"{d.why[0].upper()}{d.why[1:]}. The rows are counted as present, so a missing share alone does not show them, "
            "and a model reads them as real measurements."
        ),
        effect=Effect(
            name="disguised_missing_share",
            train=cell_share(d.train, d.n_train),
            live=cell_share(d.live, d.n_live),
            change=now - before if whole else None,
            low=float(low) if whole else None,
            high=float(high) if whole else None,
            n_train=d.n_train,
            n_live=d.n_live,
        ),
        evidence=(
            f"{rows(d.live)} of live data hold {what}",
            *((f"change {points(now - before)}",) if whole else ()),
            f"adjusted {p_value(p)}",
        ),
        rows_affected=d.live,
        # Infinities lie in no profile's distribution: nothing would change there.
        what_if=WhatIf(repair={"op": "set_missing", "column": name, "values": list(d.values)})
        if d.values
        else None,
        fix=f"Send a real null instead of {what} in {name}, or turn it into null at intake, and then judge it as missing.",
    )
