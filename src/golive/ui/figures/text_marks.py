"""Generated text: share of outputs with something their source does not contain, by kind, training beside live."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from golive.model.measured.generated_text import LengthHistogram
from golive.model.measured.intervals import Metric
from golive.ui.figures.frame import dots, error_bars, frame, named_rows
from golive.wording.labels import Tokens
from golive.wording.numbers import percent

if TYPE_CHECKING:
    import plotly.graph_objects as go

KIND_WORD = {
    "number": "Number", "unit": "Unit", "date": "Date", "medication": "Medication", "name": "Name", "finding": "Finding",
    "negation": "Negation", "contradiction": "Contradiction", "citation": "Citation",
}  # fmt: skip


def _rows(kinds: Mapping[str, Metric]) -> list[tuple[str, Metric]]:
    """Kinds with the most frequent in live data last, so that it is drawn on top."""
    return sorted(kinds.items(), key=lambda item: (item[1].live.value or 0, item[0]))


def text_marks(kinds: Mapping[str, Metric], tokens: Tokens) -> go.Figure:
    """Draw a dot with its 95 % interval per kind and side."""
    rows = _rows(kinds)
    figure = frame(90 + 34 * len(rows), tokens)
    for name, found, colour, shift, symbol in (
        ("Training", [(m.train, m.n_train) for _, m in rows], tokens.training, 0.14, "circle-open"),
        ("Live", [(m.live, m.n_live) for _, m in rows], tokens.live, -0.14, "circle"),
    ):
        known = [
            (i, e.value, e.ends or (e.value, e.value), n)
            for i, (e, n) in enumerate(found)
            if e.value is not None
        ]
        if not known:
            continue
        values = [100 * value for _, value, _, _ in known]
        ends = [(100 * low, 100 * high) for _, _, (low, high), _ in known]
        texts = [
            f"{name}: {percent(value)}, between {percent(low)} and {percent(high)}, n = {n:,}"
            for _, value, (low, high), n in known
        ]
        reach = error_bars(values, ends, color=colour, thickness=1.5, width=0)
        look = {"marker_size": 9, "marker_symbol": symbol, "error_x": reach}
        dots(figure, values, [i + shift for i, *_ in known], name, colour, texts=texts, **look)
    names = [KIND_WORD.get(kind, kind) for kind, _ in rows]
    named_rows(figure, names, range=[-0.6, len(rows) - 0.4])
    top = max((100 * (e.high or 0) for _, m in rows for e in (m.train, m.live)), default=1.0)
    figure.update_xaxes(title_text="Outputs with one or more (%)", range=[-0.03 * top, 1.04 * top])
    return figure


def describe_text_marks(kinds: Mapping[str, Metric]) -> str:
    """The picture in words."""
    shares = [
        f"{KIND_WORD.get(kind, kind)}: {percent(row.live.value)} live"
        + (f", {percent(row.train.value)} in training" if row.train.known else "")
        for kind, row in reversed(_rows(kinds))
        if row.live.known
    ]
    return f"Share of outputs with something their source does not contain. {'; '.join(shares)}."


def text_lengths(histogram: LengthHistogram, tokens: Tokens) -> go.Figure:
    """Draw the words per output on both sides as shares of all outputs; cells of 1 to 10 outputs are left out."""
    edges = histogram.edges
    figure = frame(230, tokens, barmode="overlay")
    for cells, total, name, colour in (
        (histogram.train, histogram.n_train, "Training", tokens.training),
        (histogram.live, histogram.n_live, "Live", tokens.live),
    ):
        if total:
            figure.add_bar(
                x=[(a + b) / 2 for a, b in pairwise(edges)],
                width=[b - a for a, b in pairwise(edges)],
                y=[None if c is None else 100 * c / total for c in cells],
                name=name,
                marker={"color": colour},
                opacity=0.55,
                hovertemplate=f"{name}: %{{y:.0f}} %<extra></extra>",
            )
    figure.update_xaxes(title_text="Words per output")
    figure.update_yaxes(title_text="Outputs (%)")
    return figure
