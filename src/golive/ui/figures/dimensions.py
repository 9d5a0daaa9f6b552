"""Readiness dimensions, weakest first: a bar from what is proven to what is possible, a dot at what was assessed."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from golive.model.readiness import DimensionScore
from golive.report.base.verdict import weakest_first
from golive.ui.figures.frame import faded, frame, line, named_rows
from golive.wording.labels import Tokens
from golive.wording.numbers import percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

NEEDED = 80
"""Points of a dimension from which production is served (readiness model)."""
THIN = 0.5
"""Coverage under which a dimension is hatched: less than half of its weight is assessed (readiness model, rule 4)."""


def dimensions(
    scores: Sequence[DimensionScore], tokens: Tokens, *, selected: str | None = None
) -> go.Figure:
    """Draw one row per dimension on 0 to 100 points; the id of each is in ``customdata[0]`` of bars and dots.

    ``selected`` keeps its colour while the others fade. Dimensions with coverage under one half are hatched.
    """
    ordered = weakest_first(scores)
    figure = frame(70 + 38 * len(ordered), tokens, barmode="overlay", bargap=0.5)
    rows = list(range(len(ordered)))
    opacity = [1.0 if selected in (None, d.id) else 0.45 for d in ordered]
    figure.add_bar(
        y=rows,
        base=[d.low for d in ordered],
        x=[max(d.high - d.low, 0.6) for d in ordered],
        orientation="h",
        name="Proven to possible",
        customdata=[[d.id, _hover(d)] for d in ordered],
        marker={
            "color": [faded(tokens.accent, 0.35 * o) for o in opacity],
            "line": {"color": [faded(tokens.accent, o) for o in opacity], "width": 1},
            "pattern": {
                "shape": ["/" if d.coverage < THIN else "" for d in ordered],
                "fgcolor": [faded(tokens.accent, 0.7 * o) for o in opacity],
                "fillmode": "overlay",
                "size": 6,
            },
        },
        hovertemplate="%{customdata[1]}<extra></extra>",
    )
    known = [row for row in rows if ordered[row].point is not None]
    figure.add_scatter(
        y=known,
        x=[ordered[row].point for row in known],
        mode="markers",
        name="Assessed",
        customdata=[[ordered[row].id, _hover(ordered[row])] for row in known],
        marker={"size": 11, "color": tokens.accent, "opacity": [opacity[row] for row in known]},
        hovertemplate="%{customdata[1]}<extra></extra>",
    )
    named_rows(figure, [_lines(d.name) for d in ordered], range=[len(rows) - 0.4, -0.6])
    figure.update_xaxes(title_text="Points, 0 to 100", range=[-1.5, 102])
    # A trace and not a line of the layout, so that the legend says what it is.
    name, ends = f"Production needs {NEEDED}", [-0.6, len(rows) - 0.4]
    line(figure, [NEEDED] * 2, ends, name, color=tokens.muted, width=1, dash="dot")
    return figure


def describe_dimensions(scores: Sequence[DimensionScore]) -> str:
    """Say in one sentence which dimension is weakest, which strongest, and which have thin evidence."""
    ordered = [d for d in weakest_first(scores) if d.point is not None]
    if not ordered:
        return "No dimension has been assessed yet; everything is still possible and nothing is proven."
    weakest, strongest = ordered[0], ordered[-1]
    thin = sum(d.coverage < THIN for d in scores)
    return (
        f"{len(scores)} readiness dimensions from weakest to strongest: {weakest.name} {weakest.point:.0f} points, "
        f"{strongest.name} {strongest.point:.0f} points; {thin} with evidence for less than half of their weight."
    )


def _lines(name: str) -> str:
    """A name broken into lines of at most 26 characters, so that bars keep their room on a narrow screen."""
    return "<br>".join(wrap(name, 26, break_on_hyphens=False))


def _hover(d: DimensionScore) -> str:
    point = f"{d.point:.0f}" if d.point is not None else "not assessed"
    return f"{d.name}: {point}<br>proven {d.low:.0f}, possible {d.high:.0f}<br>evidence for {percent(d.coverage)} of the weight"
