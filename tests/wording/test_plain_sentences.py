"""Every finding has one sentence for a meeting: no column code, no sample size, no statistic, no small count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_profiles import categories, numbers, table

from golive import samples
from golive.assess import assess
from golive.compare import compare
from golive.intake import load_config, read
from golive.model.config import ColumnConfig, Config
from golive.model.facts import Facts
from golive.model.finding import Effect, Finding, Kind, Verdict
from golive.model.profile import Profile
from golive.model.result import DriftResult
from golive.wording.findings import distributions, missing_values, number_columns, units
from golive.wording.findings.distributions import RowsTogether, TextsWritten, Written
from golive.wording.findings.validity import OutcomeLeak

NOT_FOR_A_MEETING = ("n =", "(95 %", "p =", "p <", "_", "interval", "AUC", "quantile", "adjusted")
RNG = np.random.default_rng
Sides = tuple[Profile, Profile]


def faults(plain: str) -> list[str]:
    """What a meeting should not be told in this sentence."""
    found = [f"says '{word}'" for word in NOT_FOR_A_MEETING if word in plain]
    if not plain.endswith("."):
        found.append("does not end with a full stop")
    if re.search(r"[.!?] +[A-Z]", plain):
        found.append("is more than one sentence")
    if plain[:1] != plain[:1].upper():
        found.append("does not begin with a capital")
    if len(re.findall(r"\d %", plain)) > 2:
        found.append("tells more than two shares")
    if re.search(r"  | \.|\.\.|–|\bNone\b(?! of)|\bnan\b", plain):
        found.append("is badly built")
    return found


def both(name: str, train: Any, live: Any) -> Sides:
    return table(numbers(name, train)), table(numbers(name, live))


def drawn(seed: int, n: int) -> np.ndarray:
    return RNG(seed).lognormal(0.0, 0.4, n).round(2)


def labelled(unit: str, factor: float = 1.0, share: float = 1.0) -> Profile:
    carry = int(1_000 * share)
    return table(
        numbers("serum_creatinine", drawn(3, 1_000) * factor),
        categories("serum_creatinine_unit", [unit] * carry + ["mg/dL"] * (1_000 - carry)),
    )


def exchanged(rows: int) -> Profile:
    systolic, diastolic = RNG(1).normal(130, 15, 2_000), RNG(2).normal(75, 8, 2_000)
    systolic[:rows], diastolic[:rows] = diastolic[:rows].copy(), systolic[:rows].copy()
    return table(numbers("sys_bp", systolic.round()), numbers("dia_bp", diastolic.round()))


def replaced(values: np.ndarray, rows: int, by: Any) -> np.ndarray:
    changed = values.copy()
    changed[:rows] = by
    return changed


def written(values: Sequence[str | None]) -> Profile:
    return table(categories("arrival_mode", values), categories("triageLevel", ["2"] * len(values)))


def made() -> Iterator[tuple[str, Sides]]:
    """Sides in which something of everything changed: for all of the rows, for some, and for very few."""
    train, live = drawn(1, 4_000), drawn(2, 1_000)
    yield "nothing", both("creatinine_mg_dl", train, live)
    yield "unit", both("creatinine_mg_dl", train, live * 88.42)
    for rows in (8, 40, 300):
        mixed = replaced(live, rows, live[:rows] * 88.42)
        yield f"unit in {rows} rows", both("creatinine_mg_dl", train, mixed)
        yield (
            f"unit of a few in {rows}",
            both("creatinine_mg_dl", train, mixed[: max(rows * 4, 40)]),
        )
        yield f"slip in {rows} rows", both("some_value", train + 5, replaced(live + 5, rows, 60.0))
        yield (
            f"impossible in {rows}",
            both("heart_rate", train * 80, replaced(live * 80, rows, 900.0)),
        )
        yield (
            f"extreme in {rows}",
            both("heart_rate", train * 20 + 60, replaced(live * 20 + 60, rows, 245.0)),
        )
        yield f"far in {rows}", both("some_value", train, replaced(live, rows, 99.5))
        yield f"one value in {rows}", both("lactateLevel", train, replaced(live, rows, 1.23))
        yield (
            f"calcium in {rows}",
            both(
                "calcium",
                train / 5 + 9,
                replaced(live / 5 + 9, rows, RNG(5).normal(1.2, 0.05, rows)),
            ),
        )
        yield f"gone in {rows}", both("lactate", train, replaced(live, rows, np.nan))
        yield f"exchanged in {rows}", (exchanged(0), exchanged(rows))
    yield "slip", both("some_value", train, live * 10)
    yield "factor", both("some_value", train, live * 3.3)
    yield "minutes", both("stay_length", train, live * 60)
    yield "far fewer", both("stay_length", train * 60, live)
    yield "exchanged", (exchanged(0), exchanged(2_000))
    yield "every value", both("lactate", train, np.full(500, 1.5))
    yield (
        "cut in training",
        both("age_years", (train * 60).clip(max=89).round(), (live * 60).round()),
    )
    yield "cut live", both("age_years", (train * 60).round(), (live * 60).clip(max=89).round())
    yield "coarser", both("lactate", train, live.round())
    yield "finer", both("lactate", train.round(), live)
    whole = RNG(6).normal(130, 25, 4_000).round()
    yield "heaped", both("sys_bp", whole, (RNG(7).normal(130, 25, 1_000) / 10).round() * 10)
    yield "few", both("lactate", train, live[:12])
    yield "hardly enough", both("lactate", train, live[:25])
    yield "shifted", both("lactate", train, live + 0.3)
    yield "shifted a little", both("lactate", train, live + 0.03)
    yield "constant", both("lactate", np.full(500, 1.0), np.full(500, 2.0))
    yield "label", (labelled("mg/dL"), labelled("umol/L"))
    yield "label of some", (labelled("mg/dL"), labelled("umol/L", share=0.3))
    yield "label of another kind", (labelled("mg/dL"), labelled("mmHg", share=0.3))
    yield (
        "header",
        (table(numbers("creatinine_mg_dl", train)), table(numbers("creatinine_umol_l", live))),
    )
    usual = ["walked_in"] * 900 + ["ambulance"] * 100
    yield "shares", (written(usual), written(["walked_in"] * 500 + ["ambulance"] * 500))
    rare = ["walked_in"] * 4_900 + ["ambulance"] * 100
    yield "rare value", (written(rare), written(["walked_in"] * 950 + ["ambulance"] * 50))
    yield "small shares", (written(usual), written(["walked_in"] * 90 + ["ambulance"] * 6))
    yield "rare share", (written(usual), written(["walked_in"] * 1_990 + ["ambulance"] * 10))


CONFIG = Config(columns={"some_value": ColumnConfig(importance=0.9)})


@pytest.mark.parametrize("case", list(made()), ids=lambda case: str(case[0]))
def test_made_cases(case: tuple[str, Sides]) -> None:
    _hold(compare(*case[1], CONFIG).findings)


def test_the_sample(tmp_path: Path) -> None:
    files = samples.write("ed-sepsis", tmp_path, rows=1_200)
    with read(files.train) as train, read(files.live) as live:
        _hold(assess(train, live, load_config(files.config)).findings)


def test_made_cases_reach_every_class_of_facts() -> None:
    """Sentences of texts and of rows together are made below and in the tests of their checks."""
    classes = {
        made
        for module in (distributions, missing_values, number_columns, units)
        for made in vars(module).values()
        if isinstance(made, type) and issubclass(made, Facts) and made.__module__ == module.__name__
    }
    kinds = {f.kind for _, sides in made() for f in compare(*sides, CONFIG).findings}
    own = {f.default for made in classes for f in fields(made) if f.name == "kind"}
    assert {kind for kind in own if isinstance(kind, Kind)} - kinds <= {
        Kind.MULTIVARIATE_SHIFT,
        Kind.TEXT_SHIFT,
    }


@pytest.mark.parametrize("verdict", Verdict)
def test_rows_together(verdict: Verdict) -> None:
    found = Effect.between("domain_auc", 0.5, 0.71, n=(400, 300), interval=(0.15, 0.26))
    known = verdict is not Verdict.CANNOT_JUDGE
    facts = RowsTogether(
        verdict=verdict,
        columns=("heart_rate", "lactate"),
        used=9,
        n=(400, 300),
        least=50,
        whole=found if known else None,
        rest=found if verdict is Verdict.ALARM else None,
        leans_on=("heart_rate", "lactate"),
    )
    _hold([facts.finding()])


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("sources", [True, False])
@pytest.mark.parametrize("unit", ["", "%"])
def test_texts(verdict: Verdict, sources: bool, unit: str) -> None:
    result = DriftResult(
        method="wasserstein",
        score=0.3,
        threshold=0.1,
        verdict=verdict,
        reason="larger than chance",
        n_train=400,
        n_live=300,
    )
    counted = Written("words", unit, (80.0, 62.5), result)
    effect = Effect(name="wasserstein", change=0.3, n_train=400, n_live=300)
    facts = TextsWritten(
        verdict=verdict,
        columns=("note_text",),
        effect=effect,
        sources=sources,
        counted=(counted,),
        first=counted,
    )
    _hold([facts.finding()])


def _hold(found: Sequence[Finding]) -> None:
    wrong = {f"{f.id} [{f.verdict}]: {f.plain}": made for f in found if (made := faults(f.plain))}
    assert not wrong, "\n".join(f"{said}  <- {made}" for said, made in wrong.items())


def test_a_name_of_capitals_keeps_them_at_the_beginning_of_a_sentence() -> None:
    leak = OutcomeLeak(verdict=Verdict.ALARM, columns=("HR",), limit=0.98, n=400)
    assert leak.words().plain.startswith("HR alone")
