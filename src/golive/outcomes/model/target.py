"""What is predicted (an event, one of several classes, or a quantity; decided on training data), and which rows can be judged.

Repeated predictions, missing and impossible scores, outcomes that are not there: all are left out and counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from golive.model.config import Config
from golive.model.profile import FloatArray
from golive.profile.rows.scored import Coded, Scored
from golive.stats.estimate import Mask, Units, units_of
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


SENTINEL_SHARE = 0.05
"""Share of training scores outside 0 to 1 from which the score is no probability, rather than one with marks in it."""


_PER_CASE = ("place", "score", "event", "flagged", "units")


@dataclass(frozen=True)
class Cases:
    """Rows with an output and an outcome. ``score`` is NaN-free and in range; ``flagged`` is ``None`` without a threshold.

    ``rows`` of the table; ``repeated`` left out as repeats; ``unscored`` without a readable output; ``outside`` the score's
    range; ``unlabelled`` without outcome. ``place`` are the positions of the cases in ``side``, the table without repeats.
    """

    side: Scored
    place: Units
    score: FloatArray | None
    event: Mask
    flagged: Mask | None
    units: Units | None
    rows: int
    repeated: int
    unscored: int
    outside: int
    unlabelled: int
    unknown_labels: int

    @property
    def n(self) -> int:
        """Number of cases."""
        return len(self.event)

    @property
    def n_events(self) -> int:
        """Number of events."""
        return int(self.event.sum())

    @property
    def smaller(self) -> int:
        """Number of events or of non-events, whichever is smaller."""
        return min(self.n_events, self.n - self.n_events)

    def part(self, rows: Mask | Units) -> Cases:
        """The cases that ``rows`` marks (length n), or names by position."""
        cut = {
            name: value[rows] for name in _PER_CASE if (value := getattr(self, name)) is not None
        }
        return replace(self, **cut)


def limits(
    train: Scored, live: Scored, name: str | None, config: Config
) -> tuple[float, float] | None:
    """Range of the score: declared, else 0 to 1 when training scores (live ones, where training has none) keep to it.

    ``None`` for a score on another scale.
    """
    declared = config.columns.get(name) if name else None
    if declared is not None and declared.range is not None:
        return declared.range
    score = train.score if train.score is not None else live.score
    if score is None:
        return 0.0, 1.0
    known = score[np.isfinite(score)]
    outside = float(((known < 0) | (known > 1)).mean()) if len(known) else 0.0
    return (0.0, 1.0) if outside < SENTINEL_SHARE else None


def without_repeats(side: Scored, version: str | None = None) -> tuple[Scored, int, int]:
    """Keep the first of rows that agree in id, time, output, outcome and version: the same prediction sent again.

    Of rows that agree in all but the outcome the one with an outcome is kept; with two different outcomes none is, because
    which one is right cannot be told (only where times hold hours: without them an hour later is not told from a repeat).
    Also returns the number of repeats and of such contradicting rows.
    """
    if side.unit is None or side.rows == 0:
        return side, 0, 0
    import pandas as pd

    coded = [c.codes for c in (side.prediction, side.slices.get(version or "")) if c is not None]
    known = [v for v in (side.unit, side.time, side.score, *coded) if v is not None]
    label = side.label.codes if side.label is not None else None
    table = pd.DataFrame(dict(enumerate(known if label is None else [*known, label])))
    repeat = table.duplicated().to_numpy(copy=True)
    odd = np.zeros(side.rows, dtype=bool)
    hours = side.time is not None and (side.time != side.time.astype("datetime64[D]")).any()
    if label is not None and side.time is not None and hours:
        keys = list(range(len(known)))
        same = table[~repeat].duplicated(subset=keys, keep=False).to_numpy()
        if same.any():
            again = np.flatnonzero(~repeat)[same & ~np.isnat(side.time[~repeat])]
            alike = table.iloc[again].groupby(keys, dropna=False, sort=False)
            group = alike.ngroup().to_numpy()
            answered = label[again] >= 0
            answers = np.bincount(group[answered], minlength=int(group.max(initial=-1)) + 1)
            repeat[again[(answers[group] == 1) & ~answered]] = True
            odd[again[answers[group] > 1]] = True
    out = repeat | odd
    return side.keep(~out) if out.any() else side, int(repeat.sum()), int(odd.sum())


def cases(
    side: Scored,
    target: Target,
    config: Config,
    bounds: tuple[float, float] | None,
    *,
    repeated: int = 0,
) -> Cases:
    """The rows of ``side`` (already without repeats) that can be judged, in their order."""
    rows = side.rows
    event, known, outside = np.zeros((3, rows), dtype=bool)
    odd = 0
    if side.label is not None:
        event, known, odd = events(side.label, target)
    flagged: Mask | None = None
    if side.score is not None:
        answered = np.isfinite(side.score)
        if bounds is not None:
            outside = answered & ((side.score < bounds[0]) | (side.score > bounds[1]))
        if config.operating_threshold is not None:
            flagged = np.nan_to_num(side.score, nan=-np.inf) >= config.operating_threshold
    else:
        answered = np.ones(rows, dtype=bool)
    if flagged is None and side.prediction is not None:
        flagged, here = flags(side.prediction, target)
        answered = answered & here if side.score is None else answered
    use = known & answered & ~outside
    units = None if side.unit is None else units_of(side.unit[use])
    return Cases(
        side=side,
        place=np.flatnonzero(use),
        score=None if side.score is None else side.score[use],
        event=event[use],
        flagged=None if flagged is None else flagged[use],
        units=units,
        rows=rows + repeated,
        repeated=repeated,
        unscored=int((~answered).sum()),
        outside=int(outside.sum()),
        unlabelled=int((~known).sum()) - odd,
        unknown_labels=odd,
    )
