"""Monitors: live data judged without a person, and the alerts that came of it."""

import streamlit as st

from golive.ui.history import monitors
from golive.ui.shell import components, glossary
from golive.ui.shell.guards import open_store, require_role

who = require_role()
store = open_store()

components.page_title(
    "Monitors", "Is every batch arriving, and does anything in it ask for someone?"
)
watches = store.monitors.watches()
if not watches:
    st.markdown("No monitor has run yet.")
    monitors.make_monitor(store, who, first=True)
    st.stop()

projects = sorted({project for project, _ in watches})
alerts = [(project, alert) for project in projects for alert in store.monitors.alerts(project)]
active = [pair for pair in alerts if pair[1].active]
ended = [pair for pair in alerts if not pair[1].active]

for project in projects:
    monitors.unsent(store, project)
with st.grid(min_column_width=340, gap="medium", key="watch_cards"):
    for project, watch in watches:
        monitors.watch_card(store, project, watch, who)

st.subheader("Open alerts", anchor=False, help=glossary.tip("Alert"))
if not active:
    st.markdown(":material/check_circle: No alert is open.")
for project, alert in active:
    monitors.alert_card(store, project, alert, who)
if ended:
    with st.expander(f"Ended alerts: {len(ended)}", icon=":material/history:"):
        for project, alert in ended[:50]:
            monitors.alert_card(store, project, alert, who)

monitors.make_monitor(store, who, first=False)
st.subheader("Before you change a threshold", anchor=False)
for project, watch in watches:
    monitors.try_thresholds(store, project, watch.id)
