"""From a score to one of four words, and how firmly it stands: bands, stops, stages, guards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from golive.model.readiness import GateState, ReadinessVerdict
from golive.readiness.evidence import WaiverResult
from golive.readiness.policy.policy import Band, Model
from golive.readiness.score import Array, Gate, Score

BoolArray = npt.NDArray[np.bool_]
ORDER = (
    ReadinessVerdict.STOP,
    ReadinessVerdict.PILOT,
    ReadinessVerdict.CONDITIONAL,
    ReadinessVerdict.READY,
)


@dataclass(frozen=True)
class Judged:
    """What evidence shows at one tier: its score, the waivers that count, the stop rules that hold, and the verdict."""

    score: Score
    waiver: WaiverResult
    stops: tuple[str, ...]
    verdict: ReadinessVerdict


@dataclass(frozen=True)
class GateCount:
    """Gates that do not pass: hard ones, release ones that no waiver covers, and release ones in all."""

    hard: tuple[Gate, ...]
    open: tuple[Gate, ...]
    soft: tuple[Gate, ...]


def open_gates(score: Score, waived: Collection[str] = ()) -> GateCount:
    """Sort the gates that do not pass."""
    bad = [g for g in score.gates if g.state is not GateState.PASS]
    soft = [g for g in bad if not g.hard]
    hard = tuple(g for g in bad if g.hard)
    return GateCount(hard, tuple(g for g in soft if g.criterion not in waived), tuple(soft))


def _bands(
    score: Score, model: Model, waived: Collection[str], weights: Array, proven: bool
) -> npt.NDArray[np.int64]:
    """Place in ``ORDER`` of the band that gates, index, coverage and dimensions keep, for each row of ``weights`` (draws,
    dimensions).

    ``proven`` asks it of the proven floor: then no unanswered question and no ageing proof can lift a verdict.
    """
    totals, rules, gates = score.totals, model.tiers[score.tier], open_gates(score, waived)
    point, low = totals.aggregated(weights, score.allowance)
    coverage = (weights * totals.coverage).sum(axis=-1) / weights.sum(axis=-1)
    index = low.index if proven else point.index
    weakest = (totals.low if proven else np.nan_to_num(totals.point, nan=0.0)).min()

    def holds(band: Band) -> BoolArray:
        enough = (index >= band.index) & (coverage >= band.coverage) & ~np.isnan(point.index)
        return np.asarray(enough & bool(weakest >= band.dimension), dtype=np.bool_)

    rank = np.ones(weights.shape[:-1], dtype=np.int64)
    with np.errstate(invalid="ignore"):
        if not gates.hard and not gates.open and len(gates.soft) <= rules.max_waivers:
            rank = np.where(holds(rules.conditional), 2, rank)
        if not gates.hard and not gates.soft:
            near = low.index >= rules.ready.index - model.low_margin
            rank = np.where(holds(rules.ready) & near, 3, rank)
    return rank


def band_of(
    score: Score, model: Model, waived: Collection[str] = (), *, verdict_on: str | None = None
) -> ReadinessVerdict:
    """Ready, Conditional or Pilot by gates and bands, before any stop.

    ``verdict_on`` ``"point"`` holds the bands against the point estimate. ``"proven"`` (the shipped policy) holds them against
    the proven floor, because on the point estimate deleting a bad answer can lift the verdict.
    """
    proven = (verdict_on or model.verdict_on) == "proven"
    return ORDER[int(_bands(score, model, waived, score.weights, proven))]


def stability(
    score: Score, model: Model, waived: Collection[str] = (), *, draws: int = 1000, seed: int = 7
) -> float:
    """Share of ``draws`` random weight sets (each weight times 1 +- ``model.weight_draw``, uniform) with the same verdict."""
    rng = np.random.default_rng(seed)
    factors = rng.uniform(
        1 - model.weight_draw, 1 + model.weight_draw, size=(draws, len(score.weights))
    )
    proven = model.verdict_on == "proven"
    base = _bands(score, model, waived, score.weights, proven)
    return float(np.mean(_bands(score, model, waived, score.weights * factors, proven) == base))


def stops(score: Score, model: Model) -> tuple[str, ...]:
    """Sentences of the stop rules that hold. Only what evidence or data shows stops a pilot, never silence."""
    found = []
    for rule in model.stops:
        status = score.status(rule.criterion)
        if status is None or status.level is None:
            continue
        level = status.measured if rule.measured_only else status.level
        if level is not None and level <= rule.level:
            found.append(f"{rule.criterion}: {rule.sentence}")
    return tuple(found)


@dataclass(frozen=True)
class StageResult:
    """The furthest way of running the pilot that is allowed, and what is missing for the next."""

    id: str
    name: str
    next_name: str | None
    missing: tuple[str, ...]


def stage_of(score: Score, model: Model, verdict: ReadinessVerdict) -> StageResult:
    """Furthest stage whose entry items status at ``stage_level`` with evidence in date, and that the verdict allows.

    Pilot allows supervised use at most, Conditional limited production, Ready general production, Stop none.
    """
    limit = {"stop": 0, "pilot": 2, "conditional": 3, "ready": 4}[verdict.value]
    shut = [g for g in score.gates if g.state is not GateState.PASS]
    allowed, required = model.stages[0], set[str]()
    for place, stage in enumerate(model.stages):
        required |= set(stage.criteria)
        missing = sorted(c for c in required if not _entered(score, model, c))
        if stage.gates != "none":
            asked = [g.criterion for g in shut if g.hard or stage.gates == "all"]
            missing += [key for key in asked if key not in missing]
        if missing or place > limit:
            return StageResult(allowed.id, allowed.name, stage.name, tuple(missing))
        allowed = stage
    return StageResult(allowed.id, allowed.name, None, ())


def _entered(score: Score, model: Model, key: str) -> bool:
    status = score.status(key)
    return status is None or status.proof[model.stage_level] >= model.gate_freshness
