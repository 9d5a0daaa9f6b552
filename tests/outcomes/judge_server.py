"""A server on this machine that answers like a language model's: with whatever a test tells it to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], Any]
"""Status, headers, body (a string is sent as it is)."""


def chat(text: str | None, **message: Any) -> Answer:
    """An answer in the form of OpenAI's chat completions."""
    choice = {
        "index": 0,
        "finish_reason": "stop",
        "message": {"role": "assistant", "content": text, **message},
    }
    return 200, {}, {"choices": [choice]}


def category(word: str) -> Answer:
    """An answer that Evidently's parser reads."""
    return chat(json.dumps({"category": word, "reasoning": "because"}))


@dataclass
class Judge:
    """What the server was asked, and how it answers: ``answer`` gets the prompt and how often this very prompt came before."""

    url: str
    answer: Callable[[str, int], Answer]
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)

    @property
    def prompts(self) -> list[str]:
        return [body["messages"][-1]["content"] for body in self.bodies]


def output_of(prompt: str) -> str:
    """The output that a prompt asks about."""
    return (
        prompt.rsplit("___text_starts_here___", maxsplit=1)[-1]
        .split("___text_ends_here___", maxsplit=1)[0]
        .strip()
    )


@contextmanager
def judging(answer: Callable[[str, int], Answer]) -> Iterator[Judge]:
    """Run the server while the block runs; ``answer`` decides about each prompt."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            prompt = body["messages"][-1]["content"]
            with lock:
                before = judge.prompts.count(prompt)
                judge.paths.append(self.path)
                judge.headers.append({k.lower(): v for k, v in self.headers.items()})
                judge.bodies.append(body)
            status, headers, said = judge.answer(prompt, before)
            if status == 0:  # too slow for whoever asks
                time.sleep(1.0)
                status = 200
            payload = (said if isinstance(said, str) else json.dumps(said)).encode()
            try:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(payload)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(payload)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    judge = Judge(f"http://127.0.0.1:{server.server_address[1]}/v1", answer)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield judge
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
