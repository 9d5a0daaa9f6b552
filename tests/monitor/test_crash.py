"""Killed in the middle, started twice at once: no batch, alert or message is lost or doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import quarter
from opening import opener
from receiver import Receiver

DAYS, UNIT_DAY = 6, 1


def start(file: Path, store: Path, *more: str) -> subprocess.Popen[str]:
    """The real command, in a process of its own."""
    arguments = [
        sys.executable,
        "-m",
        "golive.cli",
        "monitor",
        "run",
        str(file),
        "--store",
        str(store),
        *more,
    ]
    environment = {**os.environ, "GOLIVE_HOME": str(store.parent), "DO_NOT_TRACK": "1"}
    return subprocess.Popen(
        arguments, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def kill_while_judging(process: subprocess.Popen[str], batch: str) -> None:
    """Kill -9 as soon as the run says that it judges ``batch``."""
    with process:
        assert process.stderr is not None
        for line in process.stderr:
            if batch in line:
                os.kill(process.pid, signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL


def test_killed_in_the_middle_and_started_twice_nothing_is_lost_or_doubled(
    tmp_path: Path, receiver: Receiver
) -> None:
    file, batches = quarter.write(
        tmp_path, routes={"engineering": [receiver.address("e")]}, days=DAYS, unit_day=UNIT_DAY
    )
    quarter.deliver(tmp_path, batches, range(DAYS))
    store = tmp_path / "golive.duckdb"
    kill_while_judging(start(file, store), quarter.name(4))
    with opener(store)() as opened:
        kept = opened.monitors.batches("quarter", "nightly")
        assert 2 <= len(kept) < DAYS
    both = [start(file, store), start(file, store)]
    ends = [p.communicate(timeout=120) for p in both]
    assert [p.returncode for p in both] == [0, 0], ends
    with opener(store)() as opened:
        after = opened.monitors.batches("quarter", "nightly")
        alerts = opened.monitors.alerts("quarter")
        messages = opened.monitors.deliveries("quarter")
        saved = [line.subject for line in opened.audit(limit=10_000) if line.action == "batch.put"]
        assert opened.verify_audit().ok
    assert sorted(b.name for b in after) == [quarter.name(n) for n in range(DAYS)]
    assert after[: len(kept)] == kept
    assert len(saved) == len(set(saved)) == DAYS, "every batch was written once"
    # The clock of this machine is long after the last batch: that silence is an alert of its own.
    assert sorted(a.kind for a in alerts) == ["batch_missing", "unit_change"]
    assert {m.state for m in messages} == {"sent"}
    assert len(messages) == len(receiver.taken) == len({m["message"] for m in receiver.taken}) == 2


def test_a_store_that_stays_busy_ends_with_exit_3_and_judges_nothing(tmp_path: Path) -> None:
    file, batches = quarter.write(tmp_path, days=2)
    quarter.deliver(tmp_path, batches, range(2))
    store = tmp_path / "golive.duckdb"
    with opener(store)():
        process = start(file, store, "--wait", "0")
        _, said = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "STORE_BUSY" in said
