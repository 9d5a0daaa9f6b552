"""Nouns of the readiness verdict: risk profile, evidence, criteria, dimensions, gates, next steps."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field

from golive.model.columns import Noun

Situation = Literal["critical", "serious", "non_serious"]
Significance = Literal["inform", "drive", "treat_diagnose"]
Modifier = Literal[
    "autonomous",
    "patient_facing",
    "minutes_or_irreversible",
    "vulnerable_population",
    "unreviewed_text",
]
Flag = Literal[
    "genai",
    "writeback",
    "ehr",
    "alerts",
    "device_us",
    "device_eu",
    "canada",
    "not_a_device",
    "care_access",
]
Grade = Literal["E0", "E1", "E2", "E3", "E4"]


class Tier(StrEnum):
    """Risk tier: low, moderate, high, critical."""

    LOW = "L"
    MODERATE = "M"
    HIGH = "H"
    CRITICAL = "C"


class ReadinessVerdict(StrEnum):
    """The four words. ``stop`` overrides the others."""

    READY = "ready"
    CONDITIONAL = "conditional"
    PILOT = "pilot"
    STOP = "stop"


class GateState(StrEnum):
    """State of a gate: proven, refuted, or without sufficient proof."""

    PASS = "pass"  # noqa: S105 - a gate passes
    FAIL = "fail"
    UNVERIFIED = "unverified"


class RiskProfile(Noun):
    """Situation and significance (IMDRF/SaMD WG/N12, 2014), escalators, and flags that switch criteria on."""

    situation: Situation = "serious"
    significance: Significance = "drive"
    modifiers: tuple[Modifier, ...] = ()
    flags: tuple[Flag, ...] = ()


class EvidenceItem(Noun):
    """A document, a drill, an attestation or an independent review that supports one criterion.

    ``grade`` caps the level: E0 bare assertion (1), E1 named attestation with a date (2), E2 artefact with owner and expiry
    (3), E3 system-generated or measured (4), E4 independent review (4). ``claim_level`` is 0 to 4.
    """

    id: str
    criterion: str
    kind: Literal["document", "attestation", "drill", "independent", "auto"] = "attestation"
    grade: Grade = "E0"
    claim_level: int = Field(ge=0, le=4)
    owner: str = ""
    reviewer: str = ""
    link: str = ""
    sha256: str = ""
    issued: date | None = None
    expires: date | None = None
    model_version: str = ""
    site: str = ""
    note: str = ""


class Waiver(Noun):
    """A release gate accepted unmet for a time, with what compensates for it. Hard gates cannot be waived."""

    criterion: str
    compensating_control: str
    owner: str
    approver: str
    starts: date
    expires: date
    reason: str = ""


class Measurement(Noun):
    """A criterion's level as the data shows it: the level, the number behind it, and the findings it came from.

    ``measured_on`` is the day it was measured where that is not the day of the data (a register is read today), and
    ``read_from`` names the register that was read instead of data.
    """

    criterion: str
    level: int | None = Field(default=None, ge=0, le=4)
    value: str = ""
    reason: str = ""
    findings: tuple[str, ...] = ()
    n: int | None = None
    measured_on: date | None = None
    read_from: str = ""


class CriterionScore(Noun):
    """One criterion as scored: effective ``level``, what was ``claimed``, what was ``measured``, and its gate."""

    id: str
    dimension: str
    title: str
    question: str
    kind: Literal["condition", "capability"]
    weight: float
    level: int | None
    freshness: float
    points: float | None
    claimed: int | None
    measured: int | None
    measurement: str = ""
    evidence: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    read_from: str = Field(
        default="", description="the register that the measurement was read from; empty: from data"
    )
    gate: int | None = None
    hard: bool = False
    gate_state: GateState | None = None
    waived: bool = False


class DimensionScore(Noun):
    """A dimension: ``point`` among what was assessed, ``low`` what is proven, ``high`` what is still possible (0-100)."""

    id: str
    name: str
    weight: float
    point: float | None
    low: float
    high: float
    coverage: float


class NextStep(Noun):
    """What to do next: FIX (improve), PROVE (collect evidence) or REFRESH (renew), with its value and effort (1-5)."""

    criterion: str
    label: Literal["FIX", "PROVE", "REFRESH"]
    title: str
    why: str
    fix: str
    effort: int
    gain: float
    gain_low: float
    gain_mean: float
    gate_state: GateState | None = None
    hard: bool = False
    level: int | None = None
    target: int
    route: str = ""
    days: float | None = Field(
        default=None, description="person-days of the effort by the policy that judged"
    )


class Readiness(Noun):
    """The verdict with its interval, coverage, reasons and plan."""

    tier: Tier
    verdict: ReadinessVerdict
    index: float | None
    low: float | None
    high: float | None
    coverage: float
    stop: tuple[str, ...] = ()
    weakest: str | None = None
    mean: float | None = None
    stage: str = ""
    stage_name: str = Field(
        default="", description="the stage in the words of the policy that judged"
    )
    reasons: tuple[str, ...] = ()
    stability: float | None = None
    dimensions: tuple[DimensionScore, ...] = ()
    criteria: tuple[CriterionScore, ...] = ()
    next: tuple[NextStep, ...] = ()
    policy: str = ""
