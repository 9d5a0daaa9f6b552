"""Which session is open, and which pilot the pages are about. The address holds it (``?session=``), so that a reload and a link
lose nothing.

This is the only reader of that part of the address. ``st.session_state`` only carries it from page to page, because the
navigation clears the address.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import streamlit as st

from golive.model.errors import InputError, Problem
from golive.store import SessionCard, Store

QUERY_KEY = "session"
_STATE_KEY = "open_session"


@dataclass(frozen=True)
class Place:
    """What every page is about: the open session (``None`` in an empty store).

    ``own`` is a session that is no sample: the open one, else the latest.
    """

    card: SessionCard | None
    own: SessionCard | None

    @property
    def pilot(self) -> str | None:
        """The pilot of the open session. A sample that stands alone is nobody's pilot: what is defined beside it is new."""
        if self.card is None or (self.card.sample and self.own is None):
            return None
        return self.card.project


def _uuid(value: object) -> str | None:
    """``value`` as a canonical session id, or ``None``: what stands in an address is not trusted."""
    try:
        return str(UUID(str(value)))
    except ValueError:
        return None


def session_id() -> str | None:
    """The session that the address names, else the one opened before; ``place`` says whether the store has it."""
    return _uuid(st.query_params.get(QUERY_KEY) or st.session_state.get(_STATE_KEY))


def asked() -> bool:
    """Whether the address names a session, known or not."""
    return bool(st.query_params.get(QUERY_KEY))


def place(store: Store) -> Place:
    """Which session and which pilot: those of the address, else the latest that is no sample, else the sample.

    Raises:
        InputError: the address names no session at all (``SESSION_ADDRESS``), or none of this store (``SESSION_UNKNOWN``).
    """
    session = session_id()
    if asked() and session is None:
        sentence = "What stands after 'session=' in the address is not the id of a session."
        hint = "Check that the link was copied whole, or open the session from the list."
        raise InputError(Problem("SESSION_ADDRESS", sentence, hint))
    card = store.card(session) if session else None
    if card is not None and not card.sample:
        return Place(card, card)
    cards = store.list()
    own = next((c for c in cards if not c.sample), None)
    return Place(card or own or next(iter(cards), None), own)


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
