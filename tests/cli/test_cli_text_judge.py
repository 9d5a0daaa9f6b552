"""``golive assess`` with a model to ask: it says what would go where, and sends nothing without the option."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "outcomes"))

from judge_server import category, judging

Run = Callable[..., Any]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    lines = [f"{i},Patient: I am {i + 30}.,A patient of {i + 30} years.\n" for i in range(40)]
    path.write_text("case,source,note\n" + "".join(lines), encoding="utf-8")
    return path


def config(folder: Path, **judge: Any) -> Path:
    path = folder / "golive.yaml"
    held = {"outputs": {"note": "note", "source": "source"}, "text_judge": judge} if judge else {}
    path.write_text(json.dumps(held), encoding="utf-8")  # JSON is YAML
    return path


def test_the_call_without_the_option_sends_nothing_and_says_so(
    golive: Run, log: Path, tmp_path: Path
) -> None:
    with judging(lambda _p, _b: category("SUPPORTED")) as judge:
        named = config(tmp_path, provider="compatible", model="local", base_url=judge.url, sample=5)
        call = (
            "assess",
            "--train",
            log,
            "--live",
            log,
            "--config",
            named,
            "--no-store",
            "--out",
            "-",
        )
        without = golive(*call)
        assert judge.bodies == []
        assert "Nothing is sent to 127.0.0.1" in without.err
        assert "up to 5 live outputs" in without.err
        allowed = golive(*call, "--allow-text-judge")
        assert len(judge.bodies) == 5
        assert f"sent to {judge.url}" in allowed.err
    assert (without.code, allowed.code) == (0, 0)
    found = json.loads(allowed.out)["performance"]["generated_text"]["judge"]
    assert (found["asked"], found["judged"], found["flagged"]["share"]) == (5, 5, 0)
    assert "judge" not in json.loads(without.out)["performance"]["generated_text"]


def test_the_option_without_a_model_or_a_key_is_a_wrong_call(
    golive: Run, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "GOLIVE_TEXT_JUDGE_KEY"):
        monkeypatch.delenv(name, raising=False)
    call = ("assess", "--train", log, "--live", log, "--no-store", "--allow-text-judge")
    nobody = golive(*call)
    assert nobody.code == 2
    assert "no model is configured" in nobody.err
    keyless = golive(*call, "--config", config(tmp_path, provider="openai", model="m"))
    assert keyless.code == 2
    assert "error[TEXT_JUDGE_KEY]" in keyless.err
    assert "OPENAI_API_KEY" in keyless.err
