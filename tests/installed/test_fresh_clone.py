"""``make app`` in a fresh clone with an empty home, then ``make test``, then ``make app`` again: sessions are kept."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from dashboard import Watch, opened, settled
from installing import KEPT, PIP_CACHE, ROOT, Place, alone, drop_older, hash_of

pytestmark = pytest.mark.browser
# One small file: that the environment of the tests does not spoil what the application has stored is the question here.
TESTS = "tests/test_settings.py"


def tracked() -> list[str]:
    """Files of this checkout as they are now: those that git has, and new ones that it does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A clone of this checkout as it is now, at a path that stays, so that its environment need not be made anew."""
    folder = KEPT / f"clone-{hash_of(*sorted(ROOT.glob('requirements*.lock')))}"
    checkout = folder / "golive"
    with alone(folder):
        checkout.mkdir(exist_ok=True)
        for old in checkout.iterdir():
            if old.is_dir() and old.name not in (".venv", ".mypy_cache", ".ruff_cache"):
                shutil.rmtree(old)
            elif old.is_file():
                old.unlink()
        for name in tracked():
            copy = checkout / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy)
        subprocess.run(["git", "init", "--quiet"], cwd=checkout, check=True)
        drop_older(folder, "clone-*")
        home = tmp_path_factory.mktemp("home")
        made = Place(checkout / ".venv" / "bin" / "golive", checkout, home)
        yield made
        made.stop()


def make(clone: Place, *arguments: str) -> None:
    """Run ``make`` as a newcomer would; the test fails with what it printed."""
    environment = clone.environment | {"PYTHON": sys.executable, "PIP_CACHE_DIR": str(PIP_CACHE)}
    done = subprocess.run(
        ["make", *arguments],
        cwd=clone.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def session_shown(clone: Place, browser: Any) -> str:
    """Start ``make app``, wait until the browser shows the verdict of a session, stop it, and return the session's id."""
    url = clone.serve(
        "make",
        "app",
        "PORT={port}",
        extra={"PYTHON": sys.executable, "PIP_CACHE_DIR": str(PIP_CACHE)},
    )
    with opened(browser, url, Watch(urlsplit(url).netloc)) as page:
        page.goto("/")
        page.wait_for_url(re.compile(r"session=[0-9a-f-]{36}"), timeout=300_000)
        settled(page)
        page.get_by_text(re.compile("gates? fail")).first.wait_for()
        found = re.search(r"session=([0-9a-f-]{36})", page.url)
    clone.stop()
    assert found is not None
    return found[1]


def test_the_app_the_tests_and_the_app_again_keep_the_session(clone: Place, browser: Any) -> None:
    first = session_shown(clone, browser)
    make(clone, "test", f"TESTS={TESTS}")
    assert session_shown(clone, browser) == first
    listed = clone.run("sessions", "list")
    assert listed.stderr == ""
    assert listed.stdout.count(first[:8]) == 1
