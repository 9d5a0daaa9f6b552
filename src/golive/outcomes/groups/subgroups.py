"""For whom: every group and site against the others, with intervals, one correction over all comparisons, small ones
unknown.

A group is compared with the other groups of its column, each ranked within itself, so that nothing is compared with a total
that contains it. Asked of each group: does the score rank (AUROC), find (sensitivity), promise (observed to expected) as
well?
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from golive.model.facts import Facts
from golive.model.finding import Effect, Segment
from golive.model.kinds import REGISTER, Kind, Severity, Verdict
from golive.model.measured.groups import Group
from golive.model.measured.intervals import LiveValue
from golive.model.profile import SMALL_CELL, cell_share, is_small
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.performance import EventFigures
from golive.outcomes.model.target import Cases
from golive.profile.rows.scored import Coded
from golive.stats import calibration as cal
from golive.stats import operating_point as op
from golive.stats import ranking
from golive.stats.estimate import Z95, Estimate, Units, number
from golive.wording.findings.groups import GroupGap, GroupsTooSmall, NoGroupGap

GROUP_ROWS, GROUP_EVENTS = 100, 50
"""Rows and events below which a group is unknown, not fine (CLN-04 of the readiness model)."""

ALPHA = 0.01
"""False discovery rate over all groups, questions and pairs of groups."""

LIMITS = {"auroc": 0.05, "sensitivity": 0.10, "observed_expected": 0.22}
"""Gaps that matter: points of AUROC and sensitivity; observed to expected off by a quarter (0.22 on the log scale)."""

MOST_LEVELS, MOST_PAIRS, PAIR_ROWS = 30, 10, 100_000


@dataclass
class GroupFigures:
    """One value of one column (or of two): its rows and events, its estimates, and gaps to the others with p-values.

    ``parts`` are its columns, each with its value: names may hold any words, so they are never put together and split again.
    ``spread`` is the standard error of a gap; ``known`` names the gaps that training already had to about the same extent.
    """

    parts: tuple[tuple[str, str], ...]
    n: int
    n_events: int
    metrics: dict[str, Estimate] = field(default_factory=dict)
    excess: float = math.nan
    gaps: dict[str, tuple[float, float]] = field(default_factory=dict)
    adjusted: dict[str, float] = field(default_factory=dict)
    spread: dict[str, float] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    @property
    def by(self) -> str:
        """The column, or both: ``sex and age_band``."""
        return " and ".join(column for column, _ in self.parts)

    @property
    def value(self) -> str:
        """The value, or both: ``f, 70-79``."""
        return ", ".join(value for _, value in self.parts)

    @property
    def enough(self) -> bool:
        """Whether the group can be judged."""
        return self.n >= GROUP_ROWS and min(self.n_events, self.n - self.n_events) >= GROUP_EVENTS


def subgroups(context: Context, out: Outcomes) -> None:
    """``subgroup_gap``, ``subgroup_too_small``, and the groups and pairs of groups of performance."""
    m = context.figures
    if m is None:
        return
    live, version = _by_score(m.cases_live), context.roles.model_version
    columns = {name: coded for name, coded in live.side.slices.items() if name != version}
    if not columns:
        return
    by_column = {name: groups_of(live, name, c, m.probability) for name, c in columns.items()}
    for name, groups in by_column.items():
        _already_known(groups, m)
        if sum(g.enough for g in groups) == 1:
            why = "one group alone has enough patients, so there is no other to compare it with"
            out.miss(f"groups of {name}", why)
    pairs = _pairs(live, columns, m.probability, context.config.seed)
    every = [g for groups in by_column.values() for g in groups]
    adjust([*every, *pairs])
    score = live.score if m.probability else None
    overall = cal.excess_error(score, live.event, live.units) if score is not None else math.nan
    errors = [g.excess for g in every if g.enough and math.isfinite(g.excess)]
    calibration = out.measured.calibration
    if len(errors) > 1 and calibration:
        spread = number(max(errors) - min(errors))
        out.add(calibration=calibration.having(subgroup_ece_spread=spread))
    shown = sorted((g for g in pairs if g.adjusted), key=lambda g: min(g.adjusted.values()))
    shown = shown[:MOST_PAIRS]
    out.add(
        subgroups=[_row(g, m, overall) for g in every], pairs=[_row(g, m, overall) for g in shown]
    )
    out.facts += _judged(context, live, by_column, shown, sum(bool(g.gaps) for g in pairs))


def _by_score(cases: Cases) -> Cases:
    """Cases in the order of their score: every group of them is then sorted already."""
    return cases if cases.score is None else cases.part(np.argsort(cases.score, kind="stable"))


def groups_of(live: Cases, by: str, coded: Coded, probability: bool) -> list[GroupFigures]:
    """The groups of one column, largest first, with estimates where they are large enough, and their gaps to each other."""
    codes = coded.codes[live.place]
    sizes = np.bincount(codes[codes >= 0], minlength=len(coded.names))
    largest = np.argsort(-sizes, kind="stable")[:MOST_LEVELS]
    rows = rows_by_code(codes)
    found = [
        _group(live, ((by, coded.names[i]),), rows[int(i)], probability)
        for i in largest
        if sizes[i] >= SMALL_CELL
    ]
    compare(found)
    return found


def rows_by_code(codes: npt.NDArray[Any]) -> dict[int, Units]:
    """Positions of the rows of each code, in their order; negative codes are left out."""
    narrow = codes.max(initial=0) < np.iinfo(np.int16).max
    order = np.argsort(codes.astype(np.int16) if narrow else codes, kind="stable")
    present, starts = np.unique(codes[order], return_index=True)
    parts = np.split(order, starts[1:])
    return {int(code): part for code, part in zip(present, parts, strict=False) if code >= 0}


def _group(
    live: Cases, parts: tuple[tuple[str, str], ...], rows: Units, probability: bool
) -> GroupFigures:
    part = live.part(rows)
    made = GroupFigures(parts, part.n, part.n_events)
    if not made.enough:
        return made
    if part.score is not None:
        of = part.score, part.event, part.units
        made.metrics["auroc"] = ranking.auroc(*of)
        if probability:
            made.metrics["observed_expected"] = cal.observed_expected(*of)
            made.excess = cal.excess_error(*of)
    if part.flagged is not None:
        made.metrics |= op.rates(part.flagged, part.event, part.units)
    return made


def _already_known(groups: Sequence[GroupFigures], m: EventFigures) -> None:
    """Note the gaps that training had too: the live gap is no larger than training's beyond chance, which was not zero."""
    train = m.cases_train
    if not groups or train is None or groups[0].by not in train.side.slices:
        return
    by = groups[0].by
    before = groups_of(_by_score(train), by, train.side.slices[by], m.probability)
    then = {g.value: g for g in before}
    for g in groups:
        for name, (gap, _) in g.gaps.items():
            old = then.get(g.value)
            if old is None or name not in old.gaps:
                continue
            earlier = old.gaps[name][0]
            larger = (gap - earlier) * math.copysign(1.0, gap)
            noise = Z95 * math.hypot(g.spread[name], old.spread[name])
            same_way = earlier * gap > 0 and abs(earlier) > Z95 * old.spread[name]
            if same_way and larger < max(noise, LIMITS[name] / 2):
                g.known.add(name)


def _scaled(name: str, e: Estimate) -> tuple[float, float]:
    """Value and standard error on the scale on which groups are compared; the width of the interval where a share is 0 or 1."""
    if name == "observed_expected":
        return (math.log(e.value), e.se / e.value) if e.value > 0 else (math.nan, math.nan)
    return e.value, max(e.se, (e.high - e.low) / (2 * Z95))


def compare(groups: Sequence[GroupFigures]) -> None:
    """Gap of each group to the others of its column (their mean, weighted by events) and its two-sided p-value."""
    from scipy.stats import norm

    for name in LIMITS:
        known = [
            (g, *_scaled(name, g.metrics[name]), float(g.n_events))
            for g in groups
            if name in g.metrics and g.metrics[name].known
        ]
        for i, (g, value, se, _) in enumerate(known):
            others = [k for j, k in enumerate(known) if j != i]
            weight = sum(k[3] for k in others)
            if not others or weight == 0 or not math.isfinite(value):
                continue
            mean = sum(k[1] * k[3] for k in others) / weight
            spread = math.sqrt(sum((k[2] * k[3] / weight) ** 2 for k in others))
            total = math.hypot(se, spread)
            p = float(2 * norm.sf(abs(value - mean) / total)) if total > 0 else 1.0
            g.gaps[name], g.spread[name] = (value - mean, p), total


def adjust(groups: Sequence[GroupFigures]) -> None:
    """Benjamini-Hochberg over every question of every group."""
    from scipy.stats import false_discovery_control

    places = [(g, name) for g in groups for name, (gap, _) in g.gaps.items() if math.isfinite(gap)]
    if not places:
        return
    adjusted = false_discovery_control([g.gaps[name][1] for g, name in places])
    for (g, name), p in zip(places, adjusted, strict=True):
        g.adjusted[name] = float(p)


def _pairs(
    live: Cases, columns: dict[str, Coded], probability: bool, seed: int
) -> list[GroupFigures]:
    """Crossed groups (sex and age band, ...) with enough events each, compared with the other crossings of their columns.

    Above ``PAIR_ROWS`` rows a random part of that size is looked at; what is large shows there too.
    """
    if live.n > PAIR_ROWS:
        chosen = np.random.default_rng(seed).choice(live.n, PAIR_ROWS, replace=False)
        live = live.part(np.sort(chosen))
    found = []
    for first, second in combinations(columns, 2):
        a, b = (columns[n].codes[live.place].astype(np.int64) for n in (first, second))
        width = len(columns[second].names)
        codes = np.where((a >= 0) & (b >= 0), a * width + b, -1)
        crossed = []
        for cell, rows in rows_by_code(codes).items():
            if int(live.event[rows].sum()) >= GROUP_EVENTS:
                values = columns[first].names[cell // width], columns[second].names[cell % width]
                both = (first, values[0]), (second, values[1])
                crossed.append(_group(live, both, rows, probability))
        compare(crossed)
        found += crossed
    return found


def _row(g: GroupFigures, m: EventFigures, overall: float) -> Group:
    """A group as a result carries it; counts of 1 to 10 are ``None``."""

    def cell(count: int) -> int | None:
        return None if is_small(count) else count

    events = cell(g.n_events) if cell(g.n - g.n_events) is not None else None
    row = Group(by=g.by, value=g.value, n=cell(g.n), enough=g.enough, n_events=events)
    if not g.enough:
        return row
    names: list[str] = [k for k in ("sensitivity", "ppv") if k in g.metrics]
    gaps: dict[str, float | None] = {k: number(g.metrics[k].value - m.live[k].value) for k in names}
    if math.isfinite(g.excess):
        gaps["ece"] = number(g.excess - overall)
    return row.having(
        metrics={k: LiveValue.of(e) for k, e in g.metrics.items()},
        gaps=gaps,
        p_adjusted={k: number(p) for k, p in g.adjusted.items()},
    )


def _worse(g: GroupFigures) -> dict[str, Verdict]:
    """Questions on which a group does worse than the others, beyond chance."""
    found = {}
    for name, p in g.adjusted.items():
        gap = g.gaps[name][0]
        worse = abs(gap) if name == "observed_expected" else -gap
        if p > ALPHA or worse <= 0:
            continue
        matters = worse >= LIMITS[name]
        # Another group's error is not this one's: its own ratio must be the worse one
        if name == "observed_expected":
            own = math.log(g.metrics[name].value)
            if abs(own) <= abs(own - gap):
                continue
            matters = matters and not 0.8 <= g.metrics[name].value <= 1.25
        found[name] = Verdict.ALARM if matters and name not in g.known else Verdict.WATCH
    return found


def _judged(
    context: Context,
    live: Cases,
    by_column: dict[str, list[GroupFigures]],
    pairs: list[GroupFigures],
    n_pairs: int,
) -> Iterator[Facts]:
    alone: set[tuple[str, str]] = set()
    for by, groups in by_column.items():
        for g in groups:
            if worse := _worse(g):
                alone |= set(g.parts)
                yield _gap(g, worse)
        if (small := _too_small(context, live, by, groups)) is not None:
            yield small
    any_gap = bool(alone)
    for g in pairs:
        worse = _worse(g)
        # Else the single group already says it
        if Verdict.ALARM in worse.values() and not alone & set(g.parts):
            any_gap = True
            yield _gap(g, worse, searched=n_pairs)
    judged = {by: sum(bool(g.gaps) for g in groups) for by, groups in by_column.items()}
    columns = tuple(by for by, n in judged.items() if n)
    if columns and not any_gap:
        yield NoGroupGap(columns=columns, groups=sum(judged.values()), crossed=n_pairs, n=live.n)


def _gap(g: GroupFigures, worse: dict[str, Verdict], searched: int = 0) -> GroupGap:
    """``searched`` crossed groups make of an alarm something to confirm first, as severe as it would be."""
    verdict = Verdict.ALARM if Verdict.ALARM in worse.values() else Verdict.WATCH
    name = min((k for k in worse if worse[k] is verdict), key=lambda k: g.adjusted[k])
    made = GroupGap(
        verdict=Verdict.WATCH if searched else verdict,
        columns=tuple(column for column, _ in g.parts),
        severity=REGISTER[Kind.SUBGROUP_GAP].severity(verdict),
        segment=Segment(column=g.by, value=g.value),
        rows_affected=g.n,
        n_events=g.n_events,
        of={k: (g.metrics[k], g.adjusted[k]) for k in worse},
        metric=name,
        gap=g.gaps[name][0],
        known=name in g.known,
        searched=searched,
    )
    value = g.metrics[name].value
    effect = Effect.between(name, number(made.others), number(value), n=(0, g.n))
    change = value - made.others if name == "observed_expected" else made.gap
    return replace(made, effect=effect.model_copy(update={"change": number(change)}))


def _too_small(
    context: Context, live: Cases, by: str, groups: list[GroupFigures]
) -> GroupsTooSmall | None:
    unknown = live.n - sum(g.n for g in groups if g.enough)
    here, then = live.side.slices[by].names, context.train.slices.get(by)
    absent = tuple(v for v in then.names if v not in set(here)) if then is not None else ()
    if unknown <= 0 and not absent:
        return None
    share = cell_share(unknown, live.n)
    return GroupsTooSmall(
        columns=(by,),
        severity=Severity.MINOR if unknown / live.n >= 0.1 else None,
        effect=Effect(
            name="unknown_share", live=None if share is None else number(share), n_live=live.n
        ),
        rows_affected=unknown,
        unknown=unknown,
        n=live.n,
        small=tuple(g.value for g in groups if not g.enough),
        absent=absent,
        least=(GROUP_ROWS, GROUP_EVENTS),
    )
