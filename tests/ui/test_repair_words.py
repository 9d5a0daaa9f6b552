"""Every form of repair says in words what it does."""

from __future__ import annotations

from typing import Any

import pytest

from golive.compare.repairs.repair import OPS
from golive.ui.live.finding_view import repair_words

SAID: tuple[tuple[dict[str, Any], str], ...] = (
    (
        {"op": "convert", "column": "creatinine", "factor": 1 / 88.42},
        "multiply creatinine by 0.01131",
    ),
    (
        {"op": "convert", "column": "temp", "factor": 5 / 9, "offset": -160 / 9, "above": 50.0},
        "multiply temp above 50 by 0.5556 and subtract 17.78",
    ),
    (
        {"op": "set_missing", "column": "gcs", "values": [-1.0, "?"]},
        "set -1, '?' in gcs to missing",
    ),
    (
        {"op": "set_missing", "column": "k", "below": 0.0, "above": 20.0},
        "set k below 0 and above 20 to missing",
    ),
    ({"op": "set_missing", "column": "k", "inside": [1.0, 2.0]}, "set k from 1 to 2 to missing"),
    (
        {"op": "map", "column": "route", "mapping": {"iv": "IV", "a": "b", "c": "d", "e": "f"}},
        "write 'iv' as 'IV', 'a' as 'b', 'c' as 'd' and 1 more in route",
    ),
    ({"op": "recode", "column": "dx", "mapping": {"250": "E11"}}, "write '250' as 'E11' in dx"),
    ({"op": "map", "column": "lab", "mapping": {"<0.5": 0.5}}, "write '<0.5' as 0.5 in lab"),
    ({"op": "clip", "column": "age", "high": 89.0}, "let age be 89 at most"),
    ({"op": "swap", "columns": ["sbp", "dbp"]}, "exchange sbp and dbp"),
    ({"op": "deduplicate"}, "drop rows that equal an earlier row"),
)


@pytest.mark.parametrize(("repair", "words"), SAID)
def test_a_repair_is_said_in_words(repair: dict[str, Any], words: str) -> None:
    assert repair_words(repair) == words


def test_no_form_of_repair_is_left_out() -> None:
    assert {repair["op"] for repair, _ in SAID} == set(OPS)


def test_a_repair_that_leaves_no_value_says_so() -> None:
    from golive.model.finding import WhatIf
    from golive.ui.live.finding_view import what_if_sentence

    emptied = WhatIf(repair={"op": "set_missing", "column": "chol", "values": [0.0]})
    assert "then no live value is left" in what_if_sentence(emptied, empties=True)
    assert "It could not be tried" in what_if_sentence(emptied)
