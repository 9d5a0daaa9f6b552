"""``golive assess`` on small files: what it prints, writes, keeps and answers to a scheduler."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from golive.model.finding import Verdict
from golive.model.result import Assessment
from golive.store import Store

Run = Callable[..., Any]


@pytest.fixture
def call(files: Any) -> list[object]:
    return ["assess", "--train", files.train, "--live", files.live, "--label", "died"]


def test_it_prints_a_verdict_and_keeps_the_session(
    golive: Run, call: list[object], home: Path
) -> None:
    answer = golive(*call, "--project", "ward")
    assert answer.code == 0
    assert answer.out.splitlines()[0].split()[0] in {"STOP", "PILOT", "CONDITIONAL", "READY"}
    assert "400 live rows (live.csv) against 600 training rows (train.csv)." in answer.out
    assert "heart_rate" in answer.out
    assert "Findings: Act" in answer.out
    with Store(home / "golive.duckdb") as store:
        (card,) = store.list("ward")
        assert card.session in answer.out
        assert store.config_of(card.session).roles.label == "died"
        assert not card.sample
        assert store.verify_audit().ok


def test_progress_is_on_stderr_in_plain_lines(golive: Run, call: list[object]) -> None:
    answer = golive(*call, "--no-store")
    lines = answer.err.splitlines()
    assert 3 <= len(lines) <= 12
    assert all("%" in line for line in lines)
    assert "\x1b" not in answer.err + answer.out


def test_json_alone_on_stdout_is_what_is_stored(
    golive: Run, call: list[object], home: Path
) -> None:
    answer = golive(*call, "--out", "-")
    assert answer.code == 0
    assessment = Assessment.model_validate_json(answer.out)
    assert assessment.format == 1
    assert any(f.kind == "missing_up" and f.columns == ("heart_rate",) for f in assessment.findings)
    with Store(home / "golive.duckdb") as store:
        assert store.load(assessment.session) == assessment


def test_without_a_store_nothing_is_kept(
    golive: Run, call: list[object], home: Path, tmp_path: Path
) -> None:
    answer = golive(*call, "--no-store", "--out", tmp_path / "result.json")
    assert answer.code == 0
    assert "Session" not in answer.out
    assert not home.exists()
    assert (
        Assessment.model_validate_json((tmp_path / "result.json").read_text()).count(Verdict.ALARM)
        >= 1
    )


def test_equal_calls_give_equal_results(golive: Run, call: list[object]) -> None:
    one, two = (json.loads(golive(*call, "--out", "-").out) for _ in range(2))
    for result in (one, two):
        result.pop("session")
        result.pop("created_at")
    assert one == two


def test_a_scheduler_gets_exit_1_and_the_reason(
    golive: Run, call: list[object], home: Path
) -> None:
    answer = golive(*call, "--require", "ready", "--fail-on", "alarm")
    assert answer.code == 1
    assert "--require ready does not hold" in answer.err
    assert "--fail-on alarm" in answer.err
    with Store(home / "golive.duckdb") as store:
        assert len(store.list()) == 1


def test_fail_on_alarm_holds_when_nothing_alarms(golive: Run, files: Any) -> None:
    answer = golive(
        "assess", "--train", files.train, "--live", files.train, "--fail-on", "alarm", "--no-store"
    )
    assert answer.code == 0, answer.out


def test_the_problems_of_both_sources_come_at_once(golive: Run, home: Path) -> None:
    answer = golive("assess", "--train", "no-train.csv", "--live", "no-live.csv", "--out", "-")
    assert (answer.code, answer.out) == (2, "")
    errors = [line for line in answer.err.splitlines() if line.startswith("error[")]
    assert len(errors) == 2
    assert "no-train.csv" in errors[0]
    assert "no-live.csv" in errors[1]
    with Store(home / "golive.duckdb") as store:
        assert store.list() == ()


def test_a_role_that_names_no_column_is_an_error(golive: Run, files: Any) -> None:
    answer = golive(
        "assess", "--train", files.train, "--live", files.live, "--label", "dead", "--no-store"
    )
    assert answer.code == 2
    assert "dead" in answer.err


def test_a_config_with_unknown_keys_names_them_all(
    golive: Run, call: list[object], tmp_path: Path
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("projekt: x\nflors: {}\n")
    answer = golive(*call, "--config", path, "--no-store")
    assert answer.code == 2
    assert answer.err.count("error[CONFIG_UNKNOWN_KEY]") == 2
    assert "Did you mean 'project'" in answer.err


def test_options_win_over_the_config_file(golive: Run, files: Any, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("project: from-file\nroles: {label: sex, ignored: [comment]}\n")
    call = [
        "assess",
        "--train",
        files.train,
        "--live",
        files.live,
        "--config",
        path,
        "--no-store",
        "--out",
        "-",
    ]
    roles = json.loads(golive(*call, "--label", "died", "--group", "sex").out)["roles"]
    assert (roles["label"], roles["groups"], roles["ignored"]) == ("died", ["sex"], ["comment"])
    assert json.loads(golive(*call, "--project", "from-call").out)["project"] == "from-call"


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        (["--out", "no/such/folder/x.json"], "OUT_FILE"),
        (["--out", "."], "OUT_FILE"),
        (["--store", "x", "--no-store"], "USAGE"),
    ],
)
def test_what_cannot_work_is_said_before_the_work(golive: Run, extra: list[str], code: str) -> None:
    answer = golive("assess", "--train", "x.csv", "--live", "y.csv", *extra)
    assert answer.code == 2
    assert answer.err.startswith(f"error[{code}]")
    assert "%" not in answer.err


HOLDER = "import sys, golive.store, pathlib; s = golive.store.Store(pathlib.Path(sys.argv[1])); print('held', flush=True); input()"


def test_a_busy_store_is_exit_3_before_the_work(
    golive: Run, call: list[object], tmp_path: Path
) -> None:
    path = tmp_path / "held.duckdb"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        answer = golive(*call, "--store", path, "--out", "-")
        assert (answer.code, answer.out) == (3, "")
        assert answer.err.startswith("error[STORE_BUSY]")
        assert "--no-store" in answer.err
        holder.kill()


def test_stored_evidence_is_used(golive: Run, call: list[object], home: Path) -> None:
    from golive.model.readiness import EvidenceItem

    item = EvidenceItem(
        id="GOV-01-a",
        criterion="GOV-01",
        kind="attestation",
        grade="E1",
        claim_level=2,
        owner="Ana",
    )
    with Store(home / "golive.duckdb") as store:
        store.put_evidence(item, project="ward", actor="Ana")
    used = json.loads(golive(*call, "--project", "ward", "--out", "-").out)
    ignored = json.loads(golive(*call, "--project", "ward", "--no-store", "--out", "-").out)
    evidence = {
        name: {e for c in r["readiness"]["criteria"] for e in c["evidence"]}
        for name, r in (("u", used), ("i", ignored))
    }
    assert "GOV-01-a" in evidence["u"]
    assert "GOV-01-a" not in evidence["i"]


def test_no_value_of_a_row_reaches_the_store_or_the_output(
    golive: Run, call: list[object], home: Path
) -> None:
    answer = golive(*call, "--out", "result.json")
    written = answer.out + answer.err + Path("result.json").read_text()
    with duckdb.connect(str(home / "golive.duckdb"), read_only=True) as file:
        for (table,) in file.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            written += str(file.execute(f"FROM {table}").fetchall())
    assert "heart_rate" in written
    assert "marker-" not in written


def test_a_process_of_its_own_leaves_stdout_to_the_json(call: list[object]) -> None:
    command = [sys.executable, "-m", "golive.cli", *map(str, call), "--no-store", "--out", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    json.loads(done.stdout)
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr
