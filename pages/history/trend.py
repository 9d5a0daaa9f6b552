"""Trend: how verdict, drift and performance of a pilot moved, and what happened meanwhile."""

import streamlit as st

from golive.ui.history import trend_view
from golive.ui.shell import components, state
from golive.ui.shell.guards import nothing_yet, open_store, require_role

who = require_role()
store = open_store()

components.page_title("Trend", "Is it getting better or worse, and since when?")
projects = store.projects()
if not projects:
    nothing_yet(
        "Nothing was measured yet. A trend begins with the first session of a pilot; a second one gives it a direction."
    )
    st.stop()

project = projects[0]
if len(projects) > 1:
    card = state.place(store).card
    start = projects.index(card.project) if card else 0
    project = st.selectbox("Pilot", projects, index=start, key="trend_project")
past = trend_view.past_of(store, project)
trend_view.show(past)
trend_view.change_log(past)
