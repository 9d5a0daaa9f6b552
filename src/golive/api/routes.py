"""Routes of ``/api/v1``: the same calls as the pages and the command line."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from golive.api.document import (
    PREFIX,
    ROUTES,
    TEXT,
    Schema,
    call,
    document,
    listed,
    of_project,
    parameter,
    ref,
)
from golive.api.guard import Handler, RefusedError, limited, problem, whole
from golive.model.columns import Noun
from golive.model.errors import InputError, Problem
from golive.model.result import Assessment
from golive.ui.shell import cache

_FILES = ("train", "live", "config")
_MOST_ITEMS = 500
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_lock = Lock()
_PROJECT = parameter("project", TEXT, "Only this project.")
_WHOLE = {"type": "integer", "minimum": 1, "maximum": _MOST_ITEMS, "default": 50}
_LIMIT = parameter("limit", _WHOLE, "How many, newest first.")
_OPEN = parameter("open", {"enum": ["1", "true"]}, "Only open ones.")
_SESSIONS = listed("sessions", ref("SessionCard"))
_FORMAT = "Exposition format 0.0.4."
_REFUSALS = (400, 413, 415, 422, 429)
_FILE = {**TEXT, "format": "binary", "contentMediaType": "application/octet-stream"}
_BODY = {
    "type": "object",
    "required": ["train", "live"],
    "additionalProperties": False,
    "properties": {**dict.fromkeys(_FILES, _FILE), "project": TEXT},
}
_NAMES = ("judged", "duplicates", "waiting", "undated", "missed", "opened", "open")
_RUN_FACTS: Schema = {"monitor": TEXT, "sent": {"type": "integer"}, "unsent": {"type": "integer"}}
_RUN_FACTS |= {name: {"type": "array", "items": TEXT} for name in _NAMES}
_RUN = {"type": "object", "required": ["monitor", "judged", "open"], "properties": _RUN_FACTS}


@call("GET /api/v1/sessions", _SESSIONS, 422, query=(_PROJECT, _LIMIT))
async def _sessions(request: Request) -> Response:
    """Sessions, newest first."""
    limit = whole(request, "limit", 50, low=1, high=_MOST_ITEMS)
    cards = cache.store().list(request.query_params.get("project"), limit=limit)
    return JSONResponse({"sessions": [card.model_dump(mode="json") for card in cards]})


@contextmanager
def _alone(what: str) -> Iterator[None]:
    """One of these at a time: it may take the memory of the machine. Raises RefusedError (429) for a second one."""
    if not _lock.acquire(blocking=False):
        busy = Problem("API_BUSY", f"Another {what}.", "Try again in a minute.")
        raise RefusedError(429, busy, {"Retry-After": "60"})
    try:
        yield
    finally:
        _lock.release()


@call(
    "POST /api/v1/assessments",
    ref("Assessment"),
    *_REFUSALS,
    words="The assessment.",
    status=201,
    body=_BODY,
)
async def _assess(request: Request) -> Response:
    """Assess live data against training data and keep the session."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        sentence = "The body is of another type; multipart/form-data with the files train and live is needed."
        hint = "For example: curl -F train=@train.csv -F live=@live.csv URL"
        raise RefusedError(415, Problem("API_BODY", sentence, hint))
    most = cache.current_settings().max_upload_bytes
    with _alone("assessment is running"):
        async with limited(request, 2 * most + 1_000_000).form(max_files=3, max_fields=2) as form:
            _check(form, most)
            assessment = await run_in_threadpool(_assessed, form)
    place = {"Location": f"{PREFIX}/assessments/{assessment.session}"}
    return Response(assessment.model_dump_json(), 201, place, media_type="application/json")


@call("GET /api/v1/assessments/{id}", ref("Assessment"), 404, words="The assessment.")
async def _assessment(request: Request) -> Response:
    """One assessment, by its id or the first four or more characters of it."""
    found = cache.store().load(request.path_params["id"])
    return Response(found.model_dump_json(), media_type="application/json")


def _check(form: FormData, most: int) -> None:
    known = (*_FILES, "project")
    hint = f"Known: {', '.join(known)}."
    problems = [
        Problem("API_BODY", f"'{key}' is not a part of this call.", hint)
        for key in form
        if key not in known
    ]
    for name in _FILES:
        part = form.get(name)
        if part is None:
            if name != "config":
                hint = f"Add it to the form: {name}=@FILE."
                problems.append(Problem("API_BODY", f"The file '{name}' is missing.", hint, name))
        elif not isinstance(part, UploadFile):
            sentence, hint = f"'{name}' is text, not a file.", "Send it with a file name."
            problems.append(Problem("API_BODY", sentence, hint, name))
        elif (size := part.size or 0) > most:
            sentence = (
                f"The file '{name}' has {size / 1e6:,.1f} MB; {most / 1e6:,.0f} MB are allowed."
            )
            hint = "Send a sample, or raise GOLIVE_MAX_UPLOAD_MB."
            problems.append(Problem("TOO_LARGE", sentence, hint, name))
    if problems:
        raise InputError(problems)


def _assessed(form: FormData) -> Assessment:
    """Write the parts to a folder of their own, assess them, keep the session, and remove the folder."""
    from golive.assess import assess
    from golive.intake import load_config, read
    from golive.model.config import Config
    from golive.store.project import Project

    with tempfile.TemporaryDirectory(prefix="golive-api-") as folder, ExitStack() as stack:
        paths = {name: _written(Path(folder), name, form[name]) for name in _FILES if name in form}
        config = load_config(paths["config"], alone=True) if "config" in paths else Config()
        if name := form.get("project"):
            config = config.model_copy(update={"project": str(name)[:80]})
        train, live = (
            stack.enter_context(read(paths[name], name=_shown(form[name]), views=config.fhir_views))
            for name in ("train", "live")
        )
        store = cache.store()
        project = Project(store, config.project, cache.current_settings().home)
        made = assess(train, live, config, project.for_assessment(config))
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


def _with_project(found: Iterable[tuple[str, Noun]]) -> list[dict[str, Any]]:
    return [{"project": project, **item.model_dump(mode="json")} for project, item in found]


@call("GET /api/v1/monitors", listed("monitors", of_project("Watch")))
async def _monitors(_request: Request) -> Response:
    """Monitors and their last runs."""
    return JSONResponse({"monitors": _with_project(cache.store().monitors.watches())})


@call("POST /api/v1/monitors/{name}/run", _RUN, 404, 422, 429, words="What the run did.")
async def _run_monitor(request: Request) -> Response:
    """Run a monitor in the server, which has the store while the app is up."""
    from golive.monitor.run import run

    name = request.path_params["name"]
    path = cache.current_settings().home / "monitors" / f"{name}.yaml"
    if not _NAME.fullmatch(name) or not path.is_file():
        hint = "Put its file into the folder 'monitors' of GOLIVE_HOME."
        raise InputError(Problem("MONITOR_UNKNOWN", "There is no such monitor.", hint))
    with _alone("run is going on"):
        report = await run_in_threadpool(
            run, path, lambda: nullcontext(cache.store()), actor="api", now=datetime.now(UTC)
        )
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


@call("GET /api/v1/alerts", listed("alerts", of_project("Alert")), query=(_PROJECT, _OPEN))
async def _alerts(request: Request) -> Response:
    """Alerts, newest first."""
    store = cache.store()
    project = request.query_params.get("project")
    names = [project] if project is not None else store.projects()
    found = [(name, alert) for name in names for alert in store.monitors.alerts(name)]
    if request.query_params.get("open") in ("1", "true"):
        found = [(name, alert) for name, alert in found if alert.active]
    return JSONResponse({"alerts": _with_project(found[:_MOST_ITEMS])})


@call("GET /metrics", TEXT, words=_FORMAT, media="text/plain")
@call("GET /api/v1/metrics", TEXT, words=_FORMAT, media="text/plain")
async def _metrics(_request: Request) -> Response:
    """Findings and alerts for Prometheus."""
    from golive.api.metrics import CONTENT_TYPE, exposition

    return Response(exposition(cache.store()), media_type=CONTENT_TYPE)


async def _openapi(_request: Request) -> Response:
    """The document says nothing about what is stored, so it needs no token."""
    return JSONResponse(document())


def routes() -> list[Route]:
    """Every route of the API, for ``st.App``; the last one answers for every call under its path that there is not."""
    made = [Route(f"{PREFIX}/openapi.json", _openapi, methods=["GET"]), *ROUTES]
    return [*made, Route("/api/{rest:path}", _unknown(made), methods=_METHODS)]


def _unknown(made: list[Route]) -> Handler:
    """The answer to a call that there is not, as JSON: without it the app's own page would answer, and with 200."""

    async def answer(request: Request) -> Response:
        hint = f"GET {PREFIX}/openapi.json lists every call."
        here = (r.methods or () for r in made if r.path_regex.match(request.url.path))
        allowed = ", ".join(sorted({method for methods in here for method in methods} - {"HEAD"}))
        if allowed:
            sentence = f"{request.method} is not possible here; allowed is {allowed}."
            return problem(405, Problem("API_METHOD", sentence, hint), headers={"Allow": allowed})
        return problem(404, Problem("API_UNKNOWN", "There is no such call.", hint))

    return answer
