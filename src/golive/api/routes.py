"""Routes of ``/api/v1``: the same calls as the pages and the command line."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from golive.api.document import document
from golive.api.guard import guarded, limited, problem, whole
from golive.model.errors import InputError, Problem

PREFIX = "/api/v1"
_FILES = ("train", "live", "config")
_MOST_ITEMS = 500
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_one_at_a_time = Lock()
"""An assessment may take the memory of the machine; a second one is asked to come back."""


async def _openapi(_request: Request) -> Response:
    """The document says nothing about what is stored, so it needs no token."""
    return JSONResponse(document())


@guarded
async def _sessions(request: Request) -> Response:
    from golive.ui.shell import cache

    limit = whole(request.query_params.get("limit"), 50, low=1, high=_MOST_ITEMS, name="limit")
    cards = cache.store().list(request.query_params.get("project"), limit=limit)
    return JSONResponse({"sessions": [card.model_dump(mode="json") for card in cards]})


@guarded
async def _assessment(request: Request) -> Response:
    from golive.ui.shell import cache

    found = cache.store().load(request.path_params["id"])
    return Response(found.model_dump_json(), media_type="application/json")


@guarded
async def _assess(request: Request) -> Response:
    from golive.ui.shell import cache

    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        sentence = "The body is of another type; multipart/form-data with the files train and live is needed."
        return problem(
            415,
            Problem(
                "API_BODY", sentence, "For example: curl -F train=@train.csv -F live=@live.csv URL"
            ),
        )
    if not _one_at_a_time.acquire(blocking=False):
        busy = Problem("API_BUSY", "Another assessment is running.", "Try again in a minute.")
        return problem(429, busy, headers={"Retry-After": "60"})
    try:
        most = cache.current_settings().max_upload_bytes
        async with limited(request, 2 * most + 1_000_000).form(max_files=3, max_fields=2) as form:
            _check(form, most)
            assessment = await run_in_threadpool(_assessed, form)
    finally:
        _one_at_a_time.release()
    place = {"Location": f"{PREFIX}/assessments/{assessment.session}"}
    return Response(
        assessment.model_dump_json(), status_code=201, media_type="application/json", headers=place
    )


def _check(form: FormData, most: int) -> None:
    problems = [
        Problem(
            "API_BODY",
            f"'{key}' is not a part of this call.",
            f"Known: {', '.join((*_FILES, 'project'))}.",
        )
        for key in form
        if key not in (*_FILES, "project")
    ]
    for name in _FILES:
        part = form.get(name)
        if part is None and name != "config":
            problems.append(
                Problem(
                    "API_BODY",
                    f"The file '{name}' is missing.",
                    f"Add it to the form: {name}=@FILE.",
                    name,
                )
            )
        elif part is not None and not isinstance(part, UploadFile):
            problems.append(
                Problem(
                    "API_BODY", f"'{name}' is text, not a file.", "Send it with a file name.", name
                )
            )
        elif isinstance(part, UploadFile) and (part.size or 0) > most:
            said = f"The file '{name}' has {(part.size or 0) / 1e6:,.1f} MB; {most / 1e6:,.0f} MB are allowed."
            problems.append(
                Problem("TOO_LARGE", said, "Send a sample, or raise GOLIVE_MAX_UPLOAD_MB.", name)
            )
    if problems:
        raise InputError(problems)


def _assessed(form: FormData) -> Any:
    """Write the parts to a folder of their own, assess them, keep the session, and remove the folder."""
    from golive.assess import assess
    from golive.intake import load_config, read
    from golive.model.config import Config
    from golive.store.project import Project
    from golive.ui.shell import cache

    with tempfile.TemporaryDirectory(prefix="golive-api-") as folder, ExitStack() as stack:
        paths = {name: _written(Path(folder), name, form[name]) for name in _FILES if name in form}
        config = load_config(paths["config"], alone=True) if "config" in paths else Config()
        if project := form.get("project"):
            config = config.model_copy(update={"project": str(project)[:80]})
        train, live = (
            stack.enter_context(read(paths[name], name=_shown(form[name]), views=config.fhir_views))
            for name in ("train", "live")
        )
        store = cache.store()
        made = assess(
            train,
            live,
            config,
            Project(store, config.project, cache.current_settings().home).for_assessment(config),
        )
    store.save(made, config=config, actor="api")
    return made


def _shown(part: Any) -> str:
    return Path(part.filename or "file").name[:120]


def _written(folder: Path, name: str, part: Any) -> Path:
    """A part as a file whose name we chose; only the kind (its suffix) is the sender's."""
    suffixes = "".join(
        s for s in Path(_shown(part)).suffixes[-2:] if s[1:].isalnum() and len(s) <= 8
    )
    path = folder / f"{name}{suffixes}"
    with path.open("wb") as file:
        while chunk := part.file.read(1_000_000):
            file.write(chunk)
    return path


@guarded
async def _monitors(_request: Request) -> Response:
    from golive.ui.shell import cache

    watches = cache.store().monitors.watches()
    return JSONResponse(
        {"monitors": [{"project": p, **w.model_dump(mode="json")} for p, w in watches]}
    )


@guarded
async def _run_monitor(request: Request) -> Response:
    """Run ``monitors/NAME.yaml`` of the data folder here: while the app is up, the store is its own."""
    from golive.monitor.run import run
    from golive.ui.shell import cache

    name = request.path_params["name"]
    path = cache.current_settings().home / "monitors" / f"{name}.yaml"
    if not _NAME.fullmatch(name) or not path.is_file():
        hint = "Put its file into the folder 'monitors' of GOLIVE_HOME."
        raise InputError(Problem("MONITOR_UNKNOWN", "There is no such monitor.", hint))
    if not _one_at_a_time.acquire(blocking=False):
        busy = Problem("API_BUSY", "Another run is going on.", "Try again in a minute.")
        return problem(429, busy, headers={"Retry-After": "60"})
    try:
        report = await run_in_threadpool(
            run, path, lambda: nullcontext(cache.store()), actor="api", now=datetime.now(UTC)
        )
    finally:
        _one_at_a_time.release()
    facts = {
        "monitor": report.monitor,
        "judged": [batch.name for batch in report.judged],
        "duplicates": report.duplicates,
        "waiting": list(report.waiting),
        "undated": report.undated,
        "missed": [slot.isoformat() for slot in report.missed],
        "opened": [a.id for a in report.alerts if a.change in ("opened", "reopened")],
        "open": [a.id for a in report.open_alerts],
        "sent": report.sent,
        "unsent": report.unsent,
    }
    return JSONResponse(facts)


@guarded
async def _alerts(request: Request) -> Response:
    from golive.ui.shell import cache

    store = cache.store()
    project = request.query_params.get("project")
    names = [project] if project is not None else store.projects()
    found = [(name, alert) for name in names for alert in store.monitors.alerts(name)]
    if request.query_params.get("open") in ("1", "true"):
        found = [(name, alert) for name, alert in found if alert.active]
    return JSONResponse(
        {"alerts": [{"project": p, **a.model_dump(mode="json")} for p, a in found[:_MOST_ITEMS]]}
    )


@guarded
async def _metrics(_request: Request) -> Response:
    from golive.api.metrics import CONTENT_TYPE, exposition
    from golive.ui.shell import cache

    return Response(exposition(cache.store()), media_type=CONTENT_TYPE)


def routes() -> list[Route]:
    """Every route of the API, for ``st.App``; the last one answers for every call under its path that there is not."""
    made = [
        Route(f"{PREFIX}/openapi.json", _openapi, methods=["GET"]),
        Route(f"{PREFIX}/sessions", _sessions, methods=["GET"]),
        Route(f"{PREFIX}/assessments", _assess, methods=["POST"]),
        Route(f"{PREFIX}/assessments/{{id}}", _assessment, methods=["GET"]),
        Route(f"{PREFIX}/monitors", _monitors, methods=["GET"]),
        Route(f"{PREFIX}/monitors/{{name}}/run", _run_monitor, methods=["POST"]),
        Route(f"{PREFIX}/alerts", _alerts, methods=["GET"]),
        Route(f"{PREFIX}/metrics", _metrics, methods=["GET"]),
        Route("/metrics", _metrics, methods=["GET"]),
    ]
    return [*made, Route("/api/{rest:path}", _unknown(made), methods=_METHODS)]


def _unknown(made: list[Route]) -> Callable[[Request], Awaitable[Response]]:
    """The answer to a call that there is not, as JSON: without it the app's own page would answer, and with 200."""

    async def answer(request: Request) -> Response:
        there = {
            m
            for r in made
            if r.path_regex.match(request.url.path)
            for m in r.methods or ()
            if m != "HEAD"
        }
        hint = f"GET {PREFIX}/openapi.json lists every call."
        if there:
            allowed = ", ".join(sorted(there))
            said = Problem(
                "API_METHOD", f"{request.method} is not possible here; allowed is {allowed}.", hint
            )
            return problem(405, said, headers={"Allow": allowed})
        return problem(404, Problem("API_UNKNOWN", "There is no such call.", hint))

    return answer
