"""Failure modes: four, each with its evidence and a door; the case of one opens as a session of its own."""

from __future__ import annotations

from typing import Any

import pytest

from golive.ui.shell.words import NO_BREAK

PAGE = "pages/verdict/failure_modes.py"
FIRST = "00000000-0000-4000-8000-000000000001"
VIEWER = {"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]}


def test_four_modes_with_their_evidence(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST)
    assert not app.exception
    assert [s.value[:2] for s in app.subheader] == ["1.", "2.", "3.", "4."]
    said = "\n".join(m.value for m in app.markdown).replace(NO_BREAK, " ")
    assert "This pilot shows" in said
    assert "28 % of live rows have no heart rate" in said.replace("\\", "")
    assert len([t for t in app.table if "In production" in t.value]) == 4


def test_a_viewer_reads_but_opens_no_case(seeded: Any, open_page: Any) -> None:
    app = open_page(PAGE, session=FIRST, user=VIEWER)
    assert not app.exception
    assert not [b for b in app.button if (b.key or "").startswith("case:")]


def test_the_case_of_a_mode_is_assessed_and_opened(
    seeded: Any, open_page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from golive import sample_session

    asked = []

    def ensure(store: Any, progress: Any, *, name: str) -> str:
        progress(0.5, "profiling")
        asked.append(name)
        return "00000000-0000-4000-8000-000000000002"

    monkeypatch.setattr(sample_session, "ensure", ensure)
    app = open_page(PAGE, session=FIRST)
    app.button(key="case:monitoring").click().run()
    assert not app.exception
    assert asked == ["monitoring"]
    assert app.session_state["open_session"] == "00000000-0000-4000-8000-000000000002"


def test_a_case_that_cannot_be_prepared_says_why(
    seeded: Any, open_page: Any, no_sample: None
) -> None:
    app = open_page(PAGE, session=FIRST)
    app.button(key="case:live_data").click().run()
    assert not app.exception
    assert "SAMPLE_FOLDER" in app.error[0].value


@pytest.mark.usefixtures("no_sample")
def test_an_empty_store_offers_the_sample_on_failure_modes(open_page: Any) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert app.button(key="open_sample")
