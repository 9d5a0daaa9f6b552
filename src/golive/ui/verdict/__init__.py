"""The verdict and what blocks it."""
