"""Which data problem costs most: performance on labelled live rows with and without the rows that a problem is about.

The model is not here, so it cannot score repaired rows. What can be measured is what the problem's rows do to the metric: how the
model ranks patients among them, among the others, and what the metric would be had these rows never come. That is no proof of
what a repair brings: rows with a problem may also be other patients. Only scoring the repaired rows again would tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from golive.model.finding import Finding
from golive.model.kinds import REGISTER
from golive.model.measured.intervals import rounded
from golive.model.measured.performance import Impact, Issue, NotMeasured, WithoutRows
from golive.model.measured.service import BadInput
from golive.model.profile import SMALL_CELL, FloatArray, cell_share, is_small
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.target import Cases
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
    units_of,
    wilson,
)
from golive.wording.numbers import head_count

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
    known, rows_of = {f.id: f for f in findings}, context.live.marks
    if (bad := _bad_input(context, known)) is not None:
        out.add(bad_input=bad)
    m = context.figures
    if m is None or m.cases_live.score is None:
        return
    live = m.cases_live
    issues: list[Issue] = []
    why_not = dict(marks.untold)
    together = np.zeros(live.n, dtype=bool)
    for key, marked in rows_of.items():
        rows = marked[live.place]
        cost = _issue(live, rows)
        if isinstance(cost, str):
            why_not[key] = cost
            continue
        details = {"finding": key, "kind": known[key].kind.value, "title": known[key].title}
        issues.append(Issue.model_validate(cost.contents() | details))
        together |= rows
    if not issues and not why_not:
        return
    whole = _issue(live, together) if len(issues) > 1 else None
    out.add(
        impact=Impact(
            metric="auroc",
            n=live.n,
            n_events=live.n_events,
            complete=not why_not,
            issues=tuple(sorted(issues, key=lambda i: -i.change)),
            together=whole if isinstance(whole, WithoutRows) else None,
            not_measured=tuple(
                NotMeasured(finding=key, title=known[key].title, why=why)
                for key, why in why_not.items()
            ),
            caveat=CAVEAT,
        )
    )


def _issue(live: Cases, rows: Mask) -> WithoutRows | str:
    """What the problem's ``rows`` (mask over the cases) do to the AUROC; else why that cannot be said."""
    assert live.score is not None
    inside, outside = live.part(rows), live.part(~rows)
    if inside.n < FEWEST_ROWS:
        return f"{head_count(inside.n)} rows with an outcome have the problem; at least {FEWEST_ROWS} are needed"
    if outside.smaller < FEWEST_EVENTS:
        return f"without its rows fewer than {FEWEST_EVENTS} events or non-events are left"
    gain = without(live.score, live.event, rows, live.units)
    found = WithoutRows(
        n_affected=inside.n,
        share=number(inside.n / live.n),
        n_events=None if is_small(inside.n_events) else inside.n_events,
        change=rounded(gain.value),
        low=rounded(gain.low),
        high=rounded(gain.high),
    )
    areas = {"affected": _area(inside), "unaffected": _area(outside)}
    for name, area in areas.items():
        ends = {name: area.value, f"{name}_low": area.low, f"{name}_high": area.high}
        found = found.having(**{key: number(value) for key, value in ends.items()})
    return found


def _area(cases: Cases) -> Estimate:
    """AUROC of cases with enough of either class to show it."""
    if cases.score is None or cases.smaller < SMALL_CELL:
        return UNKNOWN
    units = None if cases.units is None else units_of(cases.units)
    return ranking.auroc(cases.score, cases.event, units)


def without(score: FloatArray, event: Mask, rows: Mask, units: Units | None = None) -> Estimate:
    """AUROC of the cases without ``rows``, minus the AUROC of all, with the variance of the difference of nested samples.

    Both areas are means of placement values (DeLong 1988); their influences are subtracted case by case, added up per patient,
    and the variance is taken of that. Unknown where a class has fewer than two cases without ``rows``.
    """
    left = ~rows
    if min(int(event[left].sum()), int((~event[left]).sum())) < 2:
        return UNKNOWN
    whole, influence = ranking.auroc_influence(score, event)
    rest, of_rest = ranking.auroc_influence(score[left], event[left])
    influence = -influence
    influence[left] += of_rest * (len(event) / len(of_rest))
    return plain(rest - whole, standard_error(influence, units))


def _bad_input(context: Context, known: Mapping[str, Finding]) -> BadInput | None:
    """Live rows with an input that is impossible, unreadable or in another unit, and how many of them got no score."""
    live = context.live
    used = [key for key in live.marks if BAD_INPUT in REGISTER[known[key].kind].criteria]
    if live.score is None or not used:
        return None
    bad = np.logical_or.reduce([live.marks[key] for key in used])
    n, refused = int(bad.sum()), int((bad & ~np.isfinite(live.score)).sum())
    if n < SMALL_CELL:
        return None
    low, high = (number(float(end)) for end in wilson(refused, n))
    shown = cell_share(refused, n)
    share = None if shown is None else number(shown)
    return BadInput(n=n, refused=share, low=low, high=high, findings=tuple(used))
