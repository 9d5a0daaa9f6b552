"""Schema, missing values, disguises, labels, identity, integrity and outputs on small tables with known answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_profiles import bare, categories, numbers, table

from golive.compare.base.pairs import pair_up
from golive.compare.causes import link
from golive.compare.checks import CHECKS
from golive.compare.codes import unseen
from golive.compare.drift import shares
from golive.compare.fields import (
    disguised,
    free_text,
    identity,
    integrity,
    labels,
    missingness,
    outputs,
    schema,
)
from golive.model.columns import ColumnType, Role, Roles
from golive.model.config import ColumnConfig, Config
from golive.model.facts import Facts, findings
from golive.model.finding import KINDS, Finding, Severity, Verdict, finding
from golive.model.profile import ColumnProfile, MissingBlock, Profile

ALARM, WATCH, QUIET, CANNOT = Verdict.ALARM, Verdict.WATCH, Verdict.QUIET, Verdict.CANNOT_JUDGE
CONFIG = Config()
REQUIRED = Config(columns={"x": ColumnConfig(required=True)})


def only(found: Iterable[Facts | Finding]) -> Finding:
    (one,) = (f.finding() if isinstance(f, Facts) else f for f in found)
    return one


def gaps(name: str, rows: int, missing: int) -> ColumnProfile:
    return numbers(
        name, np.append(np.arange(rows - missing, dtype=float), np.full(missing, np.nan))
    )


# schema


def test_columns_gone_new_and_ignored() -> None:
    train = table(
        numbers("x", [1.0] * 30),
        numbers("y", [1.0] * 30, role=Role.IGNORED),
        numbers("risk", [0.1] * 30, role=Role.SCORE),
    )
    live = table(numbers("z", [1.0] * 30))
    gone, new = findings(schema.check(train, live, REQUIRED))
    assert (gone.id, gone.verdict, gone.severity) == ("column_missing:x", ALARM, Severity.CRITICAL)
    assert (new.id, new.verdict) == ("column_new:z", WATCH)
    assert schema.check(train, train, CONFIG) == []


def test_numbers_stored_as_text_are_not_numbers_that_became_words() -> None:
    train = table(numbers("x", np.arange(50)))
    as_text = table(numbers("x", np.arange(50), storage="text"))
    assert only(schema.check(train, as_text, CONFIG)).kind == "numeric_as_text"
    words = table(numbers("x", [], storage="text", words=["high"] * 30 + ["low"] * 20))
    changed = only(schema.check(train, words, CONFIG))
    assert (changed.kind, changed.verdict, changed.rows_affected) == ("type_changed", ALARM, 50)
    csv = table(numbers("x", np.arange(50), storage="text"))
    assert schema.check(csv, csv, CONFIG) == []


@pytest.mark.parametrize(
    ("storage", "family"),
    [
        ("int64", "number"),
        ("Float32", "number"),
        ("string", "text"),
        ("timestamp(6)", "time"),
        ("boolean", "boolean"),
    ],
)
def test_storage_families(storage: str, family: str) -> None:
    assert schema.family(storage) == family


# missing values


def test_the_sentence_of_the_look_book() -> None:
    found = only(
        findings(
            missingness.check(
                table(gaps("trestbps", 303, 0)), table(gaps("trestbps", 200, 56)), CONFIG
            )
        )
    )
    assert (
        found.title
        == "28 % of live rows have no trestbps; in training every row had one (n = 303 and 200)"
    )
    assert (found.verdict, found.severity, found.rows_affected) == (ALARM, Severity.MAJOR, 56)
    assert found.effect is not None
    assert (found.effect.train, found.effect.live, found.effect.change) == (
        0,
        pytest.approx(0.28),
        pytest.approx(0.28),
    )
    assert found.effect.low is not None
    assert found.effect.high is not None
    assert 0.2 < found.effect.low < 0.28 < found.effect.high < 0.35


@pytest.mark.parametrize(
    ("train", "live", "verdict"),
    [
        ((303, 0), (294, 1), None),  # 0.34 % is one row
        ((303, 0), (200, 7), WATCH),  # 3.5 %
        ((20_000, 1_540), (20_000, 2_420), WATCH),  # 7.7 % -> 12.1 %
        ((20_000, 17_920), (20_000, 19_960), ALARM),  # 89.6 % -> 99.8 %
        ((700_000, 70_000), (700_000, 72_100), None),  # certain, and too small to matter
        ((20_000, 19_000), (20_000, 19_800), WATCH),  # 95 % -> 99 %: a fifth of the values is left
        ((20, 0), (20, 3), None),  # 15 % of 20 rows may be chance
    ],
)
def test_more_missing(
    train: tuple[int, int], live: tuple[int, int], verdict: Verdict | None
) -> None:
    found = findings(missingness.check(table(gaps("x", *train)), table(gaps("x", *live)), CONFIG))
    assert (found[0].verdict if found else None) == verdict
    assert all(f.kind == "missing_up" for f in found)


def test_less_missing_matters_when_training_had_none() -> None:
    def one(train: int, live: int) -> Finding:
        return only(
            findings(
                missingness.check(
                    table(gaps("x", 10_000, train)), table(gaps("x", 10_000, live)), CONFIG
                )
            )
        )

    appears, more, little = one(10_000, 9_240), one(4_810, 1_390), one(4_890, 2_960)
    assert (appears.kind, appears.verdict) == ("missing_down", ALARM)
    assert "no row had it" in appears.title
    assert more.verdict is ALARM
    assert little.verdict is WATCH


def test_always_missing() -> None:
    lost = only(missingness.check(table(gaps("x", 100, 5)), table(gaps("x", 100, 100)), CONFIG))
    assert (lost.kind, lost.verdict, lost.severity) == ("always_missing", ALARM, Severity.CRITICAL)
    never = only(missingness.check(table(gaps("x", 100, 100)), table(gaps("x", 100, 100)), CONFIG))
    assert (never.verdict, never.severity) == (WATCH, Severity.MINOR)
    few = only(missingness.check(table(gaps("x", 100, 0)), table(gaps("x", 5, 5)), CONFIG))
    assert few.verdict is CANNOT


def test_a_rare_value_that_few_rows_lack_by_chance_is_not_lost() -> None:
    """One row in 70 of training had it, so about one live table of 300 rows in 70 has none."""
    rare = only(
        findings(
            missingness.check(table(gaps("x", 2_000, 1_970)), table(gaps("x", 300, 300)), CONFIG)
        )
    )
    assert (rare.kind, rare.verdict, rare.severity) == ("always_missing", CANNOT, Severity.INFO)
    assert "by chance" in rare.explanation
    lost = only(
        findings(
            missingness.check(
                table(gaps("x", 2_000, 1_970)), table(gaps("x", 2_000, 2_000)), CONFIG
            )
        )
    )
    assert lost.verdict is ALARM


def test_columns_missing_together_are_one_finding_that_explains_the_others() -> None:
    names = ("hr", "rr", "sbp")
    train = table(*(gaps(n, 1_000, 0) for n in names), gaps("lab", 1_000, 10))
    live = table(
        *(gaps(n, 500, 130 + i) for i, n in enumerate(names)),
        gaps("lab", 500, 6),
        blocks=(MissingBlock((*names, "lab"), 6), MissingBlock(names, 128)),
    )
    found = link(findings(missingness.check(train, live, REQUIRED)))
    blocks = [f for f in found if f.kind == "missing_block"]
    assert {f.cause for f in found if f.kind == "missing_up"} == {b.id for b in blocks}
    assert only(blocks).columns == names
    assert only(blocks).rows_affected == 128


@given(st.integers(20, 500), st.data())
@settings(max_examples=60, deadline=None)
def test_more_missing_never_lowers_the_effect(rows: int, data: st.DataObject) -> None:
    less = data.draw(st.integers(0, rows - 1))
    more = data.draw(st.integers(less, rows))

    def effect(missing: int) -> float:
        found = findings(
            missingness.check(table(gaps("x", 400, 0)), table(gaps("x", rows, missing)), CONFIG)
        )
        change = found[0].effect.change if found and found[0].effect else 0.0
        return change or 0.0

    assert effect(less) <= effect(more)


# disguised missing values


def test_zero_cholesterol_is_missing_in_disguise() -> None:
    rng = np.random.default_rng(0)
    train = table(numbers("chol", rng.normal(246, 50, 303).clip(126).round()))
    live = table(
        numbers("chol", np.append(rng.normal(240, 50, 144).clip(120).round(), np.zeros(49)))
    )
    found = only(disguised.check(train, live, CONFIG))
    assert (found.verdict, found.severity, found.rows_affected) == (ALARM, Severity.CRITICAL, 49)
    assert "have 0 as chol" in found.title


@pytest.mark.parametrize("value", [-1.0, 999.0, -99.0])
def test_numeric_marks_are_found(value: float) -> None:
    rng = np.random.default_rng(1)
    train = table(numbers("x", rng.gamma(4, 20, 3_000)))
    live = table(numbers("x", np.append(rng.gamma(4, 20, 970), np.full(30, value))))
    assert only(disguised.check(train, live, CONFIG)).verdict is ALARM


def test_real_zeros_and_real_nines_are_values() -> None:
    rng = np.random.default_rng(2)
    drinks = rng.poisson(0.8, 2_000).astype(float)
    oldpeak = np.where(rng.random(2_000) < 0.3, 0, rng.exponential(1, 2_000)).round(1)
    rate = rng.normal(90, 20, 2_000).round()
    train = table(numbers("drinks", drinks), numbers("oldpeak", oldpeak), numbers("rate", rate))
    live = table(
        numbers("drinks", np.append(drinks[:900], np.zeros(300))),
        numbers("oldpeak", np.append(oldpeak[:900], np.zeros(300))),
        numbers("rate", np.append(rate[:900], np.full(300, 99.0))),
    )
    assert disguised.check(train, live, CONFIG) == []


def test_negative_values_in_a_continuum_are_values() -> None:
    rng = np.random.default_rng(3)
    train = table(numbers("x", rng.exponential(1, 2_000)))
    live = table(numbers("x", np.append(rng.exponential(1, 900), rng.uniform(-3, 0, 100).round(0))))
    assert disguised.check(train, live, CONFIG) == []


def test_words_for_missing() -> None:
    train = table(numbers("x", np.arange(500)), categories("c", ["a", "b"] * 250))
    live = table(
        numbers("x", np.arange(460), words=["?"] * 30 + ["see note"] * 10),
        categories("c", ["a"] * 480 + ["unknown"] * 20),
    )
    found = {f.columns[0]: f for f in findings(disguised.check(train, live, CONFIG))}
    assert {n: (f.verdict, f.rows_affected) for n, f in found.items()} == {
        "x": (ALARM, 40),
        "c": (ALARM, 20),
    }
    assert findings(disguised.check(live, live, CONFIG))[0].verdict is WATCH
    assert free_text.check(train, live, CONFIG) == []


def test_words_in_a_number_field_are_free_text() -> None:
    train = table(numbers("x", np.arange(500)))
    live = table(numbers("x", np.arange(470), words=["high"] * 30))
    found = only(free_text.check(train, live, CONFIG))
    assert (found.verdict, found.rows_affected) == (ALARM, 30)
    assert free_text.check(live, live, CONFIG) == []


# categories


def shifts(train: list[str | None], live: list[str | None]) -> list[Finding]:
    pairs, _ = pair_up(table(categories("c", train)), table(categories("c", live)))
    return findings(shares.share_shifts(pairs, 0.01).values())


def test_two_to_five_percent_is_seen() -> None:
    train: list[str | None] = ["yes"] * 100 + ["no"] * 4_900
    found = only(shifts(train, ["yes"] * 50 + ["no"] * 950))
    assert (found.verdict, found.severity) == (ALARM, Severity.MAJOR)
    assert (
        found.title == "c: 'yes' is 5.0 % of live values, in training 2.0 % (n = 5,000 and 1,000)"
    )
    assert found.effect is not None
    assert found.effect.change == pytest.approx(0.03)
    assert shifts(train, ["yes"] * 22 + ["no"] * 978) == []
    assert shifts(train, ["yes"] * 5 + ["no"] * 10) == []


def test_small_cells_are_not_shown() -> None:
    train: list[str | None] = ["a"] * 300 + ["b"] * 700
    found = only(shifts(train, ["a"] * 3 + ["b"] * 97))
    assert "3.0 %" not in found.model_dump_json()
    assert found.title.startswith("c: 'b' is 97 %")
    few = only(shifts(["yes"] * 8 + ["no"] * 992, ["yes"] * 90 + ["no"] * 910))
    assert few.effect is not None
    assert few.effect.train is None or "'no'" in few.title


def test_values_training_never_held() -> None:
    train = table(categories("dx", ["a"] * 500 + ["b"] * 400 + ["c"] * 100))
    live = table(categories("dx", ["a"] * 400 + ["z"] * 60 + ["?"] * 30 + ["y"] * 5))
    found = only(unseen.check(train, live, CONFIG))
    assert (found.verdict, found.rows_affected) == (ALARM, 65)
    assert "'z'" in found.explanation
    assert "'y'" not in found.explanation
    assert unseen.check(train, train, CONFIG) == []


def test_rare_codes_that_are_new_by_chance_are_no_alarm() -> None:
    rng = np.random.default_rng(4)
    found = 0
    for _ in range(20):
        train, live = (
            categories("dx", [f"c{v}" for v in rng.zipf(1.5, 2_000).clip(max=100_000)])
            for _ in range(2)
        )
        found += len(findings(unseen.check(table(train), table(live), CONFIG)))
    assert found == 0
    assert unseen.expected_unseen(categories("x", ["a"] * 1_000).category) == pytest.approx(
        0.00369, abs=1e-5
    )  # type: ignore[arg-type]


# label


def outcome(values: list[Any]) -> Profile:
    return table(categories("y", [None if v is None else str(v) for v in values], role=Role.LABEL))


def test_hungary_has_fewer_events_than_cleveland() -> None:
    found = only(
        findings(
            labels.check(outcome([1] * 139 + [0] * 164), outcome([1] * 106 + [0] * 188), CONFIG)
        )
    )
    assert found.verdict is ALARM
    assert (
        found.title
        == "The outcome (y = 1) occurs in 36 % of live rows; in training in 46 % (n = 303 and 294)"
    )
    assert found.effect is not None
    assert (found.effect.train, found.effect.live) == (
        pytest.approx(139 / 303),
        pytest.approx(106 / 294),
    )
    same = only(
        findings(
            labels.check(outcome([1] * 139 + [0] * 164), outcome([1] * 130 + [0] * 164), CONFIG)
        )
    )
    assert (same.verdict, same.severity) == (QUIET, Severity.INFO)


def test_grades_numbers_levels_and_quantities() -> None:
    graded = outcome([0] * 164 + [1] * 55 + [2] * 36 + [3] * 35 + [4] * 13)
    assert (
        only(
            findings(
                labels.check(
                    graded, outcome([0] * 188 + [1] * 37 + [2] * 26 + [3] * 28 + [4] * 15), CONFIG
                )
            )
        ).verdict
        is ALARM
    )
    rng = np.random.default_rng(5)
    as_number = [
        table(numbers("y", rng.binomial(1, p, 2_000), role=Role.LABEL)) for p in (0.1, 0.2)
    ]
    assert only(labels.check(*as_number, CONFIG)).verdict is ALARM
    levels = outcome(["home"] * 500 + ["ward"] * 300 + ["icu"] * 200)
    assert (
        only(
            findings(
                labels.check(
                    levels, outcome(["home"] * 300 + ["ward"] * 300 + ["icu"] * 400), CONFIG
                )
            )
        ).verdict
        is ALARM
    )
    assert only(labels.check(levels, levels, CONFIG)).verdict is QUIET
    days = [table(numbers("y", rng.gamma(2, m, 1_000), role=Role.LABEL)) for m in (3, 4, 3)]
    assert only(labels.check(days[0], days[1], CONFIG)).verdict is ALARM
    assert only(labels.check(days[0], days[2], CONFIG)).verdict is QUIET


def test_labels_that_are_absent_late_few_or_of_one_class() -> None:
    train = outcome([1] * 50 + [0] * 50)
    assert only(labels.check(train, table(numbers("x", [1.0])), CONFIG)).verdict is CANNOT
    assert only(labels.check(train, outcome([None] * 50), CONFIG)).kind == "label_missing"
    late = findings(labels.check(train, outcome([1] * 30 + [0] * 30 + [None] * 40), CONFIG))
    assert [(f.kind, f.verdict) for f in late] == [("label_missing", ALARM), ("label_shift", QUIET)]
    assert only(labels.check(train, outcome([1] * 9), CONFIG)).verdict is CANNOT
    assert only(labels.check(train, outcome([0] * 90), CONFIG)).verdict is ALARM
    assert only(labels.check(outcome([0] * 90), outcome([0] * 90), CONFIG)).verdict is QUIET
    assert labels.check(table(numbers("x", [1.0])), train, CONFIG) == []


def test_grades_in_other_words_are_no_events() -> None:
    """A, B and C for 0, 1 and 2 are not "every live row has the outcome"."""
    grades = outcome([0] * 100 + [1] * 70 + [2] * 60)
    found = only(labels.check(grades, outcome(["A"] * 90 + ["B"] * 80 + ["C"] * 60), CONFIG))
    assert found.verdict is ALARM
    assert "not 0" not in found.title
    assert found.explanation.startswith(
        "100 % of live outcomes are values that training never held"
    )
    assert found.fix.startswith("Map the live values")
    # A grade that training lacks is a grade all the same, and levels in training's words are a rate.
    higher = only(labels.check(grades, outcome([0] * 40 + [1] * 30 + [3] * 160), CONFIG))
    assert "not 0" in higher.title
    assert "never held" not in higher.explanation


def test_few_events_are_not_shown() -> None:
    found = only(labels.check(outcome([1] * 300 + [0] * 700), outcome([1] * 4 + [0] * 196), CONFIG))
    assert found.effect is not None
    assert (found.effect.live, found.effect.change) == (None, None)
    assert "fewer than 11 of 200 rows" in found.title


# identity, integrity, outputs


def test_identifiers_and_free_text_are_named() -> None:
    columns = (
        bare("mrn", ColumnType.IDENTIFIER, 50),
        bare("row_key", ColumnType.IDENTIFIER, 50),
        bare("encounter_id", ColumnType.IDENTIFIER, 50, role=Role.ID),
        bare("note", ColumnType.TEXT, 50),
    )
    found = {
        f.columns[0]: f for f in findings(identity.check(table(*columns), table(*columns), CONFIG))
    }
    assert {n: f.verdict for n, f in found.items()} == {
        "mrn": ALARM,
        "row_key": WATCH,
        "encounter_id": QUIET,
        "note": WATCH,
    }
    assert "medical record number" in found["mrn"].title


def test_a_column_whose_name_is_only_written_differently_is_named() -> None:
    train = table(numbers("yrs_married", [1.0, 2.0]), numbers("age", [30.0, 40.0]))
    live = table(numbers("Yrs Married", [1.0, 2.0]), numbers("weight", [70.0, 80.0]))
    found = {f.id: f for f in findings(schema.check(train, live, CONFIG))}
    assert found["column_missing:yrs_married"].verdict is ALARM
    assert (
        found["column_missing:yrs_married"].fix
        == "Map the live column Yrs Married to yrs_married at intake."
    )
    assert "yrs_married" in found["column_new:Yrs Married"].explanation
    assert "Yrs Married" not in found["column_missing:age"].fix
    assert "training's" not in found["column_new:weight"].explanation
    # Two candidates: neither is named.
    both = table(numbers("Yrs Married", [1.0, 2.0]), numbers("YRS_MARRIED", [1.0, 2.0]))
    assert all(
        "Map the live column" not in f.fix for f in findings(schema.check(train, both, CONFIG))
    )


def test_repeated_rows_and_keys() -> None:
    clean = table(numbers("x", np.arange(1_000)), duplicate_rows=0, duplicate_keys=0)
    one = replace(clean, duplicate_rows=1, roles=Roles(id="x"))
    many = replace(clean, duplicate_rows=40, duplicate_keys=50, roles=Roles(id="x"))
    patients = replace(clean, duplicate_keys=900, roles=Roles(id="x"))
    assert integrity.check(clean, clean, CONFIG) == []
    assert only(integrity.check(clean, one, CONFIG)).verdict is WATCH
    assert [(f.kind, f.verdict) for f in findings(integrity.check(clean, many, CONFIG))] == [
        ("duplicate_rows", ALARM),
        ("duplicate_keys", ALARM),
    ]
    assert integrity.check(patients, patients, CONFIG) == []


def test_repeats_that_more_rows_alone_can_give_are_not_called_a_fault() -> None:
    """Rows of few different values: drawn from the same 2,000 profiles, 5,000 repeat far more often than 150."""
    rng = np.random.default_rng(0)
    for n_train, n_live in ((150, 5_000), (600, 2_400)):
        sides = [rng.integers(0, 2_000, n) for n in (n_train, n_live)]
        train, live = (
            table(
                numbers("x", side),
                duplicate_rows=len(side) - len(np.unique(side)),
                duplicate_keys=0,
            )
            for side in sides
        )
        assert train.duplicate_rows / train.rows + 0.1 < live.duplicate_rows / live.rows
        found = only(integrity.check(train, live, CONFIG))
        assert (found.verdict, found.severity) == (CANNOT, Severity.INFO)
        assert "more rows" in found.explanation
        assert found.fix


def test_repeats_beyond_what_more_rows_can_give_are_an_alarm() -> None:
    train = table(numbers("x", np.arange(1_000)), duplicate_rows=12, duplicate_keys=0)
    live = table(numbers("x", np.arange(1_500)), duplicate_rows=150, duplicate_keys=0)
    assert only(integrity.check(train, live, CONFIG)).verdict is ALARM
    assert only(integrity.check(replace(train, duplicate_rows=0), live, CONFIG)).verdict is ALARM


def test_outputs_that_never_came() -> None:
    train = table(numbers("risk", np.linspace(0, 1, 500), role=Role.SCORE))
    live = table(
        numbers("risk", np.append(np.linspace(0, 1, 460), np.full(40, np.nan)), role=Role.SCORE)
    )
    found = only(outputs.check(train, live, CONFIG))
    assert (found.verdict, found.severity, found.rows_affected) == (ALARM, Severity.CRITICAL, 40)
    assert outputs.check(train, train, CONFIG) == []
    assert only(outputs.check(train, table(numbers("x", [1.0] * 30)), CONFIG)).rows_affected == 30


# causes and the contract of checks


def test_causes_point_once_and_never_to_quiet_findings() -> None:
    def made(kind: str, column: str, verdict: Verdict = ALARM) -> Finding:
        return finding(kind, verdict, columns=(column,), title=kind)

    found = link(
        [
            made("distribution_shift", "x"),
            made("unit_change", "x"),
            made("disguised_missing", "x"),
            made("unit_change", "y", QUIET),
            made("distribution_shift", "y"),
        ]
    )
    assert [f.cause for f in found] == ["unit_change:x", None, None, None, None]


def test_every_check_answers_every_small_table() -> None:
    known = {kind for kinds in KINDS.values() for kind in kinds}
    odd = (
        table(),
        table(numbers("x", [])),
        table(numbers("x", [1.0])),
        table(numbers("x", [np.nan])),
        table(categories("x", [None])),
        table(categories("x", ["a"], role=Role.LABEL)),
        table(bare("x", ColumnType.EMPTY, 3, missing=3)),
        table(numbers("x", [np.inf, -np.inf, 1.0], role=Role.SCORE)),
    )
    for train in odd:
        for live in odd:
            for _, check in CHECKS:
                assert {f.kind for f in findings(check(train, live, CONFIG))} <= known
