"""Finding: one thing that was measured and judged, with its size, its certainty, its owner and its repair."""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator, model_validator

from golive.model.columns import Noun
from golive.model.kinds import KINDS, REGISTER, SIGNAL_OF, Kind, Route, Severity, Signal, Verdict
from golive.model.profile import SMALL_CELL

__all__ = [
    "KINDS",
    "SIGNAL_OF",
    "Effect",
    "Finding",
    "Kind",
    "Route",
    "Segment",
    "Severity",
    "Signal",
    "SliceShare",
    "Verdict",
    "WhatIf",
    "finding",
]


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

    @classmethod
    def between(
        cls,
        name: str,
        train: float | None,
        live: float | None,
        *,
        n: tuple[int, int] = (0, 0),
        interval: tuple[float | None, float | None] = (None, None),
    ) -> Effect:
        """The effect ``name`` that goes from ``train`` to ``live``; ``n`` are the rows of both, ``interval`` bounds the change.

        >>> Effect.between("missing_share", 0.25, 0.5, n=(400, 200)).change
        0.25
        """
        change = None if train is None or live is None else live - train
        low, high = interval
        return cls(
            name=name,
            train=train,
            live=live,
            change=change,
            low=low,
            high=high,
            n_train=n[0],
            n_live=n[1],
        )


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
    kind: Kind
    columns: tuple[str, ...] = ()
    segment: Segment | None = None
    verdict: Verdict
    severity: Severity
    route: Route
    title: str
    plain: str = Field(
        default="", description="one sentence for a meeting: no column code, no sample size"
    )
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
        if REGISTER[self.kind].signal is not self.signal:
            msg = f"kind '{self.kind}' is not of signal '{self.signal}'"
            raise ValueError(msg)
        return self


def finding(
    kind: Kind,
    verdict: Verdict,
    *,
    columns: tuple[str, ...] | list[str] = (),
    severity: Severity | None = None,
    route: Route | None = None,
    title: str,
    segment: Segment | None = None,
    **rest: Any,
) -> Finding:
    """Build a finding; signal and id follow from kind, columns and segment, so that the same fact keeps its id.

    Severity and route are those of the register, unless the check has a reason to give others.

    Raises:
        ValueError: ``kind`` is not in the register.
    """
    kind = Kind(kind)
    entry = REGISTER[kind]
    where = f"@{segment.column}={segment.value}" if segment else ""
    return Finding(
        id=f"{kind}:{'+'.join(columns)}{where}",
        signal=entry.signal,
        kind=kind,
        columns=tuple(columns),
        verdict=verdict,
        severity=severity or entry.severity(verdict),
        route=route or entry.route,
        title=title,
        segment=segment,
        **rest,
    )
