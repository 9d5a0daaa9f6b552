"""A stored baseline: every bin and name stands for 11 rows or more, totals stay, and it comes back as it was written."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.compare.drift.evidently import warm
from golive.intake import infer, read, roles_of
from golive.model.baseline import Baseline
from golive.model.config import Config
from golive.model.profile import SMALL_CELL
from golive.monitor.baseline import anonymous, build, joined, smallest_cell
from golive.profile import profile


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60))
@settings(max_examples=300)
def test_every_bin_holds_eleven_rows_or_all_of_them_are_one_bin(rows: list[int]) -> None:
    counts = np.array(rows, dtype=np.int64)
    starts = joined(counts)
    assert starts[0] == 0
    assert (np.diff(starts) > 0).all()
    held = np.add.reduceat(counts, starts)
    assert held.sum() == counts.sum()
    assert len(held) == 1 or held.min() >= SMALL_CELL


def table(rows: int, seed: int = 0) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "mrn": [f"M{i:06d}" for i in range(rows)],
            "heart_rate": draw.normal(80, 12, rows).round(0),
            "lactate": draw.lognormal(0.5, 0.5, rows),
            "sex": draw.choice(["f", "m", "rare-one"], rows, p=[0.5, 0.497, 0.003]),
            "day": pd.date_range("2026-01-01", periods=rows, freq="3h").strftime("%Y-%m-%d %H:%M"),
            "note": [f"seen by marker-{i}" for i in range(rows)],
        }
    )


def test_nothing_that_few_rows_share_is_kept_and_totals_are(tmp_path: Path) -> None:
    frame = table(1_000)
    frame.loc[3, "heart_rate"] = 311
    frame.to_csv(tmp_path / "t.csv", index=False)
    with read(tmp_path / "t.csv") as data:
        specs = infer(data, None, Config())
        before = profile(data, specs, roles_of(specs))
        made = build("b", data, Config())
    kept = anonymous(before)
    assert smallest_cell(kept) >= SMALL_CELL
    for name, column in kept.columns.items():
        assert (column.n, column.missing) == (before.columns[name].n, before.columns[name].missing)
        if column.numeric is not None:
            was = before.columns[name].numeric
            assert was is not None
            assert column.numeric.counts.sum() == was.counts.sum()
            assert abs(column.numeric.mean - was.mean) < 1e-9
    text = made.model_dump_json()
    for secret in ("M000", "marker-", "rare-one", "311.0"):
        assert secret not in text


def test_it_comes_back_as_it_was_written(tmp_path: Path) -> None:
    table(500).to_csv(tmp_path / "t.csv", index=False)
    with read(tmp_path / "t.csv") as data:
        made = build("b", data, Config())
    back = Baseline.model_validate_json(made.model_dump_json())
    assert back.model_dump_json() == made.model_dump_json()
    again = Baseline.model_validate_json(back.model_dump_json())
    assert again.model_dump_json() == back.model_dump_json()
    np.testing.assert_equal(asdict(back.profile), asdict(made.profile))


def test_scores_hardly_move_by_what_is_hidden(tmp_path: Path) -> None:
    warm().join()
    from golive.compare import compare

    frame = table(2_000)
    frame.to_csv(tmp_path / "t.csv", index=False)
    live = table(800, seed=5)
    live["lactate"] *= 1.4
    live.to_csv(tmp_path / "l.csv", index=False)
    with read(tmp_path / "t.csv") as data, read(tmp_path / "l.csv") as other:
        specs = infer(data, None, Config())
        roles = roles_of(specs)
        train, now = profile(data, specs, roles), profile(other, specs, roles)
    full = compare(train, now, Config(), specs=specs)
    hidden = compare(anonymous(train), now, Config(), specs=specs)
    pairs = [
        (a.drift, b.drift)
        for a, b in zip(full.columns, hidden.columns, strict=True)
        if a.drift and b.drift
    ]
    assert len(pairs) >= 3
    for a, b in pairs:
        assert a.verdict == b.verdict
        # A rare category that lost its name moves the score, by less than chance does.
        assert abs((a.score or 0) - (b.score or 0)) < max(0.02, a.floor or 0.0)
