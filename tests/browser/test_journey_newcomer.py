"""Five minutes of a newcomer: a new installation, the sample, two files of one's own, a verdict, one screen, a PDF."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dashboard import Server, follow, settled, start, stop
from test_journey_upload import bring, table

pytestmark = pytest.mark.browser
FIVE_MINUTES = 300.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A dashboard that has never been used."""
    home = tmp_path_factory.mktemp("newcomer")
    process, url = start(home, home / "server.log")
    yield Server(url, home)
    stop(process)


def test_from_an_empty_store_to_a_pdf(page: Any, tmp_path: Path) -> None:
    began = time.monotonic()
    page.goto("/")
    page.wait_for_url(re.compile(r"session=[0-9a-f-]{36}"), timeout=200_000)
    settled(page)
    sample = page.url

    follow(
        page, page.get_by_role("link", name="This is the sample. Start with your own data"), "Start"
    )
    page.get_by_text("What is needed").wait_for()
    follow(
        page, page.locator(".st-key-first_steps").get_by_role("link", name="Open").nth(1), "Data"
    )
    bring(page, "train", table(tmp_path / "old.csv", 1, 500, 0.0))
    page.get_by_text("old.csv · 500 rows, 4 columns").wait_for()
    bring(page, "live", table(tmp_path / "new.csv", 2, 320, 0.5))
    page.get_by_role("button", name="Assess 320 live rows").click()
    page.wait_for_url(
        lambda url: "session=" in url and url.split("session=")[1][:36] not in sample,
        timeout=120_000,
    )
    settled(page)
    session = re.search(r"session=([0-9a-f-]{36})", page.url)
    assert session is not None
    assert page.get_by_text("This is the sample").count() == 0

    follow(page, page.get_by_role("link", name="Present", exact=True), "What is next")
    verdict = re.sub(r"[^A-Z]", "", page.get_by_role("heading", level=1).first.inner_text())
    assert verdict in ("READY", "CONDITIONAL", "PILOT", "STOP")
    page.get_by_test_id("stSidebar").wait_for(state="hidden")
    page.get_by_role("link", name="Leave").click()
    page.get_by_role("link", name="Present", exact=True).wait_for()
    settled(page)

    follow(page, page.get_by_role("link", name="Report", exact=True).first, "Report")
    page.get_by_role("radio", name="PDF").click(force=True)
    settled(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the full report").click()
    data = Path(waiting.value.path()).read_bytes()
    assert waiting.value.suggested_filename == f"golive-{session[1][:8]}-report.pdf"
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")
    took = time.monotonic() - began
    print(f"from an empty store to the PDF: {took:.0f} s")
    assert took < FIVE_MINUTES
