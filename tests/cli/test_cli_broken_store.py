"""A store that cannot be read or written is exit 3 and one line, whichever command met it, and the doctor says the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from broken_store import HEADERS, garble, little_room, make_newer

from golive.store import Store
from golive.store.file.database import Database

Run = Callable[..., Any]
BLOCK = 262_144


def told(answer: Any, *codes: str) -> str:
    """The one line on stderr of a command that met a broken store."""
    assert answer.code == 3, answer.out + answer.err
    (line,) = [row for row in answer.err.splitlines() if row.startswith("error[")]
    assert line.removeprefix("error[").split("]")[0] in codes
    assert "golive.duckdb" in line
    assert answer.err.splitlines()[-1] == line
    return str(line)


def commands(session: str, tmp_path: Path) -> list[tuple[object, ...]]:
    return [
        ("sessions", "list"),
        ("sessions", "show", session),
        ("sessions", "verify"),
        ("report", session, "--out", tmp_path / "report.html"),
        ("project", "export", "ward", "--out", tmp_path / "ward.zip"),
    ]


@pytest.fixture
def monitor(tmp_path: Path, files: Any) -> Path:
    """A monitor with one batch to judge."""
    folder = tmp_path / "monitor"
    (folder / "in").mkdir(parents=True)
    shutil.copy(files.train, folder / "train.csv")
    shutil.copy(files.live, folder / "in" / "ward-2026-03-08.csv")
    facts = {
        "monitor": "ward",
        "project": "ward",
        "baseline": {"name": "b1", "train": "train.csv"},
        "batches": {"source": "in", "settle": "0s", "starts": "2026-03-08"},
    }
    file = folder / "monitor.yaml"
    file.write_text(yaml.safe_dump(facts))
    return file


@pytest.fixture
def no_room_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full whenever the store writes: nothing else of a command is in its way."""
    write = Database.write

    @contextmanager
    def without_room(self: Database) -> Iterator[Any]:
        with little_room(10), write(self) as cursor:
            yield cursor

    monkeypatch.setattr(Database, "write", without_room)


@pytest.mark.parametrize("breaking", ["newer", "garbled", "cut", "log"])
def test_every_command_tells_a_store_that_does_not_open(
    golive: Run, stored: Any, files: Any, monitor: Path, breaking: str
) -> None:
    code = "STORE_DAMAGED"
    if breaking == "newer":
        make_newer(stored.path)
        code = "STORE_NEWER"
    elif breaking == "garbled":
        garble(stored.path, HEADERS, length=stored.path.stat().st_size)
    elif breaking == "cut":
        stored.path.write_bytes(stored.path.read_bytes()[: BLOCK + HEADERS])
    else:
        stored.path.with_name("golive.duckdb.wal").write_bytes(b"no log" * 500)
    before = stored.path.read_bytes()
    for command in commands(stored.worse, monitor.parent):
        told(golive(*command), code)
    told(golive("assess", "--train", files.train, "--live", files.live, "--label", "died"), code)
    told(golive("monitor", "run", monitor), code)
    answer = golive("doctor")
    assert answer.code == 3
    assert f"error[{code}]" in answer.out
    assert stored.path.read_bytes() == before


def test_a_store_garbled_anywhere_fails_verify_and_the_doctor_and_nothing_ends_in_exit_70(
    golive: Run, stored: Any, tmp_path: Path
) -> None:
    whole = stored.path.read_bytes()
    assert golive("sessions", "verify").code == 0
    assert golive("doctor").code == 0
    whole = stored.path.read_bytes()
    for at in range(HEADERS, len(whole), 4 * BLOCK):
        stored.path.write_bytes(whole)
        garble(stored.path, at + 4096)
        told(golive("sessions", "verify"), "STORE_DAMAGED")
        assert "error[STORE_DAMAGED]" in golive("doctor").out
        for command in commands(stored.worse, tmp_path):
            answer = golive(*command)
            assert answer.code in (0, 3), answer.err
            if answer.code == 3:
                told(answer, "STORE_DAMAGED", "STORE_UNREADABLE")


def chain(path: Path) -> list[str]:
    with Store(path) as store:
        assert store.verify_audit().ok
        return [line.hash for line in store.audit()]


@pytest.mark.usefixtures("no_room_to_write")
def test_a_full_disk_is_told_and_nothing_is_half_done(
    golive: Run, stored: Any, files: Any, monitor: Path, tmp_path: Path
) -> None:
    before = chain(stored.path)
    out = tmp_path / "result.json"
    for command in (
        ("sessions", "delete", stored.worse, "--yes"),
        ("monitor", "run", monitor),
        ("assess", "--train", files.train, "--live", files.live, "--label", "died", "--out", out),
    ):
        assert "disk" in told(golive(*command), "STORE_DISK_FULL")
        assert chain(stored.path) == before
    assert out.stat().st_size > 1000  # the work is not lost
