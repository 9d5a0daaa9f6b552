"""Rows of the same patient repeat each other: what a value weighs beside a value of a patient of its own.

A table of 1,200 vital signs of 60 patients does not know the age of 1,200 people. The design effect of a column (Kish 1965)
is the variance of its mean with patients as clusters (Liang and Zeger 1986) over that of as many independent rows; a value
weighs one over it, and values times weight is the effective sample size that every test of chance uses.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import ibis.expr.types as ir
import numpy as np

from golive.model.profile import ONCE, ColumnProfile, FloatArray, Repeats
from golive.profile.fields import LONGEST_VALUE, Field, as_text, infinite, is_text, missing, number

COLUMNS = 40
"""Columns asked in one grouped query."""
VALUES = 4
"""Most frequent values of a category that stand for the column."""
TAILS = (0.01, 0.99)
"""Quantiles at which numbers are cut, so that a far outlier does not speak for its patient."""

_log = logging.getLogger(__name__)


def weighed(
    table: ir.Table, columns: Mapping[str, ColumnProfile], fields: Sequence[Field], patient: str | None
) -> dict[str, ColumnProfile]:
    """Columns with ``repeats`` and ``missing_repeats`` set from the patients named by the column ``patient``.

    Unchanged where there is no such column or where it names each row once. Rows without a patient are left out. A side
    of one patient weighs one row. A column that cannot be asked keeps the weight 1.
    """
    known = dict(columns)
    if patient is None or patient not in table.columns:
        return known
    rows = table.filter(~missing(table[patient]))
    counted = rows.aggregate(n=rows.count(), k=rows[patient].nunique()).to_pyarrow().to_pylist()[0]
    if counted["n"] == counted["k"]:
        return known
    asked = [f for f in fields if f.name != patient and not known[f.name].error]
    for start in range(0, len(asked), COLUMNS):
        known |= _batch(rows, patient, asked[start : start + COLUMNS], known)
    return known


def _batch(
    rows: ir.Table, patient: str, batch: Sequence[Field], columns: Mapping[str, ColumnProfile]
) -> dict[str, ColumnProfile]:
    """One grouped query for a batch; when that fails, one by one, so that only the broken column keeps the weight 1."""
    try:
        found = _weights(rows, patient, batch, columns)
    except Exception as error:
        if len(batch) > 1:
            return {name: one for f in batch for name, one in _batch(rows, patient, [f], columns).items()}
        _log.warning("what rows of one patient weigh is not known of a column (%s)", type(error).__name__)
        return {}
    return {
        field.name: replace(columns[field.name], repeats=value, missing_repeats=absent)
        for field, (value, absent) in zip(batch, found, strict=True)
    }


def _weights(
    rows: ir.Table, patient: str, batch: Sequence[Field], columns: Mapping[str, ColumnProfile]
) -> list[tuple[Repeats, Repeats]]:
    """How values and how gaps repeat, for each field of a batch."""
    asked: dict[str, Any] = {"n": rows.count()}
    for i, field in enumerate(batch):
        column = columns[field.name]
        asked[f"m{i}"] = (~missing(rows[field.name])).sum()
        if column.numeric is not None and column.numeric.n:
            low, high = column.numeric.quantile(list(TAILS))
            value = number(rows[field.name])
            value = infinite(value).ifelse(None, value).clip(float(low), float(high)) - column.numeric.median
            asked[f"k{i}"], asked[f"s{i}_0"] = value.count(), value.sum()
        elif column.category is not None and column.category.n:
            asked[f"k{i}"] = asked[f"m{i}"]
            for j, name in enumerate(column.category.values[:VALUES]):
                asked[f"s{i}_{j}"] = _is(rows[field.name], name).sum()
    found = rows.group_by(patient).aggregate(**asked).drop(patient).to_pyarrow()
    held = {name: np.nan_to_num(found.column(name).to_numpy().astype(np.float64)) for name in found.column_names}
    made = []
    for i, field in enumerate(batch):
        column = columns[field.name]
        sums = [held[f"s{i}_{j}"] for j in range(VALUES) if f"s{i}_{j}" in held]
        values = (
            Repeats(weight(held[f"k{i}"], sums, _spreads(column, held[f"k{i}"], sums)), size(held[f"k{i}"]))
            if sums
            else ONCE
        )
        gone = held["n"] - held[f"m{i}"]
        share = float(gone.sum() / held["n"].sum())
        made.append((values, Repeats(weight(held["n"], [gone], [share * (1 - share)]), size(held["n"]))))
    return made


def _is(column: ir.Value, name: str) -> ir.BooleanValue:
    """Whether a value is the category ``name``, however it is stored (``golive.profile.categories.canonical``)."""
    try:
        same = number(column) == float(name)
    except ValueError:
        return as_text(column).left(LONGEST_VALUE).lower() == name.lower()
    return same if not is_text(column) else same | (column.left(LONGEST_VALUE) == name)


def _spreads(column: ColumnProfile, sizes: FloatArray, sums: Sequence[FloatArray]) -> list[float]:
    """Variance of one row for each sum: of the cut number, or of each of the category's values being there."""
    if column.numeric is not None and column.numeric.n:
        low, high = column.numeric.quantile(list(TAILS))
        cut = np.clip(column.numeric.values, low, high)
        share = column.numeric.counts / column.numeric.n
        return [float(share @ (cut - share @ cut) ** 2)]
    shares = [float(s.sum() / max(1.0, sizes.sum())) for s in sums]
    return [p * (1 - p) for p in shares]


def size(sizes: FloatArray) -> float:
    """Rows of the patient of an average row, 1 or more (sum of squares over sum of ``sizes``, shape ``(k,)``)."""
    return float((sizes**2).sum() / sizes.sum()) if sizes.sum() else 1.0


def weight(sizes: FloatArray, sums: Sequence[FloatArray], spreads: Sequence[float]) -> float | None:
    """What one row weighs, above 0 to 1: the inverse of the design effect of the mean.

    Args:
        sizes: values of each patient, shape ``(k,)``; patients without values count for nothing.
        sums: sums of the values of each patient, each of shape ``(k,)``; several are those of exclusive 0/1 values.
        spreads: variance of one value for each sum.

    The design effect is the sum over patients of the squared sum of deviations, times k / (k - 1), over the number of
    values times their variance; never under 1. One patient alone weighs one row. ``None`` where no value differs from another.
    """
    n, k = float(sizes.sum()), int((sizes > 0).sum())
    total = n * sum(spreads)
    if total <= 0:
        return None
    if k < 2:
        return 1 / n
    between = sum(float(((s - sizes * (s.sum() / n)) ** 2).sum()) for s in sums) * k / (k - 1)
    return 1 / max(1.0, between / total)
