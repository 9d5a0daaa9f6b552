"""A file that this DuckDB cannot read: newer, cut off, garbled in the middle, a garbled log. And what is not disguised."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from broken_store import HEADERS, garble, make_newer
from stored_assessment import make_assessment, make_finding

from golive.model.config import Config
from golive.model.errors import StoreError
from golive.model.readiness import EvidenceItem
from golive.store import Store, inspect
from golive.store.file import database, faults

TELLS = {"STORE_DAMAGED", "STORE_UNREADABLE"}


def evidence(name: str) -> EvidenceItem:
    return EvidenceItem(id=name, criterion="C", claim_level=1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "s.duckdb"
    with Store(path) as store:
        for word in ("a", "b"):
            findings = [make_finding(column=f"{word}-{i:04d}") for i in range(200)]
            store.save(make_assessment(findings=findings), config=Config(), actor="ana")
        for number in range(5):
            store.put_evidence(evidence(f"E{number}"), project="p", actor="ana")
    return path


@pytest.fixture
def path(whole: Path, tmp_path: Path) -> Iterator[Path]:
    yield Path(shutil.copy(whole, tmp_path / "s.duckdb"))
    assert not database._open


def use(path: Path) -> list[StoreError]:
    """Everything one does with a store, one call after the other; every error must be one of ours and name the file."""
    told: list[StoreError] = []

    def tried(call: Callable[[], object]) -> None:
        try:
            call()
        except StoreError as error:
            told.append(error)

    try:
        store = Store(path)
    except StoreError as error:
        return [error]
    tried(store.list)
    tried(store.verify_audit)
    tried(lambda: [store.load(card.session) for card in store.list()])
    tried(lambda: store.evidence("p"))
    tried(lambda: store.put_evidence(evidence("X"), project="p", actor="ana"))
    tried(lambda: store.delete(store.list()[0].session, actor="ana"))
    tried(store.projects)
    store.close()
    assert all(str(path) in str(error) for error in told)
    return told


def test_a_whole_store_has_nothing_wrong(path: Path) -> None:
    assert inspect(path).problem == ""
    assert use(path) == []
    assert inspect(path).problem == ""


@pytest.mark.parametrize("part", range(20))
def test_a_garbled_part_is_told_and_the_doctor_sees_it(path: Path, part: int) -> None:
    at = HEADERS + (path.stat().st_size - HEADERS) * part // 20 // 4096 * 4096
    garble(path, at)
    before = path.read_bytes()
    assert "error[STORE_DAMAGED]" in inspect(path).problem
    assert path.read_bytes() == before
    assert {error.code for error in use(path)} <= TELLS


@pytest.mark.parametrize("left", [0, 5, 12, 4096, 9000, HEADERS, 300_000, -262_144, -4096, -1])
def test_a_file_that_was_cut_off_is_told(path: Path, left: int) -> None:
    path.write_bytes(path.read_bytes()[:left])
    before = path.read_bytes()
    problem = inspect(path).problem
    assert "STORE_DAMAGED" in problem or "STORE_UNREADABLE" in problem
    assert path.read_bytes() == before
    assert {error.code for error in use(path)} <= TELLS


def test_a_file_of_a_newer_duckdb_is_newer(path: Path) -> None:
    make_newer(path)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer DuckDB") as caught:
        Store(path)
    assert caught.value.code == "STORE_NEWER"
    assert "STORE_NEWER" in inspect(path).problem
    assert path.read_bytes() == before


def test_an_engine_that_gave_up_says_so_again_and_lets_the_file_go(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(path)
    fatal = duckdb.FatalException(
        "FATAL Error: IO Error: Corrupt database file: computed checksum 1 does not match 2"
    )
    with pytest.raises(StoreError) as caught, store._database.cursor():
        raise fatal
    assert caught.value.code == "STORE_DAMAGED"
    assert not store.usable
    for call in (store.list, store.projects, store.verify_audit):
        with pytest.raises(StoreError) as again:
            call()
        assert again.value.problems == caught.value.problems
    with Store(path) as anew:  # while the old one is still there
        assert len(anew.list()) == 2
        store.close()
        assert anew.usable
        assert len(anew.list()) == 2


def test_mistakes_of_ours_stay_what_they_are(path: Path) -> None:
    with Store(path) as store:
        for statement, kind in (
            ("SELEC 1", duckdb.ParserException),
            ("SELECT nothing FROM project", duckdb.BinderException),
            ("SELECT * FROM nowhere", duckdb.CatalogException),
            (
                "INSERT INTO project VALUES ('p', now()::TIMESTAMP), ('p', now()::TIMESTAMP)",
                duckdb.ConstraintException,
            ),
            ("COMMIT", duckdb.TransactionException),
        ):
            with pytest.raises(kind), store._database.cursor() as cursor:
                cursor.execute(statement)
        assert store.usable


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (duckdb.IOException('IO Error: Could not write file "x": No space left on device'), "STORE_DISK_FULL"),
        (duckdb.TransactionException("TransactionContext Error: Failed to commit: Could not write file: File too large"), "STORE_DISK_FULL"),
        (duckdb.IOException("IO Error: Database has been invalidated. Original error: Disk quota exceeded"), "STORE_DISK_FULL"),
        (duckdb.TransactionException('Failed to commit: Cannot open file "x.wal": Permission denied'), "STORE_READ_ONLY"),
        (duckdb.IOException('IO Error: Cannot open file "x": Read-only file system'), "STORE_READ_ONLY"),
        (duckdb.IOException('IO Error: Could not read from file "x": Input/output error'), "STORE_UNREADABLE"),
        (duckdb.SerializationException("Serialization Error: Failed to deserialize: field id mismatch"), "STORE_DAMAGED"),
        (duckdb.InternalException("INTERNAL Error: Attempted to access index 5 within vector of size 2"), "STORE_UNREADABLE"),
        (duckdb.FatalException("FATAL Error: fsync failed!"), "STORE_UNREADABLE"),
        (duckdb.InvalidInputException("Computed AES tag differs from read AES tag, are you using the right key?"), "STORE_DAMAGED"),
        (duckdb.ConstraintException('Duplicate key "project: No space left on device"'), None),
        (duckdb.TransactionException("TransactionContext Error: Conflict on tuple"), None),
        (duckdb.BinderException("Binder Error: Corrupt"), None),
        (OSError(28, "No space left on device"), "STORE_DISK_FULL"),
        (PermissionError(13, "Permission denied"), "STORE_READ_ONLY"),
    ],
)  # fmt: skip
def test_what_an_error_means(
    error: duckdb.Error | OSError, code: str | None, tmp_path: Path
) -> None:
    found = faults.meaning(error, tmp_path / "s.duckdb")
    assert (found.code if found else None) == code
    assert found is None or (str(tmp_path / "s.duckdb") in found.sentence and found.hint)


@pytest.fixture(scope="module")
def a_log(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The log of ten writes to the store, as a crash leaves it."""
    path = Path(shutil.copy(whole, tmp_path_factory.mktemp("logged") / "s.duckdb"))
    code = """
import os, sys
from pathlib import Path
from golive.model.readiness import EvidenceItem
from golive.store import Store
store = Store(Path(sys.argv[1]))
for i in range(10):
    store.put_evidence(EvidenceItem(id=f"W{i}", criterion="C", claim_level=1), project="p", actor="ana")
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 9
    return path.with_name("s.duckdb.wal").read_bytes()


@pytest.fixture
def logged(path: Path, a_log: bytes) -> bytes:
    path.with_name("s.duckdb.wal").write_bytes(a_log)
    return a_log


def test_a_garbled_log_is_refused_and_not_overwritten(path: Path, logged: bytes) -> None:
    log = path.with_name("s.duckdb.wal")
    # Its head, the length of its first entry, an entry, the length of a later one; DuckDB ignores three of these in silence.
    for at in (0, 4, 12, 40, len(logged) // 2, len(logged) - 600):
        log.write_bytes(logged)
        garble(log, at, length=16)
        before = (path.read_bytes(), log.read_bytes())
        with pytest.raises(StoreError, match=r"s\.duckdb\.wal") as caught:
            Store(path)
        assert caught.value.code == "STORE_DAMAGED"
        assert "STORE_DAMAGED" in inspect(path).problem
        assert (path.read_bytes(), log.read_bytes()) == before


@pytest.mark.parametrize("cut", [1, 8, 20, 2000, -1])
def test_a_log_that_a_crash_cut_off_gives_what_was_kept(
    path: Path, logged: bytes, cut: int
) -> None:
    path.with_name("s.duckdb.wal").write_bytes(logged[:cut])
    assert inspect(path).problem == ""
    with Store(path) as store:
        check = store.verify_audit()
        assert check.ok
        assert check.lines == 2 + len(store.evidence("p"))


def test_the_log_of_a_file_that_is_gone_is_not_played_into_a_new_one(
    path: Path, logged: bytes
) -> None:
    path.unlink()
    assert path.with_name("s.duckdb.wal").exists()
    with Store(path) as store:
        assert store.list() == ()
    assert [p.name for p in path.parent.iterdir()] == ["s.duckdb"]


@pytest.mark.secure
def test_an_encrypted_store_that_is_garbled_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with Store(path, key="k") as store:
        findings = [make_finding(column=f"c-{i:04d}") for i in range(200)]
        store.save(make_assessment(findings=findings), config=Config(), actor="ana")
    assert inspect(path, key="k").problem == ""
    data, codes = path.read_bytes(), set()
    for at in range(HEADERS, len(data), len(data) // 6):
        path.write_bytes(data)
        garble(path, at)
        try:
            with Store(path, key="k") as store:
                store.verify_audit()
                store.put_evidence(evidence("X"), project="p", actor="ana")
        except StoreError as error:
            codes.add(error.code)
        path.with_name("s.duckdb.wal").unlink(missing_ok=True)
    assert codes == {"STORE_DAMAGED"}


def test_a_strange_path_is_told(tmp_path: Path) -> None:
    assert "a folder" in inspect(tmp_path).problem
    nowhere = tmp_path / "link"
    nowhere.symlink_to(tmp_path / "nowhere")
    assert (inspect(nowhere).exists, inspect(nowhere).problem) == (False, "")
