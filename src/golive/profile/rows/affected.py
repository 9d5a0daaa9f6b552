"""Which live rows a finding is about, as one Ibis expression per finding: what an ablation on outcomes leaves out.

Only problems that sit in values of single rows can be marked. A column that is gone, a feed that stopped or a shift of the whole
distribution is about every row or about rows that never came, and is told so instead of being marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir

from golive.model.columns import ColumnSpec, ColumnType, Role
from golive.model.finding import Finding, Verdict
from golive.model.kinds import REGISTER, Rows
from golive.profile.fields import as_text, missing, number, trimmed

if TYPE_CHECKING:
    from golive.intake import Dataset

MOST = 20
"""Findings that are marked: each is one column of the query."""
MOST_CODES = 5_000
"""Distinct training values up to which a live value can be called unseen."""


@dataclass(frozen=True)
class Marks:
    """``rows`` maps the id of a finding to the expression that is true in the rows it is about; ``untold`` says why not."""

    rows: dict[str, ir.BooleanValue] = field(default_factory=dict)
    untold: dict[str, str] = field(default_factory=dict)


def affected(
    train: Dataset, live: Dataset, findings: Sequence[Finding], specs: Sequence[ColumnSpec]
) -> Marks:
    """Mark the live rows of every problem of an input column that is a cause and not a consequence.

    ``findings`` are those of the comparison, most urgent first; at most ``MOST`` are marked.
    """
    roles = (Role.FEATURE, Role.GROUP)
    inputs = {s.name for s in specs if s.role in roles and s.type is not ColumnType.DATETIME}
    marks = Marks()
    for found in findings:
        urgent = found.verdict in (Verdict.ALARM, Verdict.WATCH) and not found.cause
        marked = urgent and found.columns and set(found.columns) <= inputs
        if not marked or len(marks.rows) >= MOST:
            continue
        here = all(c in live.storage for c in found.columns)
        expression = _expression(train, live, found) if here else None
        if expression is not None:
            marks.rows[found.id] = expression.fill_null(False)
        elif why := REGISTER[found.kind].no_rows:
            marks.untold[found.id] = why
    return marks


def _expression(train: Dataset, live: Dataset, found: Finding) -> ir.BooleanValue | None:
    table, name = live.table, found.columns[0]
    rows = REGISTER[found.kind].rows
    if rows is Rows.MISSING:
        return reduce(and_, (missing(table[c]) for c in found.columns))
    if rows is Rows.UNREAD:
        return ~missing(table[name]) & number(table[name]).isnull()
    repaired = _repaired(live, found, found.what_if.repair) if found.what_if is not None else None
    if repaired is not None:
        return repaired
    return _unseen(train, live, name) if rows is Rows.UNSEEN else None


def _repaired(live: Dataset, found: Finding, repair: Mapping[str, Any]) -> ir.BooleanValue | None:
    """Rows whose value the repair would change."""
    name = repair.get("column")
    if not isinstance(name, str) or name not in live.storage:
        return None
    column, op = live.table[name], repair.get("op")
    value = number(column)
    beyond: list[ir.BooleanValue] = []
    over, under = ("high", "low") if op == "clip" else ("above", "below")
    if op in ("clip", "convert", "set_missing"):
        beyond += [value > repair[over]] if over in repair else []
        beyond += [value < repair[under]] if under in repair else []
    if op in ("convert", "set_missing"):
        if "inside" in repair:
            low, high = repair["inside"]
            beyond.append((value >= low) & (value <= high))
        beyond += _named(column, value, repair.get("values", ()))
        part = found.segment
        if not beyond and op == "convert" and part is not None:
            # Without a day: a slice since some day is about later rows as well
            if part.since or part.column not in live.storage:
                return None
            return ~missing(column) & (trimmed(as_text(live.table[part.column])) == part.value)
    elif op in ("map", "recode"):
        beyond += _named(column, value, repair.get("mapping", {}))
    return reduce(or_, beyond) if beyond else None


def _named(
    column: ir.Value, value: ir.FloatingValue, values: Iterable[Any]
) -> list[ir.BooleanValue]:
    """Rows that hold one of ``values``: numbers as numbers, words as written."""
    numbers = [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    words = [v for v in values if isinstance(v, str)]
    found = [value.isin(numbers)] if numbers else []
    return found + ([trimmed(as_text(column)).isin(words)] if words else [])


def _unseen(train: Dataset, live: Dataset, name: str) -> ir.BooleanValue | None:
    """Rows with a value that training never held; ``None`` where training holds too many to compare."""
    if name not in train.storage:
        return None
    before, now = train.table[name], live.table[name]
    known = (
        train.table.filter(~missing(before))
        .select(v=trimmed(as_text(before)))
        .distinct()
        .limit(MOST_CODES + 1)
    )
    values = [v for v in known.to_pyarrow().column("v").to_pylist() if v is not None]
    if not 0 < len(values) <= MOST_CODES:
        return None
    return ~missing(now) & ~trimmed(as_text(now)).isin(values)
