"""Could the accuracy be too good to be true: patients of training in live data, and features that give the outcome away."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from golive.model.finding import Effect, Finding, Kind, Verdict, finding
from golive.model.measured.performance import Leakage
from golive.model.profile import SMALL_CELL, is_small
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.target import events
from golive.profile.rows.matched import SharedIds
from golive.profile.rows.scored import Scored
from golive.stats import ranking
from golive.stats.estimate import number, wilson
from golive.wording.numbers import percent, sizes

OVERLAP = 0.01
"""Share of live patients in training above which the test is not independent."""
SUSPECT = 0.98
"""AUROC from which a single feature is taken to know the outcome."""
FEWEST_ROWS, FEWEST_EVENTS = 200, 20


def leakage(context: Context, out: Outcomes, shared: SharedIds | None) -> None:
    """``Leakage`` of performance: ``overlap`` (share of live ids that training holds), ``suspects``, ``split``.

    An overlap of 1 to 10 ids is given as if it were 10, the most it can be.
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
    if looked:
        found = found.having(suspects=suspects, looked_at=looked)
    if found:
        out.add(leakage=found.having(split=split(context)))
    if shared is not None:
        out.findings.append(_overlap(shared))
    out.findings += [_leak(name, context) for name in suspects]


def _overlap(shared: SharedIds) -> Finding:
    """``patient_overlap``: alarm above ``OVERLAP``, watch above none."""
    share = shared.both / shared.live
    low, high = wilson(shared.both, shared.live)
    few = 0 < shared.both < SMALL_CELL
    verdict = Verdict.ALARM if share > OVERLAP else Verdict.WATCH if shared.both else Verdict.QUIET
    what = "patients" if shared.person else f"values of {shared.column}"
    shown = f"Fewer than {SMALL_CELL}" if few else "None" if not shared.both else percent(share)
    return finding(
        Kind.PATIENT_OVERLAP,
        verdict,
        columns=(shared.column,),
        title=f"{shown} of the live {what} {'is' if shown == 'None' else 'are'} in training too "
        f"({sizes(shared.train, shared.live)})",
        explanation="Accuracy on patients that the model was trained on is better than on new ones."
        if shared.both
        else "Nothing that was measured on live data was measured on patients of training."
        if shared.person
        else "These ids may name visits: then the same patient can still be in both files under another id.",
        effect=None
        if few
        else Effect(
            name="shared_ids",
            live=share,
            low=float(low),
            high=float(high),
            n_train=shared.train,
            n_live=shared.live,
        ),
        fix="Split by patient, and measure again on patients that are new."
        if verdict is not Verdict.QUIET
        else "",
    )


def _leak(name: str, context: Context) -> Finding:
    return finding(
        Kind.OUTCOME_LEAK,
        Verdict.ALARM,
        columns=(name,),
        title=f"{name} alone nearly gives the outcome away in training (n = {context.train.rows:,})",
        explanation=f"Its AUROC alone is above {SUSPECT}: it may be recorded after the outcome, or be a copy of it.",
        fix=f"Find out when {name} is known; leave it out if that is after the prediction.",
    )


def split(context: Context) -> Literal["temporal", "site", "random"]:
    """How live differs from training by design: ``temporal`` (all later), ``site`` (no site in common), else ``random``."""
    before, now = (_times(side) for side in (context.train, context.live))
    if len(before) and len(now) and now.min() > before.max():
        return "temporal"
    sites = [side.slices.get(context.roles.site or "") for side in (context.train, context.live)]
    known, seen = (set(s.names) if s is not None else set() for s in sites)
    return "site" if known and seen and not known & seen else "random"


def _times(side: Scored) -> Any:
    return (
        side.time[~np.isnat(side.time)]
        if side.time is not None
        else np.zeros(0, dtype="datetime64[s]")
    )


def _suspects(context: Context) -> tuple[list[str], list[str]]:
    """Number features of training that were tried alone, and those that rank the outcome almost perfectly."""
    train, target = context.train, context.target
    if train.label is None or target is None or target.task != "event":
        return [], []
    event, known, _ = events(train.label, target)
    looked, suspects = [], []
    for name, values in train.features.items():
        use = known & np.isfinite(values)
        hits = int(event[use].sum())
        if int(use.sum()) < FEWEST_ROWS or min(hits, int(use.sum()) - hits) < FEWEST_EVENTS:
            continue
        looked.append(name)
        area = ranking.auroc(values[use], event[use]).value
        if max(area, 1 - area) > SUSPECT:
            suspects.append(name)
    return looked, suspects
