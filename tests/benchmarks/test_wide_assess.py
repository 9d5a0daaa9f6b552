"""A whole ``golive assess`` on wide tables of 60 rows, numbers, text, dates and missing values mixed: how cost grows with columns.

The routine run has 500 and 1,000 columns; ``GOLIVE_FULL=1`` has 1,000 and 5,000.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import evidently_million as pair

pytestmark = pytest.mark.benchmark
ROWS = 60
FEW, MANY = (1_000, 5_000) if os.environ.get("GOLIVE_FULL") else (500, 1_000)


def _write(path: Path, columns_asked: int, seed: int) -> str:
    rng = np.random.default_rng(seed)
    kinds = (
        lambda: [f"{x:.3f}" for x in rng.normal(0, 1, ROWS)],
        lambda: list(rng.choice(["red", "green", "blue"], ROWS)),
        lambda: [str(x) for x in rng.integers(0, 1000, ROWS)],
        lambda: [f"2024-{m:02d}-{d:02d}" for m, d in rng.integers(1, 13, (ROWS, 2))],
        lambda: ["" if x < 0.2 else "?" if x < 0.3 else f"{x:.2f}" for x in rng.random(ROWS)],
    )
    columns = [kinds[i % len(kinds)]() for i in range(columns_asked)]
    lines = [
        ",".join(f"col_{i}" for i in range(columns_asked)),
        *map(",".join, zip(*columns, strict=True)),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def _cost(folder: Path, columns: int) -> dict[str, float]:
    train, live = (
        _write(folder / f"{name}.csv", columns, seed) for name, seed in (("train", 1), ("live", 2))
    )
    return pair.run(pair.ASSESS, train, live, str(folder / "out.json"))


def test_cost_grows_with_columns_and_no_faster(tmp_path: Path) -> None:
    few, many = _cost(tmp_path, FEW), _cost(tmp_path, MANY)
    ratio, memory = many["processor"] / few["processor"], many["peak_mb"] / few["peak_mb"]
    print(
        f"\n{MANY:,} columns x {ROWS}: {many['processor']:.0f} s of processor time, {many['peak_mb']:,.0f} MB; "
        f"{ratio:.1f} and {memory:.1f} times those of {FEW}"
    )
    assert (tmp_path / "out.json").stat().st_size < 10_000 * MANY
    assert ratio < 1.3 * MANY / FEW  # checks that look at pairs of columns would cost the square
    assert memory < MANY / FEW
