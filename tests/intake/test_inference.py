from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from golive.intake import infer, read, roles_of
from golive.intake.clinical.identifiers import kind_by_name
from golive.intake.columns.measure import SAMPLE
from golive.model.columns import ColumnSpec, ColumnType, Role, Roles
from golive.model.config import Config, parse_config
from golive.model.errors import InputError

N = 60
RANDOM = random.Random(0)


def csv_of(path: Path, columns: dict[str, list[Any]]) -> Path:
    lines = [",".join(columns)] + [
        ",".join(f'"{v}"' for v in row) for row in zip(*columns.values(), strict=True)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


def specs_of(
    path: Path, config: Config | None = None, live: Path | None = None
) -> dict[str, ColumnSpec]:
    with read(path) as train:
        if live is None:
            return {s.name: s for s in infer(train, None, config or Config())}
        with read(live) as other:
            return {s.name: s for s in infer(train, other, config or Config())}


TYPED: dict[str, tuple[list[Any], str]] = {
    "creatinine": ([f"{RANDOM.uniform(0.4, 3):.2f}" for _ in range(N)], "numeric"),
    "lactate": (
        [*(f"{RANDOM.uniform(0.4, 9):.1f}" for _ in range(N - 4)), "?", "NA", "see note", ""],
        "numeric",
    ),
    "heart_rate": ([RANDOM.randint(40, 180) for _ in range(N)], "integer"),
    "constant": (["5"] * N, "integer"),
    "constant_decimal": (["5.5"] * N, "numeric"),
    "cp": ([f"{i % 4 + 1}.0" for i in range(N)], "category"),
    "flag": ([f"{i % 2}.0" for i in range(N)], "boolean"),
    "smoker": (["yes", "No"] * (N // 2), "boolean"),
    "colour": (["red", "green", "blue"] * (N // 3), "category"),
    "half_text": (["1", "two"] * (N // 2), "category"),
    "dx": ([f"I{10 + i % 30}.{i % 9}" for i in range(N)], "code"),
    "icd9_code": ([f"{250 + i % 40}.{i % 9}" for i in range(N)], "code"),
    "test": ([f"{2000 + i % 40}-{i % 9}" for i in range(N)], "code"),
    "note": ([f"Patient {i} reports chest pain since two days" for i in range(N)], "text"),
    "recorded_at": ([f"2024-01-{i % 28 + 1:02d} 10:15:00" for i in range(N)], "datetime"),
    "us_date": ([f"{i % 12 + 1}/{i % 28 + 1}/2024" for i in range(N)], "datetime"),
    "admit_date": ([f"202401{i % 28 + 1:02d}" for i in range(N)], "datetime"),
    "patient_id": ([f"{i // 3}" for i in range(N)], "identifier"),
    "key_like": ([f"AB{i:06d}x" for i in range(N)], "identifier"),
    "contact": ([f"person{i}@example.org" for i in range(N)], "identifier"),
    "national": ([f"{100 + i}-12-{1000 + i}" for i in range(N)], "identifier"),
    "void": ([""] * N, "empty"),
}


def test_types_of_text_columns(tmp_path: Path) -> None:
    specs = specs_of(
        csv_of(tmp_path / "a.csv", {name: values for name, (values, _) in TYPED.items()})
    )
    assert {n: s.type.value for n, s in specs.items()} == {
        n: kind for n, (_, kind) in TYPED.items()
    }
    assert all(s.reason and s.storage == "text" for s in specs.values())
    assert "95 % of 59 values" in specs["lactate"].reason
    assert "2 are words for missing" in specs["lactate"].reason


def test_types_do_not_depend_on_storage(tmp_path: Path) -> None:
    columns = {"rate": [float(i) + 0.5 for i in range(N)], "count": list(range(N)), "cp": [i % 4 for i in range(N)],
               "flag": [float(i % 2) for i in range(N)], "patient_id": [i // 2 for i in range(N)]}  # fmt: skip
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    typed = specs_of(tmp_path / "a.parquet")
    written = specs_of(csv_of(tmp_path / "a.csv", columns))
    assert {n: s.type for n, s in typed.items()} == {n: s.type for n, s in written.items()}


def test_few_rows_are_not_a_code_list(tmp_path: Path) -> None:
    assert (
        specs_of(csv_of(tmp_path / "a.csv", {"age": [63, 67, 37, 41]}))["age"].type
        is ColumnType.INTEGER
    )


def test_what_a_sample_cannot_settle_is_counted_on_all_rows(tmp_path: Path) -> None:
    n = SAMPLE * 2
    table = {
        "late_decimal": pa.array([1.0] * (n - 1) + [0.5]),
        "late_values": pa.array([1] * SAMPLE + list(range(n - SAMPLE))),
        "late": pa.array([None] * (n - 40) + [2.5] * 40),
        "late_code": pa.array([None] * (n - 300) + [f"I{10 + i % 30}.1" for i in range(300)]),
        "half": pa.array(["7.5"] * SAMPLE + ["text"] * SAMPLE),
        "coded": pa.array([i % 3 for i in range(n)]),
    }
    pq.write_table(pa.table(table), tmp_path / "a.parquet")
    specs = specs_of(tmp_path / "a.parquet")
    assert {n: s.type.value for n, s in specs.items()} == {
        "late_decimal": "numeric", "late_values": "integer", "late": "numeric", "late_code": "code", "half": "category", "coded": "category",
    }  # fmt: skip


def test_roles_by_name_and_values(tmp_path: Path) -> None:
    columns = {
        "encounter_id": [f"e{i}" for i in range(N)], "patient_id": [f"p{i // 2}" for i in range(N)],
        "clinic": ["north", "south"] * (N // 2), "sex": ["F", "M"] * (N // 2), "age_band": ["18-39", "40-64", "65+"] * (N // 3),
        "recorded_at": ["2024-01-01"] * N, "admission_time": ["2024-01-01"] * N, "risk_score": [f"{i / N:.3f}" for i in range(N)],
        "model_version": ["1.0", "1.1"] * (N // 2), "outcome": [i % 2 for i in range(N)], "hr": [60 + i for i in range(N)],
    }  # fmt: skip
    path = csv_of(tmp_path / "a.csv", columns)
    with read(path) as data:
        specs = infer(data, None, Config())
    assert roles_of(specs) == Roles(
        label="outcome", score="risk_score", time="recorded_at", id="patient_id", site="clinic",
        model_version="model_version", groups=("sex", "age_band"),
    )  # fmt: skip
    kinds = {s.name: s.type for s in specs}
    assert kinds["encounter_id"] is ColumnType.IDENTIFIER
    assert kinds["model_version"] is ColumnType.CATEGORY


def test_a_name_alone_makes_no_role(tmp_path: Path) -> None:
    columns = {
        "risk": [i * 10 for i in range(N)],
        "label": [f"{i % 5}" for i in range(N)],
        "site": [f"s{i:04}x" for i in range(N)],
    }
    specs = specs_of(csv_of(tmp_path / "a.csv", columns))
    assert {s.role for s in specs.values()} == {Role.FEATURE}


def test_configuration_wins(tmp_path: Path) -> None:
    columns = {
        "outcome": [i % 2 for i in range(N)],
        "num": [i % 5 for i in range(N)],
        "sex": ["F", "M"] * (N // 2),
        "hr": [60 + i for i in range(N)],
    }
    config = parse_config(
        {
            "roles": {"label": "num", "groups": ["hr"], "ignored": ["outcome"]},
            "columns": {"hr": {"type": "category"}},
        }
    )
    specs = specs_of(csv_of(tmp_path / "a.csv", columns), config)
    assert {n: s.role.value for n, s in specs.items()} == {
        "outcome": "ignored",
        "num": "label",
        "sex": "feature",
        "hr": "group",
    }
    assert specs["hr"].type is ColumnType.CATEGORY
    assert "configured" in specs["num"].reason
    assert "configured" in specs["hr"].reason


def test_every_wrong_name_is_listed(tmp_path: Path) -> None:
    config = parse_config(
        {"roles": {"label": "nun", "groups": ["sec"]}, "columns": {"hrr": {"unit": "/min"}}}
    )
    with pytest.raises(InputError) as error:
        specs_of(csv_of(tmp_path / "a.csv", {"num": [1], "sex": ["F"], "hr": [60]}), config)
    assert [p.code for p in error.value.problems] == ["ROLE_COLUMN", "ROLE_COLUMN", "CONFIG_COLUMN"]
    assert [p.hint for p in error.value.problems] == [
        "Did you mean 'num'?",
        "Did you mean 'sex'?",
        "Did you mean 'hr'?",
    ]


def test_live_only_columns_come_last(tmp_path: Path) -> None:
    train = csv_of(tmp_path / "train.csv", {"b": [1.5, 2.5], "a": ["x", "y"]})
    live = csv_of(tmp_path / "live.csv", {"new": ["0.5", "0.7"], "a": ["1", "2"]})
    specs = specs_of(train, live=live)
    assert list(specs) == ["b", "a", "new"]
    assert specs["a"].type is ColumnType.CATEGORY
    assert specs["new"].type is ColumnType.NUMERIC
    assert "live data" in specs["new"].reason


def test_wide_tables_are_inferred(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "wide.csv", {f"c{i}": [f"{i}.5", "7"] for i in range(2000)})
    specs = specs_of(path)
    assert len(specs) == 2000
    assert {s.type for s in specs.values()} == {ColumnType.NUMERIC}


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("PatientID", "medical record number"),
        ("Last Name", "name"),
        ("email", "e-mail address"),
        ("home_phone", "telephone number"),
        ("ip", "IP address"),
        ("DOB", "birth date"),
        ("encounter_id", "encounter number"),
        ("drug_name", None),
        ("ICULOS", None),
        ("Unit1", None),
        ("dip", None),
        ("address_change_flag", None),
    ],
)
def test_names_of_identifiers(column: str, kind: str | None) -> None:
    assert kind_by_name(column) == kind


@pytest.mark.reference
def test_heart_types_and_roles(reference_data: Path) -> None:
    with (
        read(reference_data / "heart" / "cleveland.csv") as train,
        read(reference_data / "heart" / "va.csv") as live,
    ):
        specs = {s.name: s for s in infer(train, live, Config(roles=Roles(label="num")))}
    kinds = {n: s.type.value for n, s in specs.items()}
    assert kinds == {
        "age": "integer", "trestbps": "integer", "chol": "integer", "thalach": "integer", "oldpeak": "numeric",
        "sex": "boolean", "fbs": "boolean", "exang": "boolean",
        "cp": "category", "restecg": "category", "slope": "category", "ca": "category", "thal": "category", "num": "category",
    }  # fmt: skip
    assert roles_of(specs.values()) == Roles(label="num", groups=("sex",))
    assert specs["num"].reason == (
        "parses as a number in 100 % of 303 values; 5 different whole values are read as a code list; label as configured"
    )


@pytest.mark.reference
def test_sepsis_types_and_roles(reference_data: Path) -> None:
    with read(reference_data / "sepsis" / "setA.parquet") as train:
        specs = infer(train, None, Config())
        assert (train.rows, len(train.columns)) == (790_215, 43)
    assert roles_of(specs) == Roles(label="SepsisLabel", id="patient_id", groups=("Gender",))
    kinds = {s.name: s.type.value for s in specs}
    assert kinds["EtCO2"] == "empty"
    assert kinds["patient_id"] == "identifier"
    assert {kinds[c] for c in ("HR", "Calcium", "FiO2", "TroponinI", "Age")} == {"numeric"}


def test_a_role_that_was_taken_away_is_not_guessed(tmp_path: Path) -> None:
    path = csv_of(tmp_path / "t.csv", {"sex": ["F", "M"] * 30, "age": list(range(60))})
    assert specs_of(path)["sex"].role is Role.GROUP
    spec = specs_of(path, Config(roles=Roles(features=("sex",))))["sex"]
    assert (spec.role, spec.reason.endswith("feature as configured")) == (Role.FEATURE, True)
