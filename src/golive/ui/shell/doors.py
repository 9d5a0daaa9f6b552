"""A sentence with a door: the whole sentence wraps and stays readable, and a link beside it opens what it speaks of."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from golive.ui.shell import nav


def door(
    url_path: str, sentence: str, *, label: str = "Open", query: Mapping[str, str] | None = None
) -> None:
    """Show ``sentence`` (Markdown) and, at its right, a link to a page of the table with ``query``.

    The sentence is not the link itself: ``st.page_link`` cuts a label at the end of its line.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.markdown(sentence, width="stretch")
        with st.container(width="content"):
            nav.link(url_path, label, icon=":material/chevron_right:", query=query)
