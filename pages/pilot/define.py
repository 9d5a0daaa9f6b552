"""Define: one page that reads as a form a committee could sign."""

import streamlit as st

from golive.ui.pilot import define_form, pilot
from golive.ui.shell import components, nav
from golive.ui.shell.guards import open_store, require_role

who = require_role()
store = open_store()

components.page_title(
    "Define the pilot",
    "What it is for, how risky it is, and what ready means – agreed before live data is seen.",
)
config = pilot.draft(store)
pilot.leave_sample(store, config)
config = define_form.purpose(config)
config = define_form.risk(config)
config = define_form.criteria(config)
config = define_form.routing(config)
pilot.put(config)
define_form.freeze(store, config, who)

with st.container(horizontal=True):
    nav.link("data", "Next: bring training and live data", icon=":material/arrow_forward:")
