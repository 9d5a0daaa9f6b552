"""What is said of groups of patients: one that the model serves worse, one too small to judge, none that differs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from golive.model.facts import Facts, Words
from golive.model.finding import Segment
from golive.model.kinds import Kind, Verdict
from golive.model.profile import is_small
from golive.stats.estimate import Estimate
from golive.wording.metrics import METRICS
from golive.wording.numbers import head_count, p_value, percent
from golive.wording.text import readable


@dataclass(frozen=True, kw_only=True)
class GroupGap(Facts):
    """The group is the segment. ``of`` holds each question on which it does worse (by metric): estimate and adjusted p.

    ``metric`` is the one that is told, ``gap`` the distance to the other groups (of observed to expected on the log scale).
    ``known``: training had the gap too. ``searched``: the crossed groups among which this one was found, or 0.
    """

    kind: Kind = Kind.SUBGROUP_GAP
    segment: Segment
    n_events: int
    of: Mapping[str, tuple[Estimate, float]]
    metric: str
    gap: float
    known: bool
    searched: int = 0

    @property
    def others(self) -> float:
        """The value of the other groups."""
        value = self.of[self.metric][0].value
        return value / math.exp(self.gap) if self._promised else value - self.gap

    @property
    def _promised(self) -> bool:
        return self.metric == "observed_expected"

    def words(self) -> Words:
        """Say what differs, and by how much."""
        estimate, metric = self.of[self.metric][0], METRICS[self.metric]
        by, value, n = self.segment.column, self.segment.value, self.rows_affected or 0
        say = (lambda v: f"{v:.2f}") if self._promised else metric.say
        ends = f"({say(estimate.low)} to {say(estimate.high)})"
        said = f"{metric.name} is {say(estimate.value)} {ends}"
        if self._promised:
            said = f"promised risk is off: {estimate.value:.2f} events for each one promised {ends}"
        evidence = [
            f"{METRICS[k].name}: {e.value:.3f} ({e.low:.3f} to {e.high:.3f}), adjusted {p_value(p)}"
            for k, (e, p) in self.of.items()
        ]
        if self.searched:
            evidence.append(
                f"found by searching {self.searched:,} crossed groups: confirm it on new data"
            )
        return Words(
            title=f"For {by} {value}, {said}; for the other groups {say(self.others)} (n = {n:,}, {self.n_events:,} events)",
            plain=self._plain(estimate.value),
            explanation="The average hides it: these patients get more of the errors. Corrected for all groups and questions looked at."
            + (" Training had this gap too." if self.known else ""),
            evidence=tuple(evidence),
            fix="Find out what is measured or recorded differently for these patients; repair it, recalibrate for the group, or narrow the scope until proven.",
        )

    def _plain(self, value: float) -> str:
        who = f"For {readable(self.segment.column)} {readable(self.segment.value)}"
        watch = self.verdict is Verdict.WATCH
        if self._promised:
            more = "more" if value > 1 else "fewer"
            return f"{who}, {more} outcomes {'may occur' if watch else 'occur'} than the model predicts."
        if self.metric == "auroc":
            return f"{who}, the model {'may rank' if watch else 'ranks'} patients less well than for the other groups."
        metric, few = METRICS[self.metric], is_small(round(value * self.n_events))
        values = "" if few else f": {metric.say(value)} against {metric.say(self.others)}"
        lower = f"{'may be' if watch else 'is'} lower than for the other groups"
        return f"{who}, {metric.name} {lower}{values}."


@dataclass(frozen=True, kw_only=True)
class NoGroupGap(Facts):
    """``groups`` of the columns and ``crossed`` groups were judged on ``n`` live cases, and none does worse."""

    kind: Kind = Kind.SUBGROUP_GAP
    verdict: Verdict = Verdict.QUIET
    groups: int
    crossed: int
    n: int

    def words(self) -> Words:
        """Say what was looked at."""
        columns = len(self.columns)
        return Words(
            title=f"No group does worse than the others beyond chance: {self.groups} groups of {columns} columns, {self.crossed} crossed groups (n = {self.n:,})",
            plain="Nothing shows that the model works less well for any of the groups that could be judged.",
            explanation="Asked of each: does the score rank, find and promise as well as for the others.",
        )


@dataclass(frozen=True, kw_only=True)
class GroupsTooSmall(Facts):
    """``unknown`` of ``n`` live cases are in ``small`` groups of a column; ``absent`` are groups that only training had.

    ``least``: rows that a group needs, and of these with and without the event.
    """

    kind: Kind = Kind.SUBGROUP_TOO_SMALL
    verdict: Verdict = Verdict.CANNOT_JUDGE
    unknown: int
    n: int
    small: tuple[str, ...]
    absent: tuple[str, ...]
    least: tuple[int, int]

    def words(self) -> Words:
        """Say how many patients that is, and which groups."""
        few, share, (rows, events) = (
            is_small(self.unknown),
            percent(self.unknown / self.n),
            self.least,
        )
        names = [*self.small, *(f"{name} (none live)" for name in self.absent)]
        listed = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
        shown = head_count(self.unknown).capitalize() if few else share
        said = f"{shown} of live patients with an outcome are in groups of {self.name} too small to judge"
        why = f"{'a few' if few else share} of the live patients with an outcome are in groups that are too small"
        if not self.unknown:
            said = f"No live patient with an outcome is in some groups of {self.name} that training had"
            why = "no live patient with an outcome is in some groups that the training data had"
        return Words(
            title=f"{said}{': ' + listed if listed else ''} (n = {self.n:,})",
            plain=f"Whether the model works for every group of {readable(self.name)} could not be judged, because {why}.",
            explanation=f"A group needs {rows} patients, {events} events and {events} patients without. Unknown is not the same as fine.",
            fix="Collect outcomes of these patients first, or say in the intended use that the model is unproven for them.",
        )
