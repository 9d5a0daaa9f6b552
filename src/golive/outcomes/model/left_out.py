"""Live rows that took no part in the figures: named, counted, with the reason."""

from __future__ import annotations

import numpy as np

from golive.model.profile import SMALL_CELL
from golive.model.result import NotAssessed
from golive.outcomes.model.context import Context
from golive.outcomes.model.target import events
from golive.outcomes.model.usable import cases

MOST_NAMED, LONGEST_NAME = 3, 20


def left_out(context: Context) -> list[NotAssessed]:
    """Repeats, contradictions, scores that cannot be read or lie outside their range, rows without outcome or time."""
    name, label, live = context.output, context.roles.label, context.live
    measured = context.measured.cases_live if context.measured is not None else None
    held = measured
    if (
        held is None
        and context.target is not None
        and context.target.task == "event"
        and live.label is not None
    ):
        held = cases(live, context.target, context.config, context.bounds)
    scored = context.roles.score or context.roles.prediction
    reasons = [
        (
            context.repeated[1],
            "predictions sent more than once",
            "repeats of the same id, time, score and outcome count once",
        ),
        (
            context.contradicting,
            "the same prediction with two outcomes",
            "id, time and score agree and the outcomes do not; which one is right cannot be told, so none was used",
        ),
        (
            live.unparsed.get("score", 0) if scored else 0,
            f"{name}: text",
            "these values are no numbers, so their rows were left out of performance",
        ),
        (
            live.unparsed.get("time", 0),
            f"{context.roles.time}: no date",
            "these values are no dates, so their rows are not on the time line",
        ),
    ]
    if held is not None:
        outside = "these scores lie outside their range and were left out of performance"
        reasons += [
            (held.outside, f"{name}: out of range", outside),
            (
                held.unlabelled if measured else 0,
                f"{label}: no outcome yet",
                "performance is measured on the other rows",
            ),
            (held.unknown_labels, f"{label}: unknown values", _unknown(context)),
        ]
    return [
        NotAssessed(what=f"{_shown(count)} live rows ({what})", why=why)
        for count, what, why in reasons
        if count
    ]


def _shown(count: int) -> str:
    return f"fewer than {SMALL_CELL}" if 0 < count < SMALL_CELL else f"{count:,}"


def _unknown(context: Context) -> str:
    """Outcome values that training never had, the frequent and short ones by name."""
    target, label = context.target, context.live.label
    assert target is not None
    assert label is not None
    _, known, _ = events(label, target)
    counts = np.bincount(label.codes[(label.codes >= 0) & ~known], minlength=len(label.names))
    order = np.argsort(-counts, kind="stable")[:MOST_NAMED]
    names = [
        label.names[i]
        for i in order
        if counts[i] >= SMALL_CELL and len(label.names[i]) <= LONGEST_NAME
    ]
    named = f" ({', '.join(names)})" if names else ""
    return f"training has no such outcome value{named}; it has {', '.join(target.known[:MOST_NAMED])}; the rows were left out"
