"""Overview: the verdict in one sentence, three facts, what blocks, the first steps, and the four ways pilots fail."""

from __future__ import annotations

from typing import Any

import pytest
import sample_assessment as made

from golive.model.finding import Severity, Verdict, finding
from golive.model.readiness import GateState, Readiness, ReadinessVerdict, Tier
from golive.report.base import verdict
from golive.ui.shell.words import NO_BREAK
from golive.ui.verdict import overview
from golive.wording.order import by_urgency

PAGE = "pages/verdict/overview.py"
VIEWER = {"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]}


def _text(app: Any) -> str:
    kinds = ("title", "subheader", "markdown", "caption")
    return " ".join(str(e.value) for kind in kinds for e in app.get(kind)).replace(NO_BREAK, " ")


def test_draws_the_verdict_the_facts_and_the_plan(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session="00000000-0000-4000-8000-000000000001")
    assert not app.exception
    text = _text(app)
    assert "PILOT" in text
    assert "Three gates fail and two are unproven." in text
    assert "28 % of live rows have no heart rate" in text
    assert "24,000 training and 6,120 live rows" in text
    metrics = {m.label: (m.value, m.delta) for m in app.metric}
    assert metrics["Readiness index"] == ("44", "between 41 and 52")
    assert metrics["Evidence"][0] == "94 %"
    assert len(app.get("plotly_chart")) == 1


@pytest.mark.parametrize("word", list(ReadinessVerdict))
def test_draws_every_verdict(store: Any, open_page: Any, word: ReadinessVerdict) -> None:
    store.save(made.assessment(verdict=word), config=made.CONFIG, actor="local", sample=True)
    app = open_page(PAGE)
    assert not app.exception
    assert word.value.upper() in _text(app)


def test_viewer_sees_the_same(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, user=VIEWER)
    assert not app.exception
    assert app.title


@pytest.mark.usefixtures("no_sample")
def test_empty_store_offers_the_sample(open_page: Any) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert app.button(key="open_sample").label == "Open the sample session"


def test_nothing_assessed_is_not_zero_points(store: Any, open_page: Any) -> None:
    empty = Readiness(
        tier=Tier.LOW, verdict=ReadinessVerdict.PILOT, index=None, low=0, high=100, coverage=0
    )
    store.save(
        made.assessment().model_copy(update={"readiness": empty}), config=made.CONFIG, actor="local"
    )
    app = open_page(PAGE)
    assert not app.exception
    assert {m.label: m.value for m in app.metric}["Readiness index"] == "–"


def test_sentence_counts_gates_in_words() -> None:
    readiness = made.readiness()
    assert verdict.verdict_sentence(readiness) == "Three gates fail and two are unproven."
    proven = [c for c in readiness.criteria if c.gate_state is not GateState.FAIL]
    assert (
        verdict.verdict_sentence(readiness.model_copy(update={"criteria": proven}))
        == "Two gates are unproven."
    )
    assert (
        verdict.verdict_sentence(readiness.model_copy(update={"criteria": ()}))
        == "No gate applies at this risk tier."
    )


def test_waived_gates_do_not_block() -> None:
    blocked = {c.id for c, _ in verdict.blocking(made.readiness())}
    assert "SEC-07" not in blocked
    assert blocked == {"DAT-02", "DAT-05", "HND-02", "MLO-05", "ADO-03"}


def test_blocking_follows_the_plan() -> None:
    assert [c.id for c, _ in verdict.blocking(made.readiness())][:3] == [
        "MLO-05",
        "DAT-05",
        "HND-02",
    ]


def test_cap_is_named_only_when_it_holds_the_index_down() -> None:
    readiness = made.readiness()
    assert verdict.cap_sentence(readiness) == (
        "Handoff and capability is the cap: at 10 points it holds the index at 44; the average of all dimensions is 57."
    )
    assert verdict.cap_sentence(readiness.model_copy(update={"mean": 44.0})) == ""


def test_three_facts_are_about_three_columns_and_never_an_effect_of_another() -> None:
    facts = verdict.strongest(by_urgency(made.findings()))
    assert [f.kind for f in facts] == ["unit_change", "missing_up", "performance_drop"]


def test_quiet_and_unjudged_are_no_facts() -> None:
    quiet = finding("distribution_shift", Verdict.QUIET, columns=["a"], title="a is as before")
    unsure = finding(
        "distribution_shift", Verdict.CANNOT_JUDGE, columns=["b"], title="b has too few rows"
    )
    assert verdict.strongest([quiet, unsure]) == []


def test_failure_modes_take_the_worst_gate_of_their_dimensions() -> None:
    modes = {m.name: m for m in verdict.failure_modes(made.readiness())}
    assert modes["Live data"].state is GateState.FAIL
    assert modes["Live data"].evidence == "28 % of heart rates are missing in live data"
    assert modes["Workflow"].state is GateState.UNVERIFIED
    assert modes["Foundations"].tally == "1 of 3 gates fails, one unproven"


def test_a_failure_mode_without_evidence_is_unproven_never_passed() -> None:
    modes = verdict.failure_modes(made.readiness().model_copy(update={"criteria": ()}))
    assert {m.state for m in modes} == {GateState.UNVERIFIED}


def test_a_finding_to_act_on_shows_a_failure_mode_although_no_gate_fails() -> None:
    unproven = made.readiness().model_copy(
        update={
            "criteria": [c for c in made.readiness().criteria if c.gate_state is not GateState.FAIL]
        }
    )
    sign = finding(
        "missing_up", Verdict.ALARM, columns=["ca"], title="99 % of live rows have no ca"
    )
    before, after = (
        {m.name: m for m in verdict.failure_modes(unproven, found)} for found in ((), (sign,))
    )
    assert before["Live data"].state is GateState.PASS
    assert before["Live data"].evidence.startswith("Every gate behind it passes")
    assert after["Live data"].state is GateState.FAIL
    assert after["Live data"].evidence == "99 % of live rows have no ca."
    assert after["Live data"].tally.endswith("; 1 finding to act on")
    assert after["Workflow"] == before["Workflow"]


def test_thin_evidence_is_said_and_enough_is_not() -> None:
    thin = made.readiness().model_copy(update={"coverage": 0.083, "low": 4, "high": 95})
    assert overview.thin_sentence(thin) == (
        "Little is known yet: evidence covers 8.3 % of the weight, so the index may still land anywhere between 4 and 95."
    )
    assert overview.thin_sentence(made.readiness()) == ""
    assert overview.thin_sentence(thin.model_copy(update={"index": None})) == ""


def test_a_kind_of_fact_not_told_yet_goes_before_more_of_the_same() -> None:
    same = [
        finding("missing_up", Verdict.ALARM, columns=[name], title=name, rows_affected=900 - i)
        for i, name in enumerate("abc")
    ]
    other = finding("distribution_shift", Verdict.ALARM, columns=["d"], title="d")
    assert [f.title for f in verdict.strongest([*same, other])] == ["a", "d", "b"]
    late = finding("distribution_shift", Verdict.WATCH, columns=["e"], title="e")
    assert [f.title for f in verdict.strongest([*same, late])] == ["a", "b", "c"]


def test_stage_is_said_in_words() -> None:
    old = made.readiness().model_copy(update={"stage": "silent_pilot", "stage_name": ""})
    assert verdict.stage_name(old) == "a silent pilot"
    own = old.model_copy(update={"stage_name": "a shadow run"})
    assert verdict.stage_name(own) == "a shadow run"


def test_trend_compares_with_the_session_before(seeded: Any, open_page: Any) -> None:
    first, second = sorted(seeded.list("ed-sepsis-alert"), key=lambda c: c.created_at)
    readiness = made.readiness()
    assert overview.previous([second, first], second.session) == first
    assert overview.previous([second, first], first.session) is None
    assert overview.trend_sentence(readiness, None) == ""
    lower = first.model_copy(update={"index": 38.0})
    assert overview.trend_sentence(readiness, lower) == "6 points higher than on 20 Nov 2026."
    app = open_page(PAGE, session=second.session)
    assert "The index is the same as on 20 Nov 2026" in _text(app)


def test_a_fall_of_performance_is_always_one_of_the_facts() -> None:
    kinds = ("missing_up", "unit_change", "column_missing")
    larger = [
        finding(
            kind,
            Verdict.ALARM,
            columns=[kind],
            severity=Severity.CRITICAL,
            title=kind,
            rows_affected=900,
        )
        for kind in kinds
    ]
    fell = finding("performance_drop", Verdict.ALARM, columns=["risk"], title="fell")
    facts = [f.title for f in verdict.strongest([*larger, fell])]
    assert len(facts) == 3
    assert facts[2] == "fell"
