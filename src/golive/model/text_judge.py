"""Which language model may be asked for its opinion of generated text, and of what. Naming one sends nothing."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, FiniteFloat, model_validator

from golive.model.columns import Noun

Provider = Literal["openai", "anthropic", "compatible"]
Criterion = Literal["unsupported", "omission", "contradiction"]

ADDRESSES: dict[str, str] = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com/v1",
}
"""Where the providers themselves listen."""

MOST_SENT = 1_000


class TextJudgeConfig(Noun):
    """A language model that may be asked about outputs, once a person has said so for this very run.

    ``provider`` is the form of the request: OpenAI's chat completions, Anthropic's messages, or ``compatible`` for any server
    that speaks the former (``base_url`` says where). ``criteria`` is the one question asked of each output, ``sample`` how many
    outputs are sent at most, ``timeout_s`` how many seconds one answer may take. The key is taken from the environment only.
    """

    provider: Provider
    model: str = Field(min_length=1, max_length=200)
    base_url: str | None = None
    criteria: Criterion = "unsupported"
    sample: int = Field(default=50, ge=1, le=MOST_SENT)
    timeout_s: FiniteFloat = Field(default=60, gt=0, le=600)

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.base_url is None:
            if self.provider == "compatible":
                msg = "a compatible server needs a base_url"
                raise ValueError(msg)
            return self
        if not _is_address(self.base_url):
            msg = "base_url must be an address such as https://judge.example.org/v1, without a name or password in it"
            raise ValueError(msg)
        if urlsplit(self.base_url).scheme == "http" and not is_near(self.base_url):
            msg = "texts of patients leave this network by https only: base_url starts with http"
            raise ValueError(msg)
        return self

    @property
    def address(self) -> str:
        """Where requests go, without a slash at the end."""
        return (self.base_url or ADDRESSES[self.provider]).rstrip("/")

    @property
    def host(self) -> str:
        """The server that is asked, with its port where one is named."""
        return urlsplit(self.address).netloc


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain and port_is_fine


def is_near(url: str) -> bool:
    """Whether the host of ``url`` is this machine or an address of a private network."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_private
    except ValueError:
        return host == "localhost"
