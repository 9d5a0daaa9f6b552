"""How the command line answers a call: help, version, wrong calls, our own faults, and what it imports."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from golive import __version__
from golive.cli import cli

Run = Callable[..., Any]
COMMANDS = {
    "app",
    "assess",
    "samples list",
    "samples write",
    "sessions list",
    "sessions show",
    "sessions compare",
    "sessions export",
    "sessions delete",
    "sessions verify",
    "schema",
    "doctor",
}
ASSESS_OPTIONS = {
    *(
        "--train",
        "--live",
        "--config",
        "--label",
        "--score",
        "--prediction",
        "--time",
        "--id",
        "--site",
    ),
    *(
        "--model-version",
        "--group",
        "--ignore",
        "--engine",
        "--project",
        "--store",
        "--no-store",
        "--out",
    ),
    *("--require", "--fail-on"),
}


def walk(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for name, child in getattr(command, "commands", {}).items():
        full = f"{path} {name}".strip()
        yield full, child
        yield from walk(child, full)


ALL = dict(walk(typer.main.get_command(cli)))


def test_every_command_of_the_interface_exists() -> None:
    assert set(ALL) >= COMMANDS
    assert {o for p in ALL["assess"].params for o in p.opts} >= ASSESS_OPTIONS
    assert {o for p in ALL["app"].params for o in (*p.opts, *p.secondary_opts)} >= {
        *("--host", "--port", "--store", "--open", "--no-open")
    }


@pytest.mark.parametrize("name", ALL)
def test_every_command_and_option_explains_itself(name: str) -> None:
    assert ALL[name].help, name
    for parameter in ALL[name].params:
        assert getattr(parameter, "help", None), f"{name} {parameter.name}"


@pytest.mark.parametrize("name", ["", *sorted(COMMANDS)])
def test_help_is_on_stdout(golive: Run, name: str) -> None:
    answer = golive(*name.split(), "--help")
    assert (answer.code, answer.err) == (0, "")
    assert "Usage" in answer.out


def test_version(golive: Run) -> None:
    assert golive("--version").out == f"{__version__}\n"


def test_alone_it_shows_its_help(golive: Run) -> None:
    answer = golive()
    assert answer.code == 2
    assert "assess" in answer.out


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (["asess"], "Did you mean 'assess'"),
        (["assess", "--trian", "x"], "--trian"),
        (["assess", "--train", "x"], "--live"),
        (["assess", "--train", "x", "--live", "y", "--require", "perfect"], "ready"),
        (["sessions", "show"], "ID"),
        (["sessions", "list", "--limit", "0"], "--limit"),
        (["app", "--port", "0"], "--port"),
    ],
)
def test_a_wrong_call_is_one_line_on_stderr(golive: Run, call: list[str], words: str) -> None:
    answer = golive(*call)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error[USAGE]: ")
    assert len(answer.err.splitlines()) == 1
    assert words in answer.err


def test_our_fault_is_code_70_with_a_log_that_quotes_nothing(
    golive: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = "Jane Doe 1950-01-01"

    def broken(*_: object) -> None:
        raise KeyError(value)

    monkeypatch.setattr("golive.doctor.rows", broken)
    answer = golive("doctor")
    assert (answer.code, answer.out) == (70, "")
    assert answer.err.startswith("error[INTERNAL]: ")
    assert len(answer.err.splitlines()) == 1
    (log,) = (home / "logs").iterdir()
    assert str(log) in answer.err
    written = log.read_text()
    assert "broken" in written
    assert "KeyError" in written
    assert "Jane" not in written + answer.err
    assert log.stat().st_mode & 0o077 == 0


def test_wrong_settings_are_told(golive: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLIVE_MAX_UPLOAD_MB", "many")
    answer = golive("doctor")
    assert answer.code == 2
    assert answer.err.startswith("error[SETTINGS_VALUE]: ")


def test_schema_is_the_schema_of_the_result(golive: Run) -> None:
    schema = json.loads(golive("schema").out)
    assert {"format", "inputs", "roles", "columns", "findings", "readiness", "not_assessed"} <= set(
        schema["properties"]
    )


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom golive.cli import run\nrun(['--help'])\n"
        "print(' '.join({m.split('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "typer" in loaded
    heavy = {
        "streamlit",
        "evidently",
        "pandas",
        "numpy",
        "duckdb",
        "ibis",
        "plotly",
        "scipy",
        "sklearn",
        "uvicorn",
    }
    assert not loaded & heavy
