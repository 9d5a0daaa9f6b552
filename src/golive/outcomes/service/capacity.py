"""What at ten and a hundred times the load: a simulated queue of the measured answers. A simulation, never a measurement.

Requests come at random at the rate of the busiest hour (Poisson), each takes as long as an answer that was measured, and any of
``c`` workers takes the next one waiting (M/G/c, first come first served). Measured times already hold some waiting, so the number
of workers is rather too high than too low.
"""

from __future__ import annotations

import heapq

import numpy as np

from golive.model.measured.service import Capacity, Load
from golive.model.profile import FloatArray
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.service.outputs import covered_days
from golive.outcomes.service.service import hours
from golive.stats.estimate import number

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
