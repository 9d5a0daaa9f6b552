"""Citations against their source: what holds, what fails, what cannot be checked, and what is no citation at all."""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.intake import infer, read, roles_of
from golive.model.config import parse_config
from golive.text.generated import assess_text
from golive.text.spans import Citable, citations, unsupported

NUMBERED = "[1] Chest film clear.\n[2] Takes warfarin for a clot.\nAssessment: stable.\n## Plan of care\nRest at home."
PLAIN = "I have had this cough for three weeks and I am very tired."
LINES = "Doctor: How are you?\nPatient: The pain is much worse at night.\nDoctor: I see."


def held(output: str, source: str) -> list[tuple[str, str, bool | None]]:
    return [
        (c.kind, output[c.start : c.end], c.holds) for c in citations(output, Citable.of(source))
    ]


@pytest.mark.parametrize(
    ("output", "source", "expected"),
    [
        ("The film is clear [1].", NUMBERED, [("note", "[1]", True)]),
        ("On warfarin [3].", NUMBERED, [("note", "[3]", False)]),
        (
            "On warfarin [note 2], film clear [1, 2].",
            NUMBERED,
            [("note", "[note 2]", True), ("note", "[1, 2]", True)],
        ),
        ("Film clear [1-4].", NUMBERED, [("note", "[1-4]", False)]),
        (
            "On warfarin (source 2).",
            "Source 1: a letter.\nSource 2: a list.",
            [("note", "(source 2)", True)],
        ),
        ("On warfarin (ref. 7).", "1. A letter.\n2) A list.", [("note", "(ref. 7)", False)]),
        ("Worse at night (line 2).", LINES, [("line", "(line 2)", True)]),
        ("Worse at night (lines 2-9).", LINES, [("line", "(lines 2-9)", False)]),
        ("Worse at night (line 12).", "Line 11: a\nLine 12: b", [("line", "(line 12)", True)]),
        ("Stable [section Assessment].", NUMBERED, [("section", "[section Assessment]", True)]),
        (
            "Rest (see the Plan of Care section).",
            NUMBERED,
            [("section", "(see the Plan of Care section)", True)],
        ),
        ("Rest (Medications section).", NUMBERED, [("section", "(Medications section)", False)]),
        (
            'He says "the pain is   Much worse at night".',
            LINES,
            [("quote", '"the pain is   Much worse at night"', True)],
        ),
        ("“the pain … worse at night.”", LINES, [("quote", "“the pain … worse at night.”", True)]),
        (
            'He says "the pain is unbearable".',
            LINES,
            [("quote", '"the pain is unbearable"', False)],
        ),
        ('"worse at night … the pain"', LINES, [("quote", '"worse at night … the pain"', False)]),
        ("A cough [1].", PLAIN, [("note", "[1]", None)]),
        ("A cough (line 3).", PLAIN, [("line", "(line 3)", None)]),
        ("A cough [section History].", PLAIN, [("section", "[section History]", None)]),
    ],
)
def test_every_form_is_held_against_its_source(
    output: str, source: str, expected: list[Any]
) -> None:
    assert held(output, source) == expected


@pytest.mark.parametrize(
    "output",
    [
        "Haemoglobin 9.1 [12-16].",
        'A "cold".',
        "Seen by [NAME].",
        "In 2019 [2019].",
        "He is 5'10\" and 6'1\" tall.",
        "",
    ],
)
def test_what_is_no_citation_is_left_alone(output: str) -> None:
    assert held(output, NUMBERED) == []


def test_words_are_quoted_whole() -> None:
    assert held('"old age"', "She is of old ages.") == [("quote", '"old age"', False)]


def test_a_failing_citation_is_marked_in_place_and_its_number_is_not() -> None:
    output = "On warfarin [5], film clear [2]."
    assert [(s.kind, output[s.start : s.end], s.why) for s in unsupported(output, NUMBERED)] == [
        ("citation", "[5]", "The source has no note 5.")
    ]


@given(st.text(max_size=200), st.text(max_size=200))
def test_citations_are_inside_the_text_in_order_and_apart(output: str, source: str) -> None:
    found = citations(output, Citable.of(source))
    assert all(0 <= c.start < c.end <= len(output) for c in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(
    st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=8), min_size=4, max_size=30),
    st.data(),
)
def test_words_taken_from_the_source_are_always_found(words: list[str], data: Any) -> None:
    start = data.draw(st.integers(0, len(words) - 3))
    quoted = " ".join(words[start : start + 3]).upper()
    assert [c.holds for c in citations(f'It says "{quoted}".', Citable.of("  ".join(words)))] == [
        True
    ]


def numbers(tmp_path: Path, notes: list[str], source: str = NUMBERED) -> dict[str, Any]:
    path = tmp_path / "live.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["source", "note"], *([source, note] for note in notes)])
    config = parse_config({"outputs": {"note": "note", "source": "source"}})
    with read(path) as data:
        specs = infer(data, data, config)
        found, _, _ = assess_text(data, data, specs, roles_of(specs), config)
    made: dict[str, Any] = found.model_dump(mode="json")["citations"]
    assert all("film" not in str(v) for v in made.values())
    return made


def test_all_citations_hold_only_where_there_are_enough_and_each_can_be_checked(
    tmp_path: Path,
) -> None:
    good = [f"Film clear [1], case {i}." for i in range(40)]
    found = numbers(tmp_path, good)
    assert (found["share"], found["held"], found["n"], found["citing"]) == (1, 1, 40, 1)
    assert found["low"] < 1
    few = numbers(tmp_path, good[:12] + ["Film clear."] * 28)
    assert (few["share"], few["held"], few["n"], few["citing"]) == (None, 1, 12, 0.3)
    assert "fewer than 30" in few["why"]
    mixed = numbers(
        tmp_path,
        [*good, *("Film clear [section Plan]." for _ in range(3))],
        "[1] Chest film clear.",
    )
    assert (mixed["share"], mixed["unchecked"]) == (None, None)
    assert "does not number" in mixed["why"]


def test_a_failing_citation_counts_however_few_there_are(tmp_path: Path) -> None:
    found = numbers(tmp_path, ["Film clear [1].", "Film clear [9]."] + ["Film clear."] * 38)
    assert (found["share"], found["n"]) == (0.5, None)


def test_a_share_that_would_tell_a_count_of_1_to_10_is_not_kept(tmp_path: Path) -> None:
    rest = ["Film clear."] * 38
    assert numbers(tmp_path, ["Film clear [1].", "Film clear [9].", *rest])["citing"] is None
    assert numbers(tmp_path, rest)["citing"] == 0


def test_nothing_cited_and_nothing_to_look_up_are_told_apart(tmp_path: Path) -> None:
    assert numbers(tmp_path, ["A cough."] * 40)["why"] == "no output cites its source"
    nothing = numbers(tmp_path, ["A cough [1]."] * 40, PLAIN)
    assert nothing["share"] is None
    assert nothing["unchecked"] == 40
    assert "cannot be looked up" in nothing["why"]


@pytest.mark.parametrize(
    "odd",
    [
        "[" + " " * 50_000,
        "(see" + " " * 50_000,
        '"' * 50_000,
        '"a ' * 16_000,
        "[1" + ", 1" * 16_000,
        " \n" * 25_000,
        "A " * 25_000,
        "[section " * 5_000,
    ],
)
def test_no_text_takes_long(odd: str, cost: Callable[..., float]) -> None:
    assert cost(lambda: citations(odd, Citable.of(odd))) < 30
