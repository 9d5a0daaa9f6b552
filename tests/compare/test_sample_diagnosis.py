"""The default sample: every planted fault of the inputs is named, with its site and day, and causes lead the list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from golive import samples
from golive.compare import Comparison, compare
from golive.intake import infer, load_config, read, roles_of
from golive.model.finding import Finding, Severity, Verdict
from golive.profile import profile


def run(name: str, folder: Path) -> tuple[Comparison, dict[str, Any]]:
    files = samples.write(name, folder)
    config = load_config(files.config)
    with read(files.train) as train, read(files.live) as live:
        specs = infer(train, live, config)
        roles = roles_of(specs)
        result = compare(
            profile(train, specs, roles), profile(live, specs, roles), config, specs=specs
        )
    return result, yaml.safe_load(files.truth.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> tuple[Comparison, dict[str, Any]]:
    return run("ed-sepsis", tmp_path_factory.mktemp("sample"))


def active(result: Comparison) -> list[Finding]:
    return [f for f in result.findings if f.verdict in (Verdict.ALARM, Verdict.WATCH)]


NUMBERS = (
    "creatinine_umol",
    "temperature_fahrenheit",
    "gcs_sentinel",
    "glucose_zero",
    "age_uncapped",
    "monitors_unmapped",
    "feed_stopped",
)


@pytest.mark.parametrize("fault", NUMBERS)
def test_planted_faults_are_named(default: tuple[Comparison, dict[str, Any]], fault: str) -> None:
    result, truth = default
    planted = next(f for f in truth["faults"] if f["id"] == fault)
    right = (planted["kind"], *planted["also"])
    said = [
        f for f in active(result) if set(f.columns) & set(planted["columns"]) and f.cause is None
    ]
    assert said, fault
    assert said[0].kind in right
    site = planted["segment"].get("site", [])
    if len(site) == 1:
        assert said[0].segment is not None
        assert said[0].segment.value == site[0]


def test_creatinine_and_temperature_lead_with_place_day_and_repair(
    default: tuple[Comparison, dict[str, Any]],
) -> None:
    result, truth = default
    first, second = active(result)[:2]
    assert first.id == "unit_change:creatinine@site=C3"
    assert "umol/L instead of mg/dL" in first.title
    assert first.segment is not None
    assert first.segment.since == "2026-03-04"
    assert second.id == "unit_mix:temperature@site=C4"
    for found, fault in ((first, "creatinine_umol"), (second, "temperature_fahrenheit")):
        planted = next(f for f in truth["faults"] if f["id"] == fault)
        assert found.severity is Severity.CRITICAL
        assert found.effect is not None
        assert found.effect.live == pytest.approx(planted["share"], abs=0.001)
        assert found.what_if is not None
        assert found.what_if.before is not None
        assert found.what_if.after is not None
        assert found.what_if.after < 0.1 < found.what_if.before


def test_what_a_cause_explains_ranks_below_it(default: tuple[Comparison, dict[str, Any]]) -> None:
    result, _ = default
    place = {f.id: i for i, f in enumerate(result.findings)}
    explained = [f for f in active(result) if f.cause is not None]
    assert {"distribution_shift:creatinine", "distribution_shift:temperature"} <= {
        f.id for f in explained
    }
    for found in explained:
        assert found.cause in place
        cause = result.findings[place[found.cause]]
        if cause.verdict is found.verdict:
            assert place[cause.id] < place[found.id]


def test_the_clean_sample_has_nothing_to_diagnose(tmp_path: Path) -> None:
    result, _ = run("clean", tmp_path)
    assert {f.kind for f in active(result)} <= {"free_text_present"}
