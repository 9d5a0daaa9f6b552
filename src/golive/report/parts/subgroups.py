"""Performance of every group as rows of words: how many, how well, and of whom too little is known."""

from __future__ import annotations

from golive.model.measured.groups import Group
from golive.model.measured.intervals import Interval
from golive.report.base.document import Block, Heading, Paragraph, Table
from golive.report.base.sources import Sources
from golive.wording.metrics import METRICS
from golive.wording.numbers import count

SHOWN = ("auroc", "sensitivity", "ppv")


def words(group: Group, key: str) -> str:
    """``0.801 (0.761 to 0.836)``; too few rows say so."""
    if not group.enough:
        return "too few to judge"
    return METRICS[key].with_interval(group.metrics.get(key, Interval()))


def section(sources: Sources) -> list[Block]:
    """The groups as a table; says so when nobody was compared."""
    found = sources.assessment.measured.subgroups
    if not found:
        return [
            Heading("Subgroups"),
            Paragraph("Not measured: no group column has live outcomes with outputs."),
        ]
    rows = tuple(
        (
            g.by,
            g.value,
            count(g.n),
            "not shown" if g.n_events is None else count(g.n_events),
            *(words(g, key) for key in SHOWN),
        )
        for g in found
    )
    small = sum(not g.enough for g in found)
    told = (
        f"{len(found)} groups; {small} of them have too few rows or events to judge: unknown, not fine."
        if small
        else f"{len(found)} groups."
    )
    return [
        Heading("Subgroups"),
        Paragraph(told, muted=True),
        Table(
            ("Group", "Value", "n", "Events", *(METRICS[key].name for key in SHOWN)),
            rows,
            (1.4, 1.8, 0.9, 0.9, 2.4, 2.4, 2.6),
        ),
    ]
