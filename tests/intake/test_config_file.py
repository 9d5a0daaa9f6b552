from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from golive.intake import load_config
from golive.model.config import Config
from golive.model.errors import InputError

EVIDENCE = """
- {id: drill-1, criterion: MLO-05, kind: drill, grade: E2, claim_level: 3, owner: operations, issued: 2026-05-01}
"""


def problems(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as error:
        load_config(path)
    return [(p.code, p.where) for p in error.value.problems]


def test_the_documented_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "evidence.yaml").write_text(EVIDENCE)
    (tmp_path / "config.yaml").write_text(
        """
project: ed-sepsis-alert
risk: {situation: critical, significance: drive, modifiers: [], flags: [ehr, alerts, writeback]}
roles: {label: sepsis_48h, score: risk, time: recorded_at, id: encounter_id, site: clinic, groups: [sex, age_band]}
columns: {creatinine: {unit: mg/dL, loinc: 2160-0, required: true, range: [0, 66]}, dx: {system: ICD10CM, release: FY2024}}
operating_threshold: 0.35
floors: {auroc: 0.75, sensitivity: 0.80, ppv: 0.15}
latency_budget_ms: 2000
drift: {numeric: wasserstein, categorical: jensenshannon, threshold: 0.1, alpha: 0.01, drift_share: 0.3}
evidence: evidence.yaml          # beside this file
outputs: {note: generated_note, source: transcript, label: hallucinated}
operations: {latency_ms: latency_ms, status: status}
as_of: 2026-06-01
"""
    )
    config = load_config(tmp_path / "config.yaml")
    assert config.roles.groups == ("sex", "age_band")
    assert config.columns["creatinine"].loinc == "2160-0"
    assert config.evidence[0].issued == date(2026, 5, 1)
    assert config.as_of == date(2026, 6, 1)


def test_an_empty_file_is_the_default(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("# nothing yet\n")
    assert load_config(tmp_path / "c.yaml") == Config()


def test_evidence_may_stand_under_its_key(tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text("evidence:" + EVIDENCE)
    (tmp_path / "c.yaml").write_text("evidence: e.yaml")
    assert load_config(tmp_path / "c.yaml").evidence[0].id == "drill-1"


def test_wrong_files_are_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    assert problems(path) == [("NOT_FOUND", str(path))]
    for text, expected in {
        "a: [1": ("CONFIG_YAML", "c.yaml, line 2"),
        "- a\n- b": ("CONFIG_YAML", "c.yaml"),
        "project: a\nproject: b": ("CONFIG_YAML", "c.yaml, line 2"),
        "evidence: none.yaml": ("NOT_FOUND", str(tmp_path / "none.yaml")),
        "project: !!python/object/apply:os.getcwd []": ("CONFIG_YAML", "c.yaml, line 1"),
        "as_of: 2026-13-45": ("CONFIG_YAML", "c.yaml"),
    }.items():
        path.write_text(text + "\n")
        assert problems(path) == [expected], text
    path.write_bytes(b"project: \xff\xfe")
    assert problems(path) == [("CONFIG_YAML", "c.yaml")]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("auc", "Did you mean 'auroc'?"),
        ("Recall", "Did you mean 'sensitivity'?"),
        ("sensitivty", "Did you mean 'sensitivity'?"),
        ("brier", "It is better the lower it is"),
        ("happiness", "Known: accuracy, auprc, auroc"),
    ],
)
def test_a_floor_that_nothing_is_held_against_is_named(
    tmp_path: Path, name: str, hint: str
) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(f"floors: {{{name}: .8, ppv: .1}}\nlatency_budget_ms: -1\n")
    with pytest.raises(InputError) as error:
        load_config(path)
    first, second = error.value.problems
    assert (first.code, second.code) == ("CONFIG_UNKNOWN_KEY", "CONFIG_VALUE")
    assert first.sentence == f"'floors.{name}' is no metric that a floor holds for."
    assert first.hint.startswith(hint)


def test_every_wrong_key_and_value_is_named(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("projekt: a\nrisk: {situation: dire}\nroles: {lable: y}\n")
    with pytest.raises(InputError) as error:
        load_config(path)
    assert sorted(p.code for p in error.value.problems) == [
        "CONFIG_UNKNOWN_KEY",
        "CONFIG_UNKNOWN_KEY",
        "CONFIG_VALUE",
    ]
    assert "Did you mean 'label'?" in str(error.value)
