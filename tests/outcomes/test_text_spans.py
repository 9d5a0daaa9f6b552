"""What a source does not contain: each kind of place, and what must not be marked."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.text.numbers import agrees, days, quantities, spoken_values
from golive.text.spans import unsupported

SOURCE = (
    "Doctor: How old are you, sir? Patient: I'm fifty seven. I moved here in nineteen eighty four.\n"
    "Doctor: Any fever? Patient: No.\n"
    "Doctor: Do you smoke? Patient: Yes, a pack a day. I take tylenol, five hundred M G, twice a day for two weeks.\n"
    "Doctor: I see you on January tenth two thousand nine. Your potassium was 4.27 and you weigh 70 kg."
)


def kinds(output: str, source: str = SOURCE) -> list[tuple[str, str]]:
    return [(s.kind, output[s.start : s.end]) for s in unsupported(output, source)]


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("The patient is 63 years old.", [("number", "63")]),
        ("Takes acetaminophen 500 mcg.", [("unit", "500")]),
        ("Seen on 02/10/09.", [("date", "02/10/09")]),
        ("Seen on Tuesday.", [("date", "Tuesday")]),
        ("Takes lisinopril daily.", [("medication", "lisinopril")]),
        ("He was referred by his friend Hernandez today.", [("name", "Hernandez")]),
        ("A 57-year-old woman.", [("name", "woman")]),
        ("He has a history of asthma.", [("finding", "asthma")]),
        ("He denies chest pain.", [("negation", "chest pain")]),
        ("He has had a fever.", [("contradiction", "fever")]),
        ("Denies tobacco use.", [("contradiction", "tobacco")]),
    ],
)
def test_each_kind_is_found_in_place(output: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(output) == expected


@pytest.mark.parametrize(
    "output",
    [
        "A 57-year-old man who moved in 1984.",
        "Afebrile: denies fever.",
        "Smokes one pack per day.",
        "Acetaminophen 500 mg twice daily for 14 days.",  # another name, spelled units, other units of time
        "Seen on 01/10/09 and on 10 January 2009.",
        "Potassium 4.3; weight 70,000 g.",  # rounded as written, converted
        "1. Tobacco use. 2. Follow up.",  # list numbers
        "Fever: negative.",
        "",
    ],
)
def test_what_the_source_says_in_other_words_is_not_marked(output: str) -> None:
    assert kinds(output) == []


def test_a_source_with_nothing_supports_nothing() -> None:
    assert kinds("He is 63 and takes lisinopril.", "Doctor: Hello, sir.") == [
        ("number", "63"),
        ("medication", "lisinopril"),
    ]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("nineteen eighty four", 1984),
        ("one twenty two", 122),
        ("two thousand eight", 2008),
        ("five thousand two hundred", 5200),
        ("one hundred and six", 106),
        ("twenty six", 26),
    ],
)
def test_spoken_numbers_mean_what_people_mean(words: str, value: int) -> None:
    assert spoken_values([w for w in words.split() if w != "and"])[0] == value


def _say(n: int) -> str:
    ones = [
        "",
        *[
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
    ]
    tens = ["", "", *["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]]
    if n < 20:
        return ones[n]
    if n < 100:
        return f"{tens[n // 10]} {ones[n % 10]}".strip()
    if n < 1000:
        return f"{ones[n // 100]} hundred {_say(n % 100)}".strip()
    return f"{_say(n // 1000)} thousand {_say(n % 1000)}".strip()


@given(st.integers(1, 9999))
def test_every_number_said_in_full_is_read(n: int) -> None:
    assert quantities(f"it was {_say(n)} today")[0].values[0] == n


@given(st.integers(2, 10**6))
def test_digits_support_themselves_and_nothing_else(n: int) -> None:
    text = f"The count was {n} cells."
    assert unsupported(text, text) == ()
    assert [s.kind for s in unsupported(text, f"The count was {n + 1} cells.")] == ["number"]


@given(st.text(max_size=300), st.text(max_size=300))
def test_spans_are_inside_the_text_in_order_and_apart(output: str, source: str) -> None:
    spans = unsupported(output, source)
    assert all(0 <= s.start < s.end <= len(output) for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))


@given(st.dates())
def test_a_date_agrees_with_itself_in_every_writing(day: object) -> None:
    iso, named = f"{day:%Y-%m-%d}", f"{day:%B} {day.day}, {day.year}"  # type: ignore[attr-defined]
    if not 1900 <= day.year <= 2099:  # type: ignore[attr-defined]
        return
    assert agrees(days(iso)[0], days(named)[0])
    assert agrees(days(named)[0], days(iso)[0])


def test_a_date_needs_every_part_that_is_said() -> None:
    said, known = days("January 10, 2009")[0], days("January 10")[0]
    assert not agrees(said, known)
    assert agrees(known, said)
