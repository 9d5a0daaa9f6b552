"""One cause told once: what the service says of its own columns explains that their values are distributed differently."""

from __future__ import annotations

from pathlib import Path

from golive import samples
from golive.assess import assess
from golive.intake import load_config, read
from golive.model.config import parse_config
from golive.model.finding import Route, Severity, Verdict


def test_the_service_explains_its_own_columns_and_rules_decide_who_acts(tmp_path: Path) -> None:
    files = samples.write("integration", tmp_path, rows=1500)
    config = load_config(files.config)
    rule = {"kind": "latency_over_budget", "at_least": 0.9, "route": "product"}
    config = config.model_copy(update={"routing": parse_config({"routing": [rule]}).routing})
    with read(files.train) as train, read(files.live) as live:
        found = {f.id: f for f in assess(train, live, config).findings}
    slow = found["latency_over_budget:latency_ms"]
    assert found["distribution_shift:latency_ms"].cause == slow.id
    status = [f for f in found.values() if f.columns == ("status",) and f.kind != "error_rate"]
    assert status
    assert all(f.cause for f in status if f.verdict in (Verdict.ALARM, Verdict.WATCH))
    assert (slow.verdict, slow.route, slow.severity) == (
        Verdict.WATCH,
        Route.PRODUCT,
        Severity.MINOR,
    )
    assert any("stays below 0.9" in e for e in slow.evidence)
