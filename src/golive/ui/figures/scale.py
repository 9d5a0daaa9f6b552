"""How far from nothing: one drift score on one small scale, against its floor and its threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from golive.compare.drift.evidently import P_VALUE_METHODS
from golive.model.result import DriftResult
from golive.ui.figures.frame import faded, frame
from golive.ui.shell.theme import VERDICT, Tokens
from golive.wording.numbers import count, score

if TYPE_CHECKING:
    import plotly.graph_objects as go


def scale(drift: DriftResult, tokens: Tokens, *, after: float | None = None) -> go.Figure:
    """Draw the score as a dot, what no change produces as a band from 0 to the floor, and the threshold as a line.

    ``after`` adds the score that a repair would leave. The axis is the score itself, starting at 0; for methods whose score
    is a p-value the title says so, because there small means different.
    """
    figure = frame(180, tokens, showlegend=False, hovermode="closest")
    end = max(v for v in (drift.score, drift.threshold, drift.floor, after) if v is not None) * 1.15
    _marks(figure, drift, tokens, end)
    if drift.score is not None:
        if after is not None:
            figure.add_scatter(
                x=[after],
                y=[0],
                mode="markers+text",
                textfont_color=tokens.muted,
                name="after repair",
                text=[f"repaired {score(after)}"],
                textposition="bottom center" if end * 0.25 < after < end * 0.75 else "bottom right",
                marker={
                    "size": 13,
                    "symbol": "circle-open",
                    "color": tokens.quiet,
                    "line": {"width": 3},
                },
                hovertemplate=f"After the repair: {score(after)}<extra></extra>",
            )
        colour = tokens.of(drift.verdict)
        figure.add_scatter(
            x=[0, drift.score],
            y=[0, 0],
            mode="lines",
            line={"color": colour, "width": 3},
            hoverinfo="skip",
            name="way",
        )
        figure.add_scatter(
            x=[drift.score],
            y=[0],
            mode="markers+text",
            textfont_color=tokens.text,
            name="score",
            text=[f"<b>{score(drift.score)}</b>"],
            textposition="bottom left" if drift.score > end * 0.25 else "top right",
            marker={"size": 14, "color": colour},
            hovertemplate=f"{VERDICT[drift.verdict].word}: score {score(drift.score)}<extra></extra>",
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
        figure.add_vrect(
            x0=0,
            x1=drift.floor,
            fillcolor=faded(tokens.cannot_judge, 0.25),
            line_width=0,
            layer="below",
        )
        figure.add_annotation(
            x=0,
            y=-1.1,
            text=f"chance alone: up to {score(drift.floor)}",
            showarrow=False,
            xanchor="left",
            font={"size": 12, "color": tokens.muted},
        )
    figure.add_shape(
        type="line",
        x0=drift.threshold,
        x1=drift.threshold,
        y0=0,
        y1=1.2,
        line={"color": tokens.muted, "width": 1.5, "dash": "dash"},
    )
    left = drift.threshold < end * 0.6
    word = "differs below" if drift.method in P_VALUE_METHODS else "matters from"
    figure.add_annotation(
        x=drift.threshold,
        y=1.0,
        text=f"{word} {score(drift.threshold)}",
        showarrow=False,
        xanchor="left" if left else "right",
        xshift=5 if left else -5,
        font={"size": 12, "color": tokens.muted},
    )


def describe_scale(drift: DriftResult) -> str:
    """Say in one sentence where the score stands against its floor and threshold."""
    if drift.score is None:
        return f"No score: {drift.reason or 'too few values'}."
    floor = (
        f", no change at all stays under {score(drift.floor)}" if drift.floor is not None else ""
    )
    bar = "it differs below" if drift.method in P_VALUE_METHODS else "it matters from"
    return (
        f"{VERDICT[drift.verdict].word}: {method_name(drift.method)} {score(drift.score)}; {bar} "
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
