"""Profile: all that is kept of a table. Numbers and counts, no rows.

A profile lives in memory while an assessment runs. Distributions are weighted supports (``values`` with ``counts``), so
one form serves exact value counts and equal-mass bin means. What is stored or shown is made from it with cells under
``SMALL_CELL`` suppressed (see ``golive.profile.picture``). The arrays carry their JSON form, so that pydantic writes and reads
a profile as any noun (``golive.model.baseline``): an array is a list, and what is no number is ``null``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator, PlainSerializer, PlainValidator

from golive.model.columns import ColumnType, Role, Roles

_AS_LIST = PlainSerializer(lambda array: array.tolist())
FloatArray = Annotated[
    npt.NDArray[np.float64], PlainValidator(partial(np.asarray, dtype=np.float64)), _AS_LIST
]
IntArray = Annotated[
    npt.NDArray[np.int64], PlainValidator(partial(np.asarray, dtype=np.int64)), _AS_LIST
]
BoolArray = npt.NDArray[np.bool_]
Real = Annotated[float, BeforeValidator(lambda value: np.nan if value is None else value)]
"""A float that may be no number, which JSON writes as ``null``."""
Pairs = Annotated[
    dict[tuple[str, str], int],
    PlainSerializer(lambda pairs: [(a, b, n) for (a, b), n in pairs.items()]),
    BeforeValidator(lambda x: x if isinstance(x, dict) else {(a, b): n for a, b, n in x}),
]
"""A count per pair of columns; in JSON a list of ``[one, other, count]``."""

SMALL_CELL = 11
"""Counts of patients below this are never shown or stored (CMS cell-size suppression policy)."""


def is_small(count: int) -> bool:
    """Whether a count of rows must not be shown (1 to 10)."""
    return 0 < count < SMALL_CELL


def cell_share(count: int, n: int) -> float | None:
    """Share of rows that hold one value, or ``None`` when the count is too small to be shown or there are no rows."""
    return None if n == 0 or is_small(count) else count / n


@dataclass(frozen=True)
class NumericProfile:
    """Distribution of the values of a column that are finite numbers.

    ``values`` are ascending support points and ``counts`` the rows each carries (``counts.sum() == n``). ``exact`` is true
    when every distinct value is kept; otherwise the support points are means of equal-mass bins. ``mean``, ``std``
    (population, ddof 0), ``minimum`` and ``maximum`` are exact and come from the engine. Units are the column's own.
    """

    n: int
    mean: Real
    std: Real
    minimum: Real
    maximum: Real
    values: FloatArray
    counts: IntArray
    exact: bool
    integers: int = 0
    infinities: int = 0
    decimals: tuple[tuple[int, int], ...] = ()

    def quantile(self, q: FloatArray | list[float] | float) -> FloatArray:
        """Quantiles by inverting the weighted empirical distribution (numpy's ``inverted_cdf``); shape follows ``q``."""
        probability = np.atleast_1d(np.asarray(q, dtype=np.float64))
        if self.n == 0:
            return np.full(probability.shape, np.nan)
        cumulative = np.cumsum(self.counts)
        index = np.searchsorted(cumulative, np.clip(probability, 0, 1) * self.n, side="left")
        return self.values[np.minimum(index, len(self.values) - 1)]

    @property
    def median(self) -> float:
        """Median of the values."""
        return float(self.quantile(0.5)[0])


@dataclass(frozen=True)
class CategoryProfile:
    """Counts of values, most frequent first. ``other`` is the number of rows whose value was not kept (long tail)."""

    n: int
    values: tuple[str, ...]
    counts: IntArray
    other: int = 0

    def count(self, value: str) -> int:
        """Rows that hold ``value``."""
        try:
            return int(self.counts[self.values.index(value)])
        except ValueError:
            return 0

    def as_dict(self) -> dict[str, int]:
        """Return ``{value: rows}`` of the kept values."""
        return {v: int(c) for v, c in zip(self.values, self.counts, strict=True)}


EMPTY_CATEGORY = CategoryProfile(0, (), np.zeros(0, dtype=np.int64))


@dataclass(frozen=True)
class TimeProfile:
    """A date or time column: range, rows per calendar day, and the written formats met (``YYYY-MM-DD``, ``MM/DD/YYYY``)."""

    n: int
    minimum: datetime | None
    maximum: datetime | None
    days: tuple[date, ...]
    counts: IntArray
    formats: tuple[tuple[str, int], ...] = ()
    future: int = 0


@dataclass(frozen=True)
class Repeats:
    """How rows of one patient repeat each other in a column (``golive.profile.repeats``).

    ``weight`` is what one row weighs beside a row of a patient of its own: effective sample size over rows, above 0 to 1;
    ``None`` where all rows hold the same, which tells nothing. ``size`` is the number of rows of the patient of an average
    row (sum of squares over sum; 1 where each patient has one row).
    """

    weight: float | None
    size: float


ONCE = Repeats(1.0, 1.0)
"""Each row is of a patient of its own, or nothing is known of patients."""


@dataclass(frozen=True)
class ColumnProfile:
    """Everything measured of one column.

    ``n`` rows = ``missing`` (null or empty) + values. For number columns ``numeric`` holds the values that parse and
    ``tokens`` those that do not, as they were written. For categories, codes and booleans ``category`` holds the values.
    ``patterns`` are shapes of the written values (digits as ``9``, letters as ``A``), most frequent first: kept for text
    storage and for columns that hold tokens. ``repeats`` says how values of one patient repeat each other,
    ``missing_repeats`` the same of a row's being missing.
    """

    name: str
    type: ColumnType
    role: Role
    storage: str
    n: int
    missing: int
    distinct: int
    numeric: NumericProfile | None = None
    category: CategoryProfile | None = None
    tokens: CategoryProfile = EMPTY_CATEGORY
    patterns: CategoryProfile = EMPTY_CATEGORY
    time: TimeProfile | None = None
    mean_length: float | None = None
    repeats: Repeats = ONCE
    missing_repeats: Repeats = ONCE
    error: str = ""

    @property
    def present(self) -> int:
        """Rows that are not missing."""
        return self.n - self.missing

    @property
    def missing_share(self) -> float:
        """Share of rows that are missing, 0 to 1; 0 for a table without rows."""
        return self.missing / self.n if self.n else 0.0


@dataclass(frozen=True)
class SliceColumn:
    """One column inside one slice: enough to say that this slice carries a change. Quantiles at ``SLICE_QUANTILES``.

    ``top`` are the most frequent values of a category, ``shapes`` the shapes of a code column's values (digits as ``9``,
    letters as ``A``): codes are too many to keep, but what is another system shows in how it is written.
    """

    n: int
    missing: int
    quantiles: tuple[float, ...] = ()
    mean: float | None = None
    top: tuple[tuple[str, int], ...] = ()
    tokens: int = 0
    shapes: tuple[tuple[str, int], ...] = ()


SLICE_QUANTILES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)


@dataclass(frozen=True)
class Slice:
    """The rows of one site, one model version or one time window. ``by`` is ``site``, ``model_version`` or ``time``."""

    by: str
    column: str
    value: str
    n: int
    columns: dict[str, SliceColumn]
    start: date | None = None


@dataclass(frozen=True)
class Arrivals:
    """Rows that one site sent, by calendar day; days without rows are left out."""

    site: str
    days: tuple[date, ...]
    counts: IntArray


@dataclass(frozen=True)
class MissingBlock:
    """Columns that are missing in the same rows: ``rows`` of them hold none of ``columns``."""

    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class Coverage:
    """How many of ``n`` resources of one type keep something: fill a must-support element, or, where ``element`` is empty,
    keep to the rules of their version (of a sample that was checked)."""

    resource: str
    element: str
    kept: int
    n: int


@dataclass(frozen=True)
class Profile:
    """One table: its identity, its columns, and the few facts that need more than one column."""

    name: str
    sha256: str
    kind: str
    engine: str
    rows: int
    columns: dict[str, ColumnProfile]
    roles: Roles
    duplicate_rows: int = 0
    duplicate_keys: int | None = None
    missing_blocks: tuple[MissingBlock, ...] = ()
    slices: tuple[Slice, ...] = ()
    time_violations: Pairs = field(default_factory=dict)
    arrivals: tuple[Arrivals, ...] = ()
    coverage: tuple[Coverage, ...] = ()
