"""Make a monitor from a session on the Monitors page: a short form, two files, and the lines to run."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import streamlit as st
from pydantic import ValidationError

from golive.model.errors import GoLiveError
from golive.model.finding import Route
from golive.monitor import draft
from golive.store import Store
from golive.store.records import SessionCard
from golive.ui.shell import components, state
from golive.ui.shell.guards import Identity
from golive.ui.shell.words import plain
from golive.wording.numbers import day

_MOST = 50
_APP = "http://127.0.0.1:8501"


def _named(card: SessionCard) -> str:
    return f"{card.project}, {card.title or card.live_name}, {day(card.created_at)}"


def show(store: Store, who: Identity, *, first: bool) -> None:
    """The form, open when there is no monitor yet. Only who may see configurations may take them along."""
    cards = store.list()[:_MOST]
    if not cards or not who.may("reviewer"):
        if first:
            st.markdown(
                "Assess a pilot first: a monitor judges every batch the way a session was judged."
            )
        return
    with st.expander("Make a monitor from a session", icon=":material/add_alert:", expanded=first):
        st.markdown(
            "The same columns, roles and limits as in the session, for every batch that arrives. You get two files; a "
            "scheduler runs one line. Nothing runs inside this app."
        )
        at = next((i for i, c in enumerate(cards) if c.session == state.session_id()), 0)
        card = st.selectbox("Session", cards, index=at, format_func=_named, key="monitor_session")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.text_input(
                "Name of the monitor",
                f"{draft.slug(card.project)}-nightly",
                key=f"monitor_name_{card.session}",
            )
            train = st.text_input(
                "Training data",
                card.train_name,
                key=f"monitor_train_{card.session}",
                help="Path as seen from the folder of the two files. It is read once, on the first run.",
            )
            source = st.text_input(
                "Where batches arrive",
                "incoming",
                key="monitor_source",
                help="A folder or a pattern such as incoming/*.csv, one file per batch with its day in the name.",
            )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            every = st.selectbox("How often", tuple(draft.EVERY), key="monitor_every", width=200)
            starts = st.date_input(
                "First batch", datetime.now(UTC).date(), key="monitor_starts", width=200
            )
            tell = st.multiselect(
                "Send alerts of",
                list(Route),
                default=[Route.ENGINEERING, Route.CLINICAL_INFORMATICS],
                format_func=lambda r: str(r.value).replace("_", " "),
                key="monitor_tell",
            )
        try:
            made = draft.draft(
                store.config_of(card.session), project=card.project, session=card.session, name=name, train=train.strip(),
                source=source.strip() or "incoming", every=draft.EVERY[every], starts=starts, tell=tell,
            )  # fmt: skip
        except (GoLiveError, ValidationError) as error:
            if isinstance(error, GoLiveError):
                components.error_box(error)
            else:
                st.error(
                    "These values make no monitor file. Change the name or the folder.",
                    icon=":material/error:",
                )
            return
        _files(made)


def _files(made: draft.Draft) -> None:
    with st.container(horizontal=True):
        for label, text in ((made.monitor_file, made.monitor), (made.config_file, made.config)):
            st.download_button(
                f"Download {label}",
                text,
                file_name=label,
                mime="application/yaml",
                icon=":material/download:",
                on_click="ignore",
                key=f"monitor_file_{label.count('.')}",
            )
    st.markdown("Put both into one folder and run:")
    st.code(made.commands, language="bash")
    with st.expander("While this app is running", icon=":material/lock:"):
        st.markdown(
            "A running app has the store to itself, and the lines above end with `STORE_BUSY`. Set `GOLIVE_API_TOKEN`, put both "
            "files into the folder `monitors` of `GOLIVE_HOME`, and let the scheduler call:"
        )
        parts = urlsplit(st.context.url or "")
        st.code(
            made.call(f"{parts.scheme}://{parts.netloc}" if parts.netloc else _APP), language="bash"
        )
    with st.expander(f"Look at {plain(made.monitor_file)}"):
        st.code(made.monitor, language="yaml")
    st.caption(
        "Ready lines for cron, systemd, GitHub Actions and Airflow come with GoLive in `data/examples`."
    )
