"""Data: bring both files, check what each column is, assess."""

import streamlit as st

from golive.model.errors import InputError
from golive.ui.pilot import data_form, define_form, pilot
from golive.ui.shell import cache, components, nav, state, uploads
from golive.ui.shell.guards import open_store, require_role
from golive.ui.shell.words import plain

who = require_role("reviewer")
store = open_store()
settings = cache.current_settings()

components.page_title("Data", "Two files go in; nothing leaves this machine, and no row is stored.")
config = pilot.draft(store)
pilot.leave_sample(store, config)
frozen = define_form.frozen_sentence(store, config.project)
with st.container(horizontal=True, vertical_alignment="bottom"):
    if config.project == pilot.UNNAMED and not frozen:
        pilot.named(config)
    else:
        st.markdown(
            f"Pilot **{plain(config.project)}** · {plain(frozen) if frozen else 'what ready means is not frozen'}"
        )
    nav.link("define", "Define what ready means", icon=":material/edit_note:")

understood = data_form.understand(config, settings)
data_form.drop_zones(settings, understood)
if not uploads.files() and st.button(
    "Use the sample files", icon=":material/science:", key="use_sample"
):
    data_form.use_sample(settings)
    st.rerun()

if understood.problems:
    components.error_box(InputError(understood.problems))
data_form.notes(understood)
if "live" in uploads.files() and "train" not in uploads.files():
    st.caption("Bring training data too: live data is compared with it.")

if understood.inferred:
    st.subheader("What each column is", anchor=False)
    specs = data_form.chosen(understood)
    data_form.roles_line(specs)
    st.caption("What was taken for something else can be changed: double-click its type or role.")
    asked = data_form.columns_form(specs, understood.files.get("live"))
    ready = None
    with components.errors_shown():  # which roles contradict each other
        chosen = data_form.chosen(understood)
        ready = pilot.with_columns(understood.config, chosen, understood.inferred)
    session = data_form.assess_kept(store, ready, who, settings) if asked and ready else None
    if session and ready:
        pilot.put(ready, of=ready.project)
        state.open_session(session)
        nav.go("overview")
