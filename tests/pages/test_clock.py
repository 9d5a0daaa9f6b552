"""One evidence item ends and nothing else changes: the command line, the page and the stored verdict say so."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from golive import assess as assessing
from golive.cli import run
from golive.readiness import load_model

DAY = date(2026, 11, 1)
ENDS = DAY + timedelta(days=20)
RISK = {"situation": "non_serious", "significance": "inform"}


def _table(path: Path, seed: int) -> Path:
    """Two thousand patients of one process: nothing differs between two such files."""
    rng = np.random.default_rng(seed)
    rows = zip(
        rng.integers(18, 95, 2000),
        rng.normal(80, 10, 2000),
        rng.choice(["a", "b"], 2000),
        strict=True,
    )
    text = "age,heart_rate,arrival\n" + "".join(
        f"{age},{rate:.2f},{way}\n" for age, rate, way in rows
    )
    path.write_text(text, "utf-8")
    return path


def _evidence() -> list[dict[str, Any]]:
    """An independent review of every criterion, in date for a long time, but for one that ends on ``ENDS``."""
    return [
        {
            "id": f"ev-{c.id}",
            "criterion": c.id,
            "kind": "independent",
            "grade": "E4",
            "claim_level": 4,
            "owner": "lead",
            "reviewer": "board",
            "link": "wiki/1",
            "issued": DAY.isoformat(),
            "expires": (ENDS if c.id == "SEC-01" else ENDS + timedelta(days=400)).isoformat(),
        }
        for c in load_model().criteria
    ]


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    """Arguments of an assessment that is ready."""
    config = tmp_path / "config.yaml"
    config.write_text(
        yaml.safe_dump({"project": "clock", "risk": RISK, "evidence": _evidence()}), "utf-8"
    )
    train, live = _table(tmp_path / "train.csv", 1), _table(tmp_path / "live.csv", 2)
    return (
        "--train",
        str(train),
        "--live",
        str(live),
        "--config",
        str(config),
        "--require",
        "ready",
    )


def _at(monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    """Move the clock of judging to ``day``."""

    class Clock(date):
        @classmethod
        def today(cls) -> date:  # type: ignore[override]
            return day

    monkeypatch.setattr(assessing, "date", Clock)


def test_an_item_that_ends_changes_verdict_exit_code_and_page(
    files: tuple[str, ...],
    home: Path,
    open_page: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    out = tmp_path / "result.json"
    _at(monkeypatch, ENDS)
    assert run(["assess", *files, "--store", str(home / "golive.duckdb"), "--out", str(out)]) == 0
    result = json.loads(out.read_text("utf-8"))
    assert result["readiness"]["verdict"] == "ready"

    _at(monkeypatch, ENDS + timedelta(days=1))
    later = tmp_path / "later.json"
    assert run(["assess", *files, "--no-store", "--out", str(later)]) == 1
    after = json.loads(later.read_text("utf-8"))["readiness"]
    assert after["verdict"] == "pilot"
    assert next(c for c in after["criteria"] if c["id"] == "SEC-01")["gate_state"] == "unverified"

    app = open_page("pages/pilot/evidence.py", session=result["session"])
    assert not app.exception
    assert any(
        "Stored: Ready" in m.value and "As of today: **Pilot" in m.value for m in app.markdown
    )
    app.button(key="score_again").click().run()
    assert not app.exception
    overview = open_page("pages/verdict/overview.py", session=result["session"])
    assert any(
        "not ready" in element.value
        for element in (*overview.markdown, *overview.subheader, *overview.error)
    )
