"""The OpenAPI 3.1 document, built from the same models that the answers are built from."""

from __future__ import annotations

from functools import cache
from typing import Any

from golive import __version__
from golive.model.monitoring import Alert, Watch
from golive.model.result import Assessment
from golive.store import SessionCard

_REF = "#/components/schemas/{model}"
_WORDS = {
    401: "The token is missing or wrong.",
    403: "The server has no token set.",
    404: "There is no such thing.",
    413: "A file is larger than the server takes.",
    415: "The body is not multipart/form-data.",
    422: "The input is wrong; every problem is listed.",
    429: "Another assessment or run is going on.",
    503: "The store is busy or cannot be opened.",
}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": _REF.format(model=name)}


def _listed(name: str, item: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [name],
        "properties": {name: {"type": "array", "items": item}},
    }


def _of_project(name: str) -> dict[str, Any]:
    return {
        "allOf": [_ref(name), {"type": "object", "properties": {"project": {"type": "string"}}}]
    }


def _answers(done: dict[str, Any], *errors: int, status: int = 200) -> dict[str, Any]:
    wrong = {
        str(code): {"description": _WORDS[code], "content": _json(_ref("Errors"))}
        for code in (401, 403, *errors, 503)
    }
    return {str(status): done, **wrong}


def _query(name: str, schema: dict[str, Any], words: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": words}


@cache
def document() -> dict[str, Any]:
    """The document that ``GET /api/v1/openapi.json`` gives."""
    schemas: dict[str, Any] = {}
    for model in (Assessment, SessionCard, Alert, Watch):
        made = model.model_json_schema(ref_template=_REF, mode="serialization")
        schemas |= made.pop("$defs", {})
        schemas[model.__name__] = made
    for name in ("Alert", "Watch"):
        # In lists they carry their project beside their own fields.
        schemas[name] = {k: v for k, v in schemas[name].items() if k != "additionalProperties"}
    text = {"type": "string"}
    error = {
        "type": "object",
        "properties": dict.fromkeys(("code", "sentence", "hint", "where"), text),
    }
    schemas["Errors"] = _listed("errors", {**error, "required": ["code", "sentence"]})
    project = _query("project", text, "Only this project.")
    limit = _query(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": 500, "default": 50},
        "How many, newest first.",
    )
    file = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
    body = {
        "type": "object",
        "required": ["train", "live"],
        "additionalProperties": False,
        "properties": {"train": file, "live": file, "config": file, "project": text},
    }
    session = {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "minLength": 1},
    }
    names = {"type": "array", "items": text}
    run = {
        "type": "object",
        "required": ["monitor", "judged", "open"],
        "properties": {"monitor": text}
        | dict.fromkeys(
            ("judged", "duplicates", "waiting", "undated", "missed", "opened", "open"), names
        )
        | {key: {"type": "integer"} for key in ("sent", "unsent")},
    }
    assessment = {"description": "The assessment.", "content": _json(_ref("Assessment"))}
    paths = {
        "/api/v1/sessions": _get(
            "Sessions, newest first.", "sessions", _ref("SessionCard"), 422, query=[project, limit]
        ),
        "/api/v1/assessments": {
            "post": {
                "summary": "Assess live data against training data and keep the session.",
                "requestBody": {
                    "required": True,
                    "content": {"multipart/form-data": {"schema": body}},
                },
                "responses": {
                    "400": {
                        "description": "The body cannot be read.",
                        "content": _json(_ref("Errors")),
                    }
                }
                | _answers(assessment, 413, 415, 422, 429, status=201),
            }
        },
        "/api/v1/assessments/{id}": {
            "get": {
                "summary": "One assessment, by its id or the first four or more characters of it.",
                "parameters": [session],
                "responses": _answers(assessment, 404),
            }
        },
        "/api/v1/monitors": _get("Monitors and their last runs.", "monitors", _of_project("Watch")),
        "/api/v1/monitors/{name}/run": {
            "post": {
                "summary": "Run a monitor in the server, which has the store while the app is up.",
                "parameters": [{**session, "name": "name"}],
                "responses": _answers(
                    {"description": "What the run did.", "content": _json(run)}, 404, 422, 429
                ),
            }
        },
        "/api/v1/alerts": _get(
            "Alerts, newest first.",
            "alerts",
            _of_project("Alert"),
            query=[project, _query("open", {"enum": ["1", "true"]}, "Only open ones.")],
        ),
        **dict.fromkeys(("/metrics", "/api/v1/metrics"), _metrics(text)),
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "GoLive", "version": __version__, "license": {"name": "Apache-2.0"}},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _metrics(text: dict[str, str]) -> dict[str, Any]:
    done = {"description": "Exposition format 0.0.4.", "content": {"text/plain": {"schema": text}}}
    return {"get": {"summary": "Findings and alerts for Prometheus.", "responses": _answers(done)}}


def _get(
    summary: str,
    name: str,
    item: dict[str, Any],
    *errors: int,
    query: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    done = {"description": summary, "content": _json(_listed(name, item))}
    return {
        "get": {"summary": summary, "parameters": query or [], "responses": _answers(done, *errors)}
    }
