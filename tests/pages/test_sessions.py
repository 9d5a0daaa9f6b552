"""Sessions: list, open, compare two in words, delete with a question, each role sees what it may do."""

from __future__ import annotations

from typing import Any

import pytest

from golive.model.errors import ForbiddenError
from golive.ui.history import session_cards
from golive.ui.shell.guards import ROLES, Identity

PAGE = "pages/history/sessions.py"
FIRST = "00000000-0000-4000-8000-000000000001"
SECOND = "00000000-0000-4000-8000-000000000002"
ADMIN = {"is_logged_in": True, "email": "a@example.org", "roles": ["admin"]}


def user(role: str) -> dict[str, Any]:
    return {"is_logged_in": True, "email": f"{role}@example.org", "roles": [role]}


def texts(app: Any) -> str:
    return "\n".join(
        element.value for kind in (app.markdown, app.caption, app.subheader) for element in kind
    )


def test_an_empty_store_offers_the_sample_and_own_data(open_page: Any, store: Any) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert [b.label for b in app.button] == ["Open the sample session"]


def test_every_session_is_a_card_with_verdict_index_date_and_data(
    open_page: Any, seeded: Any
) -> None:
    app = open_page(PAGE)
    assert not app.exception
    said = texts(app)
    for expected in (
        "Pilot",
        "Conditional",
        "20 Nov 2026",
        "21 Nov 2026",
        "24,000 rows",
        "6,120 rows",
        "**44**",
    ):
        assert expected in said


def test_open_switches_to_the_overview_of_that_session(open_page: Any, seeded: Any) -> None:
    app = open_page(PAGE)
    app.button(key=f"open_{FIRST}").click().run()
    assert not app.exception
    assert app.session_state["open_session"] == FIRST


def test_two_ticks_compare_in_words(open_page: Any, seeded: Any) -> None:
    app = open_page(PAGE)
    app.checkbox(key=f"tick_{SECOND}").check().run()
    assert "Tick two sessions" in texts(app)
    app.checkbox(key=f"tick_{FIRST}").check().run()
    assert not app.exception
    said = texts(app)
    assert "From 20 Nov 2026 to 21 Nov 2026" in said
    assert "Better: Pilot before, Conditional now" in said.replace("\\", "")
    assert "creatinine" in said
    assert "Both judge the same live data" in said.replace("\\", "")


def test_only_an_admin_is_offered_deletion(open_page: Any, seeded: Any) -> None:
    for role, offered in (("viewer", False), ("reviewer", False), ("admin", True)):
        app = open_page(PAGE, user=user(role))
        assert not app.exception
        assert any(b.key == f"delete_{FIRST}" for b in app.button) is offered


def test_deletion_asks_first(open_page: Any, seeded: Any) -> None:
    app = open_page(PAGE, user=ADMIN)
    app.button(key=f"delete_{FIRST}").click().run()
    assert not app.exception
    assert len(seeded.list()) == 2
    assert "removed for good" in texts(app)
    # AppTest does not open a dialog again on the next run; the click itself is in tests/browser.
    assert [b.label for b in app.button if b.key in ("delete_yes", "delete_no")] == [
        "Delete the session",
        "Keep it",
    ]


@pytest.mark.parametrize("role", ROLES)
def test_the_role_is_checked_again_when_deleting(role: str, seeded: Any) -> None:
    who, card = Identity("someone", role, signed_in=True), seeded.card(FIRST)
    if role == "admin":
        session_cards.remove(seeded, card, who)
        assert [kept.session for kept in seeded.list()] == [SECOND]
        assert (seeded.audit(1)[0].actor, seeded.audit(1)[0].action) == (
            "someone",
            "session.delete",
        )
        return
    with pytest.raises(ForbiddenError):
        session_cards.remove(seeded, card, who)
    assert len(seeded.list()) == 2
