"""Why the verdict is what it is, in sentences for people who did not build the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from golive.model.readiness import GateState, ReadinessVerdict
from golive.readiness.evidence import in_words
from golive.readiness.policy.policy import Model
from golive.readiness.score import Gate, Score
from golive.readiness.status import Answer
from golive.readiness.verdict import Judged, StageResult, band_of, open_gates
from golive.wording.numbers import percent, plural

SHOWN = 4


def reasons(
    judged: Judged,
    model: Model,
    *,
    stage: StageResult,
    answers: Mapping[str, Answer],
    until: date | None,
) -> tuple[str, ...]:
    """Sentences from the most to the least decisive: stops, gates, the cap, what is unknown, stage, waivers, validity."""
    result, waived = judged.score, judged.waiver.waived
    found = [f"Stopped: {s}" for s in judged.stops]
    if result.index is None:
        count = len(result.criteria)
        found.append(f"Nothing is measured or proven yet: 0 of {count} criteria have an answer.")
    found += _gates(judged, model)
    found += _cap(result, model)
    found += _unproven(judged, model)
    found += _unknown(result, answers)
    found.append(_stage(stage, judged.verdict))
    found += judged.waiver.refused
    if waived and judged.verdict is ReadinessVerdict.CONDITIONAL:
        first = in_words(min(waived.values()))
        found.append(f"It rests on {plural(len(waived), 'waived gate')}, the first until {first}.")
    if until:
        found.append(
            f"This verdict holds until {in_words(until)} at the latest; then it has to be judged again."
        )
    return tuple(found)


def _listed(gates: Sequence[Gate], model: Model) -> str:
    shown = [f"{g.criterion} {model.criterion(g.criterion).title}" for g in gates[:SHOWN]]
    more = len(gates) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")


def _gates(judged: Judged, model: Model) -> list[str]:
    result = judged.score
    count, found = open_gates(result, judged.waiver.waived), []
    for name, gates in (("hard gate", count.hard), ("release gate", count.open)):
        for state, word in ((GateState.FAIL, "failed"), (GateState.UNVERIFIED, "not proven")):
            some = [g for g in gates if g.state is state]
            if some:
                found.append(f"{plural(len(some), name)} {word}: {_listed(some, model)}.")
    limit = model.tiers[result.tier].max_waivers
    if len(count.soft) > limit and len(count.open) < len(count.soft):
        found.append(
            f"{len(count.soft)} release gates do not pass; at tier {result.tier} at most {limit} may be waived."
        )
    return found


def _cap(result: Score, model: Model) -> list[str]:
    """The weakest dimension, when it and not the mean sets the index."""
    index, mean = result.index, result.mean
    if index is None or mean is None or mean - index < 0.05:
        return []
    place = int(np.nanargmin(result.totals.point))
    name = next(d.name for d in model.dimensions if d.id == result.dimensions[place])
    return [
        f"{name} is the cap: even with everything else perfect the index stays at {index:.0f} (the mean is {mean:.0f})."
    ]


def _unproven(judged: Judged, model: Model) -> list[str]:
    """Say so when the point estimate alone would give a better word than what is proven."""
    by_point = band_of(judged.score, model, judged.waiver.waived, verdict_on="point")
    if judged.verdict in (ReadinessVerdict.STOP, by_point):
        return []
    return [
        f"What was answered would give {by_point.value.capitalize()}, but the verdict has to hold on what is proven "
        f"(index {judged.score.low:.0f}): unanswered questions count as open, not as met."
    ]


def _unknown(result: Score, answers: Mapping[str, Answer]) -> list[str]:
    pairs = zip(result.criteria, result.statuses, strict=True)
    unknown = [c.id for c, status in pairs if status.level is None]
    if not unknown or result.index is None:
        return []
    lost = [k for k in unknown if k in answers and not answers[k].empty]
    listed = ", ".join(lost[:SHOWN])
    aged = f", {len(lost)} of them because the evidence expired ({listed})" if lost else ""
    count = f"{len(unknown)} of {len(result.criteria)} criteria are not assessed{aged}"
    return [f"{count}; coverage is {percent(result.coverage)}."]


def _stage(stage: StageResult, verdict: ReadinessVerdict) -> str:
    if verdict is ReadinessVerdict.STOP:
        return "Nothing may run on patients until every stop is resolved."
    if stage.next_name is None:
        return f"Allowed: {stage.name}."
    if not stage.missing:
        return f"Allowed: {stage.name}; {stage.next_name} needs a better verdict."
    more = len(stage.missing) - SHOWN
    names = ", ".join(stage.missing[:SHOWN]) + (f" and {more} more" if more > 0 else "")
    return f"Allowed: {stage.name}; {stage.next_name} waits for {names}."
