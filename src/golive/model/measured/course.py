"""Performance over time, without outcomes, and of several model versions."""

from __future__ import annotations

from pydantic import Field

from golive.model.measured.intervals import Interval, LiveInterval, Metric, ResultPart


class Window(ResultPart):
    """One window of live time, from ``start``; one of 1 to 10 rows carries no figures.

    ``alert_band`` and ``expected_band`` are what training lets expect; ``open`` says that outcomes may still come.
    """

    start: str
    n: int | None = None
    alert_rate: LiveInterval = LiveInterval()
    alert_band: tuple[float | None, float | None] | None = None
    mean_score: float | None = None
    estimated: LiveInterval = LiveInterval()
    outcomes: float | None = None
    open: bool | None = None
    n_cases: int | None = None
    n_events: int | None = None
    auroc: LiveInterval = LiveInterval()
    observed: float | None = None
    expected: float | None = None
    expected_band: tuple[float | None, float | None] | None = None
    inside: bool | None = None


class TimeLine(ResultPart):
    """Live data in windows of a ``day``, ``week`` or ``month``, in their order."""

    window: str | None = None
    rows: tuple[Window, ...] = ()


class ChangePoint(ResultPart):
    """The day on which the mean of a signal most likely changed."""

    signal: str
    date: str
    p_adjusted: float
    before: float
    after: float
    n_before: int
    n_after: int


class SameSeason(ResultPart):
    """Live data against the same weekdays or months of training, where training has them; else ``why`` not."""

    covered: bool
    why: str = ""
    alert_rate: Metric = Metric()
    mean_score: Metric = Metric()
    event_rate: Metric = Metric()


class Seasons(ResultPart):
    """Live data against the same weekdays and the same months of training."""

    weekday: SameSeason | None = None
    month: SameSeason | None = None


class WithoutOutcomes(ResultPart):
    """Performance expected from scores alone beside what was ``realised``, or why it must not be estimated (``refused``)."""

    refused: tuple[str, ...] = ()
    auroc: Metric = Metric()
    sensitivity: float | None = None
    ppv: float | None = None
    prevalence: float | None = None
    realised: float | None = None


class Version(ResultPart):
    """One model version: its rows, their dates, its alert rate and, where outcomes allow, its AUROC."""

    version: str
    n: int | None = None
    first: str | None = None
    last: str | None = None
    alert_rate: LiveInterval = LiveInterval()
    n_events: int | None = None
    auroc_value: float | None = Field(None, alias="auroc")
    auroc_low: float | None = None
    auroc_high: float | None = None

    @property
    def auroc(self) -> Interval:
        """AUROC of this version."""
        return Interval(value=self.auroc_value, low=self.auroc_low, high=self.auroc_high)


class OfTwoVersions(ResultPart):
    """One figure of two versions that answer in the same time, and the second minus the first with its interval."""

    first_value: float | None = Field(None, alias="first")
    first_low: float | None = None
    first_high: float | None = None
    second_value: float | None = Field(None, alias="second")
    second_low: float | None = None
    second_high: float | None = None
    change_value: float | None = Field(None, alias="change")
    change_low: float | None = Field(None, alias="low")
    change_high: float | None = Field(None, alias="high")

    @property
    def first(self) -> Interval:
        """The value of the first version."""
        return Interval(value=self.first_value, low=self.first_low, high=self.first_high)

    @property
    def second(self) -> Interval:
        """The value of the second version."""
        return Interval(value=self.second_value, low=self.second_low, high=self.second_high)

    @property
    def change(self) -> Interval:
        """Second minus first."""
        return Interval(value=self.change_value, low=self.change_low, high=self.change_high)


class MatchedGain(Interval):
    """AUROC of the second version minus the first on the same ``n`` cases."""

    value: float | None = Field(None, alias="auroc_gain")
    low: float | None = Field(None, alias="auroc_gain_low")
    high: float | None = Field(None, alias="auroc_gain_high")
    n: int | None = None
    n_events: int | None = None


class SideBySide(ResultPart):
    """Two versions that answer in the same time: on different cases, and on cases that both scored."""

    first: str
    second: str
    since: str
    alert_rate: OfTwoVersions = OfTwoVersions()
    mean_score: OfTwoVersions = OfTwoVersions()
    auroc: OfTwoVersions = OfTwoVersions()
    matched: MatchedGain | None = None


class Versions(ResultPart):
    """Share of live rows that name their version, each version, and the two largest side by side."""

    known: float | None = None
    each: tuple[Version, ...] = ()
    side_by_side: SideBySide | None = None
