"""The one place that sends text anywhere: a request to the model that a person configured, after a person said so.

Nothing follows a redirect, so a text goes to the named server or nowhere.
"""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from golive.model.errors import InputError, Problem
from golive.model.text_judge import TextJudgeConfig, is_near
from golive.profile.text.evidently import MALFORMED, Reply

if TYPE_CHECKING:
    import httpx

OWN_KEY, OWN_HOST = "GOLIVE_TEXT_JUDGE_KEY", "GOLIVE_TEXT_JUDGE_HOST"
"""Key of a server of one's own, and that server (``judge.example.org``, with its port where it has one): no other gets the key."""

KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
"""Where a provider's own key usually stands; used only for the provider's own address."""

TRIES, LONGEST_WAIT_S = 3, 30.0
GIVE_UP = 5
"""Outputs in a row without an answer after which the rest is not sent."""

LONGEST_ANSWER = 1_024
"""Tokens of one answer."""

_AGAIN = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
_NO_ACCESS = frozenset({401, 403, 404})
REFUSED, TIMED_OUT, LIMITED = "the model refused", "timed out", "turned away as too many"
NO_ACCESS, FAILED, NOT_SENT = "no access", "the server failed", "not sent"
"""Why there is no answer, as it is counted."""

Pause = Callable[[float], Awaitable[None]]


def key_of(config: TextJudgeConfig, environment: Mapping[str, str] | None = None) -> str | None:
    """The key for ``config`` from the environment; ``None`` for a server of one's own that asks for none.

    A key is read for the server it belongs to and never reaches another one, whatever address a configuration names.

    Raises:
        InputError: ``TEXT_JUDGE_KEY`` when the provider needs a key and there is none.
    """
    known = os.environ if environment is None else environment
    if config.base_url is not None:
        ours = config.host == known.get(OWN_HOST, "").strip()
        return (known.get(OWN_KEY, "").strip() or None) if ours else None
    name = KEYS[config.provider]
    key = known.get(name, "").strip()
    if not key:
        said = f"There is no key for {config.host} in the environment, so no text was sent."
        raise InputError(Problem("TEXT_JUDGE_KEY", said, f"Set {name}.", "text_judge"))
    return key


def check_shared(config: TextJudgeConfig, environment: Mapping[str, str] | None = None) -> None:
    """Where people sign in, a server may only call out to the providers and to the host that its administrator named.

    Raises:
        InputError: ``TEXT_JUDGE_HOST`` for any other address.
    """
    known = os.environ if environment is None else environment
    if config.base_url is not None and config.host != known.get(OWN_HOST, "").strip():
        said = f"{config.host} is not the server that this installation asks, so no text was sent."
        hint = f"Whoever runs it names the server in {OWN_HOST}."
        raise InputError(Problem("TEXT_JUDGE_HOST", said, hint, "text_judge"))


class Caller:
    """Sends messages to the configured model and answers with its text or with the reason why there is none."""

    def __init__(
        self,
        config: TextJudgeConfig,
        key: str | None,
        *,
        pause: Pause = asyncio.sleep,
        answered: Callable[[int], None] | None = None,
    ) -> None:
        self._config, self._key, self._pause = config, key, pause
        self._tell = answered or (lambda _done: None)
        self._silent = self.done = self.sent = 0
        self._stopped = ""

    async def ask(self, messages: Sequence[tuple[str, str]]) -> Reply:
        """One question. Never raises; after ``GIVE_UP`` silent answers, or without access, nothing more is sent."""
        if self._stopped:
            reply = Reply(None, NOT_SENT)
        else:
            self.sent += 1
            reply = await self._tried(messages)
            self._silent = self._silent + 1 if reply.reason in (TIMED_OUT, LIMITED, FAILED) else 0
            if reply.reason == NO_ACCESS or self._silent >= GIVE_UP:
                self._stopped = reply.reason
        self.done += 1
        self._tell(self.done)
        return reply

    async def _tried(self, messages: Sequence[tuple[str, str]]) -> Reply:
        import httpx

        path, headers, body = self._request(messages)
        url, near = f"{self._config.address}{path}", is_near(self._config.address)
        reply = Reply(None, FAILED)
        for attempt in range(TRIES):
            asked = None
            try:
                async with httpx.AsyncClient(
                    timeout=self._config.timeout_s, follow_redirects=False, trust_env=not near
                ) as client:
                    response = await client.post(url, headers=headers, json=body)
            except httpx.TimeoutException:
                reply = Reply(None, TIMED_OUT)
            except (httpx.HTTPError, httpx.InvalidURL, OSError):
                reply = Reply(None, FAILED)
            else:
                if response.status_code not in _AGAIN:
                    return self._read(response)
                reply = Reply(None, LIMITED if response.status_code == 429 else FAILED)
                asked = response.headers.get("retry-after")
            if attempt + 1 < TRIES:
                await self._pause(_wait(asked, attempt))
        return reply

    def _request(
        self, messages: Sequence[tuple[str, str]]
    ) -> tuple[str, dict[str, str], dict[str, Any]]:
        said = [{"role": role, "content": content} for role, content in messages]
        body: dict[str, Any] = {"model": self._config.model, "messages": said}
        if self._config.provider != "anthropic":
            headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
            return "/chat/completions", headers, body
        headers = {"anthropic-version": "2023-06-01"} | (
            {"x-api-key": self._key} if self._key else {}
        )
        body |= {
            "max_tokens": LONGEST_ANSWER,
            "messages": [m for m in said if m["role"] != "system"],
        }
        if system := "\n".join(m["content"] for m in said if m["role"] == "system"):
            body["system"] = system
        return "/messages", headers, body

    def _read(self, response: httpx.Response) -> Reply:
        if response.status_code in _NO_ACCESS:
            return Reply(None, NO_ACCESS)
        if response.status_code != 200:
            return Reply(None, FAILED)
        try:
            body = response.json()
            return _anthropic(body) if self._config.provider == "anthropic" else _openai(body)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            return Reply(None, MALFORMED)


def _openai(body: Any) -> Reply:
    choice = body["choices"][0]
    message = choice["message"]
    if message.get("refusal") or choice.get("finish_reason") == "content_filter":
        return Reply(None, REFUSED)
    text = message.get("content")
    return Reply(text) if isinstance(text, str) and text.strip() else Reply(None, MALFORMED)


def _anthropic(body: Any) -> Reply:
    if body.get("stop_reason") == "refusal":
        return Reply(None, REFUSED)
    text = "".join(part["text"] for part in body["content"] if part.get("type") == "text")
    return Reply(text) if text.strip() else Reply(None, MALFORMED)


def _wait(asked: str | None, attempt: int) -> float:
    """Seconds to the next try: what the server asks for (``Retry-After`` in seconds), else 1, 2, 4; never over half a minute."""
    try:
        seconds = float(asked) if asked else 2.0**attempt
    except ValueError:  # a date
        seconds = 2.0**attempt
    return min(max(seconds, 0.0), LONGEST_WAIT_S) if math.isfinite(seconds) else 1.0
