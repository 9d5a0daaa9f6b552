"""A project gives everything that bears on it at once, so that no caller forgets a part."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from golive import sample_session
from golive.assess import ProjectState
from golive.contract import Contract, parse_contract, versions
from golive.model.config import Config
from golive.model.readiness import EvidenceItem, Waiver
from golive.readiness import load_model
from golive.samples import DEFAULT
from golive.store import Store, registers
from golive.store.project import Project
from golive.store.registers import RegisterStore

NAME = "ed-sepsis-alert"


def contract_of(home: Path, name: str) -> Contract:
    column = {"name": "age", "type": "numeric"}
    return versions.save(home, parse_contract({"name": name, "columns": [column]}))


def test_all_that_bears_on_a_project_is_given(store: Store, config: Config, tmp_path: Path) -> None:
    item = EvidenceItem(id="e", criterion="GOV-01", kind="document", grade="E2", claim_level=2)
    waiver = Waiver(
        criterion="CLN-04",
        compensating_control="read by hand",
        owner="ana",
        approver="ben",
        starts=date(2026, 11, 1),
        expires=date(2027, 1, 1),
    )
    store.put_evidence(item, project=NAME, actor="ana")
    store.registers.put(registers.WAIVERS, waiver, project=NAME, actor="ana")
    frozen = store.freeze_criteria(NAME, config, actor="ana")
    contract = contract_of(tmp_path, NAME)
    state = Project(store, NAME, tmp_path).for_assessment(config)
    assert state == ProjectState(
        evidence=(item,),
        waivers=(waiver,),
        registers=store.registers.for_readiness(NAME),
        contract=contract,
        lock=frozen,
    )
    assert Project(store, "other", tmp_path).for_assessment(config) == ProjectState(
        registers=store.registers.for_readiness("other")
    )


def test_a_policy_to_compare_takes_the_place_of_the_one_in_force(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unread(_self: RegisterStore, _project: str) -> None:
        raise AssertionError("the stored policy is not needed")

    monkeypatch.setattr(RegisterStore, "policy", unread)
    other = load_model()
    assert Project(store, NAME, tmp_path).for_readiness(other).policy is other


def test_the_stored_item_wins_over_the_configured_one_of_the_same_id() -> None:
    def item(ident: str, level: int) -> EvidenceItem:
        return EvidenceItem(
            id=ident, criterion="GOV-01", kind="document", grade="E2", claim_level=level
        )

    config = Config(evidence=(item("a", 1), item("b", 1)))
    known = ProjectState(evidence=(item("a", 3), item("c", 2))).with_configured(config)
    assert [(e.id, e.claim_level) for e in known.evidence] == [("a", 3), ("b", 1), ("c", 2)]


def test_the_sample_is_held_against_a_contract_that_was_kept_for_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contract = contract_of(tmp_path, DEFAULT)
    given: list[ProjectState] = []

    def remembered(*args: Any, **options: Any) -> Any:
        given.append(args[3])
        raise InterruptedError

    monkeypatch.setattr("golive.assess.assess", remembered)
    with pytest.raises(InterruptedError):
        sample_session.ensure(store, home=tmp_path, rows=300)
    assert given[0].contract == contract
