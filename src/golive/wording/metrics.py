"""What every metric of a model is called, and how its values read: one table for pages, reports, findings and alerts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from golive.model.measured.intervals import Interval, Metric
from golive.model.measured.performance import Performance
from golive.wording.numbers import UNKNOWN, metric, percent

Say = Callable[[float], str]


@dataclass(frozen=True)
class MetricWords:
    """One metric: ``name`` within a sentence, ``title`` at its beginning, ``hint`` what it means.

    A ``share`` is said in percent and changes by percentage points; ``bounded`` metrics lie between 0 and 1.
    """

    key: str
    name: str
    title: str
    hint: str = ""
    share: bool = False
    bounded: bool = True

    @property
    def label(self) -> str:
        """``Sensitivity (cases found)``."""
        return f"{self.title} ({self.hint})" if self.hint else self.title

    @property
    def axis(self) -> str:
        """Title of an axis: ``Sensitivity (%)``."""
        return f"{self.title} (%)" if self.share else self.title

    def say(self, value: float | None) -> str:
        """A value: ``68 %`` or ``0.741``; a dash when unknown."""
        return UNKNOWN if value is None else percent(value) if self.share else metric(value)

    def step(self, value: float | None) -> str:
        """A change: ``+3.3 points`` or ``-0.088``; a dash when unknown."""
        if value is None:
            return UNKNOWN
        return f"{100 * value:+.1f} points" if self.share else f"{value:+.3f}"

    def with_interval(self, found: Interval) -> str:
        """A value with its interval: ``0.733 (0.710 to 0.754)``."""
        return _with_ends(found, self.say)

    def side(self, found: Metric, side: Literal["train", "live"]) -> str:
        """The value of one side with its interval; what would give away 1 to 10 patients is not shown."""
        return "not shown" if side in found.hidden else self.with_interval(getattr(found, side))

    def change(self, found: Metric) -> str:
        """Live minus training with its interval: ``+3.3 points (-0.7 to +7.3)``."""
        return _with_ends(found.change, self.step)


def _with_ends(found: Interval, say: Say) -> str:
    if found.value is None:
        return UNKNOWN
    ends = found.ends
    if ends is None:
        return say(found.value)
    low, high = (say(end).removesuffix(" points") for end in ends)
    return f"{say(found.value)} ({low} to {high})"


METRICS: dict[str, MetricWords] = {
    m.key: m
    for m in (
        MetricWords("auroc", "AUROC", "AUROC", "ranking of patients"),
        MetricWords("auprc", "average precision", "AUPRC", "average precision"),
        MetricWords("balanced_accuracy", "balanced accuracy", "Balanced accuracy", "mean of sensitivity and specificity"),
        MetricWords("sensitivity", "sensitivity", "Sensitivity", "cases found", share=True),
        MetricWords("specificity", "specificity", "Specificity", "non-cases left alone", share=True),
        MetricWords("ppv", "positive predictive value", "PPV", "alerts that are right", share=True),
        MetricWords("npv", "negative predictive value", "NPV", "silence that is right", share=True),
        MetricWords("alert_rate", "alert rate", "Alert rate", share=True),
        MetricWords("brier", "Brier score", "Brier score", "lower is better"),
        MetricWords("log_loss", "log loss", "Log loss", "lower is better", bounded=False),
        MetricWords("macro_auroc", "AUROC over classes (each against the rest)", "AUROC, mean over classes", "each against the rest"),
        MetricWords("macro_recall", "mean sensitivity over classes", "Sensitivity, mean over classes", share=True),
        MetricWords("macro_f1", "mean F1 over classes", "F1, mean over classes"),
        MetricWords("accuracy", "accuracy", "Accuracy", share=True),
        MetricWords("mae", "mean absolute error", "Mean absolute error", "lower is better", bounded=False),
        MetricWords("rmse", "root mean squared error", "Root mean squared error", "lower is better", bounded=False),
        MetricWords("bias", "mean error (predicted less observed)", "Mean error", "predicted less observed", bounded=False),
        MetricWords("r2", "share of variance explained (R2)", "R²", "share of variance explained", bounded=False),
        MetricWords("intercept", "calibration intercept", "Calibration intercept", "0 is best", bounded=False),
        MetricWords("slope", "calibration slope", "Calibration slope", "1 is best", bounded=False),
        MetricWords("observed_expected", "observed to expected", "Observed to predicted", "1 is best", bounded=False),
        MetricWords("ece", "calibration error", "Calibration error", "lower is better"),
    )
}  # fmt: skip
"""Every metric by its key in a result, in the order in which they are listed."""


def measured(performance: Performance) -> tuple[tuple[MetricWords, Metric], ...]:
    """Every metric that was measured, the primary one first and the others in the order of ``METRICS``."""
    keys = dict.fromkeys((performance.primary_metric, *METRICS))
    found = ((METRICS[key], performance.metric(key)) for key in keys if key in METRICS)
    return tuple((w, m) for w, m in found if m.train.known or m.live.known or m.hidden)


def cases(performance: Performance) -> str:
    """On how many rows performance rests: ``5,466 live rows with an outcome and an output, 494 of them events; 24,000 in
    training``.
    """
    n, events = performance.n, performance.counts.live.n_events
    if n.live is None:
        return ""
    tail = "" if events is None else f", {events:,} of them events"
    train = "" if n.train is None else f"; {n.train:,} in training"
    return f"{n.live:,} live rows with an outcome and an output{tail}{train}"
