"""A table of many columns and few rows goes through the whole command; thousands stand in tests/benchmarks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from golive.cli import run

COLUMNS, ROWS = 720, 60


def _write(path: Path, seed: int, *, shifted: bool) -> Path:
    rng = np.random.default_rng(seed)
    kinds = (
        lambda: [f"{x:.3f}" for x in rng.normal(0, 1, ROWS)],
        lambda: list(rng.choice(["red", "green", "blue"], ROWS)),
        lambda: [f"2024-{m:02d}-{d:02d}" for m, d in rng.integers(1, 13, (ROWS, 2))],
        lambda: ["" if x < 0.2 else "?" if x < 0.3 else f"{x:.2f}" for x in rng.random(ROWS)],
    )
    columns = [kinds[i % len(kinds)]() for i in range(COLUMNS)]
    if shifted:
        columns[0] = [f"{float(x) * 100:.1f}" for x in columns[0]]
        columns[4] = [""] * ROWS
    lines = [
        ",".join(f"col_{i}" for i in range(COLUMNS)),
        *map(",".join, zip(*columns, strict=True)),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_wide_table_is_assessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLIVE_HOME", str(tmp_path / "home"))
    train = _write(tmp_path / "train.csv", 1, shifted=False)
    live = _write(tmp_path / "live.csv", 2, shifted=True)
    out = tmp_path / "out.json"
    assert run(["assess", "--train", str(train), "--live", str(live), "--out", str(out)]) == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    assert [c["name"] for c in result["columns"]] == [f"col_{i}" for i in range(COLUMNS)]
    assert [c["type"] for c in result["columns"][:4]] == [
        "numeric",
        "category",
        "datetime",
        "numeric",
    ]
    alarms = {name for f in result["findings"] if f["verdict"] == "alarm" for name in f["columns"]}
    assert {"col_0", "col_4"} <= alarms
    assert len(alarms) <= 2 + COLUMNS // 100
    why = [n["why"] for n in result["not_assessed"] if n["what"] == "all columns together"]
    assert len(why) == 1
    assert why[0].endswith("the joint check reads at most 500")
