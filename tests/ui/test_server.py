"""The server's parts: headers on every answer, readiness from the store, operator endpoints closed."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import streamlit

from golive import server
from golive.ui.shell import cache


async def inner(scope: dict[str, Any], _receive: Any, send: Any) -> None:
    """An application that sets a header of its own and one that is ours."""
    headers = [(b"content-type", b"text/plain"), (b"X-Frame-Options", b"ALLOWALL")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"inner"})


def get(path: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body that the middleware gives for ``path``."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    guarded = server.SecurityHeaders(inner, server.security_headers())
    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    with ThreadPoolExecutor(
        1
    ) as apart:  # where browser tests ran before, this thread has a loop already
        apart.submit(asyncio.run, guarded(scope, receive, send)).result()  # type: ignore[arg-type]
    headers = [(name.decode().lower(), value.decode()) for name, value in sent[0]["headers"]]
    return sent[0]["status"], headers, b"".join(m.get("body", b"") for m in sent[1:])


def test_the_policy_allows_exactly_the_inline_scripts_of_the_served_page() -> None:
    index = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")
    inline = re.findall(r"<script>(.*?)</script>", index, re.DOTALL)
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in inline
    ]
    policy = dict(part.split(" ", 1) for part in server.content_security_policy().split("; "))
    assert hashes
    assert policy["script-src"].split() == ["'self'", *hashes]
    assert policy["default-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert "unsafe-eval" not in server.content_security_policy()


def test_the_hash_is_that_of_the_standard() -> None:
    # The example of the Content Security Policy specification (level 3, hash usage).
    page = "<script>doSomething();</script><script type='module' src='a.js'></script>"
    assert server.inline_script_hashes(page) == [
        "'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='"
    ]


def test_our_headers_replace_those_of_the_application() -> None:
    status, headers, body = get("/findings")
    assert (status, body) == (200, b"inner")
    assert [value for name, value in headers if name == "x-frame-options"] == ["DENY"]
    assert set(headers) >= {
        (name.lower(), value) for name, value in server.security_headers().items()
    }
    assert dict(headers)["content-type"] == "text/plain"


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/script-health-check"]
)
def test_operator_endpoints_are_closed(path: str) -> None:
    status, headers, body = get(path)
    assert (status, body) == (404, b"Not found")
    assert "content-security-policy" in dict(headers)


@pytest.fixture
def fresh_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own and no cached store before or after."""
    monkeypatch.setenv("GOLIVE_HOME", str(tmp_path))
    monkeypatch.delenv("GOLIVE_STORE", raising=False)
    cache.release()
    yield tmp_path
    cache.release()


def answer() -> tuple[int, dict[str, Any]]:
    response = server.readyz(None)  # type: ignore[arg-type]
    return response.status_code, json.loads(bytes(response.body))


def test_ready_when_the_store_answers(fresh_store: Path) -> None:
    status, body = answer()
    assert (status, body["ready"]) == (200, True)
    assert (fresh_store / "golive.duckdb").is_file()


def test_not_ready_with_a_code_when_it_does_not(fresh_store: Path) -> None:
    (fresh_store / "golive.duckdb").write_bytes(b"this is no database" * 1_000)
    status, body = answer()
    assert (status, body["ready"]) == (503, False)
    assert body["code"].startswith("STORE_")
    assert str(fresh_store) not in json.dumps(body)


MEMORY = """
import gc, weakref
import golive.assess
from golive.server import settle

class Node:
    pass

def ring():
    node = Node()
    node.itself = node
    return weakref.ref(node)

gc.disable()
settle()
assert gc.get_freeze_count() > 10_000, gc.get_freeze_count()
assert len(gc.get_objects()) < 10_000, len(gc.get_objects())
later = ring()
assert later() is not None
gc.collect()
assert later() is None
"""


def test_what_stays_is_not_collected_again_and_garbage_still_is() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEMORY], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
