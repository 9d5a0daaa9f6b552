"""Why the verdict is what it is, in sentences for people who did not build the model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from golive.model.readiness import GateState, ReadinessVerdict
from golive.readiness.evidence import Collected, WaiverResult, in_words
from golive.readiness.policy.policy import Model
from golive.readiness.score import Gate, Score
from golive.readiness.verdict import StageResult, band_of, open_gates
from golive.wording.numbers import percent

SHOWN = 4


def reasons(
    result: Score,
    model: Model,
    *,
    verdict: ReadinessVerdict,
    waiver: WaiverResult,
    stage: StageResult,
    collected: Collected,
    halted: Sequence[str],
    until: date | None,
) -> tuple[str, ...]:
    """Sentences from the most to the least decisive: stops, gates, the cap, what is unknown, stage, waivers, validity."""
    found = [f"Stopped: {s}" for s in halted]
    found += _nothing(result)
    found += _gates(result, model, waiver)
    found += _cap(result, model)
    found += _unproven(result, model, verdict, waiver)
    found += _unknown(result, collected)
    found += _stage(stage, verdict)
    found += waiver.refused
    if waiver.waived and verdict is ReadinessVerdict.CONDITIONAL:
        first = min(waiver.waived.values())
        found.append(
            f"It rests on {len(waiver.waived)} waived {_plural('gate', waiver.waived)}, the first until {in_words(first)}."
        )
    if until:
        found.append(
            f"This verdict holds until {in_words(until)} at the latest; then it has to be judged again."
        )
    return tuple(found)


def _plural(word: str, things: object) -> str:
    count = things if isinstance(things, int) else len(things)  # type: ignore[arg-type]
    return word if count == 1 else f"{word}s"


def _nothing(result: Score) -> list[str]:
    if result.index is not None:
        return []
    return [
        f"Nothing is measured or proven yet: 0 of {len(result.criteria)} criteria have an answer."
    ]


def _listed(gates: Sequence[Gate], model: Model) -> str:
    shown = [f"{g.criterion} {model.criterion(g.criterion).title}" for g in gates[:SHOWN]]
    more = len(gates) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")


def _gates(result: Score, model: Model, waiver: WaiverResult) -> list[str]:
    count, found = open_gates(result, waiver.waived), []
    for hard, gates in ((True, count.hard), (False, count.open)):
        name = "hard gate" if hard else "release gate"
        failed = [g for g in gates if g.state is GateState.FAIL]
        unproven = [g for g in gates if g.state is GateState.UNVERIFIED]
        if failed:
            found.append(f"{len(failed)} {_plural(name, failed)} failed: {_listed(failed, model)}.")
        if unproven:
            found.append(
                f"{len(unproven)} {_plural(name, unproven)} not proven: {_listed(unproven, model)}."
            )
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


def _unproven(
    result: Score, model: Model, verdict: ReadinessVerdict, waiver: WaiverResult
) -> list[str]:
    """Say so when the point estimate alone would give a better word than what is proven."""
    if verdict is ReadinessVerdict.STOP:
        return []
    by_point = band_of(result, model, waiver.waived, verdict_on="point")
    if by_point is verdict:
        return []
    return [
        f"What was answered would give {by_point.value.capitalize()}, but the verdict has to hold on what is proven "
        f"(index {result.low:.0f}): unanswered questions count as open, not as met."
    ]


def _unknown(result: Score, collected: Collected) -> list[str]:
    unknown = [
        c.id for c, s in zip(result.criteria, result.standings, strict=True) if s.level is None
    ]
    if not unknown or result.index is None:
        return []
    lost = [k for k in unknown if (a := collected.answers.get(k)) is not None and not a.empty]
    aged = (
        f", {len(lost)} of them because the evidence expired ({', '.join(lost[:SHOWN])})"
        if lost
        else ""
    )
    return [
        f"{len(unknown)} of {len(result.criteria)} criteria are not assessed{aged}; coverage is {percent(result.coverage)}."
    ]


def _stage(stage: StageResult, verdict: ReadinessVerdict) -> list[str]:
    if verdict is ReadinessVerdict.STOP:
        return ["Nothing may run on patients until every stop is resolved."]
    if stage.next_name is None:
        return [f"Allowed: {stage.name}."]
    if not stage.missing:
        return [f"Allowed: {stage.name}; {stage.next_name} needs a better verdict."]
    more = len(stage.missing) - SHOWN
    names = ", ".join(stage.missing[:SHOWN]) + (f" and {more} more" if more > 0 else "")
    return [f"Allowed: {stage.name}; {stage.next_name} waits for {names}."]
