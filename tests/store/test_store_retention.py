"""The age limit for what monitors found: what goes, what has to stay, and a chain that still verifies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from golive.model.finding import Route, Severity
from golive.model.monitoring import Alert, Batch, Delivery, Mute, Observation, Watch
from golive.store import Store
from golive.store.monitors import Changes
from golive.store.retention import Expired

PROJECT, MONITOR = "ed-sepsis-alert", "nightly"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=200)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = OLD

    def __call__(self) -> datetime:
        return self.now


def batch(number: int, state: str = "assessed") -> Batch:
    seen = Observation(
        finding="unit_change:creatinine",
        kind="unit_change",
        level="alarm",
        severity=Severity.MAJOR,
        route=Route.ENGINEERING,
    )
    return Batch(
        id=f"sha{number}",
        monitor=MONITOR,
        name=f"day-{number}.csv",
        slot=OLD + timedelta(days=number),
        state=state,  # type: ignore[arg-type]
        rows=100,
        observations=(seen,),
        drift={"creatinine": 0.7},
        metrics={"auroc": 0.8},
    )


def alert(name: str, state: str) -> Alert:
    return Alert(
        id=name, monitor=MONITOR, kind="unit_change", streams=(f"meaning:{name}",), severity=Severity.MAJOR,
        route=Route.ENGINEERING, state=state, onset=OLD, opened=OLD, last=OLD, opened_at=OLD,
    )  # fmt: skip


def message(name: str, state: str) -> Delivery:
    return Delivery(
        id=name,
        monitor=MONITOR,
        alert=name,
        route="engineering",
        title="t",
        body="b",
        state=state,
        next_try=OLD,
    )  # type: ignore[arg-type]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """A monitor that ran 200 days ago and yesterday."""
    with Store(tmp_path / "golive.duckdb", clock=clock) as opened:
        ended = Changes(
            alerts=(alert("ended", "cleared"), alert("going", "open")),
            deliveries=(message("told", "sent"), message("untold", "failed")),
        )
        for number, item in enumerate((batch(0), batch(1, "unreadable"))):
            changes = ended if number == 0 else Changes()
            opened.monitors.judged(
                item, lambda _, c=changes: c, project=PROJECT, actor="cron", recent=5
            )  # type: ignore[misc]
        over = Mute(id="m1", monitor=MONITOR, reason="maintenance", until=OLD + timedelta(days=1))
        opened.monitors.mute(over, project=PROJECT, actor="ana")
        ran(opened)
        clock.now = NOW - timedelta(days=1)
        opened.monitors.judged(
            batch(2), lambda _: Changes(), project=PROJECT, actor="cron", recent=5
        )
        ran(opened)
        clock.now = NOW
        yield opened


def ran(store: Store) -> None:
    watch = Watch(id=MONITOR, file="m.yaml", baseline="b", every_seconds=86400, last_run=OLD)
    store.monitors.ran(watch, project=PROJECT, actor="cron")


def test_what_monitors_found_goes_and_the_chain_still_verifies(store: Store) -> None:
    would = store.expire(90, actor="retention", dry=True)
    assert would == Expired(batches=2, alerts=1, messages=1, mutes=1, runs=1)
    assert len(store.monitors.alerts(PROJECT)) == 2
    assert store.expire(90, actor="retention") == would
    check = store.verify_audit()
    assert check.ok, check.reason
    assert not store.expire(90, actor="retention")
    assert [a.id for a in store.monitors.alerts(PROJECT)] == ["going"]
    assert [d.id for d in store.monitors.deliveries(PROJECT)] == ["untold"]
    assert store.monitors.mutes(PROJECT) == ()
    assert [w.id for _, w in store.monitors.watches(PROJECT)] == [MONITOR]
    line = next(e for e in store.audit(20) if e.action == "alert.expire")
    assert (line.subject, line.actor) == (f"{PROJECT}/ended", "retention")
    assert line.detail == {"below": 2, "reason": "older than 90 days"}


def test_of_a_batch_stays_what_tells_that_it_was_judged(store: Store) -> None:
    store.expire(90, actor="retention")
    first, second, third = store.monitors.batches(PROJECT, MONITOR)
    assert (first.state, second.state, third.state) == ("expired", "expired", "assessed")
    assert (first.observations, first.drift, first.metrics, first.rows) == ((), {}, {}, 0)
    assert third == batch(2)
    known = store.monitors.known(PROJECT, MONITOR)
    assert set(known.names) == {"sha0", "sha1", "sha2"}
    new, _ = store.monitors.judged(
        batch(0), lambda _: Changes(), project=PROJECT, actor="cron", recent=5
    )
    assert not new


def test_a_reduced_batch_counts_neither_as_trouble_nor_as_its_absence(store: Store) -> None:
    store.expire(90, actor="retention")
    held: list[tuple[str, ...]] = []

    def look(state: object) -> Changes:
        held.append(tuple(b.id for b in state.recent))  # type: ignore[attr-defined]
        return Changes()

    store.monitors.judged(batch(3), look, project=PROJECT, actor="cron", recent=3)
    assert held == [("sha2", "sha3")]


def test_what_is_gone_is_in_no_byte_of_the_file(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "golive.duckdb"
    clock.now = OLD
    with Store(path, clock=clock) as opened:
        telling = batch(0).model_copy(update={"notes": ("a-note-that-has-to-go",)})
        opened.monitors.judged(
            telling, lambda _: Changes(), project=PROJECT, actor="cron", recent=5
        )
    assert b"a-note-that-has-to-go" in path.read_bytes()
    clock.now = NOW
    with Store(path, clock=clock) as opened:
        opened.expire(90, actor="retention")
    assert b"a-note-that-has-to-go" not in path.read_bytes()


def test_content_removed_without_a_line_is_still_found(store: Store, tmp_path: Path) -> None:
    import duckdb

    store.expire(90, actor="retention")
    store.close()
    with duckdb.connect(str(tmp_path / "golive.duckdb")) as connection:
        connection.execute("DELETE FROM alert WHERE id = 'going'")
    with Store(tmp_path / "golive.duckdb") as opened:
        check = opened.verify_audit()
    assert not check.ok
    assert check.reason is not None
    assert "going" in check.reason


def test_a_project_moves_after_the_age_limit_took_its_share(store: Store, tmp_path: Path) -> None:
    store.expire(90, actor="retention")
    taken = store.export_project(PROJECT)
    with Store(tmp_path / "other.duckdb") as other:
        other.import_project(taken, actor="ben")
        assert [b.state for b in other.monitors.batches(PROJECT, MONITOR)] == [
            "expired",
            "expired",
            "assessed",
        ]
        assert other.verify_audit().ok
