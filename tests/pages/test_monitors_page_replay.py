"""Replay on the Monitors page: fewer alerts with a stricter threshold, said before it is set, and the lines to set it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml

from golive.alerts.rules import Rules
from golive.model.finding import Route, Severity
from golive.model.monitoring import Batch, Observation, Watch
from golive.store.monitors import Changes
from golive.ui.history import monitors

SLOT = datetime(2026, 11, 1, tzinfo=UTC)
PAGE = "pages/history/monitors.py"


def a_batch(day: int, *kinds: str, level: str = "alarm") -> Batch:
    seen = tuple(
        Observation(
            finding=f"{kind}:x", kind=kind, columns=("x",), level=level,
            severity=Severity.MAJOR, route=Route.ENGINEERING, title=kind,
        )
        for kind in kinds
    )  # fmt: skip
    return Batch(
        id=f"{day:064d}", monitor="nightly", name=f"{day}.csv", slot=SLOT + timedelta(days=day),
        state="assessed", rows=100, observations=seen,
    )  # fmt: skip


BATCHES = tuple(a_batch(d, *(["missing_up"] if d in (2, 10, 11) else [])) for d in range(20))
"""One spike, and later two days in a row."""


def test_a_stricter_threshold_raises_fewer_alerts() -> None:
    found = monitors.trials(BATCHES, watch_too=False, clear_after=3)
    assert [len(t.alerts) for t in found] == [2, 1, 0, 0]
    assert [t.still_open for t in found] == [0, 0, 0, 0]


def test_watch_counts_only_when_asked() -> None:
    quiet = [a_batch(d, "missing_up", level="watch") for d in range(8)]
    assert [len(t.alerts) for t in monitors.trials(quiet, watch_too=False, clear_after=3)] == [
        0,
        0,
        0,
        0,
    ]
    assert [len(t.alerts) for t in monitors.trials(quiet, watch_too=True, clear_after=3)] == [
        1,
        1,
        1,
        1,
    ]


@pytest.mark.parametrize("watch_too", [False, True])
def test_the_lines_to_copy_are_a_valid_part_of_a_monitor_file(watch_too: bool) -> None:
    for _, persist in monitors.CHOICES:
        text = monitors.as_yaml(persist, watch_too=watch_too, clear_after=5)
        made = Rules.model_validate(yaml.safe_load(text)["alerts"])
        assert made.persist == persist
        assert made.level == ("watch" if watch_too else "alarm")
        assert made.clear_after == 5


def test_the_page_counts_before_anything_is_set(open_page: Any, seeded: Any) -> None:
    project = seeded.projects()[0]
    for batch in BATCHES:
        seeded.monitors.judged(
            batch, lambda _: Changes(), project=project, actor="scheduler", recent=1
        )
    watch = Watch(id="nightly", file="m.yaml", baseline="v1", every_seconds=86_400, last_run=SLOT)
    seeded.monitors.ran(watch, project=project, actor="scheduler")
    lines = len(seeded.audit(1000))
    app = open_page(PAGE)
    assert not app.exception
    (table,) = [d.value for d in app.dataframe]
    assert table["Alerts"].tolist() == [2, 1, 0, 0]
    assert any(
        "Over 20 stored batches (1 Nov 2026 to 20 Nov 2026)" in m.value for m in app.markdown
    )
    app.toggle(key=f"replay_watch:{project}:nightly").set_value(True).run()
    assert not app.exception
    assert "level: watch" in app.code[-1].value
    assert len(seeded.audit(1000)) == lines, "a replay changes nothing"
