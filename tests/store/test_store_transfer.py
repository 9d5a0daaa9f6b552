"""A whole project as one file: nothing lost, nothing doubled, damage and newer files refused, and an age limit that is audited."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from golive.model.config import Config
from golive.model.errors import GoLiveError, InputError, StoreError
from golive.model.finding import Route, Severity
from golive.model.monitoring import Alert, Batch
from golive.model.readiness import EvidenceItem, Waiver
from golive.model.registers import Kpi, ScopeItem
from golive.model.result import Assessment
from golive.store import Decision, Store, project_file, registers
from golive.store.file import migrations
from golive.store.monitors import Changes

PROJECT = "ed-sepsis-alert"
DAY = datetime(2026, 11, 1, tzinfo=UTC)
Build = Callable[..., Assessment]


def fill(store: Store, build: Build, config: Config, project: str = PROJECT) -> str:
    """A project with a session of two revisions, and rows in registers of every kind."""
    first = build(project=project)
    store.freeze_criteria(project, config, actor="ana")
    store.save(first, config=config, actor="ana", title="Pilot")
    store.rescore(first, config=config, actor="ben", reason="new evidence")
    gone = build(project=project)
    store.save(gone, config=config, actor="ana")
    store.delete(gone.session, actor="ana")
    store.put_evidence(
        EvidenceItem(id="E", criterion="DAT-04", claim_level=3), project=project, actor="ana"
    )
    store.put_decision(
        Decision(finding="missing_up:x", action="fix", owner="lead"), project=project, actor="ben"
    )
    waiver = Waiver(
        criterion="DAT-04",
        compensating_control="by hand",
        owner="a",
        approver="b",
        starts=DAY.date(),
        expires=DAY.date(),
    )
    store.registers.put(registers.WAIVERS, waiver, project=project, actor="ana")
    store.registers.put(
        registers.SCOPE, ScopeItem(id="S", item="adults"), project=project, actor="ana"
    )
    store.registers.put(registers.KPIS, Kpi(id="K", name="alerts"), project=project, actor="ana")
    batch = Batch(id="b" * 64, monitor="nightly", name="b.csv", slot=DAY, state="empty")
    alert = Alert(
        id="a1", monitor="nightly", kind="batch_empty", severity=Severity.CRITICAL, route=Route.ENGINEERING,
        onset=DAY, opened=DAY, last=DAY, opened_at=DAY,
    )  # fmt: skip
    store.monitors.judged(
        batch, lambda _state: Changes((alert,)), project=project, actor="scheduler", recent=1
    )
    return first.session


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "other" / "golive.duckdb") as opened:
        yield opened


def rows_of(data: bytes) -> dict[str, list[dict[str, Any]]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            name.removesuffix(".ndjson"): [
                json.loads(line) for line in archive.read(name).decode().splitlines()
            ]
            for name in archive.namelist()
            if name.endswith(".ndjson")
        }


def rewritten(data: bytes, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> bytes:
    """The file after ``change`` had its manifest and parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(parts.pop("manifest.json"))
    change(manifest, parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def test_every_table_of_the_store_travels(store: Store) -> None:
    with store._database.cursor() as cursor:
        held = migrations.tables(cursor)
    assert held == {*project_file.KEYS, "project", "migration", "audit"}


def test_nothing_is_lost_on_the_way(
    store: Store, other: Store, build: Build, config: Config
) -> None:
    session = fill(store, build, config)
    fill(store, build, config.model_copy(update={"project": "second"}), "second")
    data = store.export_project(PROJECT)
    before = rows_of(data)
    assert {
        row["project"] for table, rows in before.items() if table != "dataset" for row in rows
    } == {PROJECT}
    actions = [row["action"] for row in before["past_audit"]]
    assert actions.count("session.save") == 2, "that of the deleted session too"
    assert actions.count("session.delete") == 1
    done = other.import_project(data, actor="eva")
    assert (done.sessions, done.known) == (1, 0)
    assert other.projects() == (PROJECT,)
    assert other.load(session) == store.load(session)
    assert other.load(session, 1) == store.load(session, 1)
    assert other.history(session) == store.history(session)
    assert other.card(session) == store.card(session)
    assert other.evidence_revisions(PROJECT) == store.evidence_revisions(PROJECT)
    assert other.decisions(PROJECT) == store.decisions(PROJECT)
    assert other.registers.current(registers.WAIVERS, PROJECT) == store.registers.current(
        registers.WAIVERS, PROJECT
    )
    assert other.registers.for_readiness(PROJECT) == store.registers.for_readiness(PROJECT)
    assert other.criteria(PROJECT) == store.criteria(PROJECT)
    assert other.monitors.batches(PROJECT, "nightly") == store.monitors.batches(PROJECT, "nightly")
    assert other.monitors.alerts(PROJECT) == store.monitors.alerts(PROJECT)
    assert other.verify_audit().ok
    after = rows_of(other.export_project(PROJECT))
    lines = {row["hash"] for row in before["past_audit"]}
    assert lines < {row["hash"] for row in after["past_audit"]}, (
        "the lines of the first store and those of the import"
    )
    assert {k: v for k, v in after.items() if k != "past_audit"} == {
        k: v for k, v in before.items() if k != "past_audit"
    }


def test_the_lines_name_no_other_project(store: Store, build: Build, config: Config) -> None:
    fill(store, build, config)
    fill(store, build, config, f"{PROJECT}/secret")
    text = json.dumps(rows_of(store.export_project(PROJECT)))
    assert "secret" not in text


def test_criteria_frozen_after_live_data_stay_so_in_another_store(
    store: Store, other: Store, build: Build, config: Config
) -> None:
    store.save(build(project=PROJECT), config=config, actor="ana")
    store.freeze_criteria(PROJECT, config, actor="ana")
    lock = store.criteria_lock(PROJECT, config)
    assert lock is not None
    assert not lock.before_live
    other.import_project(store.export_project(PROJECT), actor="eva")
    assert other.criteria_lock(PROJECT, config) == lock


def test_the_same_file_again_changes_nothing_and_a_later_one_adds_what_is_new(
    store: Store, other: Store, build: Build, config: Config
) -> None:
    fill(store, build, config)
    data = store.export_project(PROJECT)
    first = other.import_project(data, actor="eva")
    lines = other.audit(10_000)
    again = other.import_project(data, actor="eva")
    assert (again.rows, again.known, again.sessions) == (0, first.rows, 0)
    assert other.audit(10_000) == lines
    assert store.import_project(data, actor="eva").rows == 0, "into the store it came from"
    store.put_evidence(
        EvidenceItem(id="E2", criterion="DAT-04", claim_level=2), project=PROJECT, actor="ana"
    )
    later = other.import_project(store.export_project(PROJECT), actor="eva")
    assert later.rows == 2, "the item and its audit line"
    assert {e.id for e in other.evidence(PROJECT)} == {"E", "E2"}
    assert other.verify_audit().ok


def test_where_both_disagree_nothing_is_imported(
    store: Store, other: Store, build: Build, config: Config
) -> None:
    fill(store, build, config)
    item = EvidenceItem(id="E", criterion="DAT-04", claim_level=1)
    other.put_evidence(item, project=PROJECT, actor="eva")
    with pytest.raises(StoreError) as caught:
        other.import_project(store.export_project(PROJECT), actor="eva")
    assert caught.value.code == "PROJECT_CONFLICT"
    assert other.evidence(PROJECT) == (item,)
    assert other.list() == ()
    assert other.verify_audit().ok


def _change_byte(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
    parts["evidence.ndjson"] = parts["evidence.ndjson"].replace(b"DAT-04", b"DAT-05")


def _change_and_sum(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
    from hashlib import sha256

    _change_byte(manifest, parts)
    manifest["parts"]["evidence.ndjson"]["sha256"] = sha256(parts["evidence.ndjson"]).hexdigest()


def _change_card(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
    from hashlib import sha256

    name = "assessment.ndjson"
    rows = [json.loads(line) | {"verdict": "ready"} for line in parts[name].decode().splitlines()]
    parts[name] = "".join(json.dumps(row) + "\n" for row in rows).encode()
    manifest["parts"][name]["sha256"] = sha256(parts[name]).hexdigest()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_change_byte, "PROJECT_CHANGED"),
        (_change_and_sum, "PROJECT_CHANGED"),
        (_change_card, "PROJECT_CHANGED"),
        (lambda manifest, parts: parts.pop("waiver.ndjson"), "PROJECT_CHANGED"),
        (lambda manifest, parts: parts.update({"extra.ndjson": b""}), "PROJECT_CHANGED"),
        (lambda manifest, parts: manifest.update(project="else"), "PROJECT_CHANGED"),
        (lambda manifest, parts: manifest.pop("parts"), "PROJECT_FILE"),
        (lambda manifest, parts: manifest.update(format=2), "PROJECT_NEWER"),
        (lambda manifest, parts: manifest["steps"].append("m9999_later"), "PROJECT_NEWER"),
        (lambda manifest, parts: manifest["parts"].update({"later.ndjson": {}}), "PROJECT_NEWER"),
    ],
)
def test_damage_and_newer_files_are_refused(
    store: Store, other: Store, build: Build, change: Any, code: str
) -> None:
    fill(store, build, Config(project=PROJECT))
    with pytest.raises(GoLiveError) as caught:
        other.import_project(rewritten(store.export_project(PROJECT), change), actor="eva")
    assert caught.value.code == code
    assert caught.value.exit_code == (3 if code == "PROJECT_NEWER" else 2)
    assert other.projects() == ()
    assert other.audit() == ()


@given(data=st.binary(max_size=300))
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_anything_else_is_no_project_file(other: Store, data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        other.import_project(data, actor="eva")
    assert caught.value.code == "PROJECT_FILE"


def test_a_file_that_unpacks_to_too_much_is_refused_unread(
    other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr(project_file, "MOST_BYTES", 1_000_000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b" " * 1_100_000)
    with pytest.raises(InputError) as caught:
        other.import_project(out.getvalue(), actor="eva")
    assert caught.value.code == "PROJECT_FILE"


def test_an_unknown_project_is_named_with_those_there_are(
    store: Store, build: Build, config: Config
) -> None:
    fill(store, build, config)
    with pytest.raises(InputError, match="Did you mean 'ed-sepsis-alert'") as caught:
        store.export_project("ed-sepsis-alrt")
    assert caught.value.code == "PROJECT_UNKNOWN"


def test_sessions_past_the_age_limit_go_and_the_audit_says_why(
    tmp_path: Path, build: Build, config: Config
) -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    with Store(tmp_path / "s.duckdb", clock=lambda: now) as store:
        old, edge, fresh = (
            build(
                project=PROJECT, created_at=(now - timedelta(days=d)).strftime("%Y-%m-%dT%H:%M:%SZ")
            )
            for d in (31, 30, 1)
        )
        for assessment in (old, edge, fresh):
            store.save(assessment, config=config, actor="ana")
        assert [c.session for c in store.older_than(30)] == [old.session]
        assert store.prune(30, actor="retention") == (old.session,)
        assert store.prune(30, actor="retention") == ()
        assert {c.session for c in store.list()} == {edge.session, fresh.session}
        line = store.audit(1)[0]
        assert (line.action, line.actor, line.detail["reason"]) == (
            "session.delete",
            "retention",
            "older than 30 days",
        )
        assert store.verify_audit().ok
