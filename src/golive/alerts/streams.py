"""Observations of a batch as streams: what is watched over time is a group of columns and a family of trouble.

A unit change seen on one day as a unit change and on the next as a distribution shift is one stream; the same column going
missing is another.
"""

from __future__ import annotations

from dataclasses import dataclass

from golive.alerts.rules import Rules
from golive.model.finding import SIGNAL_OF, Route, Severity, Signal
from golive.model.monitoring import Batch, Observation
from golive.wording.order import SEVERITIES

DOWNSTREAM = "outputs"
FEED = "feed"
_FAMILY = {
    Signal.SCHEMA: "schema",
    Signal.MISSINGNESS: "missing",
    Signal.DISTRIBUTION: "values",
    Signal.MEANING: "values",
    Signal.LABEL: DOWNSTREAM,
    Signal.PERFORMANCE: DOWNSTREAM,
    Signal.FAIRNESS: DOWNSTREAM,
    Signal.OUTPUT: DOWNSTREAM,
}
_RANK = {"cannot_judge": 0, "watch": 1, "alarm": 2}


@dataclass(frozen=True)
class Stream:
    """One stream that is not silent in one batch. ``crossing`` says whether it is over its threshold."""

    key: str
    family: str
    kind: str
    columns: tuple[str, ...]
    segment: str
    severity: Severity
    route: Route
    title: str
    crossing: bool
    persist: tuple[int, int]

    @property
    def group(self) -> tuple[str, str]:
        """Streams of one group that begin together have one cause."""
        return (DOWNSTREAM, "") if self.family == DOWNSTREAM else (self.kind, self.segment)


def family_of(observation: Observation) -> str:
    """``values``, ``missing``, ``schema``, ``outputs`` (what follows from inputs), ``feed``, or a family of its own."""
    signal = SIGNAL_OF.get(observation.kind)
    if signal is None:
        return FEED
    if signal is Signal.DISTRIBUTION and not observation.columns:
        return DOWNSTREAM
    return _FAMILY.get(signal, observation.kind)


def root_of(observation: Observation, by_id: dict[str, Observation]) -> Observation:
    """The observation that explains this one, following causes to their end."""
    seen = set()
    while observation.cause in by_id and observation.cause not in seen:
        seen.add(observation.cause)
        observation = by_id[observation.cause]
    return observation


def streams_of(batch: Batch, rules: Rules) -> dict[str, Stream]:
    """Streams of a batch by key. Observations that a rule ignores are left out, and so is what only they explain."""
    by_id = {o.finding: o for o in batch.observations}
    members: dict[str, list[tuple[Observation, Observation]]] = {}
    for one in batch.observations:
        root = root_of(one, by_id)
        if rules.of(root).ignore or rules.of(one).ignore:
            continue
        family = family_of(root)
        # Outputs are judged one by one: each may have a cause of its own. A feed has no columns.
        key = f"{family}:{'+'.join(sorted(root.columns)) or root.kind}"
        if family == DOWNSTREAM:
            key = f"{family}:{root.kind}"
        members.setdefault(key, []).append((one, root))
    return {key: _stream(key, held, rules) for key, held in members.items()}


def _stream(key: str, held: list[tuple[Observation, Observation]], rules: Rules) -> Stream:
    crossing = [(one, root) for one, root in held if rules.crosses(one)]
    lead = max(
        (root for _, root in crossing or held),
        key=lambda o: (_RANK[o.level], -SEVERITIES.index(o.severity), o.finding),
    )
    rule = rules.of(lead)
    columns = tuple(dict.fromkeys(c for one, _ in crossing or held for c in one.columns))
    return Stream(
        key=key,
        family=key.split(":", 1)[0],
        kind=lead.kind,
        columns=lead.columns or columns,
        segment=lead.segment,
        severity=rule.severity or lead.severity,
        route=rule.route or lead.route,
        title=lead.title,
        crossing=bool(crossing),
        persist=rules.persistence(lead),
    )
