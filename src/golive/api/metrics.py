"""Findings and alerts for Prometheus: counts by project, no value and no name of a patient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

if TYPE_CHECKING:
    from golive.store import Store

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_VERDICTS = ("alarm", "watch", "quiet", "cannot_judge")
_GAUGES = (
    ("findings", "Findings of the latest session.", "project verdict"),
    ("readiness_index", "Readiness index, 0 to 100.", "project verdict"),
    ("assessed_timestamp_seconds", "When the latest session was assessed.", "project"),
    ("alerts_open", "Alerts that are open.", "project monitor severity"),
    ("monitor_last_run_timestamp_seconds", "When a monitor last ran.", "project monitor"),
)


class _Stored(Collector):
    """Reads the store when it is asked: a registry per request, so that nothing of the process is told."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Gauges of the latest session of every project, of its open alerts and of its monitors."""
        findings, index, assessed, alerts, runs = (
            GaugeMetricFamily(f"golive_{name}", words, labels=labels.split())
            for name, words, labels in _GAUGES
        )
        for project in self._store.projects():
            for card in self._store.list(project, limit=1):
                for verdict in _VERDICTS:
                    findings.add_metric([project, verdict], getattr(card, verdict))
                assessed.add_metric([project], card.created_at.timestamp())
                if card.index is not None:
                    index.add_metric([project, card.verdict.value], card.index)
            held = Counter(
                (a.monitor, a.severity.value)
                for a in self._store.monitors.alerts(project)
                if a.active
            )
            for (monitor, severity), count in sorted(held.items()):
                alerts.add_metric([project, monitor, severity], count)
        for project, watch in self._store.monitors.watches():
            runs.add_metric([project, watch.id], watch.last_run.timestamp())
        yield from (findings, index, assessed, alerts, runs)


def exposition(store: Store) -> bytes:
    """The metrics of a store in the text format 0.0.4."""
    registry = CollectorRegistry()
    registry.register(_Stored(store))
    return generate_latest(registry)
