"""Ninety nights: a unit change, a model in slow decline, a batch that never came, one that came twice. One alert each, no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import quarter
from opening import Opened, opener
from receiver import Receiver

from golive.alerts.engine import replay
from golive.model.finding import Route
from golive.model.monitoring import Alert, Batch, Delivery
from golive.monitor.file import load_monitor
from golive.monitor.run import Report, run


def night(number: int) -> datetime:
    """When the batch of day ``number`` is judged: at eight on the next morning."""
    return datetime(*(quarter.day(number) + timedelta(days=1)).timetuple()[:3], 8, tzinfo=UTC)


@dataclass
class Quarter:
    file: Path
    opened: Opened
    receiver: Receiver
    reports: list[Report]

    def kept(self) -> tuple[tuple[Batch, ...], tuple[Alert, ...], tuple[Delivery, ...]]:
        with self.opened() as store:
            return (
                store.monitors.batches("quarter", "nightly"),
                store.monitors.alerts("quarter"),
                store.monitors.deliveries("quarter"),
            )

    def of(self, kind: str) -> Alert:
        return next(a for a in self.kept()[1] if a.kind == kind)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, warmed: None) -> Iterator[Quarter]:
    folder = tmp_path_factory.mktemp("quarter")
    receiver = Receiver()
    teams = ("engineering", "clinical_informatics", "product")
    routes = {team: [receiver.address(team)] for team in teams}
    file, batches = quarter.write(folder, routes=routes)
    made = Quarter(file, opener(folder / "golive.duckdb"), receiver, [])
    # Night by night around what happens, and in one go where a scheduler was down.
    last = 0
    for number in (0, 1, 29, 30, 31, 32, 50, 59, 65, 66, 67, 68, 89):
        quarter.deliver(folder, batches, range(last, number + 1))
        last = number + 1
        made.reports.append(run(file, made.opened, actor="scheduler", now=night(number)))
        (folder / "train.csv").unlink(missing_ok=True)
    yield made
    receiver.close()


def test_training_rows_are_needed_once(watched: Quarter) -> None:
    assert not (watched.file.parent / "train.csv").exists()
    assert len(watched.kept()[0]) == quarter.DAYS - 1


def test_exactly_one_alert_per_cause_and_no_other(watched: Quarter) -> None:
    alerts = watched.kept()[1]
    assert sorted((a.kind, a.columns, a.state) for a in alerts) == [
        ("batch_missing", (), "cleared"),
        ("performance_drop", ("risk", "sepsis_48h"), "open"),
        ("unit_change", ("creatinine",), "open"),
    ]
    assert {a.kind: a.route for a in alerts} == {
        "batch_missing": Route.ENGINEERING,
        "performance_drop": Route.CLINICAL_INFORMATICS,
        "unit_change": Route.ENGINEERING,
    }


@pytest.mark.parametrize(
    ("kind", "begins", "within"),
    [("unit_change", quarter.UNIT_DAY, 2), ("performance_drop", quarter.DECLINE_DAY, 10)],
)
def test_each_alert_opens_in_time(watched: Quarter, kind: str, begins: int, within: int) -> None:
    alert = watched.of(kind)
    assert (
        quarter.day(begins)
        <= alert.onset.date()
        <= alert.opened.date()
        < quarter.day(begins + within)
    )


def test_the_score_that_follows_creatinine_is_its_consequence(watched: Quarter) -> None:
    assert "score_shift" in watched.of("unit_change").consequences


def test_the_missed_batch_is_told_in_the_night_it_is_missed_and_ends_with_the_next(
    watched: Quarter,
) -> None:
    alert = watched.of("batch_missing")
    assert [s.date() for s in alert.slots] == [quarter.day(quarter.MISSED_DAY)]
    told = [
        r
        for r in watched.reports
        if any(a.id == alert.id and a.change == "opened" for a in r.alerts)
    ]
    assert len(told) == 1


def test_the_duplicate_is_noted_and_not_judged(watched: Quarter) -> None:
    batches = watched.kept()[0]
    again = [b for b in batches if b.also]
    assert [(b.name, b.also) for b in again] == [
        (quarter.name(quarter.DUPLICATE_DAY), (f"resent-{quarter.name(quarter.DUPLICATE_DAY)}",))
    ]


def test_one_message_per_alert_and_no_patient_data_in_it(watched: Quarter) -> None:
    assert len(watched.receiver.taken) == 3
    assert sorted(m["path"] for m in watched.receiver.taken) == [
        "/clinical_informatics",
        "/engineering",
        "/engineering",
    ]
    text = " ".join(m["title"] + m["message"] for m in watched.receiver.taken)
    for value in ("LP0", "LE0", "female", "C1", "umol", "%", "n ="):
        assert value not in text
    assert "Another unit in creatinine" in text


def test_a_second_run_changes_nothing(watched: Quarter) -> None:
    before, told = watched.kept(), len(watched.receiver.taken)
    report = run(watched.file, watched.opened, actor="scheduler", now=night(89))
    assert (report.judged, report.alerts, report.duplicates, report.sent) == ([], [], [], 0)
    assert watched.kept() == before
    assert len(watched.receiver.taken) == told


def test_the_audit_chain_holds_over_batches_alerts_and_messages(watched: Quarter) -> None:
    with watched.opened() as store:
        check = store.verify_audit()
    assert check.ok, check.reason


def test_replay_gives_the_same_alerts_with_the_same_thresholds_and_fewer_with_stricter_ones(
    watched: Quarter,
) -> None:
    batches, alerts, _ = watched.kept()
    rules = load_monitor(watched.file).alerts
    data = {(a.kind, a.onset) for a in alerts if a.kind != "batch_missing"}
    assert {(a.kind, a.onset) for a in replay(batches, rules)} == data
    strict = load_monitor(watched.file).alerts.model_copy(update={"persist": (30, 30)})
    late = replay(batches, strict)
    assert {a.kind for a in late} <= {"unit_change", "performance_drop"}
    assert all(a.opened - a.onset >= timedelta(days=29) for a in late)


def test_no_row_of_training_is_in_the_store(watched: Quarter) -> None:
    from golive.monitor.baseline import smallest_cell

    with watched.opened() as store:
        kept = store.monitors.baseline("quarter", "v1")
    assert kept is not None
    assert smallest_cell(kept.profile) >= 11
    assert "TE0" not in kept.model_dump_json()
