"""What the roster, drills, hazards, milestones, frozen criteria and the handoff pack prove, and what they cannot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from test_registers_bearing import FULL_SCOPE, _basis, _level
from worked_example import AS_OF, item

from golive.model.readiness import CriterionScore, Readiness
from golive.model.registers import Drill, Hazard, Milestone, Registers, Training
from golive.model.result import CriteriaLock
from golive.readiness import load_model
from golive.readiness.registers import from_registers, handoff_pack


def _score(judged: Readiness, key: str) -> CriterionScore:
    return next(c for c in judged.criteria if c.id == key)


def _roster(passed: int, of: int) -> tuple[Training, ...]:
    return tuple(
        Training(id=f"t{i}", role="nurses", trained_on=AS_OF, passed=i < passed) for i in range(of)
    )


def _reading(criterion: str, tier: str = "H", **rows: Any) -> from_registers.Reading | None:
    """What registers that hold ``rows`` show of one criterion at ``tier``."""
    found = from_registers.readings(Registers(**rows), train_sha256="", as_of=AS_OF, tier=tier)
    return found[criterion][1] if criterion in found else None


@pytest.mark.parametrize(
    ("passed", "of", "level"), [(0, 0, None), (0, 5, 1), (8, 10, 2), (9, 10, 3)]
)
def test_roster(passed: int, of: int, level: int | None) -> None:
    read = _reading("ADO-03", training=_roster(passed, of))
    assert (read.level if read else None) == level


def test_a_full_roster_confirms_a_document_and_proves_two_alone() -> None:
    kept = Registers(training=_roster(10, 10))
    assert _level(_basis(kept).judge(), "ADO-03") == 2
    assert _level(_basis(kept, evidence=[item("ADO-03", 3)]).judge(), "ADO-03") == 3
    half = Registers(training=_roster(5, 10))
    assert _level(_basis(half, evidence=[item("ADO-03", 3)]).judge(), "ADO-03") == 2


def _drill(days_ago: int = 10, **rest: Any) -> Drill:
    values: dict[str, Any] = {
        "drill": "Rollback",
        "criterion": "MLO-05",
        "owner": "operations",
        "minutes": 12.0,
    } | rest
    return Drill(id=f"x{days_ago}", held_on=AS_OF - timedelta(days_ago), **values)


@pytest.mark.parametrize(
    ("drills", "tier", "level"),
    [
        ((), "H", None),
        ((_drill(),), "H", 3),
        ((_drill(minutes=20.0),), "C", 2),
        ((_drill(minutes=None),), "H", 2),
        ((_drill(result="failed"),), "H", 1),
        ((_drill(30, result="failed"), _drill(5)), "H", 3),
        ((_drill(30), _drill(5, result="partly")), "H", 2),
        ((_drill(-5),), "H", None),
    ],
)
def test_the_last_drill_counts(drills: tuple[Drill, ...], tier: str, level: int | None) -> None:
    read = _reading("MLO-05", tier, drills=drills)
    assert (read.level if read else None) == level


def test_a_rollback_drill_opens_its_gate_and_ages_from_the_day_it_was_held() -> None:
    kept = Registers(drills=(_drill(10),), changed_on={"drills": AS_OF})
    fresh = _score(_basis(kept).judge(), "MLO-05")
    assert (fresh.level, fresh.gate_state, fresh.read_from) == (3, "pass", "drills")
    old = Registers(drills=(_drill(400),), changed_on={"drills": AS_OF})
    assert _score(_basis(old).judge(), "MLO-05").gate_state == "unverified"


def test_a_failed_drill_limits_every_claim() -> None:
    kept = Registers(drills=(_drill(result="failed"),))
    score = _score(_basis(kept, evidence=[item("MLO-05", 4, "E4")]).judge(), "MLO-05")
    assert (score.claimed, score.measured, score.level) == (4, 1, 1)


def _hazard(number: int, **rest: Any) -> Hazard:
    values = {
        "severity": 4,
        "likelihood": 2,
        "control": "c",
        "owner": "o",
        "state": "controlled",
    } | rest
    return Hazard(id=f"h{number}", hazard="x", **values)


@pytest.mark.parametrize(
    ("rows", "level"),
    [
        ((), None),
        ((_hazard(1, control=""),), 1),
        ((_hazard(1), _hazard(2, state="open")), 2),
        ((_hazard(1), _hazard(2, owner="")), 2),
        ((_hazard(1), _hazard(2, state="accepted")), 3),
    ],
)
def test_hazards(rows: tuple[Hazard, ...], level: int | None) -> None:
    read = _reading("CLN-06", hazards=rows)
    assert (read.level if read else None) == level


def test_an_open_hazard_limits_the_safety_case() -> None:
    kept = Registers(hazards=(_hazard(1, state="open"),))
    score = _score(_basis(kept, evidence=[item("CLN-06", 3)]).judge(), "CLN-06")
    assert (score.level, score.gate_state) == (2, "fail")


def _step(number: int, **rest: Any) -> Milestone:
    values: dict[str, Any] = {"track": "data", "likely": 10.0, "high": 12.0, "owner": "o"} | rest
    return Milestone(id=f"m{number}", name="x", **values)


@pytest.mark.parametrize(
    ("rows", "level"),
    [
        ((), None),
        ((_step(1, owner=""),), 1),
        ((_step(1), _step(2)), 2),
        ((_step(1), _step(2, track="integration")), 2),
        ((_step(1), _step(2, track="integration", high=15.0)), 3),
    ],
)
def test_milestones(rows: tuple[Milestone, ...], level: int | None) -> None:
    read = _reading("VAL-05", milestones=rows)
    assert (read.level if read else None) == level


def test_frozen_criteria_are_evidence_for_the_tier() -> None:
    lock = CriteriaLock(frozen_at="2026-10-03T08:00:00Z", sha256="ab" * 32, before_live=True)
    assert _level(_basis().judge(), "SCO-01") is None
    judged = _basis(lock=lock).judge()
    assert _level(judged, "SCO-01") == 2
    assert "register-criteria" in _score(judged, "SCO-01").evidence


def test_the_twenty_items_are_those_of_the_list() -> None:
    assert len(handoff_pack.ITEMS) == 20
    assert {c.id for c in load_model().criteria} >= handoff_pack.CRITERIA


def test_the_pack_counts_what_is_complete_and_never_limits_a_claim() -> None:
    assert _score(_basis().judge(), "HND-01").evidence == ()
    some = [
        item("SCO-02", 3, "E2"),
        item("SCO-03", 3, "E2"),
        item("SEC-07", 3, "E2"),
        item("MLO-06", 3, "E2"),
    ]
    judged = _basis(evidence=some).judge()
    score = _score(judged, "HND-01")
    assert (score.level, score.measured) == (1, None)
    claimed = _basis(evidence=[*some, item("HND-01", 3, "E2")]).judge()
    assert _level(claimed, "HND-01") == 3


def test_the_pack_is_level_two_from_half_of_its_items() -> None:
    everything = [item(c.id, 3, "E2") for c in load_model().criteria if c.id != "HND-01"]
    kept = Registers(scope=FULL_SCOPE)
    judged = _basis(kept, evidence=everything).judge()
    assert _level(judged, "HND-01") == 2


def test_a_pack_that_is_counted_changes_with_the_evidence_behind_it() -> None:
    """Deleting evidence never raises what the pack proves."""
    everything = [item(c.id, 3, "E2") for c in load_model().criteria if c.id != "HND-01"]
    cuts = range(0, len(everything), 12)
    levels = [_level(_basis(evidence=everything[cut:]).judge(), "HND-01") or 0 for cut in cuts]
    assert levels == sorted(levels, reverse=True)
    assert levels[0] > levels[-1]
