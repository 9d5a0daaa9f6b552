"""``judge``: silence, stops, stages, reasons, speed, and what a broken item does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import worked_example as example

from golive.model.config import Config
from golive.model.errors import InputError
from golive.model.readiness import (
    EvidenceItem,
    GateState,
    Measurement,
    Readiness,
    ReadinessVerdict,
    RiskProfile,
    Tier,
    Waiver,
)
from golive.readiness import Basis, load_model, ml_test_score

DAY = example.AS_OF


def test_nothing_known_is_pilot_without_an_index() -> None:
    """With no data at all the verdict is Pilot with coverage 0, not 0 points."""
    result = Basis([], Config(), as_of=DAY).judge()
    assert result.verdict is ReadinessVerdict.PILOT
    assert result.index is None
    assert result.mean is None
    assert (result.low, result.high, result.coverage) == (0.0, 100.0, 0.0)
    assert result.stop == ()
    assert result.stage == "retrospective"
    assert all(d.point is None and (d.low, d.high) == (0, 100) for d in result.dimensions)
    assert (
        result.reasons[0] == "Nothing is measured or proven yet: 0 of 74 criteria have an answer."
    )
    assert len(result.next) == 74
    assert result.next[0].hard
    assert all(s.label == "PROVE" for s in result.next)


def test_not_assessed_measurements_stay_not_assessed_with_their_reason() -> None:
    given = [
        Measurement(
            criterion="DAT-02",
            level=None,
            reason="Not assessed: 12 live rows, at least 200 are needed.",
        )
    ]
    result = Basis(given, Config(), as_of=DAY).judge()
    row = next(c for c in result.criteria if c.id == "DAT-02")
    assert (row.level, row.points, row.measured) == (None, None, None)
    assert row.measurement == given[0].reason
    assert result.index is None


@pytest.mark.parametrize(
    ("criterion", "measured", "stopped"),
    [("SEC-01", False, True), ("GOV-01", False, True), ("CLN-02", True, True), ("OBS-03", True, True), ("INT-02", True, True),
     ("INT-02", False, False), ("SEC-04", False, False)],
)  # fmt: skip
def test_stops(criterion: str, measured: bool, stopped: bool) -> None:
    """A fact stops the pilot whatever the score; a missing write-back is no wrong-patient write."""
    entries = {
        c.id: (3 if c.kind == "condition" else None, 3, "E2", 10) for c in load_model().criteria
    }
    entries[criterion] = (0 if measured else None, 0, "E2", 10)
    values, evidence = example.split(entries)
    result = Basis(values, example.CONFIG, evidence=evidence, as_of=DAY).judge()
    assert (result.verdict is ReadinessVerdict.STOP) == stopped
    assert bool(result.stop) == stopped
    if stopped:
        assert result.stop[0].startswith(criterion)
        assert result.stage == "retrospective"
        assert result.reasons[0].startswith("Stopped:")


def test_silence_never_stops() -> None:
    assert Basis([], example.CONFIG, as_of=DAY).judge().stop == ()


def test_claim_stands_beside_its_measurement() -> None:
    measured, evidence = example.split(example.today())
    result = Basis(measured, example.CONFIG, evidence=evidence, as_of=DAY).judge()
    row = next(c for c in result.criteria if c.id == "DAT-04")
    assert (row.claimed, row.measured, row.level, row.evidence) == (4, 1, 1, ("e-DAT-04-4-E0-5",))


def test_a_lowered_grade_says_why() -> None:
    paper = EvidenceItem(
        id="raci", criterion="GOV-01", grade="E2", claim_level=3, owner="lead", issued=DAY
    )
    result = Basis([], Config(), evidence=[paper], as_of=DAY).judge()
    row = next(c for c in result.criteria if c.id == "GOV-01")
    assert row.level == 2
    assert "raci: counts as E1, not E2" in row.measurement


def test_all_problems_of_evidence_come_at_once() -> None:
    bad = [
        EvidenceItem(id="a", criterion="ZZZ-01", claim_level=1, owner="x"),
        EvidenceItem(id="b", criterion="GOV-01", claim_level=1),
    ]
    with pytest.raises(InputError) as caught:
        Basis([], Config(), evidence=bad, as_of=DAY).judge()
    assert len(caught.value.problems) == 2


def test_waivers_up_to_the_limit_only() -> None:
    """Tier H allows four waived release gates; a fifth makes it Pilot again."""
    entries = {
        c.id: (3 if c.kind == "condition" else None, 3, "E2", 10) for c in load_model().criteria
    }
    soft = ["DAT-01", "DAT-04", "DAT-05", "OBS-02", "CLN-04"]

    def with_open(count: int) -> ReadinessVerdict:
        lowered = entries | dict.fromkeys(soft[:count], (2, 3, "E2", 10))
        values, evidence = example.split(lowered)
        waivers = [
            Waiver(
                criterion=k,
                compensating_control="c",
                owner="o",
                approver="a",
                starts=DAY,
                expires=DAY + timedelta(days=30),
            )
            for k in soft
        ]
        return (
            Basis(values, example.CONFIG, evidence=evidence, waivers=waivers, as_of=DAY)
            .judge()
            .verdict
        )

    assert with_open(0) is ReadinessVerdict.READY
    assert with_open(4) is ReadinessVerdict.CONDITIONAL
    assert with_open(5) is ReadinessVerdict.PILOT


def test_an_expired_waiver_is_named_and_does_not_count() -> None:
    values, evidence = example.split(example.six_weeks_later())
    old = Waiver(
        criterion="CLN-04", compensating_control="c", owner="o", approver="a",
        starts=DAY - timedelta(days=80), expires=DAY - timedelta(days=1),
    )  # fmt: skip
    result = Basis(values, example.CONFIG, evidence=evidence, waivers=[old], as_of=DAY).judge()
    assert result.verdict is ReadinessVerdict.PILOT
    assert any(
        "waiver of CLN-04 does not count: it expired on 19 Nov 2026" in r for r in result.reasons
    )


def test_measurements_age() -> None:
    """A drift check lives 30 days; two months later it says nothing."""
    given = [Measurement(criterion="OBS-01", level=3)]

    def on(days: int) -> int | None:
        result = Basis(given, Config(), as_of=DAY + timedelta(days=days), measured_on=DAY).judge()
        return next(c.level for c in result.criteria if c.id == "OBS-01")

    assert (on(0), on(59), on(60)) == (3, 3, None)


def test_judging_again_is_cheap(cost: Callable[..., float]) -> None:
    """Rescoring after an edit, plan and stability included, is a matter of milliseconds; 10,000 evidence items stay usable."""
    measured, evidence = example.split(example.today())

    def judging(items: list[EvidenceItem], runs: int) -> float:
        return cost(
            lambda: Basis(measured, example.CONFIG, evidence=items, as_of=DAY).judge(), runs
        )

    few = judging(evidence, 5)
    many = [e.model_copy(update={"id": f"{e.id}-{i}"}) for i in range(140) for e in evidence]
    assert len(many) > 10_000
    lots = judging(many, 2)
    print(f"\njudging again: {few:.2f} units of fixed work; with 140 times the items {lots:.2f}")
    assert few < 1
    assert lots < 2 * 140 * few
    assert lots < 10


def test_same_evidence_at_every_tier() -> None:
    values, evidence = example.split(example.six_weeks_later())
    results = {
        r.tier: r for r in Basis(values, example.CONFIG, evidence=evidence, as_of=DAY).at_tiers()
    }
    assert list(results) == list(Tier)
    assert [r.tier for r in results.values() if r.is_own] == [Tier.HIGH]
    judged = Basis(values, example.CONFIG, evidence=evidence, as_of=DAY).judge()
    assert results[Tier.HIGH].index == judged.index
    assert results[Tier.HIGH].verdict is judged.verdict
    assert results[Tier.HIGH].open_gates == ("CLN-04",)
    assert results[Tier.LOW].verdict is ReadinessVerdict.READY
    assert set(results[Tier.HIGH].open_gates) <= set(results[Tier.CRITICAL].open_gates)


def test_ml_test_score() -> None:
    """28 tests in four sections of seven; all at 3 by documents and measurements, then all at 4, then nothing."""
    model = load_model()

    def at(level: int) -> float:
        entries = {
            c.id: (level if c.kind == "condition" else None, level, "E4", 1) for c in model.criteria
        }
        values, evidence = example.split(entries)
        result = ml_test_score(Basis(values, example.CONFIG, evidence=evidence, as_of=DAY).judge())
        assert len(result.tests) == 28
        assert set(result.sections) == {"Data", "Model", "Infrastructure", "Monitoring"}
        assert result.score == min(result.sections.values())
        assert sum(result.sections.values()) == sum(t.score for t in result.tests)
        return result.score

    assert at(4) == 7
    assert 3 <= at(3) < 7
    assert at(2) == 0
    nothing = ml_test_score(Basis([], Config(risk=RiskProfile()), as_of=date(2026, 1, 1)).judge())
    assert nothing.score == 0
    assert nothing.meaning == "a research project, not a production system"


@pytest.mark.parametrize(("age", "measured_age"), [(10, 0), (60, 0), (150, 0), (10, 25)])
def test_a_verdict_holds_until_the_first_gate_would_open_again(age: int, measured_age: int) -> None:
    """On the last day every gate still passes; the day after, one does not, unless the tier's own limit came first."""
    model = load_model()
    entries = {
        c.id: (3 if c.kind == "condition" else None, 3, "E2", min(age, c.ttl_days))
        for c in model.criteria
    }
    values, evidence = example.split(entries)
    measured_on = DAY - timedelta(days=measured_age)

    def on(day: date) -> Readiness:
        return Basis(
            values, example.CONFIG, evidence=evidence, as_of=day, measured_on=measured_on
        ).judge()

    now = on(DAY)
    said = next(r for r in now.reasons if r.startswith("This verdict holds until "))
    words = said.removeprefix("This verdict holds until ").partition(" at the latest")[0]
    last = datetime.strptime(words, "%d %b %Y").date()
    assert now.verdict is ReadinessVerdict.READY
    assert all(c.gate_state in (None, GateState.PASS) for c in on(last).criteria)
    limit = DAY + timedelta(days=model.tiers[now.tier].max_valid_days)
    assert last <= limit
    opened = [
        c.id
        for c in on(last + timedelta(days=1)).criteria
        if c.gate_state not in (None, GateState.PASS)
    ]
    assert opened or last == limit


def test_evidence_that_an_event_took_out_counts_at_no_tier() -> None:
    values, evidence = example.split(example.six_weeks_later())
    invalid = {e.id: "no longer counts" for e in evidence}
    own = next(
        r
        for r in Basis(
            values, example.CONFIG, evidence=evidence, as_of=DAY, invalid=invalid
        ).at_tiers()
        if r.tier is Tier.HIGH
    )
    assert (
        own.index
        == Basis(values, example.CONFIG, evidence=evidence, as_of=DAY, invalid=invalid)
        .judge()
        .index
    )
    assert own.index != Basis(values, example.CONFIG, evidence=evidence, as_of=DAY).judge().index
