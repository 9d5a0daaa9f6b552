"""Config: what a person decides about an assessment. Every key optional; unknown keys name the nearest known one."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, FiniteFloat, ValidationError

from golive.model.columns import ColumnType, Noun, Roles
from golive.model.errors import InputError, Problem, complaints, nearest
from golive.model.readiness import EvidenceItem, RiskProfile, Waiver
from golive.model.routing import RoutingRule
from golive.model.text_judge import TextJudgeConfig

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
CategoricalMethod = Literal[
    "jensenshannon", "psi", "hellinger", "kl_div", "TVD", "chisquare", "g_test", "z"
]


FLOORS = (
    "auroc",
    "auprc",
    "balanced_accuracy",
    "sensitivity",
    "specificity",
    "ppv",
    "npv",
    "accuracy",
    "macro_auroc",
    "macro_recall",
    "macro_f1",
)
"""Metrics that a floor can be set for: the higher the better, from 0 to 1."""
_SAME = {
    "auc": "auroc",
    "roc_auc": "auroc",
    "average_precision": "auprc",
    "pr_auc": "auprc",
    "recall": "sensitivity",
    "tpr": "sensitivity",
    "tnr": "specificity",
    "precision": "ppv",
}
_LOWER = ("brier", "log_loss", "mae", "rmse", "ece", "alert_rate", "error_rate", "latency_ms")

Share = Annotated[float, Field(ge=0, le=1)]
"""A number from 0 to 1."""


def _ascending(limits: tuple[float, float]) -> tuple[float, float]:
    if not limits[0] <= limits[1]:  # also where one of them is not a number
        msg = "give the lower limit first and the upper limit second"
        raise ValueError(msg)
    return limits


class ColumnConfig(Noun):
    """What is declared of one column: UCUM unit, LOINC code, code system and release, plausible range, importance 0-1."""

    type: ColumnType | None = None
    unit: str | None = None
    loinc: str | None = None
    system: str | None = None
    release: str | None = None
    required: bool | None = None
    range: Annotated[tuple[float, float], AfterValidator(_ascending)] | None = None
    importance: float | None = Field(default=None, ge=0, le=1)


class DriftConfig(Noun):
    """How drift is judged. Method and threshold are fixed by column type, never by row count.

    ``threshold`` is the practical effect above which a shift matters, ``alpha`` the significance level after
    Benjamini-Hochberg, ``drift_share`` the share of drifted columns that an export reports as dataset drift.
    """

    numeric: NumericMethod = "wasserstein"
    categorical: CategoricalMethod = "jensenshannon"
    threshold: FiniteFloat = Field(default=0.1, gt=0)
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
    """Columns of the serving log.

    ``response`` says whether a person accepted or overrode the output, ``override_reason`` why, ``user`` who saw it, and
    ``written_to`` whose record the result reached, in the ids of the role id.
    """

    latency_ms: str | None = None
    status: str | None = None
    received_time: str | None = None
    response: str | None = None
    override_reason: str | None = None
    user: str | None = None
    written_to: str | None = None


class Config(Noun):
    """The whole ``--config`` file."""

    project: str = "default"
    intended_use: str = ""
    risk: RiskProfile = RiskProfile()
    roles: Roles = Roles()
    columns: dict[str, ColumnConfig] = Field(default_factory=dict)
    class_scores: dict[str, str] = Field(
        default_factory=dict,
        description="outcome value -> column with its score, where an outcome has several classes",
    )
    operating_threshold: FiniteFloat | None = None
    floors: dict[str, Share] = Field(
        default_factory=dict, description="metric -> the least that live data may show, 0 to 1"
    )
    latency_budget_ms: FiniteFloat | None = Field(default=None, gt=0)
    alert_limit_per_day: FiniteFloat | None = Field(
        default=None,
        gt=0,
        description="most alerts per site and day that those who answer have agreed to",
    )
    intended_users: int | None = Field(
        default=None,
        gt=0,
        description="people who are meant to use it; those seen in the log are held against them",
    )
    drift: DriftConfig = DriftConfig()
    routing: tuple[RoutingRule, ...] = ()
    evidence: tuple[EvidenceItem, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    fhir_views: tuple[dict[str, Any], ...] = Field(
        default=(),
        description="own SQL-on-FHIR ViewDefinitions; in the file: a folder of them, or the file of one",
    )
    outputs: OutputsConfig | None = None
    text_judge: TextJudgeConfig | None = None
    operations: OperationsConfig | None = None
    as_of: date | None = Field(
        default=None, description="day on which evidence is aged; today when absent"
    )
    seed: int = Field(default=0, ge=0)


def _known(location: tuple[Any, ...]) -> list[str]:
    """Names that are allowed beside the unknown key at ``location``."""
    model: type[BaseModel] = Config
    for part in location[:-1]:
        field = model.model_fields.get(part)
        if field is None:
            model = ColumnConfig if location[0] == "columns" else model
            continue
        candidates = (field.annotation, *getattr(field.annotation, "__args__", ()))
        nouns = (a for a in candidates if isinstance(a, type) and issubclass(a, BaseModel))
        model = next(nouns, model)
    return list(model.model_fields)


def parse_config(data: dict[str, Any], where: str = "config") -> Config:
    """Validate a mapping as a ``Config``.

    Raises:
        InputError: every wrong key and value, each with its place, and for unknown keys the nearest known name.
    """
    problems = _floor_names(data.get("floors"), where)
    codes = ("CONFIG_UNKNOWN_KEY", "", "CONFIG_VALUE")
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        raise InputError([*problems, *complaints(error, codes, where, _known)]) from None
    if problems:
        raise InputError(problems)
    return config


def _floor_names(floors: Any, where: str) -> list[Problem]:
    """Floors that nothing would ever be held against, each with the name it may have meant."""
    found = []
    for name in floors if isinstance(floors, dict) else ():
        key = str(name).lower().replace("-", "_")
        hint = f"Did you mean '{_SAME[key]}'?" if key in _SAME else nearest(key, FLOORS)
        if key in _LOWER:
            hint = f"It is better the lower it is, and a floor is the least that may be shown. Known: {', '.join(FLOORS)}."
        if name not in FLOORS:
            sentence = f"'floors.{name}' is no metric that a floor holds for."
            found.append(Problem("CONFIG_UNKNOWN_KEY", sentence, hint, where))
    return found
