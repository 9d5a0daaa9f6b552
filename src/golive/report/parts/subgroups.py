"""Performance of every group as rows of words: how many, how well, and of whom too little is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from golive.model.result import Assessment
from golive.report.base.document import Block, Heading, Paragraph, Table
from golive.report.base.sources import Sources
from golive.wording.numbers import count, metric, percent

SHOWN = (("auroc", "AUROC"), ("sensitivity", "sensitivity"), ("ppv", "positive predictive value"))


@dataclass(frozen=True)
class Group:
    """One group of live data: ``values`` are (live, low, high) by metric; ``enough`` says whether it may be judged."""

    by: str
    value: str
    n: int | None
    events: int | None
    enough: bool
    values: dict[str, tuple[float, float | None, float | None]]

    @property
    def name(self) -> str:
        """``site C1``."""
        return f"{self.by} {self.value}"

    def words(self, key: str) -> str:
        """``0.801 (0.761 to 0.836)``; too few rows say so."""
        if not self.enough:
            return "too few to judge"
        found = self.values.get(key)
        if found is None:
            return "–"
        say = metric if key == "auroc" else percent
        value, low, high = found
        return (
            say(value)
            if low is None or high is None
            else f"{say(value)} ({say(low)} to {say(high)})"
        )


def groups(assessment: Assessment) -> tuple[Group, ...]:
    """Every group of the assessment; empty when none was measured."""
    found = assessment.measured.plain().get("subgroups") or ()
    return tuple(_group(row) for row in found if isinstance(row, Mapping))


def _group(row: Mapping[str, Any]) -> Group:
    values = {
        key: (float(m["live"]), m.get("low"), m.get("high"))
        for key, m in (row.get("metrics") or {}).items()
        if isinstance(m, Mapping) and isinstance(m.get("live"), int | float)
    }
    return Group(
        str(row.get("by", "")),
        str(row.get("value", "")),
        row.get("n"),
        row.get("n_events"),
        bool(row.get("enough")),
        values,
    )


def section(sources: Sources) -> list[Block]:
    """The groups as a table; says so when nobody was compared."""
    found = groups(sources.assessment)
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
            "not shown" if g.events is None else count(g.events),
            *(g.words(key) for key, _ in SHOWN),
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
            ("Group", "Value", "n", "Events", *(name for _, name in SHOWN)),
            rows,
            (1.4, 1.8, 0.9, 0.9, 2.4, 2.4, 2.6),
        ),
    ]
