"""The model over time."""
