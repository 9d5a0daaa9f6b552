"""Shares of categories: a rare event that moves from 2 % to 5 % is seen, although no distance of the whole column is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from golive.compare.base.pairs import MINIMUM_VALUES, Pair, share_effect
from golive.model.columns import Role
from golive.model.finding import Verdict
from golive.model.profile import FloatArray, IntArray
from golive.stats.noise_floor import category_counts
from golive.stats.proportions import benjamini_hochberg, cohen_h, share, two_share_p
from golive.wording.findings.distributions import CategoryShares, ShareChange, most_changed

ALARM_H, WATCH_H = 0.2, 0.1
"""Cohen's h from which a change of share matters by itself: 0.2 is "small" (2 % -> 6 %, 50 % -> 60 %)."""
ALARM_RATIO, ALARM_POINTS = 2.0, 0.02
WATCH_RATIO, WATCH_POINTS = 1.5, 0.01
"""A rare value also matters by its ratio (either way), when it moves by this many points."""


def share_shifts(pairs: Mapping[str, Pair], alpha: float) -> dict[str, CategoryShares]:
    """Judge the values known from training of every category column; columns without a change are left out.

    Within a column the smallest p counts times the number of free shares (Bonferroni); over columns Benjamini-Hochberg.
    Values never seen in training are ``unseen_category``, not a share.
    """
    tables = {
        name: _table(pair)
        for name, pair in pairs.items()
        if not pair.is_number
        and min(pair.effective) >= MINIMUM_VALUES
        and pair.train.role in (Role.FEATURE, Role.GROUP, Role.SITE)
    }
    smallest = [min(table.p, default=1.0) for table in tables.values()]
    adjusted = benjamini_hochberg(smallest)
    found = {}
    for (name, table), p in zip(tables.items(), adjusted, strict=True):
        if (shares := _shares(pairs[name], table, float(p), alpha)) is not None:
            found[name] = shares
    return found


class _Table(NamedTuple):
    """The values of a column that training knows, with their rows on both sides and their own p-values."""

    names: list[str]
    train: IntArray
    live: IntArray
    p: FloatArray


def _table(pair: Pair) -> _Table:
    assert pair.train.category is not None
    assert pair.live.category is not None
    names, train, live = category_counts(pair.train.category, pair.live.category)
    # Of k shares that add up to one, k - 1 are free; with two values both ask the same question.
    p = two_share_p(train, pair.sizes[0], live, pair.sizes[1], pair.weights) * max(
        1, len(names) - 1
    )
    known = np.flatnonzero((train > 0) & (np.array(names) != ""))
    return _Table([names[i] for i in known], train[known], live[known], np.minimum(1.0, p)[known])


def _shares(pair: Pair, table: _Table, adjusted: float, alpha: float) -> CategoryShares | None:
    p1, p2 = share(table.train, pair.sizes[0]), share(table.live, pair.sizes[1])
    h, difference = np.abs(cohen_h(p1, p2)), np.abs(p2 - p1)
    smaller, larger = np.minimum(p1, p2), np.maximum(p1, p2)
    # A value counts when it would still be certain with the column's own correction over columns.
    certain = np.maximum(table.p, adjusted) <= alpha

    def moved(least_h: float, ratio: float, points: float) -> npt.NDArray[np.bool_]:
        return certain & ((h >= least_h) | ((larger >= ratio * smaller) & (difference >= points)))

    alarm, watch = (
        moved(ALARM_H, ALARM_RATIO, ALARM_POINTS),
        moved(WATCH_H, WATCH_RATIO, WATCH_POINTS),
    )
    changes = tuple(
        ShareChange(table.names[i], int(table.train[i]), int(table.live[i]))
        for i in np.lexsort((p1, -h.round(9)))
        if alarm[i] or watch[i]
    )
    if not changes:
        return None
    shown = most_changed(changes)
    return CategoryShares(
        verdict=Verdict.ALARM if alarm.any() else Verdict.WATCH,
        columns=(pair.name,),
        effect=share_effect(
            "category_share", (shown.train, shown.live), pair.sizes, pair.weights, private=True
        ),
        changes=changes,
        p=adjusted,
    )
