"""What a row weighs where rows of a patient repeat each other: the design effect, against simulation and its laws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from golive.compare import compare
from golive.intake import infer, read, roles_of
from golive.model.columns import Roles
from golive.model.config import Config
from golive.model.finding import Finding, Verdict
from golive.model.profile import ColumnProfile, Profile
from golive.profile import profile
from golive.profile.fields import fields_of
from golive.profile.repeats import weight, with_patient_weights

CONFIG = Config(roles=Roles(id="patient_id", label="death"))
ACTED = (Verdict.ALARM, Verdict.WATCH)


def ward(
    rng: np.random.Generator, patients: int, *, shift: float = 0.0, first: int = 0
) -> pd.DataFrame:
    """About 20 rows of each patient: what belongs to the patient, what is measured anew, and a mixture of both."""
    rows = rng.poisson(20, patients).clip(1)
    of = np.repeat(np.arange(patients), rows)
    n = len(of)
    lactate = rng.random(n) < rng.beta(1, 3, patients)[of]
    return pd.DataFrame(
        {
            "patient_id": of + first,
            "age": rng.normal(62, 15, patients).round()[of],
            "sex": rng.choice(["f", "m"], patients)[of],
            "ward": rng.choice(["A", "B", "C"], patients, p=[0.5, 0.4, 0.1])[of],
            "heart_rate": (
                rng.normal(85 + 12 * shift, 12, patients)[of] + rng.normal(0, 8, n)
            ).round(),
            "temp": rng.normal(37, 0.6, n).round(1),
            "lactate": np.where(lactate, np.exp(rng.normal(0.4, 0.4, n)), np.nan).round(1),
            "death": (rng.random(patients) < 0.2).astype(int)[of],
        }
    )


def profiled(folder: Path, *sides: pd.DataFrame) -> list[Profile]:
    files = [folder / f"{i}.parquet" for i in range(len(sides))]
    for file, side in zip(files, sides, strict=True):
        side.to_parquet(file)
    with read(files[0]) as left, read(files[-1]) as right:
        specs = infer(left, right, CONFIG)
        return [profile(side, specs, roles_of(specs)) for side in (left, right)][: len(sides)]


def acted(folder: Path, train: pd.DataFrame, live: pd.DataFrame) -> list[Finding]:
    one, other = profiled(folder, train, live)
    found = compare(one, other, CONFIG).findings
    return [
        f
        for f in found
        if f.verdict in ACTED
        and f.signal.value in ("distribution", "missingness", "label", "meaning")
    ]


def test_what_belongs_to_the_patient_weighs_as_much_as_patients(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = ward(rng, 1_000)
    (side,) = profiled(tmp_path, frame)
    sizes = frame.groupby("patient_id").size()
    people = float(sizes.sum() ** 2 / (sizes**2).sum()) / len(
        frame
    )  # Kish: constant within a patient
    for name in ("age", "sex", "ward", "death"):
        assert side.columns[name].repeats.weight == pytest.approx(people, rel=0.15), name
    assert side.columns["temp"].repeats.weight == pytest.approx(1, abs=0.1)
    assert people < (side.columns["heart_rate"].repeats.weight or 0) < 0.2
    assert people < (side.columns["lactate"].missing_repeats.weight or 0) < 0.6
    assert (
        side.columns["age"].missing_repeats.weight is None
    )  # none is missing: that tells nothing of how missing rows cluster


def test_it_is_the_variance_of_the_mean_over_patients(tmp_path: Path) -> None:
    """The standard error by the weight is what drawing patients anew gives (a bootstrap by patient)."""
    rng = np.random.default_rng(1)
    frame = ward(rng, 400)
    (side,) = profiled(tmp_path, frame)
    groups = frame.groupby("patient_id")
    for name in ("age", "heart_rate", "temp"):
        total, n = groups[name].sum().to_numpy(), groups[name].count().to_numpy()
        drawn = rng.integers(0, len(n), (2_000, len(n)))
        bootstrap = (total[drawn].sum(axis=1) / n[drawn].sum(axis=1)).std()
        by_weight = frame[name].std() / np.sqrt(
            len(frame) * (side.columns[name].repeats.weight or 1)
        )
        assert by_weight == pytest.approx(bootstrap, rel=0.12), name


def test_new_patients_of_the_same_kind_are_no_finding(tmp_path: Path) -> None:
    """Ten wards of 60 patients with 20 rows each against 400 of the same kind; with rows as independent all ten alarm."""
    alarms, independent = 0, 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        train, live = ward(rng, 400), ward(rng, 60, first=100_000)
        alarms += any(f.verdict is Verdict.ALARM for f in acted(tmp_path, train, live))
        rows = [
            side.assign(patient_id=np.arange(len(side)) + first)
            for side, first in ((train, 0), (live, 10**6))
        ]
        independent += any(f.verdict is Verdict.ALARM for f in acted(tmp_path, *rows))
    assert alarms <= 1
    assert independent >= 9


def test_a_real_shift_of_patients_is_still_found(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    found = acted(tmp_path, ward(rng, 800), ward(rng, 200, shift=0.8, first=100_000))
    assert "heart_rate" in {c for f in found if f.verdict is Verdict.ALARM for c in f.columns}
    (shift,) = [f for f in found if f.kind == "distribution_shift" and f.columns == ("heart_rate",)]
    assert any("rows of one patient repeat each other" in line for line in shift.evidence)


def test_a_few_patients_are_too_few_however_many_rows_they_have(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    one, other = profiled(tmp_path, ward(rng, 500), ward(rng, 12, first=100_000))
    drift = {c.name: c.drift for c in compare(one, other, CONFIG).columns if c.drift is not None}
    assert drift["age"].verdict is Verdict.CANNOT_JUDGE
    assert "of so few patients" in drift["age"].reason
    assert drift["temp"].verdict is Verdict.QUIET
    assert drift["temp"].n_live == other.rows


def test_rows_that_name_a_patient_once_weigh_as_before(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    frame = ward(rng, 300).drop_duplicates("patient_id")
    (side,) = profiled(tmp_path, frame)
    assert {c.repeats.weight for c in side.columns.values()} == {1.0}


def test_rows_without_a_patient_are_no_patient(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    frame = ward(rng, 300).drop_duplicates("patient_id").astype({"patient_id": "float"})
    frame.loc[frame.index[:100], "patient_id"] = np.nan
    (side,) = profiled(tmp_path, frame)
    assert {c.repeats.weight for c in side.columns.values()} == {1.0}


@pytest.mark.parametrize("storage", ["parquet", "csv"])
def test_memory_and_engine_say_the_same(tmp_path: Path, storage: str) -> None:
    """Columns reduced in memory carry what a grouped query in the engine gives, odd values and rows without a patient included."""
    rng = np.random.default_rng(3)
    frame = ward(rng, 400)
    n = len(frame)
    frame["noted"] = np.where(rng.random(n) < 0.03, "hemolyzed", frame.temp.astype(str))
    frame["endless"] = np.where(rng.random(n) < 0.03, np.inf, frame.temp)
    frame["code"] = np.where(rng.random(n) < 0.2, None, rng.choice(["250.00", "I10", "E11.9"], n))
    frame["flag"] = rng.random(n) < 0.3
    frame["seen"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 10**6, n), "s")
    frame["patient_id"] = frame["patient_id"].where(np.arange(n) % 97 != 0)
    file = tmp_path / f"side.{storage}"
    _ = frame.to_parquet(file) if storage == "parquet" else frame.to_csv(file, index=False)
    with read(file) as side:
        specs = infer(side, side, CONFIG)
        here = profile(side, specs, roles_of(specs)).columns
        fields = fields_of(side.table, side.storage, specs, roles_of(specs))
        there = with_patient_weights(side.table, here, fields, "patient_id")
    assert {name for name, one in here.items() if one.repeats.size != 1} >= {
        "age",
        "sex",
        "noted",
        "endless",
        "code",
    }
    for name, one in here.items():
        for mine, asked in zip(_held(one), _held(there[name]), strict=True):
            assert mine == (asked if asked is None else pytest.approx(asked, rel=1e-9)), name


def _held(column: ColumnProfile) -> tuple[float | None, ...]:
    values, gaps = column.repeats, column.missing_repeats
    return values.weight, values.size, gaps.weight, gaps.size


sizes_and_sums = st.lists(
    st.tuples(st.integers(1, 30), st.integers(-50, 50)), min_size=2, max_size=40
)


@settings(deadline=None, max_examples=100)
@given(sizes_and_sums)
def test_a_weight_is_a_share_and_does_not_depend_on_unit_or_zero(
    patients: list[tuple[int, float]],
) -> None:
    n = np.array([float(size) for size, _ in patients])
    total = n * np.array([mean for _, mean in patients])  # constant within a patient
    mean = total.sum() / n.sum()
    spread = float((n * (total / n - mean) ** 2).sum() / n.sum())
    got = weight(n, [total], [spread])
    if spread == 0:
        assert got is None
        return
    assert got is not None
    assert 0 < got <= 1
    assert weight(n, [3 * total + 7 * n], [9 * spread]) == pytest.approx(got, rel=1e-6)


def test_one_patient_weighs_one_row_and_a_constant_nothing_is_known_of() -> None:
    assert weight(np.array([40.0]), [np.array([10.0])], [0.2]) == pytest.approx(1 / 40)
    assert weight(np.array([40.0, 3.0]), [np.array([0.0, 0.0])], [0.0]) is None


def test_a_stored_baseline_remembers_what_its_rows_weigh(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    (side,) = profiled(tmp_path, ward(rng, 200))
    stored = TypeAdapter(Profile)
    again = stored.validate_json(stored.dump_json(side))
    before, after = (
        {c.name: (c.repeats, c.missing_repeats) for c in p.columns.values()} for p in (side, again)
    )
    assert after == before
    assert min(r.weight for r, _ in after.values() if r.weight is not None) < 0.1
