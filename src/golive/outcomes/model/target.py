"""What is predicted: an event, one of several classes, or a quantity. Decided on training data, applied to both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from golive.profile.rows.scored import Coded, Scored
from golive.stats.estimate import Mask
from golive.text.words import words_of

NEGATIVE = {"0"} | set(
    words_of("false no n f negative neg absent alive none control normal healthy")
)
MOST_LEVELS = 20

Task = Literal["event", "classes", "quantity"]


@dataclass(frozen=True)
class Target:
    """``positive`` are the label values that are the event, ``known`` all label values of training; for classes, the classes."""

    task: Task
    positive: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The event as it stands in the label (``= 1``, ``above 0``)."""
        return f"= {self.positive[0]}" if len(self.positive) == 1 else "above 0"


def _digits(value: str) -> bool:
    return value.strip().isdigit()


def target_of(train: Scored, live: Scored) -> Target | None:
    """The target, from the label of training (of live data where training has none); ``None`` without a usable label.

    Two values: the event is the one that does not say "no", or the second in order. Whole numbers from 0 on with a score or a
    two-valued prediction: any value above 0, as in a disease grade. One value in training that is 0 or 1: the other is known.
    Columns with a score per class make it classes.
    """
    label = train.label if train.label is not None and train.label.names else live.label
    if label is None or not label.names:
        return None
    names = label.names
    numbers = train.number_label if train.number_label is not None else live.number_label
    graded = all(_digits(n) for n in names) and "0" in names
    scores = {**train.class_scores, **live.class_scores}
    if numbers is not None and len(names) > MOST_LEVELS and not scores:
        return Target("quantity")
    if scores:
        return Target("classes", known=names)
    if len(names) <= 2:
        return _two(names)
    prediction = train.prediction or live.prediction
    two = prediction is None or len(prediction.names) <= 2
    with_score = train.score is not None or live.score is not None
    if graded and two and with_score and len(names) <= MOST_LEVELS:
        return Target("event", tuple(n for n in names if int(n) > 0), names)
    return Target("classes", known=names) if prediction is not None else None


def _two(names: tuple[str, ...]) -> Target | None:
    if len(names) == 1:
        return Target("event", ("1",), ("0", "1")) if names[0] in ("0", "1") else None
    negative = [n for n in names if n.strip().lower() in NEGATIVE]
    none = negative[0] if len(negative) == 1 else min(names)
    return Target("event", tuple(n for n in names if n != none), names)


def events(label: Coded, target: Target) -> tuple[Mask, Mask, int]:
    """Per row whether the event happened, whether the outcome is known, and how many rows hold a value training never had."""
    graded = len(target.positive) > 1
    grades = [int(n) if graded and _digits(n) else -1 for n in label.names]
    both = list(zip(label.names, grades, strict=True))
    is_event = np.array([*(n in target.positive or grade > 0 for n, grade in both), False])
    is_known = np.array([*(n in target.known or grade >= 0 for n, grade in both), False])
    present = label.codes >= 0
    unknown = present & ~is_known[label.codes]
    return is_event[label.codes], present & ~unknown, int(unknown.sum())


def flags(prediction: Coded, target: Target) -> tuple[Mask, Mask]:
    """Per row whether the prediction is the event, and whether there is a prediction."""
    names = prediction.names
    negative = {n for n in names if n.strip().lower() in NEGATIVE}
    none = negative or ({min(names)} if len(names) == 2 else set())
    if set(names) & set(target.positive):
        none = set(names) - set(target.positive)
    positive = np.array([n not in none for n in names] + [False])
    return positive[prediction.codes], prediction.codes >= 0
