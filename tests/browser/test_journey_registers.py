"""Two people and one register: take it as a file, edit the file, bring it back; an older file writes nothing over a change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dashboard import SESSION, Server, settled

pytestmark = pytest.mark.browser

FIRST = "id,item,status,reason,owner\nS-1,Adults in the ED,in,,lead\nS-2,Children,not_doing,no evidence,lead\n"


@pytest.fixture
def second(browser: Any, server: Server) -> Iterator[Any]:
    """Another window, of somebody else."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def _open(page: Any) -> None:
    page.goto(f"/scope?session={SESSION}")
    settled(page)


def _take(page: Any, folder: Path) -> str:
    with page.expect_download() as waiting:
        page.get_by_role("button", name="CSV", exact=True).click()
    waiting.value.save_as(folder / "scope.csv")
    return (folder / "scope.csv").read_text(encoding="utf-8")


def _bring(page: Any, text: str) -> None:
    page.get_by_role("button", name=re.compile("Import a file")).click()
    page.locator('input[type="file"]').set_input_files(
        {"name": "scope.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Import it").click()


def test_export_edit_import_and_a_conflict_that_loses_nothing(
    page: Any, second: Any, tmp_path: Path
) -> None:
    _open(page)
    _bring(page, FIRST)
    page.get_by_text("Scope: 2 changes saved.").wait_for()
    _open(second)
    taken = _take(second, tmp_path)
    assert taken.splitlines()[0].endswith(",revision")

    edited = _take(page, tmp_path).replace("Adults in the ED", "Adults in the ED and the wards")
    _bring(page, edited)  # the second file of one window, and it changes one row alone
    page.get_by_text("Scope: 1 change saved.").wait_for()

    late = taken.replace("Adults in the ED", "Adults only").replace("Children", "Children under 16")
    _bring(second, late)
    told = second.get_by_role("alert").filter(has_text="CONFLICT")
    told.wait_for()
    said = told.inner_text()
    assert "Nothing was imported." in said
    assert "'S-1' was changed by local" in said
    assert "Download the register again" in said

    _open(second)  # a fresh window knows the change, and the old file still writes nothing over it
    _bring(second, late)
    second.get_by_role("alert").filter(has_text="CONFLICT").wait_for()
    _open(second)
    now = _take(second, tmp_path)
    assert "Adults in the ED and the wards" in now
    assert "Children under 16" not in now
    _bring(second, now.replace("Children", "Children under 16"))
    second.get_by_text("Scope: 1 change saved.").wait_for()
