"""How texts are written: Evidently's own numbers, judged with a noise floor, by patient, without a text in what comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from performance_json import json_of
from text_files import write

from golive.assess import assess
from golive.compare.drift.text_shift import TextShift, text_shift
from golive.intake import read
from golive.model.columns import Roles
from golive.model.config import Config, parse_config
from golive.model.finding import Verdict
from golive.profile.text.evidently import DESCRIPTORS, described, quiet, within

OUTPUTS = {"note": "note", "source": "source"}
WORDS = [
    "pain",
    "cough",
    "fever",
    "since",
    "yesterday",
    "no",
    "relief",
    "after",
    "rest",
    "and",
    "water",
    "at",
    "home",
    "with",
    "family",
]


def texts(
    n: int, length: float, seed: int, *, each: int = 1, digits: bool = False
) -> list[dict[str, Any]]:
    """Notes of about ``length`` words; ``each`` notes of a patient are equally long."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n // each):
        size = max(3, int(rng.normal(length, 8)))
        for _ in range(each):
            said = [str(w) for w in rng.choice(WORDS, size)]
            note = " ".join(said) + ". " + ("12/80 90% 4.5 " * 3 if digits else "Sure enough. ")
            rows.append(
                {
                    "patient_id": f"p{seed}-{i}",
                    "source": " ".join(str(w) for w in rng.choice(WORDS, 40)),
                    "note": note.strip(),
                }
            )
    return rows


def shifted(
    tmp_path: Path, train: list[dict[str, Any]], live: list[dict[str, Any]], **roles: Any
) -> TextShift:
    config = parse_config({"outputs": OUTPUTS})
    with (
        read(write(tmp_path / "a.csv", train)) as old,
        read(write(tmp_path / "b.csv", live)) as new,
    ):
        return text_shift(old, new, Roles(**roles), config)


def verdicts(shift: TextShift) -> dict[str, str]:
    return {
        row.column.name: row.column.drift.verdict.value for row in shift.columns if row.column.drift
    }


def test_the_numbers_are_evidentlys_own() -> None:
    import pandas as pd

    with quiet():
        import evidently
        from evidently import descriptors

    said = ["One two. Three? Four", "x1!", "Über den Fluß: 10 mg."]
    found = described(said)
    assert list(found) == [d.evidently for d in DESCRIPTORS]
    assert found["TextLength"].tolist() == [len(t) for t in said]
    for name, values in found.items():
        data = evidently.Dataset.from_pandas(
            pd.DataFrame({"t": said}), data_definition=evidently.DataDefinition(text_columns=["t"])
        )
        data.add_descriptors([getattr(descriptors, name)("t", alias="v")])
        assert data.as_dataframe()["v"].tolist() == values.tolist()


def test_empty_texts_take_no_part_and_long_ones_are_sampled_the_same_way() -> None:
    assert described([]) == {}
    assert within(["", "a", "  ", "b"]) == [1, 3]
    many = ["x" * 100] * 50
    chosen = within(many, most=1_000)
    assert len(chosen) == 10
    assert chosen == within(many, most=1_000)
    assert within(["x" * 100], most=10) == [0]


def test_longer_outputs_are_an_alarm_and_their_sources_are_not(tmp_path: Path) -> None:
    shift = shifted(tmp_path, texts(300, 40, 1), texts(300, 55, 2))
    found = {f.columns[0]: f for f in shift.findings}
    assert found["note"].verdict is Verdict.ALARM
    assert "median number of" in found["note"].title
    assert found["source"].verdict is Verdict.QUIET
    by_name = verdicts(shift)
    assert by_name["note: words"] == by_name["note: characters"] == "alarm"
    assert by_name["note: sentences"] == "quiet"


def test_more_digits_at_the_same_length_are_seen(tmp_path: Path) -> None:
    shift = shifted(tmp_path, texts(300, 40, 1), texts(300, 40, 2, digits=True))
    assert verdicts(shift)["note: characters that are no letters"] == "alarm"
    assert "share of characters that are no letters" in shift.findings[0].title


def test_nothing_changed_is_quiet_and_few_texts_cannot_be_judged(tmp_path: Path) -> None:
    alarms = sum(
        any(
            f.verdict is Verdict.ALARM
            for f in shifted(tmp_path, texts(300, 40, s), texts(300, 40, 99 + s)).findings
        )
        for s in range(5)
    )
    assert alarms == 0
    few = shifted(tmp_path, texts(300, 40, 1), texts(15, 40, 2))
    assert {f.verdict for f in few.findings} == {Verdict.CANNOT_JUDGE}


def test_notes_of_one_patient_repeat_each_other(tmp_path: Path) -> None:
    """Thirty patients with ten notes of one length: an assessment by note would promise more than thirty patients can say."""
    train, live = texts(300, 40, 3, each=10), texts(300, 44, 4, each=10)
    by_note = shifted(tmp_path, train, live)
    by_patient = shifted(tmp_path, train, live, id="patient_id")
    floors = [
        next(r.column.drift.floor for r in s.columns if r.words == "words")
        for s in (by_note, by_patient)
    ]
    assert floors[1] > 2 * floors[0]


def test_an_assessment_carries_them_without_text_and_points_to_the_cause(tmp_path: Path) -> None:
    config = parse_config({"outputs": OUTPUTS})
    train, live = (
        write(tmp_path / "a.csv", texts(120, 40, 1)),
        write(tmp_path / "b.csv", texts(120, 80, 2)),
    )
    with read(train) as old, read(live) as new:
        result = assess(old, new, config)
    assert result.performance is not None
    assert len(json_of(result)["generated_text"]["descriptors"]) == 8
    assert "yesterday" not in result.model_dump_json()
    kinds = {f.kind: f for f in result.findings if f.columns == ("note",)}
    assert kinds["text_shift"].cause == kinds["length_shift"].id


def test_without_generated_text_nothing_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", texts(30, 40, 1))
    with read(path) as data:
        assert text_shift(data, data, Roles(), Config()) == TextShift()
