"""What every figure shares: size, margins, legend, hover texts, intervals, notes. Paper and plot have no colour of their own: Streamlit's theme gives it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from golive.wording.labels import Tokens

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
        dragmode=False,
        **{"bargap": 0, "hovermode": "closest", **layout},
    )
    ink = {
        "tickfont": {"color": tokens.muted, "size": 12},
        "title_font": {"color": tokens.muted, "size": 13},
    }
    figure.update_xaxes(automargin=True, fixedrange=True, title_standoff=8, **ink)
    figure.update_yaxes(automargin=True, fixedrange=True, title_standoff=8, **ink)
    return figure


def hover(texts: Sequence[str]) -> dict[str, Any]:
    """One text per point, shown at the pointer."""
    return {"customdata": list(texts), "hovertemplate": "%{customdata}<extra></extra>"}


def error_bars(
    values: Sequence[float], ends: Sequence[tuple[float, float]], **look: Any
) -> dict[str, Any]:
    """Plotly's error bars from both ends of each value's interval."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - value for value, (_, high) in zip(values, ends, strict=True)],
        "arrayminus": [value - low for value, (low, _) in zip(values, ends, strict=True)],
        **look,
    }


def dots(
    figure: go.Figure,
    x: Sequence[Any],
    y: Sequence[Any],
    name: str,
    colour: str,
    *,
    texts: Sequence[str],
    **more: Any,
) -> None:
    """Draw dots, each with its text at the pointer. ``more`` is Plotly's own (``mode="lines+markers"`` joins them)."""
    look = {"mode": "markers", "marker_color": colour, "line_color": colour, **hover(texts)}
    figure.add_scatter(x=x, y=y, name=name, **(look | more))


def line(figure: go.Figure, x: Sequence[Any], y: Sequence[Any], name: str, **look: Any) -> None:
    """Draw a line that says nothing at the pointer. ``look`` is Plotly's ``line``."""
    figure.add_scatter(x=x, y=y, mode="lines", name=name, line=look, hoverinfo="skip")


def band(
    figure: go.Figure,
    x: Sequence[Any],
    ends: Sequence[tuple[float, float]],
    colour: str,
    name: str = "",
) -> None:
    """Fill the ground between the low and the high end at each ``x``; ``colour`` as ``rgba()``."""
    lows, highs = [low for low, _ in ends], [high for _, high in ends]
    figure.add_scatter(
        x=[*x, *reversed(x)],
        y=[*highs, *reversed(lows)],
        fill="toself",
        mode="none",
        name=name,
        fillcolor=colour,
        hoverinfo="skip",
    )


def note(figure: go.Figure, text: str, tokens: Tokens, **place: Any) -> None:
    """Write a few words into the figure. ``place`` is Plotly's own."""
    font = {"size": 12, "color": tokens.muted}
    figure.add_annotation(text=text, showarrow=False, font=font, **place)


def named_rows(figure: go.Figure, names: Sequence[str], **axis: Any) -> None:
    """Name the rows 0, 1, ... of a figure with horizontal marks. ``axis`` is Plotly's own."""
    rows = list(range(len(names)))
    figure.update_yaxes(tickmode="array", tickvals=rows, ticktext=list(names), **axis)


def faded(colour: str, opacity: float) -> str:
    """Return ``#RRGGBB`` as an ``rgba()`` colour with ``opacity`` 0 to 1."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"
