"""Drift results as findings: one per compared column, quiet and unjudgeable ones included."""

from __future__ import annotations

from collections.abc import Mapping

from golive.compare.base.pairs import Pair
from golive.compare.drift.evidently import P_VALUE_METHODS
from golive.model.columns import Role
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Effect, Kind, Severity, Verdict
from golive.model.result import DriftResult
from golive.wording.findings.distributions import CategoryShares, DistributionShift

_BIG = 3.0
"""Multiple of the practical threshold from which an alarm is critical in an important column."""


def drift_findings(
    pairs: Mapping[str, Pair],
    drift: Mapping[str, DriftResult],
    shifts: Mapping[str, CategoryShares],
    config: Config,
) -> list[Facts]:
    """``distribution_shift`` of feature columns and ``score_shift`` of the score; the label speaks for itself.

    ``shifts`` are the category shares that changed: a distribution alarm names the value that moved, so a share is told by
    itself only where the distance hides it.
    """
    alone = [s for name, s in shifts.items() if drift[name].verdict is not Verdict.ALARM]
    return [
        _shift(pairs[name], result, shifts.get(name), config)
        for name, result in drift.items()
        if pairs[name].train.role not in (Role.LABEL, Role.PREDICTION)
    ] + alone


def _shift(pair: Pair, result: DriftResult, shares: CategoryShares | None, config: Config) -> Facts:
    declared, by_p = config.columns.get(pair.name), result.method in P_VALUE_METHODS
    important = declared is not None and (declared.importance or 0) >= 0.8
    big = not by_p and (result.score or 0) >= _BIG * result.threshold
    critical = result.verdict is Verdict.ALARM and important and big
    before, now = pair.train.numeric, pair.live.numeric
    return DistributionShift(
        kind=Kind.SCORE_SHIFT if pair.train.role is Role.SCORE else Kind.DISTRIBUTION_SHIFT,
        verdict=result.verdict,
        columns=(pair.name,),
        severity=Severity.CRITICAL if critical else None,
        effect=score_effect(result),
        result=result,
        medians=(before.median, now.median) if pair.is_number and before and now else None,
        shares=shares,
        by_p=by_p,
    )


def score_effect(result: DriftResult) -> Effect:
    """The drift score as the size of a finding."""
    n_train, n_live = result.n_train, result.n_live
    return Effect(name=result.method, change=result.score, n_train=n_train, n_live=n_live)
