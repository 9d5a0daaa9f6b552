"""Nothing leaves the machine, cold deep links work, headers hold in a browser, and rows go when the server stops."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from dashboard import SESSION, Server, settled, start, stop

from golive.ui.shell import nav

pytestmark = pytest.mark.browser
PAGES = [page.url_path for page in nav.PAGES if page.path.is_file()]


def refused(request: str | urllib.request.Request) -> int:
    """Status of a request that the server turns down."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    with caught.value as answer:
        return int(answer.code)


def test_a_cold_deep_link_opens_its_page(server: Server, page: Any) -> None:
    # First in this module on purpose: no script has run on this server yet.
    page.goto(f"/define?session={SESSION}")
    page.get_by_role("heading", name="Define the pilot").wait_for()
    settled(page)
    assert page.get_by_text("Page not found").count() == 0


@pytest.mark.parametrize("url_path", PAGES)
def test_every_page_asks_only_this_machine_and_fits_a_phone(page: Any, url_path: str) -> None:
    page.goto(f"/{url_path}?session={SESSION}")
    settled(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(500)
    settled(page)
    assert page.get_by_test_id("stException").count() == 0
    too_wide = page.evaluate(
        """() => { const main = document.querySelector('[data-testid=stMain]'); return main.scrollWidth - main.clientWidth }"""
    )
    assert too_wide <= 1  # what the console and the requests held is asserted by the page fixture


def test_headers_reach_the_browser(server: Server) -> None:
    for path in ("/", "/findings", "/readyz", "/_stcore/health"):
        with urllib.request.urlopen(server.url + path) as answer:
            assert answer.status == 200
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert refused(server.url + "/_stcore/metrics") == 404


def test_an_upload_without_a_token_is_refused(server: Server) -> None:
    url = f"{server.url}/_stcore/upload_file/{SESSION}/{SESSION}"
    request = urllib.request.Request(url, data=b"a,b\n1,2\n", method="PUT")
    assert refused(request) in (400, 403)


def test_rows_are_gone_when_the_server_stops(browser: Any, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    data = tmp_path / "mine.csv"
    data.write_text("a,b\n" + "".join(f"{i},{i % 7}\n" for i in range(200)), "utf-8")
    process, url = start(home, tmp_path / "server.log")
    try:
        page = browser.new_context(base_url=url).new_page()
        page.goto("/data")
        settled(page)
        page.locator("input[type=file]").nth(0).set_input_files(data)
        page.get_by_text("mine.csv · 200 rows, 2 columns").wait_for()
        kept = [path for path in home.rglob("*.csv") if "uploads" in path.parts]
        assert len(kept) == 1
        page.context.close()
    finally:
        stop(process)
    assert not [path for path in home.rglob("*.csv") if "uploads" in path.parts]
    assert "Traceback" not in (tmp_path / "server.log").read_text("utf-8")
