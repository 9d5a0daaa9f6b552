"""Distributions: scores, noise, verdicts."""
