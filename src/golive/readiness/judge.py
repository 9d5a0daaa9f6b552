"""``judge``: measurements and evidence in, the verdict with its reasons and its plan out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from golive.model.config import Config
from golive.model.readiness import (
    CriterionScore,
    DimensionScore,
    EvidenceItem,
    GateState,
    Measurement,
    Readiness,
    ReadinessVerdict,
    Waiver,
)
from golive.readiness.evidence import Collected, WaiverResult, collect, valid_waivers
from golive.readiness.plan import next_steps
from golive.readiness.policy.policy import Model, load_model
from golive.readiness.reasons import reasons
from golive.readiness.risk import tier_of
from golive.readiness.score import Score, score
from golive.readiness.standing import gate_state, standing
from golive.readiness.verdict import band_of, stability, stage_of, stops


def judge(
    measurements: Iterable[Measurement],
    config: Config,
    *,
    evidence: Sequence[EvidenceItem] = (),
    waivers: Sequence[Waiver] = (),
    as_of: date,
    model: Model | None = None,
    measured_on: date | None = None,
    with_stability: bool = True,
    invalid: Mapping[str, str] | None = None,
) -> Readiness:
    """Judge a pilot on ``as_of`` by the rule of ``docs/decisions/readiness-rule.md``.

    ``measurements`` are levels taken from data on ``measured_on`` (default ``as_of``), ``evidence`` and ``waivers`` what people
    bring (the caller adds those of the configuration). ``model`` is the policy (default: the shipped one). ``invalid`` holds
    evidence that an event took out (``golive.readiness.invalidation``).

    Raises:
        InputError: every problem of evidence and waivers (unknown criterion, no owner, future date, waived hard gate ...).
    """
    model = model or load_model()
    measured = tuple(measurements)
    items = tuple(evidence)
    tier, flags = tier_of(config.risk), config.risk.flags
    waiver = valid_waivers(waivers, model, tier, flags, as_of)
    collected = collect(measured, items, model, as_of, measured_on, invalid=invalid)
    result = score(model, collected.answers, tier, flags)
    halted = stops(result, model)
    verdict = ReadinessVerdict.STOP if halted else band_of(result, model, waiver.waived)
    stage = stage_of(result, model, verdict)
    until = valid_until(
        result,
        model,
        measured=measured,
        items=items,
        waiver=waiver,
        as_of=as_of,
        measured_on=measured_on or as_of,
        verdict=verdict,
        invalid=invalid,
    )
    return Readiness(
        tier=tier,
        verdict=verdict,
        index=result.index,
        low=result.low,
        high=result.high,
        coverage=result.coverage,
        stop=halted,
        weakest=_weakest(result),
        mean=result.mean,
        stage=stage.id,
        stage_name=stage.name,
        reasons=reasons(
            result,
            model,
            verdict=verdict,
            waiver=waiver,
            stage=stage,
            collected=collected,
            halted=halted,
            until=until,
        ),
        stability=stability(result, model, waiver.waived) if with_stability else None,
        dimensions=_dimensions(result, model),
        criteria=_criteria(
            result, model, measured=measured, collected=collected, items=items, waiver=waiver
        ),
        next=next_steps(result, model, collected.answers),
        policy=f"{model.name} {model.version}",
    )


def _weakest(result: Score) -> str | None:
    known = [(p, d) for p, d in zip(result.totals.point, result.dimensions, strict=True) if p == p]  # noqa: PLR0124 - not NaN
    return min(known)[1] if known else None


def valid_until(
    result: Score,
    model: Model,
    *,
    measured: Sequence[Measurement],
    items: Sequence[EvidenceItem],
    waiver: WaiverResult,
    as_of: date,
    measured_on: date,
    verdict: ReadinessVerdict,
    invalid: Mapping[str, str] | None = None,
) -> date | None:
    """Last day on which Ready or Conditional may be relied on, ``None`` for Pilot and Stop.

    Both end when time alone opens the first gate that passes today, at the latest after ``max_valid_days``; Conditional with
    the first waiver as well.
    """
    if verdict not in (ReadinessVerdict.READY, ReadinessVerdict.CONDITIONAL):
        return None
    gates = {g.criterion: g.needs for g in result.gates if g.state is GateState.PASS}
    behind = [i for i in items if i.criterion in gates]
    seen = [m for m in measured if m.criterion in gates]

    def opened(days: int) -> bool:
        on = as_of + timedelta(days=days)
        answers = collect(seen, behind, model, on, measured_on, invalid=invalid).answers
        return any(
            gate_state(standing(model.criterion(key), answers.get(key), model), needs, model)
            is not GateState.PASS
            for key, needs in gates.items()
        )

    last = min(
        [as_of + timedelta(days=model.tiers[result.tier].max_valid_days), *waiver.waived.values()]
    )
    # Proof only ages, so the days on which a gate is open follow those on which none is.
    return as_of + timedelta(days=bisect_left(range(1, (last - as_of).days + 1), True, key=opened))


def _dimensions(result: Score, model: Model) -> tuple[DimensionScore, ...]:
    names, totals = {d.id: d.name for d in model.dimensions}, result.totals
    point = [None if p != p else float(p) for p in totals.point]  # noqa: PLR0124 - NaN means not assessed
    return tuple(
        DimensionScore(
            id=key,
            name=names[key],
            weight=float(result.weights[i]),
            point=point[i],
            low=float(totals.low[i]),
            high=min(100.0, float(totals.high[i])),
            coverage=float(totals.coverage[i]),
        )
        for i, key in enumerate(result.dimensions)
    )


def _criteria(
    result: Score,
    model: Model,
    *,
    measured: Sequence[Measurement],
    collected: Collected,
    items: Sequence[EvidenceItem],
    waiver: WaiverResult,
) -> tuple[CriterionScore, ...]:
    by_id, gates = {m.criterion: m for m in measured}, {g.criterion: g for g in result.gates}
    evidence: dict[str, list[str]] = {}
    for item in items:
        evidence.setdefault(item.criterion, []).append(item.id)
    rows = []
    for criterion, stand in zip(result.criteria, result.standings, strict=True):
        measure, gate = by_id.get(criterion.id), gates.get(criterion.id)
        words = [w for w in (measure.value, measure.reason) if w] if measure else []
        words += collected.notes.get(criterion.id, ())
        open_gate = gate is not None and gate.state is not GateState.PASS
        rows.append(
            CriterionScore(
                id=criterion.id,
                dimension=criterion.dimension,
                title=criterion.title,
                question=criterion.question,
                kind=criterion.kind,
                weight=criterion.weight,
                level=stand.level,
                freshness=stand.freshness,
                points=model.points[stand.level] if stand.level is not None else None,
                claimed=stand.claim_shown,
                measured=stand.measured,
                measurement=" ".join(words),
                evidence=tuple(evidence.get(criterion.id, ())),
                findings=measure.findings if measure else (),
                read_from=measure.read_from if measure else "",
                gate=gate.needs if gate else None,
                hard=criterion.hard,
                gate_state=gate.state if gate else None,
                waived=open_gate and criterion.id in waiver.waived,
            )
        )
    return tuple(rows)
