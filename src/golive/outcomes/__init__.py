"""Outcomes: predictions and labels to findings on performance, calibration, groups, time, output and service."""

from golive.outcomes.model.context import Outcomes
from golive.outcomes.outcomes import judge_outcomes

__all__ = ["Outcomes", "judge_outcomes"]
