"""Trend: one quantity over time, with the events that explain a step and the alerts that were open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from golive.ui.figures.frame import band, faded, frame, note
from golive.wording.labels import Tokens
from golive.wording.numbers import day, number, plural

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class TrendPoint:
    """A value at a time, with the interval it lies in where there is one."""

    at: datetime
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Mark:
    """Something that happened on a day."""

    on: date
    words: str


def trend(
    points: Sequence[TrendPoint], tokens: Tokens, *, quantity: str, marks: Sequence[Mark] = ()
) -> go.Figure:
    """Draw ``points`` in the order of time, their interval as a band, and ``marks`` as dotted lines with their number."""
    shown = sorted(points, key=lambda p: p.at)
    figure = frame(280, tokens, showlegend=False, hovermode="x")
    times = [p.at for p in shown]
    if shown and all(p.low is not None and p.high is not None for p in shown):
        band(
            figure, times, [(p.low or 0.0, p.high or 0.0) for p in shown], faded(tokens.live, 0.18)
        )
    figure.add_scatter(
        x=times,
        y=[p.value for p in shown],
        mode="lines+markers" if len(shown) <= 60 else "lines",
        line={"color": tokens.live, "width": 2},
        hovertemplate="%{x|%-d %b %Y}: %{y:.4g}<extra></extra>",
    )
    for place, mark in enumerate(sorted(marks, key=lambda m: m.on), start=1):
        at = datetime(mark.on.year, mark.on.month, mark.on.day)
        figure.add_vline(x=at, line_dash="dot", line_color=tokens.muted)
        note(figure, str(place), tokens, x=at, y=1, yref="paper", yanchor="bottom")
    figure.update_yaxes(title_text=quantity)
    if times and times[0].date() == times[-1].date():
        # One day alone would be drawn in thousandths of a second.
        figure.update_xaxes(
            range=[times[0] - timedelta(days=2), times[-1] + timedelta(days=2)],
            tickformat="%-d %b %Y",
            dtick=86_400_000,
        )
    return figure


def describe_trend(
    points: Sequence[TrendPoint], *, quantity: str, marks: Sequence[Mark] = ()
) -> str:
    """Say in a sentence what the figure shows."""
    if not points:
        return f"{quantity}: nothing was measured yet."
    shown = sorted(points, key=lambda p: p.at)
    first, last = shown[0], shown[-1]
    if len(shown) == 1:
        return f"{quantity}: {_value(first.value)} on {day(first.at)}."
    events = f" {plural(len(marks), 'event')} marked." if marks else ""
    return (
        f"{quantity} from {day(first.at)} to {day(last.at)}: first {_value(first.value)}, last {_value(last.value)}, "
        f"lowest {_value(min(p.value for p in shown))}, highest {_value(max(p.value for p in shown))} "
        f"({plural(len(shown), 'point')}).{events}"
    )


def _value(value: float) -> str:
    """Points without decimals, as the index is said everywhere; small values as any number."""
    return f"{value:.0f}" if abs(value) >= 10 else number(value)
