"""Play stored batches again with other thresholds: how many alerts they would have raised, before they are set."""

from __future__ import annotations

from collections.abc import Sequence

from golive.alerts.engine import step
from golive.alerts.rules import Rules
from golive.model.monitoring import Alert, Batch


def replay(batches: Sequence[Batch], rules: Rules) -> tuple[Alert, ...]:
    """Alerts that ``rules`` would have raised over stored batches, in their order; what people did is left out."""
    alerts: dict[str, Alert] = {}
    for number, batch in enumerate(batches, start=1):
        recent = tuple(batches[max(0, number - rules.longest - 14) : number])
        alerts |= {a.id: a for a in step(recent, tuple(alerts.values()), rules, now=batch.slot)}
    return tuple(alerts.values())
