"""Evidence, decisions, waivers and criteria: revisions, conflicts, and the chain that shows tampering."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import duckdb
import pytest
from pydantic import ValidationError

from golive.model.config import Config
from golive.model.errors import GoLiveError, InputError, StoreError
from golive.model.readiness import EvidenceItem, Waiver
from golive.model.result import Assessment
from golive.store import Decision, Store, registers

PROJECT = "ed-sepsis-alert"
Build = Callable[..., Assessment]


def _item(level: int = 2, key: str = "E-1") -> EvidenceItem:
    return EvidenceItem(
        id=key, criterion="MLO-05", claim_level=level, owner="Ana", issued=date(2026, 11, 1)
    )


def test_evidence_keeps_every_revision_and_shows_the_latest(store: Store) -> None:
    assert store.put_evidence(_item(1), project=PROJECT, actor="ana") == 1
    assert store.put_evidence(_item(3), project=PROJECT, actor="ben", revision=1) == 2
    assert store.evidence(PROJECT) == (_item(3),)
    assert store.evidence("other") == ()
    (entry,) = store.evidence_revisions(PROJECT)
    assert (entry.revision, entry.actor) == (2, "ben")
    assert store.projects() == (PROJECT,)


def test_a_change_on_an_old_revision_names_who_was_faster(tmp_path: Path) -> None:
    def now() -> datetime:
        return datetime(2026, 11, 20, 11, 2, tzinfo=UTC)

    with Store(tmp_path / "s.duckdb", clock=now) as store:
        store.put_evidence(_item(1), project=PROJECT, actor="Ana")
        store.put_evidence(_item(2), project=PROJECT, actor="Ben", revision=1)
        for stale in (0, 1, 3):
            with pytest.raises(StoreError) as caught:
                store.put_evidence(_item(4), project=PROJECT, actor="Cem", revision=stale)
            assert caught.value.code == "CONFLICT"
            assert "changed by Ben on 20 Nov 2026 11:02 UTC" in str(caught.value)
        assert store.evidence(PROJECT) == (_item(2),)
        assert len(store.audit()) == 2


def test_deleted_evidence_can_come_back_as_a_new_revision(store: Store) -> None:
    store.put_evidence(_item(), project=PROJECT, actor="ana")
    assert (
        store.registers.put(
            registers.EVIDENCE, _item(), project=PROJECT, actor="ana", revision=1, deleted=True
        )
        == 2
    )
    assert store.evidence(PROJECT) == ()
    with pytest.raises(StoreError) as caught:
        store.registers.put(
            registers.EVIDENCE, _item(), project=PROJECT, actor="ana", revision=2, deleted=True
        )
    assert caught.value.code == "NOT_FOUND"
    assert store.put_evidence(_item(4), project=PROJECT, actor="ana") == 3
    assert store.evidence(PROJECT) == (_item(4),)
    assert store.verify_audit().ok


def test_the_same_id_in_two_projects_is_two_items(store: Store) -> None:
    store.put_evidence(_item(1), project="a", actor="ana")
    store.put_evidence(_item(2), project="b", actor="ana")
    assert (store.evidence("a"), store.evidence("b")) == ((_item(1),), (_item(2),))


def test_decisions_and_waivers_have_a_history(store: Store) -> None:
    fix = Decision(finding="missing_up:hr", action="fix", owner="Ana", due=date(2026, 12, 1))
    accept = Decision(
        finding="missing_up:hr", action="accept", reason="known outage", due=date(2026, 12, 24)
    )
    store.put_decision(fix, project=PROJECT, actor="ana")
    store.put_decision(accept, project=PROJECT, actor="ben", revision=1)
    assert [d.item for d in store.decisions(PROJECT)] == [accept]
    assert [
        d.item.action
        for d in store.registers.history(registers.DECISIONS, PROJECT, "missing_up:hr")
    ] == ["accept", "fix"]

    waiver = Waiver(
        criterion="HND-02",
        compensating_control="daily call",
        owner="Ana",
        approver="Ben",
        starts=date(2026, 11, 1),
        expires=date(2026, 12, 1),
    )
    store.registers.put(registers.WAIVERS, waiver, project=PROJECT, actor="ana")
    assert store.waivers(PROJECT) == (waiver,)
    store.registers.put(
        registers.WAIVERS, waiver, project=PROJECT, actor="ana", revision=1, deleted=True
    )
    assert store.waivers(PROJECT) == ()
    assert store.verify_audit().ok


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "explain"},
        {"action": "accept", "reason": "known"},
        {"action": "accept", "due": date(2026, 12, 1)},
        {"action": "defer", "reason": "later"},
    ],
)
def test_a_decision_that_says_too_little_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Decision.model_validate({"finding": "missing_up:hr", **fields})


def test_criteria_frozen_before_live_data_stay_so_until_they_change(
    tmp_path: Path, build: Build, config: Config
) -> None:
    ticks = count()
    with Store(
        tmp_path / "s.duckdb",
        clock=lambda: datetime(2026, 10, 3, tzinfo=UTC) + timedelta(days=next(ticks)),
    ) as store:
        assert store.criteria_lock(PROJECT) is None
        frozen = store.freeze_criteria(PROJECT, config, actor="ana")
        assert (frozen.before_live, frozen.changes, frozen.frozen_at) == (
            True,
            0,
            "2026-10-03T00:00:00Z",
        )
        assert store.freeze_criteria(PROJECT, config, actor="ben") == frozen
        assert len(store.criteria(PROJECT)) == 1

        store.save(build(), config=config, actor="ana", sample=True)
        session = store.save(build(), config=config, actor="ana")
        assert store.criteria_lock(PROJECT, config) == frozen
        other = config.model_copy(update={"floors": {"auroc": 0.6}})
        lock = store.criteria_lock(PROJECT, other)
        assert lock is not None
        assert (lock.before_live, lock.changes) == (False, 1)

        with pytest.raises(InputError) as caught:
            store.freeze_criteria(PROJECT, other, actor="ana", reason=" ")
        assert caught.value.code == "CRITERIA_REASON"
        changed = store.freeze_criteria(
            PROJECT, other, actor="ana", reason="floor was a typing error"
        )
        assert (changed.before_live, changed.changes) == (False, 1)
        assert [(v.version, v.reason) for v in store.criteria(PROJECT)] == [
            (2, "floor was a typing error"),
            (1, ""),
        ]

        store.delete(session, actor="ana")
        after = store.criteria_lock(PROJECT, other)
        assert after is not None
        assert after.before_live is False
        assert store.verify_audit().ok


def test_roles_and_evidence_are_not_criteria(store: Store, config: Config) -> None:
    frozen = store.freeze_criteria(PROJECT, config, actor="ana")
    changed = config.model_copy(update={"evidence": (_item(),), "seed": 3})
    assert store.criteria_lock(PROJECT, changed) == frozen


def test_a_sample_session_is_not_live_data(store: Store, build: Build, config: Config) -> None:
    store.save(build(), config=config, actor="ana", sample=True)
    assert store.freeze_criteria(PROJECT, config, actor="ana").before_live is True
    store.save(build(), config=config, actor="ana")
    assert store.criteria_lock(PROJECT, config).before_live is True  # type: ignore[union-attr]


def test_the_audit_names_who_did_what(store: Store, build: Build, config: Config) -> None:
    session = store.save(build(), config=config, actor="ana")
    store.put_evidence(_item(), project=PROJECT, actor="ben")
    store.freeze_criteria(PROJECT, config, actor="cem")
    lines = store.audit()
    assert [(a.seq, a.actor, a.action, a.subject) for a in lines] == [
        (3, "cem", "criteria.freeze", PROJECT),
        (2, "ben", "evidence.put", f"{PROJECT}/E-1"),
        (1, "ana", "session.save", session),
    ]
    assert store.audit(1) == lines[:1]
    assert lines[0].prev_hash == lines[1].hash


@pytest.mark.parametrize(
    ("tamper", "first_bad"),
    [
        ("UPDATE audit SET actor = 'someone else' WHERE seq = 2", 2),
        ("UPDATE audit SET created_at = created_at - INTERVAL 1 DAY WHERE seq = 3", 3),
        ("UPDATE audit SET detail = '{}' WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 3", 3),
        ("UPDATE assessment SET result = replace(result::VARCHAR, '44.25', '94.25')::JSON", 1),
        ("UPDATE assessment SET config = replace(config, '0.75', '0.05')", 1),
        ("DELETE FROM assessment", 1),
        ("UPDATE evidence SET payload = replace(payload::VARCHAR, '2', '4')::JSON", 2),
        (
            "INSERT INTO waiver SELECT project, id, 1, payload, false, actor, created_at FROM evidence",
            4,
        ),
        ("UPDATE criteria SET payload = replace(payload, '0.75', '0.05')", 3),
    ],
)
def test_tampering_is_found_at_its_line(
    tmp_path: Path, build: Build, config: Config, tamper: str, first_bad: int
) -> None:
    path = tmp_path / "s.duckdb"
    with Store(path) as store:
        store.save(build(), config=config, actor="ana")
        store.put_evidence(_item(), project=PROJECT, actor="ben")
        store.freeze_criteria(PROJECT, config, actor="cem")
        assert store.verify_audit().ok
    with duckdb.connect(str(path)) as outside:
        outside.execute(tamper)
    with Store(path) as store:
        check = store.verify_audit()
        assert (check.ok, check.first_bad) == (False, first_bad)
        assert check.reason


def test_what_failed_half_way_leaves_nothing(store: Store, build: Build, config: Config) -> None:
    with pytest.raises((GoLiveError, ValueError)):
        store.save(build(created_at="not a time"), config=config, actor="ana")
    assert store.list() == ()
    assert store.audit() == ()
    assert store.projects() == ()
