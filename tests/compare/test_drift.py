"""The verdict rule: alarm, watch, quiet and cannot judge, with laws over all inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_profiles import bare, categories, numbers, table

from golive.compare import compare
from golive.model.columns import ColumnSpec, ColumnType, Role
from golive.model.config import ColumnConfig, Config, DriftConfig
from golive.model.finding import Finding, Verdict
from golive.model.profile import MissingBlock, Profile
from golive.model.result import DriftResult
from golive.wording.order import by_urgency

ALARM, WATCH, QUIET, CANNOT = Verdict.ALARM, Verdict.WATCH, Verdict.QUIET, Verdict.CANNOT_JUDGE


def verdict(train: Any, live: Any, config: Config | None = None) -> Verdict:
    make = numbers if np.asarray(train).dtype.kind == "f" else categories
    drift = (
        compare(table(make("x", train)), table(make("x", live)), config or Config())
        .columns[0]
        .drift
    )
    assert drift is not None
    return drift.verdict


def test_half_a_deviation_alarms_and_nothing_is_quiet() -> None:
    rng = np.random.default_rng(0)
    train = rng.normal(size=5_000)
    assert verdict(train, rng.normal(0.5, 1, 1_000)) is ALARM
    assert verdict(train, rng.normal(0, 1, 1_000)) is QUIET


def test_real_but_small_is_watched_and_real_but_tiny_is_quiet() -> None:
    rng = np.random.default_rng(1)
    train = rng.uniform(0, 1, 40_000)
    deviation = np.sqrt(1 / 12)
    assert (
        verdict(train, rng.uniform(0, 1, 40_000) + 0.08 * deviation) is QUIET
    )  # moves 2.3 % of rows
    zero_or_one = [rng.choice(["a", "b"], 40_000, p=[p, 1 - p]) for p in (0.5, 0.6)]
    assert verdict(*zero_or_one) is WATCH


def test_too_few_values_cannot_be_judged() -> None:
    rng = np.random.default_rng(2)
    train = rng.normal(size=5_000)
    assert verdict(train, rng.normal(9, 1, 19)) is CANNOT
    assert verdict(train, rng.normal(0, 1, 25)) is CANNOT  # even half a deviation would not show
    assert verdict(train, rng.normal(3, 1, 25)) is ALARM  # but three deviations do
    assert verdict(train, rng.normal(0, 1, 80)) is QUIET


def test_every_kind_of_empty_has_an_answer() -> None:
    missing, same = np.full(200, np.nan), np.full(200, 1.0)
    assert verdict(missing, missing) is CANNOT
    assert verdict(same, missing) is CANNOT
    assert verdict(same, same) is QUIET
    assert verdict(same, np.full(40, 2.0)) is ALARM
    assert (
        verdict(same[:30], same[:30]) is CANNOT
    )  # 30 equal values do not say that others are rare
    assert verdict(np.append(same, np.inf), same) is QUIET
    assert verdict(np.array([1e140, -1e140] * 30), np.array([1e140, -1e140] * 30)) in (
        QUIET,
        CANNOT,
    )
    assert compare(table(), table(), Config()).findings == ()


@pytest.mark.parametrize("method", ["ks", "psi", "ed", "mannw"])
def test_other_methods_reach_the_same_verdicts(method: Any) -> None:
    rng = np.random.default_rng(3)
    config = Config(drift=DriftConfig(numeric=method))
    train = rng.normal(size=3_000)
    assert verdict(train, rng.normal(1, 1, 1_000), config) is ALARM
    assert verdict(train, rng.normal(0, 1, 1_000), config) is QUIET


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=80),
    st.lists(st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=80),
)
@settings(max_examples=12, deadline=None)
def test_identical_data_never_alarms_and_scores_zero(
    values: list[float], labels: list[str | None]
) -> None:
    profile = table(numbers("x", values), categories("c", labels))
    result = compare(profile, profile, Config())
    assert not [
        f for f in result.findings if f.verdict in (ALARM, WATCH) and f.kind != "always_missing"
    ]
    for column in result.columns:
        assert (
            column.drift is None
            or column.drift.score is None
            or column.drift.score == pytest.approx(0, abs=1e-6)
        )


@given(st.integers(0, 10_000), st.floats(1e-12, 1e6))
@settings(max_examples=8, deadline=None)
def test_score_does_not_depend_on_row_order_or_unit(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(50, 9, 200), rng.normal(53, 9, 150)

    def score(x: np.ndarray, y: np.ndarray) -> float:
        drift = compare(table(numbers("x", x)), table(numbers("x", y)), Config()).columns[0].drift
        assert drift is not None
        assert drift.score is not None
        return drift.score

    plain = score(a, b)
    assert score(rng.permutation(a), rng.permutation(b)) == pytest.approx(plain)
    assert score(a * factor, b * factor) == pytest.approx(plain, rel=1e-6)


@pytest.mark.parametrize("factor", [1.0, 1e-4, 1e-9])
def test_a_shift_of_small_numbers_is_seen_in_any_unit(factor: float) -> None:
    """Evidently alone divides by at least 0.001, so a lead level in g/L could double without a sign of it."""
    rng = np.random.default_rng(5)
    before, now = (table(numbers("lead", rng.normal(mean, 2, 2_000) * factor)) for mean in (10, 20))
    drift = compare(before, now, Config()).columns[0].drift
    assert drift is not None
    assert drift.verdict is ALARM
    assert drift.score == pytest.approx(5, rel=0.05)


def test_what_is_left_out_says_why_and_the_order_is_by_urgency() -> None:
    rng = np.random.default_rng(4)

    def side(n: int, shift: float) -> Profile:
        return table(
            numbers("x", rng.normal(shift, 1, n)),
            bare("mrn", ColumnType.IDENTIFIER, n, role=Role.ID),
            bare("note", ColumnType.TEXT, n),
            numbers("when", np.arange(n, dtype=float), role=Role.TIME),
            numbers("skip", rng.normal(size=n), role=Role.IGNORED),
            numbers("y", rng.normal(size=n)),
        )

    specs = (ColumnSpec(name="x", type=ColumnType.NUMERIC, reason="it holds numbers"),)
    config = Config(columns={"x": ColumnConfig(importance=0.9)})
    said: list[tuple[float, str]] = []
    result = compare(
        side(500, 0), side(400, 2), config, specs=specs, progress=lambda f, s: said.append((f, s))
    )
    assert {n.what: bool(n.why) for n in result.not_assessed} == {
        f"distribution of {name}": True for name in ("mrn", "note", "when", "skip")
    }
    assert [c.name for c in result.columns] == ["x", "mrn", "note", "when", "skip", "y"]
    assert (result.columns[0].reason, result.columns[0].importance) == ("it holds numbers", 0.9)
    assert result.columns[0].picture is not None
    assert result.columns[1].drift is None
    assert result.findings == by_urgency(result.findings)
    assert result.findings[0].columns == ("x",)
    assert [f for f, _ in said] == sorted(f for f, _ in said)
    assert said[-1][0] == 1


def test_a_failing_check_is_named_and_the_others_still_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from golive.compare import checks

    def fails(*_: Any) -> list[Finding]:
        raise RuntimeError("boom")

    monkeypatch.setattr(checks, "CHECKS", (("outcome", fails), *checks.CHECKS))
    result = compare(table(numbers("x", [1.0] * 30)), table(numbers("y", [1.0] * 30)), Config())
    assert "outcome" in {n.what for n in result.not_assessed}
    assert {"column_missing", "column_new"} <= {f.kind for f in result.findings}


def heart(reference_data: Path, name: str, blocks: tuple[MissingBlock, ...] = ()) -> Profile:
    frame = pd.read_csv(reference_data / "heart" / f"{name}.csv")
    made = [
        numbers(c, frame[c].to_numpy(float))
        if c in ("age", "trestbps", "chol", "thalach", "oldpeak")
        else categories(
            c,
            [None if pd.isna(v) else str(int(v)) for v in frame[c]],
            role=Role.LABEL if c == "num" else Role.FEATURE,
        )
        for c in frame.columns
    ]
    return table(*made, blocks=blocks, duplicate_rows=int(frame.duplicated().sum()))


@pytest.mark.reference
def test_heart_answers(reference_data: Path) -> None:
    train = heart(reference_data, "cleveland")
    vitals = MissingBlock(("trestbps", "thalach", "exang", "oldpeak"), 53)
    quiet = {"hungarian": ("chol", "trestbps", "exang", "sex"), "switzerland": ("age",), "va": ()}
    alarms = {
        "hungarian": {"missing_up:ca", "missing_up:thal", "missing_up:slope", "label_shift:num"},
        "switzerland": {
            "missing_up:ca",
            "missing_up:thal",
            "missing_up:slope",
            "missing_up:fbs",
            "disguised_missing:chol",
        },
        "va": {
            "missing_up:ca",
            "missing_up:thal",
            "missing_up:slope",
            "disguised_missing:chol",
            "label_shift:num",
        },
    }
    for name, expected in alarms.items():
        live = heart(reference_data, name, (vitals,) if name == "va" else ())
        result = compare(train, live, Config())
        by_id = {f.id: f for f in result.findings}
        drift = {c.name: c.drift.verdict for c in result.columns if c.drift}
        assert {drift[c] for c in quiet[name]} <= {QUIET}
        assert drift["ca"] is CANNOT
        assert drift["restecg"] is ALARM
        assert expected <= {f.id for f in result.findings if f.verdict is ALARM}
        assert by_id["label_shift:num"].verdict is ALARM
        if name == "va":
            block = by_id["missing_block:trestbps+thalach+exang+oldpeak"]
            assert block.verdict is ALARM
            assert {by_id[f"missing_up:{c}"].cause for c in vitals.columns} == {block.id}
            effect = by_id["missing_up:trestbps"].effect
            assert effect is not None
            assert effect.live == pytest.approx(0.28)
            zeros = by_id["disguised_missing:chol"].effect
            assert zeros is not None
            assert zeros.live == pytest.approx(0.245)
            assert by_id["distribution_shift:chol"].cause == "disguised_missing:chol"


@pytest.mark.parametrize("method", ["psi", "kl_div", "hellinger"])
def test_few_values_are_no_pass_by_any_method(method: str) -> None:
    """25 rows a side, moved by 0.8 standard deviations: no method may call that quiet."""
    rng = np.random.default_rng(4)
    before, now = rng.normal(size=25), rng.normal(0.8, 1, 25)
    config = Config(drift=DriftConfig(numeric=method))
    drift = compare(table(numbers("x", before)), table(numbers("x", now)), config).columns[0].drift
    assert drift is not None
    assert drift.verdict is not Verdict.QUIET


def test_far_values_do_not_hide_that_the_others_moved() -> None:
    """One entry of 10,000 among values around 0 is the whole standard deviation; all others move by one, unseen by the score."""
    rng = np.random.default_rng(6)

    def drift_of(shift: float) -> DriftResult:
        sides = (table(numbers("x", np.append(rng.normal(s, 1, 3_000), 1e4))) for s in (0.0, shift))
        found = compare(*sides, Config()).columns[0].drift
        assert found is not None
        return found

    moved = drift_of(1.0)
    assert (moved.score or 0) < 0.1
    assert moved.verdict is WATCH
    assert "of the rows moved" in moved.reason
    assert drift_of(0.0).verdict is Verdict.QUIET


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_numbers_too_large_to_square_are_not_judged_and_break_nothing() -> None:
    rng = np.random.default_rng(7)
    for values in (rng.normal(1e300, 1e299, 200), rng.choice([1.7e308, -1.7e308], 200)):
        column = compare(
            table(numbers("x", values)), table(numbers("x", values)), Config()
        ).columns[0]
        assert column.drift is not None
        assert (column.drift.score, column.drift.verdict) == (None, Verdict.CANNOT_JUDGE)
        assert column.picture is not None
