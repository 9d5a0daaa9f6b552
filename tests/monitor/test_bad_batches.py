"""Batches that are empty, half written, of another schema, late or resent; receivers that are down; clocks that jump."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from opening import Opened, opener
from receiver import Receiver

from golive.cli import run as golive
from golive.model.errors import GoLiveError, InputError
from golive.model.monitoring import Mute
from golive.monitor.file import load_monitor
from golive.monitor.run import Report, run

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def table(rows: int, seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "heart_rate": draw.normal(80, 12, rows).round(0),
            "sex": draw.choice(["f", "m"], rows),
            "lactate": draw.lognormal(0.5, 0.5, rows).round(1),
        }
    )


class Ward:
    """A small monitor with a folder of batches."""

    def __init__(self, folder: Path, opened: Opened, **monitor: object) -> None:
        self.folder, self.opened = folder, opened
        (folder / "in").mkdir()
        table(800, 1).to_csv(folder / "train.csv", index=False)
        facts = {
            "monitor": "ward",
            "project": "ward",
            "baseline": {"name": "b1", "train": "train.csv"},
            "batches": {"source": "in", "settle": "0s", "starts": "2026-03-08"},
            **monitor,
        }
        self.file = folder / "monitor.yaml"
        self.file.write_text(yaml.safe_dump(facts))

    def put(self, day: str, text: str | None = None, seed: int = 2) -> Path:
        path = self.folder / "in" / f"ward-{day}.csv"
        path.write_text(text if text is not None else table(120, seed).to_csv(index=False))
        return path

    def run(self, now: datetime = NOON) -> Report:
        return run(self.file, self.opened, actor="test", now=now)

    def kinds(self) -> list[tuple[str, str]]:
        with self.opened() as store:
            return sorted((a.kind, a.state) for a in store.monitors.alerts("ward"))


@pytest.fixture
def ward(tmp_path: Path, opened: Opened, warmed: None) -> Ward:
    return Ward(tmp_path, opened)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "batch_empty"),
        ("heart_rate,sex,lactate\n", "batch_empty"),
        ("ward,bed\n1,2\n3,4\n", "batch_other_schema"),
        ("heart_rate,sex,lactate\n80,f\n70,m\n60,f\n", "batch_unreadable"),
    ],
)
def test_a_batch_that_cannot_be_judged_is_an_alert_at_once_and_ends_with_the_next_good_one(
    ward: Ward, text: str, kind: str
) -> None:
    ward.put("2026-03-08", text)
    report = ward.run(datetime(2026, 3, 9, 12, tzinfo=UTC))
    assert [b.state for b in report.judged] == [kind.removeprefix("batch_")]
    assert ward.kinds() == [(kind, "open")]
    assert ward.run(datetime(2026, 3, 9, 13, tzinfo=UTC)).judged == []
    ward.put("2026-03-09")
    ward.run()
    assert ward.kinds() == [(kind, "cleared")]


def test_a_file_that_is_still_written_waits_for_the_next_run(
    tmp_path: Path, opened: Opened, warmed: None
) -> None:
    ward = Ward(tmp_path, opened, batches={"source": "in", "settle": "1h", "starts": "2026-03-08"})
    path = ward.put("2026-03-08")
    ward.put("2026-03-08").rename(path.with_suffix(".csv.part"))
    path.write_text(table(120, 2).to_csv(index=False))
    os.utime(path, (NOON.timestamp() - 60,) * 2)
    report = ward.run()
    assert report.judged == []
    assert sorted(report.waiting) == ["ward-2026-03-08.csv", "ward-2026-03-08.csv.part"]
    os.utime(path, (NOON.timestamp() - 7200,) * 2)
    assert [b.state for b in ward.run().judged] == ["assessed"]


def test_a_batch_that_comes_late_is_judged_and_said_to_be_late(ward: Ward) -> None:
    ward.put("2026-03-09", seed=3)
    ward.run()
    assert ward.kinds() == [("batch_missing", "cleared")], (
        "the gap before it was told, and ended with it"
    )
    ward.put("2026-03-08", seed=4)
    assert [(b.name, b.late) for b in ward.run().judged] == [("ward-2026-03-08.csv", True)]
    assert ward.run().missed == ()


def test_silence_is_one_alert_however_long_it_lasts(ward: Ward) -> None:
    ward.put("2026-03-08")
    ward.run(datetime(2026, 3, 9, 12, tzinfo=UTC))
    for days in (1, 2, 3, 3):
        ward.run(NOON + timedelta(days=days))
    assert ward.kinds() == [("batch_missing", "open")]
    with ward.opened() as store:
        assert [s.day for s in store.monitors.alerts("ward")[0].slots] == [9, 10, 11, 12]
        assert len(store.monitors.deliveries("ward")) == 1


def test_a_clock_that_jumps_makes_one_alert_and_going_back_none(ward: Ward) -> None:
    ward.put("2026-03-08")
    ward.run(datetime(2026, 3, 9, 12, tzinfo=UTC))
    ward.run(datetime(2020, 1, 1, tzinfo=UTC))
    assert ward.kinds() == []
    ward.run(datetime(2046, 1, 1, tzinfo=UTC))
    assert ward.kinds() == [("batch_missing", "open")]


def test_a_day_that_lies_ahead_is_told_and_neither_silences_nor_delays_the_others(
    ward: Ward,
) -> None:
    ward.put("2026-03-08")
    ward.put("2046-01-01", seed=5)
    report = ward.run(datetime(2026, 3, 9, 12, tzinfo=UTC))
    assert report.ahead == ["ward-2046-01-01.csv"]
    assert "lies ahead of this machine's clock" in report.notes[0]
    assert report.next_expected == datetime(2026, 3, 10, 6, tzinfo=UTC)
    ward.put("2026-03-09", seed=6)
    (batch,) = ward.run().judged
    assert not batch.late


def test_a_file_changed_in_the_future_stands_for_today(ward: Ward) -> None:
    path = ward.put("x")
    os.utime(path, (datetime(2046, 1, 1, tzinfo=UTC).timestamp(),) * 2)
    report = ward.run(datetime(2026, 3, 8, 12, tzinfo=UTC))
    assert ([b.slot.isoformat() for b in report.judged], report.undated) == (
        ["2026-03-08T00:00:00+00:00"],
        [path.name],
    )


def test_trouble_is_seen_when_the_clock_of_the_store_went_back(
    tmp_path: Path, opened: Opened, warmed: None
) -> None:
    ward = Ward(tmp_path, opened)
    ward.put("2026-03-08")
    ward.run(datetime(2026, 3, 9, 12, tzinfo=UTC))
    ward.opened = opener(
        tmp_path / "golive.duckdb", clock=lambda: datetime.now(UTC) - timedelta(days=400)
    )
    ward.put("2026-03-09", "")
    ward.run()
    assert ward.kinds() == [("batch_empty", "open")]


def test_messages_that_wait_are_counted_by_every_run(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GOLIVE_HOME", str(ward.folder))
    ward.put("2026-03-08", "")
    first = ward.run(datetime(2026, 3, 9, 12, tzinfo=UTC))
    assert first.problems == ["ward-2026-03-08.csv: It holds no rows (EMPTY_FILE)."]
    assert (first.unsent, first.why_unsent) == (1, {"NO_RECEIVER": 1})
    assert ward.run(datetime(2026, 3, 9, 12, tzinfo=UTC)).unsent == 1
    golive(["monitor", "run", str(ward.file)])
    said = capsys.readouterr().out
    assert "0 batches judged" in said
    assert "the route names no receiver" in said


def test_a_receiver_that_is_down_is_tried_again_and_nothing_is_lost(
    tmp_path: Path, opened: Opened, receiver: Receiver, warmed: None
) -> None:
    ward = Ward(tmp_path, opened, routes={"engineering": [receiver.address("x")]})
    receiver.down = True
    ward.put("2026-03-08", "")
    report = ward.run(datetime(2026, 3, 9, 12, tzinfo=UTC))
    assert (report.sent, report.unsent) == (0, 1)
    with opened() as store:
        (kept,) = store.monitors.deliveries("ward")
    assert (kept.state, kept.error, kept.tries) == ("failed", "NOT_DELIVERED", 1)
    assert "127.0.0.1" not in kept.model_dump_json()
    receiver.down = False
    assert ward.run(datetime(2026, 3, 9, 13, tzinfo=UTC)).sent == 0, "it is not tried again at once"
    ward.opened = opener(
        tmp_path / "golive.duckdb", clock=lambda: datetime.now(UTC) + timedelta(minutes=10)
    )
    assert ward.run(datetime(2026, 3, 9, 14, tzinfo=UTC)).sent == 1
    assert ward.run(datetime(2026, 3, 9, 15, tzinfo=UTC)).sent == 0
    assert [m["title"] for m in receiver.taken] == [kept.title]


def test_muted_alerts_are_shown_and_not_sent(
    tmp_path: Path, opened: Opened, receiver: Receiver, warmed: None
) -> None:
    ward = Ward(tmp_path, opened, routes={"engineering": [receiver.address("x")]})
    mute = Mute(
        id="ward", monitor="ward", reason="planned downtime", until=datetime(2099, 1, 1, tzinfo=UTC)
    )
    with opened() as store:
        store.monitors.mute(mute, project="ward", actor="test")
    ward.put("2026-03-08", "")
    ward.run(datetime(2026, 3, 9, 12, tzinfo=UTC))
    assert ward.kinds() == [("batch_empty", "open")]
    assert receiver.asked == 0


def test_people_acknowledge_assign_and_resolve_with_history(ward: Ward) -> None:
    ward.put("2026-03-08", "")
    ward.run(datetime(2026, 3, 9, 12, tzinfo=UTC))
    with ward.opened() as store:
        kept = store.monitors
        (alert,) = kept.alerts("ward")
        kept.act("ward", alert.id, "acknowledged", actor="a")
        kept.act("ward", alert.id, "assigned", actor="a", owner="data team", note="feed")
        kept.act("ward", alert.id, "resolved", actor="b", note="sent again")
        told = [
            (h.item.change, h.item.owner, h.actor) for h in kept.alert_history("ward", alert.id)
        ]
        assert told == [
            ("resolved", "data team", "b"),
            ("assigned", "data team", "a"),
            ("acknowledged", "", "a"),
            ("opened", "", "test"),
        ]
        with pytest.raises(InputError) as refused:
            kept.act("ward", alert.id, "acknowledged", actor="a")
        assert refused.value.code == "ALERT_CLOSED"
        assert store.verify_audit().ok


def test_other_roles_need_another_baseline_and_a_missing_one_needs_training_data(
    ward: Ward,
) -> None:
    ward.put("2026-03-08")
    ward.run()
    data = yaml.safe_load(ward.file.read_text())
    (ward.folder / "config.yaml").write_text(yaml.safe_dump({"roles": {"groups": ["sex"]}}))
    ward.file.write_text(yaml.safe_dump({**data, "config": "config.yaml"}))
    with pytest.raises(InputError) as error:
        ward.run()
    assert error.value.code == "BASELINE_CONFIG"
    ward.file.write_text(yaml.safe_dump({**data, "baseline": {"name": "b2"}}))
    with pytest.raises(InputError) as error:
        ward.run()
    assert error.value.code == "BASELINE_MISSING"


@pytest.mark.parametrize(
    ("change", "code", "hint"),
    [
        ({"baselin": {}}, "MONITOR_UNKNOWN_KEY", "baseline"),
        ({"batches": {"source": "in", "evry": "1d"}}, "MONITOR_UNKNOWN_KEY", "every"),
        (
            {"batches": {"source": "in", "every": "often"}},
            "MONITOR_VALUE",
            "'batches.every' is 'often'",
        ),
        (
            {"batches": {}},
            "MONITOR_VALUE",
            "'batches.source' is missing. (m.yaml) A folder, a pattern",
        ),
        ({"routes": {"engineering": "slack://secret"}}, "MONITOR_VALUE", "'routes.engineering'"),
        ({"batches": {"source": "in", "date": "(oops"}}, "MONITOR_VALUE", ""),
        ({"alerts": {"persist": [3, 2]}}, "MONITOR_VALUE", ""),
        ({"alerts": {"rules": [{"kind": "unit_chang"}]}}, "MONITOR_VALUE", ""),
        ({"alerts": {"escalate": {"to": "nobody"}}}, "MONITOR_VALUE", ""),
        (
            {"routes": {"enginering": ["json://localhost"]}},
            "MONITOR_UNKNOWN_KEY",
            "Did you mean 'engineering'?",
        ),
        ({"monitor": "../x"}, "MONITOR_VALUE", "'monitor' is '../x': letters, digits"),
    ],
)
def test_wrong_monitor_files_name_what_is_wrong(
    tmp_path: Path, change: dict[str, object], code: str, hint: str
) -> None:
    facts = {"monitor": "m", "baseline": {"name": "b"}, "batches": {"source": "in"}, **change}
    path = tmp_path / "m.yaml"
    path.write_text(yaml.safe_dump(facts))
    with pytest.raises(InputError) as error:
        load_monitor(path)
    assert code in [p.code for p in error.value.problems]
    assert hint in str(error.value)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("text", ["", "- a\n", "a: [", "\x00", "a: 1\na: {{"])
def test_files_that_are_no_monitor_are_input_errors(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text)
    with pytest.raises(GoLiveError):
        load_monitor(path)


def test_check_says_what_waits_and_changes_nothing(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GOLIVE_HOME", str(ward.folder))
    ward.put("2026-03-08")
    store = str(ward.folder / "golive.duckdb")
    assert golive(["monitor", "check", str(ward.file), "--store", store]) == 1
    said = capsys.readouterr().out
    assert "0 batches judged, 1 new" in said
    assert "not stored yet" in said
    with ward.opened() as opened:
        assert opened.monitors.batches("ward", "ward") == ()
        assert opened.audit() == ()
    assert golive(["monitor", "run", str(ward.file), "--store", store, "--fail-on", "new"]) == 1
    assert golive(["monitor", "run", str(ward.file), "--store", store, "--fail-on", "new"]) == 0
    assert golive(["monitor", "replay", str(ward.file), "--store", store]) == 0


def test_an_alert_nobody_takes_is_told_to_one_more_route_once(
    tmp_path: Path, receiver: Receiver, warmed: None
) -> None:
    clock = [datetime(2026, 3, 9, 12, tzinfo=UTC)]
    opened = opener(tmp_path / "golive.duckdb", clock=lambda: clock[0])
    routes = {
        "engineering": [receiver.address("engineering")],
        "on_call": [receiver.address("on_call")],
    }
    ward = Ward(
        tmp_path, opened, routes=routes, alerts={"escalate": {"after": "2h", "to": "on_call"}}
    )
    ward.put("2026-03-08", "")
    for hours in (0, 1, 3, 4):
        clock[0] = datetime(2026, 3, 9, 12 + hours, tzinfo=UTC)
        ward.run(clock[0])
    assert [m["path"] for m in receiver.taken] == ["/engineering", "/on_call"]
    assert "Still open" in receiver.taken[1]["title"]


def test_slots_of_a_table_are_batches_and_each_is_judged_once(
    tmp_path: Path, opened: Opened, warmed: None
) -> None:
    import duckdb

    frame = pd.concat([table(100, n).assign(at=f"2026-03-{8 + n:02d} 10:00:00") for n in range(2)])
    frame["at"] = pd.to_datetime(frame["at"])
    with duckdb.connect(str(tmp_path / "hospital.db")) as connection:
        connection.execute("CREATE TABLE live AS SELECT * FROM frame")
    source = {
        "source": "table:live",
        "engine": f"duckdb://{tmp_path / 'hospital.db'}",
        "starts": "2026-03-08",
        "grace": "1h",
    }
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"roles": {"time": "at"}}))
    ward = Ward(tmp_path, opened, batches=source, config="config.yaml")
    table(800, 1).assign(at="2026-01-01 10:00:00").to_csv(tmp_path / "train.csv", index=False)
    report = ward.run(NOON)
    assert [(b.state, b.rows) for b in report.judged] == [("assessed", 100), ("assessed", 100)]
    assert ward.run(NOON).judged == []
    assert [b.state for b in ward.run(NOON + timedelta(days=1)).judged] == ["empty"]


def test_a_window_judges_several_batches_together(
    tmp_path: Path, opened: Opened, warmed: None
) -> None:
    ward = Ward(
        tmp_path,
        opened,
        batches={"source": "in", "settle": "0s", "starts": "2026-03-08", "window": 2},
    )
    ward.put("2026-03-08", seed=3)
    ward.put("2026-03-09", seed=4)
    assert [b.rows for b in ward.run().judged] == [120, 240]


def test_a_mistake_in_the_configuration_ends_the_run_and_costs_no_batch(ward: Ward) -> None:
    ward.put("2026-03-08")
    data = yaml.safe_load(ward.file.read_text())
    item = {"id": "e1", "criterion": "NO-SUCH", "kind": "document", "claim_level": 1, "owner": "x"}
    (ward.folder / "config.yaml").write_text(
        yaml.safe_dump({"project": "ward", "evidence": [item]})
    )
    ward.file.write_text(yaml.safe_dump({**data, "config": "config.yaml"}))
    with pytest.raises(InputError):
        ward.run()
    (ward.folder / "config.yaml").write_text(yaml.safe_dump({"project": "ward"}))
    assert [b.state for b in ward.run().judged] == ["assessed"]
