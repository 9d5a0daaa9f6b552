"""Registers in the store: history, conflicts, all or nothing, the audit chain, proposals, and old files that get the tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from golive.model.errors import GoLiveError, StoreError
from golive.model.readiness import EvidenceItem
from golive.model.registers import Event, Kpi, OwnerRow, Proposal, ScopeItem
from golive.store import Store, registers
from golive.store.file import migrations
from golive.store.ledger import Ledger
from golive.store.registers import Change

PROJECT = "ed-sepsis-alert"
KEPT = [k for k in vars(registers).values() if isinstance(k, Ledger)]


def _evidence(key: str = "e1", **rest: Any) -> EvidenceItem:
    return EvidenceItem(
        id=key, **({"criterion": "DAT-04", "claim_level": 3, "owner": "lead"} | rest)
    )


def test_every_register_has_a_table(store: Store) -> None:
    assert {k.table for k in KEPT} == {
        *migrations.REGISTER_TABLES,
        *migrations.LATER_TABLES,
        *migrations.REVIEW_TABLES,
        "decision",
        "evidence",
        "waiver",
    }
    for kept in KEPT:
        assert store.registers.current(kept, PROJECT) == ()


def test_a_row_keeps_every_revision(store: Store) -> None:
    first = ScopeItem(id="S-1", item="adults")
    assert store.registers.put(registers.SCOPE, first, project=PROJECT, actor="ana") == 1
    second = first.model_copy(update={"owner": "lead"})
    assert (
        store.registers.put(registers.SCOPE, second, project=PROJECT, actor="ben", revision=1) == 2
    )
    store.registers.write(
        registers.SCOPE, [Change(second, 2, deleted=True)], project=PROJECT, actor="cem"
    )
    history = store.registers.history(registers.SCOPE, PROJECT, "S-1")
    assert [(h.revision, h.actor, h.deleted) for h in history] == [
        (3, "cem", True),
        (2, "ben", False),
        (1, "ana", False),
    ]
    assert store.registers.items(registers.SCOPE, PROJECT) == ()
    # An id that was taken out may come back, and its history goes on.
    assert store.registers.put(registers.SCOPE, first, project=PROJECT, actor="ana") == 4


def test_projects_are_apart(store: Store) -> None:
    store.registers.put(registers.KPIS, Kpi(id="k", name="x"), project="one", actor="ana")
    assert store.registers.items(registers.KPIS, "two") == ()
    assert store.registers.for_readiness("two").kpis == ()


def test_all_conflicts_are_named_and_nothing_is_written(store: Store) -> None:
    rows = [OwnerRow(id=k, name=k) for k in ("product", "data", "operations")]
    store.registers.write(registers.OWNERS, [Change(r) for r in rows], project=PROJECT, actor="ana")
    for row in rows[:2]:
        mine = row.model_copy(update={"name": "ben"})
        store.registers.put(registers.OWNERS, mine, project=PROJECT, actor="ben", revision=1)
    late = [Change(r.model_copy(update={"name": "ana"}), 1) for r in rows]
    with pytest.raises(StoreError) as caught:
        store.registers.write(registers.OWNERS, late, project=PROJECT, actor="ana")
    assert [p.code for p in caught.value.problems] == ["CONFLICT", "CONFLICT"]
    assert all("changed by ben" in p.sentence for p in caught.value.problems)
    kept = {o.id: o.name for o in store.registers.items(registers.OWNERS, PROJECT)}
    assert kept == {"product": "ben", "data": "ben", "operations": "operations"}
    gone = Change(OwnerRow(id="nobody"), 1, deleted=True)
    with pytest.raises(StoreError, match="NOT_FOUND"):
        store.registers.write(registers.OWNERS, [gone], project=PROJECT, actor="ana")


def test_what_is_written_together_is_in_the_chain(store: Store) -> None:
    changes = [Change(_evidence(f"e{i}")) for i in range(50)]
    store.registers.write(registers.EVIDENCE, changes, project=PROJECT, actor="ana")
    lines = store.audit(60)
    assert len(lines) == 50
    assert {line.action for line in lines} == {"evidence.put"}
    assert store.verify_audit().ok


@pytest.mark.parametrize("table", ["scope_item", "proposal", "event"])
def test_tampering_with_a_register_is_found(tmp_path: Path, table: str) -> None:
    rows: dict[str, tuple[Any, Any]] = {
        "scope_item": (registers.SCOPE, ScopeItem(id="a", item="x")),
        "proposal": (
            registers.PROPOSALS,
            Proposal(id="a", evidence=_evidence(), proposed_by="ana"),
        ),
        "event": (registers.EVENTS, Event(id="a", kind="new_site", on=date(2026, 1, 1))),
    }
    path = tmp_path / "s.duckdb"
    with Store(path) as store:
        store.registers.put(rows[table][0], rows[table][1], project=PROJECT, actor="ana")
        assert store.verify_audit().ok
    with duckdb.connect(str(path)) as outside:
        outside.execute(
            f"UPDATE {table} SET payload = replace(payload::VARCHAR, '\"a\"', '\"b\"')::JSON"
        )
    with Store(path) as store:
        assert not store.verify_audit().ok


def test_a_proposal_counts_once_another_person_accepts_it(store: Store) -> None:
    proposal = Proposal(id="e1", evidence=_evidence(), proposed_by="ana")
    store.registers.put(registers.PROPOSALS, proposal, project=PROJECT, actor="ana")
    (entry,) = store.registers.current(registers.PROPOSALS, PROJECT)
    assert store.evidence(PROJECT) == ()
    with pytest.raises(GoLiveError, match="REVIEW_OWN"):
        store.registers.accept(entry, project=PROJECT, actor="ana")
    store.registers.accept(entry, project=PROJECT, actor="ben")
    assert [i.reviewer for i in store.evidence(PROJECT)] == ["ben"]
    with pytest.raises(StoreError, match="CONFLICT"):
        store.registers.accept(entry, project=PROJECT, actor="cem")
    assert [i.reviewer for i in store.evidence(PROJECT)] == ["ben"]


def test_they_say_when_each_register_changed(store: Store) -> None:
    assert store.registers.for_readiness(PROJECT).changed_on == {}
    store.registers.put(registers.SCOPE, ScopeItem(id="a", item="x"), project=PROJECT, actor="ana")
    held = store.registers.for_readiness(PROJECT)
    assert list(held.changed_on) == ["scope"]
    assert [s.item for s in held.scope] == ["x"]


def test_an_older_file_gets_the_tables_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with Store(path) as store:
        store.put_evidence(_evidence(), project=PROJECT, actor="ana")
    with duckdb.connect(str(path)) as outside:  # as a version before the registers left it
        later = (
            *migrations.REGISTER_TABLES,
            *migrations.MONITOR_TABLES,
            *migrations.REVIEW_TABLES,
            *migrations.LATER_TABLES,
            "past_audit",
        )
        for table in later:
            outside.execute(f"DROP TABLE {table}")
        outside.execute("DELETE FROM migration WHERE name >= 'm0004_registers'")
    with Store(path) as store:
        assert [i.id for i in store.evidence(PROJECT)] == ["e1"]
        store.registers.put(
            registers.SCOPE, ScopeItem(id="a", item="x"), project=PROJECT, actor="ana"
        )
        assert store.verify_audit().ok
    assert list(tmp_path.glob("s.duckdb.before-m0004_registers"))


def test_ten_thousand_items_are_written_and_read_at_once(
    store: Store, cost: Callable[..., float]
) -> None:
    many = [Change(_evidence(f"e{i}")) for i in range(10_000)]

    def keep() -> None:
        assert (
            store.registers.write(registers.EVIDENCE, many, project=PROJECT, actor="ana") == 10_000
        )
        assert len(store.evidence(PROJECT)) == 10_000

    assert cost(keep) < 100  # one statement per item would cost thousands
