"""How outcomes are said: percent with one decimal under 10, metrics to three digits, intervals in words."""

from __future__ import annotations

from datetime import date

from golive.stats.estimate import Estimate
from golive.wording.shares import cell, percent, rows, sizes

__all__ = ["NAMES", "cell", "day", "metric", "percent", "rows", "sizes", "span"]

NAMES = {
    "auroc": "AUROC",
    "auprc": "average precision",
    "balanced_accuracy": "balanced accuracy",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "ppv": "positive predictive value",
    "npv": "negative predictive value",
    "alert_rate": "alert rate",
    "brier": "Brier score",
    "log_loss": "log loss",
    "macro_auroc": "AUROC over classes (each against the rest)",
    "macro_recall": "mean sensitivity over classes",
    "macro_f1": "mean F1 over classes",
    "accuracy": "accuracy",
    "mae": "mean absolute error",
    "rmse": "root mean squared error",
    "bias": "mean error (predicted less observed)",
    "r2": "share of variance explained (R2)",
}


def metric(value: float) -> str:
    """A metric in three digits (``0.741``)."""
    return f"{value:.3f}"


def span(estimate: Estimate, *, share: bool = False) -> str:
    """``0.74 (0.70 to 0.78)`` as percent or metric."""
    say = percent if share else metric
    return f"{say(estimate.value)} ({say(estimate.low)} to {say(estimate.high)})"


def day(iso: str) -> str:
    """An ISO date in words: ``20 Nov 2026``."""
    moment = date.fromisoformat(iso)
    return f"{moment.day} {moment:%b %Y}"
