"""Values that training never held: the model cannot have learnt what they mean."""

from __future__ import annotations

import numpy as np

from golive.compare.base.pairs import MINIMUM_VALUES, pair_up
from golive.compare.fields.disguised import is_missing_word
from golive.model.columns import Role
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Effect
from golive.model.kinds import Verdict
from golive.model.profile import CategoryProfile, Profile, cell_share, is_small
from golive.stats.proportions import benjamini_hochberg, wilson
from golive.wording.findings.codes import NeverSeen

ALARM_SHARE, WATCH_SHARE = 0.01, 0.001
"""Share of live values from which new values matter."""


def expected_unseen(train: CategoryProfile) -> float:
    """Upper 97.5 % bound of the share of values that ``train`` missed by chance (0 to 1).

    Good and Turing estimate that share by values seen once over all rows; the bound is the exact Poisson one (Garwood),
    which for none seen once is the rule of three with 3.7 instead of 3. Values not kept (``other``) count as seen once.
    """
    from scipy.stats import chi2

    once = int((train.counts == 1).sum()) + train.other
    return min(1.0, float(chi2.ppf(0.975, 2 * (once + 1))) / 2 / train.n) if train.n else 1.0


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``unseen_category``: live values that training never held, beyond what a training set of this size misses by chance."""
    from scipy.stats import binom

    pairs, _ = pair_up(train, live)
    new: dict[str, dict[str, int]] = {}
    bounds: dict[str, float] = {}
    ps: list[float] = []
    for name, pair in pairs.items():
        before, now = pair.train.category, pair.live.category
        if pair.is_number or before is None or now is None or min(pair.sizes) < MINIMUM_VALUES:
            continue
        if pair.train.role in (Role.LABEL, Role.PREDICTION):
            continue
        known = set(before.values)
        values = {
            v: n for v, n in now.as_dict().items() if v not in known and not is_missing_word(v)
        }
        if values:
            new[name], bounds[name] = values, expected_unseen(before)
            ps.append(float(binom.sf(sum(values.values()) - 1, now.n, bounds[name])))
    return [
        _facts(name, new[name], pairs[name].sizes, bounds[name], float(p))
        for name, p in zip(new, benjamini_hochberg(np.array(ps)), strict=True)
        if p <= config.drift.alpha and sum(new[name].values()) / pairs[name].sizes[1] >= WATCH_SHARE
    ]


def _facts(name: str, new: dict[str, int], n: tuple[int, int], chance: float, p: float) -> Facts:
    rows = sum(new.values())
    low, high = (None if is_small(rows) else float(end) for end in wilson(rows, n[1]))
    named = tuple(
        value
        for value, count in sorted(new.items(), key=lambda item: -item[1])
        if not is_small(count)
    )
    return NeverSeen(
        verdict=Verdict.ALARM if rows / n[1] >= ALARM_SHARE else Verdict.WATCH,
        columns=(name,),
        effect=Effect.between(
            "unseen_share", 0.0, cell_share(rows, n[1]), n=n, interval=(low, high)
        ),
        rows_affected=rows,
        named=named,
        rare=len(new) - len(named),
        chance=chance,
        p=p,
    )
