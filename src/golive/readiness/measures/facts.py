"""What a measure reads (findings, columns, inputs, performance, configuration), and how it answers."""

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
from golive.readiness.policy.policy import PRODUCTION, Criterion
from golive.stats.proportions import wilson

ALARM = (Verdict.ALARM,)
FOUND = (Verdict.ALARM, Verdict.WATCH)
LOOKED = (*FOUND, Verdict.QUIET)
ANY = tuple(Verdict)


def rounded_down(share: float) -> str:
    """A share that is at least reached, as percent cut after one decimal (``0.9876`` -> ``98.7 %``)."""
    return f"{math.floor(1000 * share + 1e-9) / 10:.1f} %"


def at_most(share: float | None, n: int) -> float:
    """A finding's share of ``n`` rows (0 to 1); one of 1 to 10 rows, which is not told, is taken as the largest such."""
    return share if share is not None else min(1.0, (SMALL_CELL - 1) / n) if n else 0.0


def lower(count: float, n: float) -> float:
    """Lower 95 % bound (Wilson) of ``count`` in ``n``, 0 to 1."""
    return float(wilson(count, n)[0])


def upper(count: float, n: float) -> float:
    """Upper 95 % bound (Wilson) of ``count`` in ``n``, 0 to 1."""
    return float(wilson(count, n)[1])


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

    def by_column(self, *kinds: Kind, verdicts: Iterable[Verdict] = FOUND) -> dict[str, Finding]:
        """The last finding of these kinds by the (first) column that it is about."""
        return {f.columns[0]: f for f in self.of(*kinds, verdicts=verdicts) if f.columns}

    def looked(self, *kinds: Kind) -> bool:
        """Whether any finding of these kinds exists, quiet ones included: then the check was done."""
        return any(f.kind in kinds for f in self.findings)

    def declared(self, name: str) -> ColumnConfig:
        """What the configuration declares of a column."""
        return self.config.columns.get(name) or ColumnConfig()

    def with_role(self, role: Role) -> ColumnResult | None:
        """The column that plays ``role``, if any."""
        return next((c for c in self.columns if c.role is role), None)

    def of_log(self, part: str) -> ColumnResult | None:
        """The column of the serving log that the configuration names for ``part``, if any."""
        name = getattr(self.config.operations, part, None)
        return next((c for c in self.columns if name and c.name == name), None)

    @property
    def output(self) -> ColumnResult | None:
        """The column with the model's answer: its score, else its prediction."""
        return self.with_role(Role.SCORE) or self.with_role(Role.PREDICTION)

    @property
    def live_rows(self) -> int:
        """Rows of live data."""
        return self.inputs.live.rows

    @cached_property
    def serving_columns(self) -> frozenset[str]:
        """Columns of the serving log and of generated text: they describe the service, not the patient."""
        parts = (self.config.operations, self.config.outputs)
        named = [part.model_dump().values() for part in parts if part is not None]
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
        """Features declared required, or all but those declared optional when none is."""
        declared = [(c, self.declared(c.name).required) for c in self.features]
        named = tuple(c for c, required in declared if required)
        return named or tuple(c for c, required in declared if required is not False)

    def _importance(self, column: ColumnResult) -> float | None:
        measured = column.importance
        return measured if measured is not None else self.declared(column.name).importance

    def importance(self, column: ColumnResult) -> float:
        """Weight of a feature, 0 to 1: measured or declared, 1 when nothing is known."""
        known = self._importance(column)
        return 1.0 if known is None else known

    @cached_property
    def top_five(self) -> frozenset[str]:
        """The five features of greatest importance; empty when importance is not known."""
        known = [c for c in self.features if self._importance(c) is not None]
        return frozenset(c.name for c in sorted(known, key=lambda c: -self.importance(c))[:5])


class Unknown(Exception):  # noqa: N818 - no error: an answer that ends a measure early
    """Nothing can be said of a criterion, with the reason; ``value`` and ``n`` are what was seen nevertheless."""

    def __init__(self, reason: str, value: str = "", n: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.value, self.n = reason, value, n


@dataclass(frozen=True)
class Maker:
    """Builds the measurement of one criterion, so that each measure says only what it found."""

    criterion: Criterion

    def least(self, of: str) -> int:
        """The smallest number of ``of`` on which the policy lets anything be said."""
        return self.criterion.min_n.get(of, 0)

    def enough(self, n: float | None, of: str, what: str = "") -> int:
        """``n``, when it reaches the policy's minimum of ``of``, whose name in sentences is ``what``.

        Raises:
            Unknown: there are fewer, or nobody knows how many there are.
        """
        if n is not None and n >= self.least(of):
            return int(n)
        seen, words = n or 0, what or of.replace("_", " ")
        reason = f"{seen:,.0f} {words}, at least {self.least(of):,} are needed."
        raise Unknown(reason, n=int(seen))

    def rank(self, *, least: int = 0, most: int = 4, **quantities: float | None) -> int:
        """Level whose bounds the known of ``quantities`` keep, from ``least`` to ``most``."""
        known = {name: value for name, value in quantities.items() if value is not None}
        return max(least, min(self.criterion.level_of(**known), most))

    def level(
        self,
        level: int,
        value: str,
        *,
        n: int | None = None,
        findings: Iterable[Finding] = (),
        reason: str = "",
        unseen: str = "",
        document: str = "",
    ) -> Measurement:
        """A level, at most what data alone can show of this criterion.

        ``unseen`` is what could not be looked at: the level then stands when it refutes the production bar, because only the
        whole picture may confirm it. ``document`` is what a level above 2 asks for besides.

        Raises:
            Unknown: what was seen is fine, and something is ``unseen``.
        """
        if unseen and level >= PRODUCTION:
            fine_so_far = f"what was looked at is fine, but {unseen} could not be looked at."
            raise Unknown(fine_so_far, value, n)
        if unseen:
            reason = f"Not looked at: {unseen}."
        elif document and level > 2:
            reason = f"{document} is a document: evidence decides above level 2."
        return Measurement(
            criterion=self.criterion.id,
            level=max(0, min(level, self.criterion.data_limit)),
            value=value,
            reason=reason,
            n=n,
            findings=tuple(dict.fromkeys(f.id for f in findings)),
        )
