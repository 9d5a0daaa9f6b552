"""The baseline of a monitor: a k-anonymous profile of training data, so that its rows are not needed again.

Every bin and every named value stands for at least ``SMALL_CELL`` rows.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from golive.model.baseline import Baseline
from golive.model.config import Config
from golive.model.profile import (
    SMALL_CELL,
    CategoryProfile,
    ColumnProfile,
    FloatArray,
    IntArray,
    NumericProfile,
    Profile,
    Slice,
    SliceColumn,
    TimeProfile,
)

if TYPE_CHECKING:
    from golive.intake import Dataset


def reading_hash(config: Config) -> str:
    """SHA-256 of what decides how columns are read: declared types and roles. A baseline is bound to it."""
    types = {name: c.type.value for name, c in sorted(config.columns.items()) if c.type}
    text = f"{config.roles.model_dump_json()}{types}{list(config.fhir_views) or ''}"
    return hashlib.sha256(text.encode()).hexdigest()


def build(name: str, train: Dataset, config: Config) -> Baseline:
    """Profile training data and make it k-anonymous (bins of 11 rows or more).

    Raises:
        InputError: a role or a declared column is not in the data.
    """
    from golive.intake import infer, roles_of
    from golive.outcomes.model.stored_performance import of_training
    from golive.profile import profile

    specs = infer(train, None, config)
    roles = roles_of(specs)
    before = profile(train, specs, roles)
    kept = anonymous(before)
    return Baseline(
        id=name,
        config_sha256=reading_hash(config),
        specs=specs,
        profile=kept,
        soft_ends=soft_ends(before, kept),
        performance=of_training(train, specs, roles, config),
    )


def anonymous(profile: Profile) -> Profile:
    """Return ``profile`` with nothing in it that fewer than 11 rows share.

    Numbers: values that 11 rows or more hold stay as they are; rarer ones are joined with their neighbours into bins of 11
    or more at their mean (or at the common value they join), and the ends are those of the bins. Categories, tokens and
    shapes: rare values lose their name and count among ``other``. Days are joined like numbers. Totals, missing counts,
    means and standard deviations stay. Arrivals per day are left out.
    """
    return replace(
        profile,
        columns={name: _column(column) for name, column in profile.columns.items()},
        duplicate_rows=_total(profile.duplicate_rows),
        duplicate_keys=None if profile.duplicate_keys is None else _total(profile.duplicate_keys),
        missing_blocks=tuple(b for b in profile.missing_blocks if b.rows >= SMALL_CELL),
        slices=tuple(_slice(s) for s in profile.slices if s.n >= SMALL_CELL),
        time_violations={k: _total(n) for k, n in profile.time_violations.items()},
        arrivals=(),
    )


def soft_ends(before: Profile, kept: Profile) -> dict[str, tuple[bool, bool]]:
    """Number columns whose lowest or highest value is hidden in a bin: there, nothing can be said of a limit."""
    found = {}
    for name, column in kept.columns.items():
        now, was = column.numeric, before.columns[name].numeric
        if now is not None and was is not None and len(now.values):
            found[name] = (
                bool(was.values[0] < now.values[0]),
                bool(was.values[-1] > now.values[-1]),
            )
    return found


def smallest_cell(profile: Profile) -> int:
    """The smallest number of rows that a bin or a named value of ``profile`` stands for; ``SMALL_CELL`` or more is kept."""
    held: list[CategoryProfile | NumericProfile | TimeProfile | None] = []
    for c in profile.columns.values():
        held += [c.category, c.tokens, c.patterns, c.numeric, c.time]
    counts = [int(h.counts.min()) for h in held if h is not None and len(h.counts)]
    counts += [
        rows for s in profile.slices for c in s.columns.values() for _, rows in (*c.top, *c.shapes)
    ]
    return min(counts, default=profile.rows)


def _total(rows: int) -> int:
    return rows if rows >= SMALL_CELL else 0


def _column(column: ColumnProfile) -> ColumnProfile:
    return replace(
        column,
        numeric=None if column.numeric is None else _numeric(column.numeric),
        category=None if column.category is None else _category(column.category),
        tokens=_category(column.tokens),
        patterns=_category(column.patterns),
        time=None if column.time is None else _time(column.time),
        mean_length=column.mean_length if column.present >= SMALL_CELL else None,
    )


def _category(held: CategoryProfile) -> CategoryProfile:
    common = held.counts >= SMALL_CELL
    rare = held.other + int(held.counts[~common].sum())
    other = _total(rare)
    return CategoryProfile(
        n=int(held.counts[common].sum()) + other,
        values=tuple(v for v, keep in zip(held.values, common, strict=True) if keep),
        counts=held.counts[common],
        other=other,
    )


def joined(counts: IntArray) -> IntArray:
    """First position of every bin of an ascending support, so that every bin holds ``SMALL_CELL`` rows or more.

    A point with enough rows stays alone. What is left between two such points and is too small for a bin joins the bin
    before it (at the very start: the one after). One bin when all of it is too small.
    """
    starts: list[int] = []
    held = SMALL_CELL
    for i, rows in enumerate(counts.tolist()):
        if held >= SMALL_CELL:
            starts.append(i)
            held = 0
        elif rows >= SMALL_CELL and len(starts) > 1:
            starts[-1] = i
            held = 0
        held += rows
    if held < SMALL_CELL and len(starts) > 1:
        starts.pop()
    return np.array(starts, dtype=np.int64)


def _numeric(held: NumericProfile) -> NumericProfile:
    if held.n < SMALL_CELL:
        empty: FloatArray = np.zeros(0)
        nothing = empty.astype(np.int64)
        return NumericProfile(
            0, np.nan, np.nan, np.nan, np.nan, empty, nothing, True, 0, _total(held.infinities)
        )
    starts = joined(held.counts)
    rows = np.add.reduceat(held.counts, starts)
    points = np.add.reduceat(held.values * held.counts, starts) / rows
    for i, (low, high) in enumerate(pairwise((*starts.tolist(), len(held.values)))):
        most = low + int(held.counts[low:high].argmax())
        if high - low == 1 or held.counts[most] >= SMALL_CELL:
            # A common value stays exact; its rare neighbours count with it
            points[i] = held.values[most]
    fractions = _total(held.n - held.integers)
    return replace(
        held,
        minimum=float(points[0]),
        maximum=float(points[-1]),
        values=points,
        counts=rows,
        exact=False,
        integers=held.n - fractions if held.integers >= SMALL_CELL else 0,
        infinities=_total(held.infinities),
        decimals=tuple((digits, n) for digits, n in held.decimals if n >= SMALL_CELL),
    )


def _time(held: TimeProfile) -> TimeProfile:
    if held.n < SMALL_CELL or not len(held.counts):
        return TimeProfile(0, None, None, (), np.zeros(0, dtype=np.int64))
    starts = joined(held.counts)
    rows = np.add.reduceat(held.counts, starts)
    days = tuple(held.days[i] for i in starts)
    return replace(
        held,
        minimum=_midnight(days[0]),
        maximum=_midnight(days[-1]),
        days=days,
        counts=rows,
        formats=tuple((name, n) for name, n in held.formats if n >= SMALL_CELL),
        future=_total(held.future),
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def _slice(held: Slice) -> Slice:
    """A slice without quantiles: in a slice of a few dozen rows a quantile is the value of one of them."""
    columns = {
        name: SliceColumn(
            n=c.n,
            missing=c.missing,
            mean=c.mean if c.n - c.missing >= SMALL_CELL else None,
            top=tuple((v, n) for v, n in c.top if n >= SMALL_CELL),
            tokens=_total(c.tokens),
            shapes=tuple((v, n) for v, n in c.shapes if n >= SMALL_CELL),
        )
        for name, c in held.columns.items()
    }
    return replace(held, columns=columns)
