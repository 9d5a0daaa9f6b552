"""The dashboard as an ASGI application: security headers, ``/readyz``, and what happens at start and end.

``golive app`` serves ``golive.server:app`` with uvicorn; ``streamlit run app.py`` finds the same application in ``app.py``.
"""

from __future__ import annotations

import base64
import gc
import hashlib
import os
import re
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager

from golive import __version__, api, settings, streamlit_config
from golive.model.errors import GoLiveError
from golive.settings import Settings, resource
from golive.ui.shell import cache

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# Streamlit answers these to anyone; nothing of ours needs them.
DENIED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")


def inline_script_hashes(index: str) -> list[str]:
    """CSP sources of the inline scripts of an HTML page: ``'sha256-...'`` of each, which changes with every Streamlit."""
    found = [hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(index)]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in found]


def content_security_policy() -> str:
    """The policy for the page that this Streamlit serves: own origin only, no ``unsafe-eval``, no frames around it."""
    index = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = " ".join(["'self'", *inline_script_hashes(index)])
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


def security_headers() -> dict[str, str]:
    """Headers of every response."""
    return {
        "Content-Security-Policy": content_security_policy(),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


class SecurityHeaders:
    """Adds the headers to every HTTP response and answers 404 for Streamlit's operator endpoints."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self.app = app
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self.names = {name for name, _ in self.headers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything but HTTP through untouched (the WebSocket has no headers to add to)."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message.get("headers", [])
                others = [pair for pair in own if pair[0].lower() not in self.names]
                message["headers"] = [*others, *self.headers]
            await send(message)

        if any(part in scope["path"] for part in DENIED):
            await PlainTextResponse("Not found", status_code=404)(scope, receive, with_headers)
            return
        await self.app(scope, receive, with_headers)


def readyz(_request: Request) -> JSONResponse:
    """200 when the store answers, 503 with a code when it does not. Says nothing about what is stored."""
    try:
        cache.store().projects()
    except GoLiveError as error:
        facts = {"ready": False, "golive": __version__, "code": error.code}
        return JSONResponse(facts, status_code=503)
    return JSONResponse({"ready": True, "golive": __version__})


def _warm() -> None:
    """While the first page is on the screen, import what the first assessment needs (seconds).

    Then begin the sample session when the start asked for it; the first page says how far it is.
    """
    import golive.assess  # noqa: F401 - only to have it
    from golive.compare.drift import evidently as evidently_scores
    from golive.ui.shell import seeding

    evidently_scores.warm().join()
    settle()
    if _wanted.is_set():
        with suppress(GoLiveError):  # a store that cannot be opened is told by the pages
            seeding.start(cache.store())


def settle() -> None:
    """Collect garbage once, then freeze what is left (mostly modules): later collections look only at what came after.

    Streamlit collects after every script. With Evidently, Ibis and pandas loaded that walks 400,000 objects, 0.3 s of
    processor time per click in which nothing reaches the browser.
    """
    gc.collect()
    gc.freeze()


def _prune() -> None:
    """Delete what is past the age limit, when there is one. A store that cannot be opened is told by the pages."""
    days = cache.current_settings().retention_days
    if days is not None:
        with suppress(GoLiveError):
            cache.store().prune(days, actor="retention")
            cache.store().expire(days, actor="retention")


@asynccontextmanager
async def _lifespan(_app: Any) -> AsyncIterator[dict[str, Any]]:
    from golive.ui.shell import uploads

    uploads.delete_leftovers(cache.current_settings().home, everything=True)
    _prune()
    threading.Thread(target=_warm, name="warm", daemon=True).start()
    try:
        yield {}
    finally:
        cache.release()
        uploads.delete_leftovers(settings.load().home, everything=True)


def parts(current: Settings, *, lifespan: Callable[[Any], Any] = _lifespan) -> dict[str, Any]:
    """Set what the process needs and return what ``st.App`` takes beside the script: routes, middleware, start and end.

    Nothing leaves the machine: Evidently's and Streamlit's usage statistics are off here as well as in the configuration.
    """
    os.environ["DO_NOT_TRACK"] = "1"
    # Until a script has called st.navigation, Streamlit looks for pages itself, and a cold deep link ends in "Page not found".
    PagesManager.uses_pages_directory = False
    streamlit_config.settle()
    config.set_option("server.maxUploadSize", current.max_upload_mb)
    # These two hold whatever else is asked for.
    config.set_option("browser.gatherUsageStats", False)
    config.set_option("client.showErrorDetails", "none")
    return {
        "routes": [Route("/readyz", readyz), *api.routes()],
        "middleware": [Middleware(SecurityHeaders, headers=security_headers())],
        "lifespan": lifespan,
    }


def build(current: Settings, *, lifespan: Callable[[Any], Any] = _lifespan) -> st.App:
    """Return the application for these settings."""
    return st.App(resource("app.py"), **parts(current, lifespan=lifespan))


app = build(settings.load())
_wanted = threading.Event()


def with_sample() -> st.App:
    """The application, which makes the sample session as soon as it serves (``golive app``)."""
    _wanted.set()
    return app
