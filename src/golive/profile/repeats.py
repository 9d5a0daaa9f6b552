"""Rows of the same patient repeat each other: what a value weighs beside a value of a patient of its own.

A table of 1,200 vital signs of 60 patients does not know the age of 1,200 people. The design effect of a column (Kish 1965)
is the variance of its mean with patients as clusters (Liang and Zeger 1986) over that of as many independent rows; a value
weighs one over it, and values times weight is the effective sample size that every test of chance uses.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from golive.model.profile import ONCE, BoolArray, ColumnProfile, FloatArray, IntArray, Repeats
from golive.profile.fields import LONGEST_VALUE, Field, as_text, infinite, is_text, missing, number

COLUMNS = 40
"""Columns asked in one grouped query."""
VALUES = 4
"""Most frequent values of a category that stand for the column."""
TAILS = (0.01, 0.99)
"""Quantiles at which numbers are cut, so that a far outlier does not speak for its patient."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patients:
    """The patient of every row of an in-process table: ``codes`` of shape ``(n,)``, ``count`` of them; ``count`` is no patient."""

    codes: IntArray
    count: int

    @cached_property
    def sizes(self) -> FloatArray:
        """Rows of each patient; shape ``(count,)``. The same for every column, so counted once."""
        return self.rows(np.ones(len(self.codes), dtype=bool))

    def rows(self, chosen: BoolArray) -> FloatArray:
        """Rows of each patient among the ``chosen`` ones (shape ``(n,)``); shape ``(count,)``."""
        return np.bincount(self.codes[chosen], minlength=self.count)[: self.count].astype(
            np.float64
        )

    def sums(self, values: FloatArray, chosen: BoolArray) -> FloatArray:
        """Sum of ``values`` over the ``chosen`` rows of each patient (both of shape ``(n,)``); shape ``(count,)``."""
        found = np.bincount(self.codes[chosen], weights=values[chosen], minlength=self.count)
        return found[: self.count].astype(np.float64)


def patients_repeat(table: ir.Table, patient: str | None) -> bool:
    """Whether a patient named by the column ``patient`` has more than one row; False without such a column."""
    if patient is None or patient not in table.columns:
        return False
    rows = table.filter(~missing(table[patient]))
    counted = rows.aggregate(n=rows.count(), k=rows[patient].nunique()).to_pyarrow().to_pylist()[0]
    return bool(counted["n"] != counted["k"])


def patients_here(table: ir.Table, patient: str) -> Patients:
    """The patients of an in-process table, in the order in which its rows are handed over."""
    key = table[patient]
    column = (
        table.select(key=missing(key).ifelse(ibis.null(key.type()), key))
        .to_pyarrow()
        .column("key")
        .combine_chunks()
    )
    coded = column.dictionary_encode()
    count = len(coded.dictionary)
    return Patients(
        coded.indices.fill_null(count).to_numpy(zero_copy_only=False).astype(np.int64), count
    )


def of_numbers(
    column: ColumnProfile, values: FloatArray, present: BoolArray, patients: Patients
) -> ColumnProfile:
    """A number column with its repeats.

    ``values`` has shape ``(n,)`` and is NaN where nothing was parsed; ``present`` marks the rows that hold anything.
    """
    if column.numeric is None or not column.numeric.n:
        return _with(column, patients, present)
    low, high = column.numeric.quantile(list(TAILS))
    finite = np.isfinite(values)
    sums = patients.sums(values.clip(low, high) - column.numeric.median, finite)
    return _with(column, patients, present, patients.rows(finite), [sums])


def of_codes(
    column: ColumnProfile, names: Sequence[str], codes: IntArray, patients: Patients
) -> ColumnProfile:
    """A category column with its repeats. ``codes`` (shape ``(n,)``) index ``names``, -1 where missing."""
    present = codes >= 0
    if column.category is None or not column.category.n:
        return _with(column, patients, present)
    place = {name: i for i, name in enumerate(names)}
    top = [place[name] for name in column.category.values[:VALUES]]
    return _with(
        column, patients, present, patients.rows(present), [patients.rows(codes == i) for i in top]
    )


def _with(
    column: ColumnProfile,
    patients: Patients,
    present: BoolArray,
    sizes: FloatArray | None = None,
    sums: Sequence[FloatArray] = (),
) -> ColumnProfile:
    there = patients.rows(present)
    return _repeating(column, patients.sizes, there, there if sizes is None else sizes, sums)


def weighed(
    table: ir.Table, columns: Mapping[str, ColumnProfile], fields: Sequence[Field], patient: str
) -> dict[str, ColumnProfile]:
    """Columns with ``repeats`` and ``missing_repeats`` set from the patients named by the column ``patient``, asked in the engine.

    Rows without a patient are left out. A side of one patient weighs one row. A column that cannot be asked keeps the weight 1.
    """
    known = dict(columns)
    rows = table.filter(~missing(table[patient]))
    asked = [f for f in fields if f.name != patient and not known[f.name].error]
    for start in range(0, len(asked), COLUMNS):
        known |= _batch(rows, patient, asked[start : start + COLUMNS], known)
    return known


def _batch(
    rows: ir.Table, patient: str, batch: Sequence[Field], columns: Mapping[str, ColumnProfile]
) -> dict[str, ColumnProfile]:
    """One grouped query for a batch; when that fails, one by one, so that only the broken column keeps the weight 1."""
    try:
        return _asked(rows, patient, batch, columns)
    except Exception as error:
        if len(batch) > 1:
            return {
                name: one
                for f in batch
                for name, one in _batch(rows, patient, [f], columns).items()
            }
        _log.warning(
            "what rows of one patient weigh is not known of a column (%s)", type(error).__name__
        )
        return {}


def _asked(
    rows: ir.Table, patient: str, batch: Sequence[Field], columns: Mapping[str, ColumnProfile]
) -> dict[str, ColumnProfile]:
    """How values and how gaps repeat, for each field of a batch."""
    asked: dict[str, Any] = {"n": rows.count()}
    for i, field in enumerate(batch):
        column = columns[field.name]
        asked[f"m{i}"] = (~missing(rows[field.name])).sum()
        if column.numeric is not None and column.numeric.n:
            low, high = column.numeric.quantile(list(TAILS))
            value = number(rows[field.name])
            value = (
                infinite(value).ifelse(None, value).clip(float(low), float(high))
                - column.numeric.median
            )
            asked[f"k{i}"], asked[f"s{i}_0"] = value.count(), value.sum()
        elif column.category is not None and column.category.n:
            for j, name in enumerate(column.category.values[:VALUES]):
                asked[f"s{i}_{j}"] = _is(rows[field.name], name).sum()
    found = rows.group_by(patient).aggregate(**asked).drop(patient).to_pyarrow()
    held = {
        name: np.nan_to_num(found.column(name).to_numpy().astype(np.float64))
        for name in found.column_names
    }
    return {
        field.name: _repeating(
            columns[field.name],
            held["n"],
            held[f"m{i}"],
            held.get(f"k{i}", held[f"m{i}"]),
            [held[f"s{i}_{j}"] for j in range(VALUES) if f"s{i}_{j}" in held],
        )
        for i, field in enumerate(batch)
    }


def _repeating(
    column: ColumnProfile,
    rows: FloatArray,
    present: FloatArray,
    sizes: FloatArray,
    sums: Sequence[FloatArray],
) -> ColumnProfile:
    """``column`` with its repeats, from what each patient has (shape ``(k,)``): rows, rows that hold anything, values, sums."""
    values = (
        Repeats(weight(sizes, sums, _spreads(column, sizes, sums)), size(sizes)) if sums else ONCE
    )
    gone = rows - present
    share = float(gone.sum() / rows.sum())
    absent = Repeats(weight(rows, [gone], [share * (1 - share)]), size(rows))
    return replace(column, repeats=values, missing_repeats=absent)


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
