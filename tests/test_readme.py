"""The README says only what is true: every command in it runs here, and every line of output it shows is printed."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", README, flags=re.DOTALL)
MAKE = re.findall(r"`make ([a-z]+)", README)


def steps(block: str) -> list[tuple[str, list[str]]]:
    """Commands of a console block, each with the lines of output shown under it. ``...`` stands for lines left out."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.strip() and line.strip() != "..." and found:
            found[-1][1].append(line.strip())
    return found


def test_readme_is_short_and_shows_a_picture() -> None:
    assert len(README.splitlines()) <= 150
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    for picture in pictures:
        assert (ROOT / picture).is_file()


def test_every_make_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {"app", "test"} <= set(MAKE)
    for target in MAKE:
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), f"make {target}"


def test_every_command_runs_and_prints_what_is_shown(tmp_path: Path) -> None:
    assert BLOCKS
    golive = Path(sys.executable).with_name("golive")
    environment = {
        **os.environ,
        "GOLIVE_HOME": str(tmp_path / "home"),
        "COLUMNS": "120",
        "NO_COLOR": "1",
    }
    problems = []
    for block in BLOCKS:
        for command, shown in steps(block):
            words = shlex.split(command)
            assert words[0] == "golive", (
                f"only golive commands are shown in console blocks: {command}"
            )
            expected = 0
            if "; echo $?" in command:
                words = shlex.split(command.replace("; echo $?", ""))
                expected = int(shown.pop())
            result = subprocess.run(
                [str(golive), *words[1:]],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            if result.returncode != expected:
                problems.append(
                    f"$ {command}\nexit {result.returncode}, not {expected}: {result.stderr[-300:]}"
                )
            printed = [line.strip() for line in result.stdout.splitlines()]
            problems += [
                f"$ {command}\nshown but not printed: {line}"
                for line in shown
                if line not in printed
            ]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("word", ["certified", "approved", "compliant"])
def test_readme_promises_nothing_it_cannot(word: str) -> None:
    for sentence in re.split(r"(?<=[.!?])\s", README):
        if word in sentence.lower():
            assert re.search(r"\b(not|never|nothing|no)\b", sentence.lower()), sentence
