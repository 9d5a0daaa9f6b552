"""Clean data for the fault bench: the sample, and two published tables with known origin; what can be planted where.

The published tables hold no visit (key, time, site, diagnosis, route), so these are drawn at random: the same in every
split, and the same for every kind of fault.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from golive.model.config import Config, parse_config
from golive.samples.catalogue import get
from golive.samples.configuration import config as sample_config
from golive.samples.generate import draw
from golive.samples.physiology import ICD9

Rng = np.random.Generator
Conversion = tuple[str, float, float]
"""Column, factor, offset."""
UNIT = "mg/dL"
"""What every label column of a base says."""
Interval = tuple[str, float, float]
"""Column, lowest and highest value that is planted."""


@dataclass(frozen=True)
class Menu:
    """Columns of a base in which each kind of fault can be planted; an empty entry leaves the kind out for the base."""

    units: tuple[Conversion, ...]
    overlapping: tuple[Conversion, ...]
    slips: tuple[str, ...]
    impossible: tuple[Interval, ...]
    extreme: tuple[Interval, ...]
    sentinels: tuple[tuple[str, float], ...]
    capped: tuple[str, ...]
    uncapped: tuple[str, float]
    decimals: tuple[str, ...]
    heaped: tuple[str, ...]
    swaps: tuple[tuple[str, str], ...]
    stuck: tuple[str, ...]
    gone: tuple[str, ...]
    block: tuple[str, ...]
    dropped: tuple[str, ...]
    texts: tuple[str, ...]
    shifted: tuple[str, ...]
    categories: tuple[str, ...] = ("arrival_mode", "insurance", "language")
    spellings: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    sparse: tuple[str, ...] = ()
    labelled: tuple[tuple[str, str], ...] = ()
    times: tuple[str, ...] = ("recorded_at",)
    label: str = ""


@dataclass(frozen=True)
class Base:
    """Clean data and what is declared of it. ``expected`` are findings that the clean data has by itself."""

    name: str
    pool: pd.DataFrame
    config: Config
    menu: Menu
    expected: frozenset[str] = frozenset({"free_text_present"})


SPELLINGS: dict[str, tuple[str, tuple[str, ...]]] = {
    "antibiotic_route": ("IV", ("iv", "Intravenous", "I.V.")),
    "arrival_mode": ("walk-in", ("Walk In", "WALK-IN", "walk_in")),
    "insurance": ("Private", ("PRIVATE", "private ", "Private.")),
}
SAMPLE_MENU = Menu(
    units=(
        ("creatinine", 88.42, 0),
        ("glucose", 0.0555, 0),
        ("temperature", 1.8, 32),
        ("hemoglobin", 10, 0),
        ("calcium", 0.2495, 0),
        ("bilirubin_total", 17.1, 0),
        ("platelets", 1000, 0),
        ("wbc", 1000, 0),
    ),
    overlapping=(("bun", 0.357, 0), ("weight", 2.2046, 0), ("lactate", 9.01, 0)),
    slips=("sodium", "potassium", "heart_rate", "sbp", "spo2"),
    impossible=(
        ("spo2", 101, 180),
        ("heart_rate", 360, 520),
        ("sodium", 255, 380),
        ("resp_rate", 125, 240),
    ),
    extreme=(
        ("heart_rate", 226, 300),
        ("resp_rate", 61, 100),
        ("sodium", 166, 220),
        ("potassium", 10.1, 14),
    ),
    sentinels=(("heart_rate", -1), ("glucose", 0), ("sbp", 999), ("gcs", -1), ("platelets", -9)),
    capped=("heart_rate", "glucose", "creatinine", "weight", "platelets", "sbp"),
    uncapped=("age", 89),
    decimals=("temperature", "weight", "hemoglobin", "calcium", "potassium"),
    heaped=("sbp", "heart_rate", "dbp"),
    swaps=(
        ("sbp", "dbp"),
        ("heart_rate", "resp_rate"),
        ("sodium", "glucose"),
        ("hemoglobin", "potassium"),
    ),
    stuck=("heart_rate", "sbp", "temperature", "glucose", "weight"),
    gone=("heart_rate", "sbp", "temperature", "gcs", "age"),
    block=("sbp", "dbp", "map"),
    dropped=("crp", "gcs", "map", "spo2"),
    texts=("lactate", "creatinine", "glucose", "crp", "weight"),
    shifted=("heart_rate", "sbp", "sodium", "potassium", "hemoglobin"),
    spellings={**SPELLINGS, "sex": ("female", ("F", "Female", "FEMALE"))},
    sparse=("lactate", "crp", "procalcitonin"),
    labelled=(("creatinine_unit", "umol/L"), ("glucose_unit", "mmol/L")),
    times=("recorded_at", "received_at"),
    label="sepsis_48h",
)
HEART_MENU = Menu(
    units=(("chol", 0.02586, 0), ("trestbps", 0.1333, 0)),
    overlapping=(),
    slips=("trestbps", "chol", "thalach"),
    impossible=(("trestbps", 380, 600), ("thalach", 360, 520), ("chol", 2010, 3000)),
    extreme=(("trestbps", 251, 350), ("thalach", 226, 300), ("chol", 701, 1200)),
    sentinels=(("chol", 0), ("trestbps", 0), ("thalach", -1), ("trestbps", -9)),
    capped=("trestbps", "chol", "thalach"),
    uncapped=("age", 65),
    decimals=("oldpeak",),
    heaped=("thalach", "chol"),
    swaps=(("trestbps", "chol"), ("chol", "thalach"), ("age", "thalach")),
    stuck=("chol", "thalach"),
    gone=("trestbps", "thalach", "exang", "slope"),
    block=("trestbps", "thalach", "exang", "oldpeak"),
    dropped=("ca", "thal", "slope"),
    texts=("chol", "thalach", "oldpeak"),
    shifted=("age", "trestbps", "chol", "thalach"),
    spellings=SPELLINGS,
    labelled=(("chol_unit", "mmol/L"),),
    label="num",
)
SEPSIS_MENU = Menu(
    units=(
        ("Creatinine", 88.42, 0),
        ("Glucose", 0.0555, 0),
        ("Temp", 1.8, 32),
        ("Hgb", 10, 0),
        ("Calcium", 0.2495, 0),
        ("Platelets", 1000, 0),
        ("WBC", 1000, 0),
        ("SBP", 0.1333, 0),
    ),
    overlapping=(("BUN", 0.357, 0), ("Magnesium", 0.4114, 0)),
    slips=("Potassium", "HR", "SBP", "O2Sat", "Hct"),
    impossible=(("O2Sat", 101, 180), ("HR", 360, 520), ("Chloride", 210, 380), ("Resp", 125, 240)),
    extreme=(("HR", 226, 300), ("Resp", 61, 100), ("Chloride", 141, 190), ("Potassium", 10.1, 14)),
    sentinels=(("HR", -1), ("Glucose", 0), ("SBP", 999), ("Platelets", -9)),
    capped=("HR", "Glucose", "Creatinine", "Platelets", "SBP"),
    uncapped=("Age", 89),
    decimals=("Temp", "Hgb", "Calcium", "Potassium"),
    heaped=("SBP", "HR", "DBP"),
    swaps=(("SBP", "DBP"), ("HR", "Resp"), ("Chloride", "Glucose"), ("Hgb", "Potassium")),
    stuck=("HR", "SBP", "Temp", "Glucose"),
    gone=("HR", "SBP", "Temp", "O2Sat"),
    block=("HR", "O2Sat", "SBP"),
    dropped=("Magnesium", "PTT", "MAP", "O2Sat"),
    texts=("Lactate", "Creatinine", "Glucose", "WBC"),
    shifted=("HR", "SBP", "Potassium", "Hgb", "Chloride"),
    spellings=SPELLINGS,
    sparse=("Lactate", "AST", "PTT"),
    labelled=(("Creatinine_unit", "umol/L"), ("Glucose_unit", "mmol/L")),
    label="SepsisLabel",
)
VISIT = {"id": "encounter_id", "time": "recorded_at", "site": "site"}
_CODES = np.array(sorted(ICD9))


@cache
def sample_base(rows: int = 15_000) -> Base:
    """Rows of the clean sample: one process, no fault."""
    sample = get("clean")
    frame = _with_labels(draw(sample, rows=rows, seed=7).train, SAMPLE_MENU)
    return Base("sample", frame, sample_config(sample), SAMPLE_MENU)


@cache
def heart_base(reference_data: Path, rows: int = 15_000) -> Base:
    """Cleveland's 303 patients drawn with replacement; age, cholesterol, heart rate and ST depression smoothed by a step
    or two (smoothed bootstrap), so that a table of any size holds no patient twice."""
    rng = np.random.default_rng(303)
    known = pd.read_csv(reference_data / "heart" / "cleveland.csv")
    frame = known.iloc[rng.integers(0, len(known), rows)].reset_index(drop=True)
    for column, step, digits in (("age", 2, 0), ("chol", 8, 0), ("thalach", 3, 0)):
        frame[column] = (frame[column] + rng.normal(0, step, rows)).round(digits)
    frame["age"] = frame["age"].clip(upper=65)  # as a de-identified extract would
    moved = (frame["oldpeak"] + rng.normal(0, 0.1, rows)).round(1).clip(lower=0.1)
    frame["oldpeak"] = moved.where(frame["oldpeak"] > 0, 0.0)
    return Base(
        "heart", _with_labels(_with_visit(frame, rng), HEART_MENU), _config("num"), HEART_MENU
    )


@cache
def sepsis_base(reference_data: Path, rows: int = 15_000) -> Base:
    """Hours of hospital system A as a model sees them: the last known value of every measurement carried forward."""
    import duckdb

    path = str(reference_data / "sepsis" / "setA.parquet")
    names = [str(row[0]) for row in duckdb.sql(f"describe from '{path}'").fetchall()]
    own = {
        "patient_id",
        "hour",
        "Age",
        "Gender",
        "Unit1",
        "Unit2",
        "HospAdmTime",
        "ICULOS",
        "SepsisLabel",
    }
    carried = ", ".join(
        f"round(last_value({n} ignore nulls) over w::double, 2) as {n}"
        if n not in own
        else f"round({n}::double, 0) as Age"
        if n == "Age"
        else n
        for n in names
        if n not in ("patient_id", "hour", "EtCO2")  # EtCO2 holds no value in system A
    )
    query = f"select {carried} from '{path}' window w as (partition by patient_id order by hour)"
    frame = duckdb.sql(f"from ({query}) using sample reservoir({rows} rows) repeatable (7)").df()
    frame["Age"] = frame["Age"].clip(upper=89)
    frame = _with_labels(_with_visit(frame, np.random.default_rng(2019)), SEPSIS_MENU)
    return Base("sepsis", frame, _config("SepsisLabel"), SEPSIS_MENU)


def _with_visit(frame: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """The frame with a key, a time in 2025, a site, a diagnosis, a route and three categories."""
    n = len(frame)
    times = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 364 * 86_400, n), unit="s")
    falling = 1 / np.arange(2, len(_CODES) + 2)
    frame["encounter_id"] = [f"E{i:07d}" for i in rng.permutation(n)]
    frame["recorded_at"] = times.strftime("%Y-%m-%d %H:%M:%S")
    frame["site"] = rng.choice(["C1", "C2", "C3", "C4"], n, p=[0.4, 0.3, 0.2, 0.1])
    frame["dx"] = rng.choice(_CODES, n, p=falling / falling.sum())
    frame["antibiotic_route"] = rng.choice(["IV", "oral", "IM"], n, p=[0.55, 0.4, 0.05])
    frame["arrival_mode"] = rng.choice(["walk-in", "ambulance", "transfer"], n, p=[0.6, 0.3, 0.1])
    frame["insurance"] = rng.choice(
        ["Private", "Medicare", "Medicaid", "Self-pay"], n, p=[0.4, 0.3, 0.2, 0.1]
    )
    frame["language"] = rng.choice(["English", "Spanish", "Other"], n, p=[0.8, 0.15, 0.05])
    return frame


def _with_labels(frame: pd.DataFrame, menu: Menu) -> pd.DataFrame:
    """The frame with a column of unit labels beside each value that the menu has one for."""
    return frame.assign(
        **{
            label: np.where(frame[label.removesuffix("_unit")].notna(), UNIT, None).astype(object)
            for label, _ in menu.labelled
        }
    )


def _config(label: str) -> Config:
    return parse_config(
        {"roles": {"label": label, **VISIT}, "columns": {"dx": {"system": "ICD10CM"}}},
        where="bench",
    )
