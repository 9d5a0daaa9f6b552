"""``golive contract``: exit codes, what is said where, and that a contract people edited is not overwritten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml


def test_a_contract_is_inferred_and_a_batch_is_held_against_it(
    golive: Any, files: Any, tmp_path: Path
) -> None:
    contract = tmp_path / "contract.yaml"
    made = golive("contract", "infer", "--train", files.train, "--out", contract, "--owner", "Ward")
    assert made.code == 0
    assert "Still open: what happens when the model is uncertain" in made.out
    assert made.err == ""
    assert golive("contract", "check", contract, "--live", files.steady).code == 0
    broken = golive("contract", "check", contract, "--live", files.live)
    assert broken.code == 1
    assert "of 400 rows have no heart_rate; none may." in broken.out
    as_json = golive("contract", "check", contract, "--live", files.live, "--out", "-")
    assert as_json.code == 1
    result = json.loads(as_json.out)
    assert [(v["column"], v["rule"], v["n"]) for v in result["violations"]] == [
        ("heart_rate", "missing", 400)
    ]


def test_the_contract_alone_is_on_stdout(golive: Any, files: Any) -> None:
    made = golive("contract", "infer", "--train", files.train)
    assert made.out.startswith("apiVersion: v3")
    assert made.out.rstrip().splitlines()[-1].strip()
    assert "# Still open: who owns the result (team, role: owner)." in made.out.splitlines()
    assert yaml.safe_load(made.out)["apiVersion"].startswith("v3")


def test_an_edited_contract_is_not_overwritten(golive: Any, files: Any, tmp_path: Path) -> None:
    contract = tmp_path / "contract.yaml"
    contract.write_text("mine")
    refused = golive("contract", "infer", "--train", files.train, "--out", contract)
    assert refused.code == 2
    assert "error[OUT_EXISTS]" in refused.err
    assert contract.read_text() == "mine"
    assert (
        golive("contract", "infer", "--train", files.train, "--out", contract, "--force").code == 0
    )


def test_a_wrong_contract_is_an_error_of_the_call(golive: Any, files: Any, tmp_path: Path) -> None:
    contract = tmp_path / "contract.yaml"
    golive("contract", "infer", "--train", files.train, "--out", contract)
    contract.write_text(contract.read_text().replace("required:", "requird:", 1))
    wrong = golive("contract", "check", contract, "--live", files.live)
    assert wrong.code == 2
    assert "Did you mean 'required'?" in wrong.err
