"""Estimates with intervals, tests of chance and the noise floor: formulas that know nothing of findings."""
