"""A store that breaks under the pages, the API and ``/readyz``: one clear sentence, and the next page opens it anew."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest
from starlette.applications import Starlette

from golive import api, server

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "store"))

from broken_store import HEADERS, garble, little_room, make_newer  # noqa: E402

PAGES = (
    "pages/history/sessions.py",
    "pages/history/audit.py",
    "pages/verdict/overview.py",
    "pages/evidence/findings.py",
    "pages/verdict/readiness.py",
    "pages/pilot/define.py",
)


def said(app: Any) -> str:
    """The error on a page: one, and no traceback."""
    assert not app.exception
    (error,) = app.error
    assert "golive.duckdb" in error.value
    assert "Traceback" not in error.value
    return str(error.value)


@pytest.fixture
def closed(home: Path, seeded: Any) -> Path:
    """The file of a store with two sessions, closed."""
    from golive.ui.shell import cache

    path: Path = seeded.path
    cache.release()
    return path


def test_every_page_tells_a_store_that_does_not_open(open_page: Any, closed: Path) -> None:
    garble(closed, HEADERS, length=closed.stat().st_size)
    for page in PAGES:
        assert "STORE_DAMAGED" in said(open_page(page))
    make_newer(closed)
    assert "STORE_NEWER" in said(open_page(PAGES[0]))


def test_a_page_tells_a_store_that_breaks_when_its_rows_are_asked_for(
    open_page: Any, seeded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        with seeded._database.cursor():
            raise duckdb.IOException(
                "IO Error: Corrupt database file: computed checksum 1 does not match 2"
            )

    for call in ("list", "audit", "evidence_revisions", "load"):
        monkeypatch.setattr(type(seeded), call, broken)
    for page in PAGES:
        assert "STORE_DAMAGED" in said(open_page(page))


def test_a_full_disk_is_one_sentence_and_the_next_page_opens_the_store_anew(
    open_page: Any, seeded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from golive.ui.shell import cache

    session = seeded.list()[0].session
    with little_room(seeded.path.stat().st_size // 2):
        seeded.delete(
            session, actor="ana"
        )  # kept; the checkpoint after it has no room, and the engine gives up
    assert not seeded.usable
    app = open_page("pages/history/sessions.py")
    assert not app.exception
    assert not app.error
    assert cache.store() is not seeded
    assert [card.session for card in cache.store().list()] != [session]


@pytest.fixture
def client(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from golive.ui.shell import cache

    monkeypatch.setenv("GOLIVE_API_TOKEN", "t" * 32)
    cache.release()
    transport = httpx.ASGITransport(Starlette(routes=api.routes()), raise_app_exceptions=False)

    async def call(path: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://golive.test") as made:
            return await made.get(path, headers={"Authorization": f"Bearer {'t' * 32}"})

    yield lambda path: asyncio.run(call(path))
    cache.release()


def garble_all(path: Path) -> None:
    garble(path, HEADERS, length=path.stat().st_size)


@pytest.mark.parametrize(
    ("breaking", "code"), [(garble_all, "STORE_DAMAGED"), (make_newer, "STORE_NEWER")]
)
def test_the_api_and_readyz_answer_503_with_the_code(
    client: Any, closed: Path, breaking: Any, code: str
) -> None:
    breaking(closed)
    answer = client("/api/v1/sessions")
    assert answer.status_code == 503
    (error,) = answer.json()["errors"]
    assert (error["code"], "golive.duckdb" in error["sentence"], bool(error["hint"])) == (
        code,
        True,
        True,
    )
    ready = server.readyz(None)  # type: ignore[arg-type]
    assert ready.status_code == 503
    assert code in bytes(ready.body).decode()
