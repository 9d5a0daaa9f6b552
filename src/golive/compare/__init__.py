"""Compare two profiles: schema, missingness, drift, meaning, integrity, identifiers. Numbers in, findings out."""

from golive.compare.comparison import Comparison, compare

__all__ = ["Comparison", "compare"]
