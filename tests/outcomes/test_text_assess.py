"""Generated text assessed from files: findings, numbers, gaps, bad input, and the real data with known answers."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from performance_json import json_of
from text_files import write

from golive.intake import infer, read, roles_of
from golive.model.config import Config, parse_config
from golive.model.errors import InputError
from golive.model.finding import Finding, Verdict
from golive.model.result import NotAssessed
from golive.outcomes import judge_outcomes
from golive.profile.text.generated import generated_texts
from golive.text.generated import assess_text

OUTPUTS = {"note": "note", "source": "source", "label": "hallucinated"}
Judged = tuple[dict[str, Any], dict[str, Finding], tuple[NotAssessed, ...]]
Judge = Callable[..., Judged]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    def run(
        train: Sequence[dict[str, Any]], live: Sequence[dict[str, Any]], **config: Any
    ) -> Judged:
        settled = parse_config({"outputs": OUTPUTS, **config})
        return assessed(
            write(tmp_path / "train.csv", train), write(tmp_path / "live.csv", live), settled
        )

    return run


def assessed(train: Path, live: Path, config: Config) -> Judged:
    with read(train) as old, read(live) as new:
        specs = infer(old, new, config)
        found, facts, gaps = assess_text(old, new, specs, roles_of(specs), config)
    findings = [fact.finding() for fact in facts]
    assert len({f.id for f in findings}) == len(findings)
    return found.model_dump(mode="json"), {f.kind: f for f in findings}, tuple(gaps)


def notes(n: int, bad: float, seed: int, *, labelled: bool = True) -> list[dict[str, Any]]:
    """Notes of an age and a dose; a share ``bad`` gets the age wrong by ten years and is labelled so."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        age, dose, wrong = (
            int(rng.integers(30, 80)),
            int(rng.choice([100, 250, 500])),
            rng.random() < bad,
        )
        rows.append(
            {
                "case": i,
                "source": f"Patient: I am {age}. I take ibuprofen {dose} mg. No fever.",
                "note": f"Patient aged {age + 10 * wrong} on ibuprofen {dose} mg, no fever.",
                "hallucinated": ("yes" if wrong else "no") if labelled else "",
            }
        )
    return rows


def test_a_real_rise_is_an_alarm_by_label_and_by_marks(judge: Judge) -> None:
    found, findings, _ = judge(notes(300, 0.02, 1), notes(300, 0.15, 2))
    assert findings["hallucination_rate_up"].verdict is Verdict.ALARM
    assert findings["unsupported_statements"].verdict is Verdict.ALARM
    effect = findings["hallucination_rate_up"].effect
    assert effect is not None
    assert effect.low is not None
    assert effect.low > 0
    assert found["checks"]["kinds"]["number"]["live"] == found["unsupported"]["share"]
    assert found["detectors"]["model_free_checks"]["auroc"]["value"] == 1
    assert found["n_outputs"] == 300


def test_nothing_changed_is_rarely_an_alarm(judge: Judge) -> None:
    alarms = 0
    for seed in range(20):
        _, findings, _ = judge(notes(120, 0.05, seed), notes(120, 0.05, 1000 + seed))
        alarms += any(f.verdict is Verdict.ALARM for f in findings.values())
    assert alarms <= 1


def test_too_few_reviews_are_not_a_pass(judge: Judge) -> None:
    three_of_sixty = [
        {**row, "hallucinated": "yes" if i < 3 else "no"} for i, row in enumerate(notes(60, 0, 1))
    ]
    _, findings, _ = judge(three_of_sixty, three_of_sixty)
    assert findings["hallucination_rate_up"].verdict is Verdict.CANNOT_JUDGE
    _, findings, _ = judge(notes(300, 0.05, 1), notes(8, 0.0, 3))
    assert findings["hallucination_rate_up"].verdict is Verdict.CANNOT_JUDGE
    assert findings["unsupported_statements"].verdict is Verdict.CANNOT_JUDGE


def test_without_labels_the_marks_are_not_taken_for_a_rate(judge: Judge) -> None:
    found, findings, gaps = judge(
        notes(100, 0.05, 1, labelled=False), notes(100, 0.05, 2, labelled=False)
    )
    assert "hallucination_rate_up" not in findings
    assert "unsupported" not in found
    assert "unsupported_statements" in findings
    assert "hallucination rate" in {gap.what for gap in gaps}


def test_without_a_source_nothing_can_be_checked(judge: Judge) -> None:
    live = [{**row, "source": ""} for row in notes(100, 0.05, 2)]
    found, findings, _ = judge(notes(100, 0.05, 1), live)
    assert findings["cannot_check_source"].verdict is Verdict.CANNOT_JUDGE
    assert "unsupported_statements" not in findings
    assert found["checked"] == 0


def test_a_source_that_stopped_for_some_outputs_is_an_alarm(judge: Judge) -> None:
    live = [
        {**row, "source": "" if i % 4 == 0 else row["source"]}
        for i, row in enumerate(notes(200, 0.05, 2))
    ]
    _, findings, _ = judge(notes(200, 0.05, 1), live)
    assert findings["cannot_check_source"].verdict is Verdict.ALARM
    assert "25 %" in findings["cannot_check_source"].title


def test_outputs_that_are_cut_off_are_named(judge: Judge) -> None:
    live = [
        {**row, "note": row["note"][:-11] if i % 5 == 0 else row["note"]}
        for i, row in enumerate(notes(200, 0, 2))
    ]
    found, findings, _ = judge(notes(200, 0, 1), live)
    assert findings["length_shift"].verdict is Verdict.ALARM
    assert "cut off" in findings["length_shift"].title
    assert found["style"]["cut_off"]["live"] == 0.2


def test_outputs_that_are_all_longer_than_any_before_are_an_alarm(judge: Judge) -> None:
    long = [
        {**row, "note": f"{row['note']} {row['note']} Seen and sent home."}
        for row in notes(60, 0, 2)
    ]
    _, findings, _ = judge(notes(60, 0, 1), long)
    assert findings["length_shift"].verdict is Verdict.ALARM


def test_facts_that_are_left_out_are_measured(judge: Judge) -> None:
    live = [{**row, "note": "Patient without fever."} for row in notes(100, 0, 2)]
    found, _, _ = judge(notes(100, 0, 1), live)
    assert found["kept_facts"]["train"] == 1
    assert found["kept_facts"]["live"] == 0


def test_marks_for_not_computed_are_named_and_left_out_of_the_rate(judge: Judge) -> None:
    live = [
        {**row, "hallucinated": -1 if i < 3 else i % 10 == 0}
        for i, row in enumerate(notes(100, 0, 2))
    ]
    live = [{**row, "hallucinated": float(row["hallucinated"])} for row in live]
    found, findings, _ = judge(notes(100, 0, 1), live)
    assert "-1" in findings["score_out_of_range"].title
    assert "fewer than 11 rows of 100" in findings["score_out_of_range"].title
    assert found["unsupported"]["n"] == 97


def test_two_reviewers_and_severity_reach_the_numbers(judge: Judge) -> None:
    live = [
        {
            **row,
            "second": row["hallucinated"],
            "harm": "severe" if row["hallucinated"] == "yes" else "none",
        }
        for row in notes(200, 0.1, 2)
    ]
    train = [{**row, "second": "", "harm": ""} for row in notes(100, 0.1, 1)]
    found, _, _ = judge(
        train, live, outputs={**OUTPUTS, "second_label": "second", "severity": "harm"}
    )
    assert found["agreement"]["kappa"] == 1
    assert found["raters"] == 2
    assert found["severe"]["share"] == found["unsupported"]["share"]


def test_a_detector_of_ones_own_is_measured_beside_length(judge: Judge) -> None:
    live = [
        {**row, "score": 0.9 if row["hallucinated"] == "yes" else 0.2} for row in notes(200, 0.2, 2)
    ]
    found, _, _ = judge(notes(100, 0.1, 1), live, outputs={**OUTPUTS, "detector": "score"})
    own = found["detectors"]["own_detector"]
    assert own["auroc"]["value"] == 1
    assert own["beats_length"]


def test_training_without_generated_text_still_judges_live(judge: Judge) -> None:
    found, findings, _ = judge(
        [{"case": 1, "source": "x"}, {"case": 2, "source": "y"}], notes(100, 0.3, 2)
    )
    assert found["checks"]["any"]["train"] is None
    assert (
        findings["hallucination_rate_up"].verdict is Verdict.ALARM
    )  # the whole interval is above 10 %
    assert "length_shift" not in findings


def test_every_wrong_column_is_named_at_once(judge: Judge) -> None:
    with pytest.raises(InputError) as caught:
        judge(notes(5, 0, 1), notes(5, 0, 2), outputs={"note": "notes", "source": "sources"})
    assert [p.code for p in caught.value.problems] == ["OUTPUTS_COLUMN", "OUTPUTS_COLUMN"]
    assert "'note'" in caught.value.problems[0].hint


def test_no_columns_named_is_a_gap_only_for_generative_models(judge: Judge) -> None:
    assert judge(notes(5, 0, 1), notes(5, 0, 2), outputs=None) == ({}, {}, ())
    _, _, gaps = judge(notes(5, 0, 1), notes(5, 0, 2), outputs=None, risk={"flags": ["genai"]})
    assert [g.what for g in gaps] == ["generated text"]


def test_no_text_is_in_what_comes_back(judge: Judge) -> None:
    live = notes(100, 0.2, 2)
    live[0]["note"] = live[0]["source"] = "Zebrafish told Ebenezer on 03/04/2011."
    found, findings, gaps = judge(notes(100, 0.2, 1), live)
    said = repr((found, findings, gaps)).lower()
    assert not any(word in said for word in ("zebrafish", "ebenezer", "2011", "ibuprofen"))


def test_a_large_table_is_sampled_the_same_way_each_time(tmp_path: Path) -> None:
    path = write(
        tmp_path / "many.csv",
        [{"note": f"n{i}", "source": "s", "hallucinated": i % 2} for i in range(5000)],
    )
    config = parse_config({"outputs": OUTPUTS})
    assert config.outputs is not None
    with read(path) as data:
        first, again = (generated_texts(data, config.outputs, most=500) for _ in range(2))
    assert first is not None
    assert again is not None
    assert first.sampled
    assert 400 <= len(first.row) <= 600
    assert first.row.tolist() == again.row.tolist()
    assert all(first.note[i] == f"n{row}" for i, row in enumerate(first.row))
    assert len(first.labels["label"]) == 5000


MTS = parse_config(
    {"outputs": {"note": "Automatic Summary", "source": "Dialogue", "label": "HallucinationRate"}}
)


def mts(reference_data: Path, folder: Path, system: int) -> Path:
    with (reference_data / "mts_dialog" / "mts_hallucination_joined.csv").open(
        encoding="utf-8"
    ) as file:
        rows = [row for row in csv.DictReader(file) if int(row["system_index"]) == system]
    return write(folder / f"system{system}.csv", rows)


@pytest.mark.reference
def test_mts_dialog_shows_the_interval_and_does_not_shout(
    reference_data: Path, tmp_path: Path
) -> None:
    found, findings, _ = assessed(
        mts(reference_data, tmp_path, 2), mts(reference_data, tmp_path, 1), MTS
    )
    assert (found["any"]["train"], found["any"]["live"]) == (0.04, 0.12)
    assert found["rate"]["train"] == pytest.approx(0.0073, abs=5e-5)
    assert found["rate"]["live"] == pytest.approx(0.0369, abs=5e-5)
    rise = findings["hallucination_rate_up"]
    assert rise.verdict is Verdict.WATCH
    assert rise.effect is not None
    assert rise.effect.low is not None
    assert not any(f.verdict is Verdict.ALARM for f in findings.values())


@pytest.mark.reference
def test_mts_dialog_names_the_omission_rate_of_minus_one(
    reference_data: Path, tmp_path: Path
) -> None:
    _, findings, _ = assessed(
        mts(reference_data, tmp_path, 2), mts(reference_data, tmp_path, 3), MTS
    )
    odd = findings["score_out_of_range"]
    assert odd.columns == ("OmissionRate",)
    assert "-1 in fewer than 11 rows of 100 in live data" in odd.title
    assert odd.rows_affected is None


@pytest.mark.reference
def test_medhallu_reports_length_beside_the_detector(reference_data: Path, tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.read_parquet(reference_data / "medhallu" / "medhallu_pqa_labeled.parquet")
    source = [" ".join(parts) for parts in frame["Knowledge"]]
    rows = [
        {"source": s, "note": answer, "hallucinated": wrong}
        for wrong, column in ((0, "Ground Truth"), (1, "Hallucinated Answer"))
        for s, answer in zip(source, frame[column], strict=True)
    ]
    # What is measured here is of the live side; its first answers are training enough.
    train, path = write(tmp_path / "train.csv", rows[:100]), write(tmp_path / "medhallu.csv", rows)
    found, _, _ = assessed(train, path, parse_config({"outputs": OUTPUTS}))
    measured = found["detectors"]["model_free_checks"]
    assert (measured["n"], measured["hallucinated"]) == (2000, 1000)
    assert measured["length_direction"] == "shorter"
    assert measured["length_auroc"]["low"] > 0.7
    assert measured["auroc"]["low"] > 0.5
    assert not measured["beats_length"]


def test_text_and_scores_of_one_log_are_both_judged(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name, seed in (("train", 1), ("live", 2)):
        rows = [
            {**row, "risk": round(float(p), 4), "died": int(p > 0.6)}
            for row, p in zip(notes(120, 0.1, seed), rng.random(120), strict=True)
        ]
        write(tmp_path / f"{name}.csv", rows)
    config = parse_config({"outputs": OUTPUTS, "roles": {"score": "risk", "label": "died"}})
    with read(tmp_path / "train.csv") as train, read(tmp_path / "live.csv") as live:
        specs = infer(train, live, config)
        out = judge_outcomes(train, live, specs, roles_of(specs), config)
    assert out.performance is not None
    assert {"generated_text", "auroc"} <= set(json_of(out))
    assert {"hallucination_rate_up", "performance_drop"} <= {f.kind for f in out.findings}
