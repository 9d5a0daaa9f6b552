"""The examples of CONTRIBUTING.md work as they stand: applied to a copy of the repository, their tests pass there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(python|diff) (\S+)\n(.*?)^```$", GUIDE, flags=re.DOTALL | re.MULTILINE)
COPIED = (".streamlit", "app.py", "data", "docs", "pages", "pyproject.toml", "src", "tests")


def changed(text: str, diff: str) -> str:
    """``text`` after the hunks of ``diff`` (parted by ``@@``), whose old lines stand in it exactly once."""
    for hunk in diff.split("@@\n"):
        lines = hunk.splitlines(keepends=True)
        old = "".join(line[1:] or "\n" for line in lines if not line.startswith("+"))
        new = "".join(line[1:] or "\n" for line in lines if not line.startswith("-"))
        assert text.count(old) == 1, f"stands there {text.count(old)} times:\n{old}"
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository with every example applied."""
    folder = tmp_path_factory.mktemp("repository")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*cache")
            )
        else:
            shutil.copy(ROOT / name, folder / name)
    for language, path, text in BLOCKS:
        target = folder / path
        if language == "diff":
            target.write_text(changed(target.read_text(encoding="utf-8"), text), encoding="utf-8")
        else:
            assert not target.exists(), f"{path} is already there"
            target.write_text(text, encoding="utf-8")
    return folder


def test_every_way_of_extending_has_an_example_with_a_test() -> None:
    sections = re.split(r"^## ", GUIDE, flags=re.MULTILINE)[1:]
    assert [section.splitlines()[0] for section in sections] == [
        "A check",
        "A file format",
        "A report",
        "A page",
        "A criterion",
        "An engine",
    ]
    for section in sections:
        assert re.search(r"^```python tests/", section, flags=re.MULTILINE), section.splitlines()[0]


def test_the_examples_pass_their_tests(copy: Path) -> None:
    tests = [path for _, path, _ in BLOCKS if path.startswith("tests/")]
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "HOME": str(copy)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not spark", *tests],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_the_examples_are_written_as_the_project_writes(copy: Path) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    written = [path for _, path, _ in BLOCKS if path.endswith(".py")]
    for command in (["check", "--no-cache"], ["format", "--no-cache", "--check"]):
        done = subprocess.run(
            [ruff, *command, *written], cwd=copy, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_a_change_that_fits_nowhere_is_an_error() -> None:
    assert changed("a\nb\n", " a\n+c\n") == "a\nc\nb\n"
    assert changed("a\nb\n", "-a\n+c\n@@\n b\n+d\n") == "c\nb\nd\n"
    with pytest.raises(AssertionError, match="2 times"):
        changed("a\na\n", " a\n+c\n")
