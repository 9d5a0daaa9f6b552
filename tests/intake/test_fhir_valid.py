"""Validity of resources: a sample is checked, problems are counted by element, values are never told, findings follow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made_fhir import bundle, encounter, observation, patient, quantity

from golive.compare.fields import resources
from golive.intake import infer, read, roles_of
from golive.model.config import Config
from golive.model.facts import findings
from golive.model.finding import Verdict
from golive.model.profile import Coverage, Profile
from golive.profile import profile


def ward(*, broken: int, of: int = 60, **rest: Any) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [patient("p1"), encounter("e1", "p1")]
    for i in range(of):
        one = observation(
            f"o{i}", "p1", "e1", "2160-0", valueQuantity=quantity(1.0, "mg/dL"), **rest
        )
        if i < broken:
            one["effectiveDateTime"] = "SECRET-1950"
            one["bogus"] = 1
        made.append(one)
    return made


def read_profile(path: Path) -> Profile:
    with read(path) as dataset:
        specs = infer(dataset, None, Config())
        return profile(dataset, specs, roles_of(specs))


def test_problems_are_counted_by_element_without_their_values(tmp_path: Path) -> None:
    with read(bundle(tmp_path / "w.json", *ward(broken=24))) as dataset:
        (said,) = [n.sentence for n in dataset.notes if n.code == "FHIR_INVALID"]
        kept = {c.resource: (c.kept, c.n) for c in dataset.coverage if not c.element}
    assert said.startswith("24 of 60 Observation resources that were checked break rules of R4")
    assert "Observation.bogus is no element of R4 (24)" in said
    assert "Observation.effectiveDateTime has a wrong type or format (24)" in said
    assert "SECRET" not in said
    assert kept["Observation"] == (36, 60)


def test_equally_frequent_problems_are_named_in_one_order(tmp_path: Path) -> None:
    with read(bundle(tmp_path / "w.json", *ward(broken=24))) as dataset:
        (said,) = [n.sentence for n in dataset.notes if n.code == "FHIR_INVALID"]
    named = said.partition(": ")[2].rstrip(".").split("; ")
    assert len(named) > 1
    assert named == sorted(named)


def test_a_few_problems_are_not_counted_out_loud(tmp_path: Path) -> None:
    with read(bundle(tmp_path / "w.json", *ward(broken=3))) as dataset:
        (said,) = [n.sentence for n in dataset.notes if n.code == "FHIR_INVALID"]
    assert said.startswith("1-10 of 60")


def test_valid_resources_are_not_spoken_of(tmp_path: Path) -> None:
    with read(bundle(tmp_path / "w.json", *ward(broken=0))) as dataset:
        assert not [n for n in dataset.notes if n.code == "FHIR_INVALID"]
        assert all(c.kept == c.n for c in dataset.coverage if not c.element)


def test_the_sample_is_the_same_at_every_run_and_no_larger_than_said(tmp_path: Path) -> None:
    path = bundle(tmp_path / "w.json", *ward(broken=150, of=300))
    kept = []
    for _ in range(2):
        with read(path) as dataset:
            kept.append({c.resource: (c.kept, c.n) for c in dataset.coverage if not c.element})
    assert kept[0] == kept[1]
    assert kept[0]["Observation"][1] == 100


def test_live_resources_that_lose_an_element_or_their_validity_are_findings(tmp_path: Path) -> None:
    lab = [{"coding": [{"code": "laboratory"}]}]
    train = read_profile(bundle(tmp_path / "t.json", *ward(broken=0, category=lab)))
    live = read_profile(bundle(tmp_path / "l.json", *ward(broken=24)))
    found = {f.id: f for f in findings(resources.check(train, live, Config()))}
    gone = found["must_support_missing:Observation.category"]
    assert gone.verdict is Verdict.ALARM
    assert (
        gone.title
        == "Observation.category: no live resource fills it, 100 % in training (n = 60 and 60)"
    )
    assert gone.effect is not None
    assert gone.effect.high is not None
    assert gone.effect.high < 0
    bad = found["resource_invalid:Observation"]
    assert bad.verdict is Verdict.ALARM
    assert "40 % of the Observation resources that were checked break rules" in bad.title
    assert found["must_support_missing:Observation.status"].verdict is Verdict.QUIET
    assert "must_support_missing:Patient.gender" not in found  # one patient says nothing


@pytest.mark.parametrize(
    ("train", "live", "verdict"),
    [
        ((1000, 1000), (790, 1000), Verdict.ALARM),
        ((1000, 1000), (900, 1000), Verdict.WATCH),
        ((1000, 1000), (970, 1000), Verdict.QUIET),
        ((20, 20), (19, 20), Verdict.QUIET),
        ((0, 500), (0, 500), Verdict.WATCH),
        ((100, 500), (400, 500), Verdict.QUIET),
    ],
)
def test_a_fall_must_be_large_and_certain(
    train: tuple[int, int], live: tuple[int, int], verdict: Verdict
) -> None:
    old, now = Coverage("Encounter", "type", *train), Coverage("Encounter", "type", *live)
    assert resources._judge(now, old).verdict is verdict


def test_tables_that_are_not_fhir_are_not_spoken_of(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n" + "1,2\n" * 30)
    one = read_profile(tmp_path / "t.csv")
    assert resources.check(one, one, Config()) == []
