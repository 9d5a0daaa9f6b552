"""Spellings that mean one value, values that only look alike, and the repair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_profiles import categories, table

from golive.compare.causes import link
from golive.compare.codes import spelling, unseen
from golive.compare.codes.spelling import fold, is_abbreviation
from golive.compare.repairs.repair import apply
from golive.model.columns import ColumnType
from golive.model.config import Config
from golive.model.facts import findings
from golive.model.finding import Finding, Verdict

CONFIG = Config()
ROUTES = ["IV"] * 600 + ["PO"] * 300 + ["IM"] * 100


def check(
    train: list[str], live: list[str], name: str = "route", kind: ColumnType = ColumnType.CATEGORY
) -> list[Finding]:
    return findings(
        spelling.check(
            table(categories(name, train, kind=kind)),
            table(categories(name, live, kind=kind)),
            CONFIG,
        )
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("IV", "i.v."),
        ("walk-in", "Walk In"),
        ("walk_in", "walkin"),
        ("COVID-19", "covid 19"),
        (" Private", "private."),
    ],
)
def test_spellings_of_one_value(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A+", "A-"),
        ("+", "++"),
        ("1.5", "15"),
        ("10-19", "1019"),
        ("<5", ">5"),
        ("1 0", "10"),
        ("type 1", "type 2"),
    ],
)
def test_values_that_mean_something_else(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_known_spellings_are_named_and_repaired() -> None:
    live = (
        ["iv"] * 60
        + ["Intravenous"] * 30
        + ["I.V."] * 30
        + ["IV"] * 180
        + ["PO"] * 150
        + ["IM"] * 50
    )
    (found,) = check(ROUTES, live)
    assert (found.verdict, found.rows_affected) == (Verdict.ALARM, 120)
    assert found.effect is not None
    assert found.effect.change == pytest.approx(120 / 500)
    assert (
        "'iv', 'Intravenous' and 'I.V.'" in found.title
        or "'iv', 'I.V.' and 'Intravenous'" in found.title
    )
    assert found.what_if is not None
    repaired = apply(table(categories("route", live)).columns["route"], found.what_if.repair)
    assert repaired.category is not None
    assert repaired.category.as_dict() == {"IV": 300, "PO": 150, "IM": 50}


def test_the_spelling_explains_the_unseen_values() -> None:
    train, live = (
        table(categories("route", ROUTES)),
        table(categories("route", ["iv"] * 300 + ["PO"] * 200)),
    )
    found = link(
        findings([*spelling.check(train, live, CONFIG), *unseen.check(train, live, CONFIG)])
    )
    assert {f.kind: f.cause for f in found}["unseen_category"] == "spelling_variants:route"


def test_a_spelling_that_training_had_as_often_is_no_news() -> None:
    mixed = ["IV"] * 500 + ["iv"] * 500
    assert check(mixed, mixed) == []
    (found,) = check(["IV"] * 950 + ["iv"] * 50, ["IV"] * 50 + ["iv"] * 450)
    assert found.effect is not None
    assert found.effect.train == pytest.approx(0.05)


def test_an_abbreviation_needs_the_shares_to_agree() -> None:
    train = ["Haematology"] * 300 + ["Surgery"] * 700
    (found,) = check(train, ["Haem"] * 150 + ["Surgery"] * 350)
    assert any("confirm it with the sender" in line for line in found.evidence)
    assert found.ruled_out == ()
    assert check(train, ["Haem"] * 150 + ["Haematology"] * 150 + ["Surgery"] * 200) == [], (
        "it took nothing from it"
    )


@pytest.mark.parametrize("other", ["hypotension", "Marketplace", "Stage III"])
def test_other_values_are_not_spellings(other: str) -> None:
    train = ["hypertension"] * 300 + ["Medicaid"] * 300 + ["Stage II"] * 300
    assert check(train, train[:600] + [other] * 100) == []


def test_yes_and_no_of_booleans_and_units() -> None:
    (found,) = check(
        ["Y"] * 500 + ["N"] * 500, ["yes"] * 250 + ["no"] * 250, "flag", ColumnType.BOOLEAN
    )
    assert found.effect is not None
    assert found.effect.live == 1
    (units,) = check(["mm[Hg]"] * 500 + ["Cel"] * 500, ["mmHg"] * 250 + ["degC"] * 250, "unit")
    assert units.what_if is not None
    assert units.what_if.repair["mapping"] == {"mmHg": "mm[Hg]", "degC": "Cel"}
    assert check(["mg/dL"] * 900 + ["g/L"] * 100, ["mmol/L"] * 200, "unit") == [], (
        "another unit is no spelling"
    )


def test_codes_free_text_and_small_columns_are_left_alone() -> None:
    assert check(ROUTES, ["iv"] * 100, kind=ColumnType.CODE) == []
    assert check(ROUTES, ["iv"] * 10) == []
    many = [f"value {i}" for i in range(3_000)]
    assert check(many, [v.upper() for v in many]) == []


def test_rare_spellings_are_not_shown() -> None:
    (found,) = check(ROUTES, ["IV"] * 200 + ["i.v"] * 10 + ["PO"] * 100)
    assert "i.v" not in found.model_dump_json()


def test_missing_words_are_not_spellings() -> None:
    assert check(["unknown"] * 100 + ["IV"] * 100, ["UNK"] * 50 + ["IV"] * 50) == []


@given(st.permutations(["ab", "long word"]), st.integers(0, 5))
def test_abbreviations_keep_the_first_letter(words: list[str], n: int) -> None:
    word = "intravenous"
    assert is_abbreviation(word[: max(1, n)], word)
    assert not is_abbreviation("v" + word[1:3], word)
    assert not is_abbreviation(words[0], words[0])


def test_the_level_of_false_findings_is_kept() -> None:
    """Two draws of one column with spelling already mixed: no finding beyond the significance level."""
    rng = np.random.default_rng(0)
    said = 0
    for _ in range(200):
        a, b = (list(rng.choice(["IV", "iv", "PO"], n, p=[0.6, 0.1, 0.3])) for n in (1_000, 500))
        said += bool(check(a, b))
    assert said <= 8, "one sided use of a two-sided 1 % level: 2 of 400 are expected"
