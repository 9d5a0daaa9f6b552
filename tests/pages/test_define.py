"""Define: the tier is live, freezing reaches the store, a later change needs a reason."""

from __future__ import annotations

from typing import Any

import pytest

PAGE = "pages/pilot/define.py"
REVIEWER = {"is_logged_in": True, "email": "r@example.org", "roles": ["reviewer"]}
VIEWER = {"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]}


def badge(app: Any) -> str:
    return next(m.value for m in app.markdown if "shield" in m.value)


def test_an_empty_store_shows_the_form(open_page: Any, store: Any) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert [title.value for title in app.title] == ["Define the pilot"]
    assert app.button(key="freeze").label == "Freeze criteria"


def test_the_tier_follows_the_choices_with_its_reason(open_page: Any, store: Any) -> None:
    app = open_page(PAGE)
    app.radio(key="define_situation").set_value("non_serious")
    app.radio(key="define_significance").set_value("inform").run()
    assert "Low tier" in badge(app)
    app.radio(key="define_situation").set_value("critical").run()
    app.radio(key="define_significance").set_value("treat_diagnose").run()
    assert "Critical tier" in badge(app)
    app.radio(key="define_situation").set_value("serious")
    app.radio(key="define_significance").set_value("drive").run()
    assert "Moderate tier" in badge(app)
    app.multiselect(key="define_modifiers").set_value(["autonomous"]).run()
    assert "High tier" in badge(app)
    assert "without a person reviewing" in badge(app)


def test_freezing_before_live_data_is_recorded_and_a_change_needs_a_reason(
    open_page: Any, store: Any
) -> None:
    app = open_page(PAGE)
    app.text_input(key="define_project").set_value("sepsis").run()
    app.number_input(key="define_auroc").set_value(0.75).run()
    app.button(key="freeze").click().run()
    assert not app.exception
    frozen = store.criteria("sepsis")
    assert len(frozen) == 1
    assert frozen[0].payload["floors"] == {"auroc": 0.75}
    assert frozen[0].actor == "local"
    assert store.criteria_lock("sepsis").before_live is True
    assert any("before live data" in m.value for m in app.markdown)

    app.number_input(key="define_auroc").set_value(0.7).run()
    assert app.button(key="freeze").label == "Record the change"
    app.button(key="freeze").click().run()
    assert "CRITERIA_REASON" in app.error[0].value
    assert len(store.criteria("sepsis")) == 1

    app.text_input(key="define_reason").set_value("the committee lowered it")
    app.button(key="freeze").click().run()
    assert [v.reason for v in store.criteria("sepsis")] == ["the committee lowered it", ""]
    assert any("Changed once" in m.value and "committee" in m.value for m in app.markdown)


def test_the_form_starts_from_what_was_frozen(open_page: Any, store: Any) -> None:
    first = open_page(PAGE)
    first.text_input(key="define_project").set_value("my-pilot")
    first.number_input(key="define_ppv").set_value(0.15)
    first.number_input(key="define_ms").set_value(1500.0).run()
    first.button(key="freeze").click().run()
    again = open_page(PAGE)
    assert again.number_input(key="define_ppv").value == pytest.approx(0.15)
    assert again.number_input(key="define_ms").value == pytest.approx(1500)
    assert not [b for b in again.button if b.key == "freeze"]


def test_criteria_of_a_judged_pilot_are_marked_as_late(open_page: Any, seeded: Any) -> None:
    app = open_page(PAGE)
    assert app.text_input(key="define_project").value == "ed-sepsis-alert"
    assert any("judged already" in m.value for m in app.markdown)
    app.button(key="freeze").click().run()
    assert seeded.criteria_lock("ed-sepsis-alert").before_live is False
    assert any("after live data had been judged" in m.value for m in app.markdown)


def test_a_viewer_may_read_but_not_freeze(open_page: Any, store: Any) -> None:
    app = open_page(PAGE, user=VIEWER)
    assert not app.exception
    assert app.button(key="freeze").disabled


def test_a_reviewer_freezes_under_their_own_name(open_page: Any, store: Any) -> None:
    app = open_page(PAGE, user=REVIEWER)
    app.text_input(key="define_project").set_value("mine").run()
    app.button(key="freeze").click().run()
    assert store.criteria("mine")[0].actor == "r@example.org"


def test_what_raises_the_risk_is_said_in_whole_sentences(open_page: Any, store: Any) -> None:
    raises = open_page(PAGE).multiselect(key="define_modifiers")
    assert "It is used on children or in pregnancy" in raises.options
    assert all(" " in option for option in raises.options)
