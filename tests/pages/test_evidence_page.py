"""Evidence: the register in every state, history, propose and accept by role, import with all problems, 10,000 items."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from golive.model.readiness import EvidenceItem
from golive.model.register_files import to_csv
from golive.model.registers import Event
from golive.store import registers
from golive.store.registers import Change
from golive.ui.registers import evidence
from golive.wording.numbers import day

PAGE = "pages/pilot/evidence.py"
FIRST = "00000000-0000-4000-8000-000000000001"
PROJECT = "ed-sepsis-alert"
TODAY = date.today()


def _user(name: str, role: str) -> dict[str, Any]:
    return {"is_logged_in": True, "email": name, "roles": [role]}


def _item(key: str = "e1", **rest: Any) -> EvidenceItem:
    values: dict[str, Any] = {
        "criterion": "SEC-05",
        "grade": "E2",
        "claim_level": 3,
        "owner": "security lead",
        "link": "wiki/1",
        "issued": TODAY - timedelta(days=30),
        "expires": TODAY + timedelta(days=200),
        "note": "Penetration test",
    }
    return EvidenceItem(id=key, **(values | rest))


def _button(app: Any, label: str) -> Any:
    return next(b for b in app.button if label in b.label)


def _open_row(app: Any, row: int) -> Any:
    app.session_state["evidence_table"] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    return app.run()


def test_the_register_says_what_counts_and_what_does_not(seeded: Any, open_page: Any) -> None:
    items = [
        _item("fresh"),
        _item("soon", expires=TODAY + timedelta(days=5)),
        _item("gone", expires=TODAY - timedelta(days=1)),
        _item("bare", grade="E4", link=""),
        _item("drill", criterion="MLO-05", kind="drill"),
    ]
    seeded.registers.write(
        registers.EVIDENCE, [Change(i) for i in items], project=PROJECT, actor="ana"
    )
    event = Event(id="ev", kind="model_version_change", on=TODAY, model_version="v3")
    seeded.registers.put(registers.EVENTS, event, project=PROJECT, actor="ana")
    app = open_page(PAGE, session=FIRST)
    assert not app.exception
    shown = app.dataframe[0].value.set_index("Id")
    assert dict(shown["State"]) == {
        "fresh": "In date",
        "soon": "Ends within 30 days",
        "gone": "Expired",
        "bare": "In date",
        "drill": "Overtaken by an event",
        "register-criteria": "In date",  # frozen before live data
    }
    assert shown.loc["bare", "Counts as"] == "E1"  # no link, no reviewer
    app.text_input(key="evidence_search").set_value("mlo-05").run()
    assert list(app.dataframe[0].value["Id"]) == ["drill"]


def test_a_row_opens_to_its_history_and_can_be_taken_out(seeded: Any, open_page: Any) -> None:
    seeded.put_evidence(_item(), project=PROJECT, actor="ana")
    seeded.put_evidence(
        _item(note="Penetration test, second round"), project=PROJECT, actor="ben", revision=1
    )
    app = _open_row(open_page(PAGE, session=FIRST), 1)  # below the frozen criteria
    assert not app.exception
    history = next(t.value for t in app.table if "Revision" in t.value)
    assert list(history["Who"]) == ["ben", "ana"]
    _button(app, "Take it out").click().run()
    assert not app.exception
    assert seeded.evidence(PROJECT) == ()
    assert seeded.history(FIRST)[0].reason == "evidence for SEC-05 taken out"
    assert len(seeded.registers.history(registers.EVIDENCE, PROJECT, "e1")) == 3


def test_what_changed_in_between_is_not_overwritten(seeded: Any, open_page: Any) -> None:
    seeded.put_evidence(_item(), project=PROJECT, actor="ana")
    app = _open_row(open_page(PAGE, session=FIRST), 1)  # below the frozen criteria
    seeded.put_evidence(_item(note="mine"), project=PROJECT, actor="ben", revision=1)
    _button(app, "Take it out").click().run()
    assert not app.exception
    (kept,) = seeded.evidence(PROJECT)
    assert kept.note == "mine"
    history = next(t.value for t in app.table if "Revision" in t.value)
    assert list(history["Who"]) == ["ben", "ana"]


def test_a_viewer_proposes_and_another_person_accepts(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST, user=_user("v@example.org", "viewer"))
    assert not [b for b in app.button if "Add the evidence" in b.label]
    next(t for t in app.text_input if t.label == "Owner").set_value("clinical lead")
    _button(app, "Propose it").click().run()
    assert not app.exception
    assert "was proposed" in app.success[0].value
    assert seeded.evidence(PROJECT) == ()  # it counts for nothing yet
    app = open_page(PAGE, session=FIRST, user=_user("r@example.org", "reviewer"))
    _button(app, "Accept").click().run()
    assert not app.exception
    (item,) = seeded.evidence(PROJECT)
    assert (item.owner, item.reviewer) == ("clinical lead", "r@example.org")
    assert seeded.card(FIRST).revision == 2


def test_nobody_accepts_what_they_proposed(seeded: Any, open_page: Any) -> None:
    reviewer = _user("r@example.org", "reviewer")
    app = open_page(PAGE, session=FIRST, user=reviewer)
    next(t for t in app.text_input if t.label == "Owner").set_value("lead")
    _button(app, "Propose it").click().run()
    app = open_page(PAGE, session=FIRST, user=reviewer)
    assert _button(app, "Accept").disabled
    assert [b.label for b in app.button if b.label in ("Return", "Withdraw")] == ["Withdraw"]
    _button(app, "Withdraw").click().run()
    assert not app.exception
    assert seeded.registers.items(registers.PROPOSALS, PROJECT)[0].state == "returned"


def _import(app: Any, name: str, data: bytes) -> Any:
    app.file_uploader(key="evidence_file:0").set_value((name, data, "text/csv")).run()
    return app.button(key="evidence_import").click().run()


def test_a_file_is_imported_and_scores_again(seeded: Any, open_page: Any) -> None:
    text = to_csv([_item("a"), _item("b", note="=1+1")], EvidenceItem)
    app = _import(open_page(PAGE, session=FIRST), "evidence.csv", text.encode())
    assert not app.exception
    assert {i.id: i.note for i in seeded.evidence(PROJECT)} == {
        "a": "Penetration test",
        "b": "=1+1",
    }
    assert "2 items of 2 imported" in app.success[0].value


def test_every_problem_of_a_file_is_said_and_nothing_is_stored(seeded: Any, open_page: Any) -> None:
    wrong = [
        _item("a", criterion="SEC-99"),
        _item("b", owner=""),
        _item("c", issued=TODAY + timedelta(days=3)),
        _item("d"),
    ]
    app = _import(
        open_page(PAGE, session=FIRST), "evidence.csv", to_csv(wrong, EvidenceItem).encode()
    )
    assert not app.exception
    said = " ".join(e.value for e in app.error)
    assert all(code in said for code in ("EVIDENCE_CRITERION", "EVIDENCE_OWNER", "EVIDENCE_FUTURE"))
    assert seeded.evidence(PROJECT) == ()


def test_ten_thousand_items_stay_usable(
    seeded: Any, open_page: Any, cost: Callable[..., float]
) -> None:
    many = [Change(_item(f"e{i}", note=f"run {i}")) for i in range(10_000)]
    seeded.registers.write(registers.EVIDENCE, many, project=PROJECT, actor="ana")
    app = open_page(PAGE, session=FIRST)
    took = cost(lambda: app.text_input(key="evidence_search").set_value("run 77").run())
    assert not app.exception
    assert len(app.dataframe[0].value) == 1 + 10 + 100  # 77, 770-779, 7700-7799
    assert took < 100  # of the whole page, a second or so


@pytest.mark.usefixtures("no_sample")
def test_an_empty_store_offers_the_sample_on_evidence(open_page: Any) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert app.button(key="open_sample")


def test_the_summary_counts_by_state() -> None:
    assert evidence.summary([]) == "No evidence is written down yet."
    row = evidence.Row(_item(), "store", TODAY, "in date")
    assert evidence.summary([row, row]) == "2 items: 2 in date."


def test_a_pilot_without_evidence_gets_a_sentence_instead_of_an_empty_table(
    seeded: Any, open_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "rows", lambda *_: [])
    app = open_page(PAGE, session=FIRST)
    assert not app.exception
    assert "No evidence is written down yet." in [m.value for m in app.markdown]
    assert not app.dataframe
    assert not [t for t in app.text_input if t.key == "evidence_search"]


def test_the_register_says_as_of_which_day_evidence_is_in_date(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    assert any(f"As of {day(TODAY)}. Choose a row" in c.value for c in app.caption)


def test_an_evidence_file_older_than_a_change_writes_nothing_over_it(
    seeded: Any, open_page: Any
) -> None:
    seeded.put_evidence(_item("a"), project=PROJECT, actor="ana")
    taken = to_csv([_item("a", note="mine")], EvidenceItem, {"a": 1})
    seeded.registers.put(
        registers.EVIDENCE, _item("a", note="ben's"), project=PROJECT, actor="ben", revision=1
    )
    app = _import(open_page(PAGE, session=FIRST), "evidence.csv", taken.encode())
    assert not app.exception
    assert "was changed by ben" in app.error[0].value
    assert [i.note for i in seeded.evidence(PROJECT)] == ["ben's"]
    same = to_csv([_item("a", note="ben's")], EvidenceItem, {"a": 2})
    app = _import(open_page(PAGE, session=FIRST), "evidence.csv", same.encode())
    assert "Nothing had changed" in app.success[0].value


def test_what_was_returned_is_told_to_who_proposed_it_with_the_reason(
    seeded: Any, open_page: Any
) -> None:
    viewer, reviewer = _user("v@example.org", "viewer"), _user("r@example.org", "reviewer")
    app = open_page(PAGE, session=FIRST, user=viewer)
    next(t for t in app.text_input if t.label == "Owner").set_value("clinical lead")
    _button(app, "Propose it").click().run()
    assert next(t for t in app.text_input if t.label == "Owner").value == "", (
        "a second press sends nothing twice"
    )
    assert _button(app, "Withdraw")
    app = open_page(PAGE, session=FIRST, user=reviewer)
    next(t for t in app.text_input if t.label == "Why it is returned").set_value("no link")
    _button(app, "Return").click().run()
    assert not app.exception
    assert not [m.value for m in app.markdown if "which you proposed" in m.value]
    app = open_page(PAGE, session=FIRST, user=viewer)
    (said,) = [m.value for m in app.markdown if "which you proposed" in m.value]
    assert "returned by r@example" in said.replace("\\", "")
    assert "no link" in said
