"""Watching live data after go-live: batches against a stored baseline, alerts, deliveries."""
