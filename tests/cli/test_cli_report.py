"""``golive report``: every form to a file or to stdout, and one line for what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from golive.report.forms import FORMS

Run = Callable[..., Any]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_written(golive: Run, stored: Any, tmp_path: Path, form: str) -> None:
    out = tmp_path / "report.out"
    answer = golive("report", stored.worse[:8], "--format", form, "--out", out)
    assert answer.code == 0, answer.err
    assert out.stat().st_size > 1000
    assert str(out.stat().st_size // 1000) in answer.out.replace(",", "")


def test_json_is_the_stored_result(golive: Run, stored: Any, tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    golive("report", stored.worse, "--format", "json", "--out", out)
    assert json.loads(out.read_text())["session"] == stored.worse


def test_a_memo_as_markdown(golive: Run, stored: Any, tmp_path: Path) -> None:
    out = tmp_path / "memo.md"
    assert (
        golive("report", stored.worse, "--format", "md", "--kind", "memo", "--out", out).code == 0
    )
    assert out.read_text().startswith("# Go/no-go memo")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--format", "pdff"), "REPORT_FORM"),
        (("--kind", "memos"), "REPORT_KIND"),
        (("--format", "pptx", "--kind", "memo"), "REPORT_KIND"),
    ],
)
def test_a_wrong_call_is_one_line(
    golive: Run, stored: Any, tmp_path: Path, arguments: tuple[str, ...], code: str
) -> None:
    answer = golive("report", stored.worse, *arguments, "--out", tmp_path / "x")
    assert answer.code == 2
    assert f"error[{code}]" in answer.err
    assert not (tmp_path / "x").exists()


def test_an_unknown_session_and_a_missing_folder(golive: Run, stored: Any, tmp_path: Path) -> None:
    assert "error[SESSION_UNKNOWN]" in golive("report", "ffffffff", "--out", tmp_path / "x").err
    assert "error[OUT_FILE]" in golive("report", stored.worse, "--out", tmp_path / "no" / "x").err
