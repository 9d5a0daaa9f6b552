"""Targets that are no event: one of several classes (accuracy, mean sensitivity), or a quantity (absolute and squared error)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from golive.model.measured.intervals import LiveInterval
from golive.model.measured.performance import ClassFigures, Sizes
from golive.model.profile import SMALL_CELL, FloatArray, is_small
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.target import Target
from golive.outcomes.model.verdicts import ALARM_DROP, PASS_DROP, effect_of, of_drop
from golive.profile.rows.scored import Coded, Scored
from golive.stats import ranking
from golive.stats.calibration import EDGE
from golive.stats.estimate import (
    UNKNOWN,
    Estimate,
    Mask,
    Units,
    change,
    pair,
    plain,
    share,
    standard_error,
    units_of,
)
from golive.wording.findings.performance import OtherTargetDrop

SUM_OFF = 0.02
"""Distance from 1 up to which the scores of one row count as the probabilities of its classes."""

FEWEST_OF_CLASS = 2


@dataclass(frozen=True)
class Answers:
    """Rows with outcome and answer: positions of both in ``names`` (-1: an answer that is no class), and the score of each
    class (n by classes; NaN where a class has none), of rows where every class with a column has a number from 0 to 1.
    """

    names: tuple[str, ...]
    truth: Units
    predicted: Units
    units: Units | None
    scores: FloatArray | None
    scored: Mask
    unreadable: int

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.truth)


def answers(side: Scored, target: Target) -> Answers | None:
    """Rows of one side with an outcome of training's classes and an answer; the class with the largest score where no
    prediction is named. ``None`` without both.
    """
    if side.label is None or not target.known:
        return None
    truth, scores = _places(side.label, target), _scores(side, target)
    readable = np.ones(side.rows, dtype=bool) if scores is None else _readable(scores)
    if side.prediction is not None:
        predicted = _places(side.prediction, target)
        here = (truth >= 0) & (side.prediction.codes >= 0)
    elif scores is not None:
        predicted = np.argmax(np.where(np.isnan(scores), -1.0, scores), axis=1)
        here = (truth >= 0) & readable
    else:
        return None
    if not here.any():
        return None
    units = None if side.unit is None else units_of(side.unit[here])
    of_classes = None if scores is None else scores[here]
    lost = int(((truth >= 0) & ~readable).sum())
    return Answers(
        target.known, truth[here], predicted[here], units, of_classes, readable[here], lost
    )


def _places(column: Coded, target: Target) -> Units:
    """Position of each row's value among the classes; -1 for a value that is none, or no value."""
    at = {name: i for i, name in enumerate(target.known)}
    return np.array([*(at.get(v, -1) for v in column.names), -1])[column.codes]


def _scores(side: Scored, target: Target) -> FloatArray | None:
    known = [side.class_scores.get(name) for name in target.known]
    if not any(v is not None for v in known):
        return None
    return np.column_stack([np.full(side.rows, np.nan) if v is None else v for v in known])


def _readable(scores: FloatArray) -> Mask:
    with_column = ~np.isnan(scores).all(axis=0)
    return np.asarray(((scores[:, with_column] >= 0) & (scores[:, with_column] <= 1)).all(axis=1))


def figures(a: Answers) -> dict[str, Estimate]:
    """``accuracy``, ``macro_recall`` (mean sensitivity over classes), ``macro_f1``, and with scores ``macro_auroc`` (each
    class against the rest, mean) and ``log_loss``; classes without rows are left out of a mean.

    Intervals from influence functions, per patient where rows repeat.
    """
    right: Mask = a.truth == a.predicted
    found = {"accuracy": share(right, np.ones(a.n, dtype=bool), a.units)}
    recalls, f1s = [], []
    for i in range(len(a.names)):
        of, called = a.truth == i, a.predicted == i
        if of.any():
            recalls.append(_ratio(right & of, of))
        if of.any() or called.any():
            f1s.append(_ratio(2.0 * (of & called), of.astype(float) + called))
    found["macro_recall"], found["macro_f1"] = _mean(recalls, a), _mean(f1s, a)
    if a.scores is not None:
        found["macro_auroc"] = _macro_auroc(a)
        found["log_loss"] = _log_loss(a)
    return found


def _ratio(upper: Any, lower: Any) -> tuple[float, FloatArray]:
    """A ratio of sums, and what each row adds to it (centred at 0)."""
    total = float(np.sum(lower))
    value = float(np.sum(upper)) / total
    return value, np.asarray((upper - value * lower) * (len(lower) / total), dtype=np.float64)


def _mean(parts: list[tuple[float, FloatArray]], a: Answers) -> Estimate:
    if not parts:
        return UNKNOWN
    value = sum(v for v, _ in parts) / len(parts)
    influence = np.sum([i for _, i in parts], axis=0) / len(parts)
    return plain(value, standard_error(influence, a.units))


def against_the_rest(a: Answers, i: int) -> Estimate:
    """AUROC of the score of class ``i`` for that class against all others."""
    usable = _of_class(a, i)
    if usable is None or a.scores is None:
        return UNKNOWN
    units = None if a.units is None else units_of(a.units[usable])
    return ranking.auroc(a.scores[usable, i], (a.truth == i)[usable], units)


def _of_class(a: Answers, i: int) -> Mask | None:
    """Rows on which class ``i`` can be ranked, or ``None`` where there are too few of it or of the rest."""
    if a.scores is None or np.isnan(a.scores[:, i]).all():
        return None
    event = (a.truth == i)[a.scored]
    return a.scored if min(int(event.sum()), int((~event).sum())) >= FEWEST_OF_CLASS else None


def _macro_auroc(a: Answers) -> Estimate:
    parts = []
    assert a.scores is not None
    for i in range(len(a.names)):
        usable = _of_class(a, i)
        if usable is None:
            continue
        area, of_usable = ranking.auroc_influence(a.scores[usable, i], (a.truth == i)[usable])
        influence = np.zeros(a.n)
        influence[usable] = of_usable * (a.n / len(of_usable))
        parts.append((area, influence))
    return _mean(parts, a)


def _log_loss(a: Answers) -> Estimate:
    """Mean negative log of the probability given to the class that came true, of rows whose scores add up to 1."""
    assert a.scores is not None
    total = np.nansum(a.scores, axis=1)
    usable = a.scored & (np.abs(total - 1) <= SUM_OFF)
    if not usable.any():
        return UNKNOWN
    given = a.scores[np.arange(a.n), a.truth]
    loss = -np.log(np.clip(np.nan_to_num(given) / np.where(usable, total, 1.0), EDGE, 1.0))
    value = float(loss[usable].mean())
    influence = np.where(usable, loss - value, 0.0) * (a.n / int(usable.sum()))
    return plain(value, standard_error(influence, a.units))


def adding_up(a: Answers) -> int:
    """Rows whose scores do not add up to 1."""
    if a.scores is None:
        return 0
    return int((a.scored & (np.abs(np.nansum(a.scores, axis=1) - 1) > SUM_OFF)).sum())


def by_class(a: Answers) -> tuple[ClassFigures, ...]:
    """Sensitivity, PPV and AUROC of each class against all others; classes of 1 to 10 rows without figures."""
    found = []
    for i, name in enumerate(a.names):
        of, called = np.asarray(a.truth == i), np.asarray(a.predicted == i)
        n = int(of.sum())
        row = ClassFigures.model_validate({"class": name, "n": None if is_small(n) else n})
        if n >= SMALL_CELL:
            shown, area = int(called.sum()) >= SMALL_CELL, against_the_rest(a, i)
            row = row.having(
                sensitivity=LiveInterval.of(share(called, of, a.units)),
                ppv=LiveInterval.of(share(of, called, a.units)) if shown else None,
                auroc=LiveInterval.of(area) if area.known else None,
            )
        found.append(row)
    return tuple(found)


FEWEST = 50
"""Rows with prediction and outcome below which nothing is said."""

ALARM_GROWTH, PASS_GROWTH = 0.10, 0.20
"""Growth of the mean absolute error that matters, and the growth that must be excluded for "quiet"."""

Found = tuple[dict[str, Estimate], int]
"""Figures by metric, and the rows they are of (none: no figures)."""


def other_targets(context: Context, out: Outcomes) -> None:
    """``performance_drop`` and figures of an outcome with classes or of a quantity."""
    target = context.target
    if target is None or target.task == "event" or context.live.label is None:
        return
    given: Answers | None = None
    if target.task == "classes":
        given = answers(context.live, target)
        then, now = map(_classes, (answers(context.train, target), given))
        primary = "macro_auroc" if "macro_auroc" in now[0] else "macro_recall"
    else:
        then, now, primary = _quantity(context.train), _quantity(context.live), "mae"
    (earlier, n_train), (found, n_live) = then, now
    if not found:
        return
    out.add(
        task=target.task,
        primary_metric=primary,
        n=Sizes(train=n_train, live=n_live),
        **{name: pair(earlier.get(name, UNKNOWN), e) for name, e in found.items()},
    )
    if given is not None:
        out.add(by_class=by_class(given))
        _left_out(context, target.known, given, out)
    before = earlier.get(primary, UNKNOWN)
    out.facts.append(_drop(context, primary, before, found[primary], (n_train, n_live)))


def _classes(given: Answers | None) -> Found:
    return ({}, 0) if given is None else (figures(given), given.n)


def _left_out(context: Context, known: tuple[str, ...], given: Answers, out: Outcomes) -> None:
    """Rows and classes that took no part in the figures, by reason."""
    unreadable = "class scores that are missing or not from 0 to 1"
    out.miss_rows(given.unreadable, unreadable, "left out of AUROC and log loss")
    apart = "class scores that do not add up to 1"
    out.miss_rows(adding_up(given), apart, "left out of the log loss")
    if absent := [name for name in context.config.class_scores if name not in known]:
        out.miss(f"class_scores: {', '.join(absent)}", "training has no such outcome value")


def _quantity(side: Scored) -> Found:
    """Mean absolute error, root mean squared error, and R2 (share of the outcome's variance that is explained)."""
    guess = side.number_prediction if side.number_prediction is not None else side.score
    if guess is None or side.number_label is None:
        return {}, 0
    here = np.isfinite(guess) & np.isfinite(side.number_label)
    if not here.any():
        return {}, 0
    error, truth = guess[here] - side.number_label[here], side.number_label[here]
    units = None if side.unit is None else units_of(side.unit[here])
    squared = _mean_of(error**2, units)
    root = math.sqrt(squared.value)
    spread = float(truth.var())
    found = {
        "mae": _mean_of(np.abs(error), units),
        "rmse": plain(root, squared.se / (2 * root) if root > 0 else 0.0),
        "bias": _mean_of(error, units),
    }
    if spread > 0:
        around = (truth - truth.mean()) ** 2
        influence = (
            -(error**2 - squared.value) / spread + squared.value * (around - spread) / spread**2
        )
        found["r2"] = plain(1 - squared.value / spread, standard_error(influence, units))
    return found, len(truth)


def _mean_of(values: FloatArray, units: Units | None) -> Estimate:
    value = float(values.mean())
    return plain(value, standard_error(values - value, units))


def _drop(
    context: Context, primary: str, before: Estimate, now: Estimate, n: tuple[int, int]
) -> OtherTargetDrop:
    """Judged by the mean absolute error relative to training's, which grows where everything else falls."""
    d, low, high = change(before, now)
    enough, alarm, passed = min(n) >= FEWEST and before.known, ALARM_DROP, PASS_DROP
    if primary == "mae":
        scale = before.value if before.known and before.value > 0 else 1.0
        d, low, high = -d / scale, -high / scale, -low / scale
        alarm, passed = ALARM_GROWTH, PASS_GROWTH
    roles = context.roles
    return OtherTargetDrop(
        verdict=of_drop(d, low, high, enough=enough, alarm=alarm, passed=passed),
        columns=tuple(c for c in (roles.prediction or roles.score, roles.label) if c),
        effect=effect_of(primary, before, now, n),
        metric=primary,
        figures=(before, now),
        worse=high < 0,
    )
