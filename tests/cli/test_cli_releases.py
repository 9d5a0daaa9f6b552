"""``golive releases``: a list of codes is added, used by the next assessment, listed and removed; wrong ones are refused."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

Run = Callable[..., Any]
OLD = ["A41.9", "I10", "J18.9", "M54.5", "E11.65", "N39.0"]
NEW = ["A41.9", "I10", "J18.9", "M54.50", "M54.59", "E11.65", "N39.0"]


def listed(path: Path, codes: list[str]) -> Path:
    path.write_text("code,description\n" + "".join(f"{c},text\n" for c in codes), encoding="utf-8")
    return path


def tables(folder: Path) -> list[str]:
    rng = np.random.default_rng(4)
    arguments = []
    for side, codes, n in (("train", OLD, 900), ("live", NEW, 500)):
        pd.DataFrame({"dx": rng.choice(codes, n), "age": rng.integers(20, 90, n)}).to_csv(
            folder / f"{side}.csv", index=False
        )
        arguments += [f"--{side}", str(folder / f"{side}.csv")]
    config = folder / "config.yaml"
    config.write_text("columns: {dx: {system: ICD10CM, release: FY2019}}\n", encoding="utf-8")
    return [*arguments, "--config", str(config)]


def assessed(golive: Run, arguments: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(
        golive("assess", *arguments, "--no-store", "--out", "-").out
    )
    return result


def test_a_declared_release_is_judged_once_its_file_is_added(golive: Run, tmp_path: Path) -> None:
    arguments = tables(tmp_path)
    before = assessed(golive, arguments)
    (gap,) = [g for g in before["not_assessed"] if g["what"] == "dx against FY2019 of ICD-10-CM"]
    assert "golive releases add FILE --system ICD10CM --release FY2019" in gap["why"]
    done = golive(
        "releases",
        "add",
        listed(tmp_path / "old.csv", OLD),
        "--system",
        "icd-10-cm",
        "--release",
        "FY2019",
    )
    assert (done.code, done.out) == (
        0,
        "ICD10CM FY2019: 6 codes, used from the next assessment on.\n",
    )
    golive(
        "releases",
        "add",
        listed(tmp_path / "new.csv", NEW),
        "--system",
        "ICD10CM",
        "--release",
        "FY2024",
    )
    after = assessed(golive, arguments)
    assert not [g for g in after["not_assessed"] if "FY2019" in g["what"]]
    (found,) = [f for f in after["findings"] if f["kind"] == "code_release_gap"]
    assert found["verdict"] == "alarm"
    assert "live codes fit FY2024" in found["title"]


def test_listing_replacing_and_removing(golive: Run, tmp_path: Path) -> None:
    assert "None was added" in golive("releases", "list").out
    call = ("--system", "ICD10CM", "--release", "FY2019")
    golive("releases", "add", listed(tmp_path / "old.csv", OLD), *call)
    packed = tmp_path / "again.csv.gz"
    packed.write_bytes(gzip.compress(listed(tmp_path / "again.csv", NEW).read_bytes()))
    golive("releases", "add", packed, *call)
    lines = [line.split() for line in golive("releases", "list").out.splitlines()]
    assert lines[0] == ["ICD10CM", "FY2019", "ICD10CM_FY2019.csv.gz"]
    assert "simple-icd-10-cm" in lines[1]
    assert golive("releases", "remove", "--system", "ICD10CM", "--release", "fy2019").code == 0
    gone = golive("releases", "remove", *call)
    assert (gone.code, "RELEASE_UNKNOWN" in gone.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "call", "code"),
    [
        ("code\n250.00\n401.9\n", ("ICD10CM", "FY2019"), "RELEASE_NOT_CODES"),
        ("", ("ICD10CM", "FY2019"), "RELEASE_EMPTY"),
        ("code\nA41.9\n", ("ICD11", "2024"), "CODE_SYSTEM_UNKNOWN"),
        ("code\nA41.9\n", ("ICD10CM", "../x"), "RELEASE_NAME"),
    ],
)
def test_a_wrong_file_is_one_line(
    golive: Run, tmp_path: Path, text: str, call: tuple[str, str], code: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    answer = golive("releases", "add", path, "--system", call[0], "--release", call[1])
    assert answer.code == 2
    assert answer.err.startswith(f"error[{code}]")
    assert len(answer.err.splitlines()) == 1
    assert golive("releases", "list").out.startswith("None was added")


def test_a_file_that_is_not_there_or_no_text(golive: Run, tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        answer = golive("releases", "add", path, "--system", "ICD10CM", "--release", "FY2019")
        assert (answer.code, answer.err.startswith("error[RELEASE_FILE]")) == (2, True)
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04\xff\xfe\x00")
    answer = golive(
        "releases", "add", tmp_path / "book.xlsx", "--system", "ICD10CM", "--release", "FY2019"
    )
    assert (answer.code, answer.err.startswith("error[RELEASE_FILE]")) == (2, True)
