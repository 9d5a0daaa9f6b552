"""Nouns of watching a model after go-live: batches, what was observed in them, alerts, deliveries and mutes.

All of them are kept in the store as revised items (``golive.store.monitors``). None holds a value of a patient: observations
carry kinds, column names, sizes and counts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from golive.model.columns import Noun
from golive.model.finding import Route, Severity
from golive.model.readiness import ReadinessVerdict

Level = Literal["alarm", "watch", "cannot_judge"]
BatchState = Literal["assessed", "empty", "unreadable", "other_schema", "expired"]
AlertState = Literal["open", "acknowledged", "resolved", "cleared"]
Happened = Literal[
    "opened",
    "joined",
    "reopened",
    "cleared",
    "acknowledged",
    "assigned",
    "resolved",
    "noted",
    "escalated",
    "worsened",
]


class Observation(Noun):
    """One finding of a batch that asks for something, reduced to what alerts are made of.

    ``size`` is the change of the finding's effect in its own unit, ``cause`` the id of the finding that explains it.
    """

    finding: str
    kind: str
    columns: tuple[str, ...] = ()
    segment: str = ""
    level: Level
    severity: Severity
    route: Route
    title: str = ""
    size: float | None = None
    cause: str | None = None


class Batch(Noun):
    """One delivery of live data, judged once. ``id`` is the hash of its content, ``slot`` when it was due (UTC).

    ``also`` are names under which the same content arrived again. ``drift`` are scores by column, ``dimensions`` points by
    dimension (0-100), ``metrics`` figures of performance by name. ``expired`` is a batch past the age limit: nothing is left
    but what tells that it was judged. ``golive``, ``policy``, ``config_sha256`` and ``baseline`` say
    with what it was judged.
    """

    id: str
    monitor: str
    name: str
    slot: datetime
    state: BatchState
    also: tuple[str, ...] = ()
    late: bool = False
    rows: int = 0
    observations: tuple[Observation, ...] = ()
    drift: dict[str, float] = Field(default_factory=dict)
    verdict: ReadinessVerdict | None = None
    index: float | None = None
    low: float | None = None
    high: float | None = None
    coverage: float | None = None
    dimensions: dict[str, float | None] = Field(default_factory=dict)
    metrics: dict[str, float] = Field(default_factory=dict)
    problem: str = ""
    notes: tuple[str, ...] = ()
    baseline: str = ""
    config_sha256: str = ""
    policy: str = ""
    golive: str = ""


class Alert(Noun):
    """One cause that someone acts on. ``streams`` are the column groups it covers, ``consequences`` what follows from it.

    ``onset`` is the slot in which it first showed, ``opened`` the slot in which it had persisted long enough, ``last`` the last
    slot in which it showed; ``quiet`` counts batches without it since. ``change``, ``note`` and the revision's author make the
    history; ``worsened`` says that performance fell while it lasted. Times are UTC.
    """

    id: str
    monitor: str
    kind: str
    columns: tuple[str, ...] = ()
    segment: str = ""
    streams: tuple[str, ...] = ()
    consequences: tuple[str, ...] = ()
    severity: Severity
    route: Route
    title: str = ""
    state: AlertState = "open"
    owner: str = ""
    onset: datetime
    opened: datetime
    last: datetime
    opened_at: datetime
    seen: int = 1
    quiet: int = 0
    slots: tuple[datetime, ...] = ()
    escalated: bool = False
    change: Happened = "opened"
    note: str = ""

    @property
    def active(self) -> bool:
        """Whether it is still there: open or taken by someone."""
        return self.state in ("open", "acknowledged")


class Delivery(Noun):
    """One message about one alert, kept until a receiver took it. ``error`` is a class of failure, never an address."""

    id: str
    monitor: str
    alert: str
    route: str
    title: str
    body: str
    state: Literal["queued", "claimed", "sent", "failed", "muted"] = "queued"
    tries: int = 0
    next_try: datetime
    error: str = ""


class Mute(Noun):
    """Nothing of a monitor (or of one of its columns) is sent until ``until``. Alerts are still opened and shown."""

    id: str
    monitor: str
    column: str = ""
    reason: str = Field(min_length=3)
    until: datetime


class Watch(Noun):
    """A monitor as the app lists it: what it watches, how often a batch is due, how its last run went and what it assumed."""

    id: str
    file: str
    baseline: str
    every_seconds: int
    last_run: datetime
    next_expected: datetime | None = None
    assessed: int = 0
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
