"""The label: has the outcome become rarer or more frequent, and does it arrive at all?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from golive.compare.base.pairs import MINIMUM_VALUES, missing_weights_of, weights_of
from golive.compare.base.share import Share
from golive.compare.fields.disguised import is_missing_word
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Effect
from golive.model.kinds import Route, Severity, Verdict
from golive.model.profile import CategoryProfile, ColumnProfile, NumericProfile, Profile
from golive.stats.noise_floor import category_counts, wasserstein_noise
from golive.stats.proportions import cohen_h
from golive.wording.findings.outcome import (
    FewOutcomes,
    NoOutcomes,
    OutcomeLevel,
    OutcomeRate,
    OutcomesMissing,
)

ALPHA = 0.02
"""One question, decided on beforehand, so without correction. A fifth of what all checks of an unchanged session may find by
chance together (one session in ten); the questions about columns are asked at ``drift.alpha`` each."""
ALARM_POINTS, ALARM_RATIO, WATCH_H = 0.05, 1.5, 0.05
_NEGATIVE = frozenset(
    {"0", "false", "no", "n", "f", "negative", "neg", "absent", "alive", "none", "control"}
)
_MOST_LEVELS = 20
OTHER_WORDS = 0.5
"""Share of live outcomes that training never held from which the words differ before the rate does."""


@dataclass(frozen=True)
class Event:
    """A label as an event: what counts as one (``= 1``, ``above 0``, ``not none``), and how often it occurs."""

    sign: Literal["=", "above", "not"]
    level: float | str
    share: Share


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``label_shift`` and ``label_missing`` of the column with the role label."""
    name = train.roles.label or ""
    before, now = train.columns.get(name), live.columns.get(name)
    if before is None or before.present == 0:
        return []
    if now is None or now.present == 0:
        sizes = before.n, live.rows
        effect = Effect.between("missing_share", before.missing_share, 1.0, n=sizes)
        return [NoOutcomes(columns=(name,), effect=effect)]
    return [*_missing(name, before, now, config), *_shift(name, before, now, config)]


def _missing(name: str, before: ColumnProfile, now: ColumnProfile, config: Config) -> list[Facts]:
    weights = missing_weights_of(before, now)
    share = Share((before.missing, now.missing), (before.n, now.n), weights)
    if share.p > config.drift.alpha or share.change < 0.01:
        return []
    return [
        OutcomesMissing(
            verdict=Verdict.ALARM if share.change >= 0.2 else Verdict.WATCH,
            columns=(name,),
            effect=share.effect("missing_share"),
            rows_affected=now.missing,
        )
    ]


def _shift(name: str, before: ColumnProfile, now: ColumnProfile, config: Config) -> list[Facts]:
    weights = weights_of(before, now)
    if (event := _event(before, now)) is not None:
        return [_rate(name, event, event.share.p)]
    if before.category is not None and now.category is not None:
        return [_level_shift(name, before.category, now.category, weights)]
    if before.numeric is None or now.numeric is None:
        return []
    return [_number_shift(name, before.numeric, now.numeric, weights, config)]


def _event(before: ColumnProfile, now: ColumnProfile) -> Event | None:
    """The label as an event, or ``None`` for a label with levels that have no "no".

    Two values: the one that does not say "no" (0, false, no, ...), or the second in order. Several number levels from 0 on:
    any value above 0, as in a disease grade.
    """
    weights = weights_of(before, now)
    if before.type.is_number and before.numeric is not None and now.numeric is not None:
        return _number_event(before.numeric, now.numeric, weights)
    if before.category is None or now.category is None:
        return None
    return _category_event(before.category, now.category, weights)


def _number_event(
    train: NumericProfile, live: NumericProfile, weights: tuple[float, float]
) -> Event | None:
    low, levels = train.minimum, len(train.values)
    graded = levels > 2
    if not train.exact or not 2 <= levels <= _MOST_LEVELS or low < 0 or (graded and low != 0):
        return None
    rows = [int(side.counts[side.values > low].sum()) for side in (train, live)]
    share = Share((rows[0], rows[1]), (train.n, live.n), weights)
    return Event("above", low, share) if graded else Event("=", float(train.values[1]), share)


def _category_event(
    train: CategoryProfile, live: CategoryProfile, weights: tuple[float, float]
) -> Event | None:
    known = [v for v in train.values if not is_missing_word(v)]
    negative = [v for v in known if v.strip().lower() in _NEGATIVE]
    levels = {v.strip() for v in known}
    graded = len(known) > 2 and "0" in levels and all(v.isdigit() for v in levels)
    n_train, n_live = (
        side.n if graded else sum(side.count(v) for v in known) for side in (train, live)
    )
    # Where live data writes the outcome in other words than training, levels are compared as they stand.
    comparable = sum(live.count(v) for v in live.values if _is_number(v)) if graded else n_live
    if (len(known) != 2 and not graded) or comparable < 0.5 * live.n:
        return None
    none = "0" if graded else negative[0] if negative else min(known)
    rows = n_train - train.count(none), n_live - live.count(none)
    share = Share(rows, (n_train, n_live), weights)
    if graded:
        return Event("not", none, share)
    return Event("=", next(v for v in known if v != none), share)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _few(name: str, n: tuple[int, int]) -> Facts:
    return FewOutcomes(
        columns=(name,),
        route=Route.PRODUCT,
        effect=Effect(name="event_share", n_train=n[0], n_live=n[1]),
        n=n,
        least=MINIMUM_VALUES,
    )


def _too_few(n: tuple[int, int], weights: tuple[float, float]) -> bool:
    """Whether a side says less than ``MINIMUM_VALUES`` independent outcomes would."""
    return min(n[0] * weights[0], n[1] * weights[1]) < MINIMUM_VALUES


def _verdict(p: float, before: float, now: float) -> Verdict:
    if p > ALPHA:
        return Verdict.QUIET
    if abs(now - before) >= ALARM_POINTS or max(before, now) >= ALARM_RATIO * min(before, now):
        return Verdict.ALARM
    return Verdict.WATCH if abs(float(cohen_h(before, now))) >= WATCH_H else Verdict.QUIET


def _rate(
    name: str, event: Event, p: float, *, levels: bool = False, foreign: float = 0.0
) -> Facts:
    """``foreign`` is the share of live outcomes that training never held."""
    share = event.share
    if _too_few(share.of, share.weights):
        return _few(name, share.of)
    verdict = _verdict(p, share.before, share.now)
    other_words = verdict is not Verdict.QUIET and foreign >= OTHER_WORDS
    return OutcomeRate(
        verdict=verdict,
        columns=(name,),
        effect=share.effect("event_share", private=True),
        event=(event.sign, event.level),
        rows=share.rows,
        p=p,
        levels=levels,
        foreign=foreign if other_words else None,
    )


def _level_shift(
    name: str, before: CategoryProfile, now: CategoryProfile, weights: tuple[float, float]
) -> Facts:
    """Several outcome levels: chi-square over them, and the level that moved most."""
    from scipy.stats import chi2_contingency

    names, train, live = category_counts(before, now)
    n = n_train, n_live = int(train.sum()), int(live.sum())
    if _too_few(n, weights):
        return _few(name, n)
    p = 1.0
    if len(names) > 1:
        weighed = np.vstack([train * weights[0], live * weights[1]])
        p = float(chi2_contingency(weighed, correction=False)[1])
    most = int(np.argmax(np.abs(cohen_h(train / n_train, live / n_live))))
    share = Share((int(train[most]), int(live[most])), n, weights)
    foreign = float(live[train == 0].sum()) / n_live
    return _rate(name, Event("=", names[most], share), p, levels=True, foreign=foreign)


def _number_shift(
    name: str,
    train: NumericProfile,
    live: NumericProfile,
    weights: tuple[float, float],
    config: Config,
) -> Facts:
    """A label that is a quantity: Wasserstein over the training standard deviation against its noise."""
    if _too_few((train.n, live.n), weights):
        return _few(name, (train.n, live.n))
    noise = wasserstein_noise(train, live, alpha=ALPHA, seed=config.seed, weights=weights)
    verdict = Verdict.QUIET
    if noise.p_value <= ALPHA and noise.effect > max(noise.floor, config.drift.threshold / 2):
        verdict = Verdict.ALARM if noise.effect > config.drift.threshold else Verdict.WATCH
    return OutcomeLevel(
        verdict=verdict,
        columns=(name,),
        severity=Severity.MAJOR if verdict is Verdict.WATCH else None,
        effect=Effect.between("median", train.median, live.median, n=(train.n, live.n)),
        shift=noise.effect,
        floor=noise.floor,
        p=noise.p_value,
    )
