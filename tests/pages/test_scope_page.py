"""Scope and decisions: every register draws for every role, edits reach the store, conflicts and bad rows lose nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from golive.model.register_files import to_yaml
from golive.model.registers import Deferral, OwnerRow, ScopeItem
from golive.store import registers
from golive.store.registers import Change
from golive.ui.registers import scope

PAGE = "pages/pilot/scope.py"
FIRST = "00000000-0000-4000-8000-000000000001"
PROJECT = "ed-sepsis-alert"
VIEWER = {"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]}
TODAY = date.today()


def _open(open_page: Any, key: str = "scope", **rest: Any) -> Any:
    app = open_page(PAGE, session=FIRST, **rest)
    return app if key == "scope" else app.pills(key="register_choice").set_value(key).run()


def _edit(app: Any, table: str, *, added: Any = (), edited: Any = None, deleted: Any = ()) -> Any:
    turn = f"register:{table}:turn"
    count = app.session_state[turn] if turn in app.session_state else 0  # noqa: SIM401 - AppTest's state has no get
    app.session_state[f"register:{table}:{count}"] = {
        "edited_rows": edited or {},
        "added_rows": list(added),
        "deleted_rows": list(deleted),
    }
    return app.button(key=f"register:{table}:save").click().run()


@pytest.mark.parametrize("key", list(scope.REGISTERS))
@pytest.mark.parametrize("user", [None, VIEWER], ids=["local", "viewer"])
def test_every_register_draws_for_every_role(
    seeded: Any, open_page: Any, key: str, user: Any
) -> None:
    app = _open(open_page, key, user=user)
    assert not app.exception
    assert bool(app.data_editor) is (user is None)


def test_a_new_scope_item_is_kept_measured_and_scored(seeded: Any, open_page: Any) -> None:
    app = _open(open_page)
    row = {
        "item": "Children",
        "status": "not_doing",
        "reason": "no evidence",
        "owner": "product lead",
    }
    app = _edit(app, "scope_item", added=[row])
    assert not app.exception, app.exception
    assert not app.error, [e.value for e in app.error]
    (item,) = seeded.registers.items(registers.SCOPE, PROJECT)
    assert item == ScopeItem(
        id="S-1", item="Children", status="not_doing", reason="no evidence", owner="product lead"
    )
    assert "SCO-03 at level 2" in "".join(m.value for m in app.markdown)
    score = next(c for c in seeded.load(FIRST).readiness.criteria if c.id == "SCO-03")
    assert (score.level, score.measured, score.evidence) == (2, 2, ("register-scope",))


def test_a_row_is_changed_and_another_taken_out(seeded: Any, open_page: Any) -> None:
    rows = [Change(ScopeItem(id=k, item=k)) for k in ("a", "b")]
    seeded.registers.write(registers.SCOPE, rows, project=PROJECT, actor="ana")
    app = _edit(_open(open_page), "scope_item", edited={0: {"owner": "lead"}}, deleted=[1])
    assert not app.exception
    assert seeded.registers.items(registers.SCOPE, PROJECT) == (
        ScopeItem(id="a", item="a", owner="lead"),
    )
    assert seeded.registers.history(registers.SCOPE, PROJECT, "b")[0].deleted


def test_two_people_on_one_register_lose_nothing(seeded: Any, open_page: Any) -> None:
    seeded.registers.put(registers.SCOPE, ScopeItem(id="a", item="a"), project=PROJECT, actor="ana")
    app = _open(open_page)
    seeded.registers.put(
        registers.SCOPE, ScopeItem(id="a", item="ben's"), project=PROJECT, actor="ben", revision=1
    )
    app = _edit(app, "scope_item", edited={0: {"item": "mine"}}, added=[{"item": "new"}])
    assert not app.exception
    assert "CONFLICT" in app.error[0].value
    assert "ben" in app.error[0].value
    assert [i.item for i in seeded.registers.items(registers.SCOPE, PROJECT)] == ["ben's"]
    app.button(key="register:scope_item:reload").click().run()
    assert list(app.data_editor[0].value["item"]) == ["ben's", "new"], "the new row is carried over"
    assert "What\\: mine" in app.warning[0].value, "the overtaken edit is told"
    app.button(key="register:scope_item:save").click().run()
    assert [i.item for i in seeded.registers.items(registers.SCOPE, PROJECT)] == ["ben's", "new"]
    assert not app.warning


def test_edits_outlive_a_look_at_another_register_and_can_be_taken_back(
    seeded: Any, open_page: Any
) -> None:
    app = _open(open_page)
    app.session_state["register:scope_item:0"] = {
        "edited_rows": {},
        "added_rows": [{"item": "x"}],
        "deleted_rows": [],
    }
    app.run()
    app.pills(key="register_choice").set_value("hazards").run()
    app.pills(key="register_choice").set_value("scope").run()
    assert not app.exception
    assert list(app.data_editor[0].value["item"]) == ["x"]
    assert any("not saved yet" in c.value for c in app.caption)
    app.button(key="register:scope_item:undo").click().run()
    assert list(app.data_editor[0].value["item"]) == []
    assert seeded.registers.items(registers.SCOPE, PROJECT) == ()


def _bring(app: Any, table: str, text: str) -> Any:
    app.file_uploader(key=f"register:{table}:file:0").set_value(
        ("f.yaml", text.encode(), "text/yaml")
    ).run()
    return app.button(key=f"register:{table}:import").click().run()


def test_a_file_older_than_a_change_writes_nothing_over_it(seeded: Any, open_page: Any) -> None:
    """Taken at revision 1, changed by somebody else, brought back in a fresh window: a conflict, and what to do."""
    seeded.registers.put(registers.SCOPE, ScopeItem(id="a", item="a"), project=PROJECT, actor="ana")
    taken = to_yaml(
        [ScopeItem(id="a", item="mine"), ScopeItem(id="z", item="of another pilot")],
        {"a": 1, "z": 7},
    )
    seeded.registers.put(
        registers.SCOPE, ScopeItem(id="a", item="ben's"), project=PROJECT, actor="ben", revision=1
    )
    app = _bring(_open(open_page), "scope_item", taken)
    assert not app.exception
    assert "was changed by ben" in app.error[0].value
    assert "Download the register again" in app.error[0].value
    assert [i.item for i in seeded.registers.items(registers.SCOPE, PROJECT)] == ["ben's"]
    app = _bring(_open(open_page), "scope_item", taken.replace("revision: 1", "revision: 2"))
    assert [i.item for i in seeded.registers.items(registers.SCOPE, PROJECT)] == [
        "mine",
        "of another pilot",
    ]


def test_every_wrong_row_is_named_and_nothing_is_saved(seeded: Any, open_page: Any) -> None:
    app = _open(open_page, "deferrals")
    app = _edit(app, "deferral", added=[{"owner": "no item"}, {"item": "x", "criterion": "DAT-99"}])
    assert not app.exception
    assert "'item' is missing" in app.error[0].value
    app = _edit(app, "deferral", added=[{"item": "x", "criterion": "DAT-99"}])
    assert "REGISTER_CRITERION" in app.error[0].value
    assert seeded.registers.items(registers.DEFERRALS, PROJECT) == ()


def test_a_waiver_of_a_hard_gate_is_refused(seeded: Any, open_page: Any) -> None:
    app = _open(open_page, "waivers")
    row = {
        "criterion": "MLO-05",
        "reason": "late",
        "compensating_control": "none",
        "owner": "lead",
        "approver": "chief",
        "starts": TODAY.isoformat(),
        "expires": (TODAY + timedelta(days=30)).isoformat(),
    }
    app = _edit(app, "waiver", added=[row])
    assert not app.exception
    assert "WAIVER_HARD" in app.error[0].value
    assert seeded.waivers(PROJECT) == ()
    app = _edit(app, "waiver", added=[row | {"criterion": "CLN-04"}])
    assert [w.criterion for w in seeded.waivers(PROJECT)] == ["CLN-04"]


def test_a_file_adds_rows_and_replaces_known_ones(seeded: Any, open_page: Any) -> None:
    seeded.registers.put(
        registers.OWNERS, OwnerRow(id="product", name="old"), project=PROJECT, actor="ana"
    )
    app = _open(open_page, "owners")
    text = to_yaml([OwnerRow(id="product", name="new"), OwnerRow(id="data", name="someone")])
    app.file_uploader(key="register:owner_row:file:0").set_value(
        ("o.yaml", text.encode(), "text/yaml")
    ).run()
    app.button(key="register:owner_row:import").click().run()
    assert not app.exception
    assert {o.id: o.name for o in seeded.registers.items(registers.OWNERS, PROJECT)} == {
        "product": "new",
        "data": "someone",
    }


def test_the_address_follows_the_chosen_register(seeded: Any, open_page: Any) -> None:
    app = _open(open_page, "hazards")
    assert app.query_params["register"] == "hazards"


@pytest.mark.usefixtures("no_sample")
def test_an_empty_store_offers_the_sample_on_scope(open_page: Any) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert app.button(key="open_sample")


def test_the_summary_counts_and_names_what_is_overdue() -> None:
    from golive.model.registers import Registers

    assert scope.summary(Registers(), TODAY).startswith("Nothing is written down")
    late = Deferral(
        id="d", item="Wards", owner="lead", reason="r", decide_by=TODAY - timedelta(days=1)
    )
    held = Registers(scope=(ScopeItem(id="s", item="x"),), deferrals=(late,))
    assert scope.summary(held, TODAY) == (
        "This release does one thing, leaves nothing out on purpose and puts one off. One overdue: Wards."
    )
