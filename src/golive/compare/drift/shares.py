"""Shares of categories: a rare event that moves from 2 % to 5 % is seen, although no distance of the whole column is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from golive.compare.base.pairs import MINIMUM_VALUES, Pair
from golive.model.columns import Role
from golive.model.finding import Effect, Finding, Kind, Verdict, finding
from golive.model.profile import cell_share, is_small
from golive.stats.noise_floor import category_counts
from golive.stats.proportions import benjamini_hochberg, cohen_h, newcombe, share, two_share_p
from golive.wording.numbers import cell, p_value, points, sizes
from golive.wording.text import listing

ALARM_H, WATCH_H = 0.2, 0.1
"""Cohen's h from which a change of share matters by itself: 0.2 is "small" (2 % -> 6 %, 50 % -> 60 %)."""
ALARM_RATIO, ALARM_POINTS = 2.0, 0.02
WATCH_RATIO, WATCH_POINTS = 1.5, 0.01
"""A rare value also matters by its ratio (either way), when it moves by this many points."""


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
    weights: tuple[float, float]


def share_shifts(pairs: Mapping[str, Pair], alpha: float) -> dict[str, ShareShift]:
    """Judge the values known from training of every category column.

    Within a column the smallest p counts times the number of free shares (Bonferroni); over columns Benjamini-Hochberg.
    Values never seen in training are ``unseen_category``, not a share.
    """
    candidates = {
        name: pair
        for name, pair in pairs.items()
        if not pair.is_number
        and min(pair.effective) >= MINIMUM_VALUES
        and pair.train.role in (Role.FEATURE, Role.GROUP, Role.SITE)
    }
    tables, ps = {}, []
    for name, pair in candidates.items():
        assert pair.train.category is not None
        assert pair.live.category is not None
        names, train, live = category_counts(pair.train.category, pair.live.category)
        # Of k shares that add up to one, k - 1 are free; with two values both ask the same question.
        p = np.minimum(
            1.0,
            two_share_p(train, pair.sizes[0], live, pair.sizes[1], pair.weights)
            * max(1, len(names) - 1),
        )
        known = (train > 0) & (np.array(names) != "")
        tables[name] = (names, train, live, p, known)
        ps.append(float(p[known].min()) if known.any() else 1.0)
    shifts = {}
    for (name, (names, train, live, p, known)), adjusted in zip(
        tables.items(), benjamini_hochberg(ps), strict=True
    ):
        n_train, n_live = candidates[name].sizes
        p1, p2 = share(train, n_train), share(live, n_live)
        h, difference = np.abs(cohen_h(p1, p2)), np.abs(p2 - p1)
        smaller, larger = np.minimum(p1, p2), np.maximum(p1, p2)
        # A value counts when it would still be certain with the column's own correction over columns.
        strength = np.where(known, np.maximum(p, adjusted), 1.0)
        alarm = (strength <= alpha) & (
            (h >= ALARM_H) | ((larger >= ALARM_RATIO * smaller) & (difference >= ALARM_POINTS))
        )
        watch = (strength <= alpha) & (
            (h >= WATCH_H) | ((larger >= WATCH_RATIO * smaller) & (difference >= WATCH_POINTS))
        )
        if not (alarm | watch).any():
            continue
        order = [i for i in np.lexsort((p1, -h.round(9))) if alarm[i] or watch[i]]
        shifts[name] = ShareShift(
            verdict=Verdict.ALARM if alarm.any() else Verdict.WATCH,
            p_adjusted=float(adjusted),
            changes=tuple(ShareChange(names[i], int(train[i]), int(live[i])) for i in order),
            n_train=n_train,
            n_live=n_live,
            weights=candidates[name].weights,
        )
    return shifts


def most_changed(shift: ShareShift) -> ShareChange:
    """The value with the largest change among those whose counts may be shown, or the largest of all."""
    return next(
        (c for c in shift.changes if not is_small(c.train) and not is_small(c.live)),
        shift.changes[0],
    )


def in_words(shift: ShareShift) -> str:
    """``'2' is 88 % of live values, in training 46 %``."""
    change = most_changed(shift)
    live = cell(change.live, shift.n_live)
    live = (
        f"{live.removesuffix(' rows')} live values"
        if live.endswith(" rows")
        else f"{live} of live values"
    )
    return f"'{change.value}' is {live}, in training {cell(change.train, shift.n_train)}"


def share_findings(shifts: Mapping[str, ShareShift]) -> list[Finding]:
    """``category_share_shift``: one finding a column, with its most changed value named and the others listed."""
    return [_finding(name, shift) for name, shift in shifts.items()]


def _finding(name: str, shift: ShareShift) -> Finding:
    shown = most_changed(shift)
    low, high = (
        float(v)
        for v in newcombe(shown.train, shift.n_train, shown.live, shift.n_live, shift.weights)
    )
    p1, p2 = cell_share(shown.train, shift.n_train), cell_share(shown.live, shift.n_live)
    whole = p1 is not None and p2 is not None
    change = p2 - p1 if p1 is not None and p2 is not None else None
    others = [c.value for c in shift.changes if c is not shown]
    said = ["The share of a value changed by more than chance."]
    if p1 and p2:
        said.append(f"That is {p2 / p1:.2g} times the share in training.")
    if others:
        named = listing([f"'{value}'" for value in others])
        said.append(f"Also changed: {named}.")
    evidence = [f"adjusted {p_value(shift.p_adjusted)}"]
    if change is not None:
        evidence.append(f"change {points(change)}, 95 % interval {points(low)} to {points(high)}")
    return finding(
        Kind.CATEGORY_SHARE_SHIFT,
        shift.verdict,
        columns=(name,),
        title=f"{name}: {in_words(shift)} ({sizes(shift.n_train, shift.n_live)})",
        explanation=" ".join(said),
        effect=Effect(
            name="category_share",
            train=p1,
            live=p2,
            change=change,
            low=low if whole else None,
            high=high if whole else None,
            n_train=shift.n_train,
            n_live=shift.n_live,
        ),
        evidence=tuple(evidence),
        fix=(
            f"Find out whether the patients changed or the way {name} is recorded. If the patients changed, check performance "
            "in this group; if the recording changed, map the values back."
        ),
    )
