"""The same patients and the same cases in both files: how many, and how often they differ. Counts only, never a row or an id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from golive.model.columns import ColumnSpec, ColumnType, Role, Roles
from golive.model.profile import BoolArray
from golive.profile.fields import LONGEST_VALUE, as_text, missing, number, trimmed

if TYPE_CHECKING:
    import pandas as pd

    from golive.intake import Dataset

MOST_IDS = 2_000_000
"""Distinct ids of one side up to which they are compared."""
MOST_KEYS = 1_000_000
"""Rows of one side up to which its keys are looked at."""
MOST_MATCHED, MOST_COLUMNS = 2_000, 200
TOLERANCE = 1e-6
"""Relative difference up to which two numbers are the same."""
_INPUTS = (Role.FEATURE, Role.GROUP)
_UNREAD = (ColumnType.TEXT, ColumnType.IDENTIFIER, ColumnType.DATETIME, ColumnType.EMPTY)
_PERSON = re.compile(
    r"(patient|subject|person|subj|pat)[_ ]?(id|no|nr|num|number|key)?|mrn|empi|pid", re.IGNORECASE
)


@dataclass(frozen=True)
class SharedIds:
    """Distinct ids of ``column`` in training and live, and how many of the live ones are in training.

    ``person`` says that the column names patients rather than visits, by its name.
    """

    column: str
    train: int
    live: int
    both: int
    person: bool


def id_column(specs: Sequence[ColumnSpec], roles: Roles) -> tuple[str, bool] | None:
    """The column that names patients, and whether it does so by its name: one named like it, else the one with the role id.

    A column that is left out of comparisons is looked at too: only how many of its values are in both files is counted.
    """
    for spec in specs:
        if _PERSON.fullmatch(spec.name) and spec.name != roles.label:
            return spec.name, True
    return (roles.id, False) if roles.id else None


def shared_ids(
    train: Dataset, live: Dataset, specs: Sequence[ColumnSpec], roles: Roles
) -> SharedIds | None:
    """Count the ids that are in both files; ``None`` without such a column or with more than ``MOST_IDS`` of them."""
    chosen = id_column(specs, roles)
    if chosen is None or any(chosen[0] not in side.storage for side in (train, live)):
        return None
    name, person = chosen
    before, now = (_distinct(side, name) for side in (train, live))
    if not all(0 < len(side) <= MOST_IDS for side in (before, now)):
        return None
    both = int(pc.sum(pc.is_in(now, value_set=before)).as_py() or 0)
    return SharedIds(name, len(before), len(now), both, person)


def _distinct(side: Dataset, name: str) -> pa.Array:
    """The ids of one side; of too many, one more than are compared."""
    column = side.table[name]
    rows = side.table.filter(~missing(column)).select(v=trimmed(as_text(column))).distinct()
    return rows.limit(MOST_IDS + 1).to_pyarrow().column("v").combine_chunks().cast(pa.string())


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
    here = set(train.columns) & set(live.columns)
    keyed = roles.id and roles.time and {roles.id, roles.time} <= here
    if not keyed or max(train.rows, live.rows) > MOST_KEYS:
        return None
    both = _keys(train, roles).intersection(_keys(live, roles)).sort_values()[:MOST_MATCHED]
    if both.empty:
        return None
    score = [roles.score] if roles.score in here else []
    known = [
        s
        for s in specs
        if s.name in here and s.type not in _UNREAD and roles.role_of(s.name) in _INPUTS
    ]
    numbers = [s.name for s in known if s.type.is_number][:MOST_COLUMNS]
    words = [s.name for s in known if not s.type.is_number][: MOST_COLUMNS - len(numbers)]
    one, two = (_values(side, roles, both, [*numbers, *score], words) for side in (train, live))
    differ, scores, repeated, exact = 0, 0, 0, True
    for name in [*numbers, *words, *score]:
        compare = _words_differ if name in words else _numbers_differ
        differs, same = compare(one[name], two[name])
        exact = exact and same
        if name in score:
            there = (one[name].notna() | two[name].notna()).to_numpy()
            scores, repeated = int(there.sum()), int((there & ~differs).sum())
        else:
            differ += int(differs.sum())
    values = len(both) * (len(numbers) + len(words))
    return Matched(len(both), values, differ, scores, repeated, exact)


def _numbers_differ(one: pd.Series, two: pd.Series) -> tuple[BoolArray, bool]:
    """Per pair whether two numbers differ by more than the tolerance, or one of them is missing; and whether none differs at all."""
    before, now = one.to_numpy(dtype=float), two.to_numpy(dtype=float)
    close = np.abs(before - now) <= TOLERANCE * np.maximum(1.0, np.abs(before))
    equal = (before == now) | (np.isnan(before) & np.isnan(now))
    return ~(close | equal), bool(equal.all())


def _words_differ(one: pd.Series, two: pd.Series) -> tuple[BoolArray, bool]:
    """Per pair whether two words differ, or one of them is missing; and whether none does."""
    differs = ((one != two) & ~(one.isna() & two.isna())).to_numpy(dtype=bool)
    return differs, not differs.any()


def _case(side: Dataset, roles: Roles) -> dict[str, ir.Value]:
    """Id (``u``) and time (``t``) of a row, as written."""
    return {
        "u": trimmed(as_text(side.table[roles.id])),
        "t": trimmed(as_text(side.table[roles.time])),
    }


def _keys(side: Dataset, roles: Roles) -> pd.MultiIndex:
    """Id and time of the rows whose id and time occur once."""
    import pandas as pd

    rows = side.table.filter(~missing(side.table[roles.id]) & ~missing(side.table[roles.time]))
    frame = rows.select(**_case(side, roles)).to_pandas()
    return pd.MultiIndex.from_frame(frame.drop_duplicates(keep=False))


def _values(
    side: Dataset, roles: Roles, keys: pd.MultiIndex, numbers: Sequence[str], words: Sequence[str]
) -> pd.DataFrame:
    """The columns of the rows of ``keys``, in their order."""
    table, case = side.table, _case(side, roles)
    asked = [number(table[name]) for name in numbers]
    asked += [trimmed(as_text(table[name]).left(LONGEST_VALUE)) for name in words]
    chosen = table.filter(case["u"].isin(sorted(set(keys.get_level_values(0)))))
    frame = chosen.select(**case, **{f"v{i}": value for i, value in enumerate(asked)}).to_pandas()
    names = {f"v{i}": name for i, name in enumerate([*numbers, *words])}
    found: pd.DataFrame = frame.set_index(["u", "t"]).rename(columns=names).loc[keys]
    for name in words:
        found[name] = found[name].where(found[name] != "", None)
    return found
