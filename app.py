"""GoLive's dashboard: page config, identity, navigation from one table. Pages live one level down in ``pages/``."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

if get_script_run_ctx(suppress_warning=True) is None:
    # ``streamlit run app.py`` imports this file for an application to serve: the one that ``golive app`` serves, with its
    # headers and with pages that are found by their address from the first request on.
    from golive import server, settings

    app = st.App(__file__, **server.parts(settings.load()))
else:
    from golive.ui.shell import guards, nav, theme

    st.set_page_config(page_title="GoLive", page_icon=nav.asset("icon.svg"), layout="wide")
    st.logo(
        nav.asset(f"wordmark-{theme.theme_name()}.svg"),
        size="large",
        icon_image=nav.asset("icon.svg"),
    )
    who = guards.identity()
    guards.restore()
    # Always called, signed in or not: a server that has not run it serves scripts by their address.
    page = st.navigation(nav.sections(who.role) if who else nav.sign_in_only(), expanded=True)
    if page.url_path == nav.PRESENT and who:
        # One screen for a meeting: nothing beside it, also when someone comes from a page with a sidebar.
        st.set_page_config(initial_sidebar_state="collapsed")
        st.session_state["presented"] = True
        st.navigation(nav.sections(who.role), position="hidden")
    else:
        if st.session_state.pop("presented", False):
            st.set_page_config(initial_sidebar_state="expanded")
        guards.sidebar(who)
    with guards.store_errors_shown():
        if who:
            guards.refuse_bad_link()
        page.run()
