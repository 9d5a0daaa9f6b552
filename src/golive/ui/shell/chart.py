"""How a figure reaches the page: full width, the theme of the reader, no tool bar, and always a sentence for who cannot see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    import plotly.graph_objects as go

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def show(figure: go.Figure, *, key: str, alt: str, **more: Any) -> None:
    """Draw ``figure`` under a stable ``key``, with ``alt`` as its accessible name. ``more`` is Streamlit's own."""
    look: dict[str, Any] = {"width": "stretch", "theme": "streamlit", "config": CONFIG}
    st.plotly_chart(figure, key=key, alt=alt, **look, **more)


def pick(figure: go.Figure, *, key: str, alt: str, on_pick: Callable[[str], None]) -> None:
    """Draw ``figure``; a click on a point calls ``on_pick`` with the first entry of its ``customdata``."""

    def take() -> None:
        # What comes from the browser is not trusted: the caller checks the name against what it knows.
        chosen = st.session_state[key]["selection"]["points"]
        custom = chosen[0].get("customdata") if chosen else None
        if custom:
            on_pick(str(custom[0]))

    show(figure, key=key, alt=alt, on_select=take, selection_mode="points")
