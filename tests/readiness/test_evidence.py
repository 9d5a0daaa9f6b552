"""What evidence needs, what it counts for, and what happens to it as time passes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from golive.model.errors import InputError
from golive.model.readiness import EvidenceItem, Measurement, Tier, Waiver
from golive.readiness.evidence import (
    collect,
    effective_grade,
    evidence_problems,
    expiring,
    valid_waivers,
)
from golive.readiness.policy.policy import load_model
from golive.readiness.status import status_of

DAY = date(2026, 11, 20)
MODEL = load_model()


def item(**changes: object) -> EvidenceItem:
    base = {
        "id": "e1",
        "criterion": "GOV-01",
        "claim_level": 4,
        "owner": "product lead",
        "issued": DAY - timedelta(days=10),
        "expires": DAY + timedelta(days=300),
        "link": "https://example.org/x",
    }
    return EvidenceItem.model_validate(base | changes)


def level(*items: EvidenceItem, on: date = DAY, key: str = "GOV-01") -> int | None:
    answers = collect([], items, MODEL, on).answers
    return status_of(MODEL.criterion(key), answers.get(key), MODEL).level


@pytest.mark.parametrize(("grade", "expected"), [("E0", 1), ("E1", 2), ("E2", 3), ("E3", 4)])
def test_grades_cap_the_level(grade: str, expected: int) -> None:
    assert level(item(grade=grade)) == expected


def test_independent_review_needs_another_person() -> None:
    assert effective_grade(item(grade="E4", reviewer="external auditor")).grade == "E4"
    same = effective_grade(item(grade="E4", reviewer="product lead"))
    assert same.grade == "E3"
    assert (
        same.reason == "e1: counts as E3, not E4, because it has no reviewer other than the owner."
    )


@pytest.mark.parametrize(
    ("changes", "grade", "lacks"),
    [
        ({"grade": "E2", "expires": None}, "E1", "expiry date"),
        ({"grade": "E2", "link": ""}, "E1", "link or file hash"),
        ({"grade": "E2", "link": "", "issued": None}, "E0", "link or file hash"),
        ({"grade": "E1", "issued": None}, "E0", "issue date"),
        ({"grade": "E3", "link": ""}, "E1", "link or file hash"),
        ({"grade": "E3", "issued": None}, "E2", "issue date"),
        ({"grade": "E3", "issued": None, "expires": None}, "E0", "issue date"),
        (
            {"grade": "E4", "issued": None, "expires": None, "reviewer": "auditor"},
            "E0",
            "issue date",
        ),
    ],
)
def test_a_grade_without_its_proof_is_lowered_with_a_reason(
    changes: dict[str, object], grade: str, lacks: str
) -> None:
    result = effective_grade(item(**changes))
    assert result.grade == grade
    assert lacks in result.reason


def test_proof_without_any_date_never_passes_a_gate_however_long_it_lies() -> None:
    """Nothing of it can age, so it counts for what people say; its date is what makes it proof."""
    undated = item(grade="E3", issued=None, expires=None)
    assert [level(undated, on=DAY + timedelta(days=years * 365)) for years in (0, 5)] == [1, 1]
    assert level(undated.model_copy(update={"issued": DAY})) == 4


def test_a_hash_does_for_a_link() -> None:
    assert effective_grade(item(grade="E2", link="", sha256="a" * 64)).grade == "E2"


def test_every_problem_is_listed_at_once() -> None:
    items = [
        item(id="a", criterion="GOV-99"),
        item(id="b", owner="  "),
        item(id="c", issued=DAY + timedelta(days=1)),
        item(id="d", issued=DAY, expires=DAY - timedelta(days=1)),
    ]
    with pytest.raises(InputError) as caught:
        collect([], items, MODEL, DAY)
    assert [p.code for p in caught.value.problems] == [
        "EVIDENCE_CRITERION",
        "EVIDENCE_OWNER",
        "EVIDENCE_FUTURE",
        "EVIDENCE_DATES",
    ]
    assert "Did you mean 'GOV-0" in caught.value.problems[0].hint
    assert evidence_problems([item()], MODEL, DAY) == []


def test_expired_evidence_is_not_assessed() -> None:
    old = item(grade="E2", expires=DAY - timedelta(days=1))
    assert level(old) is None
    assert level(item(grade="E2", expires=DAY)) == 3
    notes = collect([], [old], MODEL, DAY).notes
    assert notes["GOV-01"] == ("e1: expired on 19 Nov 2026.",)


def test_evidence_fades_after_its_time_to_live() -> None:
    """GOV-01 lives 180 days: full weight on day 180, half on day 270, nothing on day 360."""

    def fresh(days: int) -> float:
        old = item(grade="E2", issued=DAY - timedelta(days=days))
        return status_of(
            MODEL.criterion("GOV-01"), collect([], [old], MODEL, DAY).answers["GOV-01"], MODEL
        ).freshness

    assert [fresh(d) for d in (180, 270, 360)] == [1.0, 0.5, 0.0]


def test_the_best_item_counts() -> None:
    weak, strong = item(id="w", grade="E0"), item(id="s", grade="E3", claim_level=3)
    assert level(weak, strong) == 3
    aged = item(id="a", grade="E3", issued=DAY - timedelta(days=300))
    assert level(strong, aged) == 3, (
        "a level 4 that is nearly out of date does not hide a fresh level 3"
    )
    assert level(aged) == 4


def test_measurement_decides_a_condition_and_limits_a_capability() -> None:
    claims = [
        item(id="c", criterion="DAT-02", grade="E2", issued=DAY),
        item(id="m", criterion="MLO-03", grade="E3", issued=DAY),
    ]
    measured = [Measurement(criterion="DAT-02", level=1), Measurement(criterion="MLO-03", level=2)]
    answers = collect(measured, claims, MODEL, DAY).answers
    gap = status_of(MODEL.criterion("DAT-02"), answers["DAT-02"], MODEL)
    assert (gap.level, gap.claim_shown, gap.measured) == (1, 4, 1)
    assert status_of(MODEL.criterion("MLO-03"), answers["MLO-03"], MODEL).level == 2
    alone = collect(measured, [], MODEL, DAY).answers
    assert status_of(MODEL.criterion("MLO-03"), alone["MLO-03"], MODEL).level is None, (
        "data alone prove no capability"
    )


def test_a_measurement_that_shows_all_it_can_leaves_the_rest_to_evidence() -> None:
    """SEC-06: no identifier found is level 2; the retention rule of level 3 is a document."""
    paper = item(criterion="SEC-06", grade="E2", claim_level=3, issued=DAY)

    def at(measured: int, *items: EvidenceItem) -> int | None:
        answers = collect(
            [Measurement(criterion="SEC-06", level=measured)], items, MODEL, DAY
        ).answers
        return status_of(MODEL.criterion("SEC-06"), answers["SEC-06"], MODEL).level

    assert (at(2), at(2, paper), at(0, paper)) == (2, 3, 0)


def test_unmeasured_is_not_zero() -> None:
    answers = collect(
        [Measurement(criterion="DAT-02", level=None, reason="too few")], [], MODEL, DAY
    ).answers
    assert "DAT-02" not in answers


def test_an_unknown_measurement_is_an_error() -> None:
    with pytest.raises(InputError, match="MEASUREMENT_CRITERION"):
        collect([Measurement(criterion="DAT-77", level=1)], [], MODEL, DAY)


def waiver(**changes: object) -> Waiver:
    base = {
        "criterion": "CLN-04",
        "compensating_control": "adults only",
        "owner": "clinical lead",
        "approver": "clinical director",
        "starts": DAY,
        "expires": DAY + timedelta(days=90),
    }
    return Waiver.model_validate(base | changes)


def test_a_valid_waiver() -> None:
    result = valid_waivers([waiver()], MODEL, Tier.HIGH, (), DAY)
    assert result.waived == {"CLN-04": DAY + timedelta(days=90)}
    assert result.refused == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"starts": DAY - timedelta(days=60), "expires": DAY - timedelta(days=1)},
            "expired on 19 Nov 2026",
        ),
        (
            {"starts": DAY + timedelta(days=1), "expires": DAY + timedelta(days=9)},
            "starts on 21 Nov 2026",
        ),
        ({"criterion": "DAT-03"}, "is no gate at tier H"),
    ],
)
def test_a_waiver_out_of_its_time_or_place_is_refused_in_words(
    changes: dict[str, object], words: str
) -> None:
    result = valid_waivers([waiver(**changes)], MODEL, Tier.HIGH, (), DAY)
    assert result.waived == {}
    assert words in result.refused[0]


def test_wrong_waivers_are_all_named() -> None:
    bad = [
        waiver(criterion="GOV-04"),
        waiver(criterion="ABC-01"),
        waiver(expires=DAY + timedelta(days=91)),
        waiver(expires=DAY - timedelta(days=1)),
        waiver(owner="", approver=" ", compensating_control=""),
    ]
    with pytest.raises(InputError) as caught:
        valid_waivers(bad, MODEL, Tier.HIGH, (), DAY)
    assert [p.code for p in caught.value.problems] == [
        "WAIVER_HARD",
        "WAIVER_CRITERION",
        "WAIVER_DATES",
        "WAIVER_DATES",
        *["WAIVER_INCOMPLETE"] * 3,
    ]


def test_expiring_within_thirty_days() -> None:
    items = [
        item(id="soon", expires=DAY + timedelta(days=7)),
        item(id="edge", expires=DAY + timedelta(days=30)),
        item(id="late", expires=DAY + timedelta(days=31)),
        item(id="gone", expires=DAY - timedelta(days=1)),
        item(id="aged", issued=DAY - timedelta(days=349)),
    ]
    found = expiring(items, MODEL, DAY)
    assert [(e.item, e.days) for e in found] == [("soon", 7), ("aged", 10), ("edge", 30)]
    assert found[1].reason == "twice its time to live has passed"
