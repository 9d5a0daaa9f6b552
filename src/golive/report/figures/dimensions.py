"""Readiness dimensions, weakest first: a bar from what is proven to what is possible, a dot at what was assessed."""

from __future__ import annotations

from collections.abc import Sequence

from golive.model.readiness import DimensionScore
from golive.report.base.document import Figure
from golive.report.base.verdict import weakest_first
from golive.report.figures.svg import Canvas
from golive.wording.labels import LIGHT
from golive.wording.text import shorten

ROW, LEFT, WIDTH = 30, 250, 800
RIGHT = 100
"""Room for the words beside a bar, the longest of which are ``not assessed``."""
THIN = 0.5
"""Coverage under which a bar is hatched, as on the pages."""
BAR = 80
"""Points of level 3, the bar for production."""


def dimension_figure(scores: Sequence[DimensionScore]) -> Figure:
    """Draw one row per dimension on 0 to 100 points."""
    ordered = weakest_first(scores)
    known = [d for d in ordered if d.point is not None]
    alt = (
        f"{len(ordered)} readiness dimensions; weakest {known[0].name} at {known[0].point:.0f} points, "
        f"strongest {known[-1].name} at {known[-1].point:.0f}."
        if known
        else "No dimension has been assessed yet."
    )
    canvas = Canvas(WIDTH, ROW * len(ordered) + 34, alt)
    bottom = ROW * len(ordered) + 6

    def at(points: float) -> float:
        return LEFT + points / 100 * (WIDTH - LEFT - RIGHT)

    for tick in (0, 20, 40, 60, 80, 100):
        canvas.line(
            at(tick), 4, at(tick), bottom, LIGHT.border if tick != BAR else LIGHT.muted, dash="2 3"
        )
        canvas.text(at(tick), bottom + 18, str(tick), LIGHT.muted, size=12, anchor="middle")
    for row, d in enumerate(ordered):
        y = ROW * row + 8
        canvas.text(LEFT - 10, y + 15, shorten(d.name, 36), LIGHT.text, anchor="end")
        fill = canvas.hatch(LIGHT.accent) if d.coverage < THIN else "#B9D3E9"
        canvas.rect(at(d.low), y + 3, max(at(d.high) - at(d.low), 2), 14, fill, line=LIGHT.accent)
        if d.point is not None:
            canvas.dot(at(d.point), y + 10, 6, LIGHT.accent)
        words = f"{d.point:.0f}" if d.point is not None else "not assessed"
        canvas.text(WIDTH - 4, y + 15, words, LIGHT.text, anchor="end")
    return Figure(
        canvas.document(),
        alt,
        "Points, 0 to 100. A bar runs from what is proven to what is still possible, the dot is what was assessed; hatched "
        f"where evidence covers less than half; the bar for production is {BAR}.",
    )
