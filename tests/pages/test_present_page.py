"""Presentation mode: verdict, trend, three facts, what is next; nothing beside it; a sample says so."""

from __future__ import annotations

from typing import Any

import pytest
import sample_assessment as made

from golive.report.base.verdict import strongest
from golive.ui.shell.words import NO_BREAK

PAGE = "pages/verdict/present.py"
SECOND = "00000000-0000-4000-8000-000000000002"
VIEWER = {"is_logged_in": True, "email": "v@example.org", "roles": ["viewer"]}


def words(app: Any) -> str:
    return " ".join(
        e.value for e in (*app.title, *app.header, *app.subheader, *app.markdown, *app.caption)
    )


def test_one_screen_says_verdict_trend_facts_and_steps(open_page: Any, seeded: Any) -> None:
    app = open_page(PAGE, session=SECOND)
    assert not app.exception
    assert "CONDITIONAL" in app.title[0].value
    said = words(app)
    assert "The index is the same as on 20 Nov 2026." in said
    assert [h.value for h in app.header][-2:] == ["What live data shows", "What is next"]
    facts = [m.value for m in app.markdown if m.value.startswith("### :")]
    assert 1 <= len(facts) <= 3
    steps = [m.value for m in app.markdown if m.value.startswith("### 1.")]
    assert len(steps) == 1
    assert "not a certification" in said
    assert not app.sidebar.children
    assert "Sample" not in said


def test_a_fact_is_the_sentence_for_a_meeting_and_the_title_where_there_is_none(
    open_page: Any, store: Any
) -> None:
    """Findings of sessions that were stored before the sentence existed have their title alone."""
    stored = made.assessment()
    first, second, *_ = strongest(stored.findings)
    plain = "One in four heart rates is missing since the new export."
    told = tuple(
        f.model_copy(update={"plain": plain if f.id == first.id else ""}) for f in stored.findings
    )
    store.save(stored.model_copy(update={"findings": told}), config=made.CONFIG, actor="local")
    app = open_page(PAGE)
    assert not app.exception
    facts = [m.value.replace("\\", "") for m in app.markdown if m.value.startswith("### :")]
    assert facts[0].endswith(plain)
    assert first.title not in facts[0]
    assert facts[1].replace(NO_BREAK, " ").endswith(second.title)


def test_the_link_names_the_session_for_viewers(open_page: Any, seeded: Any) -> None:
    app = open_page(PAGE, session=SECOND, user=VIEWER)
    assert not app.exception
    assert app.code[0].value.endswith(f"/present?session={SECOND}")


def test_a_sample_says_so_and_a_first_session_has_no_trend(open_page: Any, store: Any) -> None:
    store.save(made.assessment(), config=made.CONFIG, actor="sample", sample=True)
    app = open_page(PAGE)
    assert not app.exception
    assert "Sample: synthetic data" in words(app)
    assert "there is no trend yet" in words(app)


def test_other_pages_keep_their_sidebar(open_page: Any, seeded: Any) -> None:
    assert open_page("pages/verdict/overview.py").sidebar.children


@pytest.mark.usefixtures("no_sample")
def test_without_a_session_it_says_what_to_do(open_page: Any) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert app.button or app.error
