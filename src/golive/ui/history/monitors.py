"""The Monitors page: what is watched, what is open and what people do about it; what another threshold would have raised over
the batches that are stored; and a monitor made from a session, as two files and the lines to run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal
from urllib.parse import urlsplit

import streamlit as st
from pydantic import ValidationError

from golive.alerts.engine import replay
from golive.alerts.rules import Rules
from golive.alerts.words import NOT_SENT, also, at
from golive.model.errors import GoLiveError, InputError, Problem
from golive.model.finding import Route, Severity
from golive.model.monitoring import Alert, Batch, Happened, Mute, Watch
from golive.monitor import draft
from golive.store import Store
from golive.store.records import SessionCard
from golive.ui.shell import components, state
from golive.ui.shell.guards import Identity, authorise
from golive.ui.shell.words import plain, team
from golive.wording.numbers import day, plural

_STATE = {
    "open": ("Open", ":material/error:", "red"),
    "acknowledged": ("Acknowledged", ":material/visibility:", "orange"),
    "resolved": ("Resolved", ":material/check_circle:", "green"),
    "cleared": ("Cleared", ":material/check_circle:", "green"),
}
_ACTIONS: dict[str, Happened] = {
    "Acknowledge": "acknowledged",
    "Assign": "assigned",
    "Resolve": "resolved",
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
    whose, words = owner.strip() or None, note.strip()[:500]
    store.monitors.act(project, alert.id, happened, actor=who.name, owner=whose, note=words)


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
    item = Mute(id=monitor, monitor=monitor, reason=reason.strip()[:500], until=until)
    store.monitors.mute(item, project=project, actor=who.name)


def watch_card(store: Store, project: str, watch: Watch, who: Identity) -> None:
    """One monitor: its last run, when the next batch is due, and how to mute it."""
    now = datetime.now(UTC)
    with st.container(border=True, key=f"watch_{project}_{watch.id}"):
        mutes = store.monitors.mutes(project)
        muted = next((m for m in mutes if m.monitor == watch.id and m.until > now), None)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(watch.id)}** · {plain(project)}")
            if watch.next_expected is not None and watch.next_expected < now:
                st.badge("Overdue", icon=":material/error:", color="red")
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
                hours = int(st.number_input("Hours", min_value=1, max_value=24 * 14, value=4))
                if st.form_submit_button("Send nothing for this long"):
                    _do(lambda: mute(store, who, project, watch.id, reason=reason, hours=hours))


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
            f"{plural(alert.seen, 'batch', 'batches')} since it opened · for {team(alert.route)}{owner}"
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
            for label, happened in _ACTIONS.items():
                if st.form_submit_button(label, key=f"{happened}_{alert.id}"):
                    _do(partial(act, store, who, project, alert, happened, owner=owner, note=note))


def _do(action: Callable[[], None]) -> None:
    try:
        action()
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


CHOICES: tuple[tuple[str, tuple[int, int]], ...] = (
    ("Every batch alarms by itself (1 of 1)", (1, 1)),
    ("2 of the last 3", (2, 3)),
    ("3 of the last 5", (3, 5)),
    ("5 of the last 7", (5, 7)),
)
"""When an alert opens: in how many of the last batches a finding must be over its threshold."""
FEWEST = 2


@dataclass(frozen=True)
class Trial:
    """One threshold over the stored batches: the alerts it would have raised."""

    name: str
    persist: tuple[int, int]
    alerts: tuple[Alert, ...]

    @property
    def still_open(self) -> int:
        """Alerts that would be open after the last batch."""
        return sum(a.active for a in self.alerts)


def trials(batches: Sequence[Batch], *, watch_too: bool, clear_after: int) -> list[Trial]:
    """Every choice of persistence over the same batches; batches that did not come raise nothing here."""
    on: Literal["watch", "alarm"] = "watch" if watch_too else "alarm"
    return [
        Trial(
            name,
            persist,
            replay(batches, Rules(level=on, persist=persist, clear_after=clear_after)),
        )
        for name, persist in CHOICES
    ]


def as_yaml(persist: tuple[int, int], *, watch_too: bool, clear_after: int) -> str:
    """What to write into the monitor file for a choice."""
    level = "\n  level: watch" if watch_too else ""
    return f"alerts:{level}\n  persist: [{persist[0]}, {persist[1]}]\n  clear_after: {clear_after}"


@st.cache_data(show_spinner=False, max_entries=16)
def _counted(
    key: tuple[Any, ...], _batches: Sequence[Batch], watch_too: bool, clear_after: int
) -> list[Trial]:
    return trials(_batches, watch_too=watch_too, clear_after=clear_after)


def try_thresholds(store: Store, project: str, monitor: str) -> None:
    """Choose how strict, see how many alerts each persistence would have raised, and take the lines for the file."""
    batches = tuple(b for b in store.monitors.batches(project, monitor) if b.state != "expired")
    name = f"{project}:{monitor}"
    with st.expander(
        f"Try other thresholds on the past: {plain(monitor)}", icon=":material/replay:"
    ):
        if len(batches) < FEWEST:
            st.markdown(
                f"{plural(len(batches), 'batch is', 'batches are')} stored; a replay needs {FEWEST} or more."
            )
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            watch_too = st.toggle("Raise on Watch too", key=f"replay_watch:{name}")
            label, key = "Clears after quiet batches", f"replay_clear:{name}"
            clear_after = int(st.number_input(label, 1, 30, 3, key=key, width=220))
        of = (project, monitor, len(batches), batches[-1].id)
        with st.spinner("Playing the stored batches again"):
            found = _counted(of, batches, watch_too, clear_after)
        raised = sum(a.kind != "batch_missing" for a in store.monitors.alerts(project, monitor))
        st.markdown(
            f"Over {plural(len(batches), 'stored batch', 'stored batches')} "
            f"({day(batches[0].slot)} to {day(batches[-1].slot)}) the present thresholds raised {plural(raised, 'alert')}."
        )
        st.dataframe(
            {
                "An alert opens when": [t.name for t in found],
                "Alerts": [len(t.alerts) for t in found],
                "Still open at the end": [t.still_open for t in found],
            },
            hide_index=True,
            width="stretch",
            key=f"replay_table:{name}",
        )
        chosen = st.selectbox(
            "Look at", found, format_func=lambda t: t.name, index=1, key=f"replay_choice:{name}"
        )
        if not chosen.alerts:
            st.markdown("It would have raised nothing.")
        st.markdown(
            "\n".join(
                f"- {day(a.onset)}: {plain(a.title or a.kind.replace('_', ' '))}, opened {day(a.opened)}, "
                f"for {team(a.route)}" + ("" if a.active else ", cleared since")
                for a in sorted(chosen.alerts, key=lambda a: a.onset)
            )
        )
        st.caption(
            "To set it, write this into the monitor file. Rules for single kinds or columns stay as they are there."
        )
        st.code(
            as_yaml(chosen.persist, watch_too=watch_too, clear_after=clear_after), language="yaml"
        )


_MOST_SESSIONS = 50
_APP = "http://127.0.0.1:8501"


def _named(card: SessionCard) -> str:
    return f"{card.project}, {card.title or card.live_name}, {day(card.created_at)}"


def make_monitor(store: Store, who: Identity, *, first: bool) -> None:
    """The form, open when there is no monitor yet. Only who may see configurations may take them along."""
    cards = store.list()[:_MOST_SESSIONS]
    if not cards or not who.may("reviewer"):
        if first:
            sentence = (
                "Assess a pilot first: a monitor judges every batch the way a session was judged."
            )
            st.markdown(sentence)
        return
    with st.expander("Make a monitor from a session", icon=":material/add_alert:", expanded=first):
        st.markdown(
            "The same columns, roles and limits as in the session, for every batch that arrives. You get two files; a "
            "scheduler runs one line. Nothing runs inside this app."
        )
        at = next((i for i, c in enumerate(cards) if c.session == state.session_id()), 0)
        card = st.selectbox("Session", cards, index=at, format_func=_named, key="monitor_session")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            suggested = f"{draft.slug(card.project)}-nightly"
            name = st.text_input(
                "Name of the monitor", suggested, key=f"monitor_name_{card.session}"
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
            today = datetime.now(UTC).date()
            starts = st.date_input("First batch", today, key="monitor_starts", width=200)
            tell = st.multiselect(
                "Send alerts of",
                list(Route),
                default=[Route.ENGINEERING, Route.CLINICAL_INFORMATICS],
                format_func=team,
                key="monitor_tell",
            )
        try:
            made = draft.draft(
                store.config_of(card.session),
                project=card.project,
                session=card.session,
                name=name,
                train=train.strip(),
                source=source.strip() or "incoming",
                every=draft.EVERY[every],
                starts=starts,
                tell=tell,
            )
        except GoLiveError as error:
            components.error_box(error)
            return
        except ValidationError:
            sentence = "These values make no monitor file. Change the name or the folder."
            st.error(sentence, icon=":material/error:")
            return
        _files(made)


def _files(made: draft.Draft) -> None:
    with st.container(horizontal=True):
        for label, text in ((made.monitor_file, made.monitor), (made.config_file, made.config)):
            key = f"monitor_file_{label.count('.')}"
            components.download(f"Download {label}", label, "application/yaml", text, key=key)
    st.markdown("Put both into one folder and run:")
    st.code(made.commands, language="bash")
    with st.expander("While this app is running", icon=":material/lock:"):
        st.markdown(
            "A running app has the store to itself, and the lines above end with `STORE_BUSY`. Set `GOLIVE_API_TOKEN`, put both "
            "files into the folder `monitors` of `GOLIVE_HOME`, and let the scheduler call:"
        )
        parts = urlsplit(st.context.url or "")
        app = f"{parts.scheme}://{parts.netloc}" if parts.netloc else _APP
        st.code(made.call(app), language="bash")
    with st.expander(f"Look at {plain(made.monitor_file)}"):
        st.code(made.monitor, language="yaml")
    st.caption(
        "Ready lines for cron, systemd, GitHub Actions and Airflow come with GoLive in `data/examples`."
    )
