"""How outcomes are said: percent with one decimal under 10, metrics to three digits, intervals in words."""

from __future__ import annotations

from datetime import date

from golive.outcomes.interval import Estimate

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
    "macro_recall": "mean sensitivity over classes",
    "mae": "mean absolute error",
}


def percent(value: float) -> str:
    """A share (0 to 1): ``28 %``, ``2.7 %``, ``0.04 %``."""
    points = 100 * value
    size = abs(points)
    if size == 0:
        return "0 %"
    if size < 0.01:
        return "under 0.01 %"
    if size < 1:
        return f"{points:.2f} %"
    return f"{points:.1f} %" if size < 9.95 or 99 < size < 100 else f"{points:.0f} %"


def metric(value: float) -> str:
    """A metric in three digits (``0.741``)."""
    return f"{value:.3f}"


def span(estimate: Estimate, *, share: bool = False) -> str:
    """``0.74 (0.70 to 0.78)`` as percent or metric."""
    say = percent if share else metric
    return f"{say(estimate.value)} ({say(estimate.low)} to {say(estimate.high)})"


def sizes(n_train: int, n_live: int) -> str:
    """``n = 303 and 200``, training first."""
    return f"n = {n_train:,} and {n_live:,}"


def day(iso: str) -> str:
    """An ISO date in words: ``20 Nov 2026``."""
    moment = date.fromisoformat(iso)
    return f"{moment.day} {moment:%b %Y}"
