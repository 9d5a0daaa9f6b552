"""Input that is wrong or hostile: a result or one clear error with every problem, and never a traceback."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from golive.cli import run
from golive.intake import load_config, read
from golive.model.errors import InputError
from golive.report.kinds.tables import csv_text

HEADER = ("enc", "hr", "sex", "site", "risk", "y")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GOLIVE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GOLIVE_STORE", str(tmp_path / "home" / "golive.duckdb"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def _rows(n: int) -> list[list[str]]:
    return [
        [
            f"e{i}",
            f"{60 + i * 7 % 40}.5",
            "MF"[i % 2],
            "ABC"[i % 3],
            f"0.{1 + i * 31 % 98:02d}",
            str(i * 13 % 10 // 7),
        ]
        for i in range(n)
    ]


def _write(path: Path, header: Sequence[str], rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _assess(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run([str(a) for a in ("assess", "--no-store", "--out", "-", *arguments)])
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    return code, printed.out, printed.err


def test_two_columns_with_equally_many_new_values_are_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], warmed_here: None
) -> None:
    train = _write(tmp_path / "train.csv", HEADER, _rows(200))
    changed = _rows(200)
    for row in changed:
        row[2], row[3] = "=1+1", "@SUM(A1)"
    live = _write(tmp_path / "live.csv", HEADER, changed)
    code, out, err = _assess(
        capsys, "--train", train, "--live", live, "--label", "y", "--score", "risk"
    )
    assert code == 0, err
    unseen = {
        c
        for f in json.loads(out)["findings"]
        if f["kind"] == "unseen_category"
        for c in f["columns"]
    }
    assert unseen == {"sex", "site"}


def test_live_data_without_any_training_column_says_why_it_is_not_compared(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    warmed_here: None,
) -> None:
    train = _write(tmp_path / "train.csv", HEADER, _rows(200))
    live = _write(tmp_path / "live.csv", [f"{c}_x" for c in HEADER], _rows(200))
    code, out, err = _assess(capsys, "--train", train, "--live", live)
    assert code == 0, err
    assert not caplog.records, caplog.text
    why = [n["why"] for n in json.loads(out)["not_assessed"] if n["what"] == "all columns together"]
    assert why == ["fewer than two columns hold numbers or categories on both sides"]


def test_a_line_break_in_a_name_does_not_hide_the_rows(tmp_path: Path) -> None:
    path = _write(tmp_path / "live.csv", ("enc", "heart\nrate", *HEADER[2:]), _rows(30))
    with read(path) as dataset:
        assert dataset.rows == 30


def test_an_empty_name_is_not_the_folder_one_is_in(tmp_path: Path) -> None:
    _write(tmp_path / "other.csv", HEADER, _rows(5))
    with pytest.raises(InputError) as caught:
        read("")
    assert [p.code for p in caught.value.problems] == ["NOT_FOUND"]


def test_one_column_cannot_have_two_roles(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _write(tmp_path / "data.csv", HEADER, _rows(50))
    code, _, err = _assess(
        capsys, "--train", path, "--live", path, "--label", "y", "--score", "y", "--id", "nope"
    )
    assert code == 2
    assert "error[ROLE_TWICE]" in err
    assert "error[ROLE_COLUMN]" in err


def test_a_column_of_sentences_is_no_group_and_no_outcome(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        [*row, f"patient {i} was seen in ward {i % 7} with cough"]
        for i, row in enumerate(_rows(60))
    ]
    path = _write(tmp_path / "data.csv", (*HEADER, "note"), rows)
    code, out, err = _assess(
        capsys,
        "--train",
        path,
        "--live",
        path,
        "--label",
        "note",
        "--group",
        "enc",
        "--site",
        "site",
    )
    assert (code, out) == (2, "")
    assert err.count("error[ROLE_TYPE]") == 2
    assert "Role 'label' names column 'note', which holds 60 different texts in 60 rows" in err
    assert "Role 'group' names column 'enc'" in err
    assert "cough" not in err


def test_a_probability_is_no_decision_and_a_quantity_no_class(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        [i, i % 2, f"{0.001 * i + 0.01:.3f}", f"{1.37 * i + 0.5:.2f}", "abc"[i % 3], f"{i + 0.25}"]
        for i in range(60)
    ]
    path = _write(tmp_path / "data.csv", ("enc", "died", "prob", "stay", "ward", "guess"), rows)
    call = ("--train", path, "--live", path)
    code, out, err = _assess(capsys, *call, "--label", "died", "--prediction", "prob")
    assert (code, out) == (2, "")
    assert (
        "error[ROLE_TYPE]: Role 'prediction' names column 'prob', which holds 60 different numbers"
        in err
    )
    assert "on an outcome of 2 values" in err
    assert "give it the role score" in err
    code, out, err = _assess(capsys, *call, "--label", "stay", "--prediction", "ward")
    assert (code, out) == (2, "")
    assert (
        "error[ROLE_TYPE]: Role 'label' names column 'stay', which holds 60 different numbers"
        in err
    )
    config = tmp_path / "classes.yaml"
    config.write_text("class_scores: {a: prob, b: guess}\n", encoding="utf-8")
    code, _, err = _assess(capsys, *call, "--label", "stay", "--config", config)
    assert code == 2
    assert "scores of classes are held against it" in err
    for fine in (
        ("--label", "stay", "--prediction", "guess"),
        ("--label", "died", "--score", "prob"),
    ):
        assert _assess(capsys, *call, *fine)[0] == 0


def test_a_table_written_column_by_column_is_not_one_row(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text(
        json.dumps({"hr": {"0": 80, "1": 92}, "sex": {"0": "M", "1": "F"}}), encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        read(path)
    assert [p.code for p in caught.value.problems] == ["NOT_RECORDS"]
    assert "column by column" in caught.value.problems[0].sentence
    path.write_text(json.dumps({"hr": 80, "note": {"text": "x"}}), encoding="utf-8")
    with read(path) as dataset:
        assert dataset.rows == 1


@pytest.mark.parametrize(
    "text",
    [
        "operating_threshold: .nan\n",
        "floors: {auroc: .inf}\n",
        "floors: {sensitivity: 3}\n",
        "floors: {auroc: -0.1}\n",
        "latency_budget_ms: -5\n",
        "columns: {hr: {range: [5, 1]}}\n",
        "columns: {hr: {range: [.nan, 1]}}\n",
        "drift: {threshold: .inf}\n",
        "seed: -1\n",
    ],
)
def test_numbers_of_the_configuration_are_numbers(tmp_path: Path, text: str) -> None:
    path = tmp_path / "golive.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_config(path)
    assert [p.code for p in caught.value.problems] == ["CONFIG_VALUE"]


def test_a_floor_says_what_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "golive.yaml"
    path.write_text("floors: {sensitivity: 3, ppv: -1}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_config(path)
    assert [p.sentence for p in caught.value.problems] == [
        "'floors.sensitivity' is 3: it may be 1 at most.",
        "'floors.ppv' is -1: it must be 0 or more.",
    ]


@pytest.mark.parametrize("name", ["live.csv", "folder"])
def test_a_store_that_is_none_is_named_and_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "folder").mkdir()
    live = _write(tmp_path / "live.csv", HEADER, _rows(30))
    before = live.read_bytes()
    code = run(
        ["assess", "--train", str(live), "--live", str(live), "--store", str(tmp_path / name)]
    )
    err = capsys.readouterr().err
    assert code == 3
    assert err.count("error[STORE_UNREADABLE]") == 1
    assert "not a GoLive store" in err
    assert "It was not changed." in err
    assert live.read_bytes() == before


def test_a_folder_is_no_monitor_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["monitor", "run", str(tmp_path)]) == 2
    assert "is a folder; the monitor's own YAML file is needed" in capsys.readouterr().err


def test_no_cell_of_an_export_runs_as_a_formula() -> None:
    text = csv_text(("columns", "n"), [(("=cmd|1", "b"), -3), ("@SUM(A1)", 1.5), ((), 0)])
    assert list(csv.reader(text.splitlines())) == [
        ["columns", "n"],
        ["'=cmd|1; b", "-3"],
        ["'@SUM(A1)", "1.5"],
        ["", "0"],
    ]


@pytest.fixture(scope="session")
def warmed_here() -> None:
    """Evidently imported before a test runs: warnings are errors here, and filters are shared by all threads."""
    from golive.compare.drift import evidently as evidently_scores

    evidently_scores.warm().join()
