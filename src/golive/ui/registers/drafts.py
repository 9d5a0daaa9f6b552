"""Edits of a register that are not saved yet: kept when a page is left, and carried over what others saved meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Merged:
    """Rows to go on with, and own edits that could not be carried over because somebody else changed the same row."""

    rows: tuple[Row, ...]
    overtaken: tuple[Row, ...]


def edited(held: Any) -> bool:
    """Whether the state of a table editor holds any edit."""
    return isinstance(held, Mapping) and any(
        held.get(k) for k in ("edited_rows", "added_rows", "deleted_rows")
    )


def merged(
    before: Sequence[tuple[Row, int]], now: Sequence[tuple[Row, int]], mine: Sequence[Row], key: str
) -> Merged:
    """Own edits over the rows as they are now.

    ``before`` are the rows (with revision) that were edited into ``mine``, ``now`` those of the store; ``key`` names a row. A
    row that others changed or took out shows as they left it; an own edit of it is given back as overtaken.
    """
    seen = {row[key]: (row, revision) for row, revision in before}
    current = {row[key]: (row, revision) for row, revision in now}
    kept: dict[Any, Row] = {}
    fresh: list[Row] = []
    overtaken: list[Row] = []
    for row in mine:
        name = row.get(key)
        if name is None or (name not in seen and name not in current):
            fresh.append(row)
        elif name not in seen:
            overtaken.append(row)  # new on both sides under one name
        elif row != seen[name][0]:
            if name in current and current[name][1] == seen[name][1]:
                kept[name] = row
            else:
                overtaken.append(row)
    removed = {name for name in seen if name not in {row.get(key) for row in mine}}
    rows = [
        kept.get(name, row)
        for name, (row, revision) in current.items()
        if not (name in removed and revision == seen[name][1])
    ]
    return Merged((*rows, *fresh), tuple(overtaken))
