"""The service that gives the answers: how fast, how often not at all, and whether its inputs were there in time."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from golive.model.finding import Effect, Finding, Kind, SliceShare, Verdict, finding
from golive.model.measured.intervals import LiveValue
from golive.model.measured.service import Hour, Late, Latency, Operations, Quantiles, Success
from golive.model.profile import SMALL_CELL, FloatArray, cell_share, is_small
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.service.outputs import covered_days
from golive.profile.rows.scored import Coded, Scored
from golive.stats.estimate import Z99, Mask, number, wilson
from golive.wording.numbers import cell, percent, sizes

OK_WORDS = frozenset(
    {"ok", "success", "succeeded", "200", "201", "completed", "complete", "done", "true", "0"}
)
FEWEST_CALLS, FEWEST_OF_SLICE, FEWEST_OF_HOUR = 100, 100, 20
QUANTILES = (0.5, 0.95, 0.99)
ERROR_ALARM, ERROR_WATCH = 0.01, 0.001
LATE_ALARM, LATE_WATCH = 0.05, 0.01
_LATE_AT = 0.999


def service(context: Context, out: Outcomes) -> None:
    """``latency_over_budget``, ``error_rate``, ``late_inputs`` and ``Operations`` of performance."""
    operations = Operations()
    for part in (_latency, _errors, _late):
        measured, found = part(context)
        operations = operations.having(**measured)
        out.findings += [found] if found is not None else []
    if operations:
        out.add(operations=operations.having(by_hour=_by_hour(context)))


Parts = tuple[dict[str, Any], Finding | None]
"""Parts of operations by name, and the finding that goes with them."""


def quantiles(values: FloatArray) -> dict[str, tuple[float, float, float]]:
    """Median, 95th and 99th percentile with 95 % intervals from order statistics (binomial; no assumption on the shape)."""
    from scipy.stats import binom

    ascending, n = np.sort(values), len(values)
    found = {}
    for q in QUANTILES:
        low, high = binom.ppf([0.025, 0.975], n, q).astype(int)
        at = min(n - 1, max(0, int(np.ceil(q * n)) - 1))
        ends = ascending[max(0, low - 1)], ascending[min(n - 1, high)]
        found[f"p{q * 100:.0f}"] = (float(ascending[at]), float(ends[0]), float(ends[1]))
    return found


def _finite(values: FloatArray | None) -> FloatArray:
    return values[np.isfinite(values)] if values is not None else np.zeros(0)


def hours(side: Scored) -> npt.NDArray[np.int64] | None:
    """Hour of the day of each row, -1 where there is no time; ``None`` without times."""
    if side.time is None:
        return None
    hour = (side.time - side.time.astype("datetime64[D]")).astype("timedelta64[h]").astype(np.int64)
    return np.where(np.isnat(side.time), -1, hour)


def _latency(context: Context) -> Parts:
    live, config = context.live, context.config
    name = config.operations.latency_ms if config.operations else None
    now = _finite(live.latency)
    if name is None or len(now) == 0 or live.latency is None:
        return {}, None
    measured = quantiles(now)
    before = _finite(context.train.latency)
    then = quantiles(before) if len(before) else {}
    ends = {
        f"{k}{end}": number(v[i])
        for k, v in measured.items()
        for i, end in enumerate(("", "_low", "_high"))
    }
    told = Latency(
        n=len(now), train=Quantiles(**{k: number(v[0]) for k, v in then.items()}), **ends
    )
    budget = config.latency_budget_ms
    if budget is None:
        return {"latency_ms": told}, None
    slow = _slow_slices(live, budget, context.roles.site)
    over = float((now > budget).mean())
    told = told.having(budget=budget, over_budget=number(over))
    p95, p99 = measured["p95"], measured["p99"]
    few = len(now) < FEWEST_CALLS
    verdict = (
        Verdict.CANNOT_JUDGE
        if few
        else Verdict.ALARM
        if p95[1] > budget or slow
        else Verdict.WATCH
        if p99[1] > budget
        else Verdict.QUIET
        if p99[2] <= budget
        else Verdict.CANNOT_JUDGE
    )
    active = verdict in (Verdict.ALARM, Verdict.WATCH)
    slowest = ""
    if slow:
        peak = _peak(live, budget, slow[0].value, context.roles.site)
        slowest = f"; at {slow[0].value} {percent(slow[0].effect or 0.0)} do{peak}"
    slow_calls = int((now > budget).sum())
    then_over = cell_share(int((before > budget).sum()), len(before))
    low, high = wilson(slow_calls, len(now))
    found = finding(
        Kind.LATENCY_OVER_BUDGET,
        verdict,
        columns=(name,),
        title=f"{cell(slow_calls, len(now))} of live answers take longer than the budget of {budget:,.0f} ms{slowest} ({sizes(len(before), len(now))})",
        explanation=f"95 % of answers come within {p95[0]:,.0f} ms ({p95[1]:,.0f} to {p95[2]:,.0f}), 99 % within {p99[0]:,.0f} ms.",
        effect=Effect(
            name="over_budget_share",
            train=then_over,
            live=cell_share(slow_calls, len(now)),
            change=over - then_over if then_over is not None and not is_small(slow_calls) else None,
            low=None if is_small(slow_calls) else float(low),
            high=None if is_small(slow_calls) else float(high),
            n_train=len(before),
            n_live=len(now),
        ),
        rows_affected=slow_calls,
        slices=tuple(slow),
        fix="Give the slow place its own workers at peak, fetch inputs early, and test with twice the load."
        if active
        else "",
    )
    return {"latency_ms": told}, found


def _slow_slices(live: Scored, budget: float, site: str | None) -> list[SliceShare]:
    """Sites whose 95th percentile is above the budget with its whole interval, worst first."""
    coded = live.slices.get(site) if site else None
    if coded is None or live.latency is None:
        return []
    found = []
    for i, name in enumerate(coded.names):
        part = _finite(live.latency[coded.codes == i])
        if len(part) >= FEWEST_OF_SLICE and quantiles(part)["p95"][1] > budget:
            over = float((part > budget).mean())
            found.append(SliceShare(by="site", value=name, n=len(part), effect=number(over)))
    return sorted(found, key=lambda s: -(s.effect or 0.0))


def _peak(live: Scored, budget: float, value: str, site: str | None) -> str:
    """The hours of the day at which one site is slow, in words (empty when it is slow all day or times are not known)."""
    hour, coded = hours(live), live.slices.get(site or "")
    if hour is None or coded is None or live.latency is None:
        return ""
    here = (coded.codes == coded.names.index(value)) & np.isfinite(live.latency)
    slow = []
    for h in range(24):
        part = live.latency[here & (hour == h)]
        if len(part) >= FEWEST_OF_HOUR and float((part > budget).mean()) >= 0.2:
            slow.append(h)
    if not slow or len(slow) > 12 or slow[-1] - slow[0] + 1 != len(slow):
        return ""
    return f", mostly between {slow[0]}:00 and {slow[-1] + 1}:00"


def succeeded(status: Coded) -> tuple[Mask, Mask] | None:
    """Per row whether the status says success, and whether there is one; ``None`` when no known word for success occurs."""
    good = np.array([n.strip().lower() in OK_WORDS for n in status.names] + [False])
    if not good.any():
        return None
    return good[status.codes], status.codes >= 0


def _errors(context: Context) -> Parts:
    live, config = context.live, context.config
    name = config.operations.status if config.operations else None
    held = succeeded(live.status) if live.status is not None else None
    if name is None or held is None or live.status is None or not held[1].any():
        return {}, None
    ok, here = held
    n, failed = int(here.sum()), int((here & ~ok).sum())
    earlier = succeeded(context.train.status) if context.train.status is not None else None
    n_before = int(earlier[1].sum()) if earlier else 0
    before = int((earlier[1] & ~earlier[0]).sum()) if earlier else 0
    low, high = wilson(failed, n)
    success = Success(
        n=n,
        live=number(1 - failed / n),
        low=number(float(1 - high)),
        high=number(float(1 - low)),
        days=covered_days(live),
    )
    counts = np.bincount(live.status.codes[here], minlength=len(live.status.names))
    status = {
        v: None if 0 < c < SMALL_CELL else int(c)
        for v, c in zip(live.status.names, counts, strict=True)
    }
    share_before = before / n_before if n_before else 0.0
    rise = failed / n - share_before
    more = float(wilson(failed, n, Z99)[0]) > (
        float(wilson(before, n_before, Z99)[1]) if n_before else 0.0
    )
    verdict = (
        Verdict.CANNOT_JUDGE
        if n < FEWEST_CALLS
        else Verdict.ALARM
        if more and rise >= ERROR_ALARM
        else Verdict.WATCH
        if more and rise >= ERROR_WATCH
        else Verdict.QUIET
    )
    shown = (
        f"Fewer than 11 of {n:,} live requests"
        if is_small(failed)
        else f"{percent(failed / n)} of live requests ({failed:,})"
    )
    whole = not (is_small(failed) or is_small(before))
    slices = _slices(live, context.roles.site, here & ~ok, here)
    worst = (
        f"; worst at {slices[0].value}: {percent(slices[0].effect or 0.0)}"
        if slices and failed
        else ""
    )
    then = (
        f"in training {cell(before, n_before)}" if n_before else "training has no log of requests"
    )
    found = finding(
        Kind.ERROR_RATE,
        verdict,
        columns=(name,),
        title=f"{shown} fail; {then}{worst} ({sizes(n_before, n)})",
        explanation=f"At least {percent(float(1 - high))} of requests succeed (95 % bound)."
        + (" A request that fails leaves the user without an answer." if failed else ""),
        effect=Effect(
            name="error_share",
            train=cell_share(before, n_before),
            live=cell_share(failed, n),
            change=rise if whole else None,
            low=float(low) - share_before if whole else None,
            high=float(high) - share_before if whole else None,
            n_train=n_before,
            n_live=n,
        ),
        rows_affected=failed,
        slices=tuple(slices),
        fix="Retry once, then tell the user that there is no score; find out what the failing requests share."
        if verdict in (Verdict.ALARM, Verdict.WATCH)
        else "",
    )
    return {"success": success, "status": status}, found


def _slices(live: Scored, site: str | None, hits: Mask, among: Mask) -> list[SliceShare]:
    """Share of ``hits`` per site, worst first; sites with too few rows, and shares that show 1 to 10 rows, are left out."""
    coded = live.slices.get(site) if site else None
    if coded is None:
        return []
    found = []
    for i, name in enumerate(coded.names):
        here = among & (coded.codes == i)
        n, count = int(here.sum()), int((here & hits).sum())
        if n >= FEWEST_OF_SLICE and not 0 < count < SMALL_CELL:
            found.append(SliceShare(by="site", value=name, n=n, effect=number(count / n)))
    return sorted(found, key=lambda s: -(s.effect or 0.0))


def delays(side: Scored) -> FloatArray:
    """Seconds from the recorded time to the arrival of the inputs; NaN where either is missing."""
    if side.time is None or side.received is None:
        return np.zeros(0)
    known = ~(np.isnat(side.time) | np.isnat(side.received))
    seconds = (side.received - side.time).astype("timedelta64[s]").astype(np.float64)
    return np.where(known, seconds, np.nan)


def _late(context: Context) -> Parts:
    live, config = context.live, context.config
    name = config.operations.received_time if config.operations else None
    seconds, before = delays(live), _finite(delays(context.train))
    known = np.isfinite(seconds)
    if name is None or not known.any() or len(before) < FEWEST_CALLS:
        return {}, None
    limit = float(np.quantile(before, _LATE_AT))
    late = known & (seconds > limit)
    n, count = int(known.sum()), int(late.sum())
    low, high = (float(v) for v in wilson(count, n))
    then = float((before > limit).mean())
    middle, p95 = np.quantile(seconds[known], [0.5, 0.95])
    arrived = Late(
        n=n,
        live=number(count / n),
        low=number(low),
        high=number(high),
        limit_s=limit,
        delay_p50_s=number(float(middle)),
        delay_p95_s=number(float(p95)),
    )
    ready = LiveValue(low=number(1 - high), live=number(1 - count / n), n=n)
    rise = count / n - then
    real = float(wilson(count, n, Z99)[0]) > then
    verdict = (
        Verdict.CANNOT_JUDGE
        if n < FEWEST_CALLS
        else Verdict.ALARM
        if real and rise >= LATE_ALARM
        else Verdict.WATCH
        if real and rise >= LATE_WATCH
        else Verdict.QUIET
    )
    active = verdict in (Verdict.ALARM, Verdict.WATCH)
    slices = _slices(live, context.roles.site, late, known)
    worst = (
        f"; worst at {slices[0].value}: {percent(slices[0].effect or 0.0)}"
        if slices and active
        else ""
    )
    found = finding(
        Kind.LATE_INPUTS,
        verdict,
        columns=(name,),
        title=f"{cell(count, n)} of live inputs arrive later than {limit / 60:.0f} minutes after they were recorded; in training {percent(then)}{worst} ({sizes(len(before), n)})",
        explanation="What arrives after the decision cannot have been in it: live scores were made without it, or too late. "
        f"Late means later than all but 0.1 % of training inputs ({limit / 60:.0f} minutes)."
        if active
        else "Inputs arrive about as fast as in training.",
        effect=Effect(
            name="late_share",
            train=then,
            live=cell_share(count, n),
            change=None if is_small(count) else rise,
            low=None if is_small(count) else low - then,
            high=None if is_small(count) else high - then,
            n_train=len(before),
            n_live=n,
        ),
        rows_affected=count,
        slices=tuple(slices),
        fix="Move the late interface from batches to events, or score only when the inputs are there."
        if active
        else "",
    )
    return {"late": arrived, "inputs_ready": ready}, found


def _by_hour(context: Context) -> tuple[Hour, ...]:
    """Requests, latency and success per hour of the day; hours with 1 to 10 requests carry no figures."""
    live = context.live
    hour = hours(live)
    if hour is None:
        return ()
    held = succeeded(live.status) if live.status is not None else None
    rows = []
    for h in range(24):
        here = hour == h
        n = int(here.sum())
        row = Hour(hour=h, n=None if is_small(n) else n)
        if n >= FEWEST_OF_HOUR:
            latency = _finite(live.latency[here]) if live.latency is not None else np.zeros(0)
            if len(latency):
                middle, p95 = (number(float(np.quantile(latency, q))) for q in (0.5, 0.95))
                row = row.having(p50=middle, p95=p95)
            if held is not None and int((here & held[1]).sum()):
                among = here & held[1]
                good, total = int((among & held[0]).sum()), int(among.sum())
                low, high = (number(float(v)) for v in wilson(good, total))
                if not is_small(total - good):
                    row = row.having(success=number(good / total), low=low, high=high)
        rows.append(row)
    return tuple(rows)
