"""``golive sessions``: what was assessed is found, shown, compared, exported, deleted and verified."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from golive.model.result import Assessment
from golive.store import Store

Run = Callable[..., Any]


def test_list_shows_every_session(golive: Run, stored: Any) -> None:
    answer = golive("sessions", "list")
    assert answer.code == 0
    assert stored.worse in answer.out
    assert stored.better in answer.out
    assert "steady.csv, 400 rows" in answer.out
    assert len(golive("sessions", "list", "--limit", 1).out.splitlines()) == 2
    assert stored.worse not in golive("sessions", "list", "--project", "other").out
    cards = json.loads(golive("sessions", "list", "--json").out)
    assert {c["session"] for c in cards} == {stored.worse, stored.better}


def test_show_takes_the_beginning_of_an_id(golive: Run, stored: Any) -> None:
    answer = golive("sessions", "show", stored.worse[:8])
    assert answer.code == 0
    assert "heart_rate" in answer.out
    assert stored.worse in answer.out
    assert (
        json.loads(golive("sessions", "show", stored.worse, "--json").out)["session"]
        == stored.worse
    )


def test_compare_says_what_became_better(golive: Run, stored: Any) -> None:
    answer = golive("sessions", "compare", stored.worse, stored.better)
    assert answer.code == 0
    assert "Gone" in answer.out or "Better" in answer.out
    assert "heart_rate" in answer.out
    diff = json.loads(golive("sessions", "compare", stored.better, stored.worse, "--json").out)
    assert any(
        c["direction"] in {"worse", "new"} and "heart_rate" in c["sentence"]
        for c in diff["changes"]
    )
    same = golive("sessions", "compare", stored.worse, stored.worse).out
    assert same.startswith("Still ")


def test_export_writes_the_result(golive: Run, stored: Any, tmp_path: Path) -> None:
    printed = Assessment.model_validate_json(golive("sessions", "export", stored.worse).out)
    assert golive("sessions", "export", stored.worse, "--out", tmp_path / "x.json").out == ""
    assert Assessment.model_validate_json((tmp_path / "x.json").read_text()) == printed
    with Store(stored.path) as store:
        assert store.load(stored.worse) == printed
    assert golive("sessions", "export", stored.worse, "--out", tmp_path / "no" / "x.json").code == 2


def test_delete_removes_one_session_and_the_chain_holds(golive: Run, stored: Any) -> None:
    answer = golive("sessions", "delete", stored.worse, "--yes")
    assert answer.code == 0
    assert stored.worse in answer.out
    assert golive("sessions", "show", stored.worse).code == 2
    assert stored.better in golive("sessions", "list").out
    assert golive("sessions", "verify").code == 0


def test_delete_asks_on_a_terminal(
    golive: Run, stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", lambda *_, **__: False)
    assert golive("sessions", "delete", stored.worse).code == 1
    assert golive("sessions", "show", stored.worse).code == 0


def test_verify_finds_what_was_changed_outside(golive: Run, stored: Any) -> None:
    assert "2 lines" in golive("sessions", "verify").out
    with duckdb.connect(str(stored.path)) as outside:
        outside.execute("UPDATE audit SET actor = 'nobody' WHERE seq = 1")
    answer = golive("sessions", "verify")
    assert answer.code == 1
    assert "line 1" in answer.out


@pytest.mark.parametrize("command", [("show",), ("export",), ("delete",), ("compare", "aaaa")])
def test_an_unknown_session_is_exit_2(golive: Run, stored: Any, command: tuple[str, ...]) -> None:
    answer = golive("sessions", *command, "00000000-nope")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error[SESSION_UNKNOWN]")


def test_looking_at_a_store_that_is_not_there_makes_none(golive: Run, tmp_path: Path) -> None:
    answer = golive("sessions", "list", "--store", tmp_path / "typo.duckdb")
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error[STORE_NOT_FOUND]")
    assert not (tmp_path / "typo.duckdb").exists()


def test_before_the_first_assessment_the_list_is_empty(golive: Run, home: Path) -> None:
    answer = golive("sessions", "list")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("No sessions yet.")
    assert golive("sessions", "list", "--json").out == "[]\n"
    assert not home.exists()


def test_an_unreadable_store_is_exit_3(golive: Run, tmp_path: Path) -> None:
    path = tmp_path / "junk.duckdb"
    path.write_bytes(b"junk" * 10_000)
    answer = golive("sessions", "list", "--store", path)
    assert answer.code == 3
    assert answer.err.startswith("error[STORE_UNREADABLE]")
