"""Contract: what the model receives and gives back, agreed, versioned, and held against live data."""

import streamlit as st

from golive.store.project import Project
from golive.ui.pilot import contract_form, pilot
from golive.ui.shell import cache, components, nav
from golive.ui.shell.guards import open_store, require_role
from golive.ui.shell.words import plain

who = require_role()
store = open_store()
settings = cache.current_settings()

components.page_title(
    "Contract",
    "What the model is given and gives back, who owns the result, and what each batch must keep.",
)
config = pilot.draft(store)
pilot.leave_sample(store, config)
kept = contract_form.stored_versions(Project(store, config.project, settings.home))
editor = contract_form.Editor(settings, store, who)

if said := st.session_state.pop("contract_said", ""):
    st.success(plain(said), icon=":material/check_circle:")
if not kept:
    st.markdown(f"Pilot **{plain(config.project)}** has no contract yet.")
    contract_form.start(config, editor)
    nav.link("data", "Bring training and live data", icon=":material/upload_file:")
else:
    contract = kept[0]
    st.markdown(
        f"Pilot **{plain(config.project)}** · version **{contract.version}** · "
        f"{len(contract.inputs)} input and {len(contract.outputs)} output columns"
    )
    contract_form.edit(contract, editor)
    nav.link("code_releases", "Code systems and their releases", icon=":material/library_books:")
    st.subheader("This live batch", anchor=False)
    contract_form.check_live(contract, settings)
    st.subheader("Versions", anchor=False)
    contract_form.version_history(kept, config, editor)
