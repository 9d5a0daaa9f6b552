"""The register of finding kinds: everything that is said or decided of a kind as such stands here, and is derived from here.

A new kind is a member of ``Kind`` and one entry of ``REGISTER``; besides these it needs its check with its sentences, and a
test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

ModeId = Literal["live_data", "integration", "monitoring", "foundations"]
"""The four ways a good pilot dies in production (``golive.readiness.failure_modes``)."""


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


class Kind(StrEnum):
    """What a finding is about. The names are part of the result format: none is renamed or removed."""

    COLUMN_MISSING = "column_missing"
    COLUMN_NEW = "column_new"
    TYPE_CHANGED = "type_changed"
    NUMERIC_AS_TEXT = "numeric_as_text"
    MUST_SUPPORT_MISSING = "must_support_missing"
    RESOURCE_INVALID = "resource_invalid"
    CONTRACT_BROKEN = "contract_broken"
    MISSING_UP = "missing_up"
    MISSING_DOWN = "missing_down"
    DISGUISED_MISSING = "disguised_missing"
    MISSING_BLOCK = "missing_block"
    ALWAYS_MISSING = "always_missing"
    DISTRIBUTION_SHIFT = "distribution_shift"
    CATEGORY_SHARE_SHIFT = "category_share_shift"
    UNSEEN_CATEGORY = "unseen_category"
    MULTIVARIATE_SHIFT = "multivariate_shift"
    UNIT_CHANGE = "unit_change"
    UNIT_MIX = "unit_mix"
    SCALE_ERROR = "scale_error"
    OUT_OF_RANGE = "out_of_range"
    WATCH_RANGE = "watch_range"
    FREE_TEXT_IN_STRUCTURED = "free_text_in_structured"
    CODE_SYSTEM_CHANGE = "code_system_change"
    CODE_SYSTEM_MIX = "code_system_mix"
    CODE_RELEASE_GAP = "code_release_gap"
    CODE_FORMAT_CHANGE = "code_format_change"
    CODE_INVALID = "code_invalid"
    SPELLING_VARIANTS = "spelling_variants"
    DATE_FORMAT_CHANGE = "date_format_change"
    LIMIT_CHANGED = "limit_changed"
    ROUNDING_CHANGED = "rounding_changed"
    COLUMN_SWAP = "column_swap"
    DUPLICATE_ROWS = "duplicate_rows"
    DUPLICATE_KEYS = "duplicate_keys"
    STUCK_VALUE = "stuck_value"
    FEED_STOPPED = "feed_stopped"
    TIME_ORDER = "time_order"
    FUTURE_DATES = "future_dates"
    PATIENT_OVERLAP = "patient_overlap"
    OUTCOME_LEAK = "outcome_leak"
    IDENTIFIER_PRESENT = "identifier_present"
    FREE_TEXT_PRESENT = "free_text_present"
    LABEL_SHIFT = "label_shift"
    LABEL_MISSING = "label_missing"
    LABEL_DELAY = "label_delay"
    PERFORMANCE_DROP = "performance_drop"
    PERFORMANCE_ESTIMATED_DROP = "performance_estimated_drop"
    CALIBRATION_DRIFT = "calibration_drift"
    BELOW_FLOOR = "below_floor"
    BASELINE_NOT_BEATEN = "baseline_not_beaten"
    SUBGROUP_GAP = "subgroup_gap"
    SUBGROUP_TOO_SMALL = "subgroup_too_small"
    SCORE_OUT_OF_RANGE = "score_out_of_range"
    SCORE_SHIFT = "score_shift"
    ALERT_RATE_SHIFT = "alert_rate_shift"
    OUTPUT_MISSING = "output_missing"
    VERSION_MIXED = "version_mixed"
    LATENCY_OVER_BUDGET = "latency_over_budget"
    ERROR_RATE = "error_rate"
    LATE_INPUTS = "late_inputs"
    HALLUCINATION_RATE_UP = "hallucination_rate_up"
    UNSUPPORTED_STATEMENTS = "unsupported_statements"
    LENGTH_SHIFT = "length_shift"
    TEXT_SHIFT = "text_shift"
    CANNOT_CHECK_SOURCE = "cannot_check_source"


class Rows(StrEnum):
    """How the single rows that a finding is about are told, where its repair does not tell them."""

    MISSING = "missing"  # the value is missing
    UNREAD = "unread"  # there is a value, and it is no number
    UNSEEN = "unseen"  # training never held the value


@dataclass(frozen=True)
class Entry:
    """What holds for every finding of one kind.

    ``alert`` starts a sentence that names no value; columns follow it, so it ends with "in", a colon, or nothing.
    ``alarm``, ``watch`` and ``cannot_judge`` are the severities by verdict (a quiet finding informs); ``route`` is the owner.
    A check may give another severity or route with a reason of its own. ``mode`` is the failure mode that the kind is a sign
    of. ``criteria`` are those whose measure asks for the kind (what a repair costs stands with the criterion, as its effort);
    ``no_criterion`` says why there is none. INT-05 and VAL-04 ask for no kind: they read places and repairs of any finding.
    ``explained_by`` are the kinds of the same column that explain it, the strongest explanation first. ``rows`` says how its
    rows are told, ``no_rows`` why they may not be. ``affects_patients``: patients feel it.
    """

    signal: Signal
    alert: str
    alarm: Severity = Severity.MAJOR
    watch: Severity = Severity.MINOR
    cannot_judge: Severity = Severity.INFO
    route: Route = Route.ENGINEERING
    mode: ModeId | None = None
    criteria: tuple[str, ...] = ()
    no_criterion: str = ""
    explained_by: tuple[Kind, ...] = ()
    rows: Rows | None = None
    no_rows: str = ""
    affects_patients: bool = False

    def severity(self, verdict: Verdict) -> Severity:
        """How much a finding with this verdict matters, unless its check knows better."""
        by_verdict = {"alarm": self.alarm, "watch": self.watch, "cannot_judge": self.cannot_judge}
        return by_verdict.get(verdict, Severity.INFO)


UNIT_KINDS = (Kind.UNIT_CHANGE, Kind.UNIT_MIX, Kind.SCALE_ERROR)
"""Numbers in another unit or off by a factor."""
CODE_KINDS = (
    Kind.CODE_SYSTEM_CHANGE,
    Kind.CODE_SYSTEM_MIX,
    Kind.CODE_RELEASE_GAP,
    Kind.CODE_FORMAT_CHANGE,
)
"""Codes of another system, release or form: right where they come from, unknown to the model."""

_OTHER_SCALE = (*UNIT_KINDS, Kind.COLUMN_SWAP)
_WHOLE_COLUMN = "the whole column changed, so no row without the problem is left to compare with"
_CRITICAL, _MAJOR, _INFO = Severity.CRITICAL, Severity.MAJOR, Severity.INFO
_CLINICAL, _PRODUCT, _COMPLIANCE = Route.CLINICAL_INFORMATICS, Route.PRODUCT, Route.COMPLIANCE

REGISTER: Mapping[Kind, Entry] = {
    Kind.COLUMN_MISSING: Entry(Signal.SCHEMA, "No longer delivered:", mode="live_data",
        criteria=("DAT-01", "DAT-02"), explained_by=(Kind.UNIT_CHANGE,),
        no_rows="every live row lacks the column, so no row without the problem is left to compare with"),
    Kind.COLUMN_NEW: Entry(Signal.SCHEMA, "New columns:", watch=_INFO,
        no_criterion="a model does not read a column that training never had",
        explained_by=(Kind.UNIT_CHANGE,)),
    Kind.TYPE_CHANGED: Entry(Signal.SCHEMA, "Another type of values in", criteria=("DAT-01",),
        no_rows=_WHOLE_COLUMN),
    Kind.NUMERIC_AS_TEXT: Entry(Signal.SCHEMA, "Numbers written as text in", mode="live_data",
        criteria=("DAT-03", "REL-05"), rows=Rows.UNREAD),
    Kind.MUST_SUPPORT_MISSING: Entry(Signal.SCHEMA,
        "Elements that a profile requires are filled less often:",
        no_criterion="the columns that are read from the resources are judged for completeness themselves"),
    Kind.RESOURCE_INVALID: Entry(Signal.SCHEMA, "Invalid resources in",
        no_criterion="the columns that are read from the resources are judged for types and codes themselves"),
    Kind.CONTRACT_BROKEN: Entry(Signal.SCHEMA, "The data contract is broken in",
        criteria=("GOV-03",), explained_by=(Kind.COLUMN_MISSING, Kind.MISSING_BLOCK,
        Kind.MISSING_UP, Kind.ALWAYS_MISSING, Kind.OUTPUT_MISSING, *UNIT_KINDS,
        Kind.DISGUISED_MISSING, Kind.FREE_TEXT_IN_STRUCTURED, Kind.CODE_SYSTEM_MIX,
        Kind.CODE_SYSTEM_CHANGE, Kind.CODE_FORMAT_CHANGE, Kind.SPELLING_VARIANTS,
        Kind.UNSEEN_CATEGORY, Kind.OUT_OF_RANGE)),
    Kind.MISSING_UP: Entry(Signal.MISSINGNESS, "More missing values in", mode="live_data",
        criteria=("DAT-02", "GOV-03"), explained_by=(Kind.TYPE_CHANGED, Kind.MISSING_BLOCK),
        rows=Rows.MISSING),
    Kind.MISSING_DOWN: Entry(Signal.MISSINGNESS, "Fewer missing values in", route=_CLINICAL,
        no_criterion="completeness is judged by what is lost, and here nothing is"),
    Kind.DISGUISED_MISSING: Entry(Signal.MISSINGNESS, "Stand-ins for missing values in",
        mode="live_data", criteria=("DAT-02", "DAT-05", "REL-05"),
        explained_by=(Kind.SCORE_OUT_OF_RANGE,)),
    Kind.MISSING_BLOCK: Entry(Signal.MISSINGNESS, "Missing together:", mode="live_data",
        criteria=("DAT-02", "GOV-03"), rows=Rows.MISSING),
    Kind.ALWAYS_MISSING: Entry(Signal.MISSINGNESS, "No values at all in", alarm=_CRITICAL,
        mode="live_data", criteria=("DAT-01", "DAT-02", "GOV-03"),
        explained_by=(Kind.TYPE_CHANGED, Kind.MISSING_BLOCK), rows=Rows.MISSING),
    # The service judges its own columns: that their values are distributed differently says no more.
    Kind.DISTRIBUTION_SHIFT: Entry(Signal.DISTRIBUTION, "Other values than in training in",
        route=_CLINICAL, mode="live_data", criteria=("OBS-01",), explained_by=(*_OTHER_SCALE,
        Kind.DISGUISED_MISSING, Kind.TYPE_CHANGED, *CODE_KINDS, Kind.CODE_INVALID,
        Kind.SPELLING_VARIANTS, Kind.LIMIT_CHANGED, Kind.OUT_OF_RANGE, Kind.STUCK_VALUE,
        Kind.UNSEEN_CATEGORY, Kind.CATEGORY_SHARE_SHIFT, Kind.LATENCY_OVER_BUDGET, Kind.ERROR_RATE,
        Kind.LATE_INPUTS)),
    Kind.CATEGORY_SHARE_SHIFT: Entry(Signal.DISTRIBUTION, "Other shares than in training in",
        route=_CLINICAL,
        no_criterion="told where the distance of the whole column hides it; that distance is what is scored",
        explained_by=(Kind.UNIT_CHANGE, Kind.CODE_SYSTEM_CHANGE, Kind.CODE_SYSTEM_MIX,
        Kind.CODE_FORMAT_CHANGE, Kind.CODE_INVALID, Kind.SPELLING_VARIANTS, Kind.UNSEEN_CATEGORY,
        Kind.ERROR_RATE)),
    Kind.UNSEEN_CATEGORY: Entry(Signal.DISTRIBUTION, "Values never seen in training in",
        route=_CLINICAL, criteria=("CLN-08", "DAT-04"), explained_by=(Kind.UNIT_CHANGE,
        Kind.DISGUISED_MISSING, *CODE_KINDS, Kind.CODE_INVALID, Kind.SPELLING_VARIANTS,
        Kind.ERROR_RATE), rows=Rows.UNSEEN),
    Kind.MULTIVARIATE_SHIFT: Entry(Signal.DISTRIBUTION,
        "Columns taken together differ from training:", route=_PRODUCT,
        no_criterion="it has no size in patients; the columns that carry it are scored one by one"),
    Kind.UNIT_CHANGE: Entry(Signal.MEANING, "Another unit in", alarm=_CRITICAL, mode="live_data",
        criteria=("DAT-01", "DAT-05", "REL-05")),
    Kind.UNIT_MIX: Entry(Signal.MEANING, "Two units mixed in", alarm=_CRITICAL, mode="live_data",
        criteria=("DAT-01", "DAT-05", "REL-05")),
    Kind.SCALE_ERROR: Entry(Signal.MEANING, "Values off by a factor in", alarm=_CRITICAL,
        mode="live_data", criteria=("DAT-01", "DAT-05", "REL-05")),
    Kind.OUT_OF_RANGE: Entry(Signal.MEANING, "Implausible values in", mode="live_data",
        criteria=("CLN-08", "DAT-05", "REL-05"), explained_by=(*_OTHER_SCALE,
        Kind.DISGUISED_MISSING, Kind.LATENCY_OVER_BUDGET, Kind.SCORE_OUT_OF_RANGE)),
    Kind.WATCH_RANGE: Entry(Signal.MEANING, "Extreme values in", route=_CLINICAL,
        no_criterion="an extreme value is possible; whether patients are really that ill is for a clinician to say",
        explained_by=(*_OTHER_SCALE, Kind.DISGUISED_MISSING, Kind.LIMIT_CHANGED)),
    Kind.FREE_TEXT_IN_STRUCTURED: Entry(Signal.MEANING, "Free text in a structured field:",
        mode="live_data", criteria=("DAT-03", "REL-05"), explained_by=(Kind.TYPE_CHANGED,),
        rows=Rows.UNREAD),
    Kind.CODE_SYSTEM_CHANGE: Entry(Signal.MEANING, "Another code system in", alarm=_CRITICAL,
        watch=_CRITICAL, route=_CLINICAL, mode="live_data", criteria=("DAT-04",), rows=Rows.UNSEEN,
        no_rows=_WHOLE_COLUMN),
    Kind.CODE_SYSTEM_MIX: Entry(Signal.MEANING, "Two code systems mixed in", route=_CLINICAL,
        mode="live_data", criteria=("DAT-04",), rows=Rows.UNSEEN),
    Kind.CODE_RELEASE_GAP: Entry(Signal.MEANING, "Codes of another release in", route=_CLINICAL,
        mode="live_data", criteria=("DAT-04",), rows=Rows.UNSEEN),
    Kind.CODE_FORMAT_CHANGE: Entry(Signal.MEANING, "Codes in another form in", criteria=("DAT-04",),
        explained_by=(Kind.CODE_SYSTEM_CHANGE,), rows=Rows.UNSEEN),
    Kind.CODE_INVALID: Entry(Signal.MEANING, "Invalid codes in", route=_CLINICAL,
        criteria=("DAT-04",), rows=Rows.UNSEEN),
    Kind.SPELLING_VARIANTS: Entry(Signal.MEANING, "Other spellings in", mode="live_data",
        no_criterion="the spellings that training never held are scored as unseen values"),
    Kind.DATE_FORMAT_CHANGE: Entry(Signal.MEANING, "Dates in another format in",
        no_criterion="dates that cannot be read are scored as text, and those that are misread by their order",
        no_rows=_WHOLE_COLUMN),
    Kind.LIMIT_CHANGED: Entry(Signal.MEANING, "Another limit of values in",
        no_criterion="it explains a shift of the column, which is scored",
        explained_by=(*_OTHER_SCALE, Kind.LATENCY_OVER_BUDGET)),
    Kind.ROUNDING_CHANGED: Entry(Signal.MEANING, "Another rounding in",
        no_criterion="a value written with fewer digits is the same measurement; a shift it makes is scored as a shift",
        explained_by=(*_OTHER_SCALE, Kind.DISGUISED_MISSING)),
    Kind.COLUMN_SWAP: Entry(Signal.MEANING, "Exchanged columns:", alarm=_CRITICAL,
        no_criterion="both columns shift, and each shift is scored",
        no_rows="it is told by two columns together, not by single rows"),
    Kind.DUPLICATE_ROWS: Entry(Signal.INTEGRITY, "Repeated rows in", mode="integration",
        criteria=("DAT-06",)),
    Kind.DUPLICATE_KEYS: Entry(Signal.INTEGRITY, "Repeated keys in", mode="integration",
        criteria=("DAT-06",)),
    Kind.STUCK_VALUE: Entry(Signal.INTEGRITY, "A value that stays the same in",
        no_criterion="it explains a shift of the column, which is scored",
        explained_by=(*_OTHER_SCALE, Kind.LIMIT_CHANGED, Kind.LATENCY_OVER_BUDGET),
        no_rows="it is told by the order of rows, which outcomes do not know"),
    Kind.FEED_STOPPED: Entry(Signal.INTEGRITY, "The feed stopped in", mode="integration",
        no_criterion="availability is measured on answers, and rows that never came have none",
        no_rows="the rows it is about never arrived"),
    Kind.TIME_ORDER: Entry(Signal.INTEGRITY, "Times in the wrong order in", criteria=("DAT-06",),
        explained_by=(Kind.LATE_INPUTS,)),
    Kind.FUTURE_DATES: Entry(Signal.INTEGRITY, "Dates in the future in", criteria=("DAT-06",)),
    Kind.PATIENT_OVERLAP: Entry(Signal.INTEGRITY, "Patients of training come again in",
        alarm=_CRITICAL, criteria=("DAT-07",)),
    Kind.OUTCOME_LEAK: Entry(Signal.INTEGRITY, "Columns that give the outcome away:",
        alarm=_CRITICAL, criteria=("DAT-07",)),
    Kind.IDENTIFIER_PRESENT: Entry(Signal.IDENTITY, "Identifiers in", route=_COMPLIANCE,
        mode="foundations", criteria=("SEC-06",)),
    Kind.FREE_TEXT_PRESENT: Entry(Signal.IDENTITY, "Free text in", route=_COMPLIANCE,
        mode="foundations", criteria=("SEC-06",)),
    Kind.LABEL_SHIFT: Entry(Signal.LABEL, "Outcomes are distributed differently:", route=_CLINICAL,
        mode="monitoring",
        no_criterion="how often the outcome happens is no fault; what it does to the model is scored as performance",
        explained_by=(Kind.SPELLING_VARIANTS,)),
    Kind.LABEL_MISSING: Entry(Signal.LABEL, "Outcomes are missing:", watch=_MAJOR,
        cannot_judge=_MAJOR, route=_PRODUCT, mode="monitoring", criteria=("OBS-08",),
        rows=Rows.MISSING),
    Kind.LABEL_DELAY: Entry(Signal.LABEL, "Outcomes arrive later:", route=_PRODUCT,
        mode="monitoring", criteria=("OBS-08",)),
    Kind.PERFORMANCE_DROP: Entry(Signal.PERFORMANCE, "Performance fell:", route=_CLINICAL,
        mode="monitoring", criteria=("CLN-01", "CLN-07", "OBS-03"), affects_patients=True),
    Kind.PERFORMANCE_ESTIMATED_DROP: Entry(Signal.PERFORMANCE,
        "Performance is estimated to have fallen:", route=_CLINICAL, mode="monitoring",
        criteria=("OBS-03",)),
    Kind.CALIBRATION_DRIFT: Entry(Signal.PERFORMANCE, "Calibration changed:", route=_CLINICAL,
        mode="monitoring", criteria=("CLN-03",)),
    Kind.BELOW_FLOOR: Entry(Signal.PERFORMANCE, "Performance is below its floor:", alarm=_CRITICAL,
        watch=_MAJOR, route=_CLINICAL, mode="monitoring", criteria=("CLN-02", "CLN-07", "OBS-03"),
        affects_patients=True),
    Kind.BASELINE_NOT_BEATEN: Entry(Signal.PERFORMANCE, "No better than the baseline:",
        route=_PRODUCT, criteria=("SCO-06",)),
    Kind.SUBGROUP_GAP: Entry(Signal.FAIRNESS, "Performance is worse for a group of",
        route=_CLINICAL, mode="live_data", criteria=("CLN-04",)),
    Kind.SUBGROUP_TOO_SMALL: Entry(Signal.FAIRNESS, "Groups too small to be judged in",
        route=_CLINICAL, criteria=("CLN-04",)),
    Kind.SCORE_OUT_OF_RANGE: Entry(Signal.OUTPUT, "Scores out of their range in", watch=_MAJOR,
        mode="monitoring", criteria=("OBS-02",)),
    Kind.SCORE_SHIFT: Entry(Signal.OUTPUT, "Scores are distributed differently:", route=_CLINICAL,
        mode="monitoring", criteria=("OBS-02",), explained_by=(Kind.SCORE_OUT_OF_RANGE,)),
    Kind.ALERT_RATE_SHIFT: Entry(Signal.OUTPUT, "The alert rate changed:", mode="monitoring",
        criteria=("ADO-04", "OBS-02")),
    Kind.OUTPUT_MISSING: Entry(Signal.OUTPUT, "Outputs are missing:", watch=_MAJOR,
        mode="integration", criteria=("OBS-02", "OBS-05"), rows=Rows.MISSING),
    Kind.VERSION_MIXED: Entry(Signal.OUTPUT, "Several model versions answer:", mode="monitoring",
        criteria=("MLO-03",)),
    Kind.LATENCY_OVER_BUDGET: Entry(Signal.OPERATIONS, "Answers take longer than the budget:",
        mode="integration", criteria=("REL-01", "REL-03")),
    Kind.ERROR_RATE: Entry(Signal.OPERATIONS, "Requests fail:", mode="integration",
        criteria=("REL-02",)),
    Kind.LATE_INPUTS: Entry(Signal.OPERATIONS, "Inputs arrive late:", mode="integration",
        criteria=("DAT-06", "INT-01")),
    Kind.HALLUCINATION_RATE_UP: Entry(Signal.GENERATED_TEXT, "More hallucinations in",
        cannot_judge=Severity.MINOR, route=_CLINICAL, mode="monitoring", criteria=("OBS-04",)),
    Kind.UNSUPPORTED_STATEMENTS: Entry(Signal.GENERATED_TEXT, "Statements without support in",
        cannot_judge=Severity.MINOR, route=_CLINICAL, mode="monitoring", criteria=("OBS-04",)),
    Kind.LENGTH_SHIFT: Entry(Signal.GENERATED_TEXT, "Texts of another length in",
        cannot_judge=Severity.MINOR,
        no_criterion="the length of a text says nothing about whether it is right"),
    Kind.TEXT_SHIFT: Entry(Signal.GENERATED_TEXT, "Texts are written differently in",
        no_criterion="how a text is written says nothing about whether it is right",
        explained_by=(Kind.LENGTH_SHIFT,)),
    Kind.CANNOT_CHECK_SOURCE: Entry(Signal.GENERATED_TEXT,
        "Texts that cannot be checked against their source:", cannot_judge=_MAJOR,
        criteria=("OBS-04",)),
}  # fmt: skip
"""Every kind of finding, by family, in the order in which pages list them."""

KINDS: Mapping[Signal, tuple[Kind, ...]] = {
    signal: tuple(k for k, entry in REGISTER.items() if entry.signal is signal) for signal in Signal
}
SIGNAL_OF: Mapping[str, Signal] = {kind: entry.signal for kind, entry in REGISTER.items()}
