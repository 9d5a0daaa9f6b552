"""Missing values beside the distribution: the share of rows without a value, training and live, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from golive.model.result import ColumnResult
from golive.stats.proportions import wilson
from golive.ui.figures.frame import frame
from golive.ui.shell.theme import Tokens
from golive.wording.numbers import count, percent

if TYPE_CHECKING:
    import plotly.graph_objects as go


def missing(column: ColumnResult, tokens: Tokens) -> go.Figure:
    """Draw the missing share (percent of rows, axis always 0 to 100) of both sides with Wilson intervals at 95 %."""
    figure = frame(150, tokens, showlegend=False, hovermode="closest")
    figure.update_layout(bargap=0.35)
    for side, word, colour in (
        (column.train, "Training", tokens.training),
        (column.live, "Live", tokens.live),
    ):
        if side is None:
            continue
        low, high = (float(edge) for edge in wilson(side.missing, side.n))
        value = 100 * side.missing_share
        figure.add_bar(
            y=[f"{word}: {percent(side.missing_share)}"],
            x=[value],
            orientation="h",
            name=word,
            marker_color=colour,
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [100 * high - value],
                "arrayminus": [value - 100 * low],
                "thickness": 1.2,
                "width": 4,
            },
            hovertemplate=(
                f"{word}: {percent(side.missing_share)} missing, between {percent(low)} and {percent(high)} "
                f"({count(side.missing)} of {count(side.n)} rows)<extra></extra>"
            ),
        )
    figure.update_xaxes(
        title_text="Rows without a value (%)", range=[0, 101], tickvals=[0, 25, 50, 75, 100]
    )
    figure.update_yaxes(autorange="reversed")
    return figure


def describe_missing(column: ColumnResult) -> str:
    """Say in one sentence how many rows have no value in training and live data."""
    parts = [
        f"{percent(side.missing_share)} of {count(side.n)} {word} rows"
        for side, word in ((column.train, "training"), (column.live, "live"))
        if side is not None
    ]
    return (
        f"{column.name} has no value in " + " and ".join(parts) + "."
        if parts
        else f"{column.name}: not present."
    )
