"""What to do next: FIX, PROVE or REFRESH; gates first (``CLASSES``), then what a step adds per effort.

Lifting one criterion touches one dimension only, so all candidates are scored in one vectorised pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from golive.model.readiness import GateState, NextStep
from golive.readiness.policy.policy import Criterion, Model
from golive.readiness.score import Array, Score, Totals, aggregate, upside
from golive.readiness.status import Answer, Claim, CriterionStatus, MeasuredLevel

Label = Literal["FIX", "PROVE", "REFRESH"]
CLASSES = {
    (True, GateState.FAIL): 0,
    (True, GateState.UNVERIFIED): 1,
    (False, GateState.FAIL): 2,
    (False, GateState.UNVERIFIED): 3,
}


@dataclass(frozen=True)
class Gain:
    """What lifting one criterion adds to the index R, its proven low end and the weighted mean M (points)."""

    index: float
    low: float
    mean: float

    @property
    def value(self) -> float:
        """Worth of the step: dR + 0.5 dR_lo + 0.25 dM."""
        return self.index + 0.5 * self.low + 0.25 * self.mean


def target_of(criterion: Criterion, score: Score) -> int:
    """Level to lift a criterion to: the production bar 3, or its gate where that is higher."""
    return max(3, criterion.gate.get(score.tier, 3))


def gains(
    score: Score, model: Model, places: Sequence[int], targets: Sequence[int]
) -> tuple[Gain, ...]:
    """Gain of lifting each criterion ``places[i]`` (position in ``score.criteria``) to ``targets[i]`` with fresh proof."""
    rows, columns = np.arange(len(places)), score.place[list(places)]
    statuses = [score.statuses[i] for i in places]
    weight = np.array([score.criteria[i].weight for i in places])

    def lifted(base: Array, change: list[float]) -> Array:
        table = np.tile(base, (len(places), 1))
        table[rows, columns] += weight * np.array(change)
        return table

    points = model.points
    after = Totals(
        np.tile(score.totals.weight, (len(places), 1)),
        lifted(score.totals.covered, [1 - s.coverage for s in statuses]),
        lifted(
            score.totals.earned,
            [points[t] - s.earned(points) for s, t in zip(statuses, targets, strict=True)],
        ),
        lifted(score.totals.upside, [-upside(s, points) for s in statuses]),
    )
    point = aggregate(after.point, score.weights, score.allowance)
    low = aggregate(after.low, score.weights, score.allowance)
    index, mean = score.index, score.mean
    # Nothing known yet: the only gain there is, is in what is proven
    if index is None or mean is None:
        return tuple(Gain(float(lo) - score.low, float(lo) - score.low, 0.0) for lo in low.index)
    return tuple(
        Gain(float(r) - index, float(lo) - score.low, float(m) - mean)
        for r, lo, m in zip(point.index, low.index, point.mean, strict=True)
    )


def _label(status: CriterionStatus, answer: Answer | None, target: int, model: Model) -> Label:
    if (
        answer is not None
        and not answer.empty
        and (status.level is None or status.freshness < model.gate_freshness)
    ):
        return "REFRESH"
    if (
        status.level is None
        or status.rest_is_evidence
        or (status.claimed is not None and status.claimed >= target)
    ):
        return "PROVE"
    return "FIX"


def _why(
    label: Label,
    criterion: Criterion,
    status: CriterionStatus,
    state: GateState | None,
    target: int,
) -> str:
    needs = f"; the {'hard ' if criterion.hard else ''}gate needs {target}" if state else ""
    if label == "REFRESH":
        return f"The evidence is out of date{needs}."
    if label == "PROVE":
        if status.level is None:
            return f"Nothing shows where this stands{needs}."
        if status.rest_is_evidence:
            return f"Data show level {status.level}, all they can show; a document has to show the rest{needs}."
        return f"Level {status.claimed} is claimed, {status.level} is proven{needs}."
    source = "measured" if status.measured is not None else "shown"
    return f"Level {status.level} is {source}{needs or f'; production asks for {target}'}."


def next_steps(score: Score, model: Model, answers: Mapping[str, Answer]) -> tuple[NextStep, ...]:
    """Every criterion below its target as a step, most urgent first.

    Order: hard gate failed, hard gate unverified, release gate failed, release gate unverified, the rest; within a class by
    value per effort.
    """
    places, targets = [], []
    for place, (criterion, status) in enumerate(zip(score.criteria, score.statuses, strict=True)):
        target = target_of(criterion, score)
        if status.proof[target] < model.gate_freshness:
            places.append(place)
            targets.append(target)
    if not places:
        return ()
    states = {g.criterion: g.state for g in score.gates}
    ranked = []
    for place, target, gain in zip(
        places, targets, gains(score, model, places, targets), strict=True
    ):
        criterion, status = score.criteria[place], score.statuses[place]
        state = states.get(criterion.id)
        rank = CLASSES.get((criterion.hard, state), 4) if state else 4
        label = _label(status, answers.get(criterion.id), target, model)
        step = NextStep(
            criterion=criterion.id,
            label=label,
            title=criterion.title,
            why=_why(label, criterion, status, state, target),
            fix=criterion.fix,
            effort=criterion.effort,
            gain=round(gain.index, 6),
            gain_low=round(gain.low, 6),
            gain_mean=round(gain.mean, 6),
            gate_state=state,
            hard=criterion.hard,
            level=status.level,
            target=target,
            route=criterion.route.value,
            days=model.effort_days.get(criterion.effort),
        )
        ranked.append((rank, -round(gain.value, 9) / criterion.effort, criterion.id, step))
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
