"""One column of an assessment: what it is on both sides, how far it drifted, and its picture."""

from __future__ import annotations

from pydantic import Field

from golive.model.columns import ColumnType, Noun, Role
from golive.model.finding import Verdict


class SliceSeries(Noun):
    """One column in the slices of one dataset: by ``site``, by ``model_version`` or by ``time`` (windows in their order).

    ``column`` cuts the rows; ``values`` name the slices (a window by its first day), ``n`` are their rows (11 or more). Every
    other list has one entry per slice, ``None`` where it would speak of 1 to 10 rows. ``missing_share`` and ``shares`` are 0
    to 1; ``low``, ``median`` and ``high`` are quartiles in the column's unit; ``shares`` are of the values that moved most.
    """

    by: str
    column: str
    values: tuple[str, ...]
    n: tuple[int, ...]
    missing_share: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    median: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    shares: dict[str, tuple[float | None, ...]] = Field(default_factory=dict)


class SideResult(Noun):
    """One column in one dataset: counts and, for numbers, moments and quantiles. ``missing_share`` is 0 to 1.

    ``slices`` say the same of each site, model version and week, as far as the roles name such columns.
    """

    n: int
    missing: int
    missing_share: float
    distinct: int
    unparsed: int = 0
    mean: float | None = None
    std: float | None = None
    min: float | None = None
    max: float | None = None
    quantiles: dict[str, float] = Field(default_factory=dict)
    first: str | None = None
    last: str | None = None
    slices: tuple[SliceSeries, ...] = ()


class Picture(Noun):
    """Binned counts of both sides for drawing; ``None`` is a suppressed cell (1 to 10 rows).

    ``edges`` (length bins + 1) for numbers and dates, ``labels`` (length bins) for categories.
    """

    edges: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()
    train: tuple[int | None, ...] = ()
    live: tuple[int | None, ...] = ()
    below: tuple[int | None, int | None] = (0, 0)
    above: tuple[int | None, int | None] = (0, 0)


class DriftResult(Noun):
    """A drift score and what it means at these sample sizes.

    ``floor`` is the score that no change at all exceeds with probability alpha at these two sizes; ``p_adjusted`` is
    Benjamini-Hochberg over columns; ``smallest_detectable`` is the smallest score these sizes show with 80 % power.
    ``effective_*`` are effective sample sizes where rows of a patient repeat each other, ``None`` where they do not: chance
    is that of so many independent values.
    """

    method: str
    score: float | None = None
    threshold: float
    floor: float | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    smallest_detectable: float | None = None
    verdict: Verdict
    reason: str = ""
    n_train: int = 0
    n_live: int = 0
    effective_train: int | None = None
    effective_live: int | None = None


class ColumnResult(Noun):
    """One column: what it is, both sides, its drift and its picture."""

    name: str
    type: ColumnType
    role: Role
    reason: str = ""
    train: SideResult | None = None
    live: SideResult | None = None
    drift: DriftResult | None = None
    picture: Picture | None = None
    importance: float | None = None
