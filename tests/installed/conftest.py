"""The wheel of this checkout, and the place of a person who has just installed it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "installed"))
from installing import KEPT, ROOT, Place, alone, drop_older, hash_of  # noqa: E402 - found through the line above


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=ROOT,
        check=True,
    )
    (built,) = out.glob("golive-*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path) -> Path:
    """The ``golive`` of an environment that holds what ``requirements.lock`` names, and this checkout's wheel."""
    lock = ROOT / "requirements.lock"
    environment = KEPT / f"installed-{hash_of(lock)}"
    python = environment / "bin" / "python"
    uv = [
        str(Path(sys.executable).with_name("uv")),
        "pip",
        "install",
        "--quiet",
        "--python",
        str(python),
        "--no-deps",
    ]
    with alone(environment):
        if not (environment / "complete").exists():
            subprocess.run(
                [sys.executable, "-m", "venv", "--clear", "--without-pip", str(environment)],
                check=True,
            )
            subprocess.run([*uv, "--require-hashes", "-r", str(lock)], check=True)
            (environment / "complete").touch()
            drop_older(environment, "installed-*")
        subprocess.run([*uv, "--reinstall", str(wheel)], check=True)
    return environment / "bin" / "golive"


@pytest.fixture(scope="module")
def place(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The installed product in an empty folder outside the checkout, with an empty home."""
    made = Place(installed, tmp_path_factory.mktemp("somewhere"), tmp_path_factory.mktemp("home"))
    yield made
    made.stop()
