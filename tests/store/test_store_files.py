"""The file itself: migrations, newer and broken files, encryption, and what may never be inside."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from stored_assessment import make_finding

from golive import __version__
from golive.model.config import Config
from golive.model.errors import GoLiveError, StoreError
from golive.model.readiness import EvidenceItem
from golive.model.result import RESULT_FORMAT, Assessment
from golive.store import Store, formats, inspect
from golive.store.file import database, migrations

Build = Callable[..., Assessment]


def _code(path: Path, key: str | None = None) -> str:
    with pytest.raises(StoreError) as caught:
        Store(path, key=key)
    assert caught.value.exit_code == 3
    assert str(path) in str(caught.value) or "GOLIVE_STORE_KEY" in str(caught.value)
    return caught.value.code


def test_every_migration_is_recorded(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "folder" / "s.duckdb"
    assert inspect(path).pending == tuple(migrations.MIGRATIONS)
    Store(path).close()
    state = inspect(path)
    assert (state.exists, state.applied, state.pending, state.problem) == (
        True,
        tuple(migrations.MIGRATIONS),
        (),
        "",
    )
    assert path.stat().st_mode & 0o077 == 0
    assert not list(path.parent.glob("*.before-*"))
    with duckdb.connect(str(path)) as file:
        assert {v for (v,) in file.execute("SELECT app_version FROM migration").fetchall()} == {
            __version__
        }


def test_an_older_file_is_copied_then_upgraded(
    tmp_path: Path, build: Build, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, assessment = tmp_path / "s.duckdb", build()
    first, second, *_ = migrations.MIGRATIONS
    with monkeypatch.context() as older:
        older.setattr(migrations, "MIGRATIONS", {first: migrations.MIGRATIONS[first]})
        with Store(path) as store:
            store.save(assessment, config=config, actor="ana")
    assert inspect(path).pending == tuple(migrations.MIGRATIONS)[1:]
    with Store(path) as store:
        assert store.load(assessment.session) == assessment
        store.put_evidence(
            EvidenceItem(id="E", criterion="C", claim_level=1), project="p", actor="ana"
        )
        assert store.verify_audit().ok
    (backup,) = tmp_path.glob("*.before-*")
    assert backup.name == f"s.duckdb.before-{second}"
    with duckdb.connect(str(backup), read_only=True) as copy:
        assert copy.execute("SELECT name FROM migration").fetchall() == [(first,)]
        assert copy.execute("SELECT session FROM assessment").fetchall() == [(assessment.session,)]


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s.duckdb"
    Store(path).close()

    def half_done(cursor: duckdb.DuckDBPyConnection) -> None:
        cursor.execute("CREATE TABLE half (a INTEGER)")
        raise RuntimeError

    with monkeypatch.context() as newer:
        newer.setattr(migrations, "MIGRATIONS", {**migrations.MIGRATIONS, "m9999_half": half_done})
        with pytest.raises(RuntimeError):
            Store(path)
    with Store(path) as store:
        assert store.list() == ()
    with duckdb.connect(str(path)) as file:
        assert "half" not in {
            t for (t,) in file.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        }


def test_a_newer_file_is_refused_and_names_the_version(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    Store(path).close()
    with duckdb.connect(str(path)) as file:
        file.execute(
            "INSERT INTO migration VALUES ('m0099_future', ?, '9.8.7')",
            [datetime.now(UTC).replace(tzinfo=None)],
        )
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"9\.8\.7") as caught:
        Store(path)
    assert caught.value.code == "STORE_NEWER"
    assert path.read_bytes() == before


def test_a_newer_duckdb_is_said_to_be_newer() -> None:
    error = duckdb.IOException(
        "IO Error: Trying to read a database file with version number 99, but we can only read versions between 64 and 67."
    )
    assert database.translate(error, Path("s.duckdb")).code == "STORE_NEWER"


def test_files_that_are_no_store_are_unreadable(tmp_path: Path) -> None:
    junk = tmp_path / "junk.duckdb"
    junk.write_bytes(b"not a database" * 1000)
    assert _code(junk) == "STORE_UNREADABLE"
    assert junk.read_bytes() == b"not a database" * 1000
    empty = tmp_path / "empty.duckdb"
    empty.touch()
    assert _code(empty) == "STORE_UNREADABLE"
    assert _code(tmp_path) == "STORE_UNREADABLE"
    stranger = tmp_path / "stranger.duckdb"
    with duckdb.connect(str(stranger)) as file:
        file.execute("CREATE TABLE theirs (a INTEGER)")
    assert _code(stranger) == "STORE_UNREADABLE"
    with duckdb.connect(str(stranger)) as file:
        assert file.execute("SELECT table_name FROM duckdb_tables()").fetchall() == [("theirs",)]
    cut = tmp_path / "cut.duckdb"
    cut.write_bytes(stranger.read_bytes()[:9000])
    assert _code(cut) == "STORE_UNREADABLE"
    blocked = tmp_path / "file" / "s.duckdb"
    (tmp_path / "file").touch()
    with pytest.raises(StoreError):
        Store(blocked)
    assert "STORE_UNREADABLE" in inspect(junk).problem


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{0}/x.csv')",
        "COPY assessment TO '{0}/out.csv'",
        "ATTACH '{0}/other.duckdb' AS other",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET threads = 1",
    ],
)
def test_the_connection_reaches_no_other_file(tmp_path: Path, statement: str) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n")
    opened = database.open_database(tmp_path / "s.duckdb")
    try:
        with opened.cursor() as cursor, pytest.raises(duckdb.Error):
            cursor.execute(statement.format(tmp_path))
    finally:
        opened.close()
    assert {p.name for p in tmp_path.iterdir()} == {"x.csv", "s.duckdb"}


def _bytes_of(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in folder.iterdir())


@pytest.mark.parametrize("key", [None, pytest.param("a key", marks=pytest.mark.secure)])
def test_the_bytes_of_a_deleted_session_leave_the_file(
    tmp_path: Path, build: Build, config: Config, key: str | None
) -> None:
    def session(word: str) -> Assessment:
        return build(findings=[make_finding(column=f"{word}-{i:04d}") for i in range(300)])

    path = tmp_path / "s.duckdb"
    gone, kept = session("ZEBRA"), session("LION")
    with Store(path, key=key) as store:
        for assessment in (gone, kept):
            store.save(assessment, config=config, actor="ana")
    assert (b"ZEBRA" in _bytes_of(tmp_path)) is (key is None)
    size = path.stat().st_size
    with Store(path, key=key) as store:
        store.delete(gone.session, actor="ana")
    written = _bytes_of(tmp_path)
    assert b"ZEBRA" not in written
    assert (b"LION" in written) is (key is None)
    assert path.stat().st_size <= size
    assert path.stat().st_mode & 0o077 == 0
    assert [p.name for p in tmp_path.iterdir()] == ["s.duckdb"]
    with Store(path, key=key) as store:
        assert store.load(kept.session) == kept
        assert store.verify_audit().ok
        assert [a.action for a in store.audit()] == [
            "store.compact",
            "session.delete",
            "session.save",
            "session.save",
        ]
        with pytest.raises(StoreError):
            store.save(kept, config=config, actor="ana")
        store.put_evidence(
            EvidenceItem(id="E", criterion="C", claim_level=1), project="p", actor="ana"
        )
        assert store.verify_audit().ok


def test_a_deletion_before_a_crash_is_finished_on_opening(
    tmp_path: Path, build: Build, config: Config
) -> None:
    path = tmp_path / "s.duckdb"
    code = f"""
import os, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from stored_assessment import make_assessment, make_finding
from golive.model.config import Config
from golive.store import Store
path = Path({str(path)!r})
findings = [make_finding(column=f"ZEBRA-{{i:04d}}") for i in range(300)]
with Store(path) as store:
    session = store.save(make_assessment(findings=findings), config=Config(), actor="ana")
Store(path).delete(session, actor="ana")
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert b"ZEBRA" in _bytes_of(tmp_path)
    with Store(path) as store:
        assert store.list() == ()
        assert store.verify_audit().ok
    assert b"ZEBRA" not in _bytes_of(tmp_path)


@pytest.mark.secure
def test_an_encrypted_store_opens_only_with_its_key(
    tmp_path: Path, build: Build, config: Config
) -> None:
    path, plain = tmp_path / "s.duckdb", tmp_path / "plain.duckdb"
    key = 'it\'s a long key; with -- odd "characters"'
    store = Store(path, key=key)
    assessment = build(project="marker-of-this-test")
    store.save(assessment, config=config, actor="marker-of-this-test")
    on_disk = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert b"marker-of-this-test" not in on_disk
    store.close()
    assert b"marker-of-this-test" not in path.read_bytes()
    with Store(path, key=key) as again:
        assert again.load(assessment.session) == assessment
        again.delete(assessment.session, actor="ana")
        assert again.verify_audit().ok
    assert _code(path, "wrong") == "STORE_KEY"
    assert _code(path) == "STORE_KEY"
    Store(plain).close()
    assert _code(plain, key) == "STORE_KEY"
    assert inspect(path, key=key).problem == ""
    assert "STORE_KEY" in inspect(path).problem


def test_a_key_without_the_extra_is_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "encryption_extension", lambda: None)
    path = tmp_path / "s.duckdb"
    with pytest.raises(StoreError, match=r"golive\[secure\]") as caught:
        Store(path, key="k")
    assert caught.value.code == "STORE_ENCRYPTION"
    assert not path.exists()


def test_an_error_never_repeats_the_key(tmp_path: Path) -> None:
    junk = tmp_path / "junk.duckdb"
    junk.write_bytes(b"x" * 20_000)
    for key in ("hunter2-key", "hunter2'); --"):
        with pytest.raises(StoreError) as caught:
            Store(junk, key=key)
        assert "hunter2" not in str(caught.value)


def test_the_current_format_reads_back(build: Build) -> None:
    result = json.loads(build().model_dump_json())
    assert result["format"] == RESULT_FORMAT
    assert formats.upgrade(result) is result
    assert formats.read(result).model_dump(mode="json") == result


def test_older_formats_are_upgraded_step_by_step() -> None:
    upgrades = {1: lambda r: {**r, "b": r["a"] + 1}, 2: lambda r: {"c": r["b"] * 10}}
    assert formats.upgrade({"format": 1, "a": 1}, upgrades=upgrades, current=3) == {
        "format": 3,
        "c": 20,
    }
    assert formats.upgrade({"format": 3, "c": 5}, upgrades=upgrades, current=3) == {
        "format": 3,
        "c": 5,
    }


@pytest.mark.parametrize("change", [{"format": RESULT_FORMAT + 1}, {"a_new_key": 1}])
def test_results_of_a_later_version_are_refused(build: Build, change: dict[str, object]) -> None:
    result = {**json.loads(build().model_dump_json()), "golive": "9.8.7", **change}
    with pytest.raises(GoLiveError, match=r"9\.8\.7") as caught:
        formats.read(result)
    assert caught.value.code == "STORE_NEWER"
