"""How numbers are said."""

from __future__ import annotations

import pytest

from golive.model.profile import cell_share
from golive.wording.numbers import cell, number, percent, points, sizes
from golive.wording.text import listing


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0 %"),
        (0.28, "28 %"),
        (0.027, "2.7 %"),
        (0.0034, "0.34 %"),
        (0.00001, "under 0.01 %"),
        (1, "100 %"),
        (0.998, "99.8 %"),
        (0.09951, "10 %"),
        (0.09949, "9.9 %"),
        (0.99999, "over 99.9 %"),
    ],
)
def test_percent(value: float, said: str) -> None:
    assert percent(value) == said


def test_the_rest() -> None:
    assert points(-0.098) == "-9.8 points"
    assert number(12345.6) == "12,346"
    assert number(0.25) == "0.25"
    assert sizes(303, 20_000) == "n = 303 and 20,000"
    assert [listing(list(names)) for names in ("", "a", "ab", "abcdefgh")] == [
        "",
        "a",
        "a and b",
        "a, b, c, d, e, f and 2 more",
    ]


def test_small_cells_stay_private() -> None:
    assert [cell_share(c, 100) for c in (0, 1, 10, 11)] == [0.0, None, None, 0.11]
    assert cell_share(0, 0) is None
    assert cell(10, 200) == "fewer than 11 of 200 rows"
    assert cell(20, 200) == "10 %"
