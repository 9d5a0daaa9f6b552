"""What a pilot is worth and what it costs, as ranges: a simulation over the lines that people wrote down, nothing else.

Each line is a range: 10th percentile, median, 90th percentile. Between them a two-piece normal is drawn (one standard deviation
below the median, another above), cut at zero, which keeps the three given values. Lines are drawn independently; common causes
would widen the result.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

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
            hint = "Low is the 10th percentile, high the 90th."
            found.append(Problem("RANGE_ORDER", sentence, hint, line.id))
    return found


def ends_of(line: ValueLine | Milestone) -> tuple[float, float, float] | None:
    """Low, likely and high of a line, or ``None`` where one of them is missing."""
    if line.low is None or line.likely is None or line.high is None:
        return None
    return line.low, line.likely, line.high


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
    used = [(line, ends) for line in lines if (ends := ends_of(line)) is not None]
    if not used:
        return None
    rng = np.random.default_rng(seed)
    factor = sum((1 + discount) ** -(t + 1) for t in range(years))
    sums: dict[tuple[str, str], Array] = defaultdict(lambda: np.zeros(draws))
    parts: dict[str, Array] = defaultdict(lambda: np.zeros(draws))
    for line, ends in used:
        amount = draw(*ends, rng.standard_normal(draws))
        sums[line.side, line.timing] += amount
        if line.side == "cost":
            parts[line.part] += amount * (factor if line.timing == "yearly" else 1.0)
    once_cost, yearly_cost = sums["cost", "once"], sums["cost", "yearly"]
    once_gain, yearly_gain = sums["benefit", "once"], sums["benefit", "yearly"]
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
        left_out=tuple(line.name for line in lines if ends_of(line) is None),
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
    hours = alerts_per_day * minutes_per_alert / 60
    if not ppv or ppv < 0:
        return Workload(hours, None, None)
    return Workload(hours, (1 - ppv) / ppv, minutes_per_alert / ppv)


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
    problems = problems_of(milestones)
    named = {m.id: m.name for m in milestones}
    waits = {m.id: ids(m.after) for m in milestones}
    problems += [
        Problem(
            "MILESTONE_UNKNOWN",
            f"'{named[key]}' waits for '{before}', which is no milestone.",
            "Use the id.",
            key,
        )
        for key, others in waits.items()
        for before in others
        if before not in waits
    ]
    graph = {key: [before for before in others if before in waits] for key, others in waits.items()}
    order: tuple[str, ...] = ()
    try:
        order = tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = error.args[1]
        way = " → ".join(f"'{named[key]}'" for key in circle)
        sentence = f"These milestones wait for each other in a circle: {way}."
        problems.append(Problem("MILESTONE_CIRCLE", sentence, "Cut one link.", circle[0]))
    if problems:
        raise InputError(problems)
    by_id = {m.id: ends_of(m) for m in milestones}
    ranges = {key: span for key in order if (span := by_id[key]) is not None}
    if not ranges:
        return None
    rng = np.random.default_rng(seed)
    lasts = {key: draw(*span, rng.standard_normal(draws)) for key, span in ranges.items()}
    ends = _ends(waits, order, lasts, draws)
    medians = {key: np.array([likely]) for key, (_, likely, _) in ranges.items()}
    plan = _ends(waits, order, medians, 1)
    looked_at = min(500, draws)
    paths = [_path(waits, ends, lasts, at) for at in range(looked_at)]
    hits = Counter(key for path in paths for key in path)
    return Timeline(
        days=range_of(np.max(np.stack([ends[k] for k in order]), axis=0)),
        likely_sum=float(max(e[0] for e in plan.values())),
        critical=_path(waits, plan, medians, 0),
        share_on_path={key: hits[key] / looked_at for key in lasts},
        left_out=tuple(named[k] for k in order if k not in ranges),
    )


def _ends(
    waits: Mapping[str, Sequence[str]], order: Sequence[str], lasts: Mapping[str, Array], draws: int
) -> dict[str, Array]:
    """When each milestone is done, in every draw; those without a range take no time."""
    ends: dict[str, Array] = {}
    for key in order:
        start = np.zeros(draws)
        for before in waits[key]:
            start = np.maximum(start, ends[before])
        ends[key] = start + lasts.get(key, 0.0)
    return ends


def _path(
    waits: Mapping[str, Sequence[str]],
    ends: Mapping[str, Array],
    lasts: Mapping[str, Array],
    at: int,
) -> tuple[str, ...]:
    """The chain of milestones that decides the end in draw ``at``, first to last, without those that take no time."""
    chain: list[str] = []
    before: Sequence[str] = list(ends)
    while before:
        here = max(before, key=lambda k: float(ends[k][at]))
        chain.append(here)
        before = waits[here]
    return tuple(key for key in reversed(chain) if key in lasts)


def finite(value: float) -> bool:
    """Whether a percentile happened at all (a payback of ``inf`` never comes)."""
    return math.isfinite(value)
