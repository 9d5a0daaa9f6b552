"""A server per test module on a free port with its own home, and a page that fails on console errors and foreign hosts.

What these tests are for: what only a browser shows (cold deep links, uploads, reload, headers, requests). Everything else
is tested faster through AppTest in ``tests/pages`` or as plain functions.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "browser"), str(ROOT / "tests" / "ui")]
from dashboard import Server, Watch, opened, start, stop  # noqa: E402 - found through the line above


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One dashboard per test module, over a store that holds one session."""
    import sample_assessment as made

    from golive.store import Store

    home = tmp_path_factory.mktemp("home")
    with Store(home / "golive.duckdb") as store:
        store.save(made.assessment(), config=made.CONFIG, actor="local")
    process, url = start(home, home / "server.log")
    yield Server(url, home)
    stop(process)


@pytest.fixture
def watch(server: Server) -> Watch:
    """What the pages of one test did."""
    return Watch(urlsplit(server.url).netloc)


@pytest.fixture
def page(browser: Any, server: Server, watch: Watch) -> Iterator[Any]:
    """A fresh page. The test fails afterwards if the console held an error or a request left this machine."""
    with opened(browser, server.url, watch) as page:
        yield page
