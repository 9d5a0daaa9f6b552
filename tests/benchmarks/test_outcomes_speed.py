"""1.5 million scored rows, ten groups, several rows per patient, with intervals: what they cost beside a hundredth of them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import evidently_million as pair

from golive.model.columns import Roles
from golive.model.config import Config
from golive.outcomes.outcomes import judge_scored
from golive.profile.rows.scored import Coded, Scored

ROWS = 1_500_000
WORK = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_outcomes_speed
test_outcomes_speed.work(int(sys.argv[1]))
"""


def side(rng: np.random.Generator, n: int) -> Scored:
    odds = rng.normal(0, 1.3, n) - 2.6
    slices = {
        f"g{i}": Coded(tuple("abcde"), rng.integers(0, 5, n).astype(np.int32)) for i in range(9)
    }
    slices["site"] = Coded(tuple("ABCD"), rng.integers(0, 4, n).astype(np.int32))
    times = np.datetime64("2026-01-01", "s") + rng.integers(0, 90 * 86_400, n).astype(
        "timedelta64[s]"
    )
    return Scored(
        rows=n,
        score=1 / (1 + np.exp(-odds)),
        label=Coded(("0", "1"), (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(np.int32)),
        unit=(np.arange(n) // 38).astype(np.int32),
        slices=slices,
        time=np.sort(times),
    )


def work(rows: int) -> None:
    """Judge ``rows`` live rows against a fifth of them, in a process whose peak memory is its own."""
    rng = np.random.default_rng(0)
    roles = Roles(
        label="y",
        score="s",
        id="id",
        time="t",
        site="site",
        groups=tuple(f"g{i}" for i in range(9)),
    )
    train, live = side(rng, rows // 5), side(rng, rows)
    out = judge_scored(train, live, roles, Config(roles=roles, operating_threshold=0.15))
    assert out.performance is not None
    assert len(out.performance.subgroups) == 49
    assert all(g.enough for g in out.performance.subgroups)


@pytest.mark.benchmark
def test_a_million_and_a_half_rows_with_ten_groups(capsys: pytest.CaptureFixture[str]) -> None:
    few, many = pair.run(WORK, str(ROWS // 100)), pair.run(WORK, str(ROWS))
    ratio = many["processor"] / few["processor"]
    with capsys.disabled():
        print(
            f"\n{ROWS:,} rows, 10 groups: {many['processor']:.0f} s of processor time, {ratio:.1f} times that of a hundredth "
            f"of the rows; peak {many['peak_mb']:,.0f} MB"
        )
    assert ratio < 10
    assert many["peak_mb"] < 2_000
