"""The same case in both files: how often training and live hold different values for it. Counts only, never a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from golive.model.columns import ColumnSpec, ColumnType, Role, Roles
from golive.profile.fields import LONGEST_VALUE, as_text, missing, number, trimmed

if TYPE_CHECKING:
    import pandas as pd

    from golive.intake import Dataset

MOST_KEYS = 1_000_000
"""Rows of one side up to which its keys are looked at."""
MOST_MATCHED, MOST_COLUMNS = 2_000, 200
TOLERANCE = 1e-6
"""Relative difference up to which two numbers are the same."""
_INPUTS = (Role.FEATURE, Role.GROUP)
_UNREAD = (ColumnType.TEXT, ColumnType.IDENTIFIER, ColumnType.DATETIME, ColumnType.EMPTY)


@dataclass(frozen=True)
class Matched:
    """Rows with one id and time in both files, the values compared in them, and how many differ.

    ``scores`` and ``repeated`` count the pairs of scores and those within the tolerance (0 without a score on both sides).
    ``exact`` says that nothing differs to the last digit: then one file may simply be copied from the other.
    """

    rows: int
    values: int
    differ: int
    scores: int
    repeated: int
    exact: bool


def matched(
    train: Dataset, live: Dataset, specs: Sequence[ColumnSpec], roles: Roles
) -> Matched | None:
    """Compare the values of up to ``MOST_MATCHED`` cases that are in both files, by id and time (each once in either).

    ``None`` without both roles, without such a case, or with more than ``MOST_KEYS`` rows.
    """
    if (
        not roles.id
        or not roles.time
        or any(not {roles.id, roles.time} <= set(side.columns) for side in (train, live))
    ):
        return None
    if max(train.rows, live.rows) > MOST_KEYS:
        return None
    keys = [_keys(side, roles) for side in (train, live)]
    both = keys[0].intersection(keys[1]).sort_values()[:MOST_MATCHED]
    if both.empty:
        return None
    here = set(train.columns) & set(live.columns)
    score = roles.score if roles.score in here else None
    known = [
        s
        for s in specs
        if s.name in here and s.type not in _UNREAD and roles.role_of(s.name) in _INPUTS
    ]
    numbers = [s.name for s in known if s.type.is_number][:MOST_COLUMNS]
    words = [s.name for s in known if not s.type.is_number][: MOST_COLUMNS - len(numbers)]
    one, two = (
        _values(side, roles, both, [*numbers, *([score] if score else [])], words)
        for side in (train, live)
    )
    differ, exact = 0, True
    for name in numbers:
        apart, same = _apart(one[name], two[name])
        differ, exact = differ + int(apart.sum()), exact and same
    for name in words:
        apart = (one[name] != two[name]).to_numpy(dtype=bool) & ~(
            one[name].isna() & two[name].isna()
        ).to_numpy()
        differ, exact = differ + int(apart.sum()), exact and not apart.any()
    scores = repeated = 0
    if score:
        apart, same = _apart(one[score], two[score])
        there = (one[score].notna() | two[score].notna()).to_numpy()
        scores, repeated, exact = int(there.sum()), int((there & ~apart).sum()), exact and same
    return Matched(
        len(both), len(both) * (len(numbers) + len(words)), differ, scores, repeated, exact
    )


def _apart(
    one: pd.Series, two: pd.Series
) -> tuple[np.ndarray[tuple[int], np.dtype[np.bool_]], bool]:
    """Per pair whether two numbers differ by more than the tolerance, or one of them is missing; and whether none differs at all."""
    before, now = one.to_numpy(dtype=float), two.to_numpy(dtype=float)
    close = np.abs(before - now) <= TOLERANCE * np.maximum(1.0, np.abs(before))
    equal = (before == now) | (np.isnan(before) & np.isnan(now))
    return ~(close | equal), bool(equal.all())


def _keys(side: Dataset, roles: Roles) -> pd.MultiIndex:
    """Id and time of the rows whose id and time occur once."""
    import pandas as pd

    unit, time = side.table[roles.id], side.table[roles.time]
    rows = side.table.filter(~missing(unit) & ~missing(time))
    frame = rows.select(u=trimmed(as_text(unit)), t=trimmed(as_text(time))).to_pandas()
    return pd.MultiIndex.from_frame(frame.drop_duplicates(keep=False))


def _values(
    side: Dataset, roles: Roles, keys: pd.MultiIndex, numbers: Sequence[str], words: Sequence[str]
) -> pd.DataFrame:
    """The columns of the rows of ``keys``, in their order."""
    table, unit, time = side.table, side.table[roles.id], side.table[roles.time]
    asked = {f"n{i}": number(table[name]) for i, name in enumerate(numbers)}
    asked |= {
        f"w{i}": trimmed(as_text(table[name]).left(LONGEST_VALUE)) for i, name in enumerate(words)
    }
    chosen = trimmed(as_text(unit)).isin(sorted(set(keys.get_level_values(0))))
    frame = (
        table.filter(chosen)
        .select(u=trimmed(as_text(unit)), t=trimmed(as_text(time)), **asked)
        .to_pandas()
    )
    names = {f"n{i}": name for i, name in enumerate(numbers)} | {
        f"w{i}": name for i, name in enumerate(words)
    }
    held: pd.DataFrame = frame.set_index(["u", "t"]).rename(columns=names).loc[keys]
    for name in words:
        held[name] = held[name].where(held[name] != "", None)
    return held
