"""How one criterion stands: level, freshness and gate, from its measurement and its evidence.

A valid measurement of a condition decides alone; otherwise the level is the least of claim, grade cap and measurement.
Freshness is 1 up to the time to live, then falls to 0 at twice it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from golive.model.readiness import GateState, Grade
from golive.readiness.policy.policy import Criterion, Model


@dataclass(frozen=True)
class Claim:
    """One piece of evidence as it counts: claimed level, grade after its rules, age in days, id of the item."""

    level: int
    grade: Grade
    age: float
    item: str = ""


@dataclass(frozen=True)
class MeasuredLevel:
    """A level taken from data, and its age in days."""

    level: int
    age: float = 0.0


@dataclass(frozen=True)
class Answer:
    """Everything known about one criterion. ``expired`` counts items that are past their own expiry date."""

    claims: tuple[Claim, ...] = ()
    measured: MeasuredLevel | None = None
    expired: int = 0

    @property
    def empty(self) -> bool:
        """Whether nobody ever said or measured anything."""
        return not self.claims and self.measured is None and not self.expired


@dataclass(frozen=True)
class CriterionStatus:
    """A criterion as scored.

    ``proof[L]`` is how fresh (0 to 1) the best proof of level L or more is: ``proof[0]`` is the coverage, and it never rises
    with L. ``claimed`` is the highest level claimed, ``None`` where a measurement decides alone. ``rest_is_evidence``: data show
    all that they can show here, and what is above the level is a document's matter.
    """

    level: int | None
    proof: tuple[float, ...] = (0.0,) * 5
    claimed: int | None = None
    measured: int | None = None
    claim_shown: int | None = None
    items: tuple[str, ...] = field(default=())
    rest_is_evidence: bool = False

    @property
    def coverage(self) -> float:
        """Freshness of what is known, 0 to 1; 0 = not assessed."""
        return self.proof[0]

    @property
    def freshness(self) -> float:
        """Freshness of the proof of the shown level."""
        return self.proof[self.level] if self.level is not None else 0.0

    def earned(self, points: tuple[float, ...]) -> float:
        """Proven points, 0 to 100: each step of the scale counts as far as its proof is fresh."""
        return sum(self.proof[i] * (points[i] - points[i - 1]) for i in range(1, 5))


def freshness(age: float, ttl: float) -> float:
    """1 while ``age`` <= ``ttl`` (days), then linear to 0 at twice ``ttl``."""
    return 1.0 if age <= ttl else max(0.0, 1 - (age - ttl) / ttl)


def status_of(criterion: Criterion, answer: Answer | None, model: Model) -> CriterionStatus:
    """Level, freshness and claim of one criterion.

    A capability is never proven by measurement alone: data limit its claims and can refute it (level 0).

    With several items the shown level is the highest that is proven freshly enough for a gate, else the highest of all. A
    better item never makes the status worse.
    """
    if answer is None:
        return CriterionStatus(level=None)
    ttl = criterion.ttl_days
    shown = max((c.level for c in answer.claims), default=None)
    measured = answer.measured
    fresh = freshness(measured.age, ttl) if measured else 0.0
    value = measured.level if measured and fresh > 0 else None
    pieces: list[tuple[int, float, str]] = []
    limit = 4 if value is None else value
    if criterion.kind == "condition" and value is not None:
        proof = tuple(fresh if value >= i else 0.0 for i in range(5))
        if value < criterion.data_limit or criterion.data_limit == 4:
            return CriterionStatus(value, proof, None, value, shown)
        pieces.append((value, fresh, ""))
        limit = 4
    elif value == 0:
        pieces.append((0, fresh, ""))
    for claim in answer.claims:
        level = min(claim.level, model.grade_caps[claim.grade], limit)
        age = freshness(claim.age, ttl)
        if age > 0:
            pieces.append((level, age, claim.item))
    if not pieces:
        return CriterionStatus(None, claimed=shown, claim_shown=shown, measured=value)
    proof = tuple(max((k for level, k, _ in pieces if level >= i), default=0.0) for i in range(5))
    solid = [level for level, k, _ in pieces if k >= model.gate_freshness]
    level = max(solid) if solid else max(level for level, _, _ in pieces)
    items = tuple(dict.fromkeys(item for at, _, item in pieces if at >= level and item))
    agrees = criterion.kind == "condition" and value is not None
    return CriterionStatus(level, proof, None if agrees else shown, value, shown, items, agrees)


def gate_state(status: CriterionStatus, gate: int, model: Model) -> GateState:
    """PASS when ``gate`` is proven freshly enough, FAIL when evidence shows less, else UNVERIFIED."""
    if status.level is None:
        return GateState.UNVERIFIED
    if status.proof[gate] >= model.gate_freshness:
        return GateState.PASS
    if status.proof[gate] > 0 or status.rest_is_evidence:
        return GateState.UNVERIFIED
    claims_it = status.claimed is not None and status.claimed >= gate
    if claims_it and (status.measured is None or status.measured >= gate):
        return GateState.UNVERIFIED
    return GateState.FAIL
