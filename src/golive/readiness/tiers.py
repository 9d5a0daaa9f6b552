"""The same evidence at each risk tier, side by side: "Ready at moderate, Pilot at high"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from golive.model.config import Config
from golive.model.readiness import EvidenceItem, Measurement, ReadinessVerdict, Tier, Waiver
from golive.readiness.evidence import collect, valid_waivers
from golive.readiness.policy.policy import TIERS, Model, load_model
from golive.readiness.risk import tier_of
from golive.readiness.score import score
from golive.readiness.verdict import band_of, open_gates, stops


@dataclass(frozen=True)
class TierResult:
    """The verdict at one tier, its numbers, and the gates that do not pass there."""

    tier: Tier
    verdict: ReadinessVerdict
    index: float | None
    low: float
    high: float
    coverage: float
    open_gates: tuple[str, ...]
    is_own: bool


def at_tiers(
    measurements: Iterable[Measurement],
    config: Config,
    *,
    evidence: Sequence[EvidenceItem] = (),
    waivers: Sequence[Waiver] = (),
    as_of: date,
    model: Model | None = None,
    measured_on: date | None = None,
    invalid: Mapping[str, str] | None = None,
) -> tuple[TierResult, ...]:
    """Judge the same evidence at low, moderate, high and critical. Arguments and errors as in ``judge``."""
    model = model or load_model()
    own, flags = tier_of(config.risk), config.risk.flags
    answers = collect(measurements, evidence, model, as_of, measured_on, invalid=invalid).answers
    results = []
    for tier in TIERS:
        waived = valid_waivers(waivers, model, tier, flags, as_of).waived
        result = score(model, answers, tier, flags)
        verdict = ReadinessVerdict.STOP if stops(result, model) else band_of(result, model, waived)
        gates = open_gates(result, waived)
        results.append(
            TierResult(
                tier=tier,
                verdict=verdict,
                index=result.index,
                low=result.low,
                high=result.high,
                coverage=result.coverage,
                open_gates=tuple(g.criterion for g in (*gates.hard, *gates.open)),
                is_own=tier is own,
            )
        )
    return tuple(results)
