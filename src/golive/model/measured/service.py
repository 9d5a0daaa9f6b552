"""The service around the model as its log tells it: answers, alerts, use, write-back, refused inputs."""

from __future__ import annotations

from pydantic import Field

from golive.model.measured.intervals import LiveValue, ResultPart


class Quantiles(ResultPart):
    """Median, 95th and 99th percentile of answer times (ms)."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


class Latency(Quantiles):
    """Answer times of ``n`` live calls (ms) with intervals, those of training, and the share over the ``budget``."""

    n: int | None = None
    p50_low: float | None = None
    p50_high: float | None = None
    p95_low: float | None = None
    p95_high: float | None = None
    p99_low: float | None = None
    p99_high: float | None = None
    train: Quantiles = Quantiles()
    budget: float | None = None
    over_budget: float | None = None


class Success(LiveValue):
    """Share of calls that succeed, over the ``days`` that the log covers."""

    days: int | None = None


class Late(LiveValue):
    """Share of inputs that arrive later than ``limit_s`` seconds, and the median and 95th percentile of their delay."""

    limit_s: float | None = None
    delay_p50_s: float | None = None
    delay_p95_s: float | None = None


class Hour(ResultPart):
    """One hour of the day: requests, answer times (ms) and the share that succeeds with its interval."""

    hour: int
    n: int | None = None
    p50: float | None = None
    p95: float | None = None
    success: float | None = None
    low: float | None = None
    high: float | None = None


class Load(ResultPart):
    """A multiple of the load and the ``workers`` that keep the budget; ``why`` no number of them does."""

    load: int
    per_hour: float | None = None
    workers: int | None = None
    why: str = ""
    p95_ms: float | None = None
    utilisation: float | None = None


class Capacity(ResultPart):
    """A simulated queue of the measured answers, at multiples of the load of the busiest hour."""

    simulation: bool | None = None
    busiest_hour: float | None = None
    service_ms_mean: float | None = None
    budget_ms: float | None = None
    loads: tuple[Load, ...] = ()


class Operations(ResultPart):
    """The service log. ``status`` counts calls by their status."""

    latency_ms: Latency = Latency()
    success: Success = Success()
    status: dict[str, int | None] = Field(default_factory=dict)
    late: Late = Late()
    inputs_ready: LiveValue = LiveValue()
    by_hour: tuple[Hour, ...] = ()
    capacity: Capacity = Capacity()


class AlertLoad(ResultPart):
    """Alerts a day by site, the most at one (``load``, ``where``), the agreed limit, and the share that repeats in a day."""

    n: int | None = None
    days: int | None = None
    per_day: dict[str, float | None] = Field(default_factory=dict)
    load: float | None = None
    per_shift: float | None = None
    where: str | None = None
    limit: float | None = None
    repeats: float | None = None


class Feedback(ResultPart):
    """Outputs that somebody answered, the share overridden, and the share of these with a reason."""

    n: int | None = None
    overrides: float | None = None
    reasons: float | None = None


class Usage(ResultPart):
    """Share of the ``eligible`` people who use it, and of feedback that was answered."""

    active: float | None = None
    eligible: int | None = None
    feedback_closed: float | None = None


class WriteBack(ResultPart):
    """Results written and those that reached the right patient; ``at_most`` says that fewer than 11 went wrong."""

    attempts: int | None = None
    right_patient: int | None = None
    at_most: bool | None = None


class BadInput(ResultPart):
    """Live rows with impossible, unreadable or wrongly scaled input, and the share of them that got no score."""

    n: int | None = None
    refused: float | None = None
    low: float | None = None
    high: float | None = None
    findings: tuple[str, ...] = ()


class Skew(ResultPart):
    """Cases in both files: the share of their values that differ, of scores that repeat; ``exact`` when nothing differs."""

    n: int | None = None
    share: float | None = None
    reproduced: float | None = None
    exact: bool | None = None


class ContractAnswers(ResultPart):
    """Of ``n`` live rows: the shares (0 to 1) that hold what breaks a term and still have an output, and that break a term
    of an input and have none (``abstained``).

    A share of 1 to 10 rows is ``None``. ``version`` is the contract's; ``all_terms`` is false where only part was looked at.
    """

    version: str | None = None
    n: int | None = None
    scored_violations: float | None = None
    abstained: float | None = None
    all_terms: bool | None = None


class Reconstruction(ResultPart):
    """Share of ``n`` sampled predictions that could be put together again from the log."""

    share: float | None = None
    n: int | None = None
