"""Repairs that a diagnosis proposes, applied to the profile and written as code."""
