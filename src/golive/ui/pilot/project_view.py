"""A whole pilot as one file: take it along, or bring one in. And how long sessions are kept."""

from __future__ import annotations

import streamlit as st

from golive.store import Store
from golive.store.project_file import MOST_BYTES
from golive.ui.shell import cache, components
from golive.ui.shell.guards import Identity, authorise
from golive.ui.shell.words import plain
from golive.wording.numbers import plural

_DONE = "project_imported"


def import_project(store: Store, who: Identity, data: bytes) -> str:
    """Import a project file and return what was done, in words.

    Raises:
        ForbiddenError: ``who`` is no administrator. GoLiveError: the file is damaged, newer, or contradicts the store.
    """
    authorise(who, "admin", "import a project")
    return store.import_project(data, actor=who.name).sentence


def export_project(store: Store, who: Identity, project: str) -> bytes:
    """A project as one file.

    Raises:
        ForbiddenError: ``who`` is only a viewer. GoLiveError: the project is gone.
    """
    authorise(who, "reviewer", "export a project")
    return store.export_project(project)


def show(store: Store, who: Identity) -> None:
    """Export and import, for those who may; and the age limit, when there is one."""
    if done := st.session_state.pop(_DONE, None):
        st.success(plain(done), icon=":material/check_circle:")
    days = cache.current_settings().retention_days
    if days is not None:
        st.caption(
            f"Sessions older than {plural(days, 'day')} are deleted, ended alerts and what batches showed too: when the app "
            "starts and after every run of a monitor. The audit says so."
        )
    if not who.may("reviewer"):
        return
    with st.expander("A whole pilot as one file", icon=":material/folder_zip:"):
        st.markdown(
            "Sessions, evidence, registers, policy, monitors and the audit of a pilot, with a checksum for every part. "
            "No row of your data is in it."
        )
        if projects := store.projects():
            with st.container(horizontal=True, vertical_alignment="bottom"):
                project = st.selectbox("Take along", projects, key="project_export", width=320)
                name = "".join(c if c.isalnum() or c in "-_" else "-" for c in project)
                st.download_button(
                    "Download the project file",
                    data=lambda: export_project(store, who, project),
                    file_name=f"golive-{name}.zip",
                    mime="application/zip",
                    icon=":material/download:",
                    on_click="ignore",
                    key="project_download",
                )
        if who.may("admin"):
            _import(store, who)


def _import(store: Store, who: Identity) -> None:
    limit = min(cache.current_settings().max_upload_mb, MOST_BYTES // 1_000_000)
    file = st.file_uploader("Bring one in", type=["zip"], key="project_file", max_upload_size=limit)
    icon = ":material/upload:"
    if file and st.button("Import the project", icon=icon, key="project_import"):
        with components.errors_shown("Nothing was imported."):
            st.session_state[_DONE] = import_project(store, who, file.getvalue())
            st.rerun()
