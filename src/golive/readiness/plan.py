"""What to do next: FIX, PROVE or REFRESH; gates first (``CLASSES``), then what a step adds per effort.

Lifting one criterion touches one dimension only, so all candidates are scored in one vectorised pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np

from golive.model.readiness import GateState, NextStep
from golive.readiness.policy.policy import PRODUCTION, Criterion, Model
from golive.readiness.score import Array, Score, Totals, upside
from golive.readiness.status import Answer, Claim, CriterionStatus, MeasuredLevel

Label = Literal["FIX", "PROVE", "REFRESH"]
CLASSES = {
    (True, GateState.FAIL): 0,
    (True, GateState.UNVERIFIED): 1,
    (False, GateState.FAIL): 2,
    (False, GateState.UNVERIFIED): 3,
}


def target_of(criterion: Criterion, score: Score) -> int:
    """Level to lift a criterion to: the production bar 3, or its gate where that is higher."""
    return max(PRODUCTION, criterion.gate.get(score.tier, PRODUCTION))


def gains(
    score: Score, model: Model, places: Sequence[int], targets: Sequence[int]
) -> tuple[Array, Array, Array]:
    """What lifting each criterion ``places[i]`` (position in ``score.criteria``) to ``targets[i]`` with fresh proof adds.

    To the index, to its proven low end and to the weighted mean, in points; one entry per place.
    """
    rows, columns, points = np.arange(len(places)), score.place[list(places)], model.points
    statuses = [score.statuses[i] for i in places]
    weight = np.array([score.criteria[i].weight for i in places])

    def lifted(base: Array, change: list[float]) -> Array:
        table = np.tile(base, (len(places), 1))
        table[rows, columns] += weight * np.array(change)
        return table

    pairs = zip(statuses, targets, strict=True)
    totals = score.totals
    after = Totals(
        lifted(totals.weight, [0.0] * len(places)),
        lifted(totals.covered, [1 - s.coverage for s in statuses]),
        lifted(totals.earned, [points[target] - s.earned(points) for s, target in pairs]),
        lifted(totals.upside, [-upside(s, points) for s in statuses]),
    )
    point, low = after.aggregated(score.weights, score.allowance)
    proven, index, mean = low.index - score.low, score.index, score.mean
    # Nothing known yet: the only gain there is, is in what is proven
    if index is None or mean is None:
        return proven, proven, np.zeros(len(places))
    return point.index - index, proven, point.mean - mean


def _advice(
    criterion: Criterion,
    status: CriterionStatus,
    answer: Answer | None,
    *,
    state: GateState | None,
    target: int,
    model: Model,
) -> tuple[Label, str]:
    """What to do about a criterion below its ``target``, and why."""
    needs = f"; the {'hard ' if criterion.hard else ''}gate needs {target}" if state else ""
    stale = status.level is None or status.freshness < model.gate_freshness
    if stale and answer is not None and not answer.empty:
        return "REFRESH", f"The evidence is out of date{needs}."
    if status.level is None:
        return "PROVE", f"Nothing shows where this stands{needs}."
    if status.rest_is_evidence:
        shown = f"Data show level {status.level}, all they can show"
        return "PROVE", f"{shown}; a document has to show the rest{needs}."
    if status.claimed is not None and status.claimed >= target:
        return "PROVE", f"Level {status.claimed} is claimed, {status.level} is proven{needs}."
    source = "measured" if status.measured is not None else "shown"
    return "FIX", f"Level {status.level} is {source}{needs or f'; production asks for {target}'}."


def next_steps(score: Score, model: Model, answers: Mapping[str, Answer]) -> tuple[NextStep, ...]:
    """Every criterion below its target as a step, most urgent first.

    Order: hard gate failed, hard gate unverified, release gate failed, release gate unverified, the rest; within a class by
    value per effort, where the value is what the step adds to the index, half of what it adds to the proven low end and a
    quarter of what it adds to the mean.
    """
    targets = [target_of(c, score) for c in score.criteria]
    proofs = [s.proof[target] for s, target in zip(score.statuses, targets, strict=True)]
    places = [place for place, proof in enumerate(proofs) if proof < model.gate_freshness]
    if not places:
        return ()
    index, low, mean = gains(score, model, places, [targets[place] for place in places])
    value = index + 0.5 * low + 0.25 * mean
    states = {g.criterion: g.state for g in score.gates}
    ranked = []
    for i, place in enumerate(places):
        criterion, status, target = score.criteria[place], score.statuses[place], targets[place]
        key, state = criterion.id, states.get(criterion.id)
        label, why = _advice(
            criterion, status, answers.get(key), state=state, target=target, model=model
        )
        step = NextStep(
            criterion=key,
            label=label,
            title=criterion.title,
            why=why,
            fix=criterion.fix,
            effort=criterion.effort,
            gain=round(float(index[i]), 6),
            gain_low=round(float(low[i]), 6),
            gain_mean=round(float(mean[i]), 6),
            gate_state=state,
            hard=criterion.hard,
            level=status.level,
            target=target,
            route=criterion.route.value,
            days=model.effort_days.get(criterion.effort),
        )
        rank = CLASSES.get((criterion.hard, state), 4) if state else 4
        ranked.append((rank, -round(float(value[i]), 9) / criterion.effort, key, step))
    return tuple(step for *_, step in sorted(ranked, key=lambda r: r[:3]))


def within_budget(
    steps: Iterable[NextStep], person_days: float, model: Model
) -> tuple[NextStep, ...]:
    """Greedy plan: take the steps in their order as long as their effort (``model.effort_days``) fits the person-days left.

    Two people for two weeks are 20 person-days. A step that does not fit is passed over, and a smaller one may follow.
    """
    left, chosen = person_days, []
    for step in steps:
        days = model.effort_days[step.effort]
        if days <= left + 1e-9:
            chosen.append(step)
            left -= days
    return tuple(chosen)


def lift(answers: Mapping[str, Answer], key: str, level: int) -> dict[str, Answer]:
    """A copy of ``answers`` in which ``key`` stands at ``level`` with fresh proof: the what-if on one criterion."""
    return {
        **answers,
        key: Answer(claims=(Claim(level, "E4", 0.0),), measured=MeasuredLevel(level)),
    }
