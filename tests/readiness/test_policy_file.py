"""The shipped policy and an organisation's own: what is in it, and every problem at once when it is wrong."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from golive.model.errors import InputError
from golive.model.readiness import Tier
from golive.model.registers import Kpi, Registers
from golive.readiness.measures import MEASURES
from golive.readiness.policy.policy import load_model, parse_model, raw_policy
from golive.readiness.registers.from_registers import readings
from golive.settings import resource


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    return yaml.safe_load(resource("data", "readiness_model.yaml").read_text(encoding="utf-8"))


def codes(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_model(yaml.safe_dump(raw))
    return [p.code for p in caught.value.problems]


def test_shipped_policy_has_the_counts_of_the_model() -> None:
    """Criteria, gates and hard gates per tier: whoever changes the policy changes these numbers knowingly."""
    model = load_model()
    assert len(model.criteria) == 78
    assert len(model.dimensions) == 12
    counts = {}
    for tier in Tier:
        asked = [c for c in model.criteria if tier in c.tiers]
        gates = [c for c in asked if tier in c.gate]
        counts[tier.value] = (len(asked), len(gates), sum(c.hard for c in gates))
    assert counts == {"L": (56, 10, 6), "M": (78, 31, 12), "H": (78, 48, 12), "C": (78, 48, 12)}


def test_every_condition_criterion_has_a_measure_and_no_measure_is_orphaned() -> None:
    conditions = {c.id for c in load_model().criteria if c.kind == "condition"}
    kpi = Kpi(id="k", name="stay", layer="business", baseline=6, baseline_weeks=12)
    read = readings(Registers(kpis=(kpi,)), train_sha256="", as_of=date(2026, 11, 20), tier="H")
    assert conditions <= {*MEASURES, *read}
    assert "VAL-02" in read
    assert "VAL-02" not in MEASURES
    assert all(load_model().knows(k) for k in MEASURES)
    assert len(conditions) >= 30


def test_bounds_are_those_of_the_anchors() -> None:
    """A few level anchors by hand: the words and the bounds must say the same."""
    model = load_model()
    gap = model.criterion("DAT-02")
    assert [gap.level_of(gap=g) for g in (0.21, 0.20, 0.10, 0.05, 0.02)] == [0, 1, 2, 3, 4]
    codes_ = model.criterion("DAT-04")
    assert codes_.level_of(valid=0.99, other_version=0.0, unseen=0.05) == 3
    assert codes_.level_of(valid=0.99, other_version=0.031, unseen=0.05) == 1
    assert codes_.level_of(valid=0.89, other_version=0.0, unseen=0.0) == 0
    assert model.criterion("OBS-01").level_of(drift_share=0.36) == 1


def test_weights_sum_to_100_also_with_flags() -> None:
    model = load_model()
    for tier in Tier:
        assert sum(model.weights(tier).values()) == pytest.approx(100)
        assert sum(model.weights(tier, ("genai", "not_a_device")).values()) == pytest.approx(100)
    plain, text = model.weights(Tier.HIGH), model.weights(Tier.HIGH, ("genai",))
    assert text["OBS"] > plain["OBS"]
    assert text["CLN"] < plain["CLN"]


def test_round_trip() -> None:
    model = load_model()
    assert parse_model(yaml.safe_dump(raw_policy(model))) == model


def test_standards_have_a_status_and_a_date() -> None:
    model = load_model()
    assert all(s.status and s.as_of.startswith("20") for s in model.standards.values())
    assert all(x.split(":")[0] in model.standards for c in model.criteria for x in c.supports)


def test_every_problem_comes_out_at_once(shipped: dict[str, Any]) -> None:
    raw = copy.deepcopy(shipped)
    raw["dimensions"][0]["weights"]["H"] = 17
    raw["criteria"][0]["gate"]["H"] = 5
    raw["criteria"][1]["hardd"] = True
    raw["criteria"][2]["supports"].append(897264)
    raw["stages"][1]["criteria"].append("DAT-99")
    raw["stops"].append({"criterion": "XXX-01", "sentence": "x"})
    raw["tiers"]["M"]["ready"]["index"] = 10
    raw["criteria"].append(copy.deepcopy(raw["criteria"][5]))
    raw["criteria"][6]["at_most"] = {"gap": [0.1, 0.2, 0.3, 0.4]}
    del raw["criteria"][7]["weight"]
    found = codes(raw)
    assert {
        "POLICY_WEIGHTS",
        "POLICY_GATE",
        "POLICY_UNKNOWN_KEY",
        "POLICY_VALUE",
        "POLICY_UNKNOWN_CRITERION",
        "POLICY_BANDS",
        "POLICY_DUPLICATE",
        "POLICY_BOUNDS",
        "POLICY_MISSING_KEY",
    } <= set(found)
    assert found.count("POLICY_UNKNOWN_CRITERION") == 2


def test_sentences_name_the_place_and_the_way_out(shipped: dict[str, Any]) -> None:
    raw = copy.deepcopy(shipped)
    raw["dimensions"][0]["weights"]["H"] += 3
    raw["criteria"][6]["weigth"] = 2
    with pytest.raises(InputError) as caught:
        parse_model(yaml.safe_dump(raw), "ours.yaml")
    text = str(caught.value)
    assert "The dimension weights of tier H sum to 103; they must sum to 100." in text
    assert "'criteria.DAT-01.weigth' is not a known key." in text
    assert "Did you mean 'weight'?" in text
    assert "ours.yaml" in text


def test_an_id_that_yaml_reads_in_base_60_is_explained(shipped: dict[str, Any]) -> None:
    """YAML 1.1 has numbers in base 60: 14971:4 is the number 898264."""
    text = yaml.safe_dump(shipped).replace("- ISO14971:4\n", "- 14971:4\n", 1)
    with pytest.raises(InputError) as caught:
        parse_model(text)
    assert any("base 60" in p.hint for p in caught.value.problems)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: [1", "POLICY_YAML"),
        ("- 1", "POLICY_SHAPE"),
        ("", "POLICY_SHAPE"),
        ("criteria: 3", "POLICY_VALUE"),
    ],
)
def test_what_is_no_policy(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_model(text)
    assert code in [p.code for p in caught.value.problems]


def test_missing_and_binary_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="POLICY_UNREADABLE"):
        load_model(tmp_path / "none.yaml")
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(InputError, match="POLICY_UNREADABLE"):
        load_model(tmp_path / "b.yaml")


def test_own_policy_from_a_file_is_used(tmp_path: Path, shipped: dict[str, Any]) -> None:
    raw = copy.deepcopy(shipped)
    raw |= {"name": "our-hospital", "version": "7", "reason": "stricter on drift"}
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    own = load_model(tmp_path / "own.yaml")
    assert (own.name, own.version, own.reason) == ("our-hospital", "7", "stricter on drift")


def test_a_bound_that_no_measure_knows_and_one_that_is_gone_are_named(
    shipped: dict[str, Any],
) -> None:
    """A misspelt threshold would bind nothing, and everything would pass."""
    raw = copy.deepcopy(shipped)
    row = next(c for c in raw["criteria"] if c["id"] == "DAT-02")
    row["at_most"]["gapp"] = row["at_most"].pop("gap")
    with pytest.raises(InputError) as caught:
        parse_model(yaml.safe_dump(raw))
    assert [(p.code, p.hint[:20]) for p in caught.value.problems] == [
        ("POLICY_UNKNOWN_KEY", "Did you mean 'gap'?"),
        ("POLICY_MISSING_KEY", "Keep the shipped one"),
    ]


@pytest.mark.parametrize(
    ("key", "change", "code"),
    [
        ("effort_days", {5: None}, "POLICY_MISSING_KEY"),
        ("effort_days", {5: 0}, "POLICY_VALUE"),
        ("effort_days", {5: float("inf")}, "POLICY_VALUE"),
        ("effort_days", {6: 40}, "POLICY_UNKNOWN_KEY"),
        ("grade_caps", {"E4": None}, "POLICY_MISSING_KEY"),
        ("grade_caps", {"E4": 7}, "POLICY_VALUE"),
    ],
)
def test_maps_that_rules_look_up_are_whole(
    shipped: dict[str, Any], key: str, change: dict[Any, Any], code: str
) -> None:
    raw = copy.deepcopy(shipped)
    raw[key] = {k: v for k, v in (raw[key] | change).items() if v is not None}
    assert code in codes(raw)
