"""How a figure reaches the page: full width, the theme of the reader, no tool bar, and always a sentence for who cannot see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    import plotly.graph_objects as go

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def show(figure: go.Figure, *, key: str, alt: str) -> None:
    """Draw ``figure`` under a stable ``key``, with ``alt`` as its accessible name."""
    st.plotly_chart(figure, width="stretch", theme="streamlit", key=key, alt=alt, config=CONFIG)


def pick(figure: go.Figure, *, key: str, alt: str) -> str | None:
    """Draw ``figure`` and return the first entry of ``customdata`` of the point that was clicked, or ``None``."""
    state = st.plotly_chart(
        figure,
        width="stretch",
        theme="streamlit",
        key=key,
        alt=alt,
        config=CONFIG,
        on_select="rerun",
        selection_mode="points",
    )
    chosen = state["selection"]["points"] if state else []
    custom = chosen[0].get("customdata") if chosen else None
    return str(custom[0]) if custom else None
