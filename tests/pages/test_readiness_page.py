"""Readiness: a dimension by address or choice, criteria with their measurement, gates, the plan, and evidence that counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sample_assessment as made

from golive.model.readiness import EvidenceItem, GateState
from golive.ui.registers import evidence_form
from golive.ui.verdict import readiness_view

PAGE = "pages/verdict/readiness.py"
FIRST = "00000000-0000-4000-8000-000000000001"
VIEWER = {"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]}


def test_opens_at_the_weakest_dimension(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    assert not app.exception
    assert app.selectbox(key="dimension_choice").value == "HND"
    assert any("HND-02" in e.label for e in app.expander)


def test_address_opens_a_dimension_and_an_unknown_one_is_ignored(
    seeded: Any, open_page: Any
) -> None:
    app = open_page(PAGE, session=FIRST)
    app.query_params["dimension"] = "DAT"
    app.run()
    assert not app.exception
    assert app.selectbox(key="dimension_choice").value == "DAT"
    app.query_params["dimension"] = "XXX"
    app.run()
    assert not app.exception


@pytest.mark.parametrize("dimension", [d.id for d in made.readiness().dimensions])
def test_every_dimension_draws(seeded: Any, open_page: Any, dimension: str) -> None:
    app = open_page(PAGE, session=FIRST)
    app.selectbox(key="dimension_choice").set_value(dimension).run()
    assert not app.exception


def test_gates_and_plan_are_listed_in_words(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    gates = next(t.value for t in app.table if "Gate" in t.value)
    assert len(gates) == sum(c.gate_state is not None for c in made.readiness().criteria)
    assert "Fails" in gates["State"].iloc[0]
    plan = next(t.value for t in app.table if "Do" in t.value)
    assert next(iter(plan["Do"])).startswith("**PROVE** MLO-05: ")


def test_viewer_cannot_add_evidence(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST, user=VIEWER)
    assert not app.exception
    assert not [b for b in app.button if "Add the evidence" in b.label]


def test_evidence_without_owner_is_refused_and_nothing_is_stored(
    seeded: Any, open_page: Any
) -> None:
    app = open_page(PAGE, session=FIRST)
    next(b for b in app.button if "Add the evidence" in b.label).click().run()
    assert not app.exception
    assert "EVIDENCE_OWNER" in app.error[0].value
    assert seeded.evidence("ed-sepsis-alert") == ()


def test_evidence_is_stored_and_scores_again(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    next(t for t in app.text_input if t.label == "Owner").set_value("clinical lead")
    next(b for b in app.button if "Add the evidence" in b.label).click().run()
    assert not app.exception
    assert "scored again" in app.success[0].value
    (item,) = seeded.evidence("ed-sepsis-alert")
    assert (item.criterion, item.owner, item.grade) == ("HND-02", "clinical lead", "E1")
    assert seeded.card(FIRST).revision == 2
    assert seeded.history(FIRST)[0].reason == "evidence for HND-02"


@pytest.mark.usefixtures("no_sample")
def test_empty_store_offers_the_sample(open_page: Any) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert app.button(key="open_sample")


def test_every_problem_of_an_item_is_named_at_once() -> None:
    today = date(2026, 11, 20)
    item = EvidenceItem(
        id="e", criterion="DAT-01", claim_level=3, issued=today + timedelta(1), expires=today
    )
    codes = {p.code for p in evidence_form.problems(item, today)}
    assert codes == {"EVIDENCE_OWNER", "EVIDENCE_FUTURE", "EVIDENCE_EXPIRY"}
    good = EvidenceItem(id="e", criterion="DAT-01", claim_level=3, owner="lead", issued=today)
    assert evidence_form.problems(good, today) == []


def test_levels_show_claim_beside_measurement() -> None:
    criterion = made.readiness().criteria[0].model_copy(update={"claimed": 4, "measured": 1})
    assert readiness_view.level_words(criterion) == "claimed 4, measured 1"
    unknown = criterion.model_copy(update={"claimed": None, "measured": None})
    assert readiness_view.level_words(unknown) == "not assessed"


def test_gate_words_name_state_kind_and_level() -> None:
    hard = next(c for c in made.readiness().criteria if c.id == "MLO-05")
    assert hard.gate_state is GateState.UNVERIFIED
    assert readiness_view.gate_words(hard) == ":gray[:material/help: Unproven] (hard gate at 3)"


def test_effort_is_said_in_days() -> None:
    step = made.readiness().next[0].model_copy(update={"effort": 1, "days": None})
    assert readiness_view.effort_words(step) == "about 1 day"
    assert readiness_view.effort_words(step.model_copy(update={"effort": 9})) == "effort 9 of 5"
    said = {
        d: readiness_view.effort_words(step.model_copy(update={"days": d})) for d in (0.5, 2.0, 2.5)
    }
    assert said == {0.5: "under a day", 2.0: "about 2 days", 2.5: "about 2.5 days"}, (
        "by the policy that judged"
    )


def test_evidence_is_told_with_owner_and_dates() -> None:
    item = EvidenceItem(
        id="e",
        criterion="DAT-01",
        grade="E1",
        claim_level=3,
        owner="lead",
        issued=date(2026, 10, 3),
        link="wiki/7",
    )
    assert readiness_view.evidence_words(item) == (
        "attestation, grade E1, claims level 3; owner lead; issued 3 Oct 2026; wiki/7"
    )
    assert "no owner" in readiness_view.evidence_words(
        EvidenceItem(id="e", criterion="DAT-01", claim_level=1)
    )


def test_anchors_are_written_as_they_are_read() -> None:
    assert (
        readiness_view.anchor("valid>=99, xver<=1, unseen<=10%")
        == "valid≥ 99, xver≤ 1, unseen≤ 10 %"
    )
    assert readiness_view.anchor(">20 points") == "> 20 points"
    assert readiness_view.anchor("<50% trained") == "< 50 % trained"
    assert readiness_view.anchor("slides, two of four") == "slides, two of four"
