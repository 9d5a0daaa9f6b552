"""Numbers whose meaning changed: units, scale, limits, rounding."""
