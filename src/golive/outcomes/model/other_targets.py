"""Targets that are no event: one of several classes (accuracy, mean sensitivity), or a quantity (absolute and squared error)."""

from __future__ import annotations

import math

import numpy as np

from golive.model.finding import Finding, Kind, Verdict, finding
from golive.model.measured.performance import Sizes
from golive.model.profile import SMALL_CELL, FloatArray
from golive.model.result import NotAssessed
from golive.outcomes.model.classes import Answers, adding_up, answers, by_class, figures
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.drops import ALARM_DROP, PASS_DROP, effect
from golive.outcomes.model.target import Target
from golive.profile.rows.scored import Scored
from golive.stats.estimate import (
    Estimate,
    Units,
    change,
    number,
    pair,
    plain,
    standard_error,
    units_of,
)
from golive.wording.metrics import METRICS
from golive.wording.numbers import sizes

FEWEST = 50
"""Rows with prediction and outcome below which nothing is said."""

ALARM_GROWTH, PASS_GROWTH = 0.10, 0.20
"""Growth of the mean absolute error that matters, and the growth that must be excluded for "quiet"."""


def other_targets(context: Context, out: Outcomes) -> None:
    """``performance_drop`` and figures of an outcome with classes or of a quantity."""
    target = context.target
    if target is None or target.task == "event" or context.live.label is None:
        return
    now: Found | None
    if target.task == "classes":
        given = answers(context.live, target)
        then = _classes(answers(context.train, target))
        now = _classes(given)
    else:
        given, then, now = None, _quantity(context.train, target), _quantity(context.live, target)
    if now is None:
        return
    found, n_live = now
    earlier, n_train = then if then is not None else ({}, 0)
    unknown = plain(math.nan, math.nan)
    primary = (
        "mae"
        if target.task == "quantity"
        else "macro_auroc"
        if "macro_auroc" in found
        else "macro_recall"
    )
    out.add(
        task=target.task,
        primary_metric=primary,
        n=Sizes(train=n_train, live=n_live),
        **{name: pair(earlier.get(name, unknown), e) for name, e in found.items()},
    )
    if given is not None:
        out.add(by_class=by_class(given))
        out.not_assessed += _left_out(context, target, given)
    out.findings.append(
        _drop(context, primary, earlier.get(primary, unknown), found[primary], (n_train, n_live))
    )


Found = tuple[dict[str, Estimate], int]


def _classes(given: Answers | None) -> Found | None:
    return None if given is None else (figures(given), given.n)


def _left_out(context: Context, target: Target, given: Answers) -> list[NotAssessed]:
    """Rows and classes that took no part in the figures, by reason."""
    absent = [name for name in context.config.class_scores if name not in target.known]
    reasons = (
        (
            given.unreadable,
            "class scores that are missing or not from 0 to 1",
            "left out of AUROC and log loss",
        ),
        (adding_up(given), "class scores that do not add up to 1", "left out of the log loss"),
    )
    found = [
        NotAssessed(
            what=f"{'fewer than 11' if n < SMALL_CELL else f'{n:,}'} live rows ({what})", why=why
        )
        for n, what, why in reasons
        if n
    ]
    if absent:
        why = "training has no such outcome value"
        found.append(NotAssessed(what=f"class_scores: {', '.join(absent)}", why=why))
    return found


def _quantity(side: Scored, target: Target) -> Found | None:
    """Mean absolute error, root mean squared error, and R2 (share of the outcome's variance that is explained)."""
    guess = side.number_prediction if side.number_prediction is not None else side.score
    if guess is None or side.number_label is None or target.task != "quantity":
        return None
    here = np.isfinite(guess) & np.isfinite(side.number_label)
    n = int(here.sum())
    if n == 0:
        return None
    error, truth = guess[here] - side.number_label[here], side.number_label[here]
    units = None if side.unit is None else units_of(side.unit[here])
    squared = _mean(error**2, units)
    root = math.sqrt(squared.value)
    spread = float(truth.var())
    found = {
        "mae": _mean(np.abs(error), units),
        "rmse": plain(root, squared.se / (2 * root) if root > 0 else 0.0),
        "bias": _mean(error, units),
    }
    if spread > 0:
        around = (truth - truth.mean()) ** 2
        influence = (
            -(error**2 - squared.value) / spread + squared.value * (around - spread) / spread**2
        )
        found["r2"] = plain(1 - squared.value / spread, standard_error(influence, units))
    return found, n


def _mean(values: FloatArray, units: Units | None) -> Estimate:
    value = float(values.mean())
    return plain(value, standard_error(values - value, units))


def _drop(
    context: Context, primary: str, before: Estimate, now: Estimate, n: tuple[int, int]
) -> Finding:
    n_train, n_live = n
    d, low, high = change(before, now)
    if primary == "mae":  # an error grows; everything else falls
        scale = before.value if before.known and before.value > 0 else 1.0
        worse, least, most, alarm, passed = (
            d / scale,
            low / scale,
            high / scale,
            ALARM_GROWTH,
            PASS_GROWTH,
        )
    else:
        worse, least, most, alarm, passed = -d, -high, -low, ALARM_DROP, PASS_DROP
    few = min(n_train, n_live) < FEWEST or not before.known
    verdict = (
        Verdict.CANNOT_JUDGE
        if few
        else Verdict.ALARM
        if least > 0 and worse >= alarm
        else Verdict.WATCH
        if least > 0
        else Verdict.QUIET
        if most < passed
        else Verdict.CANNOT_JUDGE
    )
    said = {
        Verdict.ALARM: "The model is worse on live patients than in training",
        Verdict.WATCH: "The model is a little worse on live patients than in training",
        Verdict.QUIET: "The model is as good on live patients as in training",
        Verdict.CANNOT_JUDGE: "Too few outcomes to say whether the model is worse on live patients",
    }[verdict]
    say = METRICS[primary].say
    shown = f"{METRICS[primary].name} {say(now.value)} ({say(now.low)} to {say(now.high)}), in training {say(before.value)}"
    return finding(
        Kind.PERFORMANCE_DROP,
        verdict,
        columns=tuple(
            c for c in (context.roles.prediction or context.roles.score, context.roles.label) if c
        ),
        title=f"{said}: {shown} ({sizes(n_train, n_live)})"
        if before.known
        else f"{said}: training has no predictions",
        explanation="If training predictions come from the rows the model was fitted on, part of a loss is optimism of training.",
        effect=effect(primary, before, now, n_train, n_live),
        evidence=()
        if number(d) is None
        else (f"change {d:+.3g}, 95 % interval {low:+.3g} to {high:+.3g}",),
        fix="Look first at the inputs that changed; recalibrate or retrain under change control."
        if least > 0
        else "",
    )
