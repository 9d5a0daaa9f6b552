"""What an assessment says of outcomes and of the service: the ``performance`` of a result, complete and typed.

Shares are 0 to 1, times of the day hours, durations in the unit of their name, dates ISO 8601. Counts of 1 to 10 are ``None``.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from golive.model.measured.course import ChangePoint, Seasons, TimeLine, Versions, WithoutOutcomes
from golive.model.measured.generated_text import GeneratedText
from golive.model.measured.groups import Baselines, Group, Parity
from golive.model.measured.intervals import LiveInterval, Metric, ResultPart
from golive.model.measured.service import (
    AlertLoad,
    BadInput,
    ContractAnswers,
    Feedback,
    Operations,
    Reconstruction,
    Skew,
    Usage,
    WriteBack,
)


class Sizes(ResultPart):
    """Number of rows, or of patients, on both sides."""

    train: int | None = None
    live: int | None = None


class CaseCounts(ResultPart):
    """Rows of one side: of the table, left out by reason, and the ``n`` that were judged, ``n_events`` of them events."""

    rows: int | None = None
    repeated: int | None = None
    unscored: int | None = None
    outside: int | None = None
    unlabelled: int | None = None
    unknown_labels: int | None = None
    n: int | None = None
    n_events: int | None = None


class CountsOfBoth(ResultPart):
    """Rows of both sides."""

    train: CaseCounts = CaseCounts()
    live: CaseCounts = CaseCounts()


class Brier(Metric):
    """The Brier score; ``*_skill`` is the gain over always saying the event rate of that side (1 is perfect, 0 none)."""

    train_skill: float | None = None
    live_skill: float | None = None


class Calibration(ResultPart):
    """Whether probabilities hold. ``subgroup_ece_spread`` is how far the calibration error of groups lies apart."""

    n_events: int | None = None
    n_nonevents: int | None = None
    intercept: Metric = Metric()
    slope: Metric = Metric()
    observed_expected: Metric = Metric()
    ece: Metric = Metric()
    subgroup_ece_spread: float | None = None


class PerDay(ResultPart):
    """Live rows and alerts a day, over the ``days`` that the data covers."""

    patients: float | None = None
    alerts: float | None = None
    days: int | None = None


class AtThreshold(ResultPart):
    """Shares at the operating threshold; ``needed_to_evaluate`` alerts are looked at for one true one."""

    threshold: float | None = None
    n_events: int | None = None
    n_nonevents: int | None = None
    sensitivity: Metric = Metric()
    specificity: Metric = Metric()
    ppv: Metric = Metric()
    npv: Metric = Metric()
    alert_rate: Metric = Metric()
    balanced_accuracy: Metric = Metric()
    needed_to_evaluate: LiveInterval = LiveInterval()
    alerts_per_100: LiveInterval = LiveInterval()
    per_day: PerDay = PerDay()


class NetBenefit(ResultPart):
    """Net benefit of the model with its interval, of treating everyone, and of the ``rule`` in use today."""

    n_events: int | None = None
    model: float | None = None
    low: float | None = None
    high: float | None = None
    treat_all: float | None = None
    rule: float | None = None
    workups_per_true_positive: float | None = None
    capacity: float | None = None


class CalibrationPoint(ResultPart):
    """One bin of scores: mean promised risk, observed share with its interval."""

    expected: float
    observed: float
    low: float
    high: float
    n: int | None = None
    n_events: int | None = None


class ThresholdStep(ResultPart):
    """Counts at one threshold; ``None`` where a count is 1 to 10 or would give one away."""

    threshold: float
    tp: int | None = None
    fp: int | None = None
    fn: int | None = None
    tn: int | None = None


class Curves(ResultPart):
    """What is drawn of one side; ``roc`` are points (1 - specificity, sensitivity)."""

    roc: tuple[tuple[float, float], ...] = ()
    calibration: tuple[CalibrationPoint, ...] = ()
    thresholds: tuple[ThresholdStep, ...] = ()


class CurvesOfBoth(ResultPart):
    """What is drawn of both sides."""

    train: Curves = Curves()
    live: Curves = Curves()


class ScoreHistogram(ResultPart):
    """Rows per bin of scores on both sides; ``edges`` has one more entry than there are bins."""

    edges: tuple[float, ...] = ()
    train: tuple[int | None, ...] = ()
    live: tuple[int | None, ...] = ()


class ClassFigures(ResultPart):
    """One class against all others on live data; classes of 1 to 10 rows carry no figures."""

    name: str = Field(alias="class")
    n: int | None = None
    sensitivity: LiveInterval | None = None
    ppv: LiveInterval | None = None
    auroc: LiveInterval | None = None


class OutcomeLabels(ResultPart):
    """Share of live rows with an outcome, and the days until it was known. ``before_the_row`` were known too early."""

    coverage: float | None = None
    n: int | None = None
    delay_days_p50: float | None = None
    delay_days_p95: float | None = None
    before_the_row: int | None = None


class LeadTime(ResultPart):
    """Hours from a true alert to its outcome."""

    n: int | None = None
    hours_p25: float | None = None
    hours_p50: float | None = None
    hours_p75: float | None = None


class WithoutRows(ResultPart):
    """What the rows of a data problem do to the AUROC: in them, beside them, and ``change``, the gain had they never come."""

    n_affected: int
    share: float | None = None
    n_events: int | None = None
    affected: float | None = None
    affected_low: float | None = None
    affected_high: float | None = None
    unaffected: float | None = None
    unaffected_low: float | None = None
    unaffected_high: float | None = None
    change: float
    low: float
    high: float


class Issue(WithoutRows):
    """A data problem, by the id of its finding, and what its rows cost."""

    finding: str
    kind: str = ""
    title: str = ""


class NotMeasured(ResultPart):
    """A data problem whose cost cannot be measured, and why."""

    finding: str
    title: str
    why: str


class Impact(ResultPart):
    """Data problems by what their rows cost, the costliest first; ``together`` is of all their rows."""

    metric: str | None = None
    n: int | None = None
    n_events: int | None = None
    complete: bool | None = None
    issues: tuple[Issue, ...] = ()
    together: WithoutRows | None = None
    not_measured: tuple[NotMeasured, ...] = ()
    caveat: str = ""


class Leakage(ResultPart):
    """Whether accuracy may be too good to be true: ids of training in live data, and features that know the outcome.

    ``overlap`` is the share of live ids in ``column`` that training has too; ``at_most`` says that it may be smaller;
    ``patients`` says that the ids are people. ``suspects`` of the features ``looked_at`` give the outcome away alone.
    """

    overlap: float | None = None
    at_most: bool | None = None
    column: str | None = None
    patients: bool | None = None
    n_train: int | None = None
    n_live: int | None = None
    suspects: tuple[str, ...] | None = None
    looked_at: tuple[str, ...] = ()
    split: Literal["temporal", "site", "random"] | None = None


class Validation(ResultPart):
    """A validation of the model on other patients: of another time, place or institution; ``kappa`` of its raters."""

    split: Literal["temporal", "site", "external"] | None = None
    n_events: int | None = None
    n_nonevents: int | None = None
    kappa: float | None = None


class SilentRun(ResultPart):
    """A run without showing answers to anyone: its days, events and drop in performance."""

    days: float | None = None
    n_events: int | None = None
    drop: float | None = None


class Scope(ResultPart):
    """Share of live rows outside what training covered, its upper bound, and how many of them were scored."""

    out_of_scope: float | None = None
    high: float | None = None
    scored_out_of_scope: float | None = None


class Sites(ResultPart):
    """How much worse the worst site is than all together."""

    gap: float | None = None


class Performance(ResultPart):
    """All that is known of outcomes, outputs and the service.

    ``task`` says what is predicted. ``windows`` are consecutive good stretches of live time up to the last. The figures of an
    event, of classes and of a quantity stand beside each other; ``metric`` finds one by its name.
    """

    task: Literal["event", "classes", "quantity"] | None = None
    primary_metric: str = "auroc"
    n: Sizes = Sizes()
    patients: Sizes = Sizes()
    counts: CountsOfBoth = CountsOfBoth()
    prevalence: Metric = Metric()
    auroc: Metric = Metric()
    auprc: Metric = Metric()
    brier: Brier = Brier()
    log_loss: Metric = Metric()
    balanced_accuracy: Metric = Metric()
    accuracy: Metric = Metric()
    macro_recall: Metric = Metric()
    macro_f1: Metric = Metric()
    macro_auroc: Metric = Metric()
    mae: Metric = Metric()
    rmse: Metric = Metric()
    bias: Metric = Metric()
    r2: Metric = Metric()
    calibration: Calibration = Calibration()
    at_threshold: AtThreshold = AtThreshold()
    net_benefit: NetBenefit | None = None
    curves: CurvesOfBoth = CurvesOfBoth()
    score_histogram: ScoreHistogram = ScoreHistogram()
    by_class: tuple[ClassFigures, ...] = ()
    subgroups: tuple[Group, ...] = ()
    pairs: tuple[Group, ...] = ()
    parity: tuple[Parity, ...] = ()
    baseline: Baselines = Baselines()
    estimated: WithoutOutcomes = WithoutOutcomes()
    versions: Versions = Versions()
    time_line: TimeLine = TimeLine()
    windows: int | None = None
    change_points: tuple[ChangePoint, ...] = ()
    season: Seasons = Seasons()
    labels: OutcomeLabels = OutcomeLabels()
    lead_time: LeadTime = LeadTime()
    impact: Impact = Impact()
    bad_input: BadInput = BadInput()
    leakage: Leakage = Leakage()
    skew: Skew = Skew()
    operations: Operations = Operations()
    alerts: AlertLoad = AlertLoad()
    feedback: Feedback = Feedback()
    usage: Usage = Usage()
    write_back: WriteBack = WriteBack()
    contract: ContractAnswers = ContractAnswers()
    validation: Validation = Validation()
    silent: SilentRun = SilentRun()
    scope: Scope = Scope()
    sites: Sites = Sites()
    reconstruction: Reconstruction = Reconstruction()
    generated_text: GeneratedText = GeneratedText()

    def metric(self, name: str) -> Metric:
        """The figure ``name``, wherever it stands: overall, at the threshold or of calibration; empty when not measured."""
        for place in (self, self.at_threshold, self.calibration):
            found = getattr(place, name, None)
            if isinstance(found, Metric) and found:
                return found
        return Metric()
