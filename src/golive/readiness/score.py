"""Dimensions, index, coverage and gates, vectorised (the rule: ``docs/decisions/readiness-rule.md``).

Totals are arrays whose last axis is the dimension, so that one pass scores many variations at once: every next step of the
plan, or a thousand weight draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from golive.model.readiness import Flag, GateState, Tier
from golive.readiness.policy.policy import Criterion, Model
from golive.readiness.status import Answer, CriterionStatus, gate_state, status_of

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Totals:
    """Sums over the criteria of each dimension, shape (..., dimensions): weight, covered weight, earned points, upside."""

    weight: Array
    covered: Array
    earned: Array
    upside: Array

    @property
    def coverage(self) -> Array:
        """Covered share of the weight, 0 to 1."""
        return self.covered / self.weight

    @property
    def point(self) -> Array:
        """Mean points of what was assessed, 0 to 100; NaN where nothing was."""
        safe = np.where(self.covered > 0, self.covered, 1.0)
        return np.where(self.covered > 0, self.earned / safe, np.nan)

    @property
    def low(self) -> Array:
        """Proven floor: what was not assessed counts 0."""
        return self.earned / self.weight

    @property
    def high(self) -> Array:
        """Ceiling: what was not assessed counts 100, and weakly proven claims turn out true."""
        return self.low + 100 * (1 - self.coverage) + self.upside / self.weight

    def aggregated(self, weights: Array, allowance: float) -> tuple[Indices, Indices]:
        """Indices of what was assessed, and of the proven floor, at ``weights`` of the dimensions (...)."""
        point, low = self.point, self.low
        return aggregate(point, weights, allowance), aggregate(low, weights, allowance)


@dataclass(frozen=True)
class Indices:
    """Weighted mean, weakest dimension and index ``min(mean, weakest + allowance)``, each of shape (...)."""

    mean: Array
    weakest: Array
    index: Array


def aggregate(values: Array, weights: Array, allowance: float) -> Indices:
    """Weakest-link-limited mean over the last axis; NaN dimensions are left out, all NaN gives NaN.

    ``values`` (..., d) in points 0-100, ``weights`` (..., d) above 0, ``allowance`` 0-100.
    """
    known = ~np.isnan(values)
    used = np.where(known, weights, 0.0)
    total = used.sum(axis=-1)
    some = total > 0
    mean = np.where(
        some,
        (np.where(known, values, 0.0) * used).sum(axis=-1) / np.where(some, total, 1.0),
        np.nan,
    )
    weakest = np.where(some, np.where(known, values, np.inf).min(axis=-1), np.nan)
    return Indices(mean, weakest, np.minimum(mean, weakest + allowance))


@dataclass(frozen=True)
class Gate:
    """One gate of the tier: its criterion, the level it needs, whether it is hard, and its state."""

    criterion: str
    hard: bool
    needs: int
    level: int | None
    state: GateState


@dataclass(frozen=True)
class Score:
    """A pilot as scored at one tier. Arrays follow ``dimensions``."""

    tier: Tier
    criteria: tuple[Criterion, ...]
    statuses: tuple[CriterionStatus, ...]
    place: npt.NDArray[np.intp]
    dimensions: tuple[str, ...]
    weights: Array
    totals: Totals
    allowance: float
    point: Indices
    low: float
    high: float
    coverage: float
    gates: tuple[Gate, ...]

    @property
    def index(self) -> float | None:
        """The index R, or ``None`` when nothing was assessed."""
        return None if np.isnan(self.point.index) else float(self.point.index)

    @property
    def mean(self) -> float | None:
        """The weighted mean M, or ``None`` when nothing was assessed."""
        return None if np.isnan(self.point.mean) else float(self.point.mean)

    def status(self, key: str) -> CriterionStatus | None:
        """The standing of one criterion, ``None`` when it is not asked here."""
        pairs = zip(self.criteria, self.statuses, strict=True)
        return next((status for criterion, status in pairs if criterion.id == key), None)


def upside(status: CriterionStatus, points: tuple[float, ...]) -> float:
    """Points that a claim above its proof would add if it turned out true, weighted by freshness."""
    if status.level is None or status.claimed is None:
        return 0.0
    return max(0.0, status.coverage * points[status.claimed] - status.earned(points))


def score(
    model: Model, answers: Mapping[str, Answer], tier: Tier, flags: tuple[Flag, ...] = ()
) -> Score:
    """Score ``answers`` at ``tier``. Criteria that do not apply at the tier or to the flags are ignored."""
    criteria = model.applicable(tier, flags)
    statuses = tuple(status_of(c, answers.get(c.id), model) for c in criteria)
    present = {c.dimension for c in criteria}
    dimensions = tuple(d.id for d in model.dimensions if d.id in present)
    where = {d: i for i, d in enumerate(dimensions)}
    place = np.array([where[c.dimension] for c in criteria], dtype=np.intp)
    weight = np.array([c.weight for c in criteria])

    def sums(values: list[float]) -> Array:
        return np.bincount(
            place, weights=weight * np.array(values), minlength=len(dimensions)
        ).astype(np.float64)

    totals = Totals(
        sums([1.0] * len(criteria)),
        sums([s.coverage for s in statuses]),
        sums([s.earned(model.points) for s in statuses]),
        sums([upside(s, model.points) for s in statuses]),
    )
    by_dimension = model.weights(tier, flags)
    weights = np.array([by_dimension[d] for d in dimensions])
    allowance = model.tiers[tier].allowance
    point, low = totals.aggregated(weights, allowance)
    gates = tuple(
        Gate(c.id, c.hard, c.gate[tier], s.level, gate_state(s, c.gate[tier], model))
        for c, s in zip(criteria, statuses, strict=True)
        if tier in c.gate
    )
    return Score(
        tier=tier,
        criteria=criteria,
        statuses=statuses,
        place=place,
        dimensions=dimensions,
        weights=weights,
        totals=totals,
        allowance=allowance,
        point=point,
        low=float(low.index),
        high=float(aggregate(totals.high, weights, allowance).index),
        coverage=float((weights * totals.coverage).sum() / weights.sum()),
        gates=gates,
    )
