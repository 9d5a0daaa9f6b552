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

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

from golive.intake.base.dataset import columns_of, records
from golive.model.profile import (
    ONCE,
    BoolArray,
    ColumnProfile,
    FloatArray,
    IntArray,
    NumericProfile,
    Repeats,
)
from golive.profile.fields import (
    LONGEST_VALUE,
    Field,
    as_text,
    infinite,
    is_text,
    missing,
    number,
    where_present,
)
from golive.profile.reading import each_alone, encoded

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
    counted = records(rows.aggregate(n=rows.count(), k=rows[patient].nunique()))[0]
    return bool(counted["n"] != counted["k"])


def patients_here(table: ir.Table, patient: str) -> Patients:
    """The patients of an in-process table, in the order in which its rows are handed over."""
    names, codes = encoded(
        columns_of(table, {patient: where_present(table[patient], table[patient])})[patient]
    )
    return Patients(codes.astype(np.int64), len(names))


def of_numbers(
    column: ColumnProfile, values: FloatArray, present: BoolArray, patients: Patients
) -> ColumnProfile:
    """A number column with its repeats.

    ``values`` has shape ``(n,)`` and is NaN where nothing was parsed; ``present`` marks the rows that hold anything.
    """
    there = patients.rows(present)
    if column.numeric is None or not column.numeric.n:
        return _repeating(column, patients.sizes, there, there, [])
    finite = np.isfinite(values)
    sums = patients.sums(values.clip(*_tails(column.numeric)) - column.numeric.median, finite)
    return _repeating(column, patients.sizes, there, patients.rows(finite), [sums])


def of_codes(
    column: ColumnProfile, names: Sequence[str], codes: IntArray, patients: Patients
) -> ColumnProfile:
    """A category column with its repeats. ``codes`` (shape ``(n,)``) index ``names``, -1 where missing."""
    place = {name: i for i, name in enumerate(names)}
    there = patients.rows(codes >= 0)
    sums = [patients.rows(codes == place[name]) for name in _commonest(column)]
    return _repeating(column, patients.sizes, there, there, sums)


def _tails(numeric: NumericProfile) -> FloatArray:
    return numeric.quantile(list(TAILS))


def _commonest(column: ColumnProfile) -> tuple[str, ...]:
    """The values of a category that stand for the column."""
    return (
        column.category.values[:VALUES] if column.category is not None and column.category.n else ()
    )


def with_patient_weights(
    table: ir.Table, columns: Mapping[str, ColumnProfile], fields: Sequence[Field], patient: str
) -> dict[str, ColumnProfile]:
    """Columns with ``repeats`` and ``missing_repeats`` set from the patients named by the column ``patient``, asked in the engine.

    Rows without a patient are left out. A side of one patient weighs one row. A column that cannot be asked keeps the weight 1.
    """
    known = dict(columns)
    rows = table.filter(~missing(table[patient]))
    asked = [f for f in fields if f.name != patient and not known[f.name].error]

    def unknown(field: Field, error: Exception) -> ColumnProfile:
        _log.warning(
            "what rows of one patient weigh is not known of a column (%s)", type(error).__name__
        )
        return columns[field.name]

    for start in range(0, len(asked), COLUMNS):
        batch = asked[start : start + COLUMNS]
        made = each_alone(lambda some: _asked(rows, patient, some, columns), batch, unknown)
        known |= {one.name: one for one in made}
    return known


def _asked(
    rows: ir.Table, patient: str, batch: Sequence[Field], columns: Mapping[str, ColumnProfile]
) -> list[ColumnProfile]:
    """How values and how gaps repeat, for each field of a batch, in one grouped query."""
    asked: dict[str, Any] = {"n": rows.count()}
    for i, field in enumerate(batch):
        numeric, held = columns[field.name].numeric, rows[field.name]
        asked[f"m{i}"] = (~missing(held)).sum()
        if numeric is not None and numeric.n:
            low, high = _tails(numeric)
            value = number(held)
            value = (
                infinite(value).ifelse(None, value).clip(float(low), float(high)) - numeric.median
            )
            asked |= {f"k{i}": value.count(), f"s{i}_0": value.sum()}
        else:
            asked |= {
                f"s{i}_{j}": _is(held, name).sum()
                for j, name in enumerate(_commonest(columns[field.name]))
            }
    found = rows.group_by(patient).aggregate(**asked).drop(patient).to_pyarrow()
    counts = {
        name: np.nan_to_num(found.column(name).to_numpy().astype(np.float64))
        for name in found.column_names
    }
    made = []
    for i, field in enumerate(batch):
        present = counts[f"m{i}"]
        sums = [counts[f"s{i}_{j}"] for j in range(VALUES) if f"s{i}_{j}" in counts]
        made.append(
            _repeating(
                columns[field.name], counts["n"], present, counts.get(f"k{i}", present), sums
            )
        )
    return made


def _repeating(
    column: ColumnProfile,
    rows: FloatArray,
    present: FloatArray,
    sizes: FloatArray,
    sums: Sequence[FloatArray],
) -> ColumnProfile:
    """``column`` with its repeats, from what each patient has (shape ``(k,)``): rows, rows that hold anything, values, sums."""
    values = repeats(sizes, sums, _spreads(column, sizes, sums)) if sums else ONCE
    missing_rows = rows - present
    share = float(missing_rows.sum() / rows.sum())
    return replace(
        column, repeats=values, missing_repeats=repeats(rows, [missing_rows], [share * (1 - share)])
    )


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
        cut = np.clip(column.numeric.values, *_tails(column.numeric))
        share = column.numeric.counts / column.numeric.n
        return [float(share @ (cut - share @ cut) ** 2)]
    shares = [float(s.sum() / max(1.0, sizes.sum())) for s in sums]
    return [p * (1 - p) for p in shares]


def repeats(sizes: FloatArray, sums: Sequence[FloatArray], spreads: Sequence[float]) -> Repeats:
    """What one row weighs (as ``weight``), and the rows of the patient of an average row (sum of squares over sum of
    ``sizes``, shape ``(k,)``; 1 without any)."""
    total = sizes.sum()
    return Repeats(weight(sizes, sums, spreads), float((sizes**2).sum() / total) if total else 1.0)


def of_texts(values: FloatArray, patient_of: npt.NDArray[np.int32]) -> Repeats:
    """How texts of one patient repeat each other in ``values``; ``patient_of`` numbers the patient of each (both of shape ``(k,)``)."""
    numbers, patient = np.unique(patient_of, return_inverse=True)
    if len(numbers) == len(patient_of):
        return ONCE
    patients = Patients(patient, len(numbers))
    cut = np.clip(values, *np.quantile(values, TAILS))
    every = np.ones(len(values), dtype=bool)
    return repeats(patients.sizes, [patients.sums(cut - np.median(cut), every)], [float(cut.var())])


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
