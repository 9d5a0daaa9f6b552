"""The calls of ``/api/v1``, each described where it is made, and the OpenAPI 3.1 document of all of them.

Schemas are those of the models that the answers are built from.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from starlette.routing import Route

from golive import __version__
from golive.api.guard import Handler, guarded
from golive.model.monitoring import Alert, Watch
from golive.model.result import Assessment
from golive.store import SessionCard

Schema = dict[str, Any]
PREFIX = "/api/v1"
ROUTES: list[Route] = []
_PATHS: dict[str, dict[str, Any]] = {}
_REF = "#/components/schemas/{model}"
_WORDS = {
    400: "The body cannot be read.",
    401: "The token is missing or wrong.",
    403: "The server has no token set.",
    404: "There is no such thing.",
    413: "A file is larger than the server takes.",
    415: "The body is not multipart/form-data.",
    422: "The input is wrong; every problem is listed.",
    429: "Another assessment or run is going on.",
    503: "The store is busy or cannot be opened.",
}
TEXT: Schema = {"type": "string"}


def ref(name: str) -> Schema:
    """A model by its name."""
    return {"$ref": _REF.format(model=name)}


def listed(name: str, item: Schema) -> Schema:
    """An object that holds a list of ``item`` under ``name``."""
    many = {"type": "array", "items": item}
    return {"type": "object", "required": [name], "properties": {name: many}}


def of_project(name: str) -> Schema:
    """A model with the name of its project beside its own fields, as in lists."""
    return {"allOf": [ref(name), {"type": "object", "properties": {"project": TEXT}}]}


def parameter(name: str, schema: Schema, words: str) -> Schema:
    """A parameter of the query, which may be left out."""
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": words}


def call(
    line: str,
    schema: Schema,
    *errors: int,
    query: tuple[Schema, ...] = (),
    words: str = "",
    status: int = 200,
    media: str = "application/json",
    body: Schema | None = None,
) -> Callable[[Handler], Handler]:
    """Serve what follows behind the token, and describe it in the document, by its docstring in a sentence.

    ``line`` is the method and the path, whose parameters stand in braces. All being well the answer has ``status``,
    ``media`` and ``schema`` and is described by ``words`` (default: the sentence); ``errors`` are the statuses it may end
    with beside those of every call. ``body`` is the schema of a form.
    """
    method, path = line.split()
    in_path = {"in": "path", "required": True, "schema": {**TEXT, "minLength": 1}}
    named = [{"name": name, **in_path} for name in re.findall(r"{(\w+)}", path)]

    def register(handler: Handler) -> Handler:
        summary = (handler.__doc__ or "").splitlines()[0]
        answers = {status: (words or summary, media, schema)}
        for code in (401, 403, *errors, 503):
            answers[code] = (_WORDS[code], "application/json", ref("Errors"))
        responses = {
            str(code): {"description": said, "content": {kind: {"schema": of}}}
            for code, (said, kind, of) in answers.items()
        }
        made = {"summary": summary, "parameters": [*named, *query], "responses": responses}
        if body is not None:
            form = {"multipart/form-data": {"schema": body}}
            made["requestBody"] = {"required": True, "content": form}
        _PATHS.setdefault(path, {})[method.lower()] = made
        ROUTES.append(Route(path, guarded(handler), methods=[method]))
        return handler

    return register


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
    error = dict.fromkeys(("code", "sentence", "hint", "where"), TEXT)
    one = {"type": "object", "properties": error, "required": ["code", "sentence"]}
    schemas["Errors"] = listed("errors", one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "GoLive", "version": __version__, "license": {"name": "Apache-2.0"}},
        "security": [{"token": []}],
        "paths": _PATHS,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
