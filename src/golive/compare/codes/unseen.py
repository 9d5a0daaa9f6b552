"""Values that training never held: the model cannot have learnt what they mean."""

from __future__ import annotations

import numpy as np

from golive.compare.base.pairs import MINIMUM_VALUES, pair_up
from golive.compare.fields.disguised import is_missing_word
from golive.model.columns import Role
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Verdict, finding
from golive.model.profile import CategoryProfile, Profile, cell_share, is_small
from golive.stats.proportions import benjamini_hochberg, wilson
from golive.wording.numbers import p_value, percent, sizes, values_of
from golive.wording.numbers import rows as in_words
from golive.wording.text import listing

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


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``unseen_category``: live values that training never held, beyond what a training set of this size misses by chance."""
    from scipy.stats import binom

    pairs, _ = pair_up(train, live)
    tables = {}
    for name, pair in pairs.items():
        before, now = pair.train.category, pair.live.category
        if pair.is_number or before is None or now is None or min(pair.sizes) < MINIMUM_VALUES:
            continue
        if pair.train.role in (Role.LABEL, Role.PREDICTION):
            continue
        known = set(before.values)
        new = [
            (v, int(c))
            for v, c in now.as_dict().items()
            if v not in known and not is_missing_word(v)
        ]
        if new:
            rows = sum(c for _, c in new)
            bound = expected_unseen(before)
            tables[name] = (
                new,
                rows,
                bound,
                float(binom.sf(rows - 1, now.n, bound)),
                before.n,
                now.n,
            )
    adjusted = benjamini_hochberg(np.array([t[3] for t in tables.values()]))
    found = []
    for (name, (new, rows, bound, _, n_train, n_live)), p in zip(
        tables.items(), adjusted, strict=True
    ):
        mass = rows / n_live
        if p > config.drift.alpha or mass < WATCH_SHARE:
            continue
        alarm = mass >= ALARM_SHARE
        low, high = wilson(rows, n_live)
        named = [v for v, c in sorted(new, key=lambda item: -item[1]) if not is_small(c)]
        rest = len(new) - len(named)
        values = listing([f"'{v}'" for v in named]) if named else ""
        small = f"{rest} values with fewer than 11 rows each" if rest else ""
        found.append(
            finding(
                Kind.UNSEEN_CATEGORY,
                Verdict.ALARM if alarm else Verdict.WATCH,
                columns=(name,),
                title=f"{values_of(rows, n_live, name)} never occur in training ({sizes(n_train, n_live)})",
                explanation=(
                    f"New values: {' and '.join(s for s in (values, small) if s)}. A training set of this size may miss up to "
                    f"{percent(bound)} by chance. A model treats a value it never saw in whatever way its encoding happens to."
                ),
                effect=Effect(
                    name="unseen_share",
                    train=0.0,
                    live=cell_share(rows, n_live),
                    change=cell_share(rows, n_live),
                    low=None if is_small(rows) else float(low),
                    high=None if is_small(rows) else float(high),
                    n_train=n_train,
                    n_live=n_live,
                ),
                evidence=(
                    f"{len(new)} new value{'' if len(new) == 1 else 's'} in {in_words(rows)}",
                    f"adjusted {p_value(p)}",
                ),
                rows_affected=rows,
                fix=f"Map the new values of {name} to those of training, or retrain with them.",
            )
        )
    return found
