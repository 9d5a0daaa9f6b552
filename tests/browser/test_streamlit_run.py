"""``streamlit run app.py`` serves the same application as ``golive app``: deep links on a cold server, headers, ``/readyz``."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import sample_assessment as made
from dashboard import Server, settled, start, stop

from golive.store import Store

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that Streamlit started and nobody has asked for a page yet."""
    home = tmp_path_factory.mktemp("by_streamlit")
    with Store(home / "golive.duckdb") as store:
        store.save(made.assessment(), config=made.CONFIG, actor="local")
    process, url = start(home, home / "server.log", by_streamlit=True)
    yield Server(url, home)
    stop(process)


def test_the_first_request_may_be_a_deep_link(page: Any) -> None:
    page.goto("/distributions?column=age")
    page.get_by_role("heading", name="age").wait_for()
    settled(page)
    assert page.get_by_role("dialog").count() == 0
    assert page.get_by_text("Page not found").count() == 0


def test_it_sends_headers_and_says_that_it_is_ready(server: Server) -> None:
    with urllib.request.urlopen(f"{server.url}/readyz", timeout=20) as answer:
        assert json.load(answer)["ready"] is True
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
