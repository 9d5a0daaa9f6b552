"""``golive app`` of the installed product, started in an empty folder: the same dashboard as from the checkout."""

from __future__ import annotations

import re
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import pytest
from dashboard import Watch, opened, settled
from installing import Place

pytestmark = pytest.mark.browser


def serve(place: Place) -> str:
    """The address of ``golive app``."""
    return place.serve(str(place.golive), "app", "--port", "{port}", "--no-open")


def colours(page: Any) -> tuple[str, str]:
    """Background of the page and of its first primary button or link: the theme as it is drawn."""
    return (
        page.evaluate(
            "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
        ),
        page.evaluate(
            "getComputedStyle(document.querySelector('[data-testid=stSidebar]')).backgroundColor"
        ),
    )


@pytest.mark.parametrize("foreign", [False, True], ids=["empty folder", "folder of another app"])
def test_the_sample_stands_with_our_theme_and_nothing_else(
    place: Place, browser: Any, foreign: bool
) -> None:
    if foreign:
        (place.folder / ".streamlit").mkdir()
        (place.folder / ".streamlit" / "config.toml").write_text(
            '[theme]\nprimaryColor = "#ff0000"\nbackgroundColor = "#00ff00"\n[client]\ntoolbarMode = "developer"\n'
            '[server]\nbaseUrlPath = "elsewhere"\n[browser]\ngatherUsageStats = true\n'
        )
    url = serve(place)
    with opened(browser, url, Watch(urlsplit(url).netloc)) as page:
        page.goto("/")
        page.wait_for_url(re.compile(r"session=[0-9a-f-]{36}"), timeout=300_000)
        settled(page)
        page.get_by_text(re.compile("gates? fail")).first.wait_for()
        assert page.get_by_role("heading", level=1).first.inner_text().strip()
        assert page.title().endswith("GoLive") or "GoLive" in page.title()
        assert colours(page) == ("rgb(251, 251, 249)", "rgb(243, 244, 242)")
        assert page.get_by_test_id("stAppDeployButton").count() == 0
        assert page.get_by_text("Deploy", exact=True).count() == 0
    with urllib.request.urlopen(f"{url}/readyz", timeout=20) as answer:
        assert answer.status == 200
    log = next(place.home.glob(f"server-{urlsplit(url).port}.log")).read_text()
    place.stop()
    assert log == f"GoLive is at {url} (Ctrl+C stops it)\n"
