"""Several model versions in one log: do they answer at the same time, and do they answer alike?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from golive.model.finding import Effect, Finding, Kind, SliceShare, Verdict, finding
from golive.model.measured.course import MatchedGain, OfTwoVersions, SideBySide, Version, Versions
from golive.model.measured.intervals import Interval, LiveInterval
from golive.model.profile import SMALL_CELL, is_small
from golive.model.result import NotAssessed
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.drops import FEWEST
from golive.outcomes.service.outputs import flagged
from golive.stats import ranking
from golive.stats.estimate import (
    Estimate,
    Mask,
    Units,
    change,
    number,
    on_logit,
    pair,
    plain,
    share,
    units_of,
)
from golive.wording.numbers import day, percent, sizes

MOST_VERSIONS = 10
MIXED_SHARE = 0.01
"""Smallest share of the live rows of the time two versions share for them to count as answering side by side."""

FEWEST_MATCHED = 100


@dataclass(frozen=True)
class Overlap:
    """Two versions that answer in the same time: their rows in that time, and when it began."""

    first: str
    second: str
    rows_first: Mask
    rows_second: Mask
    since: str


def versions(context: Context, out: Outcomes) -> None:
    """``version_mixed`` and ``Versions`` of performance: each version, and the two largest side by side."""
    name, live = context.roles.model_version, context.live
    coded = live.slices.get(name) if name else None
    if name is None or coded is None or live.rows == 0:
        return
    codes = coded.codes
    counts = np.bincount(codes[codes >= 0], minlength=len(coded.names))
    present = [int(i) for i in np.argsort(-counts, kind="stable") if counts[i]]
    found = Versions(
        known=number(float((codes >= 0).mean())),
        each=tuple(
            _described(context, coded.names[i], codes == i) for i in present[:MOST_VERSIONS]
        ),
    )
    out.add(versions=found)
    if not present:
        out.not_assessed.append(NotAssessed(what="model versions", why=f"no live row has a {name}"))
        return
    if len(present) == 1:
        out.findings.append(_one_version(name, coded.names[present[0]], live.rows))
        return
    overlap = overlapping(context, present[:MOST_VERSIONS])
    if overlap is not None:
        out.add(versions=found.having(side_by_side=side_by_side(context, overlap)))
    out.findings.append(_mixed(context, name, [coded.names[i] for i in present], overlap))


def _described(context: Context, value: str, rows: Mask) -> Version:
    """Rows, alert rate and, where outcomes allow, AUROC of one version."""
    n = int(rows.sum())
    row = Version(version=value, n=None if is_small(n) else n)
    if context.live.time is not None:
        times = context.live.time[rows & ~np.isnat(context.live.time)]
        if len(times) and n >= SMALL_CELL:
            row = row.having(first=str(times.min())[:10], last=str(times.max())[:10])
    held = flagged(context.live, context)
    if held is not None and n >= SMALL_CELL:
        rate = share(held[0], held[1] & rows, None)
        row = row.having(alert_rate=LiveInterval.of(rate))
    m = context.measured
    if m is not None and m.cases_live.score is not None:
        part = m.cases_live.part(rows[m.cases_live.place])
        if min(part.n_events, part.n - part.n_events) >= FEWEST and part.score is not None:
            area = Interval.of(ranking.auroc(part.score, part.event, part.units))
            row = row.having(
                n_events=part.n_events, auroc=area.value, auroc_low=area.low, auroc_high=area.high
            )
    return row


def overlapping(context: Context, present: list[int]) -> Overlap | None:
    """The two largest versions whose times overlap, each with ``MIXED_SHARE`` of the rows of the shared time."""
    live, name = context.live, context.roles.model_version
    if live.time is None or name is None:
        return None
    coded = live.slices[name]
    known = ~np.isnat(live.time)
    for i, first in enumerate(present):
        for second in present[i + 1 :]:
            a, b = ((coded.codes == v) & known for v in (first, second))
            if not a.any() or not b.any():
                continue
            start = max(live.time[a].min(), live.time[b].min())
            end = min(live.time[a].max(), live.time[b].max())
            shared = known & (live.time >= start) & (live.time <= end)
            least = max(SMALL_CELL, MIXED_SHARE * int(shared.sum()))
            if start < end and min(int((a & shared).sum()), int((b & shared).sum())) >= least:
                return Overlap(
                    coded.names[first], coded.names[second], a & shared, b & shared, str(start)[:10]
                )
    return None


def side_by_side(context: Context, both: Overlap) -> SideBySide:
    """The second version against the first in the time they share: on different cases, and on cases that both scored."""
    live = context.live
    out = SideBySide(first=both.first, second=both.second, since=both.since)
    held = flagged(live, context)
    if held is not None:
        rates = [
            share(held[0], held[1] & rows, units_of(live.unit))
            for rows in (both.rows_first, both.rows_second)
        ]
        out = out.having(alert_rate=_of_two(*rates))
    if live.score is not None:
        means = [_mean(live.score[rows]) for rows in (both.rows_first, both.rows_second)]
        out = out.having(mean_score=_of_two(*means))
    m = context.measured
    if m is not None and m.cases_live.score is not None:
        place = m.cases_live.place
        parts = [m.cases_live.part(rows[place]) for rows in (both.rows_first, both.rows_second)]
        if all(min(p.n_events, p.n - p.n_events) >= FEWEST for p in parts):
            areas = [ranking.auroc(p.score, p.event, p.units) for p in parts if p.score is not None]
            out = out.having(auroc=_of_two(*areas))
        out = out.having(matched=matched(context, both))
    return out


def _of_two(first: Estimate, second: Estimate) -> OfTwoVersions:
    told = pair(first, second).contents()
    renamed = {k.replace("train", "first").replace("live", "second"): v for k, v in told.items()}
    return OfTwoVersions.model_validate(renamed)


def _mean(values: Any) -> Estimate:
    held = values[np.isfinite(values)]
    n = len(held)
    return (
        plain(float(held.mean()), float(held.std(ddof=1)) / n**0.5)
        if n > 1
        else on_logit(np.nan, np.nan)
    )


def matched(context: Context, both: Overlap) -> MatchedGain | None:
    """Both versions on the same cases (same id): AUROC of the second minus the first, paired; ``None`` with too few."""
    m = context.measured
    if m is None or m.cases_live.score is None or context.live.unit is None:
        return None
    cases = m.cases_live
    unit = context.live.unit[cases.place]
    first, second = both.rows_first[cases.place], both.rows_second[cases.place]
    _, a, b = np.intersect1d(unit[first], unit[second], return_indices=True)
    at_first: Units = np.flatnonzero(first)[a]
    at_second: Units = np.flatnonzero(second)[b]
    assert cases.score is not None
    event = cases.event[at_first]
    if min(int(event.sum()), int((~event).sum())) < FEWEST or len(event) < FEWEST_MATCHED:
        return None
    gain = ranking.auroc_gain(cases.score[at_second], cases.score[at_first], event)
    return MatchedGain.of(gain, n=len(event), n_events=int(event.sum()))


def _one_version(name: str, value: str, n: int) -> Finding:
    return finding(
        Kind.VERSION_MIXED,
        Verdict.QUIET,
        columns=(name,),
        title=f"One model version answers in the live data: {value} (n = {n:,})",
    )


def _mixed(context: Context, name: str, present: list[str], overlap: Overlap | None) -> Finding:
    live = context.live
    listed = ", ".join(present[:4]) + (f" and {len(present) - 4} more" if len(present) > 4 else "")
    if overlap is None:
        return finding(
            Kind.VERSION_MIXED,
            Verdict.WATCH,
            columns=(name,),
            title=f"Live data comes from {len(present)} model versions one after the other: {listed} (n = {live.rows:,})",
            explanation="Figures over all live rows mix the versions; each version is also shown by itself.",
            fix="Judge each version by itself, and log when a version went live.",
        )
    n = int(overlap.rows_first.sum()), int(overlap.rows_second.sum())
    held = flagged(live, context)
    title = (
        f"{overlap.first} and {overlap.second} answer at the same time since {day(overlap.since)}"
    )
    evidence: tuple[str, ...] = ()
    effect = None
    differ = False
    if held is not None:
        first, second = (
            share(held[0], held[1] & rows, units_of(live.unit))
            for rows in (overlap.rows_first, overlap.rows_second)
        )
        d, low, high = change(first, second)
        differ = low > 0 or high < 0
        title += f": they flag {percent(first.value)} and {percent(second.value)} of their patients"
        evidence = (
            f"difference {100 * d:+.1f} points, 95 % interval {100 * low:+.1f} to {100 * high:+.1f}",
        )
        effect = Effect(
            name="alert_rate",
            train=number(first.value),
            live=number(second.value),
            change=number(d),
            low=number(low),
            high=number(high),
            n_train=n[0],
            n_live=n[1],
        )
    return finding(
        Kind.VERSION_MIXED,
        Verdict.ALARM if differ else Verdict.WATCH,
        columns=(name,),
        title=f"{title} ({sizes(*n)})",
        explanation="Who is flagged depends on which version happened to answer, and every figure mixes the two."
        if differ
        else "Every figure mixes the two versions.",
        effect=effect,
        evidence=evidence,
        rows_affected=n[1],
        slices=(SliceShare(by="model_version", value=overlap.second, n=n[1], since=overlap.since),),
        fix="Finish the release or roll it back; one version per clinic and day, and its name in every row.",
    )
