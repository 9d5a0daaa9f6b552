"""Live rows that took no part in the figures: named, counted, with the reason."""

from __future__ import annotations

import numpy as np

from golive.model.profile import SMALL_CELL
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.target import events
from golive.outcomes.model.usable import cases

MOST_NAMED, LONGEST_NAME = 3, 20


def left_out(context: Context, out: Outcomes) -> None:
    """Repeats, contradictions, scores that cannot be read or lie outside their range, rows without outcome or time."""
    name, label, live, target = context.output, context.roles.label, context.live, context.target
    figures = context.figures
    of = figures.cases_live if figures is not None else None
    if of is None and target is not None and target.task == "event" and live.label is not None:
        of = cases(live, target, context.config, context.bounds)
    out.miss_rows(
        context.repeated[1],
        "predictions sent more than once",
        "repeats of the same id, time, score and outcome count once",
    )
    out.miss_rows(
        context.contradicting,
        "the same prediction with two outcomes",
        "id, time and score agree and the outcomes do not; which one is right cannot be told, so none was used",
    )
    out.miss_rows(
        live.unparsed.get("score", 0) if name else 0,
        f"{name}: text",
        "these values are no numbers, so their rows were left out of performance",
    )
    out.miss_rows(
        live.unparsed.get("time", 0),
        f"{context.roles.time}: no date",
        "these values are no dates, so their rows are not on the time line",
    )
    if of is None:
        return
    outside = "these scores lie outside their range and were left out of performance"
    out.miss_rows(of.outside, f"{name}: out of range", outside)
    if figures is not None:
        waiting = "performance is measured on the other rows"
        out.miss_rows(of.unlabelled, f"{label}: no outcome yet", waiting)
    out.miss_rows(of.unknown_labels, f"{label}: unknown values", _unknown(context))


def _unknown(context: Context) -> str:
    """Outcome values that training never had, the frequent and short ones by name."""
    target, label = context.target, context.live.label
    assert target is not None
    assert label is not None
    _, known, _ = events(label, target)
    counts = np.bincount(label.codes[(label.codes >= 0) & ~known], minlength=len(label.names))
    order = np.argsort(-counts, kind="stable")[:MOST_NAMED]
    frequent = (label.names[i] for i in order if counts[i] >= SMALL_CELL)
    names = [name for name in frequent if len(name) <= LONGEST_NAME]
    named = f" ({', '.join(names)})" if names else ""
    return f"training has no such outcome value{named}; it has {', '.join(target.known[:MOST_NAMED])}; the rows were left out"
