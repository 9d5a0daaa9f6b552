"""Everything that a verdict rests on, on one day: measurements, evidence, waivers, registers, events and the policy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypedDict, TypeVar

from golive.model.config import Config
from golive.model.errors import InputError
from golive.model.finding import Finding, Verdict
from golive.model.measured.performance import Performance
from golive.model.readiness import (
    EvidenceItem,
    GateState,
    Measurement,
    Readiness,
    ReadinessVerdict,
    Waiver,
)
from golive.model.registers import Registers
from golive.model.result import ColumnResult, CriteriaLock, Inputs
from golive.readiness import invalidation
from golive.readiness.evidence import collect, valid_waivers
from golive.readiness.judge import judge
from golive.readiness.measures import measure
from golive.readiness.plan import lift
from golive.readiness.policy.policy import Model, load_model
from golive.readiness.registers import from_registers, handoff_pack
from golive.readiness.risk import tier_of
from golive.readiness.score import score
from golive.readiness.standing import standing
from golive.readiness.tiers import TierResult, at_tiers
from golive.readiness.verdict import band_of, stops

RowT = TypeVar("RowT", EvidenceItem, Waiver)


@dataclass(frozen=True)
class Outlook:
    """The verdict and its numbers if some criteria stood at other levels; ``gates`` do not pass then."""

    verdict: ReadinessVerdict
    index: float | None
    low: float
    high: float
    coverage: float
    gates: tuple[str, ...]


class _JudgedBy(TypedDict):
    evidence: tuple[EvidenceItem, ...]
    waivers: tuple[Waiver, ...]
    as_of: date
    model: Model
    measured_on: date | None
    invalid: Mapping[str, str]


@dataclass(frozen=True)
class Basis:
    """What is judged. ``invalid`` holds the items that an event took out, by id, with the reason."""

    config: Config
    measurements: tuple[Measurement, ...]
    evidence: tuple[EvidenceItem, ...]
    waivers: tuple[Waiver, ...]
    as_of: date
    measured_on: date | None
    model: Model
    invalid: Mapping[str, str] = field(default_factory=dict)

    def judge(self) -> Readiness:
        """The verdict with its reasons and its plan. Raises InputError for malformed evidence and waivers."""
        return judge(self.measurements, self.config, **self._judged_by())

    def at_tiers(self) -> tuple[TierResult, ...]:
        """The same evidence judged at every tier. Raises InputError for malformed evidence and waivers."""
        return at_tiers(self.measurements, self.config, **self._judged_by())

    def _judged_by(self) -> _JudgedBy:
        return {
            "evidence": self.evidence,
            "waivers": self.waivers,
            "as_of": self.as_of,
            "model": self.model,
            "measured_on": self.measured_on,
            "invalid": self.invalid,
        }

    def with_pack(self, rows: Mapping[handoff_pack.Rows, int]) -> Basis:
        """With the handoff pack counted as evidence for HND-01: its items rest on how the other criteria stand today.

        A pack that GoLive can count never limits what somebody claims of one kept elsewhere.
        """
        if not self.model.knows("HND-01"):
            return self
        tier, flags = tier_of(self.config.risk), self.config.risk.flags
        asked = {
            c.id: c for c in self.model.applicable(tier, flags) if c.id in handoff_pack.CRITERIA
        }
        seen = [m for m in self.measurements if m.criterion in asked]
        behind = [i for i in self.evidence if i.criterion in asked]
        try:
            answers = collect(
                seen, behind, self.model, self.as_of, self.measured_on, invalid=self.invalid
            ).answers
        except InputError:  # whoever judges is told every problem
            return self
        levels = {key: standing(c, answers.get(key), self.model).level for key, c in asked.items()}
        found, level = handoff_pack.proven(levels, rows)
        if not level:
            return self
        item = EvidenceItem(
            id="register-handoff",
            criterion="HND-01",
            kind="auto",
            grade="E3",
            claim_level=level,
            owner="the register",
            sha256=hashlib.sha256(f"{found} {sorted(levels.items())}".encode()).hexdigest(),
            issued=self.as_of,
            note=f"{found} of {len(handoff_pack.ITEMS)} items of the handoff pack are complete.",
        )
        return replace(self, evidence=(*self.evidence, item))

    def outlook(self, levels: Mapping[str, int]) -> Outlook:
        """The verdict if every criterion of ``levels`` stood at its level (0 to 4) with fresh proof. Nothing is stored.

        Raises:
            InputError: malformed evidence or waivers.
        """
        tier, flags = tier_of(self.config.risk), self.config.risk.flags
        collected = collect(
            self.measurements,
            self.evidence,
            self.model,
            self.as_of,
            self.measured_on,
            invalid=self.invalid,
        )
        answers = dict(collected.answers)
        for key, level in levels.items():
            answers = lift(answers, key, level)
        waived = valid_waivers(self.waivers, self.model, tier, flags, self.as_of).waived
        result = score(self.model, answers, tier, flags)
        verdict = (
            ReadinessVerdict.STOP
            if stops(result, self.model)
            else band_of(result, self.model, waived)
        )
        gates = tuple(
            g.criterion
            for g in result.gates
            if g.state is not GateState.PASS and g.criterion not in waived
        )
        return Outlook(verdict, result.index, result.low, result.high, result.coverage, gates)


def _asked_somewhere(items: Sequence[RowT], policy: Model) -> tuple[RowT, ...]:
    """Without what an own policy leaves out on purpose: criteria of the shipped policy that it does not have."""
    shipped = load_model()
    if policy is shipped:
        return tuple(items)
    return tuple(i for i in items if policy.knows(i.criterion) or not shipped.knows(i.criterion))


def basis(
    findings: Sequence[Finding],
    columns: Iterable[ColumnResult],
    inputs: Inputs,
    performance: Performance | None,
    config: Config,
    *,
    evidence: Sequence[EvidenceItem] = (),
    waivers: Sequence[Waiver] = (),
    registers: Registers | None = None,
    lock: CriteriaLock | None = None,
    as_of: date,
    measured_on: date | None = None,
    model: Model | None = None,
) -> Basis:
    """Bring together what readiness is judged on. Arguments as in ``measure`` and ``judge``; registers are measured as well.

    ``lock`` says when the success criteria were frozen, which is evidence too.
    """
    policy, kept = model or load_model(), registers or Registers()
    evidence = _asked_somewhere(evidence, policy)
    waivers = _asked_somewhere(waivers, policy)
    tier, flags = tier_of(config.risk), config.risk.flags
    asked = {c.id for c in policy.applicable(tier, flags)}
    gates = frozenset(c.id for c in policy.applicable(tier, flags) if tier in c.gate)
    read = from_registers.readings(
        kept, train_sha256=inputs.train.sha256, as_of=as_of, tier=tier, gates=gates
    )
    read = {key: value for key, value in read.items() if key in asked}
    data = measure(findings, columns, inputs, performance, config, model=policy)
    invalid = invalidation.invalidated(evidence, kept.events, as_of, policy)
    by_itself = (
        *from_registers.as_evidence(read, kept, as_of),
        *from_registers.from_lock(lock, as_of),
    )
    made = Basis(
        config=config,
        # The registers are read today; only what was measured on data ages with it.
        measurements=(
            *invalidation.standing_measurements(
                data, kept.events, measured_on=measured_on, as_of=as_of, model=policy
            ),
            *from_registers.measured(read, as_of),
        ),
        evidence=(*evidence, *(i for i in by_itself if policy.knows(i.criterion))),
        waivers=tuple(waivers),
        as_of=as_of,
        measured_on=measured_on,
        model=policy,
        invalid=invalid,
    )
    modes = sum(
        bool(f.fix) and not f.cause and f.verdict in (Verdict.ALARM, Verdict.WATCH)
        for f in findings
    )
    return made.with_pack(
        handoff_pack.counted(kept, columns=len(config.columns), failure_modes=modes)
    )
