"""Samples: equal for equal seeds, plausible, and the truth file says exactly what is in the files (recounted from them)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from golive.intake.clinical.analytes import match
from golive.model.config import parse_config
from golive.model.errors import InputError
from golive.model.finding import SIGNAL_OF
from golive.model.readiness import ReadinessVerdict, Tier
from golive.samples import DEFAULT, SampleFiles, get, names, write
from golive.samples.catalogue import STAGES, faults
from golive.samples.faults import PLANT
from golive.samples.generate import COMPARED
from golive.samples.physiology import DIAGNOSES, ICD9
from golive.samples.pilot_model import MODEL, score

NAMES = [sample.name for sample in names()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("samples")


@pytest.fixture(scope="module")
def written(folder: Path) -> dict[str, SampleFiles]:
    return {name: write(name, folder / name) for name in NAMES}


def text(path: Path) -> pd.DataFrame:
    """A file as it was written: every value a string, empty is empty."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def train(written: dict[str, SampleFiles]) -> pd.DataFrame:
    return text(written[DEFAULT].train)


@pytest.fixture(scope="module")
def live(written: dict[str, SampleFiles]) -> pd.DataFrame:
    return text(written[DEFAULT].live)


@pytest.fixture(scope="module")
def truth(written: dict[str, SampleFiles]) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(written[DEFAULT].truth.read_text(encoding="utf-8"))
    return loaded


def number(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column.where(column != ""), errors="coerce")


def auroc(frame: pd.DataFrame) -> float:
    from sklearn.metrics import roc_auc_score

    known = frame[(frame["sepsis_48h"] != "") & (frame["risk"] != "")]
    return float(roc_auc_score(known["sepsis_48h"].astype(int), known["risk"].astype(float)))


# ---- sizes, seeds, files -------------------------------------------------------------------------------------------


def test_default_sample_is_large_enough(
    train: pd.DataFrame, live: pd.DataFrame, truth: dict[str, Any]
) -> None:
    assert NAMES[0] == DEFAULT
    assert (len(train), len(live)) == (truth["train_rows"], truth["live_rows"]) == (24_000, 6_120)
    assert train["patient_id"].nunique() == pytest.approx(20_000, rel=0.05)
    assert set(train["site"]) == set(live["site"]) == {"C1", "C2", "C3", "C4"}
    assert not set(train["patient_id"]) & set(live["patient_id"])
    assert train["recorded_at"].min() >= "2025-01-01"
    assert train["recorded_at"].max() < "2026-01-01"
    assert live["recorded_at"].min() >= "2026-02-16"
    assert live["recorded_at"].max() < "2026-05-01"


@pytest.mark.parametrize("name", [DEFAULT, "integration"])
def test_equal_seeds_give_equal_bytes(name: str, tmp_path: Path) -> None:
    first, second = (write(name, tmp_path / part, rows=600, seed=7) for part in ("a", "b"))
    other = write(name, tmp_path / "c", rows=600, seed=8)
    for part in ("train", "live", "config", "truth"):
        assert getattr(first, part).read_bytes() == getattr(second, part).read_bytes()
    assert first.live.read_bytes() != other.live.read_bytes()


def test_rows_are_as_asked(tmp_path: Path) -> None:
    files = write(DEFAULT, tmp_path, rows=1_000)
    assert len(text(files.live)) == 1_000
    assert len(text(files.train)) == round(24_000 * 1_000 / 6_120)


def test_bad_calls(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"SAMPLE_UNKNOWN.*Did you mean 'clean'"):
        write("cleen", tmp_path)
    with pytest.raises(InputError, match="SAMPLE_ROWS"):
        write(DEFAULT, tmp_path, rows=10)
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="SAMPLE_FOLDER"):
        write(DEFAULT, tmp_path / "file" / "below", rows=200)


@pytest.mark.parametrize("name", NAMES)
def test_files_say_that_they_are_synthetic(name: str, written: dict[str, SampleFiles]) -> None:
    for path in (written[name].config, written[name].truth):
        assert path.read_text(encoding="utf-8").startswith("# Synthetic: ")
    assert text(written[name].live)["triage_note"].str.startswith("Synthetic note: ").all()


@pytest.mark.parametrize("name", NAMES)
def test_configuration_is_valid_and_names_real_columns(
    name: str, written: dict[str, SampleFiles]
) -> None:
    config = parse_config(yaml.safe_load(written[name].config.read_text(encoding="utf-8")))
    columns = set(text(written[name].train).columns)
    assert config.project == name
    assert set(config.columns) <= columns
    assert {*config.roles.named().values(), *config.roles.groups} <= columns
    assert config.operations is not None
    assert {
        config.operations.latency_ms,
        config.operations.status,
        config.operations.received_time,
    } <= columns
    assert config.as_of is not None
    assert len({item.id for item in config.evidence}) == len(config.evidence) >= 60
    for item in config.evidence:
        assert item.issued is not None
        assert item.issued <= config.as_of
        assert item.owner
        assert bool(item.link) == (item.grade in ("E2", "E3"))
        assert item.note.startswith("Synthetic: ")


@pytest.mark.parametrize(
    ("name", "weakest"),
    [(DEFAULT, "HND"), ("integration", "INT"), ("monitoring", "OBS"), ("foundations", "HND")],
)
def test_evidence_tells_the_story(name: str, weakest: str) -> None:
    from golive.readiness import Basis
    from golive.samples.configuration import config

    declared = config(get(name))
    assert declared.as_of is not None
    result = Basis([], declared, evidence=declared.evidence, as_of=declared.as_of).judge(
        with_stability=False
    )
    assert result.verdict is ReadinessVerdict.PILOT
    assert result.tier is Tier.HIGH
    assert result.weakest == weakest
    assert result.index is not None
    assert 40 <= result.index <= 65
    assert not result.stop


# ---- truth ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_truth_uses_known_kinds_and_columns(name: str, written: dict[str, SampleFiles]) -> None:
    loaded = yaml.safe_load(written[name].truth.read_text(encoding="utf-8"))
    columns = {*text(written[name].train), *text(written[name].live)}
    for fault in loaded["faults"]:
        assert {fault["kind"], *fault["also"]} <= set(SIGNAL_OF)
        assert set(fault["columns"]) <= columns
        assert fault["title"]
        assert fault["fix"]
    assert set(loaded["consequences"]) <= set(SIGNAL_OF)
    touched = {c for f in loaded["faults"] for c in f["columns"]}
    assert set(loaded["quiet"]) == set(COMPARED) - touched


def test_default_sample_shows_every_family_of_faults(truth: dict[str, Any]) -> None:
    signals = {SIGNAL_OF[f["kind"]] for f in truth["faults"]}
    assert {s.value for s in signals} >= {
        *(
            "schema",
            "missingness",
            "distribution",
            "meaning",
            "integrity",
            "label",
            "performance",
            "fairness",
            "output",
        ),
        "operations",
    }
    assert {f["id"] for f in truth["faults"]} == set(faults())
    stages = [STAGES.index(faults()[f["id"]].stage) for f in truth["faults"]]
    assert stages == sorted(stages)


def test_every_fault_of_the_table_can_be_planted() -> None:
    assert set(PLANT) == set(faults())


def recount(live: pd.DataFrame) -> dict[str, pd.Series]:
    """Find each planted fault in the file by what it looks like, without asking the generator."""
    at = pd.to_datetime(live["recorded_at"])
    site, creatinine, temperature = (
        live["site"],
        number(live["creatinine"]),
        number(live["temperature"]),
    )
    waited = pd.to_datetime(live["received_at"]) - at
    return {
        "creatinine_umol": creatinine > 20,
        "monitors_unmapped": (live["heart_rate"] == "") & (live["resp_rate"] == ""),
        "icd9_codes": live["dx"].str.fullmatch(r"\d{3}(\.\d{1,2})?"),
        "lactate_text": live["lactate"].isin(["<0.5", "see note", "hemolyzed", "QNS"]),
        "temperature_fahrenheit": temperature > 80,
        "gcs_sentinel": live["gcs"] == "-1",
        "glucose_zero": live["glucose"] == "0",
        "route_spelling": live["antibiotic_route"].isin(["iv", "Intravenous", "I.V."]),
        "insurance_new": live["insurance"] == "Marketplace",
        "age_uncapped": number(live["age"]) > 89,
        "language_gap": live["language"] == "Spanish",
        "two_versions": live["model_version"] == "v2.4",
        "late_inputs": (waited > pd.Timedelta(minutes=44)) & (site == "C3") & (at >= "2026-03-04"),
        "slow_at_peak": (site == "C2") & at.dt.hour.between(16, 21) & (at >= "2026-03-02"),
        "timeouts": (live["status"] == "timeout") & (live["risk"] == ""),
        "labels_late": live["sepsis_48h"] == "",
        "rows_resent": live.duplicated(),
    }


def test_planted_rows_are_what_truth_says(live: pd.DataFrame, truth: dict[str, Any]) -> None:
    found = recount(live)
    entries = {f["id"]: f for f in truth["faults"]}
    counted = {i for i, f in entries.items() if f["rows"] is not None}
    assert counted - set(found) == {
        "more_transfers"
    }  # transfers also occur by themselves: next test
    for fault, mask in found.items():
        entry = entries[fault]
        # An input may take more than 44 minutes by chance; every other fault is counted exactly.
        slack = 3 if fault == "late_inputs" else 0
        assert abs(int(mask.sum()) - entry["rows"]) <= slack, fault
        total = (
            (live[entry["columns"][0]] != "").sum() if entry["share_of"] == "values" else len(live)
        )
        assert entry["share"] == pytest.approx(entry["rows"] / total, abs=1e-4), fault
        for column, values in entry["segment"].items():
            assert live.loc[mask, column].isin(values).all(), fault
        if entry["since"]:
            assert (live.loc[mask, "recorded_at"] >= entry["since"]).all(), fault


def test_whole_columns_and_silence(train: pd.DataFrame, live: pd.DataFrame) -> None:
    assert set(train) - set(live) == {"procalcitonin"}
    assert set(live) - set(train) == {"poc_device"}
    day = live["recorded_at"].str[:10]
    silent = day.between("2026-03-27", "2026-03-31")
    assert not (silent & (live["site"] == "C4")).any()
    assert (silent & (live["site"] == "C1")).sum() > 50
    assert (live["arrival_mode"] == "transfer").mean() == pytest.approx(0.06, abs=0.01)
    assert (train["arrival_mode"] == "transfer").mean() == pytest.approx(0.02, abs=0.005)
    assert (live["heart_rate"] == "").mean() == pytest.approx(0.28, abs=0.005)
    assert live.loc[live["dx"].str.fullmatch(r"\d{3}(\.\d{1,2})?"), "dx"].size / len(
        live
    ) == pytest.approx(0.031, abs=0.001)


def test_training_and_clean_hold_no_fault(
    train: pd.DataFrame, written: dict[str, SampleFiles]
) -> None:
    clean = text(written["clean"].live)
    assert yaml.safe_load(written["clean"].truth.read_text(encoding="utf-8"))["faults"] == []
    assert list(clean) == list(train)
    for frame in (train, clean):
        for fault, mask in recount(frame).items():
            if fault not in ("language_gap", "slow_at_peak", "late_inputs"):
                assert mask.sum() == 0, fault
        assert (frame["latency_ms"].astype(int) < 4_000).all()
        assert (frame["heart_rate"] != "").all()
        assert frame["encounter_id"].is_unique
        assert number(frame["age"]).max() == 89


# ---- clinical plausibility -----------------------------------------------------------------------------------------


def test_values_are_plausible_where_nothing_was_planted(
    train: pd.DataFrame, live: pd.DataFrame, truth: dict[str, Any]
) -> None:
    measured = [
        c
        for c in train
        if match(c) is not None and c in (*MODEL, *truth["quiet"], "procalcitonin", "glucose")
    ]
    assert len(measured) >= 20
    for name in measured:
        analyte = match(name)
        assert analyte is not None
        assert analyte.hard is not None
        assert analyte.watch is not None
        values = number(train[name]).dropna()
        assert values.between(*analyte.watch).all(), name
        if name in truth["quiet"]:
            assert number(live[name]).dropna().between(*analyte.watch).all(), name


def test_severity_ties_the_columns_together(train: pd.DataFrame) -> None:
    numbers = train[["heart_rate", "resp_rate", "sbp", "spo2", "lactate", "risk"]].apply(number)
    together = numbers.corr(method="spearman")
    assert together.loc["heart_rate", "resp_rate"] > 0.15
    assert together.loc["lactate", "sbp"] < -0.1
    assert together.loc["lactate", "spo2"] < -0.1
    # Laboratory values are ordered for the ill: those without lactate have a lower risk.
    assert (
        numbers.loc[numbers["lactate"].isna(), "risk"].mean()
        < numbers.loc[numbers["lactate"].notna(), "risk"].mean()
    )
    systolic, diastolic = number(train["sbp"]), number(train["dbp"])
    assert (number(train["map"]) - (systolic + 2 * diastolic) / 3).abs().max() <= 0.5


@pytest.mark.parametrize("name", NAMES)
def test_quiet_columns_are_quiet(name: str, written: dict[str, SampleFiles]) -> None:
    from scipy.stats import chi2_contingency, ks_2samp

    quiet = yaml.safe_load(written[name].truth.read_text(encoding="utf-8"))["quiet"]
    train, live = text(written[name].train), text(written[name].live)
    assert len(quiet) >= 18
    for column in quiet:
        left, right = train[column], live[column]
        if match(column) is not None:
            p = ks_2samp(number(left).dropna(), number(right).dropna()).pvalue
            assert abs((left == "").mean() - (right == "").mean()) < 0.03, column
        else:
            p = chi2_contingency(
                pd.concat([left.value_counts(), right.value_counts()], axis=1).fillna(0)
            ).pvalue
        # Bonferroni over the about 170 comparisons of the six samples.
        assert p > 0.05 / 170, column


# ---- the score -----------------------------------------------------------------------------------------------------


def test_accuracy_in_training_and_live(
    train: pd.DataFrame, live: pd.DataFrame, written: dict[str, SampleFiles]
) -> None:
    assert auroc(train) == pytest.approx(0.81, abs=0.02)
    assert auroc(live) == pytest.approx(0.74, abs=0.015)
    assert auroc(text(written["clean"].live)) == pytest.approx(0.81, abs=0.03)
    known = train["sepsis_48h"].astype(int)
    assert known.mean() / train["risk"].astype(float).mean() == pytest.approx(1.0, abs=0.06)


def test_faults_hurt_the_score_through_the_inputs(train: pd.DataFrame) -> None:
    inputs = train[list(MODEL)].apply(number).assign(model_version="v2.3")
    risk = score(inputs)
    assert risk == pytest.approx(train["risk"].astype(float).to_numpy(), abs=1e-9)
    known = inputs["creatinine"].notna()
    flipped = score(inputs.assign(creatinine=inputs["creatinine"] * 88.42))
    assert (flipped[known] > risk[known]).all()
    assert flipped[~known] == pytest.approx(risk[~known])


def test_subgroup_gap_is_in_the_file(train: pd.DataFrame, live: pd.DataFrame) -> None:
    assert (
        auroc(live[live["language"] == "Spanish"])
        < auroc(live[live["language"] == "English"]) - 0.08
    )
    assert (
        abs(
            auroc(train[train["language"] == "Spanish"])
            - auroc(train[train["language"] == "English"])
        )
        < 0.05
    )


def test_two_seconds_are_not_kept_at_peak(live: pd.DataFrame) -> None:
    latency = live["latency_ms"].astype(float)
    assert latency.quantile(0.95) > 2_000
    assert latency[live["site"] != "C2"].quantile(0.99) < 2_000


# ---- codes ---------------------------------------------------------------------------------------------------------


@pytest.mark.reference
def test_every_code_exists_in_its_code_set(reference_data: Path) -> None:
    folder = reference_data / "code_sets"
    for codes, file in (
        (DIAGNOSES, "icd10cm_FY2024.csv.gz"),
        (ICD9.values(), "icd9cm_v32_dx.csv.gz"),
    ):
        known = set(pd.read_csv(folder / file, dtype=str)["code"])
        assert {c.replace(".", "") for c in codes} <= known
    assert set(ICD9) == set(DIAGNOSES)
