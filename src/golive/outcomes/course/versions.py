"""Several model versions in one log: do they answer at the same time, and do they answer alike?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from golive.model.facts import Facts
from golive.model.finding import SliceShare
from golive.model.kinds import Verdict
from golive.model.measured.course import MatchedGain, OfTwoVersions, SideBySide, Version, Versions
from golive.model.measured.intervals import LiveInterval
from golive.model.profile import SMALL_CELL, FloatArray, is_small
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.verdicts import FEWEST, effect_of
from golive.outcomes.service.outputs import flagged
from golive.stats import ranking
from golive.stats.estimate import (
    UNKNOWN,
    Estimate,
    Mask,
    change,
    number,
    pair,
    plain,
    share,
    units_of,
)
from golive.wording.findings.service import OneVersion, VersionsAtOnce, VersionsInTurn

MOST_VERSIONS = 10
MIXED_SHARE = 0.01
"""Smallest share of the live rows of the time two versions share for them to count as answering side by side."""

FEWEST_MATCHED = 100


@dataclass(frozen=True)
class Overlap:
    """Two versions that answer in the same time: their names, their rows in that time, and the day when it began."""

    versions: tuple[str, str]
    rows: tuple[Mask, Mask]
    since: str


def versions(context: Context, out: Outcomes) -> None:
    """``version_mixed`` and ``Versions`` of performance: each version, and the two largest side by side."""
    name, live = context.roles.model_version, context.live
    coded = live.slices.get(name or "")
    if name is None or coded is None or live.rows == 0:
        return
    codes = coded.codes
    counts = np.bincount(codes[codes >= 0], minlength=len(coded.names))
    rows = {coded.names[i]: codes == i for i in np.argsort(-counts, kind="stable") if counts[i]}
    largest = dict(list(rows.items())[:MOST_VERSIONS])
    found = Versions(
        known=number(float((codes >= 0).mean())),
        each=tuple(_described(context, value, of) for value, of in largest.items()),
    )
    overlap = overlapping(context, largest)
    if overlap is not None:
        found = found.having(side_by_side=side_by_side(context, overlap))
    out.add(versions=found)
    if not rows:
        out.miss("model versions", f"no live row has a {name}")
    elif len(rows) == 1:
        out.facts.append(OneVersion(columns=(name,), version=next(iter(rows)), n=live.rows))
    elif overlap is None:
        out.facts.append(VersionsInTurn(columns=(name,), versions=tuple(rows), n=live.rows))
    else:
        out.facts.append(_at_once(context, name, overlap))


def _described(context: Context, value: str, rows: Mask) -> Version:
    """Rows, alert rate and, where outcomes allow, AUROC of one version."""
    n, live, m = int(rows.sum()), context.live, context.figures
    row = Version(version=value, n=None if is_small(n) else n)
    if n >= SMALL_CELL:
        if live.time is not None and len(times := live.time[rows & ~np.isnat(live.time)]):
            row = row.having(first=str(times.min())[:10], last=str(times.max())[:10])
        if (marks := flagged(live, context)) is not None:
            row = row.having(alert_rate=LiveInterval.of(share(marks[0], marks[1] & rows, None)))
    if m is not None and m.cases_live.score is not None:
        part = m.cases_live.part(rows[m.cases_live.place])
        if part.smaller >= FEWEST and part.score is not None:
            area = ranking.auroc(part.score, part.event, part.units)
            ends = {"auroc": area.value, "auroc_low": area.low, "auroc_high": area.high}
            figures = {key: number(value) for key, value in ends.items()}
            row = row.having(n_events=part.n_events, **figures)
    return row


def overlapping(context: Context, rows: dict[str, Mask]) -> Overlap | None:
    """The two largest versions whose times overlap, each with ``MIXED_SHARE`` of the rows of the shared time."""
    time = context.live.time
    if time is None:
        return None
    known = ~np.isnat(time)
    dated = {name: of & known for name, of in rows.items() if (of & known).any()}
    for first, second in combinations(dated, 2):
        a, b = dated[first], dated[second]
        start = max(time[a].min(), time[b].min())
        end = min(time[a].max(), time[b].max())
        shared = known & (time >= start) & (time <= end)
        least = max(SMALL_CELL, MIXED_SHARE * int(shared.sum()))
        if start < end and min(int((a & shared).sum()), int((b & shared).sum())) >= least:
            return Overlap((first, second), (a & shared, b & shared), str(start)[:10])
    return None


def side_by_side(context: Context, both: Overlap) -> SideBySide:
    """The second version against the first in the time they share: on different cases, and on cases that both scored."""
    live, m = context.live, context.figures
    out = SideBySide(first=both.versions[0], second=both.versions[1], since=both.since)
    if (rates := _rates(context, both)) is not None:
        out = out.having(alert_rate=_of_two(*rates))
    if live.score is not None:
        out = out.having(mean_score=_of_two(*(_mean(live.score[rows]) for rows in both.rows)))
    if m is not None and m.cases_live.score is not None:
        parts = [m.cases_live.part(rows[m.cases_live.place]) for rows in both.rows]
        if all(p.smaller >= FEWEST for p in parts):
            areas = [ranking.auroc(p.score, p.event, p.units) for p in parts if p.score is not None]
            out = out.having(auroc=_of_two(*areas))
        out = out.having(matched=matched(context, both))
    return out


def _rates(context: Context, both: Overlap) -> tuple[Estimate, Estimate] | None:
    """Share of patients that each of them flags."""
    marks, units = flagged(context.live, context), units_of(context.live.unit)
    if marks is None:
        return None
    first, second = (share(marks[0], marks[1] & rows, units) for rows in both.rows)
    return first, second


def _of_two(first: Estimate, second: Estimate) -> OfTwoVersions:
    figures = pair(first, second).contents()
    renamed = {k.replace("train", "first").replace("live", "second"): v for k, v in figures.items()}
    return OfTwoVersions.model_validate(renamed)


def _mean(values: FloatArray) -> Estimate:
    known = values[np.isfinite(values)]
    n = len(known)
    return plain(float(known.mean()), float(known.std(ddof=1)) / n**0.5) if n > 1 else UNKNOWN


def matched(context: Context, both: Overlap) -> MatchedGain | None:
    """Both versions on the same cases (same id): AUROC of the second minus the first, paired; ``None`` with too few."""
    m = context.figures
    if m is None or m.cases_live.score is None or context.live.unit is None:
        return None
    cases, score = m.cases_live, m.cases_live.score
    unit = context.live.unit[cases.place]
    first, second = (np.flatnonzero(rows[cases.place]) for rows in both.rows)
    _, a, b = np.intersect1d(unit[first], unit[second], return_indices=True)
    event = cases.event[first[a]]
    n, n_events = len(event), int(event.sum())
    if min(n_events, n - n_events) < FEWEST or n < FEWEST_MATCHED:
        return None
    gain = ranking.auroc_gain(score[second[b]], score[first[a]], event)
    return MatchedGain.of(gain, n=n, n_events=n_events)


def _at_once(context: Context, name: str, both: Overlap) -> Facts:
    """Alarm where the two flag different shares of their patients beyond chance."""
    n = int(both.rows[0].sum()), int(both.rows[1].sum())
    rates = _rates(context, both)
    _, low, high = change(*rates) if rates else (0.0, 0.0, 0.0)
    second = SliceShare(by="model_version", value=both.versions[1], n=n[1], since=both.since)
    return VersionsAtOnce(
        verdict=Verdict.ALARM if low > 0 or high < 0 else Verdict.WATCH,
        columns=(name,),
        effect=effect_of("alert_rate", *rates, n) if rates else None,
        rows_affected=n[1],
        slices=(second,),
        versions=both.versions,
        since=both.since,
        n=n,
        flags=rates,
    )
