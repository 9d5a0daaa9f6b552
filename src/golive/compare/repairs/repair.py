"""Repairs as data, applied to profiles: what would the comparison say if live data were repaired?

A repair is a mapping with ``op`` and ``column``:

- ``{"op": "convert", "column": c, "factor": f, "offset": o}``: value * f + o; with ``above`` or ``below`` (exclusive) only
  the values beyond that limit;
- ``{"op": "set_missing", "column": c, "values": [...]}`` or with ``above`` / ``below`` (exclusive; both: outside of them)
  or ``inside: [low, high]`` (inclusive): those values become missing; ``values`` may hold words;
- ``{"op": "map", "column": c, "mapping": {"iv": "IV"}}``: values of a category column are replaced (``recode`` is the same
  for codes); in a number column words are read as numbers (``{"<0.5": 0.5}``);
- ``{"op": "clip", "column": c, "low": x, "high": y}``: values beyond a limit become the limit;
- ``{"op": "swap", "columns": [a, b]}``: two columns change places;
- ``{"op": "deduplicate"}``: rows that equal an earlier row are dropped; it changes counts of rows that no profile knows, so
  it is exported but not applied here.

Which rows are meant is always decided by the value alone, so a profile knows the result and SQL can do the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from golive.compare.base.pairs import Pair
from golive.compare.drift.evidently import scores
from golive.model.config import DriftConfig
from golive.model.errors import InputError, Problem, nearest
from golive.model.finding import Finding
from golive.model.profile import CategoryProfile, ColumnProfile, FloatArray, NumericProfile, Profile
from golive.model.result import DriftResult
from golive.profile.categories import counted
from golive.profile.numbers import numeric_profile

Repair = Mapping[str, Any]
OPS = ("convert", "set_missing", "map", "recode", "clip", "swap", "deduplicate")


def columns_of(repair: Repair) -> tuple[str, ...]:
    """Columns that a repair changes."""
    if "columns" in repair:
        return tuple(repair["columns"])
    return (repair["column"],) if "column" in repair else ()


def check_repair(repair: Repair, columns: Mapping[str, ColumnProfile]) -> None:
    """Refuse a repair that cannot be applied.

    Raises:
        InputError: ``REPAIR_UNKNOWN`` (operation or column) or ``REPAIR_EMPTIES`` (no value of the column would be left).
    """
    op, problem = repair.get("op"), None
    unknown = next((name for name in columns_of(repair) if name not in columns), None)
    if op not in OPS:
        known = f"Known: {', '.join(OPS)}."
        problem = Problem("REPAIR_UNKNOWN", f"'{op}' is not a repair.", known)
    elif unknown is not None:
        hint = nearest(unknown, list(columns))
        problem = Problem("REPAIR_UNKNOWN", f"'{unknown}' is not a live column.", hint)
    elif op == "set_missing":
        column = columns[repair["column"]]
        if column.present and apply(column, repair).present == 0:
            said = f"The repair would leave no value of {column.name}."
            problem = Problem("REPAIR_EMPTIES", said, "Narrow its limits.")
    if problem:
        raise InputError(problem)


def chosen(values: FloatArray, repair: Repair) -> npt.NDArray[np.bool_]:
    """Which of ``values`` a repair is about: all, those named, or those beyond or inside limits. Same shape as ``values``."""
    if "values" in repair:
        return np.isin(values, [v for v in repair["values"] if isinstance(v, int | float)])
    if "inside" in repair:
        low, high = repair["inside"]
        return np.asarray((values >= low) & (values <= high))
    if "above" in repair or "below" in repair:
        above, below = repair.get("above", np.inf), repair.get("below", -np.inf)
        return np.asarray((values > above) | (values < below))
    return np.ones(len(values), dtype=bool)


def apply(column: ColumnProfile, repair: Repair) -> ColumnProfile:
    """The profile of one live column after a repair of it. Exact while the support is (``NumericProfile.exact``)."""
    after = _applied(column, repair)
    distinct = [
        len(p.values) for p in (after.numeric, after.category, after.tokens) if p is not None
    ]
    exact = after.numeric is None or after.numeric.exact
    return replace(after, distinct=sum(distinct)) if after is not column and exact else after


def _applied(column: ColumnProfile, repair: Repair) -> ColumnProfile:
    op, numeric = repair["op"], column.numeric
    if op == "set_missing":
        return _emptied(column, repair)
    if op in ("map", "recode"):
        return _mapped(column, repair["mapping"])
    if op not in ("convert", "clip") or numeric is None:
        return column
    if op == "clip":
        low, high = repair.get("low", -np.inf), repair.get("high", np.inf)
        return replace(column, numeric=_weighted(np.clip(numeric.values, low, high), numeric))
    factor, offset = repair["factor"], repair.get("offset", 0.0)
    if set(repair) <= {"op", "column", "factor", "offset"}:
        return replace(column, numeric=_scaled(numeric, factor, offset))
    values = numeric.values
    new = np.where(chosen(values, repair), values * factor + offset, values)
    return replace(column, numeric=_weighted(new, numeric))


def repaired(live: Profile, repairs: Sequence[Repair]) -> Profile:
    """The profile of live data after several repairs, applied in order.

    Raises:
        InputError: a repair names an unknown operation or column, or would empty a column.
    """
    columns = dict(live.columns)
    for repair in repairs:
        check_repair(repair, columns)
        if repair["op"] == "swap":
            a, b = columns_of(repair)
            first, second = columns[a], columns[b]
            columns[a] = replace(second, name=a, type=first.type, role=first.role)
            columns[b] = replace(first, name=b, type=second.type, role=second.role)
            continue
        for name in columns_of(repair):
            columns[name] = apply(columns[name], repair)
    return replace(live, columns=columns)


def fill(
    findings: Sequence[Finding],
    train: Profile,
    live: Profile,
    drift: Mapping[str, DriftResult],
    config: DriftConfig,
) -> list[Finding]:
    """Put the score before and after into every finding that proposes a repair of one column."""
    return [_tried(one, train, live, drift, config) for one in findings]


def _tried(
    finding: Finding,
    train: Profile,
    live: Profile,
    drift: Mapping[str, DriftResult],
    config: DriftConfig,
) -> Finding:
    proposed = finding.what_if
    name = next(iter(columns_of(proposed.repair)), None) if proposed else None
    before = drift[name].score if name and name in drift else None
    if proposed is None or name is None or before is None or proposed.after is not None:
        return finding
    try:
        pair = Pair(train.columns[name], repaired(live, [proposed.repair]).columns[name])
    except InputError:  # it would empty the column: proposed, but there is nothing left to score
        return finding
    if min(pair.sizes) == 0:
        return finding
    after = scores({name: pair}, config)[0].get(name)
    tried = proposed.model_copy(update={"before": before, "after": after})
    return finding.model_copy(update={"what_if": tried})


def _scaled(numeric: NumericProfile, factor: float, offset: float) -> NumericProfile:
    """All values converted; moments follow exactly even where the support is reduced."""
    if numeric.exact:
        return _weighted(numeric.values * factor + offset, numeric)
    ends = sorted((numeric.minimum * factor + offset, numeric.maximum * factor + offset))
    order = slice(None) if factor > 0 else slice(None, None, -1)
    return replace(
        numeric,
        mean=numeric.mean * factor + offset,
        std=numeric.std * abs(factor),
        minimum=ends[0],
        maximum=ends[1],
        values=(numeric.values * factor + offset)[order],
        counts=numeric.counts[order],
    )


def _weighted(values: FloatArray, numeric: NumericProfile, counts: Any = None) -> NumericProfile:
    """A profile from new values of a support (``counts``: the support's own unless given), ascending and merged."""
    weights = numeric.counts if counts is None else counts
    support, inverse = np.unique(values, return_inverse=True)
    merged = np.bincount(inverse, weights=weights, minlength=len(support)).astype(np.int64)
    keep = merged > 0
    return numeric_profile(
        support[keep], merged[keep], exact=numeric.exact, infinities=numeric.infinities
    )


def _emptied(column: ColumnProfile, repair: Repair) -> ColumnProfile:
    """The column after some values were set to missing."""
    gone = 0
    update: dict[str, Any] = {}
    words = {v for v in repair.get("values", ()) if isinstance(v, str)}
    if column.numeric is not None:
        hit = chosen(column.numeric.values, repair)
        gone += int(column.numeric.counts[hit].sum())
        update["numeric"] = _weighted(
            column.numeric.values[~hit], column.numeric, column.numeric.counts[~hit]
        )
    for field in ("tokens", "category"):
        values: CategoryProfile | None = getattr(column, field)
        if words and values is not None:
            gone += sum(values.count(w) for w in words)
            update[field] = _without(values, words)
    return replace(column, missing=column.missing + gone, **update)


def _without(category: CategoryProfile, words: set[str]) -> CategoryProfile:
    left = {v: c for v, c in category.as_dict().items() if v not in words}
    total = category.n - sum(category.count(w) for w in words)
    return counted(left.items(), most=len(left) or 1, total=total)


def _parsed(
    column: ColumnProfile, numeric: NumericProfile, mapping: Mapping[str, float]
) -> ColumnProfile:
    """The column after words were read as numbers (``<0.5`` as 0.5); words that it does not hold change nothing."""
    rows = {word: n for word in mapping if (n := column.tokens.count(word))}
    if not rows:
        return column
    values = np.concatenate([numeric.values, [float(mapping[word]) for word in rows]])
    counts = np.concatenate([numeric.counts, list(rows.values())])
    tokens = _without(column.tokens, set(rows))
    return replace(column, numeric=_weighted(values, numeric, counts), tokens=tokens)


def _mapped(column: ColumnProfile, mapping: Mapping[str, Any]) -> ColumnProfile:
    """The column after values were replaced: those of a category, or the words of a number column by numbers."""
    if column.category is None:
        return _parsed(column, column.numeric, mapping) if column.numeric is not None else column
    merged: Counter[str] = Counter()
    for value, rows in column.category.as_dict().items():
        merged[mapping.get(value, value)] += rows
    return replace(
        column, category=counted(merged.items(), most=max(1, len(merged)), total=column.category.n)
    )
