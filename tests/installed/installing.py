"""What a user gets: the wheel in an environment made from ``requirements.lock`` alone, and a fresh clone with ``make``.

Both are kept between runs in the user's cache folder under the hash of what they are made from, so that an unchanged lock
costs seconds. Nothing of the checkout's own environment is seen by what runs here: an empty folder, an empty home, a short PATH.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs
from dashboard import free_port, wait_until_up

ROOT = Path(__file__).resolve().parents[2]
KEPT = platformdirs.user_cache_path("golive-tests")
# Resolved before a test empties HOME: what pip has fetched once it need not fetch again.
PIP_CACHE = Path(os.environ.get("PIP_CACHE_DIR") or platformdirs.user_cache_path("pip"))


def hash_of(*files: Path) -> str:
    """Of the contents of files and of the Python they are installed for."""
    found = hashlib.sha256(sys.version.encode())
    for file in files:
        found.update(file.read_bytes())
    return found.hexdigest()[:16]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One process at a time works in a kept folder, also when two runs of the tests share this machine."""
    folder.mkdir(parents=True, exist_ok=True)
    # Not ``.lock``: uv takes a lock of that name in the environment it installs into, and would wait for ours.
    with (folder / "in-use").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def drop_older(than: Path, pattern: str) -> None:
    """Remove what was kept for a lock that is no longer there."""
    for old in than.parent.glob(pattern):
        if old != than:
            shutil.rmtree(old, ignore_errors=True)


@dataclass
class Place:
    """An empty folder and an empty home of a person who has just installed GoLive."""

    golive: Path
    folder: Path
    home: Path
    servers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """Variables of a bare login: nothing of this checkout, nothing that a test has set."""
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
        }

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run ``golive`` with these arguments in the folder."""
        command = [str(self.golive), *map(str, arguments)]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def serve(
        self, *command: str, folder: Path | None = None, extra: Mapping[str, str] | None = None
    ) -> str:
        """Start a dashboard on a free port, wait until it answers and return its address. ``{port}`` is replaced."""
        port = free_port()
        log = self.home / f"server-{port}.log"
        with log.open("wb") as stream:
            server = subprocess.Popen(
                [part.format(port=port) for part in command],
                cwd=folder or self.folder,
                env=self.environment | dict(extra or {}),
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )
        self.servers.append(server)
        return wait_until_up(server, port, log, seconds=900)

    def stop(self) -> None:
        """Stop every dashboard as Ctrl+C in the terminal does, ``make`` and all, and wait for it."""
        for server in self.servers:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGINT)
                try:
                    server.wait(30)
                except subprocess.TimeoutExpired:
                    os.killpg(server.pid, signal.SIGKILL)
                    server.wait()
        self.servers.clear()
