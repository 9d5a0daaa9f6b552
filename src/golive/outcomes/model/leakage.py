"""Could the accuracy be too good to be true: patients of training in live data, features that give the outcome away, and whether
training and live compute the same values for the same case.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from golive.model.finding import Effect
from golive.model.kinds import Verdict
from golive.model.measured.performance import Leakage
from golive.model.measured.service import Skew
from golive.model.profile import SMALL_CELL, is_small
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.target import events
from golive.profile.rows.matched import Matched, SharedIds
from golive.profile.rows.scored import Scored
from golive.stats import ranking
from golive.stats.estimate import number, wilson
from golive.wording.findings.validity import OutcomeLeak, PatientOverlap

OVERLAP = 0.01
"""Share of live patients in training above which the test is not independent."""
SUSPECT = 0.98
"""AUROC from which a single feature is taken to know the outcome."""
FEWEST_ROWS, FEWEST_EVENTS = 200, 20


def leakage(context: Context, out: Outcomes, shared: SharedIds | None) -> None:
    """``patient_overlap``, ``outcome_leak`` and ``Leakage`` of performance: ``overlap`` (share of live ids that training
    holds), ``suspects``, ``split``. An overlap of 1 to 10 ids is given as if it were 10, the most it can be.
    """
    looked, suspects = _suspects(context)
    found = Leakage()
    if shared is not None:
        few = is_small(shared.both)
        found = Leakage(
            overlap=number(min(1.0, (SMALL_CELL - 1 if few else shared.both) / shared.live)),
            at_most=few,
            column=shared.column,
            patients=shared.person,
            n_train=shared.train,
            n_live=shared.live,
        )
        out.facts.append(_overlap(shared))
    if looked:
        found = found.having(suspects=suspects, looked_at=looked)
    if found:
        out.add(leakage=found.having(split=split(context)))
    out.facts += [
        OutcomeLeak(verdict=Verdict.ALARM, columns=(name,), limit=SUSPECT, n=context.train.rows)
        for name in suspects
    ]


def _overlap(shared: SharedIds) -> PatientOverlap:
    """Alarm above ``OVERLAP``, watch above none."""
    both, n = shared.both, (shared.train, shared.live)
    share, (low, high) = both / shared.live, wilson(both, shared.live)
    effect = Effect.between("shared_ids", None, share, n=n, interval=(float(low), float(high)))
    verdict = Verdict.WATCH if both else Verdict.QUIET
    return PatientOverlap(
        verdict=Verdict.ALARM if share > OVERLAP else verdict,
        columns=(shared.column,),
        effect=None if is_small(both) else effect,
        both=both,
        n=n,
        patients=shared.person,
    )


def split(context: Context) -> Literal["temporal", "site", "random"]:
    """How live differs from training by design: ``temporal`` (all later), ``site`` (no site in common), else ``random``."""
    sides = context.train, context.live
    before, now = map(_times, sides)
    if len(before) and len(now) and now.min() > before.max():
        return "temporal"
    sites = [side.slices.get(context.roles.site or "") for side in sides]
    known, seen = (set(s.names) if s is not None else set() for s in sites)
    return "site" if known and seen and not known & seen else "random"


def _times(side: Scored) -> Any:
    time = side.time if side.time is not None else np.zeros(0, dtype="datetime64[s]")
    return time[~np.isnat(time)]


def _suspects(context: Context) -> tuple[list[str], list[str]]:
    """Number features of training that were tried alone, and those that rank the outcome almost perfectly."""
    train, target = context.train, context.target
    if train.label is None or target is None or target.task != "event":
        return [], []
    event, known, _ = events(train.label, target)
    looked, suspects = [], []
    for name, values in train.features.items():
        use = known & np.isfinite(values)
        n, hits = int(use.sum()), int(event[use].sum())
        if n < FEWEST_ROWS or min(hits, n - hits) < FEWEST_EVENTS:
            continue
        looked.append(name)
        area = ranking.auroc(values[use], event[use]).value
        if max(area, 1 - area) > SUSPECT:
            suspects.append(name)
    return looked, suspects


def skew(out: Outcomes, found: Matched | None) -> None:
    """``Skew`` of performance: ``n`` cases in both files, the ``share`` of their values that differ, the share of scores ``reproduced``.

    A count of 1 to 10 is taken as 10, the most that it can be. ``exact`` marks rows without any difference at all.
    """
    if found is None or found.rows < SMALL_CELL or not found.values:
        return
    differ = SMALL_CELL - 1 if is_small(found.differ) else found.differ
    apart = found.scores - found.repeated
    apart = SMALL_CELL - 1 if is_small(apart) else apart
    again = number(max(0.0, 1 - apart / found.scores)) if found.scores >= SMALL_CELL else None
    share = number(min(1.0, differ / found.values))
    out.add(skew=Skew(n=found.rows, share=share, reproduced=again, exact=found.exact))
