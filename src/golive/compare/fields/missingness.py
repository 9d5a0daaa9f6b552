"""Missing values: how much more or less of each column arrives live, and which columns go missing together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from golive.compare.base.pairs import MINIMUM_VALUES, missing_weights_of, share_effect
from golive.model.columns import Role
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Effect
from golive.model.kinds import Kind, Severity, Verdict
from golive.model.profile import Profile
from golive.stats.proportions import benjamini_hochberg, cohen_h, two_share_p, wilson
from golive.wording.findings.missing_values import (
    FewerMissing,
    MissingTogether,
    MoreMissing,
    NoValues,
)

ALARM_POINTS = 0.05
"""More missing values by this much change what a model sees, whatever the share was."""
WATCH_POINTS, WATCH_RATIO, WATCH_H = 0.01, 2.0, 0.1
"""Watched: at least a point more and twice as many, or Cohen's h of half a "small" effect."""
FEWER_ALARM_POINTS = 0.2
_NEVER = 0.001
"""Share of values under which training had, in effect, no such field."""


@dataclass(frozen=True)
class _Change:
    name: str
    before: int
    now: int
    n_train: int
    n_live: int
    p: float
    weights: tuple[float, float]

    @property
    def shares(self) -> tuple[float, float]:
        return self.before / max(1, self.n_train), self.now / max(1, self.n_live)


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``missing_up``, ``missing_down``, ``always_missing`` and ``missing_block``."""
    both = [
        (name, column, live.columns[name])
        for name, column in train.columns.items()
        if name in live.columns
        and column.role not in (Role.IGNORED, Role.LABEL, Role.SCORE, Role.PREDICTION)
    ]
    if not both or train.rows == 0 or live.rows == 0:
        return []
    weights = [missing_weights_of(a, b) for _, a, b in both]
    p = benjamini_hochberg(
        two_share_p(
            np.array([a.missing for _, a, _ in both]),
            np.array([a.n for _, a, _ in both]),
            np.array([b.missing for _, _, b in both]),
            np.array([b.n for _, _, b in both]),
            (np.array([w[0] for w in weights]), np.array([w[1] for w in weights])),
        )
    )
    changes = [
        _Change(name, a.missing, b.missing, a.n, b.n, float(q), w)
        for (name, a, b), q, w in zip(both, p, weights, strict=True)
    ]
    found = [made for change in changes if (made := _judge(change, config)) is not None]
    return found + _blocks(
        train,
        live,
        {c.name: c for c in changes},
        {f.columns[0] for f in found if f.kind is not Kind.MISSING_DOWN},
        config,
    )


def _verdict(before: float, now: float, certain: bool) -> Verdict | None:
    """Alarm, watch, or ``None`` when the change is chance or too small to matter."""
    if not certain:
        return None
    change = now - before
    doubled = max(now, before) >= WATCH_RATIO * min(now, before)
    notable = (abs(change) >= WATCH_POINTS and doubled) or abs(
        float(cohen_h(before, now))
    ) >= WATCH_H
    if change > 0:
        # The same rule from the other end: 89.6 % -> 99.8 % missing leaves a fiftieth of the values.
        gone = 1 - now <= (1 - before) / WATCH_RATIO and change >= WATCH_POINTS
        return (
            Verdict.ALARM if change >= ALARM_POINTS else Verdict.WATCH if notable or gone else None
        )
    if before >= 1 - _NEVER or -change >= FEWER_ALARM_POINTS:
        return Verdict.ALARM if -change >= WATCH_POINTS else None
    return Verdict.WATCH if notable else None


def _critical(name: str, verdict: Verdict, change: float, now: float, config: Config) -> bool:
    """Whether a column that matters, or most of a column, goes missing."""
    declared = config.columns.get(name)
    important = declared is not None and (
        bool(declared.required) or (declared.importance or 0) >= 0.8
    )
    lost = change > 0 and (important or (now >= 0.5 and change >= 0.2))
    return verdict is Verdict.ALARM and lost


def _judge(c: _Change, config: Config) -> Facts | None:
    before, now = c.shares
    effect = share_effect("missing_share", (c.before, c.now), (c.n_train, c.n_live), c.weights)
    if c.now == c.n_live:
        return _always(c, effect, config)
    verdict = _verdict(before, now, c.p <= config.drift.alpha)
    if verdict is None:
        return None
    if now < before:
        return FewerMissing(
            kind=Kind.MISSING_DOWN, verdict=verdict, columns=(c.name,), effect=effect, p=c.p
        )
    critical = _critical(c.name, verdict, now - before, now, config)
    return MoreMissing(
        kind=Kind.MISSING_UP,
        verdict=verdict,
        columns=(c.name,),
        severity=Severity.CRITICAL if critical else None,
        effect=effect,
        p=c.p,
        rows_affected=c.now,
    )


def _always(c: _Change, effect: Effect, config: Config) -> Facts:
    """Live never holds a value."""
    lost = c.before < c.n_train
    # Hardly any row of training had one, and few rows are live
    chance = lost and c.p > config.drift.alpha
    if c.n_live < MINIMUM_VALUES or chance:
        verdict = Verdict.CANNOT_JUDGE
    else:
        verdict = Verdict.ALARM if lost and c.shares[0] < 1 - _NEVER else Verdict.WATCH
    return NoValues(
        kind=Kind.ALWAYS_MISSING,
        verdict=verdict,
        columns=(c.name,),
        effect=effect,
        chance=chance,
        rows_affected=c.n_live,
    )


def _blocks(
    train: Profile, live: Profile, changes: dict[str, _Change], up: set[str], config: Config
) -> list[Facts]:
    """Columns that go missing in the same live rows, as one finding; the single columns point to it by ``cause``."""
    found: list[Facts] = []
    taken: set[str] = set()
    before = {frozenset(block.columns): block.rows for block in train.missing_blocks}
    blocks = [
        (b, tuple(n for n in train.columns if n in b.columns and n in up))
        for b in live.missing_blocks
    ]
    # The block that tells most: many columns in many rows.
    for block, columns in sorted(blocks, key=lambda item: (-len(item[1]) * item[0].rows, item[1])):
        if len(columns) < 2 or taken & set(columns):
            continue
        # Rows of training without any of them: known when training has that block, and never more than its rarest gap.
        then = before.get(frozenset(block.columns), min(changes[name].before for name in columns))
        then = min(then, *(changes[name].before for name in columns))
        share_before, share_now = then / train.rows, block.rows / live.rows
        weights = changes[columns[0]].weights
        p = float(two_share_p(then, train.rows, block.rows, live.rows, weights))
        verdict = _verdict(share_before, share_now, p <= config.drift.alpha)
        if verdict is None or share_now <= share_before:
            continue
        taken |= set(columns)
        effect = share_effect(
            "missing_together_share", (then, block.rows), (train.rows, live.rows), weights
        )
        own = wilson(block.rows, live.rows)
        change = share_now - share_before
        critical = any(_critical(n, verdict, change, share_now, config) for n in columns)
        found.append(
            MissingTogether(
                kind=Kind.MISSING_BLOCK,
                verdict=verdict,
                columns=columns,
                severity=Severity.CRITICAL if critical else None,
                effect=effect,
                rows=block.rows,
                share=(float(own[0]), float(own[1])),
                rows_affected=block.rows,
            )
        )
    return found
