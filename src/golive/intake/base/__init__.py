"""A dataset and the workspace that holds it."""
