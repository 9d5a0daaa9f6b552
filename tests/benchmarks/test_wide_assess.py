"""A whole ``golive assess`` on 5,000 columns of 60 rows, numbers, text, dates and missing values mixed: seconds, memory."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import evidently_million as pair

pytestmark = pytest.mark.benchmark
COLUMNS, ROWS = 5_000, 60


def _write(path: Path, seed: int) -> str:
    rng = np.random.default_rng(seed)
    kinds = (
        lambda: [f"{x:.3f}" for x in rng.normal(0, 1, ROWS)],
        lambda: list(rng.choice(["red", "green", "blue"], ROWS)),
        lambda: [str(x) for x in rng.integers(0, 1000, ROWS)],
        lambda: [f"2024-{m:02d}-{d:02d}" for m, d in rng.integers(1, 13, (ROWS, 2))],
        lambda: ["" if x < 0.2 else "?" if x < 0.3 else f"{x:.2f}" for x in rng.random(ROWS)],
    )
    columns = [kinds[i % len(kinds)]() for i in range(COLUMNS)]
    lines = [",".join(f"col_{i}" for i in range(COLUMNS)), *map(",".join, zip(*columns, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def test_five_thousand_columns_are_assessed(tmp_path: Path) -> None:
    train, live = _write(tmp_path / "train.csv", 1), _write(tmp_path / "live.csv", 2)
    cost = pair.run(pair.ASSESS, train, live, str(tmp_path / "out.json"))
    print(f"\n{COLUMNS:,} columns x {ROWS}: {cost['processor']:.0f} s of processor time, {cost['peak_mb']:,.0f} MB")
    assert (tmp_path / "out.json").stat().st_size < 50_000_000
    assert cost["processor"] < 150
    assert cost["peak_mb"] < 3_000
