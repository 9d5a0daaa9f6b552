"""A disk that is full, a place that may not be written, a crash: what was told as kept is there, nothing else, no leftovers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from broken_store import little_room
from stored_assessment import make_assessment, make_finding

from golive.model.config import Config
from golive.model.errors import StoreError
from golive.model.readiness import EvidenceItem, Waiver
from golive.store import Decision, Store, inspect, registers
from golive.store.file import condition, database, faults, migrations

CONFIG = Config()


def evidence(name: str) -> EvidenceItem:
    return EvidenceItem(id=name, criterion="C", claim_level=1)


def session(word: str, findings: int = 200):  # type: ignore[no-untyped-def]
    return make_assessment(
        findings=[make_finding(column=f"{word}-{i:04d}") for i in range(findings)]
    )


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "s.duckdb"
    left = dict(database._open)
    database._open.clear()
    assert not left


def lines(path: Path) -> list[str]:
    """The audit chain after opening the file anew, oldest first; it must hold."""
    with Store(path) as store:
        assert store.verify_audit().ok
        return [f"{line.action} {line.subject}" for line in reversed(store.audit(10_000))]


def writes(store: Store) -> dict[str, Callable[[], object]]:
    """One of each kind of write, by the audit line that it leaves."""
    old, new = session("old"), session("new")
    store.save(old, config=CONFIG, actor="ana")
    waiver = Waiver(
        criterion="C",
        compensating_control="x",
        owner="ana",
        approver="bo",
        starts=date(2026, 1, 1),
        expires=date(2099, 1, 1),
    )
    decision = Decision(
        finding="f" * 12, action="accept", reason="known", owner="ana", due=date(2099, 1, 1)
    )
    return {
        f"session.save {new.session}": lambda: store.save(new, config=CONFIG, actor="ana"),
        f"session.rescore {old.session}": lambda: store.rescore(
            old, config=CONFIG, actor="ana", reason="x"
        ),
        "evidence.put p/E": lambda: store.put_evidence(evidence("E"), project="p", actor="ana"),
        f"decision.put p/{decision.finding}": lambda: store.put_decision(
            decision, project="p", actor="ana"
        ),
        "waiver.put p/C": lambda: store.registers.put(
            registers.WAIVERS, waiver, project="p", actor="ana"
        ),
        "contract.keep p": lambda: store.note_contract(
            project="p", version="1", file_sha256="a" * 64, actor="ana"
        ),
        f"session.delete {old.session}": lambda: store.delete(old.session, actor="ana"),
    }


@pytest.mark.parametrize(
    ("threshold", "number"), [*(("16MB", n) for n in range(7)), *(("1KB", n) for n in (0, 3, 6))]
)
def test_a_write_without_room_is_not_there_and_the_others_are(
    path: Path, number: int, threshold: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """16 MB: the log cannot grow. 1 KB: every COMMIT writes the file itself, and the engine gives up when it cannot."""
    monkeypatch.setitem(database._CONFIG, "checkpoint_threshold", threshold)
    store = Store(path)
    todo = writes(store)
    write = list(todo.values())[number]
    said = ["session.save " + next(iter(store.list())).session]
    log = path.with_name("s.duckdb.wal")
    room = log.stat().st_size + 100 if threshold == "16MB" else path.stat().st_size // 2
    with little_room(room):
        with pytest.raises(StoreError, match="space") as caught:
            write()
        assert caught.value.code == "STORE_DISK_FULL"
        assert str(path) in str(caught.value)
        assert store.usable is (threshold == "16MB")
        if not store.usable:
            with pytest.raises(StoreError) as again:
                store.list()
            assert again.value.problems == caught.value.problems
        store.close()
        assert "Traceback" not in inspect(path).problem
    assert [line for line in lines(path) if not line.startswith("store.compact")] == said
    assert inspect(path).problem == ""
    with Store(path) as anew:  # and there is room again
        anew.put_evidence(evidence("later"), project="p", actor="ana")
    assert lines(path)[-1] == "evidence.put p/later"
    assert [p.name for p in path.parent.iterdir()] == ["s.duckdb"]


def test_a_disk_that_fills_slowly_keeps_exactly_what_returned(path: Path) -> None:
    store = Store(path)
    kept: list[str] = []

    def go_on() -> None:
        for number in range(1000):
            store.put_evidence(evidence(f"E{number}"), project="p", actor="ana")
            kept.append(f"evidence.put p/E{number}")

    with little_room(60_000), pytest.raises(StoreError):
        go_on()
    assert kept
    assert [f"p/{r.item.id}" for r in store.evidence_revisions("p")] == [
        line.split(" ")[1] for line in kept
    ]
    with little_room(60_000):
        store.close()
        assert lines(path) == kept
    assert lines(path) == kept


def test_a_deletion_is_done_though_its_bytes_stay_until_there_is_room(path: Path) -> None:
    gone, stays = session("ZEBRA"), session("LION")
    with Store(path) as store:
        store.save(gone, config=CONFIG, actor="ana")
        store.save(stays, config=CONFIG, actor="ana")
    before = path.stat().st_size
    store = Store(path)
    with little_room(20_000):
        assert store.delete(gone.session, actor="ana") == gone.session
        store.close()
        with Store(path) as again:  # the compaction on opening has no room either; reading goes on
            assert [card.session for card in again.list()] == [stays.session]
            assert again.load(stays.session) == stays
        assert not list(path.parent.glob(".s.duckdb.*"))
    assert [card.action for card in reversed(_audit(path))][:3] == [
        "session.save",
        "session.save",
        "session.delete",
    ]
    assert b"ZEBRA" not in path.read_bytes()
    assert path.stat().st_size <= before
    assert [p.name for p in path.parent.iterdir()] == ["s.duckdb"]


def _audit(path: Path):  # type: ignore[no-untyped-def]
    with Store(path) as store:
        return store.audit()


def test_a_store_that_cannot_be_made_leaves_nothing(path: Path) -> None:
    with little_room(50_000), pytest.raises(StoreError) as caught:
        Store(path)
    assert caught.value.code == "STORE_DISK_FULL"
    assert list(path.parent.iterdir()) == []
    Store(path).close()


def test_a_copy_before_an_upgrade_without_room_leaves_the_file_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    *older, last = migrations.MIGRATIONS
    with monkeypatch.context() as patch:
        patch.setattr(
            migrations, "MIGRATIONS", {name: migrations.MIGRATIONS[name] for name in older}
        )
        with Store(path) as store:
            store.save(session("a"), config=CONFIG, actor="ana")
    before = path.read_bytes()
    with little_room(len(before) // 2), pytest.raises(StoreError) as caught:
        Store(path)
    assert caught.value.code == "STORE_DISK_FULL"
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["s.duckdb"]
    assert len(lines(path)) == 1
    assert {p.name for p in path.parent.iterdir()} == {"s.duckdb", f"s.duckdb.before-{last}"}


def test_a_crash_after_the_commit_loses_nothing(path: Path) -> None:
    code = """
import os, sys
from pathlib import Path
from golive.model.readiness import EvidenceItem
from golive.store import Store
store = Store(Path(sys.argv[1]))
for i in range(5):
    store.put_evidence(EvidenceItem(id=f"E{i}", criterion="C", claim_level=1), project="p", actor="ana")
with store._database.write() as cursor:
    cursor.execute("INSERT INTO project VALUES ('half', now()::TIMESTAMP)")
    os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 9
    assert path.with_name("s.duckdb.wal").stat().st_mode & 0o777 == 0o600
    assert lines(path) == [f"evidence.put p/E{i}" for i in range(5)]
    with Store(path) as store:
        assert store.projects() == ("p",)


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_only_the_owner_reads_the_store_its_log_and_its_copies(
    path: Path, umask: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[tuple[str, int]] = set()

    def look() -> None:
        for file in path.parent.rglob("*"):
            if file.is_file():
                seen.add((file.name, file.stat().st_mode & 0o777))
        for folder in path.parent.glob(".*"):
            assert folder.stat().st_mode & 0o777 == 0o700

    monkeypatch.setitem(database._CONFIG, "checkpoint_threshold", "1KB")
    before = os.umask(umask)
    try:
        first, *_ = migrations.MIGRATIONS
        with monkeypatch.context() as older:
            older.setattr(migrations, "MIGRATIONS", {first: migrations.MIGRATIONS[first]})
            with Store(path) as store:
                store.save(session("a", 2), config=CONFIG, actor="ana")
        path.chmod(0o644)
        with Store(path) as store:
            look()
            monkeypatch.setitem(database._CONFIG, "checkpoint_threshold", "16MB")
        with Store(path) as store:
            for number in range(3):
                store.put_evidence(evidence(f"E{number}"), project="p", actor="ana")
                look()
                store._database.checkpoint()
                look()
            store.delete(store.list()[0].session, actor="ana")
            look()
        look()
    finally:
        os.umask(before)
    assert "s.duckdb.wal" in {name for name, _ in seen}
    assert any(".before-" in name for name, _ in seen)
    assert {mode for _, mode in seen} == {0o600}


def test_a_write_that_changes_nothing_leaves_no_log(path: Path) -> None:
    with Store(path) as store:
        store.expire(1, actor="ana", dry=True)
    assert [p.name for p in path.parent.iterdir()] == ["s.duckdb"]


def test_the_doctor_says_when_the_disk_is_full(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(path).close()
    monkeypatch.setattr(
        condition.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 4096)
    )
    assert "STORE_DISK_FULL" in inspect(path).problem
    assert "4,096 bytes" in inspect(path).problem


READ_ONLY = """
import os, sys
from pathlib import Path
from golive.model.errors import StoreError
from golive.model.readiness import EvidenceItem
from golive.store import Store, inspect
folder, nobody = Path(sys.argv[1]), int(sys.argv[2])
Store(folder / "warm" / "s.duckdb").put_evidence(EvidenceItem(id="E", criterion="C", claim_level=1), project="p", actor="a")
(folder / "s.duckdb").chmod(int(sys.argv[3], 8))
folder.chmod(int(sys.argv[4], 8))
if os.getuid() == 0:  # rights do not hold for root
    os.setgroups([])
    os.setgid(nobody)
    os.setuid(nobody)
print(inspect(folder / "s.duckdb").problem)
try:
    with Store(folder / "s.duckdb") as store:
        print("reads", len(store.evidence("p")))
        store.put_evidence(EvidenceItem(id="N", criterion="C", claim_level=1), project="p", actor="a")
except StoreError as error:
    print(error)
try:
    Store(folder / "new.duckdb").close()
except StoreError as error:
    print(error)
"""


@pytest.fixture
def nobodys() -> Iterator[tuple[Path, int]]:
    """A folder that an ordinary user can reach, and a user who is not root: the one who runs the tests, when he is not."""
    user = 65534 if os.getuid() == 0 else os.getuid()
    folder = Path(tempfile.mkdtemp(prefix="golive-rights-"))
    Store(folder / "s.duckdb").close()
    for place in (folder, folder / "s.duckdb"):
        os.chown(place, user, -1)
    yield folder, user
    folder.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("file", "folder", "told"),
    [
        ("600", "500", ["STORE_READ_ONLY", "reads 0", "STORE_READ_ONLY", "STORE_READ_ONLY"]),
        ("400", "700", ["STORE_READ_ONLY", "STORE_READ_ONLY"]),
        ("000", "700", ["STORE_UNREADABLE", "STORE_UNREADABLE"]),
        ("600", "000", ["STORE_READ_ONLY", "STORE_READ_ONLY", "STORE_READ_ONLY"]),
    ],
)
def test_a_place_that_may_not_be_written_is_told(
    nobodys: tuple[Path, int], file: str, folder: str, told: list[str]
) -> None:
    place, user = nobodys
    command = [sys.executable, "-c", READ_ONLY, str(place), str(user), file, folder]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    said = answer.stdout.splitlines()
    assert [next(code for code in (*told, line) if code in line) for line in said] == told
    assert all(str(place) in line for line in said if "reads" not in line)


def test_a_disk_that_is_read_only_is_told(path: Path) -> None:
    error = OSError(30, "Read-only file system")
    problem = faults.meaning(error, path)
    assert problem is not None
    assert (problem.code, "its disk is read-only" in problem.sentence) == ("STORE_READ_ONLY", True)
