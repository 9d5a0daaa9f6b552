"""Findings and alerts in the text format of Prometheus (exposition format 0.0.4): counts, no names of patients or values."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from golive.store import Store


def _label(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def exposition(store: Store) -> str:
    """Gauges of the latest session of every project and of its open alerts."""
    findings = ["# HELP golive_findings Findings of the latest session.", "# TYPE golive_findings gauge"]
    index = ["# HELP golive_readiness_index Readiness index, 0 to 100.", "# TYPE golive_readiness_index gauge"]
    alerts = ["# HELP golive_alerts_open Alerts that are open.", "# TYPE golive_alerts_open gauge"]
    for project in store.projects():
        name = _label(project)
        for card in store.list(project, limit=1):
            findings += [
                f'golive_findings{{project="{name}",verdict="{verdict}"}} {getattr(card, verdict)}'
                for verdict in ("alarm", "watch", "quiet", "cannot_judge")
            ]
            if card.index is not None:
                index.append(
                    f'golive_readiness_index{{project="{name}",verdict="{card.verdict.value}"}} {card.index:g}'
                )
        held = Counter((a.monitor, a.severity.value) for a in store.monitors.alerts(project) if a.active)
        for (monitor, severity), count in sorted(held.items()):
            labels = f'project="{name}",monitor="{_label(monitor)}",severity="{severity}"'
            alerts.append(f"golive_alerts_open{{{labels}}} {count}")
    return "\n".join([*findings, *index, *alerts]) + "\n"
