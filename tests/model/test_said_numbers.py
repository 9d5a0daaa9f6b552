"""How numbers are said to people."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from golive.wording.shares import chance

SOURCES = Path(__file__).resolve().parents[2] / "src" / "golive"


@pytest.mark.parametrize(
    ("p", "said"),
    [(2e-178, "p < 0.001"), (0.0, "p < 0.001"), (0.00099, "p < 0.001"), (0.0012, "p = 0.0012"), (0.25, "p = 0.25")],
)
def test_no_p_value_is_said_with_an_exponent(p: float, said: str) -> None:
    assert chance(p) == said


def test_no_sentence_writes_a_p_value_of_its_own() -> None:
    own = re.compile(r"\bp (= )?\{[^{}]*:\.\dg\}")
    written = [f.relative_to(SOURCES).as_posix() for f in SOURCES.rglob("*.py") if own.search(f.read_text("utf-8"))]
    assert written == ["model/words.py"]
