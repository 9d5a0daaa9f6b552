"""``golive project`` and ``golive sessions prune``: a pilot as one file and back, and an age limit for sessions."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from golive.store import Store

Run = Callable[..., Any]


def test_a_project_moves_to_another_store(golive: Run, stored: Any, tmp_path: Path) -> None:
    assert golive("project", "list").out.split() == ["ward"]
    file, other = tmp_path / "ward.zip", tmp_path / "other.duckdb"
    assert golive("project", "export", "ward", "--out", file).code == 0
    done = golive("project", "import", file, "--store", other)
    assert (done.code, "2 new sessions" in done.out) == (0, True)
    assert golive("sessions", "verify", "--store", other).code == 0
    assert (
        golive("sessions", "show", stored.worse, "--store", other, "--json").out
        == golive("sessions", "show", stored.worse, "--json").out
    )
    assert golive("project", "import", file, "--store", other).out.startswith("Nothing new")


def test_wrong_calls_have_a_code_and_no_traceback(golive: Run, stored: Any, tmp_path: Path) -> None:
    unknown = golive("project", "export", "wrad", "--out", tmp_path / "a.zip")
    assert (unknown.code, "PROJECT_UNKNOWN" in unknown.err, "'ward'" in unknown.err) == (
        2,
        True,
        True,
    )
    assert golive("project", "import", tmp_path / "none.zip").code == 2
    (tmp_path / "torn.zip").write_bytes(b"PK\x03\x04torn")
    assert "PROJECT_FILE" in golive("project", "import", tmp_path / "torn.zip").err
    assert golive("project", "export", "ward", "--out", tmp_path / "no" / "a.zip").code == 2


def test_a_file_from_a_newer_version_is_refused_with_exit_3(
    golive: Run, stored: Any, tmp_path: Path
) -> None:
    file = tmp_path / "ward.zip"
    golive("project", "export", "ward", "--out", file)
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["manifest.json"] = parts["manifest.json"].replace(b'"format": 1', b'"format": 9')
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    answer = golive("project", "import", file, "--store", tmp_path / "other.duckdb")
    assert (answer.code, "PROJECT_NEWER" in answer.err) == (3, True)


def test_the_file_holds_no_row_of_the_data(golive: Run, stored: Any, tmp_path: Path) -> None:
    file = tmp_path / "ward.zip"
    golive("project", "export", "ward", "--out", file)
    with zipfile.ZipFile(file) as archive:
        assert not any(b"marker-" in archive.read(name) for name in archive.namelist())


def test_prune_needs_a_limit_and_deletes_what_is_older(
    golive: Run, stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert golive("sessions", "prune").code == 2
    monkeypatch.setenv("GOLIVE_RETENTION_DAYS", "0")
    assert "SETTINGS_VALUE" in golive("sessions", "prune").err
    monkeypatch.setenv("GOLIVE_RETENTION_DAYS", "30")
    assert golive("sessions", "prune").out.startswith("Deleted 0 sessions")
    later = datetime.now(UTC) + timedelta(days=40)
    monkeypatch.setattr(Store, "_now", lambda _self: later.replace(tzinfo=None))
    would = golive("sessions", "prune", "--dry-run")
    assert would.out.startswith("Would delete 2 sessions")
    assert golive("sessions", "prune").out.replace("Deleted", "Would delete") == would.out
    assert golive("sessions", "list").out.startswith("No sessions yet")
    assert golive("sessions", "verify").code == 0
