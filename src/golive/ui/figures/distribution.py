"""One column in training and live data, overlaid: bins for numbers and dates, paired bars for categories.

Both sides are drawn as shares of their own values, so that 24,000 training rows and 200 live rows can be compared. A cell of 1
to 10 rows is suppressed in the picture: it is drawn hatched over the whole range that 1 to 10 rows could be.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from golive.model.columns import ColumnType
from golive.model.profile import SMALL_CELL
from golive.model.result import ColumnResult, Picture, SideResult
from golive.ui.figures.frame import faded, frame
from golive.ui.shell.theme import Tokens
from golive.wording.numbers import count, number, percent
from golive.wording.text import shorten

if TYPE_CHECKING:
    import plotly.graph_objects as go

MAX_BARS = 15
FREQUENT = 10
SIDES = (("train", "Training"), ("live", "Live"))


def distribution(
    column: ColumnResult,
    tokens: Tokens,
    *,
    unit: str = "",
    log: bool = False,
    factor: float | None = None,
) -> go.Figure:
    """Draw ``column.picture``: share of values (percent) per bin or category, training grey and live in the accent colour.

    ``log`` puts the shares on a logarithmic axis (small tails become visible). ``factor`` draws the live bins as they
    would be with every live value multiplied by it (the what-if of a unit conversion). A column without a picture gives
    an empty figure.
    """
    picture = column.picture
    if picture is None or not (picture.edges or picture.labels):
        return frame(120, tokens)
    if picture.edges:
        return _bins(column, picture, tokens, unit=unit, log=log, factor=factor)
    return _bars(column, picture, tokens, log=log)


def describe_distribution(column: ColumnResult, *, unit: str = "") -> str:
    """Say in one sentence what the overlaid figure of ``column`` shows, for screen readers."""
    picture = column.picture
    if picture is None or not (picture.edges or picture.labels):
        return f"No picture of {column.name}: there are no values to draw."
    parts = []
    for side, word in SIDES:
        values, result = getattr(picture, side), getattr(column, side)
        n = _values(result)
        if not n or not any(c is None or c > 0 for c in values):
            parts.append(f"{word}: no values")
            continue
        top = max(range(len(values)), key=lambda i: values[i] or 0)
        where = (
            shorten(picture.labels[top]) if picture.labels else _range(column, picture, top, unit)
        )
        share = percent((values[top] or 0) / n)
        middle = result.quantiles.get("0.5") if result else None
        median = (
            f"median {number(middle)}{' ' + unit if unit else ''}, " if middle is not None else ""
        )
        parts.append(f"{word} (n = {count(n)}): {median}most often {where}, {share}")
    return f"Distribution of {column.name}. " + ". ".join(parts) + "."


def _values(side: SideResult | None) -> int:
    """Rows of one side that hold a value."""
    return side.n - side.missing if side else 0


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC).replace(tzinfo=None)


def _edge(column: ColumnResult, value: float) -> Any:
    return _moment(value) if column.type is ColumnType.DATETIME else value


def _range(
    column: ColumnResult, picture: Picture, i: int, unit: str = "", factor: float = 1.0
) -> str:
    low, high = picture.edges[i] * factor, picture.edges[i + 1] * factor
    if column.type is ColumnType.DATETIME:
        return f"{_moment(low):%d %b %Y} to {_moment(high):%d %b %Y}"
    return f"{number(low)} to {number(high)}{' ' + unit if unit else ''}"


def _share(cell: int | None, n: int) -> float:
    """Percent of ``n`` that a cell holds; a suppressed cell counts as nothing here and is drawn apart."""
    return 100 * (cell or 0) / n if n else 0.0


def _hidden(cells: tuple[int | None, ...]) -> list[int]:
    return [i for i, cell in enumerate(cells) if cell is None]


def _hatch(colour: str) -> dict[str, Any]:
    return {
        "color": faded(colour, 0.25),
        "pattern": {"shape": "/", "fgcolor": colour, "size": 5},
        "line": {"color": colour, "width": 1},
    }


def _bins(
    column: ColumnResult,
    picture: Picture,
    tokens: Tokens,
    *,
    unit: str,
    log: bool,
    factor: float | None,
) -> go.Figure:
    figure = frame(320, tokens, barmode="overlay", hovermode="x")
    lowest = 100.0
    for side, word in SIDES:
        cells: tuple[int | None, ...] = getattr(picture, side)
        n = _values(getattr(column, side))
        if not cells or not n:
            continue
        scaled = factor if factor is not None and side == "live" else 1.0
        shares = [_share(cell, n) for cell in cells]
        lowest = min([lowest, *(s for s in shares if s > 0)])
        hover = [
            f"{word}, {_range(column, picture, i, unit, scaled)}: {percent(s / 100)} ({count(cell)} of {count(n)})"
            for i, (cell, s) in enumerate(zip(cells, shares, strict=True))
        ]
        edges = [_edge(column, e * scaled) for e in picture.edges]
        colour = tokens.training if side == "train" else tokens.live
        _outline(figure, edges, shares, hover, word=word, colour=colour)
        _suppressed_bins(figure, edges, _hidden(cells), n, word=word, colour=colour)
    title = f"{column.name} ({unit})" if unit else column.name
    ends = (picture.edges[0], picture.edges[-1])
    drawn = [*ends, *(e * (1.0 if factor is None else factor) for e in ends)]
    span = [_edge(column, min(drawn)), _edge(column, max(drawn))]
    figure.update_xaxes(
        title_text=title,
        type="date" if column.type is ColumnType.DATETIME else "linear",
        range=span,
    )
    figure.update_yaxes(title_text="Share of values (%)", rangemode="tozero")
    if log:
        import math

        figure.update_yaxes(type="log", range=[math.log10(lowest / 2), 2], dtick=1)
    return figure


def _outline(
    figure: go.Figure,
    edges: list[Any],
    shares: list[float],
    hover: list[str],
    *,
    word: str,
    colour: str,
) -> None:
    """Draw one side as a stepped outline over its bins: point i holds the share of bin i until the next edge."""
    live = word == "Live"
    figure.add_scatter(
        x=[edges[0], *edges],
        y=[0.0, *shares, 0.0],
        name=word,
        legendgroup=word,
        mode="lines",
        line={"shape": "hv", "width": 2.5 if live else 1.5, "color": colour},
        fill="tozeroy",
        fillcolor=faded(colour, 0.18 if live else 0.4),
        text=["", *hover, ""],
        hovertemplate="%{text}<extra></extra>",
    )


def _suppressed_bins(
    figure: go.Figure, edges: list[Any], hidden: list[int], n: int, *, word: str, colour: str
) -> None:
    if not hidden:
        return
    pairs = list(pairwise(edges))
    figure.add_bar(
        x=[pairs[i][0] for i in hidden],
        width=[_width(*pairs[i]) for i in hidden],
        offset=0,
        base=[100 / n] * len(hidden),
        y=[100 * (SMALL_CELL - 2) / n] * len(hidden),
        name=f"{word}: 1-10 rows",
        legendgroup=word,
        showlegend=False,
        marker=_hatch(colour),
        hovertemplate=f"{word}: 1-10 rows, the exact count is not shown<extra></extra>",
    )


def _width(low: Any, high: Any) -> float:
    """Width of a bin in the axis' own unit (milliseconds on a date axis)."""
    step = high - low
    return float(step.total_seconds() * 1000) if hasattr(step, "total_seconds") else float(step)


def chosen_categories(column: ColumnResult) -> list[int]:
    """Positions of the categories to draw, in the picture's order, at most ``MAX_BARS``.

    The ten most frequent, and of the rest those whose share changed most: what is new in live data is often rare.
    """
    picture = column.picture
    if picture is None or len(picture.labels) <= MAX_BARS:
        return list(range(len(picture.labels) if picture else 0))
    n_train, n_live = _values(column.train), _values(column.live)

    def moved(i: int) -> float:
        train, live = (cells[i] if cells else 0 for cells in (picture.train, picture.live))
        return abs(_share(train, n_train) - _share(live, n_live))

    rest = sorted(range(FREQUENT, len(picture.labels)), key=moved, reverse=True)
    return [*range(FREQUENT), *sorted(rest[: MAX_BARS - FREQUENT])]


def _bars(column: ColumnResult, picture: Picture, tokens: Tokens, *, log: bool) -> go.Figure:
    chosen = chosen_categories(column)
    labels = [picture.labels[i] for i in chosen]
    figure = frame(90 + 34 * len(labels), tokens, barmode="group", hovermode="closest")
    figure.update_layout(bargap=0.25, legend_traceorder="normal")
    names = [shorten(label) for label in labels]
    lowest = 100.0
    for side, word in SIDES:
        counts: tuple[int | None, ...] = getattr(picture, side)
        cells = tuple(counts[i] for i in chosen) if counts else ()
        n = _values(getattr(column, side))
        if not cells or not n:
            continue
        colour = tokens.training if side == "train" else tokens.live
        shares = [_share(cell, n) for cell in cells]
        lowest = min([lowest, *(s for s in shares if s > 0)])
        figure.add_bar(
            y=list(range(len(labels))),
            x=shares,
            orientation="h",
            name=word,
            legendgroup=word,
            offsetgroup=side,
            marker_color=colour,
            customdata=[
                f"{word}, {label}: {percent(s / 100)} ({count(cell)} of {count(n)})"
                for label, s, cell in zip(labels, shares, cells, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
        hidden = _hidden(cells)
        if hidden:
            figure.add_bar(
                y=hidden,
                x=[100 * (SMALL_CELL - 2) / n] * len(hidden),
                base=[100 / n] * len(hidden),
                orientation="h",
                name=f"{word}: 1-10 rows",
                legendgroup=word,
                showlegend=False,
                offsetgroup=side,
                marker=_hatch(colour),
                hovertemplate=f"{word}: 1-10 rows, the exact count is not shown<extra></extra>",
            )
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(labels))),
        ticktext=names,
        autorange="reversed",
        title_text=column.name,
    )
    figure.update_xaxes(title_text="Share of values (%)", rangemode="tozero")
    if log:
        import math

        figure.update_xaxes(type="log", range=[math.log10(lowest / 2), 2], dtick=1)
    return figure
