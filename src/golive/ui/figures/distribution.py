"""One column in training and live data, overlaid: bins for numbers and dates, paired bars for categories; its gaps, and its
drift score against floor and threshold.

Both sides are drawn as shares of their own values, so that 24,000 training rows and 200 live rows can be compared. A cell of 1
to 10 rows is suppressed in the picture: it is drawn hatched over the whole range that 1 to 10 rows could be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from math import log10
from typing import TYPE_CHECKING, Any

from golive.compare.drift.evidently import P_VALUE_METHODS
from golive.model.columns import ColumnType
from golive.model.profile import SMALL_CELL
from golive.model.result import ColumnResult, DriftResult, Picture, SideResult
from golive.stats.proportions import wilson
from golive.ui.figures.frame import error_bars, faded, frame, hover, line, named_rows, note
from golive.wording.labels import VERDICT_WORD, Tokens
from golive.wording.numbers import count, number, percent, score
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


@dataclass(frozen=True)
class _Drawn:
    """One side as it is drawn: the cells chosen, each as a share (percent) of the ``n`` values of this side."""

    side: str
    word: str
    colour: str
    n: int
    cells: tuple[int | None, ...]

    @property
    def shares(self) -> list[float]:
        return [_share(cell, self.n) for cell in self.cells]

    @property
    def hidden(self) -> list[int]:
        """Positions of the cells of 1 to 10 rows."""
        return [i for i, cell in enumerate(self.cells) if cell is None]

    def hover(self, names: Sequence[str]) -> list[str]:
        return [
            f"{self.word}, {name}: {percent(share / 100)} ({count(cell)} of {count(self.n)})"
            for name, share, cell in zip(names, self.shares, self.cells, strict=True)
        ]

    def suppressed(self) -> dict[str, Any]:
        """How cells of 1 to 10 rows are drawn: hatched, over all that they could be."""
        return {
            "base": [100 / self.n] * len(self.hidden),
            "name": f"{self.word}: 1-10 rows",
            "legendgroup": self.word,
            "showlegend": False,
            "marker": {
                "color": faded(self.colour, 0.25),
                "pattern": {"shape": "/", "fgcolor": self.colour, "size": 5},
                "line": {"color": self.colour, "width": 1},
            },
            "hovertemplate": f"{self.word}: 1-10 rows, the exact count is not shown<extra></extra>",
        }

    @property
    def lengths(self) -> list[float]:
        """How long the hatched bars are (percent)."""
        return [100 * (SMALL_CELL - 2) / self.n] * len(self.hidden)


def _sides(
    column: ColumnResult, picture: Picture, tokens: Tokens, chosen: Sequence[int] | None = None
) -> list[_Drawn]:
    """The sides that have something to draw; ``chosen`` are the positions of their cells (all when absent)."""
    found = []
    for (side, word), colour in zip(SIDES, (tokens.training, tokens.live), strict=True):
        cells: tuple[int | None, ...] = getattr(picture, side)
        n = _values(getattr(column, side))
        if cells and chosen is not None:
            cells = tuple(cells[i] for i in chosen)
        if cells and n:
            found.append(_Drawn(side, word, colour, n, cells))
    return found


def _log_axis(drawn: Sequence[_Drawn]) -> dict[str, Any]:
    """A logarithmic axis of shares, from half of the smallest one drawn to 100 percent."""
    lowest = min((s for one in drawn for s in one.shares if s > 0), default=100.0)
    return {"type": "log", "range": [log10(min(lowest, 100.0) / 2), 2], "dtick": 1}


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
    drawn = _sides(column, picture, tokens)
    for one in drawn:
        scaled = factor if factor is not None and one.side == "live" else 1.0
        edges = [_edge(column, e * scaled) for e in picture.edges]
        names = [_range(column, picture, i, unit, scaled) for i in range(len(one.cells))]
        _outline(figure, one, edges, names)
        if one.hidden:
            pairs = list(pairwise(edges))
            figure.add_bar(
                x=[pairs[i][0] for i in one.hidden],
                width=[_width(*pairs[i]) for i in one.hidden],
                offset=0,
                y=one.lengths,
                **one.suppressed(),
            )
    ends = (picture.edges[0], picture.edges[-1])
    reach = [*ends, *(e * (1.0 if factor is None else factor) for e in ends)]
    figure.update_xaxes(
        title_text=f"{column.name} ({unit})" if unit else column.name,
        type="date" if column.type is ColumnType.DATETIME else "linear",
        range=[_edge(column, min(reach)), _edge(column, max(reach))],
    )
    figure.update_yaxes(title_text="Share of values (%)", rangemode="tozero")
    if log:
        figure.update_yaxes(**_log_axis(drawn))
    return figure


def _outline(figure: go.Figure, one: _Drawn, edges: list[Any], names: Sequence[str]) -> None:
    """Draw one side as a stepped outline over its bins: point i holds the share of bin i until the next edge."""
    live = one.side == "live"
    figure.add_scatter(
        x=[edges[0], *edges],
        y=[0.0, *one.shares, 0.0],
        name=one.word,
        legendgroup=one.word,
        mode="lines",
        line={"shape": "hv", "width": 2.5 if live else 1.5, "color": one.colour},
        fill="tozeroy",
        fillcolor=faded(one.colour, 0.18 if live else 0.4),
        text=["", *one.hover(names), ""],
        hovertemplate="%{text}<extra></extra>",
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
    figure = frame(90 + 34 * len(labels), tokens, barmode="group", bargap=0.25)
    figure.update_layout(legend_traceorder="normal")
    drawn = _sides(column, picture, tokens, chosen)
    for one in drawn:
        figure.add_bar(
            y=list(range(len(labels))),
            x=one.shares,
            orientation="h",
            name=one.word,
            legendgroup=one.word,
            offsetgroup=one.side,
            marker_color=one.colour,
            **hover(one.hover(labels)),
        )
        if one.hidden:
            figure.add_bar(
                y=one.hidden,
                x=one.lengths,
                orientation="h",
                offsetgroup=one.side,
                **one.suppressed(),
            )
    names = [shorten(label) for label in labels]
    named_rows(figure, names, autorange="reversed", title_text=column.name)
    figure.update_xaxes(title_text="Share of values (%)", rangemode="tozero")
    if log:
        figure.update_xaxes(**_log_axis(drawn))
    return figure


def missing(column: ColumnResult, tokens: Tokens) -> go.Figure:
    """Draw the missing share (percent of rows, axis always 0 to 100) of both sides with Wilson intervals at 95 %."""
    figure = frame(150, tokens, showlegend=False, bargap=0.35)
    for (key, word), colour in zip(SIDES, (tokens.training, tokens.live), strict=True):
        side: SideResult | None = getattr(column, key)
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
            error_x=error_bars([value], [(100 * low, 100 * high)], thickness=1.2, width=4),
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
    if not parts:
        return f"{column.name}: not present."
    return f"{column.name} has no value in {' and '.join(parts)}."


def scale(drift: DriftResult, tokens: Tokens, *, after: float | None = None) -> go.Figure:
    """Draw the score as a dot, what no change produces as a band from 0 to the floor, and the threshold as a line.

    ``after`` adds the score that a repair would leave. The axis is the score itself, starting at 0; for methods whose score
    is a p-value the title says so, because there small means different.
    """
    figure = frame(180, tokens, showlegend=False)
    end = max(v for v in (drift.score, drift.threshold, drift.floor, after) if v is not None) * 1.15
    _marks(figure, drift, tokens, end)
    if drift.score is not None:
        dot: dict[str, Any] = {"y": [0], "mode": "markers+text"}
        if after is not None:
            figure.add_scatter(
                x=[after],
                textfont_color=tokens.muted,
                name="after repair",
                text=[f"repaired {score(after)}"],
                textposition="bottom center" if end * 0.25 < after < end * 0.75 else "bottom right",
                marker={
                    "size": 13,
                    "symbol": "circle-open",
                    "color": tokens.quiet,
                    "line_width": 3,
                },
                hovertemplate=f"After the repair: {score(after)}<extra></extra>",
                **dot,
            )
        colour = tokens.of(drift.verdict)
        line(figure, [0, drift.score], [0, 0], "way", color=colour, width=3)
        figure.add_scatter(
            x=[drift.score],
            textfont_color=tokens.text,
            name="score",
            text=[f"<b>{score(drift.score)}</b>"],
            textposition="bottom left" if drift.score > end * 0.25 else "top right",
            marker={"size": 14, "color": colour},
            hovertemplate=f"{VERDICT_WORD[drift.verdict]}: score {score(drift.score)}<extra></extra>",
            **dot,
        )
    meaning = "small = different" if drift.method in P_VALUE_METHODS else "0 = no difference"
    figure.update_yaxes(visible=False, range=[-1.35, 1.2])
    # Room for a marker at 0
    figure.update_xaxes(
        title_text=f"{method_name(drift.method)} <br>{meaning}", range=[-0.02 * end, end]
    )
    return figure


def _marks(figure: go.Figure, drift: DriftResult, tokens: Tokens, end: float) -> None:
    """Draw the threshold, and the floor where there is one, each with its value in words."""
    if drift.floor is not None:
        chance = faded(tokens.cannot_judge, 0.25)
        figure.add_vrect(x0=0, x1=drift.floor, fillcolor=chance, line_width=0, layer="below")
        words = f"chance alone: up to {score(drift.floor)}"
        note(figure, words, tokens, x=0, y=-1.1, xanchor="left")
    at = drift.threshold
    dashes = {"color": tokens.muted, "width": 1.5, "dash": "dash"}
    figure.add_shape(type="line", x0=at, x1=at, y0=0, y1=1.2, line=dashes)
    side, shift = ("left", 5) if at < end * 0.6 else ("right", -5)
    word = "differs below" if drift.method in P_VALUE_METHODS else "matters from"
    note(figure, f"{word} {score(at)}", tokens, x=at, y=1.0, xanchor=side, xshift=shift)


def describe_scale(drift: DriftResult) -> str:
    """Say in one sentence where the score stands against its floor and threshold."""
    if drift.score is None:
        return f"No score: {drift.reason or 'too few values'}."
    floor = "" if drift.floor is None else f", no change at all stays under {score(drift.floor)}"
    bar = "it differs below" if drift.method in P_VALUE_METHODS else "it matters from"
    return (
        f"{VERDICT_WORD[drift.verdict]}: {method_name(drift.method)} {score(drift.score)}; {bar} "
        f"{score(drift.threshold)}{floor} (n = {count(drift.n_train)} and {count(drift.n_live)})."
    )


def method_name(method: str) -> str:
    """The name of a drift method as people write it."""
    name = _NAMES.get(method, method)
    return f"{name} p-value" if method in P_VALUE_METHODS else name


_NAMES = {
    "wasserstein": "Wasserstein distance (SD)",
    "jensenshannon": "Jensen-Shannon distance",
    "psi": "Population stability index",
    "ks": "Kolmogorov-Smirnov",
    "kl_div": "Kullback-Leibler divergence",
    "hellinger": "Hellinger distance",
    "TVD": "Total variation distance",
    "ed": "Energy distance",
    "cramer_von_mises": "Cramér-von Mises",
    "anderson": "Anderson-Darling",
    "t_test": "t-test",
    "mannw": "Mann-Whitney",
    "chisquare": "Chi-square",
    "g_test": "G-test",
    "z": "Z-test",
}
