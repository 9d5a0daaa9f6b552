"""Missing values: how much more or less of each column arrives live, and which columns go missing together."""

from __future__ import annotations

from collections.abc import Sequence

from golive.compare.base.pairs import MINIMUM_VALUES, missing_weights_of
from golive.compare.base.share import Share, adjusted
from golive.compare.fields.schema import is_important
from golive.model.columns import Role
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.kinds import Kind, Severity, Verdict
from golive.model.profile import Profile
from golive.stats.proportions import cohen_h, wilson
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


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``missing_up``, ``missing_down``, ``always_missing`` and ``missing_block``."""
    left_out = (Role.IGNORED, Role.LABEL, Role.SCORE, Role.PREDICTION)
    both = [(a, live.columns.get(a.name)) for a in train.columns.values() if a.role not in left_out]
    shares = {
        a.name: Share((a.missing, b.missing), (a.n, b.n), missing_weights_of(a, b))
        for a, b in both
        if b is not None
    }
    if not train.rows or not live.rows:
        return []
    found: list[Facts] = []
    for name, p in adjusted(shares).items():
        found += _judge(name, shares[name], p, config)
    gone = {f.name for f in found if f.kind is not Kind.MISSING_DOWN}
    return found + _blocks(train, live, shares, gone, config)


def _verdict(share: Share, p: float, config: Config) -> Verdict | None:
    """Alarm, watch, or ``None`` when the change is chance or too small to matter."""
    if p > config.drift.alpha:
        return None
    before, now, change = share.before, share.now, share.change
    moved = abs(change) >= WATCH_POINTS
    doubled = max(now, before) >= WATCH_RATIO * min(now, before)
    watch = (moved and doubled) or abs(float(cohen_h(before, now))) >= WATCH_H
    if change > 0:
        alarm = change >= ALARM_POINTS
        # The same rule from the other end: 89.6 % -> 99.8 % missing leaves a fiftieth of the values.
        watch = watch or (moved and 1 - now <= (1 - before) / WATCH_RATIO)
    elif before >= 1 - _NEVER:
        alarm, watch = moved, False
    else:
        alarm = -change >= FEWER_ALARM_POINTS
    return Verdict.ALARM if alarm else Verdict.WATCH if watch else None


def _severity(
    names: Sequence[str], verdict: Verdict, share: Share, config: Config
) -> Severity | None:
    """Critical where a column that matters, or most of a column, goes missing."""
    most = share.now >= 0.5 and share.change >= 0.2
    lost = most or any(is_important(name, config) for name in names)
    return Severity.CRITICAL if lost and verdict is Verdict.ALARM else None


def _judge(name: str, share: Share, p: float, config: Config) -> list[Facts]:
    effect = share.effect("missing_share")
    if share.rows[1] == share.of[1]:
        # Hardly any row of training had one, and few rows are live
        chance = share.before < 1 and p > config.drift.alpha
        verdict = Verdict.ALARM if share.before < 1 - _NEVER else Verdict.WATCH
        return [
            NoValues(
                kind=Kind.ALWAYS_MISSING,
                verdict=Verdict.CANNOT_JUDGE if chance or share.of[1] < MINIMUM_VALUES else verdict,
                columns=(name,),
                effect=effect,
                chance=chance,
                rows_affected=share.of[1],
            )
        ]
    judged = _verdict(share, p, config)
    if judged is None:
        return []
    if share.change < 0:
        return [
            FewerMissing(
                kind=Kind.MISSING_DOWN, verdict=judged, columns=(name,), effect=effect, p=p
            )
        ]
    return [
        MoreMissing(
            kind=Kind.MISSING_UP,
            verdict=judged,
            columns=(name,),
            severity=_severity([name], judged, share, config),
            effect=effect,
            p=p,
            rows_affected=share.rows[1],
        )
    ]


def _blocks(
    train: Profile, live: Profile, shares: dict[str, Share], gone: set[str], config: Config
) -> list[Facts]:
    """Columns that go missing in the same live rows, as one finding; the single columns point to it by ``cause``."""
    found: list[Facts] = []
    taken: set[str] = set()
    before = {frozenset(block.columns): block.rows for block in train.missing_blocks}
    blocks = [
        (tuple(n for n in train.columns if n in block.columns and n in gone), block)
        for block in live.missing_blocks
    ]
    # The block that tells most: many columns in many rows.
    for columns, block in sorted(blocks, key=lambda item: (-len(item[0]) * item[1].rows, item[0])):
        if len(columns) < 2 or taken & set(columns):
            continue
        # Rows of training without any of them: known when training has that block, and never more than its rarest gap.
        rarest = min(shares[name].rows[0] for name in columns)
        then = min(rarest, before.get(frozenset(block.columns), rarest))
        sizes = train.rows, live.rows
        share = Share((then, block.rows), sizes, shares[columns[0]].weights)
        verdict = _verdict(share, share.p, config)
        if verdict is None or share.change <= 0:
            continue
        taken |= set(columns)
        low, high = wilson(block.rows, live.rows)
        found.append(
            MissingTogether(
                kind=Kind.MISSING_BLOCK,
                verdict=verdict,
                columns=columns,
                severity=_severity(columns, verdict, share, config),
                effect=share.effect("missing_together_share"),
                rows=block.rows,
                share=(float(low), float(high)),
                rows_affected=block.rows,
            )
        )
    return found
