"""The four failure modes: every dimension but value belongs to one, and a mode is shown only on evidence."""

from __future__ import annotations

from typing import get_args

import pytest

from golive.model.finding import KINDS, Finding, Verdict, finding
from golive.model.readiness import CriterionScore, GateState, Readiness, ReadinessVerdict, Tier
from golive.readiness.failure_modes import MODES, ModeId, judge_modes
from golive.readiness.policy.policy import load_model
from golive.samples import get


def _readiness(*states: tuple[str, GateState]) -> Readiness:
    criteria = tuple(
        CriterionScore(
            id=key,
            dimension=key[:3],
            title=key,
            question="?",
            kind="capability",
            weight=1,
            level=1,
            freshness=1,
            points=20,
            claimed=None,
            measured=None,
            gate=3,
            gate_state=state,
        )
        for key, state in states
    )
    return Readiness(
        tier=Tier.HIGH,
        verdict=ReadinessVerdict.PILOT,
        index=1.0,
        low=1.0,
        high=1.0,
        coverage=1.0,
        criteria=criteria,
    )


def _finding(kind: str, verdict: Verdict = Verdict.ALARM) -> Finding:
    return finding(kind, verdict, columns=("x",), title="t", explanation="e")


PASSING = tuple(
    (f"{d}-01", GateState.PASS)
    for d in ("DAT", "CLN", "INT", "ADO", "OBS", "REL", "GOV", "MLO", "SEC")
)


def test_modes_cover_every_dimension_once_but_value() -> None:
    named = [d for m in MODES for d in m.dimensions]
    assert sorted([*named, "VAL"]) == sorted(d.id for d in load_model().dimensions)
    assert [m.id for m in MODES] == list(get_args(ModeId))


@pytest.mark.parametrize("mode", MODES, ids=lambda m: m.id)
def test_a_mode_has_signs_that_exist_and_a_sample_that_shows_it(mode: object) -> None:
    assert isinstance(mode, type(MODES[0]))
    known = {kind for kinds in KINDS.values() for kind in kinds}
    assert set(mode.signs) <= known
    assert get(mode.sample).failure_mode == mode.id
    assert len(mode.pairs) >= 4


def test_a_clean_pilot_shows_none() -> None:
    assert {
        j.state for j in judge_modes(_readiness(*PASSING), [_finding("missing_up", Verdict.QUIET)])
    } == {"not_shown"}


def test_silence_is_not_a_pass() -> None:
    assert {j.state for j in judge_modes(_readiness(), [])} == {"open"}
    judged = {
        j.mode.id: j.state
        for j in judge_modes(_readiness(*PASSING[:-1], ("MLO-05", GateState.UNVERIFIED)), [])
    }
    assert judged["foundations"] == "open"


def test_a_failed_gate_or_an_urgent_sign_shows_a_mode() -> None:
    by_gate = judge_modes(_readiness(*PASSING[1:], ("DAT-04", GateState.FAIL)), [])
    assert [j.mode.id for j in by_gate if j.state == "shown"] == ["live_data"]
    by_sign = judge_modes(_readiness(*PASSING), [_finding("late_inputs")])
    assert [j.mode.id for j in by_sign if j.state == "shown"] == ["integration"]
    # To watch is no proof that the pilot fails this way.
    watched = judge_modes(_readiness(*PASSING), [_finding("late_inputs", Verdict.WATCH)])
    assert {j.state for j in watched} == {"not_shown"}
