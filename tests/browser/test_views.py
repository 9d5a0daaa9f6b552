"""The four views in a real browser: doors between them, cold deep links, accessible names, narrow screens, both themes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sample_assessment as made
from dashboard import Server, start, stop

pytestmark = pytest.mark.browser
VIEWS = ("/", "/findings", "/distributions", "/readiness")
UNIT_CHANGE = "/findings?finding=unit_change:creatinine@clinic%3DC3"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A dashboard whose store already holds the hand-made session."""
    from golive.store import Store

    home = tmp_path_factory.mktemp("home")
    with Store(home / "golive.duckdb") as store:
        store.save(made.assessment(), config=made.CONFIG, actor="local", sample=True)
    process, url = start(home, home / "server.log")
    yield Server(url, home)
    stop(process)


def _opened(page: Any, address: str) -> Any:
    page.goto(address)
    page.locator("h1").first.wait_for()
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    return page


def test_a_fact_on_the_overview_opens_its_finding_and_survives_a_reload(page: Any) -> None:
    _opened(page, "/")
    page.get_by_role("link", name="Open").first.click()
    page.get_by_text("the score falls from 0.91 to 0.020").wait_for()
    assert "finding=unit_change" in page.url
    assert "session=" in page.url
    page.reload()
    page.get_by_text("the score falls from 0.91 to 0.020").wait_for()


def test_opening_another_finding_changes_the_address_and_closes_the_first(page: Any) -> None:
    _opened(page, UNIT_CHANGE)
    page.get_by_text("28 % of live rows have no heart rate").first.click()
    page.get_by_text("Ask the interface team").wait_for()
    page.wait_for_url(re.compile("missing_up"))
    page.get_by_text("the score falls from 0.91 to 0.020").wait_for(state="hidden")


def test_cold_deep_links_show_what_they_name(page: Any) -> None:
    _opened(page, "/distributions?column=age")
    page.get_by_role("heading", name="age").wait_for()
    _opened(page, "/readiness?dimension=DAT")
    page.get_by_role("heading", name="Data foundations and live-data fidelity").wait_for()


def test_the_chart_is_named_by_what_it_shows(page: Any) -> None:
    _opened(page, "/")
    page.get_by_label(
        re.compile("12 readiness dimensions from weakest to strongest: Handoff")
    ).first.wait_for()


def test_a_click_on_a_dimension_opens_it(page: Any) -> None:
    _opened(page, "/")
    page.locator(".barlayer .point path").nth(2).click(force=True)
    page.get_by_role("heading", name="Data foundations and live-data fidelity").wait_for()
    assert "dimension=DAT" in page.url


def test_a_click_on_a_row_of_the_list_shows_that_column(page: Any) -> None:
    _opened(page, "/distributions")
    page.get_by_role("heading", name="creatinine").wait_for()
    # Rows are drawn on a canvas, 35 px each under a header of 35 px: this is the second.
    page.locator('[data-testid="stDataFrame"]').click(position={"x": 30, "y": 35 + 35 + 17})
    page.get_by_role("heading", name="heart_rate").wait_for()
    page.wait_for_url(re.compile("column=heart_rate"))


@pytest.mark.parametrize("address", [*VIEWS, UNIT_CHANGE])
def test_every_chart_and_table_has_an_accessible_name(page: Any, address: str) -> None:
    _opened(page, address)
    for kind in ("stPlotlyChart", "stDataFrame", "stTable"):
        for element in page.locator(f'[data-testid="{kind}"]').all():
            if element.is_visible():
                inside = element.locator("xpath=descendant-or-self::*[@aria-label]")
                assert inside.count() > 0, f"a {kind} on {address} has no accessible name"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_wider_than_a_telephone(browser: Any, server: Server, theme: str) -> None:
    context = browser.new_context(
        base_url=server.url, viewport={"width": 390, "height": 900}, color_scheme=theme
    )
    page = context.new_page()
    for address in (*VIEWS, UNIT_CHANGE):
        _opened(page, address)
        extra = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert extra <= 0, f"{address} scrolls sideways by {extra} px"
        assert page.locator('[data-testid="stException"]').count() == 0
    context.close()
