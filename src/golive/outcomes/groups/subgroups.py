"""For whom: every group and site against the others, with intervals, one correction over all comparisons, small ones
unknown.

A group is compared with the other groups of its column, each ranked within itself, so that nothing is compared with a total
that contains it. Asked of each group: does the score rank (AUROC), find (sensitivity), promise (observed to expected) as
well?
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Segment, Severity, Verdict, finding
from golive.model.measured.groups import Group
from golive.model.measured.intervals import LiveValue
from golive.model.profile import SMALL_CELL, is_small
from golive.model.result import NotAssessed
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.performance import Measured
from golive.outcomes.model.usable import Cases
from golive.profile.rows.scored import Coded
from golive.stats import calibration as cal
from golive.stats import operating_point as op
from golive.stats import ranking
from golive.stats.estimate import Z95, Estimate, Units, number
from golive.wording.metrics import METRICS
from golive.wording.numbers import p_value, percent

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
    ``spread`` is the standard error of a gap; ``known`` holds the gaps that training already had to about the same extent.
    """

    parts: tuple[tuple[str, str], ...]
    n: int
    n_events: int
    metrics: dict[str, Estimate] = field(default_factory=dict)
    excess: float = math.nan
    gaps: dict[str, tuple[float, float]] = field(default_factory=dict)
    adjusted: dict[str, float] = field(default_factory=dict)
    spread: dict[str, float] = field(default_factory=dict)
    known: dict[str, float] = field(default_factory=dict)

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
    m = context.measured
    if m is None:
        return
    live = _by_score(m.cases_live)
    columns = {
        name: coded
        for name, coded in live.side.slices.items()
        if name != context.roles.model_version
    }
    if not columns:
        return
    by_column = {
        name: groups_of(live, name, coded, m.probability) for name, coded in columns.items()
    }
    for name, groups in by_column.items():
        compare(groups)
        _already_known(groups, m)
        if sum(g.enough for g in groups) == 1:
            why = "one group alone has enough patients, so there is no other to compare it with"
            out.not_assessed.append(NotAssessed(what=f"groups of {name}", why=why))
    pairs = _pairs(live, columns, m.probability, context.config)
    every = [g for groups in by_column.values() for g in groups]
    adjust([*every, *pairs])
    score = live.score if m.probability else None
    overall = cal.excess_error(score, live.event, live.units) if score is not None else math.nan
    spread = [g.excess for g in every if g.enough and math.isfinite(g.excess)]
    held = out.measured.calibration
    if len(spread) > 1 and held:
        out.add(calibration=held.having(subgroup_ece_spread=number(max(spread) - min(spread))))
    shown = sorted((g for g in pairs if g.adjusted), key=lambda g: min(g.adjusted.values()))[
        :MOST_PAIRS
    ]
    out.add(
        subgroups=[_row(g, m, overall) for g in every], pairs=[_row(g, m, overall) for g in shown]
    )
    out.findings += _findings(context, by_column, shown, sum(bool(g.gaps) for g in pairs))


def _by_score(cases: Cases) -> Cases:
    """Cases in the order of their score: every group of them is then sorted already."""
    return cases if cases.score is None else cases.part(np.argsort(cases.score, kind="stable"))


def groups_of(live: Cases, by: str, coded: Coded, probability: bool) -> list[GroupFigures]:
    """The groups of one column, largest first, with their estimates where they are large enough."""
    codes = coded.codes[live.place]
    sizes = np.bincount(codes[codes >= 0], minlength=len(coded.names))
    largest = np.argsort(-sizes, kind="stable")[:MOST_LEVELS]
    rows = rows_by_code(codes)
    return [
        _group(live, ((by, coded.names[i]),), rows[int(i)], probability)
        for i in largest
        if sizes[i] >= SMALL_CELL
    ]


def rows_by_code(codes: npt.NDArray[Any]) -> dict[int, Units]:
    """Positions of the rows of each code, in their order; negative codes are left out."""
    narrow = (
        codes.astype(np.int16)
        if codes.size and int(codes.max()) < np.iinfo(np.int16).max
        else codes
    )
    order = np.argsort(narrow, kind="stable")
    ordered = codes[order]
    starts = (
        np.flatnonzero(np.append(True, np.diff(ordered) != 0))
        if codes.size
        else np.zeros(0, dtype=np.int64)
    )
    parts = np.split(order, starts[1:])
    return {int(ordered[s]): part for s, part in zip(starts, parts, strict=True) if ordered[s] >= 0}


def _group(
    live: Cases, parts: tuple[tuple[str, str], ...], rows: Units, probability: bool
) -> GroupFigures:
    part = live.part(rows)
    made = GroupFigures(parts, part.n, part.n_events)
    if not made.enough:
        return made
    if part.score is not None:
        made.metrics["auroc"] = ranking.auroc(part.score, part.event, part.units)
        if probability:
            made.metrics["observed_expected"] = cal.observed_expected(
                part.score, part.event, part.units
            )
            made.excess = cal.excess_error(part.score, part.event, part.units)
    if part.flagged is not None:
        made.metrics |= op.rates(part.flagged, part.event, part.units)
    return made


def _already_known(groups: Sequence[GroupFigures], m: Measured) -> None:
    """Note the gaps that training had too: the live gap is no larger than training's beyond chance, which was not zero."""
    train = m.cases_train
    if not groups or train is None or groups[0].by not in train.side.slices:
        return
    by = groups[0].by
    before = groups_of(_by_score(train), by, train.side.slices[by], m.probability)
    compare(before)
    then = {g.value: g for g in before}
    for g in groups:
        for name, (gap, _) in g.gaps.items():
            old = then.get(g.value)
            if old is None or name not in old.gaps:
                continue
            earlier = old.gaps[name][0]
            larger = (gap - earlier) * math.copysign(1.0, gap)
            noise = Z95 * math.hypot(g.spread[name], old.spread[name])
            if (
                earlier * gap > 0
                and abs(earlier) > Z95 * old.spread[name]
                and larger < max(noise, LIMITS[name] / 2)
            ):
                g.known[name] = earlier


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
    live: Cases, columns: dict[str, Coded], probability: bool, config: Config
) -> list[GroupFigures]:
    """Crossed groups (sex and age band, ...) with enough events each, compared with the other crossings of their columns.

    Above ``PAIR_ROWS`` rows a random part of that size is looked at; what is large shows there too.
    """
    names = list(columns)
    if len(names) < 2:
        return []
    if live.n > PAIR_ROWS:
        chosen = np.zeros(live.n, dtype=bool)
        chosen[np.random.default_rng(config.seed).choice(live.n, PAIR_ROWS, replace=False)] = True
        live = live.part(chosen)
    found = []
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            a, b = (columns[n].codes[live.place].astype(np.int64) for n in (first, second))
            width = len(columns[second].names)
            codes = np.where((a >= 0) & (b >= 0), a * width + b, -1)
            crossed = []
            for cell, rows in rows_by_code(codes).items():
                if int(live.event[rows].sum()) >= GROUP_EVENTS:
                    both = (
                        (first, columns[first].names[cell // width]),
                        (second, columns[second].names[cell % width]),
                    )
                    crossed.append(_group(live, both, rows, probability))
            compare(crossed)
            found += crossed
    return found


def _row(g: GroupFigures, m: Measured, overall: float) -> Group:
    """A group as a result carries it; counts of 1 to 10 are ``None``."""

    def cell(count: int) -> int | None:
        return None if is_small(count) else count

    row = Group(
        by=g.by,
        value=g.value,
        n=cell(g.n),
        enough=g.enough,
        n_events=cell(g.n_events) if cell(g.n - g.n_events) is not None else None,
    )
    if not g.enough:
        return row
    gaps: dict[str, float | None] = {
        k: number(g.metrics[k].value - m.live[k].value)
        for k in ("sensitivity", "ppv")
        if k in g.metrics
    }
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
        if p <= ALPHA and worse > 0:
            matters = worse >= LIMITS[name]
            # Another group's error is not this one's: its own ratio must be the worse one
            if name == "observed_expected":
                own = math.log(g.metrics[name].value)
                if abs(own) <= abs(own - gap):
                    continue
                matters = matters and not 0.8 <= g.metrics[name].value <= 1.25
            found[name] = Verdict.ALARM if matters and name not in g.known else Verdict.WATCH
    return found


def _findings(
    context: Context,
    by_column: dict[str, list[GroupFigures]],
    pairs: list[GroupFigures],
    n_pairs: int,
) -> list[Finding]:
    found: list[Finding] = []
    judged = [sum(bool(g.gaps) for g in groups) for groups in by_column.values()]
    for by, groups in by_column.items():
        found += [_gap_finding(g, worse) for g in groups if (worse := _worse(g))]
        if (small := _small_finding(context, by, groups)) is not None:
            found.append(small)
    alone = {(f.segment.column, f.segment.value) for f in found if f.segment}
    for g in pairs:
        worse = _worse(g)
        # Else the single group already says it
        if Verdict.ALARM in worse.values() and not alone & set(g.parts):
            searched = f"found by searching {n_pairs:,} crossed groups: confirm it on new data"
            made = _gap_finding(g, worse)
            found.append(
                made.model_copy(
                    update={"verdict": Verdict.WATCH, "evidence": (*made.evidence, searched)}
                )
            )
    gaps = any(f.kind is Kind.SUBGROUP_GAP for f in found)
    if any(judged) and not gaps:
        live = context.measured.cases_live.n if context.measured else 0
        found.append(
            finding(
                Kind.SUBGROUP_GAP,
                Verdict.QUIET,
                columns=tuple(by for by, n in zip(by_column, judged, strict=True) if n),
                title=f"No group does worse than the others beyond chance: {sum(judged)} groups of {sum(map(bool, judged))} columns, {n_pairs} crossed groups (n = {live:,})",
                explanation="Asked of each: does the score rank, find and promise as well as for the others.",
            )
        )
    return found


def _gap_finding(g: GroupFigures, worse: dict[str, Verdict]) -> Finding:
    verdict = Verdict.ALARM if Verdict.ALARM in worse.values() else Verdict.WATCH
    name = min((k for k in worse if worse[k] is verdict), key=lambda k: g.adjusted[k])
    e, gap = g.metrics[name], g.gaps[name][0]
    if name == "observed_expected":
        said = f"promised risk is off: {e.value:.2f} events for each one promised ({e.low:.2f} to {e.high:.2f})"
        others, change = e.value / math.exp(gap), e.value - e.value / math.exp(gap)
        shown = f"{others:.2f}"
    else:
        others, change = e.value - gap, gap
        say = METRICS[name].say
        said, shown = (
            f"{METRICS[name].name} is {say(e.value)} ({say(e.low)} to {say(e.high)})",
            say(others),
        )
    columns = tuple(column for column, _ in g.parts)
    segment = Segment(column=g.by, value=g.value)
    return finding(
        Kind.SUBGROUP_GAP,
        verdict,
        columns=columns,
        segment=segment,
        title=f"For {g.by} {g.value}, {said}; for the other groups {shown} (n = {g.n:,}, {g.n_events:,} events)",
        explanation="The average hides it: these patients get more of the errors. Corrected for all groups and questions looked at."
        + (" Training had this gap too." if name in g.known else ""),
        effect=Effect(
            name=name,
            train=number(others),
            live=number(e.value),
            change=number(change),
            n_train=0,
            n_live=g.n,
        ),
        evidence=tuple(
            f"{METRICS[k].name}: {g.metrics[k].value:.3f} ({g.metrics[k].low:.3f} to {g.metrics[k].high:.3f}), adjusted {p_value(g.adjusted[k])}"
            for k in worse
        ),
        rows_affected=g.n,
        fix="Find out what is measured or recorded differently for these patients; repair it, recalibrate for the group, or narrow the scope until proven.",
    )


def _small_finding(context: Context, by: str, groups: list[GroupFigures]) -> Finding | None:
    m = context.measured
    assert m is not None
    total = m.cases_live.n
    missing = total - sum(g.n for g in groups if g.enough)
    here = set(m.cases_live.side.slices[by].names)
    then = context.train.slices.get(by)
    absent = [f"{v} (none live)" for v in then.names if v not in here] if then is not None else []
    if missing <= 0 and not absent:
        return None
    names = [g.value for g in groups if not g.enough] + absent
    listed = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    shown = "Fewer than 11" if 0 < missing < SMALL_CELL else percent(missing / total)
    said = f"{shown} of live patients with an outcome are in groups of {by} too small to judge"
    if missing <= 0:
        said = f"No live patient with an outcome is in some groups of {by} that training had"
    return finding(
        Kind.SUBGROUP_TOO_SMALL,
        Verdict.CANNOT_JUDGE,
        columns=(by,),
        severity=Severity.MINOR if missing / total >= 0.1 else None,
        title=f"{said}{': ' + listed if listed else ''} (n = {total:,})",
        explanation=f"A group needs {GROUP_ROWS} patients, {GROUP_EVENTS} events and {GROUP_EVENTS} patients without. Unknown is not the same as fine.",
        effect=Effect(
            name="unknown_share",
            live=None if 0 < missing < SMALL_CELL else number(missing / total),
            n_live=total,
        ),
        rows_affected=missing,
        fix="Collect outcomes of these patients first, or say in the intended use that the model is unproven for them.",
    )
