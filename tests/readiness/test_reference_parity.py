"""Parity with the reference scorer on random inputs, number by number. Skipped where it is not beside the checkout."""

from __future__ import annotations

import importlib.util
import itertools
import math
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from golive.model.readiness import Tier
from golive.readiness.plan import next_steps
from golive.readiness.policy.policy import Model, load_model
from golive.readiness.score import Score, score
from golive.readiness.status import Answer, Claim, MeasuredLevel
from golive.readiness.verdict import band_of

FLAGS = ("writeback", "ehr", "alerts", "genai")
Raw = dict[str, Any]
pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def reference(reference_scorer: Path) -> ModuleType:
    path = reference_scorer / "readiness_ref_score.py"
    spec = importlib.util.spec_from_file_location("readiness_ref_score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def criteria(reference_scorer: Path) -> list[Raw]:
    return yaml.safe_load((reference_scorer / "readiness_model.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def model() -> Model:
    """The shipped policy without the two rules that the reference scorer does not have: flag adjustments of weights, and
    anchors whose rest is a document."""
    shipped = load_model()
    plain = tuple(c.model_copy(update={"data_limit": 4}) for c in shipped.criteria)
    return shipped.model_copy(update={"criteria": plain, "adjustments": {}})


def random_answer(rnd: random.Random, criterion: Raw, good: float) -> Raw | None:
    """One answer; with chance ``good`` a fresh one at level 3 or 4, else anything."""
    if rnd.random() < good:
        level = rnd.choice((3, 3, 4))
        measured = level if criterion["kind"] == "condition" and rnd.random() < 0.7 else None
        return {
            "claim": level,
            "grade": rnd.choice(("E3", "E4")),
            "age": rnd.uniform(0, 20),
            "measured": measured,
        }
    if rnd.random() < 0.2:
        return None
    return {
        "claim": rnd.randint(0, 4),
        "grade": rnd.choice(("E0", "E1", "E2", "E3", "E4")),
        "age": rnd.choice((0, 10, rnd.uniform(0, 3 * criterion["ttl"]))),
        "measured": rnd.choice((None, 0, 1, 2, 3, 4)),
    }


def as_answers(raw: dict[str, Raw]) -> dict[str, Answer]:
    return {
        k: Answer(
            (Claim(a["claim"], a["grade"], a["age"], k),),
            None if a["measured"] is None else MeasuredLevel(a["measured"], a["age"]),
        )
        for k, a in raw.items()
    }


def close(mine: float | None, theirs: float | None) -> bool:
    if mine is None or theirs is None:
        return mine is theirs
    return math.isclose(mine, theirs, abs_tol=1e-9)


def assert_equal(mine: Score, theirs: Raw, tier: str) -> None:
    assert len(mine.criteria) == theirs["n"]
    assert close(mine.mean, theirs["M"])
    assert close(mine.index, theirs["R"])
    assert close(mine.coverage, theirs["K"])
    assert close(mine.low, theirs["Rlo"])
    assert close(mine.high, theirs["Rhi"])
    for i, key in enumerate(mine.dimensions):
        expected = theirs["D"][key]
        point = float(mine.totals.point[i])
        assert close(None if math.isnan(point) else point, expected["P"])
        for name, other in (("coverage", "K"), ("low", "lo"), ("high", "hi")):
            assert close(float(getattr(mine.totals, name)[i]), expected[other]), (tier, key, name)
    gates = [(g.criterion, g.hard, g.needs, g.level, g.state.value.upper()) for g in mine.gates]
    assert gates == theirs["gates"]


def case(
    rnd: random.Random, criteria: list[Raw]
) -> tuple[str, tuple[str, ...], dict[str, Raw], set[str]]:
    tier = rnd.choice("LMHC")
    flags = tuple(f for f in FLAGS if rnd.random() < 0.5)
    good = rnd.choice((0.0, 0.5, 0.9, 0.97, 1.0))
    raw = {c["id"]: a for c in criteria if (a := random_answer(rnd, c, good)) is not None}
    waived = {c["id"] for c in criteria if not c.get("hard") and rnd.random() < 0.6}
    return tier, flags, raw, waived


def test_thousand_random_inputs(reference: ModuleType, criteria: list[Raw], model: Model) -> None:
    """Numbers to 1e-9, gates and verdict exactly (the verdict by the table of 2.1 as written)."""
    rnd, verdicts = random.Random(20261120), dict[str, int]()
    for _ in range(1000):
        tier, flags, raw, waived = case(rnd, criteria)
        theirs = reference.score(criteria, raw, tier, flags)
        mine = score(model, as_answers(raw), Tier(tier), flags)
        assert_equal(mine, theirs, tier)
        expected = reference.verdict(theirs, tier, waived)
        assert band_of(mine, model, waived, verdict_on="point").value.upper() == expected
        verdicts[expected] = verdicts.get(expected, 0) + 1
    assert min(verdicts.get(v, 0) for v in ("READY", "CONDITIONAL", "PILOT")) >= 20, verdicts


def test_next_steps_have_the_same_gains_and_order(
    reference: ModuleType, criteria: list[Raw], model: Model
) -> None:
    rnd = random.Random(7)
    for _ in range(30):
        tier, flags, raw, _ = case(rnd, criteria)
        mine = score(model, as_answers(raw), Tier(tier), flags)
        if mine.index is None:
            continue
        steps = next_steps(mine, model, as_answers(raw))
        theirs = {x[2]: x for x in reference.fixlist(criteria, raw, tier, flags, top=99)}
        assert {s.criterion for s in steps} == set(theirs)
        keys = []
        for s in steps:
            rank, value, _, kind, state, gain, gain_low, gain_mean, effort, level, target = theirs[
                s.criterion
            ]
            assert (s.label, s.effort, s.level, s.target) == (kind, effort, level, target)
            assert (s.gate_state.value.upper() if s.gate_state else "-") == state
            assert (s.gain, s.gain_low, s.gain_mean) == pytest.approx(
                (gain, gain_low, gain_mean), abs=0.0051
            )
            keys.append((rank, value))
        assert all(
            a[0] < b[0] or (a[0] == b[0] and a[1] <= b[1] + 1e-8)
            for a, b in itertools.pairwise(keys)
        )


def test_facts_of_the_criteria_are_those_of_the_reference(criteria: list[Raw]) -> None:
    """Ids, kinds, tiers, gates, weights, life times, effort and crosswalk; words are the product's own."""
    mine = {c.id: c for c in load_model().criteria}
    assert list(mine) == [c["id"] for c in criteria]
    for raw in criteria:
        c = mine[raw["id"]]
        assert (c.kind, "".join(c.tiers), c.needs_flag) == (
            raw["kind"],
            raw["tiers"],
            raw.get("if"),
        )
        assert {t.value: g for t, g in c.gate.items()} == raw.get("gate", {})
        assert (c.hard, c.weight, c.ttl_days, c.effort) == (
            raw.get("hard", False),
            raw["w"],
            raw["ttl"],
            raw["eff"],
        )
        assert c.supports == tuple(raw["x"])


def test_no_sentence_of_the_sources_is_shipped(criteria: list[Raw]) -> None:
    """The reference quotes essays in ``why``: no run of five of its words may be in the product's words."""

    def runs(text: str) -> set[tuple[str, ...]]:
        words = "".join(ch.lower() if ch.isalnum() else " " for ch in text).split()
        return {tuple(words[i : i + 5]) for i in range(len(words) - 4)}

    quoted = set().union(*(runs(c["why"]) for c in criteria))
    for c in load_model().criteria:
        assert not quoted & runs(f"{c.why} | {c.question} | {c.title} | {c.fix}"), c.id
