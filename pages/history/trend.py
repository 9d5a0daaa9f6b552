"""Trend: how verdict, drift and performance of a pilot moved, and what happened meanwhile."""

import streamlit as st

from golive.ui import components, trend_view
from golive.ui.guards import open_store, require_role

who = require_role()
store = open_store()

components.page_title("Trend", "Is it getting better or worse, and since when?")
projects = store.projects()
if not projects:
    st.info("Nothing was measured yet. Assess data, or run a monitor.", icon=":material/info:")
    st.stop()

project = projects[0]
if len(projects) > 1:
    latest = store.list(limit=1)
    start = projects.index(latest[0].project) if latest and latest[0].project in projects else 0
    project = st.selectbox("Pilot", projects, index=start, key="trend_project")
past = trend_view.past_of(store, project)
trend_view.show(past)
trend_view.change_log(past)
