"""Performance of one group against the others, and of the model against something simpler."""

from __future__ import annotations

from pydantic import Field

from golive.model.measured.intervals import Interval, LiveValue, ResultPart


class Group(ResultPart):
    """One group of live patients. ``by`` names the column, ``value`` the group; ``enough`` says whether it may be judged.

    ``metrics`` are by name; ``gaps`` are the group's value minus everyone's, ``p_adjusted`` of the gap to the other groups.
    """

    by: str
    value: str
    n: int | None = None
    enough: bool = False
    n_events: int | None = None
    metrics: dict[str, LiveValue] = Field(default_factory=dict)
    gaps: dict[str, float | None] = Field(default_factory=dict)
    p_adjusted: dict[str, float | None] = Field(default_factory=dict)

    @property
    def name(self) -> str:
        """``site C1``."""
        return f"{self.by} {self.value}"


class GroupRate(ResultPart):
    """A rate of one group."""

    group: str
    rate: float | None


class RateGap(ResultPart):
    """How far apart a rate lies between groups, and how far it would by ``chance`` (95th percentile) were they all equal."""

    rate: str
    difference: float | None
    ratio: float | None
    chance: float | None
    beyond_chance: bool
    lowest: GroupRate
    highest: GroupRate


class Parity(ResultPart):
    """The groups of one column at the threshold, by the measures that the field names so."""

    by: str
    groups: int
    demographic_parity: RateGap
    equal_opportunity: RateGap
    equalized_odds: RateGap


class GainOver(Interval):
    """AUROC of the model minus that of ``what``."""

    value: float | None = Field(None, alias="gain")
    what: str = ""


class Baselines(ResultPart):
    """Gain of the model over the event rate, the best column alone, a simple model, and the rule in use today."""

    n_events: int | None = None
    prevalence: GainOver = GainOver()
    single: GainOver = GainOver()
    simple: GainOver = GainOver()
    rule: GainOver = GainOver()
