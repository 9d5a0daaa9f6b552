"""1.5 million scored rows, ten groups, several rows per patient, with intervals. Run with -m benchmark."""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import pytest

from golive.model.columns import Roles
from golive.model.config import Config
from golive.outcomes.outcomes import judge_scored
from golive.profile.scored import Coded, Scored

ROWS = 1_500_000


def side(rng: np.random.Generator, n: int) -> Scored:
    odds = rng.normal(0, 1.3, n) - 2.6
    slices = {f"g{i}": Coded(tuple("abcde"), rng.integers(0, 5, n).astype(np.int32)) for i in range(9)}
    slices["site"] = Coded(tuple("ABCD"), rng.integers(0, 4, n).astype(np.int32))
    times = np.datetime64("2026-01-01", "s") + rng.integers(0, 90 * 86_400, n).astype("timedelta64[s]")
    return Scored(
        rows=n,
        score=1 / (1 + np.exp(-odds)),
        label=Coded(("0", "1"), (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(np.int32)),
        unit=(np.arange(n) // 38).astype(np.int32),
        slices=slices,
        time=np.sort(times),
    )


@pytest.mark.benchmark
def test_a_million_and_a_half_rows_with_ten_groups(capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)
    roles = Roles(label="y", score="s", id="id", time="t", site="site", groups=tuple(f"g{i}" for i in range(9)))
    train, live = side(rng, ROWS // 5), side(rng, ROWS)
    start = time.process_time()  # CPU seconds: what else the machine does is not measured
    out = judge_scored(train, live, roles, Config(roles=roles, operating_threshold=0.15))
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e9 if sys.platform == "darwin" else 1e6)
    with capsys.disabled():
        print(f"\n{ROWS:,} rows, 10 groups: {seconds:.1f} CPU s, peak {peak:.2f} GB")
    assert out.performance is not None
    assert len(out.performance["subgroups"]) == 49
    assert all(g["enough"] for g in out.performance["subgroups"])
    assert seconds < 30
    assert peak < 2
