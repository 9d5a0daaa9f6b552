"""The start of every page: who is asking, which session is open, and what to show when there is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

import streamlit as st

from golive.model.config import Config
from golive.model.errors import ForbiddenError, GoLiveError, InputError, Problem, StoreError
from golive.model.result import Assessment
from golive.store import Store
from golive.store.project import Project
from golive.ui.shell import cache, components, nav, seeding, state
from golive.ui.shell.words import plain

ROLES = ("viewer", "reviewer", "admin")


@dataclass(frozen=True)
class Identity:
    """Who is asking. ``signed_in`` is false in local mode, where the one person at the machine may do everything."""

    name: str
    role: str
    signed_in: bool

    def may(self, role: str) -> bool:
        """Whether this role includes ``role``: viewer < reviewer < admin."""
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True)
class Current:
    """One open session: everything a page needs to draw itself."""

    store: Store
    session: str
    assessment: Assessment
    config: Config
    identity: Identity
    sample: bool = False

    @property
    def project(self) -> Project:
        """The pilot that the open session belongs to."""
        return Project(self.store, self.assessment.project, cache.current_settings().home)


def role_of(claims: Any) -> str:
    """Map the claims of a signed-in person (``roles`` or ``groups``: a name or a list) to a role; viewer when none fits."""
    granted: set[str] = set()
    for key in ("roles", "groups"):
        value = claims.get(key) or ()
        names = [value] if isinstance(value, str) else value
        granted |= {str(name).lower().removeprefix("golive-") for name in names}
    return next((role for role in reversed(ROLES) if role in granted), "viewer")


def auth_configured() -> bool:
    """Whether sign-in (``[auth]`` in secrets.toml) is set up."""
    try:
        return "auth" in st.secrets
    except FileNotFoundError:
        return False


def identity() -> Identity | None:
    """Who is asking, or ``None`` when sign-in is set up and nobody has signed in."""
    if st.user.get("is_logged_in"):
        name = st.user.get("email") or st.user.get("name") or st.user.get("sub") or "unknown"
        return Identity(str(name), role_of(st.user), signed_in=True)
    return None if auth_configured() else Identity("local", "admin", signed_in=False)


def require_role(role: str = "viewer") -> Identity:
    """Return who is asking, or show what is missing and stop. Services check the role again when something is written."""
    who = identity()
    if who is None:
        st.info("Please sign in to continue.", icon=":material/login:")
        st.stop()
    if not who.may(role):
        sentence = f"This page is for {role}s; you are {who.role}."
        components.error_box(GoLiveError(Problem("ROLE", sentence, "Ask an administrator.")))
        st.stop()
    return who


def authorise(who: Identity, role: str, action: str) -> None:
    """Check the role again at the moment of writing; hiding a button protects nothing.

    Raises:
        ForbiddenError: ``who`` may not do it (``ROLE``).
    """
    if not who.may(role):
        sentence = f"A {who.role} may not {action}; it takes a {role}."
        raise ForbiddenError(Problem("ROLE", sentence, "Ask an administrator."))


def open_store() -> Store:
    """Return the store, or show why it cannot be opened and stop."""
    with store_errors_shown("The store of sessions cannot be opened."):
        return cache.store()


@contextmanager
def store_errors_shown(title: str = "The store of sessions cannot be used.") -> Iterator[None]:
    """Show why the store cannot be read or written, wherever on the page that was found out, and stop.

    A file that is damaged in the middle opens and fails at the row that somebody asks for.
    """
    try:
        yield
    except StoreError as error:
        components.error_box(error, title=title)
        st.stop()


def restore() -> None:
    """Put the open session back into the address, which the navigation clears."""
    session = state.session_id()
    if session:
        state.open_session(session)


def sidebar(who: Identity | None) -> None:
    """Say who is asking, and offer sign-in or sign-out where it is set up."""
    with st.sidebar:
        if who is None:
            st.button("Sign in", on_click=st.login, icon=":material/login:", width="stretch")
        elif who.signed_in:
            st.caption(f"{plain(who.name)} · {who.role}")
            st.button("Sign out", on_click=st.logout, icon=":material/logout:", width="stretch")
        else:
            st.caption(":material/lock_open: Local mode: no sign-in, on this machine only.")


def _ensure_sample(store: Store) -> str | None:
    """Wait for the sample session with progress and return its id, or show why that did not work."""
    return components.with_progress(
        "Preparing the sample session",
        "The sample session is ready",
        "The sample could not be prepared",
        seeding.start(store).follow,
    )


def open_sample() -> None:
    """Open the sample session, computing it when the store has none, and go to the Overview."""
    session = _ensure_sample(open_store())
    if session:
        state.open_session(session)
        nav.go("overview")


def _first_sample(store: Store) -> None:
    """On the first visit to an empty store, open the sample."""
    # Only a store that never held anything opens the sample by itself; one that was emptied says so.
    wanted = seeding.under_way(store) or not store.audit(limit=1)
    session = _ensure_sample(store) if wanted else None
    if session:
        state.open_session(session)
        st.rerun()  # without the progress that was just shown


def current() -> Current | None:
    """The open session (``state.place`` says which), or ``None`` when there is none.

    Raises:
        GoLiveError: the session does not exist or was written by a newer version.
    """
    who = require_role()
    store = open_store()
    card = state.place(store).card
    if card is None:
        _first_sample(store)
        return None
    assessment, config = cache.loaded(card.session, card.revision)
    state.open_session(card.session)
    return Current(store, card.session, assessment, config, who, sample=card.sample)


def _not_opened(error: GoLiveError) -> NoReturn:
    components.error_box(error, title="This session cannot be opened.")
    state.close_session()
    nav.link("sessions", "See all sessions", icon=":material/history:")
    st.stop()


def refuse_bad_link() -> None:
    """Say so, on every page, when the address names a session that is not here: nothing of another one is shown for it."""
    if not state.asked():
        return
    try:
        state.place(open_store())
    except InputError as error:
        _not_opened(error)
    except StoreError:
        return  # the page says what it could not read


def require_assessment() -> Current:
    """Return the open session, or show what to do instead and stop."""
    try:
        found = current()
    except GoLiveError as error:
        _not_opened(error)
    if found is None:
        components.page_title("Nothing assessed yet")
        nothing_yet(
            "Bring training and live data on the **Data** page, or look at the sample first: a synthetic sepsis alert "
            "with planted production faults."
        )
        nav.link("start", "What is needed, step by step", icon=":material/rocket_launch:")
        st.stop()
    return found


def assessment_page(title: str, sentence: str) -> Current:
    """Title, question and first line of a page about one assessment; return the open session, or stop without one."""
    found = require_assessment()
    components.page_title(title, sentence)
    components.assessment_line(found.assessment)
    return found


def nothing_yet(sentence: str, *, own: bool = True) -> None:
    """What a page shows before there is anything: why, the sample to open, and (``own``) where to bring one's own data."""
    label, icon = "Open the sample session", ":material/play_circle:"
    with st.container(border=True):
        st.markdown(sentence)
        if st.button(label, key="open_sample", type="primary", icon=icon):
            open_sample()
    if own:
        nav.link("data", "Bring your own data", icon=":material/upload_file:")
