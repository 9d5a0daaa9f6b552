"""Lineage forward: which decisions rest on which session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from golive.model.config import Config
from golive.model.errors import InputError
from golive.model.readiness import Waiver
from golive.model.registers import DecisionRow
from golive.model.result import Assessment
from golive.store import Decision, Store, compare_sessions, registers

PROJECT = "ed-sepsis-alert"
Build = Callable[..., Assessment]


def test_decisions_go_to_the_session_they_name_and_others_to_the_latest_of_their_time(
    tmp_path: Path, build: Build, config: Config
) -> None:
    clock = [datetime(2026, 11, 1, tzinfo=UTC)]

    def now() -> datetime:
        clock[0] += timedelta(hours=1)
        return clock[0]

    with Store(tmp_path / "s.duckdb", clock=now) as store:
        first, second, foreign = (
            build(project=PROJECT),
            build(project=PROJECT),
            build(project="other"),
        )
        early = DecisionRow(id="D-0", decision="start", criterion="GOV-01")
        store.registers.put(registers.DECISION_ROWS, early, project=PROJECT, actor="ana")
        store.save(first, config=config, actor="ana")
        fix = Decision(finding="missing_up:x", action="fix", owner="lead", session=first.session)
        revision = store.put_decision(fix, project=PROJECT, actor="ben")
        waiver = Waiver(
            criterion="DAT-04", compensating_control="by hand", owner="a", approver="b",
            starts=date(2026, 11, 1), expires=date(2026, 12, 1), reason="codes come in January",
        )  # fmt: skip
        store.registers.put(registers.WAIVERS, waiver, project=PROJECT, actor="ana")
        store.save(foreign, config=config, actor="ana")
        store.save(second, config=config, actor="ana")
        late = fix.model_copy(update={"owner": "vendor"})
        store.put_decision(late, project=PROJECT, actor="cem", revision=revision)
        row = DecisionRow(id="D-1", decision="go on with two sites", criterion="GOV-02")
        store.registers.put(registers.DECISION_ROWS, row, project=PROJECT, actor="ana")
        told = [
            (s.kind, s.subject, s.words, s.actor, s.revision)
            for s in store.supported_by(first.session[:8])
        ]
        assert told == [
            ("decision about a finding", "missing_up:x", "fix, owner lead", "ben", 1),
            ("waiver", "DAT-04", "codes come in January", "ana", 1),
            ("decision about a finding", "missing_up:x", "fix, owner vendor", "cem", 2),
        ]
        assert [(s.kind, s.subject, s.words) for s in store.supported_by(second.session)] == [
            ("decision of the register", "GOV-02", "go on with two sites")
        ]
        assert store.supported_by(foreign.session) == ()
        with pytest.raises(InputError):
            store.supported_by("nothing")


def test_another_policy_is_a_caveat_of_a_comparison(build: Build) -> None:
    a = build(project=PROJECT)
    readiness = a.readiness.model_copy(update={"policy": "Ours 2"})
    caveats = compare_sessions(a, a.model_copy(update={"readiness": readiness})).caveats
    assert any("two policies" in c and "Ours 2" in c for c in caveats)
    assert not any("policies" in c for c in compare_sessions(a, a).caveats)
