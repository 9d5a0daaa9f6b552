"""Start a dashboard and drive its pages in a real Chromium: what tests of the checkout and of the installed product share."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import chromium
import pytest

ROOT = Path(__file__).resolve().parents[2]
SESSION = "00000000-0000-4000-8000-000000000001"
# A cold deep link asks for these relative to the page first; Streamlit then finds the right address itself.
COLD_LINK = ("_stcore/health", "_stcore/host-config")


@dataclass
class Server:
    """A running dashboard."""

    url: str
    home: Path


@dataclass
class Watch:
    """What the browser complained about and whom it asked."""

    own_host: str
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def attach(self, page: Any) -> None:
        """Listen to one page."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(f"page error: {error}"))
        page.on("request", self._request)
        page.on("websocket", lambda socket: self._host(socket.url))

    def _console(self, message: Any) -> None:
        where = (message.location or {}).get("url", "")
        cold_link = "404" in message.text and where.endswith(COLD_LINK)
        if message.type == "error" and not cold_link:
            self.errors.append(f"{message.text} ({where})")

    def _request(self, request: Any) -> None:
        self._host(request.url)

    def _host(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != self.own_host:
            self.foreign.append(url)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_up(process: subprocess.Popen[bytes], port: int, log: Path, *, seconds: float) -> str:
    """Address of a dashboard that is starting, once it answers. The test fails with its log when it does not."""
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return url
        except OSError as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"the dashboard did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.1)


def start(
    home: Path, log: Path, *, by_streamlit: bool = False
) -> tuple[subprocess.Popen[bytes], str]:
    """Start the dashboard as ``golive app`` serves it, or by ``streamlit run app.py``, and wait until it answers."""
    port = free_port()
    environment = os.environ | {
        "GOLIVE_HOME": str(home),
        "GOLIVE_STORE": str(home / "golive.duckdb"),
        "DO_NOT_TRACK": "1",
    }
    command = [
        "-m",
        "uvicorn",
        "golive.server:app",
        "--port",
        str(port),
        "--no-server-header",
        "--log-level",
        "warning",
    ]
    if by_streamlit:
        command = ["-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environment, stdout=stream, stderr=stream
        )
    return process, wait_until_up(process, port, log, seconds=60)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the dashboard the way an operator does, and wait for it."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def launched() -> Iterator[Any]:
    """A running Chromium."""
    from playwright.sync_api import sync_playwright

    path = chromium.find()
    if path is None:
        pytest.fail("no Chromium here: run `make browser`")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        yield running
        running.close()


@contextmanager
def opened(browser: Any, url: str, watch: Watch) -> Iterator[Any]:
    """A fresh page. The test fails afterwards if the console held an error or a request left this machine."""
    context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(30_000)
    page = context.new_page()
    watch.attach(page)
    yield page
    context.close()
    assert watch.errors == []
    assert watch.foreign == []


def settled(page: Any) -> None:
    """Wait until the page's script has run: a title is there and nothing is running."""
    page.get_by_role("heading", level=1).first.wait_for()
    # Not wait_for_function: a condition that does not hold at once is asked again by eval, which the pages' policy forbids.
    page.get_by_test_id("stStatusWidget").wait_for(state="detached")
    page.locator("[data-test-script-state='notRunning']").wait_for()


def follow(page: Any, link: Any, heading: str) -> None:
    """Click a link and wait for the page it leads to.

    A redraw can put a new link under the pointer between press and release; then it is clicked again, as a person would.
    """
    from playwright.sync_api import TimeoutError as Late

    title = page.get_by_role("heading", name=heading, exact=True)
    for wait in (5_000, 10_000, 30_000):
        settled(page)
        link.click()
        try:
            title.wait_for(timeout=wait)
            break
        except Late:
            continue
    title.wait_for()
    settled(page)
