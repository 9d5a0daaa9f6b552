"""What stands before every call: the token, the size of the body, and errors as JSON with a code."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message

from golive.model.errors import ForbiddenError, GoLiveError, InputError, Problem, StoreError

Handler = Callable[[Request], Awaitable[Response]]
_DOCUMENT = "GET /api/v1/openapi.json"
_log = logging.getLogger(__name__)
_NOT_FOUND = ("SESSION_UNKNOWN", "SESSION_AMBIGUOUS", "ALERT_UNKNOWN", "MONITOR_UNKNOWN")


class TooLargeError(Exception):
    """The body is larger than the server takes."""


def problem(status: int, *problems: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """An error as JSON: ``{"errors": [{"code", "sentence", "hint", "where"}]}``."""
    errors = [
        {"code": p.code, "sentence": p.sentence, "hint": p.hint, "where": p.where} for p in problems
    ]
    return JSONResponse({"errors": errors}, status_code=status, headers=headers)


def status_of(error: GoLiveError) -> int:
    """HTTP status that an error of ours means."""
    if isinstance(error, StoreError):
        return 409 if error.code in ("CONFLICT", "SESSION_EXISTS") else 503
    if isinstance(error, ForbiddenError):
        return 403
    if isinstance(error, InputError) and error.code in _NOT_FOUND:
        return 404
    return 422


def guarded(handler: Handler) -> Handler:
    """Ask for the token, and turn every error into JSON. What was sent is never repeated and never logged."""

    async def guard(request: Request) -> Response:
        from golive.ui.shell import cache

        token = cache.current_settings().api_token
        if token is None or not token.get_secret_value():
            hint = "Set GOLIVE_API_TOKEN and start the server again."
            return problem(
                403, Problem("API_OFF", "This server has no token, so its API is closed.", hint)
            )
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        right = hmac.compare_digest(given.strip().encode(), token.get_secret_value().encode())
        if kind.lower() != "bearer" or not right:
            challenge = {"WWW-Authenticate": 'Bearer realm="golive"'}
            found = "is wrong" if kind.lower() == "bearer" and given else "is missing"
            hint = "Send the header 'Authorization: Bearer TOKEN' with the value of GOLIVE_API_TOKEN of this server."
            return problem(
                401, Problem("API_TOKEN", f"The token {found}.", hint), headers=challenge
            )
        return await _answered(handler, request)

    return guard


async def _answered(handler: Handler, request: Request) -> Response:
    """The handler's answer, or the error that it ended with."""
    from golive.ui.shell import cache

    try:
        return await handler(request)
    except GoLiveError as error:
        return problem(status_of(error), *error.problems)
    except TooLargeError:
        limit = cache.current_settings().max_upload_mb
        sentence = f"The request is larger than {limit} MB a file."
        return problem(
            413, Problem("TOO_LARGE", sentence, "Raise GOLIVE_MAX_UPLOAD_MB, or send a sample.")
        )
    except (HTTPException, ClientDisconnect):
        return problem(
            400, Problem("API_BODY", "The body cannot be read.", f"{_DOCUMENT} says what it holds.")
        )
    except Exception as error:
        _log.error("an API call failed (%s)", type(error).__name__)
        return problem(
            500, Problem("INTERNAL", f"GoLive failed where it should not ({type(error).__name__}).")
        )


def limited(request: Request, most: int) -> Request:
    """The same request, whose body may hold at most ``most`` bytes; more raise ``TooLargeError`` while they arrive."""
    stated = request.headers.get("content-length", "")
    if stated.isdigit() and int(stated) > most:
        raise TooLargeError
    read = 0

    async def receive() -> Message:
        nonlocal read
        message: Message = await request.receive()
        read += len(message.get("body", b""))
        if read > most:
            raise TooLargeError
        return message

    return Request(request.scope, receive)


def whole(value: str | None, default: int, *, low: int, high: int, name: str) -> int:
    """A whole number of the query.

    Raises:
        InputError: ``API_QUERY`` when it is none or out of range.
    """
    if value is None:
        return default
    number: Any = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None
    if number is None or not low <= number <= high:
        raise InputError(
            Problem(
                "API_QUERY",
                f"'{name}' is no whole number from {low} to {high}.",
                f"For example {name}={default}.",
                name,
            )
        )
    return int(number)
