"""Plan: budget, owners and dates that last, what a step would change, what expires, and the exports."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
import sample_assessment as made

from golive.model.readiness import EvidenceItem, NextStep
from golive.model.registers import PlanRow
from golive.readiness import load_model
from golive.store import registers
from golive.ui.verdict import plan

PAGE = "pages/verdict/plan.py"
FIRST = "00000000-0000-4000-8000-000000000001"
VIEWER = {"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]}
PROJECT = "ed-sepsis-alert"


def _text(app: Any) -> str:
    return "\n".join(m.value for m in app.markdown)


def test_the_plan_lists_every_step_in_order_with_its_team(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    assert not app.exception
    shown = app.data_editor[0].value
    assert list(shown["criterion"]) == [s.criterion for s in made.readiness().next]
    assert list(shown["do"])[:2] == ["PROVE", "FIX"]
    assert shown["owner"].iloc[0] == "engineering"


def test_a_step_that_cannot_move_the_index_shows_no_gain(
    seeded: Any, open_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [
        s.model_copy(update={"gain": 0.04 if i else 1.24})
        for i, s in enumerate(made.readiness().next)
    ]
    monkeypatch.setattr(plan, "table", lambda _, *rest, _table=plan.table: _table(steps, *rest))
    app = open_page(PAGE, session=FIRST)
    assert not app.exception
    gain = app.data_editor[0].value["gain"]
    assert gain.iloc[0] == 1.2
    assert len(gain) > 1
    assert gain.iloc[1:].isna().all()


def test_a_smaller_budget_fits_fewer_steps(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    assert "fit 2 weeks with 2 people" in _text(app)
    all_days = app.data_editor[0].value["now"].sum()
    app.number_input(key="plan_people").set_value(1)
    app.number_input(key="plan_weeks").set_value(1).run()
    assert not app.exception
    assert app.data_editor[0].value["now"].sum() < all_days


def test_owner_and_date_are_kept_and_shown_again(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    app.session_state["plan:0"] = {
        "edited_rows": {0: {"owner": "release engineer", "due": "2026-12-04", "state": "doing"}},
        "added_rows": [],
        "deleted_rows": [],
    }
    app.button(key="plan_save").click().run()
    assert not app.exception
    (row,) = seeded.registers.items(registers.PLAN, PROJECT)
    assert row == PlanRow(
        id="MLO-05", owner="release engineer", due=date(2026, 12, 4), state="doing"
    )
    assert app.data_editor[0].value["owner"].iloc[0] == "release engineer"


def test_two_people_on_one_step_lose_nothing(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    seeded.registers.put(
        registers.PLAN, PlanRow(id="MLO-05", owner="ben"), project=PROJECT, actor="ben"
    )
    app.session_state["plan:0"] = {
        "edited_rows": {0: {"owner": "ana"}},
        "added_rows": [],
        "deleted_rows": [],
    }
    app.button(key="plan_save").click().run()
    assert not app.exception
    assert "CONFLICT" in app.error[0].value
    assert "ben" in app.error[0].value
    assert seeded.registers.items(registers.PLAN, PROJECT)[0].owner == "ben"


def test_a_viewer_reads_and_cannot_edit(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST, user=VIEWER)
    assert not app.exception
    assert not app.data_editor
    assert not [b for b in app.button if b.key in ("plan_save", "score_again")]


def test_what_if_says_where_it_would_stand(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    before = _text(app)
    app.selectbox(key="what_if_criterion").set_value("VAL-02").run()
    assert not app.exception
    assert _text(app) != before
    assert seeded.card(FIRST).revision == 1  # nothing is stored


def test_what_expires_soon_is_listed(seeded: Any, open_page: Any) -> None:
    today = date.today()
    item = EvidenceItem(
        id="e1",
        criterion="SEC-05",
        grade="E2",
        claim_level=3,
        owner="security lead",
        link="wiki/1",
        issued=today - timedelta(days=30),
        expires=today + timedelta(days=9),
        note="Penetration test",
    )
    seeded.put_evidence(item, project=PROJECT, actor="ana")
    app = open_page(PAGE, session=FIRST)
    assert not app.exception
    (ending,) = [t.value for t in app.table if "Because" in t.value]
    assert list(ending["In"]) == ["9 days"]
    assert list(ending["Owner"]) == ["security lead"]


@pytest.mark.usefixtures("no_sample")
def test_an_empty_store_offers_the_sample(open_page: Any) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert app.button(key="open_sample")


def test_csv_of_the_plan_runs_no_formula() -> None:
    steps = (
        made.readiness().next[0].model_copy(update={"fix": "=1+1"}),
        *made.readiness().next[1:],
    )
    rows = list(
        csv.DictReader(io.StringIO(plan.as_csv(plan.table(steps, {}, steps[:1], load_model()))))
    )
    assert len(rows) == len(steps)
    assert rows[0]["What"] == "'=1+1"
    assert (rows[0]["Fits"], rows[1]["Fits"]) == ("yes", "")
    assert rows[0]["Criterion"] == "MLO-05"


def test_issue_text_has_a_section_per_step() -> None:
    steps = made.readiness().next
    text = plan.as_issues(steps, {}, "pilot")
    assert text.count("\n## ") == len(steps)
    assert "- Done when: MLO-05 stands at level 3" in text
    assert "not a certification" in text


def test_a_team_name_alone_is_no_owner() -> None:
    step: NextStep = made.readiness().next[0]
    row = {"owner": "engineering", "due": None, "state": "open", "note": ""}
    assert plan.plan_changes([step], [row], {}) == []
    (change,) = plan.plan_changes([step], [row | {"note": "asked"}], {})
    assert change.item == PlanRow(id="MLO-05", note="asked")
