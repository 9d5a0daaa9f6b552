"""Readiness: findings, evidence and a risk profile in, criteria, gates, a verdict and a plan out. Pure."""

from golive.readiness.basis import Basis, TierResult, basis
from golive.readiness.evidence import effective_grade, evidence_problems, expiring
from golive.readiness.maturity import ml_test_score
from golive.readiness.measures import measure
from golive.readiness.plan import within_budget
from golive.readiness.policy.policy import Model, load_model, parse_model
from golive.readiness.risk import explain_tier, tier_of

__all__ = [
    "Basis",
    "Model",
    "TierResult",
    "basis",
    "effective_grade",
    "evidence_problems",
    "expiring",
    "explain_tier",
    "load_model",
    "measure",
    "ml_test_score",
    "parse_model",
    "tier_of",
    "within_budget",
]
