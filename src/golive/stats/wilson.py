"""The interval of a share, wherever one is said: Wilson's, for counts and for effective sizes."""

from __future__ import annotations

from typing import Any

import numpy as np

from golive.model.profile import FloatArray

Z95, Z99 = 1.959963984540054, 2.5758293035489004
"""Two-sided normal quantiles at 95 % and 99 %."""


def wilson(count: Any, n: Any, z: float = Z95) -> tuple[FloatArray, FloatArray]:
    """Wilson interval of a share (Wilson 1927), arrays of one shape; (0, 1) where ``n`` is 0. ``n`` may be an effective size."""
    n = np.asarray(n, dtype=float)
    m = np.maximum(n, 1e-12)
    p = np.asarray(count, dtype=float) / m
    centre = (p + z**2 / (2 * m)) / (1 + z**2 / m)
    half = z / (1 + z**2 / m) * np.sqrt(np.maximum(p * (1 - p), 0) / m + z**2 / (4 * m**2))
    empty = n <= 0
    return np.where(empty, 0.0, np.clip(centre - half, 0, 1)), np.where(
        empty, 1.0, np.clip(centre + half, 0, 1)
    )
