"""Figures of performance: calibration, the course over time, groups beside each other, and the choice of a threshold.

All take parts of ``Assessment.performance`` (see ``golive.outcomes``): binned counts and intervals, never rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from golive.model.measured.course import ChangePoint, Window
from golive.model.measured.groups import Group
from golive.model.measured.intervals import Interval
from golive.model.measured.performance import Calibration, CurvesOfBoth, ScoreHistogram
from golive.model.measured.service import Hour
from golive.ui.figures.frame import band, dots, error_bars, faded, frame, note
from golive.wording.labels import Tokens
from golive.wording.metrics import METRICS
from golive.wording.numbers import count, day, number, percent, score

if TYPE_CHECKING:
    import plotly.graph_objects as go


def _scale(metric: str) -> float:
    """What the values of a metric are multiplied with: shares are drawn in percent."""
    return 100 if METRICS[metric].share else 1


def _read(metric: str, value: float) -> str:
    """A value beside its dot: two decimals, or percent."""
    return percent(value) if METRICS[metric].share else score(value)


def _drawn(found: Sequence[Interval], scale: float) -> tuple[list[float], dict[str, Any]]:
    """Values, and Plotly's error bars from both ends of their intervals (none where an end is not known)."""
    values = [scale * (f.value or 0.0) for f in found]
    known = zip(found, values, strict=True)
    ends = [(scale * f.ends[0], scale * f.ends[1]) if f.ends else (v, v) for f, v in known]
    return values, error_bars(values, ends, thickness=1, width=3)


def calibration(curves: CurvesOfBoth, histogram: ScoreHistogram, tokens: Tokens) -> go.Figure:
    """Draw predicted against observed risk (percent) per bin with 95 % Wilson intervals, and the live scores as a rug."""
    figure = frame(460, tokens)
    top = 0.0
    for points, word, colour in (
        (curves.train.calibration, "Training", tokens.training),
        (curves.live.calibration, "Live", tokens.live),
    ):
        if not points:
            continue
        expected = [100 * p.expected for p in points]
        observed, bars = _drawn(
            [Interval(value=p.observed, low=p.low, high=p.high) for p in points], 100
        )
        top = max(top, *expected, *(100 * p.high for p in points))
        texts = [
            f"predicted {percent(p.expected)}, observed {percent(p.observed)} (n = {count(p.n)})"
            for p in points
        ]
        reach = {**bars, "color": faded(colour, 0.6)}
        dots(
            figure,
            expected,
            observed,
            word,
            colour,
            texts=texts,
            mode="lines+markers",
            error_y=reach,
        )
    figure.add_scatter(
        x=[0, top],
        y=[0, top],
        mode="lines",
        name="Predicted = observed",
        line={"color": tokens.muted, "dash": "dot"},
    )
    if any(histogram.live):
        edges, cells = histogram.edges, [c or 0 for c in histogram.live]
        peak = max(cells)
        figure.add_bar(
            x=[50 * (a + b) for a, b in pairwise(edges)],
            y=[0.12 * top * c / peak for c in cells],
            width=[100 * (b - a) for a, b in pairwise(edges)],
            name="How many live scores",
            marker_color=faded(tokens.live, 0.25),
            hoverinfo="skip",
        )
    figure.update_xaxes(title_text="Predicted risk (%)", range=[0, top * 1.02 or 1])
    figure.update_yaxes(title_text="Observed (%)", range=[0, top * 1.05 or 1])
    return figure


def describe_calibration(found: Calibration) -> str:
    """Say what the calibration figure shows."""
    ratio = found.observed_expected.live.value
    if ratio is None:
        return "Calibration could not be drawn: too few outcomes."
    return f"Predicted against observed risk. Live, the outcome occurs {number(ratio)} times as often as predicted."


def time_line(
    rows: Sequence[Window],
    metric: Literal["auroc", "alert_rate"],
    tokens: Tokens,
    *,
    changes: Sequence[ChangePoint] = (),
) -> go.Figure:
    """Draw a metric per window with its 95 % interval over the band expected from training; breaks as vertical lines.

    Windows whose outcomes may still come are hollow; the AUROC estimated without outcomes is a dotted line beside it.
    """
    figure = frame(300, tokens, hovermode="x")
    ranks, scale = metric == "auroc", _scale(metric)
    seen = [(r, p) for r in rows if (p := r.auroc if ranks else r.alert_rate).known]
    bands = [(r.start, r.expected_band if ranks else r.alert_band) for r, _ in seen]
    banded = [(start, *expected) for start, expected in bands if expected is not None]
    if banded:
        ends = [(scale * (low or 0.0), scale * (high or 0.0)) for _, low, high in banded]
        colour = faded(tokens.training, 0.2)
        band(figure, [start for start, _, _ in banded], ends, colour, "Expected from training")
    guessed = [(r.start, r.estimated.value) for r in rows if ranks and r.estimated.known]
    if guessed:
        starts, levels = zip(*guessed, strict=True)
        texts = [f"estimated {score(value)}" for value in levels]
        name, dotted = "Estimated without outcomes", {"line_dash": "dot", "line_width": 1.5}
        dots(figure, starts, levels, name, tokens.text, texts=texts, mode="lines", **dotted)
    values, bars = _drawn([p for _, p in seen], scale)
    figure.add_scatter(
        x=[r.start for r, _ in seen],
        y=values,
        mode="lines+markers",
        name="Live",
        line_color=tokens.live,
        marker={
            "size": 8,
            "symbol": ["circle-open" if ranks and r.open else "circle" for r, _ in seen],
        },
        error_y={**bars, "color": faded(tokens.live, 0.6)},
        customdata=[[day(r.start), _read(metric, p.value or 0.0), count(r.n)] for r, p in seen],
        hovertemplate="%{customdata[0]}: %{customdata[1]} (n = %{customdata[2]})<extra></extra>",
    )
    for changed in sorted({c.date for c in changes}):
        figure.add_vline(x=changed, line={"color": tokens.alarm, "dash": "dash", "width": 1})
    figure.update_xaxes(
        title_text="Window starting", tickformat="%-d %b<br>%Y", hoverformat="%-d %b %Y", nticks=8
    )
    # The same for every metric of one course, so that figures under each other line up
    if len(rows) > 1:
        first, last = (date.fromisoformat(r.start[:10]) for r in (rows[0], rows[-1]))
        room = max((last - first) * 0.03, timedelta(days=1))
        figure.update_xaxes(range=[first - room, last + room])
    figure.update_yaxes(title_text=METRICS[metric].axis)
    return figure


def describe_time_line(rows: Sequence[Window], changes: Sequence[ChangePoint]) -> str:
    """Say how long the course is and where it breaks."""
    if not rows:
        return "No windows: the data has no time column or too few rows."
    breaks = ", ".join(f"{c.signal} on {day(c.date)}" for c in changes) or "no break was found"
    return f"{len(rows)} windows from {day(rows[0].start)} to {day(rows[-1].start)}; {breaks}."


def _of(groups: Sequence[Group], metric: str) -> list[tuple[Group, Interval]]:
    """The groups of which the metric is known."""
    return [(g, g.metrics[metric]) for g in groups if metric in g.metrics]


def forest(
    groups: Sequence[Group], metric: str, overall: float | None, tokens: Tokens
) -> go.Figure:
    """Draw one metric per group with its 95 % interval, the value of everyone as a dotted line, n beside each name."""
    shown = _of(groups, metric)
    figure = frame(110 + 38 * len(shown), tokens, showlegend=False)
    scale, rows = _scale(metric), list(range(len(shown)))
    values, bars = _drawn([found for _, found in shown], scale)
    texts = [f"{g.name}: {_read(metric, found.value or 0.0)}" for g, found in shown]
    reach = {**bars, "color": tokens.live}
    dots(figure, values, rows, "", tokens.live, texts=texts, marker_size=9, error_x=reach)
    if overall is not None:
        figure.add_vline(
            x=scale * overall, line={"color": tokens.muted, "dash": "dot"}, layer="below"
        )
        words = f"everyone {_read(metric, overall)}"
        note(figure, words, tokens, x=scale * overall, y=1, yref="paper", yanchor="bottom")
        figure.update_layout(margin_t=28)
    # Names stand above their line and not beside it: on a telephone they would leave no room for the intervals.
    for row, (group, _) in enumerate(shown):
        value, by = escape(group.value, quote=False), escape(group.by, quote=False)
        note(
            figure,
            f"<b>{value}</b> · {by}, n = {count(group.n)}",
            tokens,
            x=0,
            xref="paper",
            y=row,
            yshift=15,
            xanchor="left",
            bgcolor=tokens.background,  # the line of everyone runs behind a name, not through it
            borderpad=1,
        )
    figure.update_yaxes(tickvals=rows, showticklabels=False, range=[len(shown) - 0.5, -0.9])
    figure.update_xaxes(title_text=METRICS[metric].axis)
    return figure


def describe_forest(groups: Sequence[Group], metric: str) -> str:
    """Say which group has the lowest value."""
    shown = _of(groups, metric)
    if not shown:
        return "No group has enough patients to be measured."
    worst, found = min(shown, key=lambda item: item[1].value or 0.0)
    return (
        f"{METRICS[metric].title} of {len(shown)} groups. Lowest: {worst.value} ({worst.by}), "
        f"{score(found.value)}, between {score(found.low)} and {score(found.high)}, n = {count(worst.n)}."
    )


def by_hour(rows: Sequence[Hour], budget: float | None, tokens: Tokens) -> go.Figure:
    """Draw the 50th and 95th percentile of the answer time (ms) per hour of the day, and the budget."""
    figure = frame(280, tokens, hovermode="x")
    for times, word, colour in (
        ([(r.hour, r.p50) for r in rows], "Half of the answers", tokens.training),
        ([(r.hour, r.p95) for r in rows], "95 % of the answers", tokens.live),
    ):
        seen = [(hour, value) for hour, value in times if value is not None]
        what, at = word[0].lower() + word[1:], [hour for hour, _ in seen]
        texts = [f"{hour}:00, {what} within {count(round(value))} ms" for hour, value in seen]
        dots(figure, at, [v for _, v in seen], word, colour, texts=texts, mode="lines+markers")
    if budget is not None:
        dashed = {"color": tokens.alarm, "dash": "dash", "width": 1}
        font = {"color": tokens.alarm, "size": 12}
        words = {"text": f"budget {count(round(budget))} ms", "font": font}
        figure.add_hline(budget, line=dashed, annotation=words, annotation_position="top left")
    figure.update_xaxes(title_text="Hour of the day", dtick=4, range=[-0.6, 23.6])
    figure.update_yaxes(title_text="Answered within (ms)", rangemode="tozero", tickformat=",d")
    return figure


def describe_by_hour(rows: Sequence[Hour]) -> str:
    """Say which hour is slowest."""
    seen = [(r.p95, r.hour) for r in rows if r.p95 is not None]
    if not seen:
        return "No hour has enough calls to be measured."
    slow, hour = max(seen, key=lambda row: row[0])
    return f"Answer time by hour. Slowest at {hour}:00: 95 % within {count(round(slow))} ms."
