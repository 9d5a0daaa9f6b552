"""Finding: one thing that was measured and judged, with its size, its certainty, its owner and its repair."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field, field_validator, model_validator

from golive.model.columns import Noun
from golive.model.profile import SMALL_CELL


class Verdict(StrEnum):
    """What a finding says. Order of urgency: alarm, watch, cannot_judge, quiet."""

    ALARM = "alarm"
    WATCH = "watch"
    QUIET = "quiet"
    CANNOT_JUDGE = "cannot_judge"


class Severity(StrEnum):
    """How much it matters if it is true."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"


class Route(StrEnum):
    """Who acts on it."""

    ENGINEERING = "engineering"
    CLINICAL_INFORMATICS = "clinical_informatics"
    PRODUCT = "product"
    COMPLIANCE = "compliance"


class Signal(StrEnum):
    """Family of a finding."""

    SCHEMA = "schema"
    MISSINGNESS = "missingness"
    DISTRIBUTION = "distribution"
    MEANING = "meaning"
    INTEGRITY = "integrity"
    IDENTITY = "identity"
    LABEL = "label"
    PERFORMANCE = "performance"
    FAIRNESS = "fairness"
    OUTPUT = "output"
    OPERATIONS = "operations"
    GENERATED_TEXT = "generated_text"


KINDS: dict[Signal, tuple[str, ...]] = {
    Signal.SCHEMA: (
        "column_missing",
        "column_new",
        "type_changed",
        "numeric_as_text",
        "must_support_missing",
        "resource_invalid",
        "contract_broken",
    ),
    Signal.MISSINGNESS: (
        "missing_up",
        "missing_down",
        "disguised_missing",
        "missing_block",
        "always_missing",
    ),
    Signal.DISTRIBUTION: (
        "distribution_shift",
        "category_share_shift",
        "unseen_category",
        "multivariate_shift",
    ),
    Signal.MEANING: (
        "unit_change",
        "unit_mix",
        "scale_error",
        "out_of_range",
        "watch_range",
        "free_text_in_structured",
        "code_system_change",
        "code_system_mix",
        "code_release_gap",
        "code_format_change",
        "code_invalid",
        "spelling_variants",
        "date_format_change",
        "limit_changed",
        "rounding_changed",
        "column_swap",
    ),
    Signal.INTEGRITY: (
        "duplicate_rows",
        "duplicate_keys",
        "stuck_value",
        "feed_stopped",
        "time_order",
        "future_dates",
        "patient_overlap",
        "outcome_leak",
    ),
    Signal.IDENTITY: ("identifier_present", "free_text_present"),
    Signal.LABEL: ("label_shift", "label_missing", "label_delay"),
    Signal.PERFORMANCE: (
        "performance_drop",
        "performance_estimated_drop",
        "calibration_drift",
        "below_floor",
        "baseline_not_beaten",
    ),
    Signal.FAIRNESS: ("subgroup_gap", "subgroup_too_small"),
    Signal.OUTPUT: (
        "score_out_of_range",
        "score_shift",
        "alert_rate_shift",
        "output_missing",
        "version_mixed",
    ),
    Signal.OPERATIONS: ("latency_over_budget", "error_rate", "late_inputs"),
    Signal.GENERATED_TEXT: (
        "hallucination_rate_up",
        "unsupported_statements",
        "length_shift",
        "text_shift",
        "cannot_check_source",
    ),
}
SIGNAL_OF: dict[str, Signal] = {kind: signal for signal, kinds in KINDS.items() for kind in kinds}


class Effect(Noun):
    """The size of a finding: one named quantity in training and live, the change, and an interval for the change.

    ``name`` is the quantity (``missing_share``, ``wasserstein``, ``median``); shares are 0 to 1. ``low`` and ``high`` bound
    ``change`` at 95 % unless the explanation says otherwise. ``n_*`` are the rows the value was computed on.
    """

    name: str
    train: float | None = None
    live: float | None = None
    change: float | None = None
    low: float | None = None
    high: float | None = None
    n_train: int = 0
    n_live: int = 0


class WhatIf(Noun):
    """A repair as data, and the drift score before and after it was applied to the profile.

    ``repair`` is one of the forms of ``golive.compare.repairs.repair`` (``{"op": "convert", "column": ..., "factor": ...}``).
    """

    repair: dict[str, Any]
    before: float | None = None
    after: float | None = None


class SliceShare(Noun):
    """How much of a finding one slice carries: ``value`` of the finding's effect among the ``n`` rows of the slice."""

    by: str
    value: str
    n: int
    effect: float | None = None
    since: str | None = None


class Segment(Noun):
    """The slice that a finding is about, when it is not the whole live data: ``column`` = ``value``, from ``since`` on."""

    column: str
    value: str
    since: str | None = None


class Finding(Noun):
    """One measured and judged fact. ``rows_affected`` of 1 to 10 is not kept: it becomes ``None``."""

    id: str
    signal: Signal
    kind: str
    columns: tuple[str, ...] = ()
    segment: Segment | None = None
    verdict: Verdict
    severity: Severity
    route: Route
    title: str
    explanation: str = ""
    effect: Effect | None = None
    evidence: tuple[str, ...] = ()
    ruled_out: tuple[str, ...] = ()
    rows_affected: int | None = None
    fix: str = ""
    what_if: WhatIf | None = None
    slices: tuple[SliceShare, ...] = ()
    cause: str | None = Field(default=None, description="id of the finding that explains this one")

    @field_validator("rows_affected")
    @classmethod
    def _no_small_cell(cls, rows: int | None) -> int | None:
        return None if rows is not None and 0 < rows < SMALL_CELL else rows

    @model_validator(mode="after")
    def _kind_belongs_to_signal(self) -> Finding:
        if SIGNAL_OF.get(self.kind) is not self.signal:
            msg = f"kind '{self.kind}' is not of signal '{self.signal}'"
            raise ValueError(msg)
        return self


def finding(
    kind: str,
    verdict: Verdict,
    *,
    columns: tuple[str, ...] | list[str] = (),
    severity: Severity = Severity.MAJOR,
    route: Route = Route.ENGINEERING,
    title: str,
    segment: Segment | None = None,
    **rest: Any,
) -> Finding:
    """Build a finding; signal and id follow from kind, columns and segment, so that the same fact keeps its id.

    Raises:
        ValueError: ``kind`` is not one of ``KINDS``.
    """
    if kind not in SIGNAL_OF:
        msg = f"unknown kind '{kind}'"
        raise ValueError(msg)
    where = f"@{segment.column}={segment.value}" if segment else ""
    return Finding(
        id=f"{kind}:{'+'.join(columns)}{where}",
        signal=SIGNAL_OF[kind],
        kind=kind,
        columns=tuple(columns),
        verdict=verdict,
        severity=severity,
        route=route,
        title=title,
        segment=segment,
        **rest,
    )
