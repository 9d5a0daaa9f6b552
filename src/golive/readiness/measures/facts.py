"""What a measure reads: findings, columns, inputs, performance and configuration, behind a few questions."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from golive.model.columns import ColumnType, Role
from golive.model.config import ColumnConfig, Config
from golive.model.finding import Finding, Kind, Verdict
from golive.model.measured.performance import Performance
from golive.model.profile import SMALL_CELL
from golive.model.readiness import Measurement
from golive.model.result import ColumnResult, Inputs
from golive.readiness.policy.policy import Criterion

FOUND = (Verdict.ALARM, Verdict.WATCH)
BAR = 3
"""The production bar: a part of the picture may refute it, only the whole picture may confirm it."""


def fine(share: float) -> str:
    """A share that is at least reached, as percent cut after one decimal (``0.9876`` -> ``98.7 %``)."""
    return f"{math.floor(1000 * share + 1e-9) / 10:.1f} %"


def at_most(share: float | None, n: int) -> float:
    """A finding's share of ``n`` rows (0 to 1); one of 1 to 10 rows, which is not told, is taken as the largest such."""
    return share if share is not None else min(1.0, (SMALL_CELL - 1) / n) if n else 0.0


@dataclass(frozen=True)
class Facts:
    """Everything known of an assessment, without rows."""

    findings: tuple[Finding, ...]
    columns: tuple[ColumnResult, ...]
    inputs: Inputs
    performance: Performance
    config: Config

    def of(self, *kinds: Kind, verdicts: Iterable[Verdict] = FOUND) -> tuple[Finding, ...]:
        """Findings of these kinds with one of ``verdicts``."""
        wanted = tuple(verdicts)
        return tuple(f for f in self.findings if f.kind in kinds and f.verdict in wanted)

    def looked(self, *kinds: Kind) -> bool:
        """Whether any finding of these kinds exists, quiet ones included: then the check was done."""
        return any(f.kind in kinds for f in self.findings)

    def declared(self, name: str) -> ColumnConfig:
        """What the configuration declares of a column."""
        return self.config.columns.get(name) or ColumnConfig()

    def with_role(self, role: Role) -> ColumnResult | None:
        """The column that plays ``role``, if any."""
        return next((c for c in self.columns if c.role is role), None)

    @property
    def live_rows(self) -> int:
        """Rows of live data."""
        return self.inputs.live.rows

    @cached_property
    def serving_columns(self) -> frozenset[str]:
        """Columns of the serving log and of generated text: they describe the service, not the patient."""
        named = [
            part.model_dump().values()
            for part in (self.config.operations, self.config.outputs)
            if part is not None
        ]
        return frozenset(name for names in named for name in names if name)

    @cached_property
    def features(self) -> tuple[ColumnResult, ...]:
        """Columns that training used as inputs: features and groups with values that can be compared."""
        skipped = (ColumnType.EMPTY, ColumnType.IDENTIFIER, ColumnType.TEXT)
        return tuple(
            c
            for c in self.columns
            if c.train is not None
            and c.role in (Role.FEATURE, Role.GROUP)
            and c.type not in skipped
            and c.name not in self.serving_columns
        )

    @cached_property
    def required(self) -> tuple[ColumnResult, ...]:
        """Features declared required, or all of them when none is declared."""
        said = tuple(c for c in self.features if self.declared(c.name).required)
        return said or tuple(
            c for c in self.features if self.declared(c.name).required is not False
        )

    def importance(self, column: ColumnResult) -> float:
        """Weight of a feature, 0 to 1: measured or declared, 1 when nothing is known."""
        for value in (column.importance, self.declared(column.name).importance):
            if value is not None:
                return value
        return 1.0

    @cached_property
    def top_five(self) -> frozenset[str]:
        """The five features of greatest importance; empty when importance is not known."""
        known = [
            c
            for c in self.features
            if c.importance is not None or self.declared(c.name).importance is not None
        ]
        return frozenset(c.name for c in sorted(known, key=lambda c: -self.importance(c))[:5])


@dataclass(frozen=True)
class Maker:
    """Builds the measurement of one criterion, so that each measure says only what it found."""

    criterion: Criterion

    def unknown(self, reason: str, value: str = "", n: int | None = None) -> Measurement:
        """Not assessed, with the reason."""
        return Measurement(
            criterion=self.criterion.id, value=value, reason=f"Not assessed: {reason}", n=n
        )

    def too_few(self, n: int | float, least: str, what: str) -> Measurement:
        """Not assessed because ``n`` is under the policy's minimum ``least``."""
        needed = self.criterion.min_n[least]
        return self.unknown(f"{n:,.0f} {what}, at least {needed:,} are needed.", n=int(n))

    def enough(self, n: float | None, least: str) -> bool:
        """Whether ``n`` reaches the policy's minimum ``least`` (0 when the policy names none)."""
        return n is not None and n >= self.criterion.min_n.get(least, 0)

    def level(
        self,
        level: int,
        value: str,
        *,
        n: int | None = None,
        findings: Iterable[Finding] = (),
        reason: str = "",
    ) -> Measurement:
        """A level, at most what data alone can show of this criterion."""
        capped = max(0, min(level, self.criterion.data_limit))
        return Measurement(
            criterion=self.criterion.id,
            level=capped,
            value=value,
            reason=reason,
            n=n,
            findings=tuple(dict.fromkeys(f.id for f in findings)),
        )

    def partial(
        self,
        level: int,
        value: str,
        unseen: str,
        *,
        n: int | None = None,
        findings: Iterable[Finding] = (),
    ) -> Measurement:
        """A level from part of the picture: it stands when it refutes the production bar, else it is not assessed."""
        if level < BAR:
            return self.level(
                level, value, n=n, findings=findings, reason=f"Not looked at: {unseen}."
            )
        return self.unknown(
            f"what was looked at is fine, but {unseen} could not be looked at.", value, n
        )
