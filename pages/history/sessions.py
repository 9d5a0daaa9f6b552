"""Sessions: every assessment, kept. Open one, compare two, delete one."""

import streamlit as st

from golive.ui.history import session_cards
from golive.ui.pilot import project_view
from golive.ui.shell import components
from golive.ui.shell.guards import nothing_yet, open_store, require_role

who = require_role()
store = open_store()

components.page_title(
    "Sessions",
    "Every assessment, kept with its data's identity, so that the answer can be defended.",
)
cards = store.list()
if not cards:
    nothing_yet("No session is stored yet. Assess your own data, or look at the sample.")
    project_view.show(store, who)
    st.stop()

projects = sorted({card.project for card in cards})
if len(projects) > 1:
    wanted = st.selectbox("Pilot", ["All pilots", *projects], key="sessions_project")
    cards = tuple(card for card in cards if wanted in ("All pilots", card.project))

session_cards.comparison(session_cards.ticked(cards), of=len(cards))
with st.grid(min_column_width=340, gap="medium", key="session_cards"):
    for card in cards:
        session_cards.show(store, card, who)

project_view.show(store, who)
