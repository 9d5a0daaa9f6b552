"""What stands before every call: the token, the size of the body, and errors as JSON with a code."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message

from golive.model.errors import ForbiddenError, GoLiveError, InputError, Problem, StoreError
from golive.ui.shell import cache

Handler = Callable[[Request], Awaitable[Response]]
_log = logging.getLogger(__name__)
_NOT_FOUND = ("SESSION_UNKNOWN", "SESSION_AMBIGUOUS", "ALERT_UNKNOWN", "MONITOR_UNKNOWN")


class RefusedError(Exception):
    """A call that is not taken: its status, why, and headers of the answer."""

    def __init__(self, status: int, why: Problem, headers: dict[str, str] | None = None) -> None:
        super().__init__(why.sentence)
        self.status, self.why, self.headers = status, why, headers


def problem(status: int, *problems: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """An error as JSON: ``{"errors": [{"code", "sentence", "hint", "where"}]}``."""
    return JSONResponse(
        {"errors": [vars(p) for p in problems]}, status_code=status, headers=headers
    )


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
        try:
            _check_token(request)
            return await handler(request)
        except RefusedError as error:
            return problem(error.status, error.why, headers=error.headers)
        except GoLiveError as error:
            return problem(status_of(error), *error.problems)
        except (HTTPException, ClientDisconnect):
            hint = "GET /api/v1/openapi.json says what it holds."
            return problem(400, Problem("API_BODY", "The body cannot be read.", hint))
        except Exception as error:
            kind = type(error).__name__
            _log.error("an API call failed (%s)", kind)
            return problem(500, Problem("INTERNAL", f"GoLive failed where it should not ({kind})."))

    return guard


def _check_token(request: Request) -> None:
    token = cache.current_settings().api_token
    if token is None or not token.get_secret_value():
        hint = "Set GOLIVE_API_TOKEN and start the server again."
        sentence = "This server has no token, so its API is closed."
        raise RefusedError(403, Problem("API_OFF", sentence, hint))
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    right = hmac.compare_digest(given.strip().encode(), token.get_secret_value().encode())
    bearer = kind.lower() == "bearer"
    if not bearer or not right:
        found = "is wrong" if bearer and given else "is missing"
        hint = "Send the header 'Authorization: Bearer TOKEN' with the value of GOLIVE_API_TOKEN of this server."
        challenge = {"WWW-Authenticate": 'Bearer realm="golive"'}
        raise RefusedError(401, Problem("API_TOKEN", f"The token {found}.", hint), challenge)


def limited(request: Request, most: int) -> Request:
    """The same request, whose body may hold at most ``most`` bytes; RefusedError (413) while more arrives."""
    sentence = f"The request is larger than {cache.current_settings().max_upload_mb} MB a file."
    hint = "Raise GOLIVE_MAX_UPLOAD_MB, or send a sample."
    too_large = RefusedError(413, Problem("TOO_LARGE", sentence, hint))
    stated = request.headers.get("content-length", "")
    if stated.isdigit() and int(stated) > most:
        raise too_large
    read = 0

    async def receive() -> Message:
        nonlocal read
        message: Message = await request.receive()
        read += len(message.get("body", b""))
        if read > most:
            raise too_large
        return message

    return Request(request.scope, receive)


def whole(request: Request, name: str, default: int, *, low: int, high: int) -> int:
    """A whole number of the query.

    Raises:
        InputError: ``API_QUERY`` when it is none or out of range.
    """
    value = request.query_params.get(name, str(default))
    if value.isascii() and value.isdigit() and len(value) < 10 and low <= int(value) <= high:
        return int(value)
    sentence = f"'{name}' is no whole number from {low} to {high}."
    raise InputError(Problem("API_QUERY", sentence, f"For example {name}={default}.", name))
