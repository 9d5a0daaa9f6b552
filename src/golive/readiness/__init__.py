"""Readiness: findings, evidence and a risk profile in, criteria, gates, a verdict and a plan out. Pure."""

from golive.readiness.judge import judge
from golive.readiness.measures import measure
from golive.readiness.policy import Model, load_model, parse_model

__all__ = ["Model", "judge", "load_model", "measure", "parse_model"]
