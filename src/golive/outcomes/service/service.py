"""The service that gives the answers: how fast, how often not at all, whether its inputs were there in time, at what load.

At ten and a hundred times the load a queue of the measured answers is simulated; that is never a measurement. Requests come at
random at the rate of the busiest hour (Poisson), each takes as long as an answer that was measured, and any of ``c`` workers
takes the next one waiting (M/G/c, first come first served). Measured times already hold some waiting, so the number of workers
is rather too high than too low.
"""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np
import numpy.typing as npt

from golive.model.facts import Facts
from golive.model.finding import Effect, SliceShare
from golive.model.kinds import Verdict
from golive.model.measured.intervals import LiveValue
from golive.model.measured.service import (
    Capacity,
    Hour,
    Late,
    Latency,
    Load,
    Operations,
    Quantiles,
    Success,
)
from golive.model.profile import FloatArray, cell_share, is_small
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.verdicts import exceeds, of_rise, share_effect
from golive.outcomes.service.outputs import covered_days, seconds_between
from golive.profile.rows.scored import Coded, Scored
from golive.stats.estimate import Z99, Mask, number, wilson
from golive.wording.findings.service import FailedRequests, LateInputs, SlowAnswers

OK_WORDS = frozenset(
    ["ok", "success", "succeeded", "200", "201", "completed", "complete", "done", "true", "0"]
)
FEWEST_CALLS, FEWEST_OF_SLICE, FEWEST_OF_HOUR = 100, 100, 20
QUANTILES = (0.5, 0.95, 0.99)
ERROR_ALARM, ERROR_WATCH = 0.01, 0.001
LATE_ALARM, LATE_WATCH = 0.05, 0.01
_LATE_AT = 0.999
_PEAK_SHARE = 0.2

Parts = tuple[dict[str, Any], Facts | None]
"""Parts of operations by name, and what was found in them."""


def service(context: Context, out: Outcomes) -> None:
    """``latency_over_budget``, ``error_rate``, ``late_inputs`` and ``Operations`` of performance."""
    operations = Operations()
    for part in (_latency, _errors, _late):
        measured, found = part(context)
        operations = operations.having(**measured)
        out.facts += [found] if found is not None else []
    if operations:
        out.add(operations=operations.having(by_hour=_by_hour(context.live)))


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
    now, before = _finite(live.latency), _finite(context.train.latency)
    if name is None or len(now) == 0:
        return {}, None
    measured, then = quantiles(now), quantiles(before) if len(before) else {}
    ends = {
        f"{k}{end}": number(value)
        for k, values in measured.items()
        for end, value in zip(("", "_low", "_high"), values, strict=True)
    }
    train = Quantiles(**{k: number(v[0]) for k, v in then.items()})
    latency, budget = Latency(n=len(now), train=train, **ends), config.latency_budget_ms
    if budget is None:
        return {"latency_ms": latency}, None
    over, n, n_train = int((now > budget).sum()), len(now), len(before)
    slow, peak = _slow_sites(live, budget, context.roles.site)
    p95, p99 = measured["p95"], measured["p99"]
    verdict = Verdict.QUIET if p99[2] <= budget else Verdict.CANNOT_JUDGE
    if n < FEWEST_CALLS:
        verdict = Verdict.CANNOT_JUDGE
    elif p95[1] > budget or slow:
        verdict = Verdict.ALARM
    elif p99[1] > budget:
        verdict = Verdict.WATCH
    share_train = cell_share(int((before > budget).sum()), n_train)
    found = SlowAnswers(
        verdict=verdict,
        columns=(name,),
        effect=share_effect("over_budget_share", over, n, share_train, n_train),
        rows_affected=over,
        slices=tuple(slow),
        budget=budget,
        p95=p95,
        p99=p99,
        peak=peak,
    )
    return {"latency_ms": latency.having(budget=budget, over_budget=number(over / n))}, found


def _slow_sites(
    live: Scored, budget: float, site: str | None
) -> tuple[list[SliceShare], tuple[int, int] | None]:
    """Sites whose 95th percentile is above the budget with its whole interval, worst first, and the hours of the day at which
    the worst is slow (``None`` when it is slow all day or times are not known).
    """
    coded, latency = live.slices.get(site or ""), live.latency
    if coded is None or latency is None:
        return [], None
    known = np.isfinite(latency)
    at = {name: known & (coded.codes == i) for i, name in enumerate(coded.names)}
    slow = [
        s
        for s in _by_site(live, site, latency > budget, known)
        if quantiles(latency[at[s.value]])["p95"][1] > budget
    ]
    hour = hours(live)
    if not slow or hour is None:
        return slow, None
    parts = ((h, latency[at[slow[0].value] & (hour == h)]) for h in range(24))
    peak = [
        h
        for h, part in parts
        if len(part) >= FEWEST_OF_HOUR and float((part > budget).mean()) >= _PEAK_SHARE
    ]
    one_stretch = peak and len(peak) <= 12 and peak[-1] - peak[0] + 1 == len(peak)
    return slow, (peak[0], peak[-1] + 1) if one_stretch else None


def succeeded(status: Coded | None) -> tuple[Mask, Mask] | None:
    """Per row whether the status says success, and whether there is one; ``None`` when no known word for success occurs."""
    if status is None:
        return None
    good = np.array([n.strip().lower() in OK_WORDS for n in status.names] + [False])
    return (good[status.codes], status.codes >= 0) if good.any() else None


def _errors(context: Context) -> Parts:
    live, config = context.live, context.config
    name = config.operations.status if config.operations else None
    now, earlier = succeeded(live.status), succeeded(context.train.status)
    if name is None or now is None or live.status is None or not now[1].any():
        return {}, None
    ok, here = now
    n, failed = int(here.sum()), int((here & ~ok).sum())
    n_train = int(earlier[1].sum()) if earlier else 0
    before = int((earlier[1] & ~earlier[0]).sum()) if earlier else 0
    low, high = (float(end) for end in wilson(failed, n))
    success = Success(
        n=n,
        live=number(1 - failed / n),
        low=number(1 - high),
        high=number(1 - low),
        days=covered_days(live),
    )
    counts = np.bincount(live.status.codes[here], minlength=len(live.status.names))
    status = {
        v: None if is_small(int(c)) else int(c)
        for v, c in zip(live.status.names, counts, strict=True)
    }
    then = before / n_train if n_train else 0.0
    most = float(wilson(before, n_train, Z99)[1]) if n_train else 0.0
    verdict = of_rise(
        failed / n - then,
        real=exceeds(failed, n, most),
        alarm=ERROR_ALARM,
        watch=ERROR_WATCH,
        enough=n >= FEWEST_CALLS,
    )
    effect = share_effect("error_share", failed, n, then, n_train)
    if is_small(before):
        effect = Effect.between("error_share", None, effect.live, n=(n_train, n))
    elif not n_train:
        effect = effect.model_copy(update={"train": None})
    found = FailedRequests(
        verdict=verdict,
        columns=(name,),
        effect=effect,
        rows_affected=failed,
        slices=tuple(_by_site(live, context.roles.site, here & ~ok, here)),
        count_train=before,
        success=1 - high,
    )
    return {"success": success, "status": status}, found


def _by_site(live: Scored, site: str | None, hits: Mask, among: Mask) -> list[SliceShare]:
    """Share of ``hits`` per site, worst first; sites with too few rows, and shares that show 1 to 10 rows, are left out."""
    coded = live.slices.get(site or "")
    if coded is None:
        return []
    found = []
    for i, name in enumerate(coded.names):
        here = among & (coded.codes == i)
        n, count = int(here.sum()), int((here & hits).sum())
        if n >= FEWEST_OF_SLICE and not is_small(count):
            found.append(SliceShare(by="site", value=name, n=n, effect=number(count / n)))
    return sorted(found, key=lambda s: -(s.effect or 0.0))


def _late(context: Context) -> Parts:
    live, config = context.live, context.config
    name = config.operations.received_time if config.operations else None
    train, seconds = context.train, seconds_between(live.time, live.received)
    before = _finite(seconds_between(train.time, train.received))
    known = np.isfinite(seconds)
    if name is None or not known.any() or len(before) < FEWEST_CALLS:
        return {}, None
    limit = float(np.quantile(before, _LATE_AT))
    late = known & (seconds > limit)
    n, count, then = int(known.sum()), int(late.sum()), float((before > limit).mean())
    low, high = (float(end) for end in wilson(count, n))
    middle, p95 = (number(float(q)) for q in np.quantile(seconds[known], [0.5, 0.95]))
    delay = {"limit_s": limit, "delay_p50_s": middle, "delay_p95_s": p95}
    arrived = Late(n=n, live=number(count / n), low=number(low), high=number(high), **delay)
    ready = LiveValue(low=number(1 - high), live=number(1 - count / n), n=n)
    verdict = of_rise(
        count / n - then,
        real=exceeds(count, n, then),
        alarm=LATE_ALARM,
        watch=LATE_WATCH,
        enough=n >= FEWEST_CALLS,
    )
    found = LateInputs(
        verdict=verdict,
        columns=(name,),
        effect=share_effect("late_share", count, n, then, len(before)),
        rows_affected=count,
        slices=tuple(_by_site(live, context.roles.site, late, known)),
        limit=limit,
    )
    return {"late": arrived, "inputs_ready": ready}, found


def _by_hour(live: Scored) -> tuple[Hour, ...]:
    """Requests, latency and success per hour of the day; hours with 1 to 10 requests carry no figures."""
    hour, status = hours(live), succeeded(live.status)
    if hour is None:
        return ()
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
            if status is not None and (among := here & status[1]).any():
                good, total = int((among & status[0]).sum()), int(among.sum())
                low, high = (number(float(v)) for v in wilson(good, total))
                if not is_small(total - good):
                    row = row.having(success=number(good / total), low=low, high=high)
        rows.append(row)
    return tuple(rows)


LOADS = (1, 10, 100)
REQUESTS, WARM_UP = 6_000, 1_000
FEWEST_CALLS = 200
MOST_WORKERS = 2_000


def capacity(context: Context, out: Outcomes) -> None:
    """``Capacity`` of operations: workers needed to keep the budget at 1, 10 and 100 times the load of the busiest hour."""
    live, budget = context.live, context.config.latency_budget_ms
    hour, days = hours(live), covered_days(live)
    if live.latency is None or hour is None or not days or budget is None:
        return
    service = live.latency[np.isfinite(live.latency) & (live.latency > 0)]
    if len(service) < FEWEST_CALLS:
        return
    busiest = float(np.bincount(hour[hour >= 0], minlength=24).max()) / days
    rng = np.random.default_rng(context.config.seed)
    found = Capacity(
        simulation=True,
        busiest_hour=number(busiest),
        service_ms_mean=number(float(service.mean())),
        budget_ms=budget,
        loads=tuple(_load(service, busiest * load, load, budget, rng) for load in LOADS),
    )
    out.add(operations=out.measured.operations.having(capacity=found))


def _load(
    service: FloatArray, per_hour: float, load: int, budget: float, rng: np.random.Generator
) -> Load:
    row = Load(load=load, per_hour=number(per_hour))
    if float(np.quantile(service, 0.95)) > budget:
        why = "the answers themselves take longer than the budget; workers do not help"
        return row.having(workers=None, why=why)
    found = workers_needed(service, per_hour / 3_600_000, budget, rng)
    if found is None:
        return row.having(workers=None, why=f"more than {MOST_WORKERS:,} workers")
    workers, p95 = found
    busy = per_hour / 3_600_000 * float(service.mean()) / workers
    return row.having(workers=workers, p95_ms=number(p95), utilisation=number(busy))


def workers_needed(
    service: FloatArray, per_ms: float, budget: float, rng: np.random.Generator
) -> tuple[int, float] | None:
    """Fewest workers with which 95 % of answers, waiting included, come within ``budget`` ms, and that percentile."""
    gaps = rng.exponential(1 / per_ms, REQUESTS)
    taken = rng.choice(service, REQUESTS)
    low = max(1, int(per_ms * float(service.mean())))  # fewer cannot keep up
    high = low
    while (p95 := response(gaps, taken, high)) > budget:
        low, high = high + 1, 2 * high
        if high > MOST_WORKERS:
            return None
    best = high, p95
    while low < high:
        middle = (low + high) // 2
        p95 = response(gaps, taken, middle)
        if p95 <= budget:
            high, best = middle, (middle, p95)
        else:
            low = middle + 1
    return best


def response(gaps: FloatArray, service: FloatArray, workers: int) -> float:
    """95th percentile of waiting plus service in ms, for requests ``gaps`` ms apart; the first ones warm the queue up."""
    free = [0.0] * workers
    arrivals = np.cumsum(gaps)
    answered = np.empty(len(gaps))
    for i, (at, takes) in enumerate(zip(arrivals.tolist(), service.tolist(), strict=True)):
        done = max(at, heapq.heappop(free)) + takes
        heapq.heappush(free, done)
        answered[i] = done - at
    return float(np.quantile(answered[WARM_UP:], 0.95))
