"""The main path without a mouse: every step is reached by Tab, is seen to have the focus, and is taken with Enter."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from dashboard import Server, settled

pytestmark = pytest.mark.browser
# What a reader sees of the focus: an outline, a shadow, or another border or ground than without it.
LOOK = """() => {
  const element = document.activeElement;
  const look = (e) => { const s = getComputedStyle(e); return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor].join('|') };
  const chain = []; for (let e = element, n = 0; e && n < 4; e = e.parentElement, n++) chain.push(e);
  const focused = chain.map(look); element.blur(); const plain = chain.map(look); element.focus();
  return focused.some((shown, at) => shown !== plain[at]);
}"""
NAME = """() => {
  const e = document.activeElement;
  if (!['A', 'BUTTON', 'INPUT'].includes(e.tagName)) return '';
  return (e.getAttribute('aria-label') || e.innerText || (e.labels && e.labels[0] && e.labels[0].innerText) || '').trim();
}"""


def focus_is_seen(page: Any) -> bool:
    """Whether the focus shows. Looking takes the focus away by script for a moment; it comes back by keys, as a user's does."""
    seen = bool(page.evaluate(LOOK))
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    return seen


def tab_to(page: Any, name: str, most: int = 80) -> None:
    """Press Tab until the element whose name matches ``name`` has the focus."""
    passed = []
    for _ in range(most):
        page.keyboard.press("Tab")
        passed.append(
            (page.evaluate(NAME).splitlines() or [""])[-1]
        )  # an icon is a line of its own
        if re.search(name, passed[-1]):
            return
    pytest.fail(f"{name!r} is not reached by Tab; passed: {passed}")


def chosen(page: Any, file: Path) -> None:
    """Press Enter on the upload button that has the focus and choose a file; again where a redraw swallowed the key."""
    from playwright.sync_api import TimeoutError as NothingHappened

    for left in (2, 1, 0):
        try:
            with page.expect_file_chooser(timeout=8_000) as chooser:
                page.keyboard.press("Enter")
        except NothingHappened:
            if not left:
                raise
            page.keyboard.press("Shift+Tab")
            page.keyboard.press("Tab")
            assert page.evaluate(NAME).endswith("Upload")
        else:
            chooser.value.set_files(file)
            return


def test_from_the_verdict_to_a_finding_by_keyboard(page: Any) -> None:
    page.goto("/")
    settled(page)
    tab_to(page, "^Open$")
    assert focus_is_seen(page), "the focus on a link is not seen"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Findings").wait_for()
    assert "finding=" in page.url
    settled(page)
    tab_to(page, "^Readiness$")
    assert focus_is_seen(page), "the focus in the navigation is not seen"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Readiness", exact=True).wait_for()


def test_two_files_are_assessed_by_keyboard(page: Any, server: Server, tmp_path: Path) -> None:
    rows = [f"{40 + i % 50},{80 + i % 23}" for i in range(200)]
    for side in ("train", "live"):
        (tmp_path / f"{side}.csv").write_text("\n".join(["age,heart_rate", *rows]) + "\n", "utf-8")
    page.goto("/data")
    settled(page)
    for side in ("train", "live"):
        page.wait_for_timeout(1_000)  # a page that is still being redrawn takes the focus away
        page.locator("[data-test-script-state='notRunning']").wait_for()
        tab_to(page, "^Upload$")
        assert focus_is_seen(page), "the focus on an upload button is not seen"
        chosen(page, tmp_path / f"{side}.csv")
        page.get_by_text(f"{side}.csv · 200 rows, 2 columns").wait_for()
        settled(page)
    tab_to(page, "Assess 200 live rows")
    assert focus_is_seen(page), "the focus on the button is not seen"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"session=(?!0{8})"), timeout=120_000)
