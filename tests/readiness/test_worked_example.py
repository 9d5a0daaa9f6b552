"""Golden numbers of the worked example: both states, every number."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import worked_example as example

from golive.model.readiness import GateState, Readiness, ReadinessVerdict, Tier, Waiver
from golive.readiness import Basis
from golive.readiness.evidence import collect
from golive.readiness.policy.policy import load_model
from golive.readiness.score import score


def run(entries: dict[str, example.Entry], waivers: tuple[Waiver, ...] = ()) -> Readiness:
    measured, evidence = example.split(entries)
    return Basis(
        measured,
        example.CONFIG,
        evidence=evidence,
        waivers=waivers,
        as_of=example.AS_OF,
        measured_on=example.AS_OF - timedelta(days=5),
    ).judge()


@pytest.fixture(scope="module")
def today() -> Readiness:
    return run(example.today())


@pytest.fixture(scope="module")
def later() -> Readiness:
    return run(example.six_weeks_later())


# id: weight, coverage, point, low, high of the worked example
TODAY = {
    "SCO": (7, 1.00, 80.0, 80, 80),
    "DAT": (12, 0.93, 71.0, 66, 74),
    "INT": (9, 0.79, 73.6, 58, 84),
    "OBS": (11, 0.89, 53.8, 48, 59),
    "MLO": (8, 1.00, 68.8, 69, 80),
    "SEC": (10, 0.89, 80.0, 71, 82),
    "GOV": (10, 1.00, 80.0, 80, 80),
    "REL": (7, 1.00, 71.2, 71, 71),
    "CLN": (14, 1.00, 75.0, 75, 75),
    "ADO": (6, 0.80, 65.0, 52, 72),
    "VAL": (3, 1.00, 61.0, 61, 61),
    "HND": (3, 1.00, 24.0, 24, 24),
}


def test_dimensions_today(today: Readiness) -> None:
    assert {d.id for d in today.dimensions} == set(TODAY)
    for d in today.dimensions:
        weight, coverage, point, low, high = TODAY[d.id]
        assert d.weight == weight
        assert d.coverage == pytest.approx(coverage, abs=0.005)
        assert d.point == pytest.approx(point, abs=0.06)
        assert d.low == pytest.approx(low, abs=0.5)
        assert d.high == pytest.approx(high, abs=0.51)


def test_data_dimension_by_hand(today: Readiness) -> None:
    """The table of 2.2: sum of w 22, of wk 20.5, of wks 1455."""
    data = {c.id: c for c in today.criteria if c.dimension == "DAT"}
    assert {k: (c.weight, c.level, c.freshness, c.points) for k, c in data.items()} == {
        "DAT-01": (3, 4, 1, 100),
        "DAT-02": (3, 2, 1, 45),
        "DAT-03": (2, 3, 1, 80),
        "DAT-04": (3, 1, 1, 20),
        "DAT-05": (3, 3, 1, 80),
        "DAT-06": (2, 4, 1, 100),
        "DAT-07": (3, 3, 1, 80),
        "DAT-08": (3, 3, 0.5, 80),
    }
    total = next(d for d in today.dimensions if d.id == "DAT")
    assert total.coverage == pytest.approx(20.5 / 22)
    assert total.point == pytest.approx(1455 / 20.5)
    assert total.low == pytest.approx(1455 / 22)
    assert (data["DAT-04"].claimed, data["DAT-04"].measured) == (4, 1)


def test_index_today(today: Readiness) -> None:
    assert today.tier is Tier.HIGH
    assert len(today.criteria) == 77
    assert today.mean == pytest.approx(70.1, abs=0.05)
    assert (today.index, today.low, today.high) == (
        pytest.approx(44),
        pytest.approx(44),
        pytest.approx(44),
    )
    assert today.coverage == pytest.approx(0.94, abs=0.005)
    assert today.weakest == "HND"
    assert any(
        r.startswith("Handoff is the cap: even with everything else perfect the index stays at 44")
        for r in today.reasons
    )


def test_gates_today(today: Readiness) -> None:
    state = {
        c.id: (c.gate_state, c.hard)
        for c in today.criteria
        if c.gate_state not in (None, GateState.PASS)
    }
    fail = {k for k, (s, _) in state.items() if s is GateState.FAIL}
    assert fail == {"DAT-04", "OBS-02", "OBS-06", "REL-01", "CLN-04", "HND-02"}
    assert set(state) - fail == {"INT-02", "MLO-05", "INT-04", "SEC-05"}
    assert {k for k, (_, hard) in state.items() if hard} == {"INT-02", "MLO-05"}


def test_verdict_today(today: Readiness) -> None:
    assert today.verdict is ReadinessVerdict.PILOT
    assert today.stability == 1.0
    assert today.stop == ()
    assert today.stage == "silent_pilot"
    assert any("a supervised pilot waits for MLO-05" in r for r in today.reasons)


def test_next_steps_today(today: Readiness) -> None:
    """Order and labels as in 2.3: ten gates, then the biggest lift of the rest."""
    assert [(s.label, s.criterion) for s in today.next[:11]] == [
        ("PROVE", "MLO-05"),
        ("PROVE", "INT-02"),
        ("FIX", "HND-02"),
        ("FIX", "OBS-02"),
        ("FIX", "DAT-04"),
        ("FIX", "OBS-06"),
        ("FIX", "REL-01"),
        ("FIX", "CLN-04"),
        ("PROVE", "INT-04"),
        ("REFRESH", "SEC-05"),
        ("FIX", "HND-01"),
    ]
    gain = {s.criterion: s for s in today.next}
    assert gain["HND-02"].gain == pytest.approx(24.0, abs=0.005)
    assert gain["HND-02"].gain_low == pytest.approx(22.49, abs=0.005)
    assert gain["HND-02"].gain_mean == pytest.approx(0.72, abs=0.005)
    assert gain["HND-01"].gain == pytest.approx(18.0, abs=0.005)
    assert (gain["MLO-05"].gain, gain["MLO-05"].effort) == (0.0, 2)


def test_index_six_weeks_later(later: Readiness) -> None:
    assert later.mean == pytest.approx(78.0, abs=0.05)
    assert min(d.point for d in later.dimensions if d.point is not None) == pytest.approx(61)
    assert later.weakest == "VAL"
    assert later.index == pytest.approx(78.0, abs=0.05)
    assert (later.low, later.high) == (pytest.approx(77.4, abs=0.05), pytest.approx(78.3, abs=0.05))
    assert later.coverage == pytest.approx(0.99, abs=0.005)
    assert [c.id for c in later.criteria if c.gate_state not in (None, GateState.PASS)] == [
        "CLN-04"
    ]


def test_verdict_six_weeks_later_depends_on_the_waiver(later: Readiness) -> None:
    assert later.verdict is ReadinessVerdict.PILOT
    assert later.stage == "supervised_pilot"
    waiver = Waiver(
        criterion="CLN-04",
        compensating_control="only adults aged 18 to 79",
        owner="clinical lead",
        approver="clinical director and chief executive",
        starts=example.AS_OF,
        expires=example.AS_OF + timedelta(days=60),
    )
    waived = run(example.six_weeks_later(), (waiver,))
    assert waived.verdict is ReadinessVerdict.CONDITIONAL
    assert waived.stability == 1.0
    assert waived.stage == "limited_production"
    assert [c.id for c in waived.criteria if c.waived] == ["CLN-04"]
    assert any("until 19 Jan 2027" in r for r in waived.reasons)


def test_everything_at_three_is_ready_but_at_critical() -> None:
    """2.1 (e): R = 80 is Ready at L, M and H; at C six gates need level 4."""
    model = load_model()
    entries = {c.id: (3 if c.kind == "condition" else None, 3, "E2", 10) for c in model.criteria}
    measured, evidence = example.split(entries)
    situations = {
        Tier.LOW: ("serious", "inform"),
        Tier.MODERATE: ("serious", "drive"),
        Tier.HIGH: ("critical", "drive"),
        Tier.CRITICAL: ("critical", "treat_diagnose"),
    }
    for tier, (situation, significance) in situations.items():
        risk = example.CONFIG.risk.model_copy(
            update={
                "situation": situation,
                "significance": significance,
                "flags": ("ehr", "writeback", "alerts", "genai"),
            }
        )
        config = example.CONFIG.model_copy(update={"risk": risk})
        result = Basis(measured, config, evidence=evidence, as_of=example.AS_OF).judge()
        assert result.tier is tier
        assert result.index == pytest.approx(80)
        expected = ReadinessVerdict.PILOT if tier is Tier.CRITICAL else ReadinessVerdict.READY
        assert result.verdict is expected
        if tier is Tier.CRITICAL:
            assert sum(c.gate_state not in (None, GateState.PASS) for c in result.criteria) == 6


def test_an_item_that_expires_changes_the_verdict() -> None:
    """Nothing changes but the clock: the waived six-weeks state loses a hard gate when its drill goes out of date."""
    entries = example.six_weeks_later() | {"DAT-08": (None, 4, "E2", 10)}
    measured, evidence = example.split(entries)
    evidence = [
        e.model_copy(update={"expires": date(2026, 12, 1)}) if e.criterion == "GOV-04" else e
        for e in evidence
    ]
    waiver = Waiver(
        criterion="CLN-04",
        compensating_control="adults only",
        owner="o",
        approver="a",
        starts=example.AS_OF,
        expires=example.AS_OF + timedelta(days=60),
    )

    def on(day: date) -> Readiness:
        return Basis(
            measured,
            example.CONFIG,
            evidence=evidence,
            waivers=[waiver],
            as_of=day,
            measured_on=example.AS_OF,
        ).judge()

    assert on(date(2026, 12, 1)).verdict is ReadinessVerdict.CONDITIONAL
    after = on(date(2026, 12, 2))
    assert after.verdict is ReadinessVerdict.PILOT
    step = next(s for s in after.next if s.criterion == "GOV-04")
    assert (step.label, step.gate_state) == ("REFRESH", GateState.UNVERIFIED)


def test_score_and_judge_agree(today: Readiness) -> None:
    measured, evidence = example.split(example.today())
    model = load_model()
    collected = collect(measured, evidence, model, example.AS_OF)
    direct = score(model, collected.answers, Tier.HIGH, example.CONFIG.risk.flags)
    assert direct.index == today.index
    assert direct.coverage == today.coverage
