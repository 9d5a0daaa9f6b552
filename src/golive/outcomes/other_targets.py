"""Targets that are no event: one of several classes (accuracy, mean sensitivity), or a quantity (absolute and squared error)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from golive.model.finding import Finding, Route, Severity, Verdict, finding
from golive.model.profile import SMALL_CELL, FloatArray
from golive.outcomes.context import Context, Outcomes
from golive.outcomes.drops import ALARM_DROP, PASS_DROP, effect
from golive.outcomes.interval import Estimate, Mask, Units, change, number, pair, plain, share, standard_error, units_of
from golive.outcomes.target import Target
from golive.outcomes.words import NAMES, metric, percent, sizes
from golive.profile.scored import Scored

FEWEST = 50
"""Rows with prediction and outcome below which nothing is said."""

ALARM_GROWTH, PASS_GROWTH = 0.10, 0.20
"""Growth of the mean absolute error that matters, and the growth that must be excluded for "quiet"."""


def other_targets(context: Context, out: Outcomes) -> None:
    """``performance_drop`` and figures of an outcome with classes or of a quantity."""
    target = context.target
    assert out.performance is not None
    if target is None or target.task == "event" or context.live.label is None:
        return
    sides = [(_classes if target.task == "classes" else _quantity)(s, target) for s in (context.train, context.live)]
    before, now = sides
    if now is None:
        return
    found, n_live = now
    then, n_train = before if before is not None else ({}, 0)
    unknown = plain(math.nan, math.nan)
    primary = "macro_recall" if target.task == "classes" else "mae"
    out.performance |= {
        "task": target.task,
        "primary_metric": primary,
        "n": {"train": n_train, "live": n_live},
        **{name: pair(then.get(name, unknown), e) for name, e in found.items()},
    }
    if target.task == "classes":
        out.performance["by_class"] = _by_class(context.live, target)
    out.findings.append(_drop(context, primary, then.get(primary, unknown), found[primary], (n_train, n_live)))


def _rows(side: Scored, target: Target) -> tuple[list[str], list[str], Units | None] | None:
    """Outcome and prediction of the rows that have both, as written."""
    if side.label is None or side.prediction is None:
        return None
    truth, guess = side.label, side.prediction
    here = (truth.codes >= 0) & (guess.codes >= 0)
    names = np.array([*truth.names, ""], dtype=object)[truth.codes[here]]
    said = np.array([*guess.names, ""], dtype=object)[guess.codes[here]]
    units = None if side.unit is None else units_of(side.unit[here])
    known = np.isin(names.astype(str), target.known)
    return list(names[known]), list(said[known]), None if units is None else units[known]


def _classes(side: Scored, target: Target) -> tuple[dict[str, Estimate], int] | None:
    rows = _rows(side, target)
    if rows is None or not rows[0]:
        return None
    truth, said, units = np.array(rows[0], dtype=object), np.array(rows[1], dtype=object), rows[2]
    right: Mask = truth == said
    n = len(right)
    recall, influence, used = 0.0, np.zeros(n), 0
    for name in target.known:
        of = truth == name
        count = int(of.sum())
        if count:
            value = float(right[of].mean())
            recall, used = recall + value, used + 1
            influence += np.where(of, (right - value) * n / count, 0.0)
    macro = plain(recall / used, standard_error(influence / used, units))
    return {"accuracy": share(right, np.ones(n, dtype=bool), units), "macro_recall": macro}, n


def _by_class(side: Scored, target: Target) -> list[dict[str, Any]]:
    """Sensitivity and PPV of each class against all others; classes of 1 to 10 rows without figures."""
    rows = _rows(side, target)
    if rows is None:
        return []
    truth, said = np.array(rows[0], dtype=object), np.array(rows[1], dtype=object)
    found = []
    for name in target.known:
        of, called = np.asarray(truth == name), np.asarray(said == name)
        n = int(of.sum())
        row: dict[str, Any] = {"class": name, "n": None if 0 < n < SMALL_CELL else n}
        if n >= SMALL_CELL:
            row["sensitivity"] = share(called, of, rows[2]).side("live")
            row["ppv"] = share(of, called, rows[2]).side("live") if called.sum() >= SMALL_CELL else None
        found.append(row)
    return found


def _quantity(side: Scored, target: Target) -> tuple[dict[str, Estimate], int] | None:
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
        influence = -(error**2 - squared.value) / spread + squared.value * (around - spread) / spread**2
        found["r2"] = plain(1 - squared.value / spread, standard_error(influence, units))
    return found, n


def _mean(values: FloatArray, units: Units | None) -> Estimate:
    value = float(values.mean())
    return plain(value, standard_error(values - value, units))


def _drop(context: Context, primary: str, before: Estimate, now: Estimate, n: tuple[int, int]) -> Finding:
    n_train, n_live = n
    d, low, high = change(before, now)
    if primary == "mae":  # an error grows; everything else falls
        scale = before.value if before.known and before.value > 0 else 1.0
        worse, least, most, alarm, passed = d / scale, low / scale, high / scale, ALARM_GROWTH, PASS_GROWTH
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
    say = percent if primary == "macro_recall" else metric
    shown = f"{NAMES[primary]} {say(now.value)} ({say(now.low)} to {say(now.high)}), in training {say(before.value)}"
    return finding(
        "performance_drop",
        verdict,
        columns=tuple(c for c in (context.roles.prediction or context.roles.score, context.roles.label) if c),
        severity={Verdict.ALARM: Severity.MAJOR, Verdict.WATCH: Severity.MINOR}.get(verdict, Severity.INFO),
        route=Route.CLINICAL_INFORMATICS,
        title=f"{said}: {shown} ({sizes(n_train, n_live)})" if before.known else f"{said}: training has no predictions",
        explanation="If training predictions come from the rows the model was fitted on, part of a loss is optimism of training.",
        effect=effect(primary, before, now, n_train, n_live),
        evidence=() if number(d) is None else (f"change {d:+.3g}, 95 % interval {low:+.3g} to {high:+.3g}",),
        fix="Look first at the inputs that changed; recalibrate or retrain under change control." if least > 0 else "",
    )
