"""The findings desk by keyboard alone: rows are reached by Tab, Enter opens, Space tries a repair, and focus is seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sample_assessment as made
from dashboard import Server, start, stop

pytestmark = pytest.mark.browser
_IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
_FOCUS = """() => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    const seen = (s) => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none';
    let parent = one, visible = false;
    for (let i = 0; parent && i < 4; i++, parent = parent.parentElement) visible = visible || seen(getComputedStyle(parent));
    return {tag: one.tagName, text: (one.innerText || one.getAttribute('aria-label') || '').slice(0, 200),
            label: one.getAttribute('aria-label') || '', visible, inView: box.bottom > 0 && box.top < innerHeight};
}"""


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


def tab_to(page: Any, words: str, most: int = 80) -> dict[str, Any]:
    """Press Tab until what has focus says ``words``."""
    seen = []
    for _ in range(most):
        page.keyboard.press("Tab")
        focus: dict[str, Any] = page.evaluate(_FOCUS)
        seen.append(focus["text"][:40])
        if words in focus["text"]:
            return focus
    pytest.fail(f"'{words}' is not reached by Tab; reached were {seen}")


def test_a_finding_is_opened_tried_and_decided_without_a_mouse(page: Any) -> None:
    page.goto("/findings")
    page.locator("h1").first.wait_for()
    page.locator(_IDLE).wait_for()
    focus = tab_to(page, "creatinine arrives in umol/L")
    assert focus["visible"], "nothing shows which row has focus"
    assert focus["inView"]
    page.keyboard.press("Enter")
    page.get_by_text("the score falls from 0.91 to 0.020").wait_for()
    page.get_by_text("Try this repair").wait_for()
    page.locator(_IDLE).wait_for()
    focus = tab_to(page, "Try this repair", most=30)
    assert focus["visible"]
    page.keyboard.press("Space")
    page.get_by_text("With 1 repair tried").wait_for()
    page.locator(_IDLE).wait_for()
    tab_to(page, "Decide", most=30)
    page.keyboard.press("Enter")
    page.get_by_text("What happens with it").wait_for()
    tab_to(page, "Owner", most=20)
    page.keyboard.type("interface team")
    tab_to(page, "Signed by", most=20)
    page.keyboard.type("A. Reviewer")
    tab_to(page, "Record the decision", most=20)
    page.keyboard.press("Enter")
    page.get_by_text("being fixed").first.wait_for()


def test_rows_are_reached_in_the_order_they_are_seen(page: Any) -> None:
    page.goto("/findings")
    page.locator("h1").first.wait_for()
    page.locator(_IDLE).wait_for()
    rows = page.locator('[data-testid="stExpander"] summary')
    titles = [rows.nth(i).inner_text() for i in range(rows.count())]
    reached: list[str] = []
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            reached.append(page.evaluate("document.activeElement.innerText"))
        if len(reached) == len(titles):
            break
    assert reached == titles
