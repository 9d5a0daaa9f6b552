"""Sessions, trend, monitors, reports."""
