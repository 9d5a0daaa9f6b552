"""Which session is open. The address holds it (``?session=``), so that a reload and a link lose nothing.

``st.session_state`` only carries it from page to page, because the navigation clears the address.
"""

from __future__ import annotations

from uuid import UUID

import streamlit as st

QUERY_KEY = "session"
_STATE_KEY = "open_session"


def _uuid(value: object) -> str | None:
    """``value`` as a canonical session id, or ``None``: what stands in an address is not trusted."""
    try:
        return str(UUID(str(value)))
    except ValueError:
        return None


def session_id() -> str | None:
    """The open session: that of the address, else the one opened before."""
    return _uuid(st.query_params.get(QUERY_KEY)) or _uuid(st.session_state.get(_STATE_KEY))


def open_session(session: str) -> None:
    """Make ``session`` the open one, here and in the address."""
    st.session_state[_STATE_KEY] = session
    if st.query_params.get(QUERY_KEY) != session:
        st.query_params[QUERY_KEY] = session


def close_session() -> None:
    """Forget the open session, for instance because it was deleted."""
    st.session_state.pop(_STATE_KEY, None)
    st.query_params.pop(QUERY_KEY, None)


def query() -> dict[str, str]:
    """The part of the address that every link keeps."""
    session = session_id()
    return {QUERY_KEY: session} if session else {}
