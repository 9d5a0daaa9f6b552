"""How far from nothing: one drift score on one small scale, against its floor and its threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from golive.model.result import DriftResult
from golive.ui.figures.frame import faded, frame
from golive.ui.theme import VERDICT, Tokens
from golive.ui.words import count, score

if TYPE_CHECKING:
    import plotly.graph_objects as go


def scale(drift: DriftResult, tokens: Tokens, *, after: float | None = None) -> go.Figure:
    """Draw the score as a dot, what no change produces as a band from 0 to the floor, and the threshold as a line.

    ``after`` adds the score that a repair would leave. The axis is the score itself, starting at 0.
    """
    colour = tokens.of(drift.verdict)
    figure = frame(170, showlegend=False, hovermode="closest")
    shown = [v for v in (drift.score, drift.threshold, drift.floor, after) if v is not None]
    end = max(shown) * 1.15 or 1.0
    if drift.floor is not None:
        figure.add_vrect(x0=0, x1=drift.floor, fillcolor=faded(tokens.cannot_judge, 0.22), line_width=0, layer="below")
        figure.add_annotation(
            x=drift.floor / 2, y=-0.62, text=f"no change: up to {score(drift.floor)}", showarrow=False, yanchor="middle",
            xanchor="left" if drift.floor < end * 0.25 else "center", font_size=12,
        )  # fmt: skip
    figure.add_vline(x=drift.threshold, line={"color": tokens.muted, "width": 1.5, "dash": "dash"})
    figure.add_annotation(
        x=drift.threshold, y=0.98, text=f"matters from {score(drift.threshold)}", showarrow=False, font_size=12,
        xanchor="left" if drift.threshold < end * 0.6 else "right", xshift=4 if drift.threshold < end * 0.6 else -4,
    )  # fmt: skip
    if drift.score is not None:
        figure.add_scatter(
            x=[0, drift.score], y=[0, 0], mode="lines", line={"color": colour, "width": 3}, hoverinfo="skip",
            name="distance",
        )  # fmt: skip
    if after is not None and drift.score is not None:
        figure.add_scatter(
            x=[after], y=[0], mode="markers+text", name="after repair", text=[f"repaired {score(after)}"],
            textposition="bottom center" if after > end * 0.15 else "bottom right",
            marker={"size": 13, "symbol": "circle-open", "color": tokens.quiet, "line": {"width": 3}},
            hovertemplate=f"After the repair: {score(after)}<extra></extra>",
        )  # fmt: skip
    if drift.score is not None:
        figure.add_scatter(
            x=[drift.score], y=[0], mode="markers+text", name="score", text=[f"<b>{score(drift.score)}</b>"],
            textposition="top center" if end * 0.08 < drift.score < end * 0.8 else "top left",
            marker={"size": 14, "color": colour},
            hovertemplate=f"{VERDICT[drift.verdict].word}: score {score(drift.score)}<extra></extra>",
        )  # fmt: skip
        if drift.score <= end * 0.08:
            figure.data[-1].textposition = "top right"
    figure.update_yaxes(visible=False, range=[-1, 1.2])
    figure.update_xaxes(
        title_text=f"{method_name(drift.method)} (0 = no difference)", range=[0, end], rangemode="tozero"
    )
    return figure


def describe_scale(drift: DriftResult) -> str:
    """Say in one sentence where the score stands against its floor and threshold."""
    if drift.score is None:
        return f"No score: {drift.reason or 'too few values'}."
    floor = f", no change at all stays under {score(drift.floor)}" if drift.floor is not None else ""
    return (
        f"{VERDICT[drift.verdict].word}: {method_name(drift.method)} {score(drift.score)}; it matters from "
        f"{score(drift.threshold)}{floor} (n = {count(drift.n_train)} and {count(drift.n_live)})."
    )


def method_name(method: str) -> str:
    """The name of a drift method as people write it."""
    return {
        "wasserstein": "Wasserstein distance in standard deviations",
        "jensenshannon": "Jensen-Shannon distance",
        "psi": "Population stability index",
        "ks": "Kolmogorov-Smirnov p-value",
        "kl_div": "Kullback-Leibler divergence",
        "hellinger": "Hellinger distance",
        "TVD": "Total variation distance",
    }.get(method, method)
