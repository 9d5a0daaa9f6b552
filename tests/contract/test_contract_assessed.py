"""The contract on every live batch: broken terms become findings of the assessment, by the file or by the project's own."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from made_tables import agreed, number

from golive.assess import ProjectState, assess
from golive.contract import check, contract_findings, infer, to_yaml, versions
from golive.intake import read
from golive.model.config import Config
from golive.model.finding import Severity, Verdict


def test_a_few_missing_values_are_not_counted_either(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1.0] * 60, "creatinine": [None] * 4 + [1.0] * 56}).to_csv(
        tmp_path / "l.csv", index=False
    )
    with read(tmp_path / "l.csv") as live:
        (one,) = check(agreed(number("creatinine", max_missing=0)), live).violations
    assert (one.rows, one.share) == (None, None)
    assert one.sentence == "Fewer than 11 of 60 rows have no creatinine; none may."


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    train = pd.DataFrame({"creatinine": [0.9, 1.1, 1.4] * 40, "sex": ["f", "m", "m"] * 40})
    live = train.assign(creatinine=[*([9000.0] * 20), *([1.0] * 100)]).drop(columns="sex")
    for name, frame in (("t", train), ("l", live)):
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    return tmp_path / "t.csv", tmp_path / "l.csv"


def test_broken_terms_are_findings_and_a_kept_contract_is_a_quiet_one(
    files: tuple[Path, Path],
) -> None:
    with read(files[0]) as train, read(files[1]) as live:
        contract = infer(train, Config())
        broken = assess(train, live, Config(), ProjectState(contract=contract))
        kept = assess(train, train, Config(), ProjectState(contract=contract))
        without = assess(train, live, Config())
    found = {f.id: f for f in broken.findings if f.kind == "contract_broken"}
    assert set(found) == {"contract_broken:creatinine", "contract_broken:sex"}
    assert found["contract_broken:sex"].severity is Severity.CRITICAL
    creatinine = found["contract_broken:creatinine"]
    assert (creatinine.verdict, creatinine.rows_affected) == (Verdict.ALARM, 20)
    assert creatinine.title.startswith(
        "17 % of 120 creatinine values lie outside 0 to 66 mg/dL; none may"
    )
    assert creatinine.title.endswith("(version 1.0.0 of the contract)")
    assert creatinine.cause == "out_of_range:creatinine"
    assert found["contract_broken:sex"].cause == "column_missing:sex"
    (quiet,) = [f for f in kept.findings if f.kind == "contract_broken"]
    assert quiet.verdict is Verdict.QUIET
    assert not [f for f in without.findings if f.kind == "contract_broken"]


def test_fewer_than_eleven_rows_are_watched_and_not_counted(tmp_path: Path) -> None:
    pd.DataFrame({"creatinine": [9000.0] * 4 + [1.0] * 60}).to_csv(tmp_path / "l.csv", index=False)
    with read(tmp_path / "l.csv") as live:
        (one,) = contract_findings(check(agreed(number("creatinine", range=(0, 66))), live))
    assert (one.verdict, one.rows_affected) == (Verdict.WATCH, None)
    assert one.effect is not None
    assert one.effect.live is None


def test_the_command_line_takes_a_file_else_the_contract_of_the_project(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from golive.cli import run

    home = tmp_path / "home"
    monkeypatch.setenv("GOLIVE_HOME", str(home))
    with read(files[0]) as train:
        contract = infer(train, Config(project="p"))
    (tmp_path / "c.yaml").write_text(to_yaml(contract))
    common = ["assess", "--train", str(files[0]), "--live", str(files[1]), "--project", "p"]

    def broken(*more: str) -> set[str]:
        out = tmp_path / "r.json"
        assert run([*common, *more, "--out", str(out)]) == 0
        found = json.loads(out.read_text())["findings"]
        return {f["id"] for f in found if f["kind"] == "contract_broken"}

    both = {"contract_broken:creatinine", "contract_broken:sex"}
    assert broken("--no-store") == set()
    assert broken("--no-store", "--contract", str(tmp_path / "c.yaml")) == both
    versions.save(home, contract)
    assert broken() == both
    assert run([*common, "--contract", str(tmp_path / "none.yaml")]) == 2
