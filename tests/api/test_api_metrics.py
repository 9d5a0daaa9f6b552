"""Metrics: Prometheus' own parser reads them, they say what the store says, and names with odd signs stay one label."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import sample_assessment as made
from prometheus_client.parser import text_string_to_metric_families

from golive.api.metrics import exposition
from golive.model.finding import Route, Severity
from golive.model.monitoring import Alert, Watch
from golive.store import Store
from golive.store.monitors import Changes

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def read(store: Store) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(exposition(store).decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for f in families for s in f.samples}


def test_an_empty_store_has_families_and_no_samples(tmp_path: Path) -> None:
    with Store(tmp_path / "s.duckdb") as store:
        assert read(store) == {}
        assert b"# TYPE golive_findings gauge" in exposition(store)


def test_they_say_what_the_store_says(tmp_path: Path) -> None:
    odd = 'ward "7"\\ a\nb'
    with Store(tmp_path / "s.duckdb") as store:
        first = made.assessment().model_copy(update={"project": odd})
        store.save(first, config=made.CONFIG, actor="x")
        alert = Alert(
            id="a", monitor="nightly", kind="unit_change", severity=Severity.CRITICAL, route=Route.ENGINEERING,
            onset=NOW, opened=NOW, last=NOW, opened_at=NOW,
        )  # fmt: skip
        store.monitors.decided(
            lambda _: Changes((alert,)), project=odd, monitor="nightly", actor="x"
        )
        watch = Watch(id="nightly", file="m.yaml", baseline="b", every_seconds=86_400, last_run=NOW)
        store.monitors.ran(watch, project=odd, actor="x")
        (card,) = store.list()
        found = read(store)
    by = ("project", odd)
    for verdict in ("alarm", "watch", "quiet", "cannot_judge"):
        assert found["golive_findings", (by, ("verdict", verdict))] == getattr(card, verdict)
    assert found["golive_readiness_index", (by, ("verdict", card.verdict.value))] == card.index
    assert found["golive_assessed_timestamp_seconds", (by,)] == card.created_at.timestamp()
    assert found["golive_alerts_open", (("monitor", "nightly"), by, ("severity", "critical"))] == 1
    assert (
        found["golive_monitor_last_run_timestamp_seconds", (("monitor", "nightly"), by)]
        == NOW.timestamp()
    )
    assert len(found) == 8, "nothing of the process itself"
