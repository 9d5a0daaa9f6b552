"""The Sessions page: cards, where a session comes from and what it supported, two ticks to compare, deletion that asks first."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from golive.model.errors import GoLiveError
from golive.report.base.identity import identity
from golive.report.base.sources import gather
from golive.store import SessionCard, SessionDiff, Store, compare_sessions
from golive.store.diff import Direction
from golive.ui.shell import cache, components, glossary, nav, state, theme
from golive.ui.shell.guards import Identity, authorise
from golive.ui.shell.words import plain
from golive.wording.labels import TIER_WORD
from golive.wording.numbers import count, day, plural

_TICK = "tick_"
DIRECTIONS: dict[Direction, tuple[str, str]] = {
    "better": ("Better", ":material/trending_up:"),
    "worse": ("Worse", ":material/trending_down:"),
    "new": ("New", ":material/add:"),
    "gone": ("No longer found", ":material/remove:"),
    "not_measured": ("Not measured now", ":material/help:"),
}
"""Words and icon of each direction of a change."""


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
    counts = ((look, getattr(card, verdict.value)) for verdict, look in theme.VERDICT.items())
    return " ".join(components.inline_badge(look, f"{look.word} {n}") for look, n in counts if n)


def remove(store: Store, card: SessionCard, who: Identity) -> None:
    """Delete a session for an administrator, and close it when it is the open one.

    Raises:
        ForbiddenError: ``who`` is no administrator. GoLiveError: it is gone already.
    """
    authorise(who, "admin", "delete a session")
    store.delete(card.session, actor=who.name)
    if state.session_id() == card.session:
        state.close_session()


@st.dialog("Where it comes from, and what it supported", width="large")
def lineage(store: Store, session: str) -> None:
    """Both directions in one dialog."""
    try:
        back = identity(gather(store, session)).rows
        forward = store.supported_by(session)
        history = store.history(session)
    except GoLiveError as error:
        components.error_box(error)
        return
    st.markdown("**Every figure of this session goes back to**")
    st.table(
        {"": [name for name, _ in back], "Value": [plain(value) for _, value in back]},
        hide_index=True,
        width="stretch",
    )
    if len(history) > 1:
        st.markdown("**It was scored again**")
        lines = (
            f"- {day(r.saved_at)}, {plain(r.actor)}: {plain(r.reason)}"
            + ("" if r.index is None else f" (index {r.index:.0f})")
            for r in reversed(history[:-1])
        )
        st.markdown("\n".join(lines))
    st.markdown("**It supported**")
    if not forward:
        st.markdown(
            "No decision rests on it yet. Decisions are taken on Findings, Evidence and Scope."
        )
        nav.link("findings", "Findings", icon=":material/search:")
        return
    st.caption(plural(len(forward), "decision"))
    for step in forward:
        words = f": {plain(step.words)}" if step.words else ""
        st.markdown(
            f"- {day(step.at)}, {plain(step.actor)}: {step.kind} {plain(step.subject)}{words}"
            + (f" (change {step.revision})" if step.revision > 1 else "")
        )


@st.dialog("Delete this session?")
def _confirm(store: Store, card: SessionCard, who: Identity) -> None:
    st.markdown(
        f"The assessment of **{plain(card.project)}** from {day(card.created_at)} is removed for good. "
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
            f"{day(card.created_at)}{'' if card.sample else f' by {plain(card.actor)}'} · {plain(card.train_name)} "
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
            if _small_button("Lineage", "account_tree", card, glossary.tip("Lineage")):
                lineage(store, card.session)
            if who.may("admin") and _small_button("Delete", "delete", card):
                _confirm(store, card, who)


def _small_button(label: str, icon: str, card: SessionCard, tip: str | None = None) -> bool:
    key = f"{label.lower()}_{card.session}"
    return st.button(label, key=key, icon=f":material/{icon}:", type="tertiary", help=tip)


def difference(cards: Sequence[SessionCard]) -> SessionDiff:
    """What changed from the first to the second of two sessions.

    Raises:
        GoLiveError: one of them is gone or was written by a newer version.
    """
    first, second = (cache.loaded(card.session, card.revision)[0] for card in cards)
    return compare_sessions(first, second)


def caveats(diff: SessionDiff) -> None:
    """What else differs between two sessions, so that they compare less well."""
    for caveat in diff.caveats:
        st.caption(f":material/info: {plain(caveat)}")


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
    dates = " to ".join(day(card.created_at) for card in cards)
    with st.container(border=True, key="comparison"):
        st.subheader(f"From {dates}", anchor=False)
        st.markdown(plain(diff.headline))
        caveats(diff)
        for direction, (title, icon) in DIRECTIONS.items():
            if changes := diff.of(direction):
                first = direction in ("better", "worse")
                with st.expander(f"{title}: {len(changes)}", icon=icon, expanded=first):
                    st.markdown("\n".join(f"- {plain(change.sentence)}" for change in changes))
        if diff.unchanged:
            st.caption(
                f"{plural(diff.unchanged, 'finding or criterion', 'findings and criteria')} did not change."
            )
