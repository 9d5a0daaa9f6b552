"""The Monitors page: what is watched, what is open, and what people do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import streamlit as st

from golive.alerts.words import NOT_SENT, also, at
from golive.model.errors import GoLiveError, InputError, Problem
from golive.model.finding import Severity
from golive.model.monitoring import Alert, Happened, Mute, Watch
from golive.store import Store
from golive.ui.shell import components
from golive.ui.shell.guards import Identity, authorise
from golive.ui.shell.words import plain
from golive.wording.numbers import day, plural

_STATE = {
    "open": ("Open", ":material/error:", "red"),
    "acknowledged": ("Acknowledged", ":material/visibility:", "orange"),
    "resolved": ("Resolved", ":material/check_circle:", "green"),
    "cleared": ("Cleared", ":material/check_circle:", "green"),
}
_SHOWN = 20


def act(
    store: Store,
    who: Identity,
    project: str,
    alert: Alert,
    happened: Happened,
    *,
    owner: str,
    note: str,
) -> None:
    """Acknowledge, assign, resolve or note an alert.

    Raises:
        ForbiddenError: ``who`` is only a viewer. GoLiveError: it ended already, or a resolution has no note.
    """
    authorise(who, "reviewer", "act on an alert")
    if happened == "resolved" and not note.strip():
        raise InputError(
            Problem("ALERT_NOTE", "Say what resolved it.", "One sentence in the note is enough.")
        )
    if happened == "assigned" and not owner.strip():
        raise InputError(Problem("ALERT_OWNER", "Say who it is assigned to.", "A team or a role."))
    store.monitors.act(
        project,
        alert.id,
        happened,
        actor=who.name,
        owner=owner.strip() or None,
        note=note.strip()[:500],
    )


def mute(
    store: Store, who: Identity, project: str, monitor: str, *, reason: str, hours: int
) -> None:
    """Send nothing of a monitor for some hours; alerts are still opened and shown.

    Raises:
        ForbiddenError: ``who`` is only a viewer. InputError: there is no reason.
    """
    authorise(who, "reviewer", "mute a monitor")
    if len(reason.strip()) < 3:
        raise InputError(Problem("MUTE_REASON", "A mute needs a reason.", "Say what is going on."))
    until = datetime.now(UTC) + timedelta(hours=hours)
    store.monitors.mute(
        Mute(id=monitor, monitor=monitor, reason=reason.strip()[:500], until=until),
        project=project,
        actor=who.name,
    )


def watch_card(store: Store, project: str, watch: Watch, who: Identity) -> None:
    """One monitor: its last run, when the next batch is due, and how to mute it."""
    now = datetime.now(UTC)
    with st.container(border=True, key=f"watch_{project}_{watch.id}"):
        overdue = watch.next_expected is not None and watch.next_expected < now
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(watch.id)}** · {plain(project)}")
            if overdue:
                st.badge("Overdue", icon=":material/error:", color="red")
            muted = next(
                (
                    m
                    for m in store.monitors.mutes(project)
                    if m.monitor == watch.id and m.until > now
                ),
                None,
            )
            if muted:
                st.badge("Muted", icon=":material/notifications_off:", color="orange")
        due = at(watch.next_expected) if watch.next_expected else "not known yet"
        st.caption(
            f"Last run {at(watch.last_run)}, {plural(watch.assessed, 'new batch', 'new batches')} · next batch due "
            f"{due} · baseline {plain(watch.baseline)}"
        )
        if muted:
            st.caption(f"Nothing is sent until {at(muted.until)}: {plain(muted.reason)}")
        for problem in watch.problems:
            st.markdown(f":material/warning: {plain(problem)}")
        for note in watch.notes:
            st.caption(plain(note))
        if who.may("reviewer"):
            with (
                st.popover("Mute", icon=":material/notifications_off:"),
                st.form(f"mute_{project}_{watch.id}"),
            ):
                reason = st.text_input("Reason")
                hours = st.number_input("Hours", min_value=1, max_value=24 * 14, value=4)
                if st.form_submit_button("Send nothing for this long"):
                    _do(
                        partial(
                            mute, store, who, project, watch.id, reason=reason, hours=int(hours)
                        )
                    )


def alert_card(store: Store, project: str, alert: Alert, who: Identity) -> None:
    """One alert: what, since when, whose; what was done; and what can be done."""
    word, icon, color = _STATE[alert.state]
    with st.container(border=True, key=f"alert_{alert.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(word, icon=icon, color=color)  # type: ignore[arg-type]
            if alert.severity is Severity.CRITICAL:
                st.badge("Critical", icon=":material/priority_high:", color="red")
            st.markdown(f"**{plain(alert.title)}**")
        where = f" at {plain(alert.segment)}" if alert.segment else ""
        owner = f" · owner {plain(alert.owner)}" if alert.owner else ""
        st.caption(
            f"{plain(alert.monitor)}{where} · since {day(alert.onset)}, last seen {day(alert.last)} in "
            f"{plural(alert.seen, 'batch', 'batches')} since it opened · for {alert.route.value.replace('_', ' ')}{owner}"
        )
        for sentence in also(alert):
            st.markdown(plain(sentence))
        with st.expander("What happened", icon=":material/history:"):
            for line in store.monitors.alert_history(project, alert.id)[:_SHOWN]:
                note = f": {plain(line.item.note)}" if line.item.note else ""
                st.markdown(
                    f"- {at(line.created_at)}, {plain(line.actor)}: {line.item.change}{note}"
                )
        if alert.active and who.may("reviewer"):
            _actions(store, project, alert, who)


def _actions(store: Store, project: str, alert: Alert, who: Identity) -> None:
    with st.form(f"act_{alert.id}", border=False):
        with st.container(horizontal=True):
            owner = st.text_input("Owner", value=alert.owner, key=f"owner_{alert.id}")
            note = st.text_input("Note", key=f"note_{alert.id}")
        with st.container(horizontal=True):
            deeds: tuple[tuple[str, Happened], ...] = (
                ("Acknowledge", "acknowledged"),
                ("Assign", "assigned"),
                ("Resolve", "resolved"),
            )
            for label, happened in deeds:
                if st.form_submit_button(label, key=f"{happened}_{alert.id}"):
                    _do(partial(act, store, who, project, alert, happened, owner=owner, note=note))


def _do(deed: Callable[[], None]) -> None:
    try:
        deed()
    except GoLiveError as error:
        components.error_box(error)
        return
    st.rerun()


def unsent(store: Store, project: str) -> None:
    """Messages that no receiver took yet."""
    failed = [d for d in store.monitors.deliveries(project) if d.state == "failed"]
    if failed:
        st.warning(
            f"{plural(len(failed), 'message')} of {plain(project)} could not be delivered and will be tried again: "
            f"{'; '.join(sorted({NOT_SENT.get(d.error, d.error) for d in failed}))}.",
            icon=":material/mark_email_unread:",
        )
