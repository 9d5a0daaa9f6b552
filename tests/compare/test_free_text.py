"""Forms of values that are no plain numbers, what is shown of them, and what they would be as numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_profiles import bare, numbers, table

from golive.compare.fields import free_text
from golive.compare.fields.free_text import read, shown
from golive.compare.repairs.repair import apply
from golive.model.columns import ColumnType, Role
from golive.model.config import Config
from golive.model.facts import findings
from golive.model.finding import Finding, Verdict
from golive.model.profile import ColumnProfile
from golive.profile.categories import counted
from golive.wording.findings.written import Form

CONFIG = Config()


@pytest.mark.parametrize(
    ("text", "form", "value"),
    [
        ("<0.01", Form.CENSORED, 0.01),
        ("> 89", Form.CENSORED, 89),
        ("<=5 mg/dL", Form.CENSORED, 5),
        ("less than 5", Form.CENSORED, 5),
        ("<0,5", Form.CENSORED, 0.5),
        ("3-5", Form.RANGE, None),
        ("3 to 5", Form.RANGE, None),
        ("5 mg", Form.UNIT, 5),
        ("37.2C", Form.UNIT, 37.2),
        ("5,1", Form.COMMA, 5.1),
        ("1,234,567", Form.THOUSANDS, 1_234_567),
        ("1,200.5", Form.THOUSANDS, 1_200.5),
        ("1.2 x 10^3", Form.SCIENTIFIC, 1_200),
        ("120/80", Form.COMPOUND, None),
        ("45 %", Form.PERCENT, 45),
        ("5.1 H", Form.FLAGGED, 5.1),
        ("*5.1", Form.FLAGGED, 5.1),
        ("~5", Form.ABOUT, 5),
        ("hemolyzed", Form.COMMENT, None),
        ("12/03/2024", Form.OTHER, None),
        ("--", Form.OTHER, None),
    ],
)
def test_forms(text: str, form: Form, value: float | None) -> None:
    one = read(text)
    assert one.form is form
    assert one.value == (None if value is None else pytest.approx(value))


@given(st.text(max_size=40))
def test_any_text_has_a_form(text: str) -> None:
    assert read(text).form in Form
    assert isinstance(shown(text, read(text).form), str)


@pytest.mark.parametrize(
    "private", ["John Smith", "call 555-123-4567", "555-123-4567", "123-45-6789", "MRN 00482913"]
)
def test_what_may_identify_is_shown_as_its_shape(private: str) -> None:
    text = shown(private, read(private).form)
    assert private not in text
    assert text.startswith("text of the shape")


def check(words: list[str], *, train: np.ndarray | None = None) -> list[Finding]:
    values = np.linspace(0.5, 4, 1_000) if train is None else train
    return findings(
        free_text.check(
            table(numbers("x", values)), table(numbers("x", values[:900], words=words)), CONFIG
        )
    )


def test_forms_are_counted_and_small_counts_kept_private() -> None:
    (found,) = check(["<0.5"] * 50 + ["hemolyzed"] * 30 + ["Jane Roe"] * 12 + ["3-5"] * 5)
    assert (found.verdict, found.rows_affected) == (Verdict.ALARM, 97)
    assert found.title.startswith(
        "9.7 % of live x values are no plain numbers but limits such as <0.5 and comments"
    )
    assert "50 rows: limits such as <0.5" in found.evidence
    assert "42 rows: comments" in found.evidence
    text = found.model_dump_json()
    assert "'hemolyzed' (30)" in text
    assert "text of the shape AAAA AAA" in text
    assert "Jane" not in text
    assert "3-5" not in text.replace("ranges such as 3-5", "")
    assert "(5)" not in text


def test_numbers_in_another_form_are_tried_as_numbers() -> None:
    words = ["<0.5"] * 50 + ["3,1"] * 50 + ["~2"] * 50 + ["2-3"] * 50
    (found,) = check(words)
    assert found.what_if is not None
    assert found.what_if.repair["mapping"] == {"3,1": 3.1, "<0.5": 0.5, "~2": 2.0}
    live = numbers("x", np.linspace(1, 2, 100), words=words)
    repaired = apply(live, found.what_if.repair)
    assert repaired.numeric is not None
    assert (repaired.numeric.n, repaired.tokens.n, repaired.tokens.as_dict()) == (
        250,
        50,
        {"2-3": 50},
    )
    plain = numbers(
        "x", np.concatenate([np.linspace(1, 2, 100), [0.5] * 50, [3.1] * 50, [2.0] * 50])
    )
    assert plain.numeric is not None
    np.testing.assert_array_equal(repaired.numeric.values, plain.numeric.values)
    np.testing.assert_array_equal(repaired.numeric.counts, plain.numeric.counts)
    assert repaired.numeric.mean == pytest.approx(plain.numeric.mean)


def test_a_comma_before_three_digits_is_what_training_makes_likely() -> None:
    (small,) = check(["1,234"] * 50)
    (large,) = check(["1,234"] * 50, train=np.linspace(800, 2_000, 1_000))
    assert small.what_if is not None
    assert large.what_if is not None
    assert (small.what_if.repair["mapping"], large.what_if.repair["mapping"]) == (
        {"1,234": 1.234},
        {"1,234": 1234.0},
    )


def test_two_units_in_one_field_are_not_read_as_one() -> None:
    (found,) = check(["5 mg"] * 50 + ["5 g"] * 50)
    assert found.what_if is None
    assert Form.UNIT.value in found.title


def test_words_in_date_columns() -> None:
    def dates(odd: dict[str, int]) -> ColumnProfile:
        column = bare("t", ColumnType.DATETIME, 1_000, role=Role.TIME)
        return replace(column, tokens=counted(odd.items(), most=1_000))

    (found,) = findings(free_text.check(table(dates({})), table(dates({"yesterday": 40})), CONFIG))
    assert found.title.startswith("4.0 % of live t values are no dates but comments")
    assert found.what_if is None
    assert free_text.check(table(dates({"n/a": 40})), table(dates({"n/a": 40})), CONFIG) == []
