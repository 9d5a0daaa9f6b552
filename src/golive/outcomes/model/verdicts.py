"""One ladder for what falls and one for what rises, the limits they share, and effects whose small counts stay hidden."""

from __future__ import annotations

from golive.model.finding import Effect
from golive.model.kinds import Verdict
from golive.model.profile import cell_share
from golive.stats.estimate import Z99, Estimate, change, number, wilson

FEWEST = 20
"""Events and non-events below which nothing is said of performance."""

ALARM_DROP, PASS_DROP = 0.03, 0.05
"""A drop of the primary metric that matters, and the drop that must be excluded before the answer is "quiet"."""


def of_drop(
    d: float,
    low: float,
    high: float,
    *,
    enough: bool = True,
    sure: bool = True,
    alarm: float = ALARM_DROP,
    passed: float = PASS_DROP,
) -> Verdict:
    """Of a change ``d`` with its 95 % interval: alarm when it lies below 0 and is as large as ``alarm``, else watch when it
    lies below 0; quiet when a drop of ``passed`` is excluded. ``sure``: beyond the stricter limit that an alarm may need.
    """
    if not enough:
        return Verdict.CANNOT_JUDGE
    if sure and high < 0 and d <= -alarm:
        return Verdict.ALARM
    if high < 0:
        return Verdict.WATCH
    return Verdict.QUIET if low > -passed else Verdict.CANNOT_JUDGE


def of_rise(rise: float, *, real: bool, alarm: float, watch: float, enough: bool = True) -> Verdict:
    """Of a rise that is ``real`` (beyond chance) or not, against the sizes that matter."""
    if not enough:
        return Verdict.CANNOT_JUDGE
    if real and rise >= alarm:
        return Verdict.ALARM
    return Verdict.WATCH if real and rise >= watch else Verdict.QUIET


def effect_of(name: str, before: Estimate, now: Estimate, n: tuple[int, int]) -> Effect:
    """A finding's effect from two estimates on ``n`` training and live rows."""
    d, low, high = map(number, change(before, now))
    both = Effect.between(name, number(before.value), number(now.value), n=n, interval=(low, high))
    return both.model_copy(update={"change": d})


def share_effect(name: str, count: int, n: int, then: float | None, n_train: int) -> Effect:
    """The live share ``count`` of ``n`` against the share ``then`` of training, which is taken as it is: Wilson's interval, of
    the live share itself where training's is not known. A share of 1 to 10 rows is not given, and neither is its change.
    """
    live, start = cell_share(count, n), then or 0.0
    low, high = (float(end) - start for end in wilson(count, n))
    interval = (None, None) if live is None else (low, high)
    return Effect.between(name, then, live, n=(n_train, n), interval=interval)


def exceeds(count: int, n: int, share: float) -> bool:
    """Whether ``count`` of ``n`` is more than a ``share`` (0 to 1) beyond chance: Wilson's lower bound at 99 %."""
    return float(wilson(count, n, Z99)[0]) > share
