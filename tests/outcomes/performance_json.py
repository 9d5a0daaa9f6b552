"""Performance as the JSON that a result carries, whose keys are fixed (format 1)."""

from __future__ import annotations

from typing import Any

from golive.model.performance import Performance
from golive.model.result import Assessment
from golive.outcomes.model.context import Outcomes


def json_of(found: Outcomes | Assessment) -> dict[str, Any]:
    """What ``found`` says of performance; it reads back unchanged."""
    assert found.performance is not None
    performance = Performance.model_validate(found.performance)
    told: dict[str, Any] = performance.model_dump(mode="json")
    assert Performance.model_validate_json(performance.model_dump_json()) == performance
    return told
