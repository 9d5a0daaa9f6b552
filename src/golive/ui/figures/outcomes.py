"""Figures of performance: calibration, the course over time, groups beside each other, and the choice of a threshold.

All take parts of ``Assessment.performance`` (see ``golive.outcomes``): binned counts and intervals, never rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from golive.ui.figures.frame import faded, frame
from golive.ui.shell.theme import Tokens
from golive.wording.numbers import count, day, number, percent, score

if TYPE_CHECKING:
    import plotly.graph_objects as go

Part = Mapping[str, Any]
METRIC_WORD = {
    "auroc": "AUROC",
    "sensitivity": "Sensitivity (%)",
    "specificity": "Specificity (%)",
    "ppv": "PPV (%)",
    "observed_expected": "Observed to predicted",
    "alert_rate": "Alert rate (%)",
}


def _axis(metric: str) -> tuple[str, float]:
    """Title of a metric's axis and what its values are multiplied with: shares are drawn in percent."""
    title = METRIC_WORD.get(metric, metric.replace("_", " "))
    return title, 100 if title.endswith("(%)") else 1


def _error(
    points: Sequence[Part], value: str, low: str, high: str, scale: float = 100
) -> dict[str, Any]:
    """Plotly error bars from the two ends of an interval."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [scale * (p[high] - p[value]) for p in points],
        "arrayminus": [scale * (p[value] - p[low]) for p in points],
        "thickness": 1,
        "width": 3,
    }


def calibration(curves: Part, histogram: Part | None, tokens: Tokens) -> go.Figure:
    """Draw predicted against observed risk (percent) per bin with 95 % Wilson intervals, and the live scores as a rug.

    ``curves`` holds ``train`` and ``live`` with a ``calibration`` list each; ``histogram`` the binned scores.
    """
    figure = frame(460, tokens, hovermode="closest")
    top = 0.0
    for side, word, colour in (
        ("train", "Training", tokens.training),
        ("live", "Live", tokens.live),
    ):
        points = (curves.get(side) or {}).get("calibration") or []
        if not points:
            continue
        expected, observed = ([100 * p[key] for p in points] for key in ("expected", "observed"))
        top = max(top, *expected, *(100 * p["high"] for p in points))
        figure.add_scatter(
            x=expected,
            y=observed,
            mode="lines+markers",
            name=word,
            line_color=colour,
            error_y={**_error(points, "observed", "low", "high"), "color": faded(colour, 0.6)},
            customdata=[
                [percent(p["observed"]), percent(p["expected"]), count(p["n"])] for p in points
            ],
            hovertemplate="predicted %{customdata[1]}, observed %{customdata[0]} (n = %{customdata[2]})<extra></extra>",
        )
    figure.add_scatter(
        x=[0, top],
        y=[0, top],
        mode="lines",
        name="Predicted = observed",
        line={"color": tokens.muted, "dash": "dot"},
    )
    if histogram and any(histogram.get("live") or ()):
        edges, cells = histogram["edges"], [c or 0 for c in histogram["live"]]
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


def describe_calibration(performance: Part) -> str:
    """Say what the calibration figure shows."""
    found = performance.get("calibration") or {}
    ratio = (found.get("observed_expected") or {}).get("live")
    if ratio is None:
        return "Calibration could not be drawn: too few outcomes."
    return f"Predicted against observed risk. Live, the outcome occurs {number(ratio)} times as often as predicted."


BANDS = {"auroc": "expected_band", "alert_rate": "alert_band"}
"""Metric over time and the band around what training leads one to expect."""


def time_line(
    rows: Sequence[Part], metric: str, tokens: Tokens, *, changes: Sequence[Part] = ()
) -> go.Figure:
    """Draw a metric per window with its 95 % interval over the band expected from training; breaks as vertical lines.

    Windows whose outcomes may still come are hollow; the AUROC estimated without outcomes is a dotted line beside it.
    """
    figure = frame(300, tokens, hovermode="x")
    seen = [
        r for r in rows if isinstance(r.get(metric), Mapping) and r[metric].get("live") is not None
    ]
    title, scale = _axis(metric)
    band = BANDS.get(metric, "")
    banded = [r for r in seen if r.get(band)]
    if banded:
        figure.add_scatter(
            x=[r["start"] for r in banded] + [r["start"] for r in reversed(banded)],
            y=[scale * r[band][1] for r in banded] + [scale * r[band][0] for r in reversed(banded)],
            fill="toself",
            mode="none",
            name="Expected from training",
            fillcolor=faded(tokens.training, 0.2),
            hoverinfo="skip",
        )
    guessed = [
        r for r in rows if metric == "auroc" and (r.get("estimated") or {}).get("live") is not None
    ]
    if guessed:
        figure.add_scatter(
            x=[r["start"] for r in guessed],
            y=[r["estimated"]["live"] for r in guessed],
            mode="lines",
            name="Estimated without outcomes",
            line={"color": tokens.text, "dash": "dot", "width": 1.5},
            customdata=[score(r["estimated"]["live"]) for r in guessed],
            hovertemplate="estimated %{customdata}<extra></extra>",
        )
    points = [r[metric] for r in seen]
    low, high = ("low", "high") if points and "low" in points[0] else ("live_low", "live_high")
    coming = [metric == "auroc" and bool(r.get("open")) for r in seen]
    figure.add_scatter(
        x=[r["start"] for r in seen],
        y=[scale * p["live"] for p in points],
        mode="lines+markers",
        name="Live",
        line_color=tokens.live,
        marker={"size": 8, "symbol": ["circle-open" if o else "circle" for o in coming]},
        error_y={
            **_error(points, "live", low, high, scale=scale),
            "color": faded(tokens.live, 0.6),
        },
        customdata=[
            [
                day(r["start"]),
                percent(p["live"]) if scale == 100 else score(p["live"]),
                count(r["n"]),
            ]
            for p, r in zip(points, seen, strict=True)
        ],
        hovertemplate="%{customdata[0]}: %{customdata[1]} (n = %{customdata[2]})<extra></extra>",
    )
    for changed in sorted({c["date"] for c in changes}):
        figure.add_vline(x=changed, line={"color": tokens.alarm, "dash": "dash", "width": 1})
    figure.update_xaxes(
        title_text="Window starting", tickformat="%-d %b<br>%Y", hoverformat="%-d %b %Y", nticks=8
    )
    if (
        len(rows) > 1
    ):  # the same for every metric of one course, so that figures under each other line up
        first, last = (date.fromisoformat(str(r["start"])[:10]) for r in (rows[0], rows[-1]))
        room = max((last - first) * 0.03, timedelta(days=1))
        figure.update_xaxes(range=[first - room, last + room])
    figure.update_yaxes(title_text=title)
    return figure


def describe_time_line(rows: Sequence[Part], changes: Sequence[Part]) -> str:
    """Say how long the course is and where it breaks."""
    if not rows:
        return "No windows: the data has no time column or too few rows."
    breaks = (
        ", ".join(f"{c['signal']} on {day(c['date'])}" for c in changes) or "no break was found"
    )
    return (
        f"{len(rows)} windows from {day(rows[0]['start'])} to {day(rows[-1]['start'])}; {breaks}."
    )


def forest(groups: Sequence[Part], metric: str, overall: float | None, tokens: Tokens) -> go.Figure:
    """Draw one metric per group with its 95 % interval, the value of everyone as a dotted line, n beside each name."""
    shown = [g for g in groups if (g.get("metrics") or {}).get(metric)]
    figure = frame(110 + 38 * len(shown), tokens, showlegend=False, hovermode="closest")
    values = [g["metrics"][metric] for g in shown]
    rows = list(range(len(shown)))
    title, scale = _axis(metric)
    figure.add_scatter(
        x=[scale * v["live"] for v in values],
        y=rows,
        mode="markers",
        marker={"color": tokens.live, "size": 9},
        error_x={**_error(values, "live", "low", "high", scale=scale), "color": tokens.live},
        customdata=[
            f"{g['by']} {g['value']}: {percent(v['live']) if scale == 100 else score(v['live'])}"
            for g, v in zip(shown, values, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    if overall is not None:
        said = percent(overall) if scale == 100 else score(overall)
        figure.add_vline(
            x=scale * overall, line={"color": tokens.muted, "dash": "dot"}, layer="below"
        )
        figure.add_annotation(
            x=scale * overall,
            y=1,
            yref="paper",
            yanchor="bottom",
            text=f"everyone {said}",
            showarrow=False,
            font={"size": 12, "color": tokens.muted},
        )
        figure.update_layout(margin_t=28)
    # Names stand above their line and not beside it: on a telephone they would leave no room for the intervals.
    for row, group in zip(rows, shown, strict=True):
        figure.add_annotation(
            x=0,
            xref="paper",
            y=row,
            yshift=15,
            text=f"<b>{escape(str(group['value']), quote=False)}</b> · {escape(group['by'], quote=False)}, "
            f"n = {count(group['n'])}",
            showarrow=False,
            xanchor="left",
            font={"size": 12, "color": tokens.muted},
            bgcolor=tokens.background,  # the line of everyone runs behind a name, not through it
            borderpad=1,
        )
    figure.update_yaxes(tickvals=rows, showticklabels=False, range=[len(shown) - 0.5, -0.9])
    figure.update_xaxes(title_text=title)
    return figure


def describe_forest(groups: Sequence[Part], metric: str) -> str:
    """Say which group has the lowest value."""
    shown = [g for g in groups if (g.get("metrics") or {}).get(metric)]
    if not shown:
        return "No group has enough patients to be measured."
    worst = min(shown, key=lambda g: g["metrics"][metric]["live"])
    value = worst["metrics"][metric]
    return (
        f"{METRIC_WORD.get(metric, metric).removesuffix(' (%)')} of {len(shown)} groups. Lowest: {worst['value']} "
        f"({worst['by']}), {score(value['live'])}, between {score(value['low'])} and {score(value['high'])}, "
        f"n = {count(worst['n'])}."
    )


def by_hour(rows: Sequence[Part], budget: float | None, tokens: Tokens) -> go.Figure:
    """Draw the 50th and 95th percentile of the answer time (ms) per hour of the day, and the budget."""
    figure = frame(280, tokens, hovermode="x")
    for key, word, colour in (
        ("p50", "Half of the answers", tokens.training),
        ("p95", "95 % of the answers", tokens.live),
    ):
        seen = [r for r in rows if r.get(key) is not None]
        figure.add_scatter(
            x=[r["hour"] for r in seen],
            y=[r[key] for r in seen],
            mode="lines+markers",
            name=word,
            line_color=colour,
            customdata=[count(round(r[key])) for r in seen],
            hovertemplate=f"%{{x}}:00, {word[0].lower() + word[1:]} within %{{customdata}} ms<extra></extra>",
        )
    if budget is not None:
        figure.add_hline(
            y=budget,
            line={"color": tokens.alarm, "dash": "dash", "width": 1},
            annotation={
                "text": f"budget {count(round(budget))} ms",
                "font": {"color": tokens.alarm, "size": 12},
            },
            annotation_position="top left",
        )
    figure.update_xaxes(title_text="Hour of the day", dtick=4, range=[-0.6, 23.6])
    figure.update_yaxes(title_text="Answered within (ms)", rangemode="tozero", tickformat=",d")
    return figure


def describe_by_hour(rows: Sequence[Part]) -> str:
    """Say which hour is slowest."""
    seen = [r for r in rows if r.get("p95") is not None]
    if not seen:
        return "No hour has enough calls to be measured."
    slow = max(seen, key=lambda r: r["p95"])
    return f"Answer time by hour. Slowest at {slow['hour']}:00: 95 % within {count(round(slow['p95']))} ms."
