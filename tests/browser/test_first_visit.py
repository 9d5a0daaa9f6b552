"""The first visit to a new installation: the page answers at once and the sample session opens by itself."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from dashboard import Server, follow, settled, start, stop

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A dashboard that has never been used."""
    home = tmp_path_factory.mktemp("new")
    process, url = start(home, home / "server.log")
    yield Server(url, home)
    stop(process)


def test_the_sample_opens_by_itself_and_says_what_is_being_done(page: Any) -> None:
    page.goto("/")
    page.get_by_text("Preparing the sample session").wait_for()
    page.wait_for_url(re.compile(r"session=[0-9a-f-]{36}"), timeout=120_000)
    page.get_by_text(re.compile("gates? fail")).first.wait_for()
    settled(page)
    assert page.get_by_text("Preparing the sample session").count() == 0
    assert page.get_by_text("The sample session is ready").count() == 0
    started = time.monotonic()
    follow(page, page.get_by_role("link", name="Findings").first, "Findings")
    print(f"page switch {time.monotonic() - started:.2f} s")
