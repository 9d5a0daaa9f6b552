"""Everything that a verdict rests on, on one day, and the verdict: with its reasons and plan, at every tier, and as a what-if."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

import numpy as np

from golive.model.config import Config
from golive.model.errors import InputError
from golive.model.finding import Finding, Verdict
from golive.model.measured.performance import Performance
from golive.model.readiness import (
    CriterionScore,
    DimensionScore,
    EvidenceItem,
    GateState,
    Measurement,
    Readiness,
    ReadinessVerdict,
    Tier,
    Waiver,
)
from golive.model.registers import Registers
from golive.model.result import ColumnResult, CriteriaLock, Inputs
from golive.readiness import invalidation
from golive.readiness.evidence import Collected, collect, valid_waivers
from golive.readiness.measures import measure
from golive.readiness.plan import lift, next_steps
from golive.readiness.policy.policy import TIERS, Model, load_model
from golive.readiness.reasons import reasons
from golive.readiness.registers import from_registers, handoff_pack
from golive.readiness.risk import tier_of
from golive.readiness.score import Score, score
from golive.readiness.status import gate_state, status_of
from golive.readiness.verdict import Judged, band_of, open_gates, stability, stage_of, stops

RowT = TypeVar("RowT", EvidenceItem, Waiver)


@dataclass(frozen=True)
class TierResult:
    """The verdict at one tier, its numbers, and the gates that do not pass there (hard ones first)."""

    tier: Tier
    verdict: ReadinessVerdict
    index: float | None
    low: float
    high: float
    coverage: float
    open_gates: tuple[str, ...]
    is_own: bool


@dataclass(frozen=True)
class Basis:
    """What is judged on ``as_of``, by the rule of ``docs/decisions/readiness-rule.md``.

    ``measurements`` are levels taken from data on ``measured_on`` (default ``as_of``) or from registers, ``evidence`` and
    ``waivers`` what people bring. ``model`` is the policy (default: the shipped one). ``invalid`` holds the items that an event
    took out (``golive.readiness.invalidation``), by id, with the reason.

    Every method raises InputError with every problem of evidence and waivers: an unknown criterion, no owner, a future date, a
    waived hard gate and the like.
    """

    measurements: Sequence[Measurement]
    config: Config
    _: KW_ONLY
    evidence: Sequence[EvidenceItem] = ()
    waivers: Sequence[Waiver] = ()
    as_of: date
    measured_on: date | None = None
    model: Model = field(default_factory=load_model)
    invalid: Mapping[str, str] = field(default_factory=dict)

    @property
    def _tier(self) -> Tier:
        return tier_of(self.config.risk)

    def _counting(self, on: date, only: Iterable[str] | None = None) -> Collected:
        """What counts ``on`` a day, of all criteria or of those in ``only``."""
        seen, items = self.measurements, self.evidence
        if only is not None:
            seen = [m for m in seen if m.criterion in only]
            items = [i for i in items if i.criterion in only]
        measured_on = self.measured_on or self.as_of
        return collect(seen, items, self.model, on, measured_on, invalid=self.invalid)

    @cached_property
    def _collected(self) -> Collected:
        return self._counting(self.as_of)

    def _judged(self, tier: Tier, levels: Mapping[str, int] | None = None) -> Judged:
        """The verdict at ``tier``, as if the criteria of ``levels`` stood there."""
        flags = self.config.risk.flags
        waiver = valid_waivers(self.waivers, self.model, tier, flags, self.as_of)
        answers = self._collected.answers
        for key, level in (levels or {}).items():
            answers = lift(answers, key, level)
        result = score(self.model, answers, tier, flags)
        halted = stops(result, self.model)
        band = band_of(result, self.model, waiver.waived)
        return Judged(result, waiver, halted, ReadinessVerdict.STOP if halted else band)

    def at_tiers(self) -> tuple[TierResult, ...]:
        """The same evidence judged at low, moderate, high and critical: "Ready at moderate, Pilot at high"."""
        return tuple(self._result(self._judged(tier)) for tier in TIERS)

    def outlook(self, levels: Mapping[str, int]) -> TierResult:
        """The verdict if every criterion of ``levels`` stood at its level (0 to 4) with fresh proof. Nothing is stored."""
        return self._result(self._judged(self._tier, levels))

    def _result(self, judged: Judged) -> TierResult:
        result, gates = judged.score, open_gates(judged.score, judged.waiver.waived)
        return TierResult(
            tier=result.tier,
            verdict=judged.verdict,
            index=result.index,
            low=result.low,
            high=result.high,
            coverage=result.coverage,
            open_gates=tuple(g.criterion for g in (*gates.hard, *gates.open)),
            is_own=result.tier is self._tier,
        )

    def judge(self, *, with_stability: bool = True) -> Readiness:
        """The verdict with its reasons and its plan."""
        model, judged = self.model, self._judged(self._tier)
        result, answers = judged.score, self._collected.answers
        stage = stage_of(result, model, judged.verdict)
        until = self._valid_until(judged)
        steady = stability(result, model, judged.waiver.waived) if with_stability else None
        return Readiness(
            tier=result.tier,
            verdict=judged.verdict,
            index=result.index,
            low=result.low,
            high=result.high,
            coverage=result.coverage,
            stop=judged.stops,
            weakest=_weakest(result),
            mean=result.mean,
            stage=stage.id,
            stage_name=stage.name,
            reasons=reasons(judged, model, stage=stage, answers=answers, until=until),
            stability=steady,
            dimensions=_dimensions(result, model),
            criteria=self._criteria(judged),
            next=next_steps(result, model, answers),
            policy=f"{model.name} {model.version}",
        )

    def _valid_until(self, judged: Judged) -> date | None:
        """Last day on which Ready or Conditional may be relied on, ``None`` for Pilot and Stop.

        Both end when time alone opens the first gate that passes today, at the latest after ``max_valid_days``; Conditional
        with the first waiver as well.
        """
        if judged.verdict not in (ReadinessVerdict.READY, ReadinessVerdict.CONDITIONAL):
            return None
        model, as_of = self.model, self.as_of
        needs = {g.criterion: g.needs for g in judged.score.gates if g.state is GateState.PASS}

        def opened(days: int) -> bool:
            answers = self._counting(as_of + timedelta(days=days), needs).answers
            found = {key: status_of(model.criterion(key), answers.get(key), model) for key in needs}
            states = (gate_state(found[key], level, model) for key, level in needs.items())
            return any(state is not GateState.PASS for state in states)

        most = as_of + timedelta(days=model.tiers[judged.score.tier].max_valid_days)
        last = min([most, *judged.waiver.waived.values()])
        # Proof only ages, so the days on which a gate is open follow those on which none is.
        days = bisect_left(range(1, (last - as_of).days + 1), True, key=opened)
        return as_of + timedelta(days=days)

    def _criteria(self, judged: Judged) -> tuple[CriterionScore, ...]:
        result, points, notes = judged.score, self.model.points, self._collected.notes
        measured = {m.criterion: m for m in self.measurements}
        gates = {g.criterion: g for g in result.gates}
        evidence: dict[str, list[str]] = {}
        for item in self.evidence:
            evidence.setdefault(item.criterion, []).append(item.id)
        rows = []
        for criterion, status in zip(result.criteria, result.statuses, strict=True):
            key = criterion.id
            seen, gate = measured.get(key) or Measurement(criterion=key), gates.get(key)
            words = [w for w in (seen.value, seen.reason) if w] + [*notes.get(key, ())]
            is_open = gate is not None and gate.state is not GateState.PASS
            rows.append(
                CriterionScore(
                    id=key,
                    dimension=criterion.dimension,
                    title=criterion.title,
                    question=criterion.question,
                    kind=criterion.kind,
                    weight=criterion.weight,
                    level=status.level,
                    freshness=status.freshness,
                    points=points[status.level] if status.level is not None else None,
                    claimed=status.claim_shown,
                    measured=status.measured,
                    measurement=" ".join(words),
                    evidence=tuple(evidence.get(key, ())),
                    findings=seen.findings,
                    read_from=seen.read_from,
                    gate=gate.needs if gate else None,
                    hard=criterion.hard,
                    gate_state=gate.state if gate else None,
                    waived=is_open and key in judged.waiver.waived,
                )
            )
        return tuple(rows)

    def with_pack(self, rows: Mapping[handoff_pack.Rows, int]) -> Basis:
        """With the handoff pack counted as evidence for HND-01: its items rest on how the other criteria stand today.

        A pack that GoLive can count never limits what somebody claims of one kept elsewhere.
        """
        if not self.model.knows("HND-01"):
            return self
        applicable = self.model.applicable(self._tier, self.config.risk.flags)
        asked = [c for c in applicable if c.id in handoff_pack.CRITERIA]
        try:
            answers = self._counting(self.as_of, {c.id for c in asked}).answers
        except InputError:  # whoever judges is told every problem
            return self
        levels = {c.id: status_of(c, answers.get(c.id), self.model).level for c in asked}
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


def _weakest(result: Score) -> str | None:
    known = [(p, d) for p, d in zip(result.totals.point, result.dimensions, strict=True) if p == p]  # noqa: PLR0124 - not NaN
    return min(known)[1] if known else None


def _dimensions(result: Score, model: Model) -> tuple[DimensionScore, ...]:
    names, totals = {d.id: d.name for d in model.dimensions}, result.totals
    return tuple(
        DimensionScore(
            id=key,
            name=names[key],
            weight=float(result.weights[i]),
            point=None if np.isnan(totals.point[i]) else float(totals.point[i]),
            low=float(totals.low[i]),
            high=min(100.0, float(totals.high[i])),
            coverage=float(totals.coverage[i]),
        )
        for i, key in enumerate(result.dimensions)
    )


def _asked_somewhere(items: Sequence[RowT], policy: Model) -> tuple[RowT, ...]:
    """Without what an own policy leaves out on purpose: criteria of the shipped policy that it does not have."""
    shipped = load_model()
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
    """Bring together what readiness is judged on. Arguments as in ``measure`` and ``Basis``; registers are measured as well.

    ``lock`` says when the success criteria were frozen, which is evidence too.
    """
    policy, on_record = model or load_model(), registers or Registers()
    evidence = _asked_somewhere(evidence, policy)
    tier = tier_of(config.risk)
    asked = policy.applicable(tier, config.risk.flags)
    read = from_registers.readings(
        on_record,
        train_sha256=inputs.train.sha256,
        as_of=as_of,
        tier=tier,
        gates=frozenset(c.id for c in asked if tier in c.gate),
    )
    names = {c.id for c in asked}
    read = {key: value for key, value in read.items() if key in names}
    from_data = invalidation.still_valid(
        measure(findings, columns, inputs, performance, config, model=policy),
        on_record.events,
        measured_on=measured_on,
        as_of=as_of,
        model=policy,
    )
    by_itself = (
        *from_registers.as_evidence(read, on_record, as_of),
        *from_registers.from_lock(lock, as_of),
    )
    made = Basis(
        # The registers are read today; only what was measured on data ages with it.
        (*from_data, *from_registers.measured(read, as_of)),
        config,
        evidence=(*evidence, *(i for i in by_itself if policy.knows(i.criterion))),
        waivers=_asked_somewhere(waivers, policy),
        as_of=as_of,
        measured_on=measured_on,
        model=policy,
        invalid=invalidation.invalidated(evidence, on_record.events, as_of, policy),
    )
    modes = sum(
        bool(f.fix) and not f.cause and f.verdict in (Verdict.ALARM, Verdict.WATCH)
        for f in findings
    )
    columns_named = len(config.columns)
    return made.with_pack(
        handoff_pack.counted(on_record, columns=columns_named, failure_modes=modes)
    )
