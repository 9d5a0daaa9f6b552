"""The readiness model as a policy: criteria, levels, gates."""
