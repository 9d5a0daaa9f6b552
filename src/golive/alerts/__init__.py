"""Alerts: which findings of which batches are one cause that someone acts on, and who is told."""
