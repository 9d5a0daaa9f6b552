"""The plan: order, labels, gains that equal a full rescoring, and the budget."""

from __future__ import annotations

import pytest
import worked_example as example
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.model.readiness import NextStep, Tier
from golive.readiness import load_model, within_budget
from golive.readiness.evidence import collect
from golive.readiness.plan import CLASSES, lift, next_steps
from golive.readiness.score import score
from golive.readiness.status import Answer, Claim

MODEL = load_model()
FLAGS = example.CONFIG.risk.flags


def worked() -> dict[str, Answer]:
    return collect(*example.split(example.today()), MODEL, example.AS_OF).answers


def test_every_gain_equals_a_full_rescoring() -> None:
    answers = worked()
    base = score(MODEL, answers, Tier.HIGH, FLAGS)
    steps = next_steps(base, MODEL, answers)
    assert len(steps) > 15
    for step in steps:
        again = score(MODEL, lift(answers, step.criterion, step.target), Tier.HIGH, FLAGS)
        assert again.index is not None
        assert base.index is not None
        assert step.gain == pytest.approx(again.index - base.index, abs=1e-5)
        assert step.gain_low == pytest.approx(again.low - base.low, abs=1e-5)
        assert step.gain_mean == pytest.approx((again.mean or 0) - (base.mean or 0), abs=1e-5)


def test_classes_come_in_order() -> None:
    answers = worked() | {"GOV-04": Answer((Claim(1, "E2", 0.0),))}
    steps = next_steps(score(MODEL, answers, Tier.HIGH, FLAGS), MODEL, answers)
    assert (steps[0].criterion, steps[0].label, steps[0].hard) == ("GOV-04", "FIX", True)
    ranks = [CLASSES.get((s.hard, s.gate_state), 4) if s.gate_state else 4 for s in steps]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2, 3, 4}


def test_words_of_a_step() -> None:
    steps = {
        s.criterion: s
        for s in next_steps(score(MODEL, worked(), Tier.HIGH, FLAGS), MODEL, worked())
    }
    assert steps["MLO-05"].why == "Level 3 is claimed, 1 is proven; the hard gate needs 3."
    assert steps["INT-02"].why == "Nothing shows where this stands; the hard gate needs 3."
    assert steps["DAT-04"].why == "Level 1 is measured; the gate needs 3."
    assert steps["SEC-05"].why == "The evidence is out of date; the gate needs 3."
    assert steps["HND-01"].why == "Level 1 is shown; production asks for 3."
    assert steps["DAT-04"].route == "clinical_informatics"
    assert steps["DAT-04"].fix


def test_a_pilot_at_the_bar_has_nothing_left_to_do() -> None:
    answers = {c.id: Answer((Claim(4, "E4", 0.0),)) for c in MODEL.criteria}
    assert next_steps(score(MODEL, answers, Tier.CRITICAL, FLAGS), MODEL, answers) == ()


@settings(max_examples=60, deadline=None)
@given(days=st.floats(0, 120))
def test_the_budget_is_kept_and_greedy(days: float) -> None:
    steps = next_steps(score(MODEL, worked(), Tier.HIGH, FLAGS), MODEL, worked())
    chosen = within_budget(steps, days, MODEL)
    cost = {s.criterion: MODEL.effort_days[s.effort] for s in steps}
    used = sum(cost[s.criterion] for s in chosen)
    assert used <= days + 1e-9
    taken = {s.criterion for s in chosen}
    spent = 0.0
    for step in steps:  # whoever was passed over did not fit what was left at its turn
        if step.criterion in taken:
            spent += cost[step.criterion]
        else:
            assert spent + cost[step.criterion] > days - 1e-9
    assert [s for s in steps if s.criterion in taken] == list(chosen)


def test_two_people_for_two_weeks() -> None:
    """Twenty person-days: the drill (3 days), not write-back (20), then what fits in order."""
    steps = next_steps(score(MODEL, worked(), Tier.HIGH, FLAGS), MODEL, worked())
    chosen: tuple[NextStep, ...] = within_budget(steps, 20, MODEL)
    assert [s.criterion for s in chosen] == ["MLO-05", "HND-02", "OBS-02", "DAT-04", "HND-01"]
