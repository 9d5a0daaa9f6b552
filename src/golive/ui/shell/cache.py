"""What lives as long as the server: the settings and the one store of this process."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from golive import settings
from golive.model.config import Config
from golive.model.result import Assessment
from golive.settings import Settings
from golive.store import Store


@st.cache_resource(show_spinner=False)
def current_settings() -> Settings:
    """Settings read once per process."""
    return settings.load()


@st.cache_resource(
    show_spinner=False,
    max_entries=1,
    validate=lambda store: store.usable,  # after a full disk, the next page opens it anew
    on_release=lambda store: store.close(),
)
def _open(path: Path) -> Store:
    key = current_settings().store_key
    return Store(path, key=key.get_secret_value() if key else None)


def store() -> Store:
    """The store with the sessions. One writer per process; every call of it takes its own cursor.

    Raises:
        StoreError: the file is busy, newer than this version, damaged, or cannot be read or written.
    """
    return _open(current_settings().store)


@st.cache_resource(show_spinner=False, max_entries=8)
def loaded(session: str, revision: int) -> tuple[Assessment, Config]:
    """One revision of a session, which never changes: read and checked once, shared by all readers."""
    return store().load(session, revision), store().config_of(session, revision)


def release() -> None:
    """Close the store: at the end of the server, and between tests."""
    loaded.clear()
    _open.clear()
    current_settings.clear()
