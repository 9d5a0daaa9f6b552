"""Own edits over what others saved meanwhile: carried over, or told; never lost, never written over theirs."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from golive.ui.registers.editor import merged

Rows = list[tuple[dict[str, Any], int]]


def row(key: str, text: str) -> dict[str, Any]:
    return {"id": key, "item": text}


def test_edits_of_untouched_rows_are_carried_over_and_others_are_told() -> None:
    before: Rows = [
        (row("a", "1"), 1),
        (row("b", "1"), 1),
        (row("c", "1"), 1),
        (row("d", "1"), 1),
        (row("e", "1"), 1),
    ]
    now: Rows = [
        (row("a", "1"), 1),
        (row("b", "theirs"), 2),
        (row("d", "theirs"), 2),
        (row("e", "1"), 1),
        (row("f", "x"), 1),
    ]
    mine = [row("a", "mine"), row("b", "mine"), row("c", "mine"), {"item": "new"}, row("f", "y")]
    rows, overtaken = merged(before, now, mine, "id")
    assert rows == [
        row("a", "mine"),
        row("b", "theirs"),
        row("d", "theirs"),
        row("f", "x"),
        {"item": "new"},
    ]
    assert overtaken == [row("b", "mine"), row("c", "mine"), row("f", "y")]


KEYS = st.sampled_from("abcd")
TABLE = st.dictionaries(KEYS, st.sampled_from("12"))


@settings(deadline=None)
@given(TABLE, TABLE, TABLE)
def test_nothing_typed_is_lost(
    old: dict[str, str], new: dict[str, str], typed: dict[str, str]
) -> None:
    before = [(row(k, v), 1) for k, v in old.items()]
    now = [(row(k, v), 1 if old.get(k) == v else 2) for k, v in new.items()]
    mine = [row(k, v) for k, v in typed.items()]
    rows, overtaken = merged(before, now, mine, "id")
    edits = [r for r in mine if old.get(r["id"]) != r["item"]]
    assert all(r in rows or r in overtaken for r in edits)
    assert len({r["id"] for r in rows}) == len(rows)
    theirs = [r for r, revision in now if revision == 2]
    assert all(r in rows for r in theirs)
