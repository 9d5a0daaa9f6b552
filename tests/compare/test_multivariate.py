"""The joint check: a shift no single column shows is found, re-splits stay quiet, importances follow the score."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from golive.compare.drift import multivariate
from golive.compare.drift.multivariate import Multivariate, judge_rows_together, prepare, told_apart
from golive.intake import infer, read, roles_of
from golive.model.columns import ColumnSpec, ColumnType, Role, Roles
from golive.model.config import ColumnConfig, Config
from golive.model.finding import Verdict, finding
from golive.profile.rows.joint_sample import draw


def judged(
    folder: Path,
    train: pd.DataFrame,
    live: pd.DataFrame,
    config: Config | None = None,
    known: Any = (),
) -> Multivariate:
    config = config or Config()
    train.to_parquet(folder / "train.parquet")
    live.to_parquet(folder / "live.parquet")
    with read(folder / "train.parquet") as left, read(folder / "live.parquet") as right:
        specs = infer(left, right, config)
        return judge_rows_together(
            prepare(left, right, specs, roles_of(specs), config), known, config
        )


def pairs(draw: np.random.Generator, n: int, together: float) -> pd.DataFrame:
    """Two columns that are standard normal each, whatever ``together`` says of both."""
    a = draw.normal(size=n)
    b = together * a + np.sqrt(1 - together**2) * draw.normal(size=n)
    return pd.DataFrame(
        {"a": a, "b": b, "c": draw.normal(size=n), "sex": draw.choice(["f", "m"], n)}
    )


def test_columns_that_move_together_are_found_although_none_moved_alone(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    (found,) = judged(tmp_path, pairs(rng, 3000, 0.0), pairs(rng, 3000, 0.95)).findings
    assert found.verdict is Verdict.ALARM
    assert set(found.columns) == {"a", "b"}
    assert found.effect is not None
    assert found.effect.low is not None
    assert found.effect.low > 0.1


@pytest.mark.parametrize("seed", range(12))
def test_a_random_split_stays_quiet(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = (120, 600, 3000)[seed % 3]
    (found,) = judged(tmp_path, pairs(rng, rows, 0.6), pairs(rng, rows // 2, 0.6)).findings
    assert found.verdict is Verdict.QUIET, found.title


def test_of_each_patient_any_row_stands_for_the_patient_on_both_sides(tmp_path: Path) -> None:
    """A side of few rows gave the first row of each patient, the other any row, so the hour told them apart."""
    rng = np.random.default_rng(11)

    def stays(patients: int, first: int) -> pd.DataFrame:
        rows = rng.poisson(30, patients) + 1
        of = np.repeat(np.arange(patients), rows)
        hour = np.concatenate([np.arange(n) for n in rows])
        return pd.DataFrame(
            {"patient_id": of + first, "hour": hour, "pulse": rng.normal(80, 10, len(of)).round()}
        )

    config = Config(roles=Roles(id="patient_id"))
    (found,) = judged(tmp_path, stays(900, 0), stays(150, 10_000), config).findings
    assert found.verdict is Verdict.QUIET, found.title
    assert found.effect is not None
    assert found.effect.n_live == 150


def test_patients_that_repeat_do_not_make_a_difference(tmp_path: Path) -> None:
    """Every patient has 40 rows with a birth weight of their own: a classifier that sees a patient twice knows the side."""
    rng = np.random.default_rng(4)

    def hours(first: int, n: int) -> pd.DataFrame:
        weight = rng.normal(70, 10, n).repeat(40)
        ids = np.arange(first, first + n).repeat(40)
        return pd.DataFrame(
            {
                "patient_id": ids,
                "weight": weight,
                "height": weight * 2.1,
                "hr": rng.normal(80, 9, n * 40),
            }
        )

    config = Config(roles=Roles(id="patient_id"))
    (found,) = judged(tmp_path, hours(0, 400), hours(1000, 400), config).findings
    assert found.verdict is Verdict.QUIET, found.title
    assert found.effect is not None
    assert found.effect.n_train <= 400


def test_too_few_rows_are_not_judged(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    (found,) = judged(tmp_path, pairs(rng, 300, 0.0), pairs(rng, 40, 0.99)).findings
    assert found.verdict is Verdict.CANNOT_JUDGE


def test_one_column_is_nothing_joint(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": np.random.default_rng(1).normal(size=200)})
    result = judged(tmp_path, frame, frame + 3)
    assert result.findings == ()
    assert "fewer than two columns" in result.not_assessed[0].why


def test_what_other_findings_explain_is_told_as_theirs(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    train, live = pairs(rng, 2000, 0.5), pairs(rng, 2000, 0.5)
    live["c"] += 2
    shift = finding("distribution_shift", Verdict.ALARM, columns=("c",), title="c moved")
    (alone,) = judged(tmp_path, train, live).findings
    (explained,) = judged(tmp_path, train, live, known=(shift,)).findings
    assert (alone.verdict, alone.cause) == (Verdict.ALARM, None)
    assert (explained.verdict, explained.cause) == (Verdict.WATCH, shift.id)
    live["b"] = live["a"]
    (more,) = judged(tmp_path, train, live, known=(shift,)).findings
    assert (more.verdict, more.cause) == (Verdict.ALARM, None)
    assert set(more.columns) == {"a", "b"}


def test_importance_follows_the_score_and_the_configuration_wins(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    train, live = pairs(rng, 2000, 0.0), pairs(rng, 500, 0.0)
    for side in (train, live):
        side["risk"] = 1 / (1 + np.exp(-(2 * side["a"] + 0.5 * side["b"])))
    config = Config(roles=Roles(score="risk"), columns={"c": ColumnConfig(importance=0.7)})
    importance = judged(tmp_path, train, live, config).importance
    assert importance["a"] == 1.0
    assert 0 < importance["b"] < 0.5
    assert importance["sex"] < 0.05
    assert importance["c"] == 0.7
    noise = judged(
        tmp_path, train.assign(risk=rng.random(2000)), live, Config(roles=Roles(score="risk"))
    )
    assert noise.importance == {}  # the columns do not explain it


@pytest.mark.parametrize("seed", range(5))
def test_the_auc_is_that_of_sklearn_and_its_interval_that_of_many_samples(seed: int) -> None:
    rng = np.random.default_rng(seed)
    positive, negative = rng.normal(0.5, 1, 200).round(1), rng.normal(0, 1, 300).round(1)
    truth = np.repeat([True, False], [200, 300])
    scores = np.concatenate([positive, negative])
    auc, low, high = told_apart(scores, truth, 0.05)
    assert auc == pytest.approx(roc_auc_score(truth, scores))
    drawn = [
        np.concatenate([rng.choice(positive, 200), rng.choice(negative, 300)]) for _ in range(400)
    ]
    again = [told_apart(scores, truth, 0.05)[0] for scores in drawn]
    assert (high - low) / (2 * 1.96) == pytest.approx(np.std(again), rel=0.15)


def test_equal_inputs_give_equal_results(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    train, live = pairs(rng, 1000, 0.2), pairs(rng, 1000, 0.5)
    assert judged(tmp_path, train, live) == judged(tmp_path, train, live)


def test_the_sample_is_bounded_spread_and_without_what_tells_tables_apart(tmp_path: Path) -> None:
    n = 30_000
    frame = pd.DataFrame(
        {
            "row": np.arange(n, dtype=float),
            "ward": ["a", "b", None] * (n // 3),
            "at": pd.date_range("2024-01-01", periods=n, freq="min"),
        }
    )
    frame.to_parquet(tmp_path / "t.parquet")
    specs = [
        ColumnSpec(name="row", type=ColumnType.NUMERIC, storage="float64"),
        ColumnSpec(name="ward", type=ColumnType.CATEGORY),
        ColumnSpec(name="at", type=ColumnType.DATETIME, role=Role.TIME, storage="timestamp"),
    ]
    with read(tmp_path / "t.parquet") as left, read(tmp_path / "t.parquet") as right:
        sample = draw(left, right, specs, Roles(time="at"), limit=5000)
    assert sample.columns == ("row", "ward")
    assert 4900 <= len(sample.train) <= 5000
    assert np.quantile(sample.train[:, 0] / n, [0.1, 0.5, 0.9]) == pytest.approx(
        [0.1, 0.5, 0.9], abs=0.01
    )
    assert np.isnan(sample.train[:, 1]).mean() == pytest.approx(1 / 3, abs=0.02)


def test_a_failure_is_said_and_costs_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(multivariate, "separate", broken)
    rng = np.random.default_rng(1)
    result = judged(tmp_path, pairs(rng, 100, 0), pairs(rng, 100, 0))
    assert result.findings == ()
    assert "the check failed" in result.not_assessed[0].why


@pytest.mark.reference
def test_hospitals_differ_as_a_whole_and_halves_of_one_do_not(
    reference_data: Path, tmp_path: Path
) -> None:
    cleveland = pd.read_csv(reference_data / "heart" / "cleveland.csv", na_values="?")
    va = pd.read_csv(reference_data / "heart" / "va.csv", na_values="?")
    (found,) = judged(tmp_path, cleveland, va).findings
    assert found.verdict is Verdict.ALARM
    assert "ca" in found.columns
    half = cleveland.sample(150, random_state=1)
    (quiet,) = judged(tmp_path, cleveland.drop(half.index), half).findings
    assert quiet.verdict is Verdict.QUIET
