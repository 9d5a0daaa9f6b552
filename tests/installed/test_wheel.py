"""A built wheel carries app.py, pages/ and data/, and finds them from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_wheel_carries_the_app_the_pages_and_the_data(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("pages", "data"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"golive/_bundle/{path.relative_to(ROOT).as_posix()}" in inside
    assert {
        "golive/_bundle/app.py",
        "golive/_bundle/.streamlit/config.toml",
        "golive/cli/__init__.py",
    } <= inside
    assert not [name for name in inside if name.startswith("tests/")]


def test_installed_wheel_works_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    code = (
        "import golive; from golive.settings import resource; from golive.readiness import load_model\n"
        "print(golive.__file__); print(resource('app.py').is_file(), resource('pages').is_dir(), len(load_model().criteria))"
    )
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=elsewhere,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    where, found = done.stdout.splitlines()
    assert str(site) in where
    assert found == "True True 78"
