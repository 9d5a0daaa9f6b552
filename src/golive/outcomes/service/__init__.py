"""The service around the model: latency, alerts, use."""
