"""Shares of categories: a rare event that moves from 2 % to 5 % is seen, although no distance of the whole column is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from golive.compare.noise import category_counts
from golive.compare.pairs import MINIMUM_VALUES, Pair, pair_up
from golive.compare.proportions import benjamini_hochberg, cohen_h, newcombe, share, two_share_p
from golive.compare.words import cell, cell_share, is_small, listing, number, points, sizes
from golive.model.columns import Role
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Route, Severity, Verdict, finding
from golive.model.profile import Profile

ALARM_H, WATCH_H = 0.2, 0.1
"""Cohen's h from which a change of share matters by itself: 0.2 is "small" (2 % -> 6 %, 50 % -> 60 %)."""
ALARM_POINTS, WATCH_POINTS, RATIO = 0.02, 0.005, 2.0
"""A rare value matters when it at least doubles or halves and moves by this many points."""


@dataclass(frozen=True)
class ShareChange:
    """One value of a column: rows that hold it on both sides."""

    value: str
    train: int
    live: int


@dataclass(frozen=True)
class ShareShift:
    """Values of one column whose share changed by more than chance, the largest change first."""

    verdict: Verdict
    p_adjusted: float
    changes: tuple[ShareChange, ...]
    n_train: int
    n_live: int


def share_shifts(pairs: dict[str, Pair], alpha: float) -> dict[str, ShareShift]:
    """Judge the values known from training of every category column.

    Within a column the smallest p counts times the number of values (Bonferroni); over columns Benjamini-Hochberg.
    Values never seen in training are ``unseen_category``, not a share.
    """
    candidates = {
        name: pair
        for name, pair in pairs.items()
        if not pair.is_number
        and min(pair.sizes) >= MINIMUM_VALUES
        and pair.train.role in (Role.FEATURE, Role.GROUP, Role.SITE)
    }
    tables, ps = {}, []
    for name, pair in candidates.items():
        assert pair.train.category is not None
        assert pair.live.category is not None
        names, train, live = category_counts(pair.train.category, pair.live.category)
        p = np.minimum(1.0, two_share_p(train, pair.sizes[0], live, pair.sizes[1]) * max(1, len(names)))
        known = (train > 0) & (np.array(names) != "")
        tables[name] = (names, train, live, p, known)
        ps.append(float(p[known].min()) if known.any() else 1.0)
    shifts = {}
    for (name, (names, train, live, p, known)), adjusted in zip(tables.items(), benjamini_hochberg(ps), strict=True):
        n_train, n_live = candidates[name].sizes
        p1, p2 = share(train, n_train), share(live, n_live)
        h, difference = np.abs(cohen_h(p1, p2)), np.abs(p2 - p1)
        doubled = np.maximum(p1, p2) >= RATIO * np.minimum(p1, p2)
        # A value counts when it would still be certain with the column's own correction over columns.
        certain = known & (p <= alpha) & (adjusted <= alpha)
        alarm = certain & ((h >= ALARM_H) | (doubled & (difference >= ALARM_POINTS)))
        watch = certain & ((h >= WATCH_H) | (doubled & (difference >= WATCH_POINTS)))
        if not (alarm | watch).any():
            continue
        order = [i for i in np.lexsort((p1, -h)) if alarm[i] or watch[i]]
        shifts[name] = ShareShift(
            verdict=Verdict.ALARM if alarm.any() else Verdict.WATCH,
            p_adjusted=float(adjusted),
            changes=tuple(ShareChange(names[i], int(train[i]), int(live[i])) for i in order),
            n_train=n_train,
            n_live=n_live,
        )
    return shifts


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``category_share_shift``: one finding a column, with its most changed value named and the others listed."""
    pairs, _ = pair_up(train, live)
    found = []
    for name, shift in share_shifts(pairs, config.drift.alpha).items():
        shown = next((c for c in shift.changes if not is_small(c.train) and not is_small(c.live)), shift.changes[0])
        low, high = newcombe(shown.train, shift.n_train, shown.live, shift.n_live)
        p1, p2 = cell_share(shown.train, shift.n_train), cell_share(shown.live, shift.n_live)
        hidden = p1 is None or p2 is None
        ratio = f" That is {number(p2 / p1)} times the share." if p1 and p2 else ""
        others = [c.value for c in shift.changes if c is not shown]
        found.append(
            finding(
                "category_share_shift",
                shift.verdict,
                columns=(name,),
                severity=Severity.MAJOR if shift.verdict is Verdict.ALARM else Severity.MINOR,
                route=Route.CLINICAL_INFORMATICS,
                title=(
                    f"'{shown.value}' in {name} is {cell(shown.live, shift.n_live)} of live values; in training it was "
                    f"{cell(shown.train, shift.n_train)} ({sizes(shift.n_train, shift.n_live)})"
                ),
                explanation=(
                    "The share of a value changed by more than chance."
                    + ratio
                    + (f" Also changed: {listing(others)}." if others else "")
                ),
                effect=Effect(
                    name="category_share",
                    train=p1,
                    live=p2,
                    change=None if hidden else float(p2 or 0) - float(p1 or 0),
                    low=None if hidden else float(low),
                    high=None if hidden else float(high),
                    n_train=shift.n_train,
                    n_live=shift.n_live,
                ),
                evidence=(
                    f"adjusted p {shift.p_adjusted:.2g}",
                    *(
                        ()
                        if hidden
                        else (
                            f"change {points(float(p2 or 0) - float(p1 or 0))}, 95 % interval {points(float(low))} to {points(float(high))}",
                        )
                    ),
                ),
                fix=(
                    f"Find out whether the patients changed or the way {name} is recorded. If the patients changed, check "
                    "performance in this group; if the recording changed, map the values back."
                ),
            )
        )
    return found
