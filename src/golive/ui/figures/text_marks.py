"""Generated text: share of outputs with something their source does not contain, by kind, training beside live."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from golive.ui.figures.frame import frame
from golive.ui.shell.theme import Tokens
from golive.wording.numbers import percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

KIND_WORD = {
    "number": "Number", "unit": "Unit", "date": "Date", "medication": "Medication", "name": "Name", "finding": "Finding",
    "negation": "Negation", "contradiction": "Contradiction", "citation": "Citation",
}  # fmt: skip


def _rows(kinds: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    """Kinds with the most frequent in live data last, so that it is drawn on top."""
    return sorted(kinds.items(), key=lambda item: (item[1].get("live") or 0, item[0]))


def text_marks(kinds: Mapping[str, Mapping[str, Any]], tokens: Tokens) -> go.Figure:
    """Draw a dot with its 95 % interval per kind and side; ``kinds`` as in ``performance["generated_text"]["checks"]``."""
    rows = _rows(kinds)
    figure = frame(90 + 34 * len(rows), tokens, hovermode="closest")
    sides = (
        ("train", "Training", tokens.training, 0.14, "circle-open"),
        ("live", "Live", tokens.live, -0.14, "circle"),
    )
    for side, name, colour, shift, symbol in sides:
        known = [(i, row) for i, (_, row) in enumerate(rows) if row.get(side) is not None]
        if not known:
            continue
        figure.add_scatter(
            x=[100 * row[side] for _, row in known],
            y=[i + shift for i, _ in known],
            name=name,
            mode="markers",
            marker={"color": colour, "size": 9, "symbol": symbol},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [100 * (row[f"{side}_high"] - row[side]) for _, row in known],
                "arrayminus": [100 * (row[side] - row[f"{side}_low"]) for _, row in known],
                "color": colour,
                "thickness": 1.5,
                "width": 0,
            },
            customdata=[
                f"{name}: {percent(row[side])}, between {percent(row[f'{side}_low'])} and {percent(row[f'{side}_high'])}, "
                f"n = {row[f'n_{side}']:,}"
                for _, row in known
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[KIND_WORD.get(k, k) for k, _ in rows],
        range=[-0.6, len(rows) - 0.4],
    )
    top = max(
        (100 * (row.get(f"{side}_high") or 0) for _, row in rows for side in ("train", "live")),
        default=1.0,
    )
    figure.update_xaxes(title_text="Outputs with one or more (%)", range=[-0.03 * top, 1.04 * top])
    return figure


def describe_text_marks(kinds: Mapping[str, Mapping[str, Any]]) -> str:
    """The picture in words."""
    said = [
        f"{KIND_WORD.get(kind, kind)}: {percent(row['live'])} live"
        + (f", {percent(row['train'])} in training" if row.get("train") is not None else "")
        for kind, row in reversed(_rows(kinds))
        if row.get("live") is not None
    ]
    return f"Share of outputs with something their source does not contain. {'; '.join(said)}."


def text_lengths(histogram: Mapping[str, Any], tokens: Tokens) -> go.Figure:
    """Draw the words per output on both sides as shares of all outputs; cells of 1 to 10 outputs are left out."""
    edges = histogram["edges"]
    figure = frame(230, tokens, barmode="overlay")
    for side, name, colour in (
        ("train", "Training", tokens.training),
        ("live", "Live", tokens.live),
    ):
        total = histogram[f"n_{side}"]
        if total:
            figure.add_bar(
                x=[(a + b) / 2 for a, b in pairwise(edges)],
                width=[b - a for a, b in pairwise(edges)],
                y=[None if c is None else 100 * c / total for c in histogram[side]],
                name=name,
                marker={"color": colour},
                opacity=0.55,
                hovertemplate=f"{name}: %{{y:.0f}} %<extra></extra>",
            )
    figure.update_xaxes(title_text="Words per output")
    figure.update_yaxes(title_text="Outputs (%)")
    return figure
