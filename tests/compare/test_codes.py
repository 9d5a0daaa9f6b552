"""Systems, ways of writing and validity of codes, on columns made by hand and on published code sets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from made_codes import by_kind, coded, verdicts
from made_profiles import categories, table

from golive.compare.base.code_systems import declared_system, with_dot
from golive.compare.causes import link
from golive.compare.codes import codes, unseen
from golive.compare.repairs.repair import apply
from golive.model.columns import ColumnType, Role
from golive.model.config import ColumnConfig, Config
from golive.model.facts import findings
from golive.model.finding import Severity, Verdict
from golive.model.profile import Slice, SliceColumn

ALARM, WATCH, QUIET, CANNOT = Verdict.ALARM, Verdict.WATCH, Verdict.QUIET, Verdict.CANNOT_JUDGE
TEN = ["A41.9", "I10", "E11.65", "J18.9", "R07.9"] * 400
CONFIG = Config()


def test_equal_codes_are_quiet_and_say_what_was_looked_at() -> None:
    found = by_kind(findings(codes.check(coded(TEN), coded(TEN[:500]), CONFIG)))
    assert {k: f.verdict for k, f in found.items()} == {
        "code_system_mix": QUIET,
        "code_format_change": QUIET,
        "code_invalid": QUIET,
    }
    for one in found.values():
        assert one.effect is not None
        assert (one.effect.live, one.effect.n_train, one.effect.n_live) == (0, 2000, 500)
        assert "(n = 2,000 and 500)" in one.title


def test_a_mixture_is_named_with_its_share() -> None:
    live = TEN[:970] + ["486", "250.02", "V10.1"] * 10
    found = by_kind(findings(codes.check(coded(TEN), coded(live), CONFIG)))
    mix = found["code_system_mix"]
    assert (mix.verdict, mix.severity, mix.rows_affected) == (ALARM, Severity.MAJOR, 20), (
        "V10.1 belongs to both systems"
    )
    assert mix.effect is not None
    assert mix.effect.live == pytest.approx(0.02)
    assert "2.0 % of live dx codes are ICD-9-CM instead of ICD-10-CM" in mix.title
    assert found["code_invalid"].verdict is QUIET, "codes of another system are valid codes"


def test_the_mixture_explains_the_unseen_values() -> None:
    train, live = coded(TEN), coded(TEN[:900] + ["486", "599.0"] * 50)
    found = link(findings([*codes.check(train, live, CONFIG), *unseen.check(train, live, CONFIG)]))
    causes = {f.kind: f.cause for f in found}
    assert causes["unseen_category"] == "code_system_mix:dx"


def test_a_change_of_system_is_one_finding() -> None:
    found = by_kind(
        findings(codes.check(coded(TEN), coded(["486", "250.02", "599.0"] * 100), CONFIG))
    )
    changed = found["code_system_change"]
    assert (changed.verdict, changed.severity) == (ALARM, Severity.CRITICAL)
    assert "code_system_mix" not in found


def test_a_change_to_a_system_that_only_its_shape_tells() -> None:
    """RxNorm has no check digit: it is believed when it explains a whole column of a kindred system."""
    snomed = ["387207008", "372687004", "387517004"]
    changed = by_kind(
        findings(
            codes.check(coded(snomed * 100), coded(["310965", "198405", "314076"] * 50), CONFIG)
        )
    )
    assert "RxNorm" in changed["code_system_change"].title


def test_training_may_hold_two_systems_itself() -> None:
    both = TEN[:1500] + ["486", "599.0"] * 250
    assert (
        verdicts(findings(codes.check(coded(both), coded(both), CONFIG)))["code_system_mix"]
        is QUIET
    )
    more = TEN[:500] + ["486", "599.0"] * 250
    assert (
        verdicts(findings(codes.check(coded(both), coded(more), CONFIG)))["code_system_mix"]
        is ALARM
    )


def test_the_site_that_sends_them_is_named() -> None:
    live = coded(TEN[:900] + ["486", "599.0"] * 50)
    shapes = {
        "east": (("A99.9", 320), ("A99", 80)),
        "west": (("A99.9", 260), ("A99", 140), ("999", 50), ("999.9", 50)),
    }
    slices = tuple(
        Slice(
            "site",
            "site",
            name,
            sum(n for _, n in held),
            {"dx": SliceColumn(sum(n for _, n in held), 0, shapes=held)},
        )
        for name, held in shapes.items()
    )
    live = table(*live.columns.values(), slices=slices)
    mix = by_kind(findings(codes.check(coded(TEN), live, CONFIG)))["code_system_mix"]
    assert mix.segment is not None
    assert (mix.segment.column, mix.segment.value) == ("site", "west")
    assert {s.value: s.effect for s in mix.slices} == {"east": 0.0, "west": pytest.approx(0.2)}


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (lambda c: c.replace(".", ""), "written without dot"),
        (lambda c: f"{c.lower()} ", "in lower case or with blanks"),
        (lambda c: f"{c},I10", "several codes in one field"),
    ],
)
def test_ways_of_writing(written, words: str) -> None:
    live = TEN[:900] + [written(c) for c in ["A41.9", "E11.65"] * 50]
    found = by_kind(findings(codes.check(coded(TEN), coded(live), CONFIG)))
    assert found["code_format_change"].verdict is ALARM
    assert words in found["code_format_change"].title
    assert found["code_system_mix"].verdict is QUIET
    assert found["code_invalid"].verdict is QUIET


def test_a_format_is_written_back() -> None:
    live = coded([c.replace(".", "").lower() for c in TEN])
    change = by_kind(findings(codes.check(coded(TEN), live, CONFIG)))["code_format_change"]
    assert change.what_if is not None
    repaired = apply(live.columns["dx"], change.what_if.repair)
    assert repaired.category is not None
    assert repaired.category.as_dict() == dict.fromkeys(sorted(set(TEN)), 400)


def test_lost_leading_zeros() -> None:
    train = ["038.9", "008.45", "486"] * 100
    found = by_kind(
        findings(codes.check(coded(train), coded(["38.9", "8.45", "486"] * 100), CONFIG))
    )
    assert "without their leading zeros" in found["code_format_change"].title
    assert found["code_invalid"].verdict is QUIET


def test_rare_codes_are_not_repaired_by_name() -> None:
    """A code that ten rows hold is not written into a result."""
    live = coded(TEN[:900] + ["A419"] * 40 + ["J189"] * 10)
    change = by_kind(findings(codes.check(coded(TEN), live, CONFIG)))["code_format_change"]
    assert change.what_if is not None
    assert change.what_if.repair["mapping"] == {"A419": "A41.9"}


def test_local_codes_and_wrong_check_digits_are_invalid() -> None:
    found = by_kind(
        findings(codes.check(coded(TEN), coded(TEN[:900] + ["LOC-7", "pain"] * 50), CONFIG))
    )
    assert (found["code_invalid"].verdict, found["code_invalid"].rows_affected) == (ALARM, 100)
    loinc = ["2160-0", "718-7"] * 300
    wrong = by_kind(
        findings(
            codes.check(
                coded(loinc, "loinc"), coded(loinc[:500] + ["2160-5"] * 100, "loinc"), CONFIG
            )
        )
    )
    assert "100 rows have the right shape but a wrong check digit" in wrong["code_invalid"].evidence


def test_words_for_missing_are_no_codes_and_not_invalid() -> None:
    found = findings(codes.check(coded(TEN), coded(TEN[:500] + ["?", "unknown"] * 100), CONFIG))
    assert {f.verdict for f in found} == {QUIET}


def test_codes_of_nobody_cannot_be_judged() -> None:
    local = [f"ward {i % 9}" for i in range(300)]
    (one,) = findings(codes.check(coded(local), coded(local), CONFIG))
    assert (one.kind, one.verdict) == ("code_invalid", CANNOT)
    few = findings(codes.check(coded(TEN), coded(TEN[:10]), CONFIG))
    assert [(f.kind, f.verdict) for f in few] == [("code_invalid", CANNOT)]


def test_a_declared_system_wins_and_a_wrong_declaration_is_said() -> None:
    train = table(categories("kind", ["310965", "198405"] * 100))
    declared = Config(columns={"kind": ColumnConfig(system="RxNorm")})
    assert codes.check(train, train, CONFIG) == [], (
        "a category without declaration is no code column"
    )
    assert {f.verdict for f in findings(codes.check(train, train, declared))} == {QUIET}
    (wrong,) = findings(
        codes.check(train, train, Config(columns={"kind": ColumnConfig(system="RxNrom")}))
    )
    assert wrong.verdict is CANNOT
    assert "RxNrom" in wrong.title


def test_ignored_columns_are_left_alone() -> None:
    ignored = table(categories("dx", TEN, kind=ColumnType.CODE, role=Role.IGNORED))
    assert codes.check(ignored, ignored, CONFIG) == []


@pytest.mark.reference
def test_icd9_categories_are_not_invalid(reference_data: Path) -> None:
    system = declared_system("ICD9CM")
    frame = pd.read_csv(reference_data / "code_sets" / "icd9cm_v32_dx.csv.gz", dtype=str)
    full = [with_dot(system, code) for code in frame.code][:5000]
    categories_ = [code.split(".")[0] for code in full]
    found = by_kind(findings(codes.check(coded(full), coded(categories_), CONFIG)))
    assert found["code_invalid"].verdict is QUIET
    assert found["code_system_mix"].verdict is QUIET


@pytest.mark.reference
def test_snomed_conditions_against_rxnorm_medications(reference_data: Path) -> None:
    rest = pd.read_parquet(reference_data / "fhir" / "conditions_medications.parquet")
    conditions = list(rest[rest.resource == "Condition"].code)
    medications = list(rest[rest.resource == "MedicationRequest"].code)
    found = by_kind(
        findings(codes.check(coded(conditions, "code"), coded(medications, "code"), CONFIG))
    )
    assert found["code_system_change"].verdict is ALARM
    same = verdicts(
        findings(
            codes.check(coded(conditions[::2], "code"), coded(conditions[1::2], "code"), CONFIG)
        )
    )
    assert set(same.values()) == {QUIET}
