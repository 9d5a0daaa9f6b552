"""``golive app``, ``samples`` and ``doctor``, and the sample session."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from golive import __version__, doctor, sample_session, settings
from golive.cli.app_command import is_loopback
from golive.samples import DEFAULT, names, write
from golive.store import Store
from golive.store.file.migrations import MIGRATIONS

Run = Callable[..., Any]


def test_samples_are_listed_and_written(golive: Run, tmp_path: Path) -> None:
    listed = golive("samples", "list").out
    assert all(sample.name in listed for sample in names())
    answer = golive("samples", "write", "clean", tmp_path / "clean", "--rows", 200)
    assert answer.code == 0
    assert {p.name for p in (tmp_path / "clean").iterdir()} == {
        "train.csv",
        "live.csv",
        "config.yaml",
        "truth.yaml",
    }
    assert len((tmp_path / "clean" / "live.csv").read_text().splitlines()) == 201


def test_an_unknown_sample_is_exit_2(golive: Run, tmp_path: Path) -> None:
    answer = golive("samples", "write", "ed-sepsys", tmp_path / "x")
    assert answer.code == 2
    assert "ed-sepsis" in answer.err


@pytest.mark.usefixtures("warmed")
def test_the_sample_session_is_made_once(home: Path) -> None:
    told: list[str] = []
    with Store(home / "golive.duckdb") as store:
        first = sample_session.ensure(store, lambda _, sentence: told.append(sentence), rows=400)
        assert told
        told.clear()
        assert (
            sample_session.ensure(store, lambda _, sentence: told.append(sentence), rows=400)
            == first
        )
        assert not told
        (card,) = store.list()
        assert card.sample
        assert card.title
        assert store.criteria_lock(card.project) is None
        assert not sample_session.was_deleted(store)
        store.delete(first, actor="ana")
        assert sample_session.was_deleted(store)
        assert sample_session.ensure(store, rows=400) != first
        assert len(store.list()) == 1


def test_doctor_says_what_works_and_changes_nothing(golive: Run, home: Path) -> None:
    answer = golive("doctor")
    assert answer.code == 0
    for word in (
        "golive",
        "streamlit",
        "GOLIVE_STORE",
        "duckdb",
        "usage statistics",
        "memory",
        "encryption",
    ):
        assert word in answer.out
    assert "is made on first use" in answer.out
    assert not home.exists()
    rows = json.loads(golive("doctor", "--json").out)
    assert {r["state"] for r in rows} <= {"ok", "off", "problem"}
    assert {r["name"] for r in rows} >= {
        f"GOLIVE_{name.upper()}" for name in settings.Settings.model_fields
    }


def test_doctor_names_pending_migrations_and_a_broken_store(
    golive: Run, stored: Any, tmp_path: Path
) -> None:
    assert f"{len(MIGRATIONS)} applied, none pending" in golive("doctor").out
    junk = tmp_path / "junk.duckdb"
    junk.write_bytes(b"junk" * 10_000)
    answer = golive("doctor", "--store", junk)
    assert answer.code == 3
    assert "STORE_UNREADABLE" in answer.out


def test_doctor_never_shows_the_key(golive: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLIVE_STORE_KEY", "hunter2-hunter2")
    answer = golive("doctor")
    assert "hunter2" not in answer.out + answer.err
    assert [c.value for c in doctor.rows(settings.load()) if c.name == "GOLIVE_STORE_KEY"] == [
        "set"
    ]


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("box", False),
    ],
)
def test_only_this_machine_is_private(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Calls of the web server, which is not started."""
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "uvicorn.run", lambda target, **options: calls.append({"target": target, **options})
    )

    def not_here(*_: Any, **__: Any) -> str:
        msg = "the sample is made by the server, after it has answered"
        raise AssertionError(msg)

    monkeypatch.setattr("golive.sample_session.ensure", not_here)
    return calls


def test_a_shared_address_is_warned_about(
    golive: Run, free_port: int, served: list[dict[str, Any]]
) -> None:
    answer = golive("app", "--host", "0.0.0.0", "--port", free_port, "--no-open")
    assert answer.code == 0
    assert "Warning" in answer.err
    assert (served[0]["target"], served[0]["host"]) == ("golive.server:with_sample", "0.0.0.0")
    assert "Warning" not in golive("app", "--port", free_port, "--no-open").err


def test_app_uses_the_store_it_is_given(
    golive: Run, free_port: int, served: list[dict[str, Any]], tmp_path: Path
) -> None:
    golive("app", "--port", free_port, "--no-open", "--store", "mine.duckdb")
    assert settings.load().store == tmp_path / "mine.duckdb"
    assert (tmp_path / "mine.duckdb").exists()


def test_app_does_not_bring_back_a_sample_that_was_deleted(
    golive: Run, free_port: int, served: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    golive("app", "--port", free_port, "--no-open")
    monkeypatch.setattr("golive.sample_session.was_deleted", lambda _: True)
    golive("app", "--port", free_port, "--no-open")
    assert [(call["target"], call["factory"]) for call in served] == [
        ("golive.server:with_sample", True),
        ("golive.server:app", False),
    ]


def test_a_taken_port_is_said_before_the_work(golive: Run, home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = golive("app", "--port", taken.getsockname()[1], "--no-open")
    assert answer.code == 2
    assert answer.err.startswith("error[PORT_BUSY]")
    assert not home.exists()


@pytest.fixture
def dashboard(free_port: int, tmp_path: Path) -> Iterator[str]:
    """A dashboard in a process of its own, started from a folder that is not the checkout, on a short sample."""
    write(DEFAULT, tmp_path / "app-home" / "samples" / f"{DEFAULT}-{__version__}", rows=300)
    command = [sys.executable, "-m", "golive.cli", "app", "--port", str(free_port), "--no-open"]
    environment = {**os.environ, "GOLIVE_HOME": str(tmp_path / "app-home")}
    environment.pop("GOLIVE_STORE")
    log = tmp_path / "app.log"
    with (
        log.open("w") as out,
        subprocess.Popen(command, env=environment, stdout=out, stderr=out) as process,
    ):
        address = f"http://127.0.0.1:{free_port}"
        try:
            for _ in range(240):
                assert process.poll() is None, log.read_text()
                try:
                    urlopen(f"{address}/_stcore/health", timeout=1).close()
                    break
                except (URLError, OSError):
                    time.sleep(0.25)
            yield address
        finally:
            process.terminate()
            process.wait(20)


def test_app_serves_with_the_sample_in_the_store(dashboard: str, tmp_path: Path) -> None:
    with urlopen(f"{dashboard}/", timeout=10) as page:
        assert page.status == 200
        assert "Content-Security-Policy" in page.headers
        assert "uvicorn" not in page.headers.get("server", "")
    with urlopen(f"{dashboard}/readyz", timeout=10) as ready:
        assert json.load(ready)["ready"] is True
    assert (tmp_path / "app-home" / "golive.duckdb").exists()
    assert len(list((tmp_path / "app-home" / "samples").iterdir())) == 1
    assert "GoLive is at" in (tmp_path / "app.log").read_text()
