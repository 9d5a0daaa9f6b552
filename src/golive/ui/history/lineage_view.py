"""Lineage of a session: back to data, model, policy and code, forward to the decisions that rest on it."""

from __future__ import annotations

import streamlit as st

from golive.model.errors import GoLiveError
from golive.report.base.identity import identity
from golive.report.base.sources import gather
from golive.store import Store
from golive.ui.shell import components, nav
from golive.ui.shell.words import plain
from golive.wording.numbers import day, plural


@st.dialog("Where it comes from, and what it supported", width="large")
def lineage(store: Store, session: str) -> None:
    """Both directions in one dialog."""
    try:
        back = identity(gather(store, session)).rows
        forward = store.supported_by(session)
        history = store.history(session)
    except GoLiveError as error:
        components.error_box(error)
        return
    st.markdown("**Every figure of this session goes back to**")
    st.table(
        {"": [name for name, _ in back], "Value": [plain(value) for _, value in back]},
        hide_index=True,
        width="stretch",
    )
    if len(history) > 1:
        st.markdown("**It was scored again**")
        lines = (
            f"- {day(r.saved_at)}, {plain(r.actor)}: {plain(r.reason)}"
            + ("" if r.index is None else f" (index {r.index:.0f})")
            for r in reversed(history[:-1])
        )
        st.markdown("\n".join(lines))
    st.markdown("**It supported**")
    if not forward:
        st.markdown(
            "No decision rests on it yet. Decisions are taken on Findings, Evidence and Scope."
        )
        nav.link("findings", "Findings", icon=":material/search:")
        return
    st.caption(plural(len(forward), "decision"))
    for step in forward:
        words = f": {plain(step.words)}" if step.words else ""
        st.markdown(
            f"- {day(step.at)}, {plain(step.actor)}: {step.kind} {plain(step.subject)}{words}"
            + (f" (change {step.revision})" if step.revision > 1 else "")
        )
