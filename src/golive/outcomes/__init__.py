"""Outcomes: predictions and labels to findings on performance, calibration, groups, time, output and service."""

from golive.outcomes.outcomes import Outcomes, judge

__all__ = ["Outcomes", "judge"]
