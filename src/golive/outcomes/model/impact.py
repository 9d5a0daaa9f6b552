"""Which data problem costs most: performance on labelled live rows with and without the rows that a problem is about.

The model is not here, so it cannot score repaired rows. What can be measured is what the problem's rows do to the metric: how the
model ranks patients among them, among the others, and what the metric would be had these rows never come. That is no proof of
what a repair brings: rows with a problem may also be other patients. Only scoring the repaired rows again would tell.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from golive.model.finding import Finding
from golive.model.kinds import REGISTER
from golive.model.measured.intervals import rounded
from golive.model.measured.performance import Impact, Issue, NotMeasured, WithoutRows
from golive.model.measured.service import BadInput
from golive.model.profile import SMALL_CELL, FloatArray, is_small
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.usable import Cases
from golive.profile.rows.affected import Marks
from golive.stats import ranking
from golive.stats.estimate import (
    UNKNOWN,
    Estimate,
    Mask,
    Units,
    number,
    plain,
    standard_error,
    wilson,
)

BAD_INPUT = "REL-05"
"""The criterion of inputs that no service should score in silence: impossible, in another unit, or no value at all."""
FEWEST_EVENTS, FEWEST_ROWS = 50, 100
"""Events and non-events that must be left without a problem's rows, and rows a problem must touch, to say what it does."""
CAVEAT = (
    "The rows of a problem may also be other patients, so this is what the problem's rows cost, not what a repair would bring. "
    "Score the repaired rows with the model again to know that."
)


def impact(context: Context, out: Outcomes, findings: Sequence[Finding], marks: Marks) -> None:
    """``Impact`` and ``BadInput`` of performance; problems are ordered by the AUROC gained had their rows never come."""
    if (bad := _bad_input(context, findings)) is not None:
        out.add(bad_input=bad)
    m = context.measured
    if m is None or m.cases_live.score is None:
        return
    live, known = m.cases_live, {f.id: f for f in findings}
    issues: list[Issue] = []
    untold = [
        NotMeasured(finding=key, title=known[key].title, why=why)
        for key, why in marks.untold.items()
    ]
    for key in context.live.marks:
        cost = _issue(live, context.live.marks[key][live.place])
        title = known[key].title
        if isinstance(cost, str):
            untold.append(NotMeasured(finding=key, title=title, why=cost))
        else:
            told = {"finding": key, "kind": known[key].kind.value, "title": title}
            issues.append(Issue.model_validate(cost.contents() | told))
    if not issues and not untold:
        return
    together = np.zeros(live.n, dtype=bool)
    for issue in issues:
        together |= context.live.marks[issue.finding][live.place]
    whole = _issue(live, together) if len(issues) > 1 else None
    out.add(
        impact=Impact(
            metric="auroc",
            n=live.n,
            n_events=live.n_events,
            complete=not untold,
            issues=tuple(sorted(issues, key=lambda i: -i.change)),
            together=whole if isinstance(whole, WithoutRows) else None,
            not_measured=tuple(untold),
            caveat=CAVEAT,
        )
    )


def _issue(live: Cases, rows: Mask) -> WithoutRows | str:
    """What the problem's ``rows`` (mask over the cases) do to the AUROC; else why that cannot be said."""
    assert live.score is not None
    n, events = int(rows.sum()), int(live.event[rows].sum())
    left = live.n_events - events
    if n < FEWEST_ROWS:
        shown = f"{n:,}" if n >= SMALL_CELL else f"fewer than {SMALL_CELL}"
        return f"{shown} rows with an outcome have the problem; at least {FEWEST_ROWS} are needed"
    if min(left, live.n - n - left) < FEWEST_EVENTS:
        return f"without its rows fewer than {FEWEST_EVENTS} events or non-events are left"
    gain = without(live.score, live.event, rows, live.units)
    inside, outside = (
        ranking.auroc(
            live.score[part],
            live.event[part],
            None if live.units is None else _renumbered(live.units[part]),
        )
        if min(int(live.event[part].sum()), int((~live.event[part]).sum())) >= SMALL_CELL
        else UNKNOWN
        for part in (rows, ~rows)
    )
    return WithoutRows(
        n_affected=n,
        share=number(n / live.n),
        n_events=None if is_small(events) else events,
        affected=number(inside.value),
        affected_low=number(inside.low),
        affected_high=number(inside.high),
        unaffected=number(outside.value),
        unaffected_low=number(outside.low),
        unaffected_high=number(outside.high),
        change=rounded(gain.value),
        low=rounded(gain.low),
        high=rounded(gain.high),
    )


def _renumbered(units: Units) -> Units:
    return np.unique(units, return_inverse=True)[1].astype(np.int64)


def without(score: FloatArray, event: Mask, rows: Mask, units: Units | None = None) -> Estimate:
    """AUROC of the cases without ``rows``, minus the AUROC of all, with the variance of the difference of nested samples.

    Both areas are means of placement values (DeLong 1988); their influences are subtracted case by case, added up per patient,
    and the variance is taken of that. Unknown where a class has fewer than two cases without ``rows``.
    """
    n = len(event)
    influence, difference = np.zeros(n), 0.0
    for sign, part in ((-1.0, np.ones(n, dtype=bool)), (1.0, ~rows)):
        n1, n0 = int((event & part).sum()), int((~event & part).sum())
        if min(n1, n0) < 2:
            return UNKNOWN
        of_events, of_others = ranking.placements(score[part], event[part])
        area = float(of_events.mean())
        difference += sign * area
        influence[event & part] += sign * (of_events - area) * (n / n1)
        influence[~event & part] += sign * (of_others - area) * (n / n0)
    return plain(difference, standard_error(influence, units))


def _bad_input(context: Context, findings: Sequence[Finding]) -> BadInput | None:
    """Live rows with an input that is impossible, unreadable or in another unit, and how many of them got no score."""
    live, known = context.live, {f.id: f for f in findings}
    used = [key for key in live.marks if BAD_INPUT in REGISTER[known[key].kind].criteria]
    if live.score is None or not used:
        return None
    bad = np.zeros(live.rows, dtype=bool)
    for key in used:
        bad |= live.marks[key]
    n, refused = int(bad.sum()), int((bad & ~np.isfinite(live.score)).sum())
    if n < SMALL_CELL:
        return None
    low, high = wilson(refused, n)
    return BadInput(
        n=n,
        refused=None if is_small(refused) else number(refused / n),
        low=number(float(low)),
        high=number(float(high)),
        findings=tuple(used),
    )
