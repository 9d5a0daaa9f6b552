"""The examples for schedulers: each parses in its own format, and its command is one that GoLive takes."""

from __future__ import annotations

import ast
import configparser
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from golive.cli import cli
from golive.monitor.file import load_monitor
from golive.settings import resource

FOLDER = resource("data", "examples")


def commands(path: Path) -> list[list[str]]:
    """Every call of golive in an example, as words."""
    text = path.read_text("utf-8").replace("\n          --", " --")
    if path.suffix == ".yaml":
        return []
    found = re.findall(r"golive (?:monitor|assess) [^\n\"]+", text)
    return [shlex.split(line.split(" 2>>")[0].split(" says")[0])[1:] for line in found]


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda p: p.name)
def test_the_command_of_an_example_is_one_that_golive_takes(path: Path) -> None:
    called = commands(path)
    assert called or path.suffix in (".yaml", ".timer")
    for words in called:
        command: Any = typer.main.get_command(cli)
        context = command.make_context("golive", list(words), resilient_parsing=False)
        while hasattr(command, "commands"):
            name, command, rest = command.resolve_command(
                context, [*context._protected_args, *context.args]
            )
            context = command.make_context(name, rest, parent=context)
        assert not context.args


def test_the_monitor_file_is_right() -> None:
    found = load_monitor(FOLDER / "monitor.yaml")
    assert found.alerts.escalate is not None
    assert found.alerts.escalate.to == "on_call"
    assert set(found.routes) == {
        "engineering",
        "clinical_informatics",
        "product",
        "compliance",
        "on_call",
    }


def test_cron_has_five_fields_a_user_and_a_command() -> None:
    lines = [
        line
        for line in (FOLDER / "golive.cron").read_text().splitlines()
        if line and line[0] != "#" and not re.match(r"[A-Z_]+=", line)
    ]
    (line,) = lines
    *fields, user, program = line.split()[:7]
    assert all(re.fullmatch(r"[\d*/,-]+", field) for field in fields)
    assert (user, program) == ("golive", "golive")


@pytest.mark.parametrize(("name", "section"), [("service", "Service"), ("timer", "Timer")])
def test_systemd_units_have_their_sections(name: str, section: str) -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string((FOLDER / f"golive-monitor.{name}").read_text())
    assert {"Unit", section} <= set(parser.sections())
    assert parser["Unit"]["Description"]


@pytest.mark.parametrize("name", ["github_monitor.yml", "github_release_gate.yml"])
def test_workflows_have_jobs_with_few_rights(name: str) -> None:
    found = yaml.safe_load((FOLDER / name).read_text())
    assert found["permissions"] == {"contents": "read"}
    steps = [step for job in found["jobs"].values() for step in job["steps"]]
    assert any("golive" in step.get("run", "") for step in steps)
    assert all(job["timeout-minutes"] <= 60 for job in found["jobs"].values())


def test_the_dag_is_python_with_one_task() -> None:
    tree = ast.parse((FOLDER / "airflow_dag.py").read_text())
    calls = [
        n.func.id
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    ]
    assert calls.count("DAG") == calls.count("BashOperator") == 1
