"""When an alert opens and ends: thresholds as a monitor file writes them, resolved for one observation."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from golive.alerts.words import FEED_KINDS
from golive.model.columns import Noun
from golive.model.errors import nearest
from golive.model.finding import SIGNAL_OF, Route, Severity
from golive.model.monitoring import Observation

_SPAN = re.compile(r"(\d+)\s*([smhdw])")
_UNIT = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _span(value: object) -> object:
    found = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    return timedelta(**{_UNIT[found[2]]: int(found[1])}) if found else value


def _k_of_n(persist: tuple[int, int]) -> tuple[int, int]:
    k, n = persist
    if not 1 <= k <= n <= 30:
        msg = "it is [k, n] with 1 <= k <= n <= 30: k of the last n batches"
        raise ValueError(msg)
    return persist


def _known(kind: str) -> str:
    known = [*SIGNAL_OF, *FEED_KINDS]
    if kind not in known:
        msg = f"'{kind}' is no kind of finding. {nearest(kind, known)}"
        raise ValueError(msg)
    return kind


Span = Annotated[timedelta, BeforeValidator(_span)]
"""A length of time: ``30s``, ``15m``, ``6h``, ``1d``, ``1w``."""
Level = Literal["alarm", "watch"]
Persist = Annotated[tuple[int, int], AfterValidator(_k_of_n)]
"""``[k, n]``: k of the last n batches."""


class Rule(Noun):
    """What holds for findings of one kind, or of some columns, instead of the defaults. The first rule that fits wins.

    ``at_least`` is the change of the finding's effect (in its own unit) below which nothing is raised.
    """

    kind: Annotated[str, AfterValidator(_known)] | None = None
    columns: tuple[str, ...] = ()
    ignore: bool = False
    level: Level | None = None
    at_least: float | None = Field(default=None, gt=0)
    persist: Persist | None = None
    severity: Severity | None = None
    route: Route | None = None

    def fits(self, observation: Observation) -> bool:
        """Whether the rule is about this observation."""
        named = not self.columns or bool(set(self.columns) & set(observation.columns))
        return named and self.kind in (None, observation.kind)


_AT_ONCE = Rule(persist=(1, 1))


class Escalation(Noun):
    """An alert that nobody acknowledged ``after`` this long goes to the receivers of ``to`` as well."""

    after: Span = timedelta(hours=24)
    to: str


class Rules(Noun):
    """When an alert opens and ends: ``rules`` in their order, then the defaults beside them.

    It clears after ``clear_after`` batches without even a Watch.
    """

    level: Level = "alarm"
    persist: Persist = (2, 3)
    clear_after: int = Field(default=3, ge=1, le=30)
    escalate: Escalation | None = None
    rules: tuple[Rule, ...] = ()

    def of(self, observation: Observation) -> Rule:
        """The first rule that fits. Trouble with the feed itself is raised at once: waiting would not tell more."""
        default = _AT_ONCE if observation.kind.startswith("batch_") else Rule()
        return next((r for r in self.rules if r.fits(observation)), default)

    def persistence(self, observation: Observation) -> tuple[int, int]:
        """In k of how many last batches it has to be over its threshold."""
        return self.of(observation).persist or self.persist

    def crosses(self, observation: Observation) -> bool:
        """Whether the observation is over its threshold."""
        rule = self.of(observation)
        watched = (rule.level or self.level) == "watch" and observation.level == "watch"
        high = observation.level == "alarm" or watched
        return high and (rule.at_least is None or abs(observation.size or 0.0) >= rule.at_least)

    @property
    def longest(self) -> int:
        """Batches that a decision looks back on."""
        windows = (self.persist, *(r.persist or self.persist for r in self.rules))
        return max(*(n for _, n in windows), self.clear_after, 2)
