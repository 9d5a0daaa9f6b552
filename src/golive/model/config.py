"""Config: what a person decides about an assessment. Every key optional; unknown keys name the nearest known one."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field, FiniteFloat, ValidationError

from golive.model.columns import ColumnType, Noun, Roles
from golive.model.errors import InputError, Problem, nearest
from golive.model.readiness import EvidenceItem, RiskProfile, Waiver

NumericMethod = Literal[
    "wasserstein",
    "ks",
    "psi",
    "jensenshannon",
    "hellinger",
    "kl_div",
    "ed",
    "cramer_von_mises",
    "anderson",
    "t_test",
    "mannw",
]
CategoricalMethod = Literal["jensenshannon", "psi", "hellinger", "kl_div", "TVD", "chisquare", "g_test", "z"]


class ColumnConfig(Noun):
    """What is declared of one column: UCUM unit, LOINC code, code system and release, plausible range, importance 0-1."""

    type: ColumnType | None = None
    unit: str | None = None
    loinc: str | None = None
    system: str | None = None
    release: str | None = None
    required: bool | None = None
    range: tuple[float, float] | None = None
    importance: float | None = Field(default=None, ge=0, le=1)


class DriftConfig(Noun):
    """How drift is judged. Method and threshold are fixed by column type, never by row count (design section 3).

    ``threshold`` is the practical effect above which a shift matters, ``alpha`` the significance level after
    Benjamini-Hochberg, ``drift_share`` the share of drifted columns that an export reports as dataset drift.
    """

    numeric: NumericMethod = "wasserstein"
    categorical: CategoricalMethod = "jensenshannon"
    threshold: float = Field(default=0.1, gt=0)
    alpha: float = Field(default=0.01, gt=0, lt=0.5)
    drift_share: float = Field(default=0.3, gt=0, le=1)


class OutputsConfig(Noun):
    """Generated text: the columns with the output, its source, and a reviewer's label of hallucination.

    ``second_label`` is the label of a second, independent reviewer, ``severity`` how harmful an output is, ``detector`` the
    score of the team's own hallucination detector (higher is worse).
    """

    note: str | None = None
    source: str | None = None
    label: str | None = None
    second_label: str | None = None
    severity: str | None = None
    detector: str | None = None


class OperationsConfig(Noun):
    """Columns of the serving log."""

    latency_ms: str | None = None
    status: str | None = None
    received_time: str | None = None


class Config(Noun):
    """The whole ``--config`` file (``interface.md``)."""

    project: str = "default"
    intended_use: str = ""
    risk: RiskProfile = RiskProfile()
    roles: Roles = Roles()
    columns: dict[str, ColumnConfig] = Field(default_factory=dict)
    class_scores: dict[str, str] = Field(
        default_factory=dict, description="outcome value -> column with its score, where an outcome has several classes"
    )
    operating_threshold: FiniteFloat | None = None
    floors: dict[str, FiniteFloat] = Field(default_factory=dict)
    latency_budget_ms: FiniteFloat | None = None
    alert_limit_per_day: FiniteFloat | None = Field(
        default=None, gt=0, description="most alerts per site and day that those who answer have agreed to"
    )
    drift: DriftConfig = DriftConfig()
    evidence: tuple[EvidenceItem, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    fhir_views: tuple[dict[str, Any], ...] = Field(
        default=(), description="own SQL-on-FHIR ViewDefinitions; in the file: a folder of them, or the file of one"
    )
    outputs: OutputsConfig | None = None
    operations: OperationsConfig | None = None
    as_of: date | None = Field(default=None, description="day on which evidence is aged; today when absent")
    seed: int = 0


def _known(location: tuple[Any, ...]) -> list[str]:
    """Names that are allowed beside the unknown key at ``location``."""
    model: Any = Config
    for part in location[:-1]:
        field = getattr(model, "model_fields", {}).get(part)
        if field is None:
            model = ColumnConfig if location[0] == "columns" else model
            continue
        annotation = field.annotation
        candidates = (annotation, *getattr(annotation, "__args__", ()))
        model = next((a for a in candidates if isinstance(a, type) and hasattr(a, "model_fields")), model)
    return list(getattr(model, "model_fields", {}))


def parse_config(data: dict[str, Any], where: str = "config") -> Config:
    """Validate a mapping as a ``Config``.

    Raises:
        InputError: every wrong key and value, each with its place, and for unknown keys the nearest known name.
    """
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        problems = []
        for item in error.errors():
            place = ".".join(str(p) for p in item["loc"])
            if item["type"] == "extra_forbidden":
                hint = nearest(str(item["loc"][-1]), _known(item["loc"]))
                problems.append(Problem("CONFIG_UNKNOWN_KEY", f"'{place}' is not a known key.", hint, where))
            else:
                found = repr(item.get("input"))[:60]
                problems.append(Problem("CONFIG_VALUE", f"'{place}' is {found}: {item['msg']}.", "", where))
        raise InputError(problems) from None
