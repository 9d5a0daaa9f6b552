"""Assessment: the one result that the CLI prints, the pages draw and the store keeps."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from golive import __version__
from golive.model.columns import ColumnType, Noun, Role, Roles
from golive.model.finding import Finding, Verdict
from golive.model.readiness import Readiness

RESULT_FORMAT = 1


class InputInfo(Noun):
    """Identity of one dataset."""

    name: str
    sha256: str
    rows: int
    columns: int
    kind: str
    engine: str


class Inputs(Noun):
    """The two datasets that were compared."""

    train: InputInfo
    live: InputInfo


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


class Repaired(Noun):
    """What the comparison says of some live columns once the repairs of ``findings`` (ids, in the order applied) are made.

    ``columns`` are those columns as they would be, ``found`` what would be found in them. Checks that need other columns
    are not repeated, and nothing that needs the model's answers or outcomes.
    """

    findings: tuple[str, ...]
    columns: tuple[ColumnResult, ...]
    found: tuple[Finding, ...] = ()


class CodeRelease(Noun):
    """One release of a code system that a column was held against: which file, and how many codes were not in it.

    ``codes`` are those of the release, ``sha256`` is of its file (empty for a list that comes with a library).
    ``train_outside`` and ``live_outside`` are shares of the ``n_train`` and ``n_live`` codes of that system, 0 to 1; ``None``
    where 1 to 10 rows are outside.
    """

    column: str
    system: str
    release: str
    codes: int
    sha256: str = ""
    train_outside: float | None = None
    live_outside: float | None = None
    n_train: int = 0
    n_live: int = 0


class NotAssessed(Noun):
    """Something that was not judged, and why."""

    what: str
    why: str


class CriteriaLock(Noun):
    """When the success criteria were frozen, and whether that was before live data was judged."""

    frozen_at: str | None = None
    sha256: str | None = None
    before_live: bool | None = None
    changes: int = 0


class Assessment(Noun):
    """Everything one assessment says. Equal inputs, configuration and code give an equal assessment but for
    ``session`` and ``created_at``.
    """

    format: int = RESULT_FORMAT
    golive: str = __version__
    created_at: str
    session: str
    seed: int = 0
    project: str = "default"
    config_sha256: str = ""
    inputs: Inputs
    roles: Roles
    columns: tuple[ColumnResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    repaired: tuple[Repaired, ...] = ()
    code_releases: tuple[CodeRelease, ...] = ()
    performance: dict[str, Any] | None = None
    readiness: Readiness
    criteria_lock: CriteriaLock | None = None
    not_assessed: tuple[NotAssessed, ...] = ()

    def column(self, name: str) -> ColumnResult | None:
        """The result of one column, or ``None``."""
        return next((c for c in self.columns if c.name == name), None)

    def count(self, verdict: Verdict) -> int:
        """Number of findings with ``verdict``."""
        return sum(f.verdict is verdict for f in self.findings)
