"""What every figure shares: size, margins, legend. Paper and plot have no colour of their own: Streamlit's theme gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from golive.ui.shell.theme import Tokens

if TYPE_CHECKING:
    import plotly.graph_objects as go


def frame(height: int, tokens: Tokens, **layout: Any) -> go.Figure:
    """Return an empty figure, ``height`` pixels high, with the legend above the plot. ``layout`` is Plotly's own.

    Axis words take the muted colour of ``tokens``, because the grey of Streamlit's chart theme is too faint to read (3.7:1).
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 12, "t": 8, "b": 8},
        legend={
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.02,
            "x": 0,
            "xanchor": "left",
            "title": {"text": ""},
        },
        bargap=0,
        dragmode=False,
        **layout,
    )
    ink = {
        "tickfont": {"color": tokens.muted, "size": 12},
        "title_font": {"color": tokens.muted, "size": 13},
    }
    figure.update_xaxes(automargin=True, fixedrange=True, title_standoff=8, **ink)
    figure.update_yaxes(automargin=True, fixedrange=True, title_standoff=8, **ink)
    return figure


def faded(colour: str, opacity: float) -> str:
    """Return ``#RRGGBB`` as an ``rgba()`` colour with ``opacity`` 0 to 1."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"
