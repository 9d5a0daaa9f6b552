"""Registers of a pilot: what is in scope, what was decided and put off, who owns what, what it is worth, what happened.

Each row is one noun with an ``id`` that stays the same for its whole life; the store keeps every revision of it.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from golive.model.columns import Noun
from golive.model.readiness import EvidenceItem

Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
EventKind = Literal[
    "model_version_change",
    "ehr_upgrade",
    "code_set_release",
    "new_site",
    "intended_use_change",
    "major_incident",
]
Layer = Literal["data_check", "technical", "operational", "clinical", "business"]
MOST_DAYS, MOST_MINUTES, MOST_MONEY = 100_000, 10_000_000, 1e15
"""Largest numbers of a register that are taken: a slip of the keyboard is found where it is typed."""
OWNER_ROLES = ("product", "clinical safety", "data", "operations")
"""The four roles that GOV-01 asks for; a register may hold more."""


class ScopeItem(Noun):
    """One thing this release does, does on purpose not do, or does later."""

    id: Key
    item: str = Field(min_length=1)
    status: Literal["in", "not_doing", "deferred"] = "in"
    reason: str = ""
    owner: str = ""
    risk_if_misused: str = ""
    how_prevented: str = ""
    revisit_on: date | None = None


class Deferral(Noun):
    """A decision that was put off: why, who decides, and by when. ``decided`` and ``wont_do`` close it."""

    id: Key
    item: str = Field(min_length=1)
    reason: str = ""
    owner: str = ""
    decide_by: date | None = None
    state: Literal["open", "decided", "wont_do"] = "open"
    criterion: str = ""
    pull_forward_when: str = ""


class DecisionRow(Noun):
    """One decision of the pilot with what was considered and what risk is left."""

    id: Key
    decided_on: date | None = None
    decision: str = Field(min_length=1)
    type: Literal[
        "scope",
        "defer",
        "accept_risk",
        "waive_gate",
        "threshold_change",
        "supplier",
        "architecture",
    ] = "scope"
    reason: str = ""
    options: str = ""
    owner: str = ""
    approver: str = ""
    review_on: date | None = None
    state: Literal["open", "done", "superseded"] = "open"
    criterion: str = ""
    residual_risk: str = ""


class OwnerRow(Noun):
    """Who answers for a part of the pilot, who stands in, how to reach them, and when they accepted it."""

    id: Key
    name: str = ""
    deputy: str = ""
    contact: str = ""
    hours: str = ""
    escalates_to: str = ""
    accepted_on: date | None = None


class Kpi(Noun):
    """One indicator of the tree from a data check to a business result. ``feeds`` is the id of the one above it.

    ``baseline_weeks`` is how long the baseline was recorded before first use, ``comparison`` what a change is held against.
    """

    id: Key
    name: str = Field(min_length=1)
    layer: Layer = "technical"
    definition: str = ""
    unit: str = ""
    baseline: float | None = Field(default=None, allow_inf_nan=False)
    baseline_weeks: float | None = Field(default=None, ge=0, le=MOST_DAYS)
    comparison: Literal["none", "before_after", "control_group", "stepped_wedge"] = "none"
    target: float | None = Field(default=None, allow_inf_nan=False)
    owner: str = ""
    source: str = ""
    linked_check: str = ""
    feeds: str = ""


class ValueLine(Noun):
    """One cost or benefit as a range: ``low`` and ``high`` are the 10th and 90th percentile of what is expected.

    ``once`` is paid at the start, ``yearly`` every year of use.
    """

    id: Key
    name: str = Field(min_length=1)
    side: Literal["cost", "benefit"] = "cost"
    part: Literal[
        "licence",
        "integration",
        "monitoring",
        "retraining",
        "support",
        "clinician_time",
        "compliance",
        "benefit",
        "other",
    ] = "other"
    timing: Literal["once", "yearly"] = "yearly"
    low: float | None = Field(default=None, ge=0, le=MOST_MONEY)
    likely: float | None = Field(default=None, ge=0, le=MOST_MONEY)
    high: float | None = Field(default=None, ge=0, le=MOST_MONEY)
    source: str = ""
    owner: str = ""


class Event(Noun):
    """Something that happened to the pilot and takes the ground from evidence issued before it."""

    id: Key
    kind: EventKind
    on: date
    what: str = ""
    model_version: str = ""
    site: str = ""
    owner: str = ""


class Manifest(Noun):
    """What a model version was made from: the SHA-256 of its training file, its code and its settings."""

    id: Key
    model_version: str = ""
    train_sha256: str = Field(default="", pattern=r"^([0-9a-fA-F]{64})?$")
    code: str = ""
    settings: str = ""
    built_on: date | None = None
    owner: str = ""


class Training(Noun):
    """Who was trained for what, when, and whether they passed."""

    id: Key
    role: str = ""
    topic: str = ""
    trained_on: date | None = None
    passed: bool = False


class Drill(Noun):
    """A rehearsal: what was tried, when, how long it took in minutes, and what came out."""

    id: Key
    drill: str = Field(min_length=1)
    held_on: date | None = None
    minutes: float | None = Field(default=None, ge=0, le=MOST_MINUTES)
    result: Literal["passed", "failed", "partly"] = "passed"
    criterion: str = ""
    owner: str = ""
    lesson: str = ""


class Hazard(Noun):
    """What can harm a patient, how bad and how likely (1 to 5), what holds it back, and who watches it."""

    id: Key
    hazard: str = Field(min_length=1)
    harm: str = ""
    severity: int | None = Field(default=None, ge=1, le=5)
    likelihood: int | None = Field(default=None, ge=1, le=5)
    control: str = ""
    state: Literal["open", "controlled", "accepted"] = "open"
    owner: str = ""


class Milestone(Noun):
    """One piece of work until go-live, in working days (10th percentile, median, 90th), and the ids it waits for."""

    id: Key
    name: str = Field(min_length=1)
    track: str = ""
    low: float | None = Field(default=None, ge=0, le=MOST_DAYS)
    likely: float | None = Field(default=None, ge=0, le=MOST_DAYS)
    high: float | None = Field(default=None, ge=0, le=MOST_DAYS)
    after: str = ""
    owner: str = ""


class PolicyFile(Noun):
    """A readiness policy that an organisation brought: its text as it was, and why it differs from the shipped one."""

    id: Key = "policy"
    name: str
    version: str
    reason: str = Field(min_length=1)
    text: str


class PlanRow(Noun):
    """Who does a step of the plan, by when, and how far it is. ``id`` is the criterion."""

    id: Key
    owner: str = ""
    due: date | None = None
    state: Literal["open", "doing", "done"] = "open"
    note: str = ""


class Proposal(Noun):
    """Evidence that one person proposes and another accepts; until then it counts for nothing."""

    id: Key
    evidence: EvidenceItem
    proposed_by: str
    state: Literal["proposed", "accepted", "returned"] = "proposed"
    decided_by: str = ""
    note: str = ""


class Registers(Noun):
    """All registers of a project that bear on readiness, as they stand."""

    scope: tuple[ScopeItem, ...] = ()
    deferrals: tuple[Deferral, ...] = ()
    owners: tuple[OwnerRow, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    value: tuple[ValueLine, ...] = ()
    events: tuple[Event, ...] = ()
    manifests: tuple[Manifest, ...] = ()
    decisions: tuple[DecisionRow, ...] = ()
    training: tuple[Training, ...] = ()
    drills: tuple[Drill, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    changed_on: dict[str, date] = Field(
        default_factory=dict, description="last change per register, by the names above"
    )
