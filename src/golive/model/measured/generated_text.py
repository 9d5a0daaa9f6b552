"""Generated text as numbers: what reviewers found, what sources do not support, style, and a model's opinion. No text."""

from __future__ import annotations

from pydantic import Field

from golive.model.column_result import ColumnResult
from golive.model.measured.intervals import Interval, Metric, ResultPart, ShareInterval


class ReviewPlan(ResultPart):
    """How many more outputs to review. ``more`` is ``None`` when no number would show the limit at the present rate.

    ``total`` is the number of rated outputs that would do, ``half_width`` what the interval's half width then is.
    """

    rated: int
    more: int | None = None
    total: int | None = None
    half_width: float | None = None
    reason: str = ""


class TextChecks(ResultPart):
    """Share of outputs with a place that their source does not contain: of any kind, and by kind."""

    any: Metric = Metric()
    kinds: dict[str, Metric] = Field(default_factory=dict)


class ReviewerAgreement(ResultPart):
    """Cohen's kappa of two reviewers over ``n`` outputs, the share on which they agree, and how much each of them flags."""

    patients: int | None = None
    kappa: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    observed: float | None = None
    first_rate: float | None = None
    second_rate: float | None = None


class LengthHistogram(ResultPart):
    """Outputs per bin of words on both sides; ``n_train`` and ``n_live`` are all outputs of a side."""

    edges: tuple[float, ...] = ()
    train: tuple[float | None, ...] = ()
    live: tuple[float | None, ...] = ()
    n_train: int = 0
    n_live: int = 0


class TextLength(ResultPart):
    """Words per output: the median of both sides and the histogram."""

    live_median: float | None = None
    train_median: float | None = None
    histogram: LengthHistogram = LengthHistogram()


class TextStyle(ResultPart):
    """Shares of outputs that are empty, end without closing a sentence, or say a sentence twice."""

    empty: Metric = Metric()
    cut_off: Metric = Metric()
    repeats: Metric = Metric()


class Citations(ResultPart):
    """What outputs cite, held against their sources: ``held`` is the share that stands there, with its interval.

    ``n`` citations could be looked up and ``unchecked`` could not; ``share`` is ``held`` as far as it bears on readiness, else
    ``why`` says what is missing. ``n_outputs`` outputs could be checked, and ``citing`` is the share of them that cites.
    """

    n_outputs: int | None = None
    citing: float | None = None
    n: int | None = None
    unchecked: int | None = None
    share: float | None = None
    held: float | None = None
    low: float | None = None
    high: float | None = None
    why: str = ""


class Detector(ResultPart):
    """How well something singles out hallucinated outputs, beside their length alone (the ``longer`` or ``shorter`` ones)."""

    n: int
    hallucinated: int
    auroc: Interval
    length_auroc: Interval
    length_direction: str
    difference: Interval
    beats_length: bool


class JudgedBy(ResultPart):
    """Flags held against reviewers: agreement, kappa, and what is found and right of them."""

    agreement: float | None = None
    kappa: Interval = Interval()
    sensitivity: ShareInterval = ShareInterval()
    specificity: ShareInterval = ShareInterval()
    ppv: ShareInterval = ShareInterval()


class ByLength(JudgedBy):
    """The rival that flags as many of the ``longer`` or ``shorter`` outputs."""

    direction: str


class AgainstReviewers(JudgedBy):
    """A model's opinion held against ``n`` reviewed outputs, beside the rival that looks at length alone."""

    n: int
    patients: int
    hallucinated: int
    length: ByLength
    discrimination: Detector


class TextJudge(ResultPart):
    """A model's opinion of outputs: who was asked what, how much it flags, and what that is worth against reviewers.

    ``not_judged`` counts outputs without an answer by reason; ``why`` says why there is nothing to hold it against.
    """

    note: str = ""
    provider: str
    model: str
    host: str
    criteria: str
    asked: int
    judged: int
    not_judged: dict[str, int | None] = Field(default_factory=dict)
    flagged: ShareInterval = ShareInterval()
    against_reviewers: AgainstReviewers | None = None
    why: str = ""


class TextDescriptor(ResultPart):
    """One count of how a column of texts is written, live beside training, judged as any number column."""

    text: str
    words: str
    unit: str
    column: ColumnResult


class GeneratedText(ResultPart):
    """Generated text. ``unsupported`` is the rate that readiness rests on, ``rate`` the same on both sides, ``any`` the share
    of outputs with any hallucination; ``checks`` are questions, not a rate. ``rated_by`` is ``reviews`` where reviews given in
    GoLive took the place of a label column.
    """

    rows: int | None = None
    checked: int | None = None
    sampled: bool | None = None
    n_outputs: int | None = None
    raters: int | None = None
    label_kind: str | None = None
    unsupported: ShareInterval = ShareInterval()
    rate: Metric = Metric()
    any: Metric = Metric()
    patients: int | None = None
    severe: ShareInterval = ShareInterval()
    plan: ReviewPlan | None = None
    checks: TextChecks = TextChecks()
    agreement: ReviewerAgreement = ReviewerAgreement()
    length: TextLength = TextLength()
    style: TextStyle = TextStyle()
    kept_facts: Metric = Metric()
    citations: Citations | None = None
    detectors: dict[str, Detector] = Field(default_factory=dict)
    judge: TextJudge | None = None
    descriptors: tuple[TextDescriptor, ...] = ()
    rated_by: str | None = None
