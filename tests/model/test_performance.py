"""Performance as typed nouns: a complete schema, the JSON keys of format 1, and what is absent stays absent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from golive.model.measured.performance import Performance
from golive.model.result import Assessment


def free(node: Any, path: str = "") -> Iterator[str]:
    """Places in a JSON Schema where an object may hold anything."""
    if isinstance(node, dict):
        if node.get("type") == "object" and "properties" not in node:
            values = node.get("additionalProperties")
            if not isinstance(values, dict) or not values:
                yield path
        for key, value in node.items():
            yield from free(value, f"{path}/{key}")
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from free(value, f"{path}/{place}")


@pytest.mark.parametrize("mode", ["serialization", "validation"])
def test_the_schema_has_no_free_form_object_under_performance(mode: Any) -> None:
    schema = Assessment.model_json_schema(mode=mode)
    assert list(free(Performance.model_json_schema(mode=mode))) == []
    reference = {"$ref": "#/$defs/Performance"}
    assert schema["properties"]["performance"]["anyOf"] == [reference, {"type": "null"}]
    assert schema["$defs"]["Performance"]["additionalProperties"] is False
    assert {"train", "live", "live_low", "change", "low", "high"} <= set(
        schema["$defs"]["Metric"]["properties"]
    )


def test_what_is_absent_stays_absent_and_null_stays_null() -> None:
    told = {
        "auroc": {"train": 0.8, "live": 0.7, "live_low": None, "low": -0.2},
        "net_benefit": None,
        "by_class": [{"class": "copd", "n": 40, "ppv": None}],
        "operations": {"latency_ms": {"n": 300, "train": {}}},
        "parity": [],
    }
    found = Performance.model_validate(told)
    assert found.model_dump(mode="json") == told
    assert Performance.model_validate_json(found.model_dump_json()) == found


def test_what_was_not_measured_reads_as_nothing() -> None:
    found = Performance.model_validate({"at_threshold": {"ppv": {"live": 0.2, "live_low": 0.1}}})
    assert found.metric("ppv").live.value == 0.2
    assert found.metric("ppv").live.ends is None
    assert found.auroc.change.value is None
    assert not found.auroc
    assert not found.metric("threshold")
    assert not Performance()


@pytest.mark.parametrize("odd", [{"auroc": 0.7}, {"windows": "many"}, {"auroc": {"live": "high"}}])
def test_what_is_not_of_the_format_is_refused(odd: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Performance.model_validate(odd)


def test_a_key_of_another_version_is_passed_over_and_what_it_left_empty_is_kept() -> None:
    row = {"start": "2026-03-02", "n": 40, "auroc": {"live": 0.8}}
    told = {"time_line": {"rows": [{**row, "good": True}]}, "generated_text": {"citations": None}}
    kept = {"time_line": {"rows": [row]}, "generated_text": {"citations": None}}
    assert Performance.model_validate(told).model_dump(mode="json") == kept


def test_more_is_added_without_changing_what_is_there() -> None:
    before = Performance.model_validate({"auroc": {"live": 0.7}})
    after = before.having(auroc=before.auroc.having(n_events=40), windows=3)
    assert after.model_dump() == {"auroc": {"live": 0.7, "n_events": 40}, "windows": 3}
    assert before.model_dump() == {"auroc": {"live": 0.7}}
    with pytest.raises(TypeError, match="Performance has no auroch"):
        before.having(auroch=before.auroc)
