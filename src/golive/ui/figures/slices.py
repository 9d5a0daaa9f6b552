"""Where a finding sits: its effect in each site, model version or week, with the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from golive.model.finding import SliceShare
from golive.model.profile import SMALL_CELL
from golive.ui.figures.frame import frame
from golive.ui.shell.theme import Tokens
from golive.wording.numbers import count, day, number, percent
from golive.wording.text import shorten

if TYPE_CHECKING:
    import plotly.graph_objects as go

SHARES = frozenset({"missing_share", "share", "rate", "unparsed_share", "category_share"})


def slices(parts: Sequence[SliceShare], tokens: Tokens, *, quantity: str) -> go.Figure:
    """Draw the effect of a finding per slice, largest first; ``quantity`` is the effect's name.

    Slices of 1 to 10 rows are named but not measured.
    """
    shown = [p for p in parts if p.effect is not None and p.n >= SMALL_CELL]
    shown = sorted(shown, key=lambda p: abs(p.effect or 0), reverse=True)[:12]
    share = is_share(quantity)
    figure = frame(90 + 30 * len(shown), tokens, showlegend=False, hovermode="closest")
    figure.update_layout(bargap=0.35)
    values = [(p.effect or 0) * (100 if share else 1) for p in shown]
    figure.add_bar(
        y=list(range(len(shown))),
        x=values,
        orientation="h",
        name="Live",
        marker_color=tokens.live,
        text=[percent(p.effect) if share else number(p.effect) for p in shown],
        textposition="auto",
        customdata=[
            f"{_name(p)}: n = {count(p.n)}" + (f", since {day(p.since)}" if p.since else "")
            for p in shown
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(shown))),
        ticktext=[f"{shorten(_name(p), 22)} (n = {count(p.n)})" for p in shown],
        autorange="reversed",
    )
    figure.update_xaxes(title_text=quantity_name(quantity) + (" (%)" if share else ""))
    return figure


def describe_slices(parts: Sequence[SliceShare], *, quantity: str) -> str:
    """Say in one sentence which slice carries most of a finding."""
    shown = [p for p in parts if p.effect is not None and p.n >= SMALL_CELL]
    if not shown:
        return "No slice has enough rows to be measured."
    top = max(shown, key=lambda p: abs(p.effect or 0))
    value = percent(top.effect) if is_share(quantity) else number(top.effect)
    return f"{quantity_name(quantity)} by {top.by}: largest in {_name(top)}, {value} (n = {count(top.n)})."


def _name(part: SliceShare) -> str:
    """The slice as people say it; a window by its first day."""
    return f"from {day(part.value)}" if part.by == "time" else part.value


def is_share(quantity: str) -> bool:
    """Whether an effect of this name is a share (0 to 1) and is written in percent."""
    return (
        quantity in SHARES
        or quantity.startswith("share_")
        or quantity.endswith(("_share", "_rate"))
    )


def quantity_name(quantity: str) -> str:
    """The name of an effect in words: ``missing_share`` becomes ``Missing share``."""
    words = quantity.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
