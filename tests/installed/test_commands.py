"""Every command of the installed product once: its exit code, what it leaves behind, and nothing on stderr but progress."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import read_pdf
import typer
from installing import Place

from golive.cli import cli

PROGRESS = re.compile(r"\s*\d{1,3} % \S.*")
MONITOR = """monitor: nightly
config: p/config.yaml
baseline: {name: v1, train: p/train.csv}
batches: {source: incoming, starts: 2026-03-01}
"""
# Order is the order of a person's first day: later commands use what earlier ones made. ``{id}`` is the first session's id.
STEPS: tuple[tuple[str, str, int], ...] = (
    ("doctor", "", 0),
    ("schema", "", 0),
    ("samples list", "", 0),
    ("samples write", "ed-sepsis p --rows 3000", 0),
    ("assess", "--train p/train.csv --live p/live.csv --config p/config.yaml --out result.json", 0),
    ("sessions list", "--json", 0),
    ("sessions show", "{id}", 0),
    ("sessions export", "{id} --out exported.json", 0),
    ("sessions compare", "{id} {id}", 0),
    ("sessions verify", "", 0),
    ("sessions prune", "--older-than 365 --dry-run", 0),
    ("report", "{id} --format pdf --out report.pdf", 0),
    ("contract infer", "--train p/train.csv --out contract.yaml", 0),
    ("contract check", "contract.yaml --live p/train.csv", 0),
    ("monitor check", "monitor.yaml", 1),  # a batch waits
    ("monitor run", "monitor.yaml", 0),
    ("monitor replay", "monitor.yaml", 0),
    ("releases add", "codes.csv --system LOINC --release 2.78", 0),
    ("releases list", "", 0),
    ("releases remove", "--system LOINC --release 2.78", 0),
    ("project list", "", 0),
    ("project export", "ed-sepsis --out pilot.zip", 0),
    ("project import", "pilot.zip --store other.duckdb", 0),
    ("sessions delete", "{id} --yes", 0),
)


def leaves(app: typer.Typer) -> Iterator[str]:
    """The commands that ``golive --help`` and the help of its groups list."""

    def below(command: object, name: str) -> Iterator[str]:
        parts = getattr(command, "commands", None)
        if parts is None:
            yield name
        for part, one in (parts or {}).items():
            yield from below(one, f"{name} {part}".strip())

    yield from below(typer.main.get_command(app), "")


def test_every_command_of_the_help_is_run_here() -> None:
    # ``app`` does not end by itself: ``test_app.py`` runs it.
    assert sorted([*(name for name, _, _ in STEPS), "app"]) == sorted(leaves(cli))


def prepared(place: Place) -> None:
    """What a person brings beside the sample: a monitor file, a batch and a list of codes."""
    (place.folder / "monitor.yaml").write_text(MONITOR)
    (place.folder / "codes.csv").write_text("code\n2160-0\n2951-2\n718-7\n")
    (place.folder / "incoming").mkdir(exist_ok=True)


def session_of(place: Place) -> str:
    """Id of the session that ``assess`` made."""
    return str(json.loads((place.folder / "result.json").read_text())["session"])


@pytest.fixture(scope="module")
def done(place: Place) -> dict[str, tuple[int, str, str]]:
    """Exit code, output and stderr of every step, run in order."""
    prepared(place)
    seen: dict[str, tuple[int, str, str]] = {}
    for name, words, _ in STEPS:
        if name == "monitor check":
            batch = place.folder / "incoming" / "2026-03-01.csv"
            batch.write_bytes((place.folder / "p" / "live.csv").read_bytes())
            os.utime(batch, (1_772_400_000, 1_772_400_000))  # written long enough ago to be whole
        arguments = [
            *name.split(),
            *words.replace("{id}", session_of(place) if "{id}" in words else "").split(),
        ]
        result = place.run(*arguments)
        seen[name] = (result.returncode, result.stdout, result.stderr)
    return seen


@pytest.mark.parametrize(("name", "expected"), [(name, code) for name, _, code in STEPS])
def test_the_exit_code_is_as_said(
    done: dict[str, tuple[int, str, str]], name: str, expected: int
) -> None:
    code, out, err = done[name]
    assert code == expected, f"{out[-1000:]}\n{err[-1000:]}"


@pytest.mark.parametrize("name", [name for name, _, _ in STEPS])
def test_nothing_but_progress_is_on_stderr(
    done: dict[str, tuple[int, str, str]], name: str
) -> None:
    other = [line for line in done[name][2].splitlines() if not PROGRESS.fullmatch(line)]
    assert other == []


def checked_json(folder: Path, _out: str) -> None:
    result = json.loads((folder / "result.json").read_text())
    assert result["readiness"]["verdict"] in ("ready", "conditional", "pilot", "stop")
    assert {"unit_change", "missing_up"} & {finding["kind"] for finding in result["findings"]}
    assert json.loads((folder / "exported.json").read_text()) == result


def checked_pdf(folder: Path, _out: str) -> None:
    assert "creatinine" in read_pdf.text((folder / "report.pdf").read_bytes())


def checked_doctor(_folder: Path, out: str) -> None:
    lock = (Path(__file__).resolve().parents[2] / "requirements.lock").read_text()
    versions = dict(re.findall(r"^([a-z-]+)==(\S+)", lock, flags=re.MULTILINE))
    for library in ("duckdb", "streamlit", "evidently", "ibis-framework"):
        assert re.search(rf"\b{library} +{re.escape(versions[library])}\n", out), library
    assert re.search(r"usage statistics +off", out)


@pytest.mark.parametrize(
    ("name", "check"),
    [("sessions export", checked_json), ("report", checked_pdf), ("doctor", checked_doctor)],
)
def test_what_is_left_behind_is_right(
    done: dict[str, tuple[int, str, str]],
    place: Place,
    name: str,
    check: Callable[[Path, str], None],
) -> None:
    check(place.folder, done[name][1])
