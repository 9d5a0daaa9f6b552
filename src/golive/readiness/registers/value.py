"""What a pilot is worth and what it costs, as ranges: a simulation over the lines that people wrote down, nothing else.

Each line is a range: 10th percentile, median, 90th percentile. Between them a two-piece normal is drawn (one standard deviation
below the median, another above), cut at zero, which keeps the three given values. Lines are drawn independently; common causes
would widen the result.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from golive.model.errors import InputError, Problem
from golive.model.registers import Milestone, ValueLine

Array = npt.NDArray[np.float64]
Z90 = 1.2815515655446004
"""90th percentile of the standard normal."""
DRAWS = 20_000


@dataclass(frozen=True)
class Range:
    """10th, 50th and 90th percentile of a simulated quantity; ``inf`` where it never happens in that share of draws."""

    p10: float
    p50: float
    p90: float


def range_of(draws: Array) -> Range:
    """Percentiles 10, 50 and 90 of ``draws``; infinite draws are allowed."""
    low, mid, high = np.quantile(draws, [0.1, 0.5, 0.9], method="inverted_cdf")
    return Range(float(low), float(mid), float(high))


def draw(low: float, likely: float, high: float, z: Array) -> Array:
    """A two-piece normal with 10th percentile ``low``, median ``likely`` and 90th ``high``, from standard normals ``z``.

    Never below zero. Needs 0 <= low <= likely <= high.
    """
    spread = np.where(z < 0, likely - low, high - likely) / Z90
    return np.maximum(0.0, likely + spread * z)


def problems_of(lines: Sequence[ValueLine | Milestone]) -> list[Problem]:
    """Lines whose range is not in order. Lines without a whole range are no problem; they are left out and named."""
    found = []
    for line in lines:
        known = [v for v in (line.low, line.likely, line.high) if v is not None]
        if known != sorted(known):
            sentence = (
                f"'{line.name}': low, likely and high are {known}, which is not in rising order."
            )
            found.append(
                Problem(
                    "RANGE_ORDER", sentence, "Low is the 10th percentile, high the 90th.", line.id
                )
            )
    return found


def whole(line: ValueLine | Milestone) -> bool:
    """Whether all three values of the range are there."""
    return line.low is not None and line.likely is not None and line.high is not None


@dataclass(frozen=True)
class Case:
    """The business case over ``years``: cost, benefit and net in the currency of the lines; payback in years after go-live.

    ``pays_back`` is the share of draws in which the benefit has covered the cost within ``years``. ``left_out`` are names of
    lines without a whole range.
    """

    years: int
    cost: Range
    benefit: Range
    net: Range
    payback: Range
    pays_back: float
    by_part: tuple[tuple[str, Range], ...]
    left_out: tuple[str, ...]


def business_case(
    lines: Sequence[ValueLine],
    *,
    years: int = 3,
    discount: float = 0.0,
    draws: int = DRAWS,
    seed: int = 0,
) -> Case | None:
    """Simulate cost, benefit and payback; ``None`` when no line has a whole range.

    ``years`` of use after go-live (at least 1), ``discount`` per year (0 to 1); yearly amounts fall at the end of each year.
    Payback is without discount: one-off cost over yearly surplus.

    Raises:
        InputError: a range that is not in rising order.
    """
    wrong = problems_of(lines)
    if wrong:
        raise InputError(wrong)
    used = [line for line in lines if whole(line)]
    if not used:
        return None
    rng = np.random.default_rng(seed)
    factor = sum((1 + discount) ** -(t + 1) for t in range(years))
    zero = np.zeros(draws)
    sums: dict[tuple[str, str], Array] = {}
    parts: dict[str, Array] = {}
    for line in used:
        assert line.low is not None
        assert line.likely is not None
        assert line.high is not None
        amount = draw(line.low, line.likely, line.high, rng.standard_normal(draws))
        key = (line.side, line.timing)
        sums[key] = sums.get(key, zero) + amount
        if line.side == "cost":
            total = amount * (factor if line.timing == "yearly" else 1.0)
            parts[line.part] = parts.get(line.part, zero) + total
    once_cost, yearly_cost = sums.get(("cost", "once"), zero), sums.get(("cost", "yearly"), zero)
    once_gain, yearly_gain = (
        sums.get(("benefit", "once"), zero),
        sums.get(("benefit", "yearly"), zero),
    )
    cost, benefit = once_cost + factor * yearly_cost, once_gain + factor * yearly_gain
    open_cost, surplus = np.maximum(0.0, once_cost - once_gain), yearly_gain - yearly_cost
    with np.errstate(divide="ignore", invalid="ignore"):
        payback = np.where(open_cost == 0, np.where(surplus >= 0, 0.0, np.inf), open_cost / surplus)
    payback = np.where((surplus <= 0) & (open_cost > 0), np.inf, payback)
    ranked = sorted(((p, range_of(v)) for p, v in parts.items()), key=lambda r: (-r[1].p50, r[0]))
    return Case(
        years=years,
        cost=range_of(cost),
        benefit=range_of(benefit),
        net=range_of(benefit - cost),
        payback=range_of(payback),
        pays_back=float(np.mean(payback <= years)),
        by_part=tuple(ranked),
        left_out=tuple(line.name for line in lines if not whole(line)),
    )


@dataclass(frozen=True)
class Workload:
    """What alerts cost people: hours per day, false alerts per true one, and minutes of work per true alert."""

    hours_per_day: float
    false_per_true: float | None
    minutes_per_true: float | None


def alert_workload(
    alerts_per_day: float, minutes_per_alert: float, ppv: float | None = None
) -> Workload:
    """Work that alerts make. ``ppv`` is the share of alerts that are true, 0 to 1; ``None`` or 0 when not known."""
    known = ppv is not None and ppv > 0
    return Workload(
        alerts_per_day * minutes_per_alert / 60,
        (1 - ppv) / ppv if known and ppv else None,
        minutes_per_alert / ppv if known and ppv else None,
    )


@dataclass(frozen=True)
class Timeline:
    """Working days until everything is done, the milestones on the critical path, and how often each lies on it (0 to 1)."""

    days: Range
    likely_sum: float
    critical: tuple[str, ...]
    share_on_path: dict[str, float]
    left_out: tuple[str, ...]

    @property
    def contingency(self) -> float:
        """Share that the 90th percentile adds to the plan by medians; 0 when there is nothing to add to."""
        return self.days.p90 / self.likely_sum - 1 if self.likely_sum > 0 else 0.0


def ids(text: str) -> tuple[str, ...]:
    """Ids in a list separated by commas, semicolons or blanks."""
    return tuple(part for part in text.replace(";", ",").replace(" ", ",").split(",") if part)


def timeline(
    milestones: Sequence[Milestone], *, draws: int = DRAWS, seed: int = 0
) -> Timeline | None:
    """Critical path by simulation: each milestone starts when all that it waits for are done; ``None`` without a whole range.

    Raises:
        InputError: a range out of order, a milestone that waits for an unknown one, or for itself in a circle.
    """
    known = {m.id: m for m in milestones}
    problems = problems_of(milestones)
    problems += [
        Problem(
            "MILESTONE_UNKNOWN",
            f"'{m.name}' waits for '{a}', which is no milestone.",
            "Use the id.",
            m.id,
        )
        for m in milestones
        for a in ids(m.after)
        if a not in known
    ]
    order, circle = _order(known)
    if circle:
        way = " → ".join(f"'{known[key].name}'" for key in circle)
        sentence = f"These milestones wait for each other in a circle: {way}."
        problems.append(Problem("MILESTONE_CIRCLE", sentence, "Cut one link.", circle[0]))
    if problems:
        raise InputError(problems)
    used = [key for key in order if whole(known[key])]
    if not used:
        return None
    rng = np.random.default_rng(seed)
    lasts = {key: draw(*_range(known[key]), rng.standard_normal(draws)) for key in used}
    ends = _ends(known, order, lasts, np.zeros(draws))
    total = np.max(np.stack([ends[k] for k in order]), axis=0)
    medians = {key: np.array([_range(known[key])[1]]) for key in used}
    plan = _ends(known, order, medians, np.zeros(1))
    return Timeline(
        days=range_of(total),
        likely_sum=float(max(e[0] for e in plan.values())),
        critical=_path(known, order, {k: e[:1] for k, e in plan.items()}, medians, 0),
        share_on_path=_shares(known, order, ends, lasts),
        left_out=tuple(known[k].name for k in order if not whole(known[k])),
    )


def _range(milestone: Milestone) -> tuple[float, float, float]:
    return milestone.low or 0.0, milestone.likely or 0.0, milestone.high or 0.0


def _order(known: Mapping[str, Milestone]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Milestones so that each comes after what it waits for, and the circle that makes that impossible (else empty)."""
    from graphlib import CycleError, TopologicalSorter

    graph = {key: [a for a in ids(m.after) if a in known] for key, m in known.items()}
    try:
        return tuple(TopologicalSorter(graph).static_order()), ()
    except CycleError as error:
        return (), tuple(error.args[1])


def _ends(
    known: Mapping[str, Milestone], order: Sequence[str], lasts: Mapping[str, Array], zero: Array
) -> dict[str, Array]:
    ends: dict[str, Array] = {}
    for key in order:
        start = zero
        for before in ids(known[key].after):
            start = np.maximum(start, ends[before])
        ends[key] = start + lasts.get(key, zero)
    return ends


def _path(
    known: Mapping[str, Milestone],
    order: Sequence[str],
    ends: Mapping[str, Array],
    lasts: Mapping[str, Array],
    at: int,
) -> tuple[str, ...]:
    """The chain of milestones that decides the end in one draw, first to last; those without a range take no time."""
    here: str | None = max(order, key=lambda k: float(ends[k][at]))
    chain = []
    while here is not None:
        if here in lasts:
            chain.append(here)
        before = ids(known[here].after)
        here = max(before, key=lambda k: float(ends[k][at])) if before else None
    return tuple(reversed(chain))


def _shares(
    known: Mapping[str, Milestone],
    order: Sequence[str],
    ends: Mapping[str, Array],
    lasts: Mapping[str, Array],
) -> dict[str, float]:
    """Share of draws in which each milestone lies on the critical path (over at most 500 draws)."""
    count = min(500, len(next(iter(ends.values()))))
    hits = dict.fromkeys(lasts, 0)
    for at in range(count):
        for key in _path(known, order, ends, lasts, at):
            hits[key] += 1
    return {key: n / count for key, n in hits.items()}


def finite(value: float) -> bool:
    """Whether a percentile happened at all (a payback of ``inf`` never comes)."""
    return math.isfinite(value)
