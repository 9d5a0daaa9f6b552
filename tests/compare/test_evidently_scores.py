"""Parity with Evidently on full columns, isolation of failing columns, and its own page."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made_profiles import bare, categories, numbers, table

from golive.compare.base.pairs import Pair, pair_up
from golive.compare.drift import evidently as evidently_scores
from golive.compare.drift.evidently import report_html, scores, warm
from golive.model.columns import ColumnType, Role
from golive.model.config import DriftConfig


def pairs_of(train: dict[str, Any], live: dict[str, Any]) -> dict[str, Pair]:
    def side(columns: dict[str, Any]) -> Any:
        return table(
            *(
                numbers(name, values)
                if np.asarray(values).dtype.kind == "f"
                else categories(name, list(values))
                for name, values in columns.items()
            )
        )

    return pair_up(side(train), side(live))[0]


def evidently_on_full(train: Any, live: Any, method: str, *, number: bool) -> float:
    """Evidently's score of the whole column, as its own user would get it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from evidently import DataDefinition, Dataset, Report
        from evidently.metrics import ValueDrift

        names = {"numerical_columns": ["x"]} if number else {"categorical_columns": ["x"]}
        sides = [
            Dataset.from_pandas(
                pd.DataFrame({"x": values}), data_definition=DataDefinition(**names)
            )
            for values in (live, train)
        ]
        run = Report([ValueDrift(column="x", method=method, threshold=0.1)]).run(*sides)
    return float(run.dict()["metrics"][0]["value"])


def close(ours: float, theirs: float) -> bool:
    """The acceptance criterion: within 0.002 or 1 %."""
    return abs(ours - theirs) <= max(0.002, 0.01 * abs(theirs))


def test_scores_are_evidentlys_on_the_full_column() -> None:
    rng = np.random.default_rng(0)
    train: dict[str, Any] = {
        "normal": rng.normal(100, 15, 60_000),
        "skewed": rng.lognormal(0, 1, 60_000),
        "outlier": np.append(rng.normal(0.4, 0.1, 30_000), [10.0, 20.0]),
        "sex": rng.choice(["f", "m"], 50_000, p=[0.4, 0.6]),
        "codes": np.array([f"c{v}" for v in rng.zipf(1.7, 30_000).clip(max=300)]),
    }
    live: dict[str, Any] = {
        "normal": rng.normal(103, 15, 4_000),
        "skewed": rng.lognormal(0.1, 1, 30_000),
        "outlier": np.append(rng.normal(0.4, 0.1, 20_000), [4_000.0]),
        "sex": rng.choice(["f", "m"], 900, p=[0.5, 0.5]),
        "codes": np.array([f"c{v}" for v in rng.zipf(1.6, 30_000).clip(max=300)]),
    }
    found, failed = scores(pairs_of(train, live), DriftConfig())
    assert not failed
    for name, values in train.items():
        number = values.dtype.kind == "f"
        theirs = evidently_on_full(
            values, live[name], "wasserstein" if number else "jensenshannon", number=number
        )
        assert close(found[name], theirs), (name, found[name], theirs)


@pytest.mark.parametrize(
    "method",
    ["ks", "psi", "hellinger", "kl_div", "ed", "cramer_von_mises", "anderson", "t_test", "mannw"],
)
def test_every_numeric_method_of_evidently_is_passed_through(method: Any) -> None:
    rng = np.random.default_rng(1)
    train, live = rng.normal(size=400), rng.normal(0.3, 1, 300)
    found, failed = scores(pairs_of({"x": train}, {"x": live}), DriftConfig(numeric=method))
    assert not failed
    assert found["x"] == pytest.approx(
        evidently_on_full(train, live, method, number=True), rel=0.02, abs=1e-9
    )


@pytest.mark.parametrize(
    "method", ["psi", "hellinger", "kl_div", "TVD", "chisquare", "g_test", "z"]
)
def test_every_categorical_method_of_evidently_is_passed_through(method: Any) -> None:
    rng = np.random.default_rng(2)
    train, live = rng.choice(["a", "b"], 90), rng.choice(["a", "b"], 70, p=[0.4, 0.6])
    found, failed = scores(pairs_of({"x": train}, {"x": live}), DriftConfig(categorical=method))
    if (
        method == "g_test"
    ):  # Evidently's own compares unequal sums and raises unless both sides have equal sizes
        assert failed == {"x": "Evidently could not score it: ValueError"}
        return
    assert not failed
    tolerance = (
        0.05 if method == "TVD" else 1e-9
    )  # a permutation test that depends on the order of rows
    theirs = evidently_on_full(train, live, method, number=False)
    assert found["x"] == pytest.approx(theirs, rel=1e-6, abs=tolerance)


def test_one_failing_column_takes_no_other_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = evidently_scores._score

    def breaks_on_bad(both: Any, pair: Any, drift: Any) -> Any:
        if pair.name == "bad":
            raise TypeError("boom")
        return real(both, pair, drift)

    monkeypatch.setattr(evidently_scores, "_score", breaks_on_bad)
    rng = np.random.default_rng(3)
    pairs = pairs_of(
        {n: rng.normal(size=50) for n in ("good", "bad")},
        {n: rng.normal(size=50) for n in ("good", "bad")},
    )
    found, failed = scores(pairs, DriftConfig())
    assert set(found) == {"good"}
    assert failed == {"bad": "Evidently could not score it: TypeError"}


def test_empty_and_constant_columns_have_an_answer() -> None:
    pairs = pairs_of(
        {"empty": np.full(30, np.nan), "constant": np.full(30, 2.0), "moved": np.full(30, 2.0)},
        {"empty": np.full(30, np.nan), "constant": np.full(40, 2.0), "moved": np.full(40, 3.0)},
    )
    found, failed = scores(pairs, DriftConfig())
    assert failed == {"empty": "one side has no values"}
    assert found["constant"] == 0
    assert found["moved"] == pytest.approx(1 / 0.001)  # Evidently's own floor of the deviation


def test_evidentlys_page_has_the_columns_and_no_identifiers() -> None:
    rng = np.random.default_rng(4)
    train = table(
        numbers("age", rng.normal(60, 9, 300)),
        bare("zz_patient_no", ColumnType.IDENTIFIER, 300, role=Role.ID),
    )
    live = table(
        numbers("age", rng.normal(62, 9, 200)),
        bare("zz_patient_no", ColumnType.IDENTIFIER, 200, role=Role.ID),
    )
    page = report_html(pair_up(train, live)[0], DriftConfig())
    assert "age" in page
    assert "zz_patient_no" not in page
    with pytest.raises(ValueError, match="no column"):
        report_html({}, DriftConfig())


_TWICE = """
import sys
from threadpoolctl import threadpool_limits
sys.path.insert(0, sys.argv[1])
from test_evidently_scores import scores_of_many
threadpool_limits(limits=int(sys.argv[2]), user_api="blas")
print(scores_of_many())
"""


def scores_of_many() -> dict[str, float]:
    """Scores of numbers and of categories in which the order of a sum shows."""
    rng = np.random.default_rng(7)
    values, shares = (
        np.array([f"v{i}" for i in range(40)], dtype=object),
        rng.dirichlet(np.ones(40), 2),
    )
    sides = [{f"x{i}": rng.normal(0.01 * live, 1, 30_000) for i in range(8)} for live in (0, 1)]
    sides = [
        side | {f"c{i}": rng.choice(values, 5_000, p=shares[live]) for i in range(3)}
        for live, side in enumerate(sides)
    ]
    return scores(pairs_of(*sides), DriftConfig())[0]


def test_scores_are_the_same_to_the_last_digit_in_every_process() -> None:
    told = set()
    for seed, threads in (("1", "1"), ("2", "2")):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", _TWICE, str(Path(__file__).parent), threads],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        told.add(done.stdout)
    assert len(told) == 1, told


def test_warming_imports_in_the_background() -> None:
    thread = warm()
    assert isinstance(thread, threading.Thread)
    thread.join(60)
    assert not thread.is_alive()


@pytest.mark.reference
def test_parity_on_heart_and_sepsis(reference_data: Path) -> None:
    heart = [pd.read_csv(reference_data / "heart" / f"{name}.csv") for name in ("cleveland", "va")]
    chosen = ["SBP", "FiO2", "Calcium", "BaseExcess", "TroponinI", "Platelets"]
    sepsis = [
        pd.read_parquet(reference_data / "sepsis" / f"set{s}.parquet", columns=chosen) for s in "AB"
    ]
    for train, live, names in (
        (*heart, ["age", "trestbps", "chol", "thalach", "oldpeak"]),
        (*sepsis, chosen),
    ):
        columns = [{n: side[n].to_numpy(float) for n in names} for side in (train, live)]
        found, failed = scores(pairs_of(*columns), DriftConfig())
        assert not failed
        for name in names:
            theirs = evidently_on_full(
                *(side[name].dropna().to_numpy(float) for side in columns_frames(columns)),
                "wasserstein",
                number=True,
            )
            assert close(found[name], theirs), (name, found[name], theirs)


def columns_frames(columns: list[dict[str, Any]]) -> list[pd.DataFrame]:
    return [pd.DataFrame(side) for side in columns]
