"""The Sessions page: cards, two ticks to compare, and deletion that asks first."""

from __future__ import annotations

import streamlit as st

from golive.model.errors import GoLiveError
from golive.store import SessionCard, SessionDiff, Store, compare_sessions
from golive.ui.history.lineage_view import lineage
from golive.ui.shell import cache, components, glossary, nav, state, theme
from golive.ui.shell.guards import Identity, authorise
from golive.ui.shell.words import plain
from golive.wording.labels import TIER_WORD
from golive.wording.numbers import count, day, plural

_TICK = "tick_"
_GROUPS = (
    ("better", "Better", ":material/trending_up:"),
    ("worse", "Worse", ":material/trending_down:"),
    ("new", "New", ":material/add:"),
    ("gone", "No longer found", ":material/remove:"),
    ("not_measured", "Not measured now", ":material/help:"),
)


def ticked(cards: tuple[SessionCard, ...]) -> list[SessionCard]:
    """The sessions that are ticked, oldest first."""
    chosen = [card for card in cards if st.session_state.get(_TICK + card.session)]
    return sorted(chosen, key=lambda card: card.created_at)


def _numbers(card: SessionCard) -> str:
    index = "no index" if card.index is None else f"Index **{card.index:.0f}**"
    if card.low is not None and card.high is not None:
        index += f", between {card.low:.0f} and {card.high:.0f}"
    return f"{index} · evidence {100 * card.coverage:.0f} %"


def _findings(card: SessionCard) -> str:
    found = {
        "alarm": card.alarm,
        "watch": card.watch,
        "quiet": card.quiet,
        "cannot_judge": card.cannot_judge,
    }
    looks = {verdict.value: look for verdict, look in theme.VERDICT.items()}
    return " ".join(
        components.inline_badge(looks[k], f"{looks[k].word} {n}") for k, n in found.items() if n
    )


def remove(store: Store, card: SessionCard, who: Identity) -> None:
    """Delete a session for an administrator, and close it when it is the open one.

    Raises:
        ForbiddenError: ``who`` is no administrator. GoLiveError: it is gone already.
    """
    authorise(who, "admin", "delete a session")
    store.delete(card.session, actor=who.name)
    if state.session_id() == card.session:
        state.close_session()


@st.dialog("Delete this session?")
def _confirm(store: Store, card: SessionCard, who: Identity) -> None:
    st.markdown(
        f"The assessment of **{plain(card.project)}** from {day(card.created_at.isoformat())} is removed for good. "
        "The audit keeps a line that it existed, without its content."
    )
    with st.container(horizontal=True):
        if st.button(
            "Delete the session", type="primary", icon=":material/delete:", key="delete_yes"
        ):
            try:
                remove(store, card, who)
            except GoLiveError as error:
                components.error_box(error)
                return
            st.rerun()
        if st.button("Keep it", key="delete_no"):
            st.rerun()


def show(store: Store, card: SessionCard, who: Identity) -> None:
    """One card: verdict, index, date, who, data; open, tick, delete."""
    with st.container(border=True, gap="xsmall", key=f"card_{card.session}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            components.badge(card.verdict)
            if card.sample:
                st.badge("Sample", icon=":material/science:", color="blue")
            if state.session_id() == card.session:
                st.badge("Open", icon=":material/folder_open:", color="gray")
        st.markdown(f"**{plain(card.title or card.project)}** · {TIER_WORD[card.tier]} tier")
        st.markdown(_numbers(card))
        st.markdown(_findings(card))
        st.caption(
            f"{day(card.created_at.isoformat())}{'' if card.sample else f' by {plain(card.actor)}'} · {plain(card.train_name)} "
            f"({count(card.train_rows)} rows) and {plain(card.live_name)} ({count(card.live_rows)} rows)"
            + (f" · revision {card.revision}" if card.revision > 1 else "")
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Open", key=f"open_{card.session}", icon=":material/folder_open:"):
                state.open_session(card.session)
                nav.go("overview")
            st.checkbox(
                "Compare",
                help="Tick two sessions to see what became better and worse.",
                key=_TICK + card.session,
            )
            if st.button(
                "Lineage",
                key=f"lineage_{card.session}",
                icon=":material/account_tree:",
                type="tertiary",
                help=glossary.tip("Lineage"),
            ):
                lineage(store, card.session)
            if who.may("admin") and st.button(
                "Delete", key=f"delete_{card.session}", icon=":material/delete:", type="tertiary"
            ):
                _confirm(store, card, who)


def difference(cards: list[SessionCard]) -> SessionDiff:
    """What changed from the first to the second of two ticked sessions.

    Raises:
        GoLiveError: one of them is gone or was written by a newer version.
    """
    first, second = (cache.loaded(card.session, card.revision)[0] for card in cards)
    return compare_sessions(first, second)


def comparison(cards: list[SessionCard], *, of: int) -> None:
    """Two ticks compare; with fewer or more the page says what to do. ``of`` is how many sessions there are to tick."""
    if of < 2:
        return
    if len(cards) < 2:
        st.caption("Tick two sessions to compare them.")
        return
    if len(cards) > 2:
        st.caption(f"{plural(len(cards), 'session')} are ticked; a comparison takes two.")
        return
    try:
        diff = difference(cards)
    except GoLiveError as error:
        components.error_box(error, title="These sessions cannot be compared.")
        return
    dates = " to ".join(day(card.created_at.isoformat()) for card in cards)
    with st.container(border=True, key="comparison"):
        st.subheader(f"From {dates}", anchor=False)
        st.markdown(plain(diff.headline))
        for caveat in diff.caveats:
            st.caption(f":material/info: {plain(caveat)}")
        for direction, title, icon in _GROUPS:
            changes = diff.of(direction)  # type: ignore[arg-type]
            if changes:
                with st.expander(
                    f"{title}: {len(changes)}", icon=icon, expanded=direction in ("better", "worse")
                ):
                    st.markdown("\n".join(f"- {plain(change.sentence)}" for change in changes))
        if diff.unchanged:
            st.caption(
                f"{plural(diff.unchanged, 'finding or criterion', 'findings and criteria')} did not change."
            )
