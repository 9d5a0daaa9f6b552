"""Every page is about the pilot and the session that the address names; a link to no session of this store says so."""

from __future__ import annotations

from typing import Any

import pytest

OWN = "00000000-0000-4000-8000-000000000001"
SAMPLE = "00000000-0000-4000-8000-00000000000a"
ELSEWHERE = "00000000-0000-4000-8000-00000000dead"
PAGES = (
    "pages/verdict/plan.py",
    "pages/evidence/findings.py",
    "pages/pilot/define.py",
    "pages/pilot/contract.py",
    "pages/pilot/data.py",
    "pages/history/trend.py",
)


@pytest.fixture
def two(store: Any) -> Any:
    """A store with a pilot of one's own, assessed last, and a session of the sample."""
    import sample_assessment as made

    def keep(session: str, project: str, *, sample: bool) -> None:
        found = made.assessment(session=session).model_copy(update={"project": project})
        config = made.CONFIG.model_copy(update={"project": project})
        store.save(found, config=config, actor="local", sample=sample)

    keep(SAMPLE, "specimen", sample=True)
    keep(OWN, "ward", sample=False)
    return store


def pilot_of(app: Any, page: str) -> str:
    """The pilot that a page says it is about."""
    assert not app.exception
    assert not app.error
    if page.endswith("define.py"):
        return str(app.text_input(key="define_project").value)
    if page.endswith("trend.py"):
        return str(app.selectbox(key="trend_project").value)
    said = [e.value for kind in (app.caption, app.markdown) for e in kind]
    (found,) = {p for p in ("specimen", "ward") for s in said if f"**{p}**" in s}
    return found


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("session", "pilot"), [(SAMPLE, "specimen"), (OWN, "ward"), (None, "ward")]
)
def test_every_page_is_about_the_pilot_of_the_address(
    open_page: Any, two: Any, page: str, session: str | None, pilot: str
) -> None:
    assert pilot_of(open_page(page, session=session), page) == pilot


def test_freeze_freezes_the_pilot_that_the_other_pages_show(open_page: Any, two: Any) -> None:
    app = open_page("pages/pilot/define.py", session=OWN)
    assert app.text_input(key="define_project").value == "ward"
    app.text_area(key="define_use").set_value("typed for the ward").run()
    app.query_params["session"] = SAMPLE
    app.run()
    assert app.text_input(key="define_project").value == "specimen"
    assert app.text_area(key="define_use").value != "typed for the ward"
    app.button(key="freeze").click().run()
    assert not app.exception
    assert len(two.criteria("specimen")) == 1
    assert two.criteria("ward") == ()


def test_from_the_pilot_of_the_sample_there_is_a_way_to_ones_own(open_page: Any, two: Any) -> None:
    app = open_page("pages/pilot/define.py", session=SAMPLE)
    assert any("this is its pilot, not yours" in m.value for m in app.markdown)
    app.button(key="leave_sample").click().run()
    assert app.text_input(key="define_project").value == "ward"
    assert app.session_state["open_session"] == OWN
    assert not [b for b in app.button if b.key == "leave_sample"]


def test_a_pilot_begun_beside_the_sample_is_not_called_its_pilot(open_page: Any, two: Any) -> None:
    app = open_page("pages/pilot/define.py", session=SAMPLE)
    app.text_input(key="define_project").set_value("novel").run()
    app.run()
    assert not [b for b in app.button if b.key == "leave_sample"]


def test_a_sample_that_stands_alone_is_nobodys_pilot(open_page: Any, store: Any) -> None:
    import sample_assessment as made

    store.save(made.assessment(session=SAMPLE), config=made.CONFIG, actor="sample", sample=True)
    app = open_page("pages/pilot/define.py", session=SAMPLE)
    assert app.text_input(key="define_project").value == "my-pilot"


def test_a_pilot_that_is_being_named_stays_the_one_in_work(open_page: Any, two: Any) -> None:
    app = open_page("pages/pilot/define.py", session=OWN)
    app.text_input(key="define_project").set_value("novel").run()
    app.switch_page("pages/pilot/contract.py").run()
    assert any("novel" in m.value for m in app.markdown)
    app.switch_page("pages/pilot/define.py").run()
    assert app.text_input(key="define_project").value == "novel"


@pytest.mark.parametrize("page", [*PAGES, "pages/history/sessions.py", "pages/history/audit.py"])
@pytest.mark.parametrize(
    ("link", "code"), [(ELSEWHERE, "SESSION_UNKNOWN"), ("'; drop table", "SESSION_ADDRESS")]
)
def test_a_link_to_no_session_of_this_store_shows_no_other_pilot(
    open_page: Any, two: Any, page: str, link: str, code: str
) -> None:
    app = open_page(page, session=link)
    assert not app.exception
    assert len(app.error) == 1
    assert code in app.error[0].value
    shown = [e.value for kind in (app.caption, app.markdown, app.title) for e in kind]
    assert not [s for s in shown if "ward" in s or "specimen" in s]
    assert not app.text_input
