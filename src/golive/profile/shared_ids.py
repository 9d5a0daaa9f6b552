"""Whether the same patients are in both files: a count, never the ids."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from golive.model.columns import ColumnSpec, Roles
from golive.profile.fields import as_text, missing, trimmed

if TYPE_CHECKING:
    from golive.intake import Dataset

MOST_IDS = 2_000_000
"""Distinct ids of one side up to which they are compared."""
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
    named = next(
        (s.name for s in specs if _PERSON.fullmatch(s.name) and s.name != roles.label), None
    )
    if named is not None:
        return named, True
    return (roles.id, False) if roles.id else None


def shared_ids(
    train: Dataset, live: Dataset, specs: Sequence[ColumnSpec], roles: Roles
) -> SharedIds | None:
    """Count the ids that are in both files; ``None`` without such a column or with more than ``MOST_IDS`` of them."""
    chosen = id_column(specs, roles)
    if chosen is None or any(chosen[0] not in side.storage for side in (train, live)):
        return None
    name, person = chosen
    sides = [_distinct(side, name) for side in (train, live)]
    if any(side is None or len(side) == 0 for side in sides):
        return None
    before, now = (side for side in sides if side is not None)
    both = int(pc.sum(pc.is_in(now, value_set=before)).as_py() or 0)
    return SharedIds(name, len(before), len(now), both, person)


def _distinct(side: Dataset, name: str) -> pa.Array | None:
    column = side.table[name]
    rows = (
        side.table.filter(~missing(column))
        .select(v=trimmed(as_text(column)))
        .distinct()
        .limit(MOST_IDS + 1)
    )
    values = rows.to_pyarrow().column("v").combine_chunks()
    held: pa.Array = values.cast(pa.string())
    return held if len(held) <= MOST_IDS else None
