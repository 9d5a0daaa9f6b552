"""Start: five steps with what is done, what each column unlocks, a glossary that every page may quote."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from golive.store import Decision
from golive.ui.pilot import first_steps
from golive.ui.pilot.words import WORDS
from golive.ui.shell import glossary

PAGE = "pages/pilot/start.py"
ROOT = Path(__file__).resolve().parents[2]


def words(app: Any) -> str:
    return "\n".join(e.value for kind in (app.markdown, app.caption, app.subheader) for e in kind)


def test_an_empty_store_shows_the_way_and_nothing_is_done(open_page: Any, store: Any) -> None:
    app = open_page(PAGE)
    assert not app.exception
    assert [s.page in first_steps.done(store) for s in WORDS.steps] == [False] * 5
    assert "Done" not in words(app)
    assert [b.label for b in app.button] == ["Look at the sample first"]


def test_steps_are_done_when_the_store_says_so(store: Any) -> None:
    import sample_assessment as made

    store.save(made.assessment(), config=made.CONFIG, actor="sample", sample=True)
    assert not first_steps.done(store), "a sample is nobody's pilot"
    own = made.assessment(session="00000000-0000-4000-8000-000000000009")
    store.save(own, config=made.CONFIG, actor="local")
    store.freeze_criteria(own.project, made.CONFIG, actor="local")
    store.put_decision(Decision(finding="x", action="fix"), project=own.project, actor="local")
    assert [s.page in first_steps.done(store) for s in WORDS.steps] == [
        True,
        True,
        True,
        True,
        False,
    ]


def test_every_role_is_listed_with_what_it_unlocks(open_page: Any, store: Any) -> None:
    table = open_page(PAGE).table[0].value
    assert len(table) == len(WORDS.unlocks) + len(WORDS.more_columns)
    for said in WORDS.unlocks.values():
        assert said[1:] in " ".join(table["What it unlocks"])


def test_the_glossary_is_searched(open_page: Any, store: Any) -> None:
    app = open_page(PAGE)
    app.text_input(key="glossary_search").input("gate").run()
    assert "**Gate.**" in words(app)
    assert "**AUROC.**" not in words(app)
    app.text_input(key="glossary_search").input("<b>zzz").run()
    assert not app.exception
    assert "No term holds" in words(app)


def test_terms_are_sorted_short_and_in_plain_words() -> None:
    assert list(glossary.TERMS) == sorted(glossary.TERMS, key=str.lower)
    for name, said in glossary.TERMS.items():
        assert 20 < len(said) < 260, name
        assert said.endswith("."), name
        assert not re.search(r"\b(safe|approved|compliant|certified)\b", said)


def test_every_quoted_term_is_in_the_glossary() -> None:
    quoted = [
        term
        for folder in ("src/golive/ui", "pages")
        for path in (ROOT / folder).rglob("*.py")
        for term in re.findall(r'glossary\.tip\("([^"]+)"\)', path.read_text("utf-8"))
    ]
    assert len(quoted) >= 3
    assert set(quoted) <= set(glossary.TERMS)


@pytest.mark.parametrize("role", ["viewer", "reviewer", "admin"])
def test_links_lead_only_where_a_role_may_go(open_page: Any, seeded: Any, role: str) -> None:
    app = open_page(PAGE, user={"is_logged_in": True, "email": "x@example.org", "roles": [role]})
    assert not app.exception
