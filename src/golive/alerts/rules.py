"""Thresholds of alerts, resolved for one observation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from golive.model.finding import Route, Severity
from golive.model.monitoring import Observation


@dataclass(frozen=True)
class Rule:
    """What holds for the observations it fits: all of them when neither a kind nor columns are named."""

    kind: str | None = None
    columns: tuple[str, ...] = ()
    ignore: bool = False
    on: Literal["alarm", "watch"] = "alarm"
    at_least: float | None = None
    persist: tuple[int, int] = (2, 3)
    severity: Severity | None = None
    route: Route | None = None

    def fits(self, observation: Observation) -> bool:
        """Whether the rule is about this observation."""
        named = not self.columns or bool(set(self.columns) & set(observation.columns))
        return named and self.kind in (None, observation.kind)


_AT_ONCE = Rule(persist=(1, 1))


@dataclass(frozen=True)
class Rules:
    """Rules in order, then the default. ``clear_after`` batches without the trouble end an alert.

    ``escalate_after`` is how long an alert may stay unacknowledged; ``escalate_to`` the route that hears of it then.
    """

    default: Rule = Rule()
    rules: tuple[Rule, ...] = ()
    clear_after: int = 3
    escalate_after: timedelta | None = None
    escalate_to: str = ""

    def of(self, observation: Observation) -> Rule:
        """The first rule that fits. Trouble with the feed itself is raised at once: waiting would not tell more."""
        default = _AT_ONCE if observation.kind.startswith("batch_") else self.default
        return next((r for r in self.rules if r.fits(observation)), default)

    def crosses(self, observation: Observation) -> bool:
        """Whether the observation is over its threshold."""
        rule = self.of(observation)
        high = observation.level == "alarm" or (rule.on == "watch" and observation.level == "watch")
        return high and (rule.at_least is None or abs(observation.size or 0.0) >= rule.at_least)

    @property
    def longest(self) -> int:
        """Batches that a decision looks back on."""
        windows = [self.default.persist[1], *(r.persist[1] for r in self.rules)]
        return max(*windows, self.clear_after, 2)
