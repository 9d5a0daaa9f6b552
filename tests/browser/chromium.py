"""Find a Chromium for the browser tests, or install one: ``python tests/browser/chromium.py`` prints its path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/usr/bin/chromium",
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
    "/opt/google/chrome/chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# Quiet: no sandbox as root in a container, and nothing that calls home.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def _playwright() -> str | None:
    """The browser that Playwright itself has downloaded earlier."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def find() -> str | None:
    """Path of a Chromium or Chrome on this machine: ``CHROMIUM``, PATH, the usual places, Playwright's own."""
    named = os.environ.get("CHROMIUM", "")
    on_path = (shutil.which(name) for name in NAMES)
    for candidate in (named, *on_path, *PLACES):
        if candidate and Path(candidate).is_file():
            return candidate
    return _playwright()


def _run(*command: str) -> bool:
    print("$", *command, file=sys.stderr)
    return subprocess.run(command, check=False, stdout=sys.stderr).returncode == 0


def install() -> str | None:
    """Install Chromium: with apt when root on Debian or Ubuntu, else Playwright's own. Returns its path."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        # The list of packages may be absent or old; an update that partly fails need not stop the installation.
        _run("apt-get", "-qq", "update")
        if _run("apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium") and (
            found := find()
        ):
            return found
    _run(sys.executable, "-m", "playwright", "install", "chromium")
    return find()


if __name__ == "__main__":
    path = find() or install()
    if path is None:
        sys.exit(
            "error[NO_CHROMIUM]: no Chromium was found or could be installed. Install one and set CHROMIUM."
        )
    print(path)
