"""Unit labels against values: a label that changed alone, one that changed with its values, and what cannot be told."""

from __future__ import annotations

import numpy as np
import pytest
from made_profiles import categories, numbers, table

from golive.compare import compare
from golive.compare.numbers import unit_labels
from golive.model.config import Config
from golive.model.facts import findings
from golive.model.finding import Finding, Verdict
from golive.model.profile import Profile

RNG = np.random.default_rng
VALUES = {"creatinine": (0.0, 0.4), "lactate": (0.6, 0.6)}


def values(name: str, seed: int, n: int) -> np.ndarray:
    return RNG(seed).lognormal(*VALUES[name], n).round(2)


def side(name: str, held: np.ndarray, labels: list[str], column: str = "") -> Profile:
    return table(numbers(name, held), categories(column or f"{name}_unit", labels))


def checked(train: Profile, live: Profile) -> list[Finding]:
    return findings(unit_labels.check(train, live, Config()))


def test_a_label_that_changed_while_the_values_did_not() -> None:
    train = side("creatinine", values("creatinine", 1, 3000), ["mg/dL"] * 3000)
    live = side("creatinine", values("creatinine", 2, 1000), ["umol/L"] * 1000)
    (found,) = checked(train, live)
    assert (found.kind, found.verdict, found.columns) == (
        "unit_change",
        Verdict.ALARM,
        ("creatinine_unit", "creatinine"),
    )
    assert (
        "creatinine_unit says umol/L in 100 % of live rows, in training mg/dL; but the values did not move"
        in found.title
    )
    assert found.rows_affected == 1000
    assert found.what_if is not None
    assert found.what_if.repair == {
        "op": "map",
        "column": "creatinine_unit",
        "mapping": {"umol/L": "mg/dL"},
    }


@pytest.mark.parametrize("share", [0.3, 0.05])
def test_a_label_that_changed_in_part_of_the_rows(share: float) -> None:
    train = side("creatinine", values("creatinine", 3, 6000), ["mg/dl"] * 6000)
    k = round(share * 4000)
    live = side(
        "creatinine", values("creatinine", 4, 4000), ["µmol/l"] * k + ["mg/dL"] * (4000 - k)
    )
    (found,) = checked(train, live)
    assert found.effect is not None
    assert found.effect.live == pytest.approx(share)
    assert found.verdict is Verdict.ALARM
    assert "but the values did not move" in found.title


def test_a_small_share_is_told_only_where_the_units_hardly_overlap() -> None:
    """Blood urea nitrogen in mg/dL and mmol/L differ by less than three, so that one in fifty rows says nothing."""
    train = side("bun", RNG(3).lognormal(2.9, 0.6, 6000).round(1), ["mg/dL"] * 6000)
    live = side(
        "bun", RNG(4).lognormal(2.9, 0.6, 1500).round(1), ["mmol/L"] * 45 + ["mg/dL"] * 1455
    )
    (found,) = checked(train, live)
    assert found.verdict is Verdict.CANNOT_JUDGE
    apart = side("creatinine", values("creatinine", 5, 6000), ["mg/dL"] * 6000)
    moved = values("creatinine", 6, 1500)
    moved[:45] *= 88.42
    assert checked(apart, side("creatinine", moved, ["umol/L"] * 45 + ["mg/dL"] * 1455)) == []
    half = values("creatinine", 6, 1500)
    half[:23] *= 88.42
    (unclear,) = checked(apart, side("creatinine", half, ["umol/L"] * 45 + ["mg/dL"] * 1455))
    assert unclear.verdict is Verdict.CANNOT_JUDGE


def test_a_label_that_changed_with_its_values_is_no_finding_here() -> None:
    train = side("creatinine", values("creatinine", 5, 3000), ["mg/dL"] * 3000)
    converted = values("creatinine", 6, 1000)
    converted[:400] *= 88.42
    live = side("creatinine", converted, ["umol/L"] * 400 + ["mg/dL"] * 600)
    assert checked(train, live) == []
    everything = side("creatinine", values("creatinine", 6, 1000) * 88.42, ["umol/L"] * 1000)
    assert checked(train, everything) == []


@pytest.mark.parametrize("spelling", ["mg/dl", "MG/DL", "mg / dL", "mg%"])
def test_another_spelling_of_the_unit_is_no_other_unit(spelling: str) -> None:
    train = side("creatinine", values("creatinine", 7, 3000), ["mg/dL"] * 3000)
    assert (
        checked(train, side("creatinine", values("creatinine", 8, 1000), [spelling] * 1000)) == []
    )


def test_units_of_one_size_under_two_names() -> None:
    train = table(
        numbers("wbc", RNG(1).normal(8, 2, 2000)), categories("wbc_unit", ["10*3/uL"] * 2000)
    )
    live = table(
        numbers("wbc", RNG(2).normal(8, 2, 900)), categories("wbc_unit", ["x10^9/L"] * 900)
    )
    assert checked(train, live) == []


def test_a_unit_of_another_kind_cannot_be_judged() -> None:
    train = side("creatinine", values("creatinine", 9, 3000), ["mg/dL"] * 3000)
    (found,) = checked(train, side("creatinine", values("creatinine", 10, 1000), ["mmHg"] * 1000))
    assert found.verdict is Verdict.CANNOT_JUDGE
    assert found.what_if is None


def test_sizes_of_units_without_a_known_analyte() -> None:
    """Nobody knows the column, but grams are a thousand milligrams."""
    train = side("marker_x", RNG(1).lognormal(1, 0.3, 2000), ["mg/L"] * 2000)
    (found,) = checked(train, side("marker_x", RNG(2).lognormal(1, 0.3, 800), ["g/L"] * 800))
    assert found.verdict is Verdict.ALARM


@pytest.mark.parametrize(("factor", "verdict"), [(1.0, Verdict.ALARM), (88.42, None)])
def test_the_header_changed(factor: float, verdict: Verdict | None) -> None:
    train = table(numbers("creatinine_mg_dl", values("creatinine", 11, 3000)))
    live = table(numbers("creatinine_umol_l", values("creatinine", 12, 1000) * factor))
    found = checked(train, live)
    assert [f.verdict for f in found] == ([verdict] if verdict else [])
    if found:
        assert found[0].columns == ("creatinine_mg_dl", "creatinine_umol_l")
        assert (
            "creatinine_umol_l arrives instead of creatinine_mg_dl; but the values did not move"
            in found[0].title
        )


def test_labels_of_nothing_and_small_changes_are_left_alone() -> None:
    """A unit column without its values, words that are no units, and a handful of rows."""
    held = values("creatinine", 13, 2000)
    train = side("creatinine", held, ["mg/dL"] * 2000)
    assert (
        checked(
            side("creatinine", held, ["mg/dL"] * 2000, "care_unit"),
            side("creatinine", held, ["ICU"] * 2000, "care_unit"),
        )
        == []
    )
    assert checked(train, side("creatinine", held, ["mg/dL"] * 1990 + ["umol/L"] * 10)) == []
    assert checked(train, side("creatinine", held, ["see note"] * 2000)) == []


def test_the_label_is_the_cause_of_what_else_its_column_shows() -> None:
    train = side("creatinine", values("creatinine", 14, 3000), ["mg/dL"] * 1500 + ["mg/dl"] * 1500)
    live = side("creatinine", values("creatinine", 15, 1000), ["umol/L"] * 1000)
    said = {
        f.kind: f for f in compare(train, live, Config()).findings if "creatinine_unit" in f.columns
    }
    assert said["unit_change"].verdict is Verdict.ALARM
    assert said["unseen_category"].cause == said["unit_change"].id
