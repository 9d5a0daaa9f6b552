"""Performance as the JSON that a result carries, whose keys are fixed (format 1)."""

from __future__ import annotations

from typing import Any

from golive.model.measured.performance import Performance
from golive.model.result import Assessment
from golive.outcomes.model.context import Outcomes


def json_of(found: Outcomes | Assessment) -> dict[str, Any]:
    """What ``found`` says of performance; it reads back unchanged."""
    assert found.performance is not None
    told: dict[str, Any] = found.performance.model_dump(mode="json")
    again = Performance.model_validate_json(found.performance.model_dump_json())
    assert again == found.performance
    assert again.model_dump(mode="json") == told
    return told
