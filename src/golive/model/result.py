"""Assessment: the one result that the CLI prints, the pages draw and the store keeps."""

from __future__ import annotations

from golive import __version__
from golive.model.column_result import ColumnResult, DriftResult, Picture, SideResult, SliceSeries
from golive.model.columns import Noun, Roles
from golive.model.finding import Finding, Verdict
from golive.model.measured.performance import Performance
from golive.model.readiness import Readiness

RESULT_FORMAT = 1

__all__ = [
    "RESULT_FORMAT",
    "Assessment",
    "CodeRelease",
    "ColumnResult",
    "CriteriaLock",
    "DriftResult",
    "InputInfo",
    "Inputs",
    "NotAssessed",
    "Picture",
    "Repaired",
    "SideResult",
    "SliceSeries",
]


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
    performance: Performance | None = None
    readiness: Readiness
    criteria_lock: CriteriaLock | None = None
    not_assessed: tuple[NotAssessed, ...] = ()

    @property
    def measured(self) -> Performance:
        """``performance``, empty where nothing was measured: ``assessment.measured.auroc.live.value``."""
        return self.performance or Performance()

    def column(self, name: str) -> ColumnResult | None:
        """The result of one column, or ``None``."""
        return next((c for c in self.columns if c.name == name), None)

    def count(self, verdict: Verdict) -> int:
        """Number of findings with ``verdict``."""
        return sum(f.verdict is verdict for f in self.findings)
