"""Rows that outcomes and causes need, reduced to codes and numbers."""
