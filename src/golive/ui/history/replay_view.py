"""Replay on the Monitors page: what a threshold would have raised over the batches that are stored, before it is set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from golive.alerts.engine import replay
from golive.alerts.rules import Level, Rules
from golive.model.monitoring import Alert, Batch
from golive.store import Store
from golive.ui.shell.words import plain
from golive.wording.numbers import day, plural

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
    found = []
    for name, persist in CHOICES:
        level: Level = "watch" if watch_too else "alarm"
        rules = Rules(level=level, persist=persist, clear_after=clear_after)
        found.append(Trial(name, persist, replay(batches, rules)))
    return found


def as_yaml(persist: tuple[int, int], *, watch_too: bool, clear_after: int) -> str:
    """What to write into the monitor file for a choice."""
    level = "\n  level: watch" if watch_too else ""
    return f"alerts:{level}\n  persist: [{persist[0]}, {persist[1]}]\n  clear_after: {clear_after}"


@st.cache_data(show_spinner=False, max_entries=16)
def _counted(
    key: tuple[Any, ...], _batches: Sequence[Batch], watch_too: bool, clear_after: int
) -> list[Trial]:
    return trials(_batches, watch_too=watch_too, clear_after=clear_after)


def show(store: Store, project: str, monitor: str) -> None:
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
            clear_after = int(
                st.number_input(
                    "Clears after quiet batches",
                    min_value=1,
                    max_value=30,
                    value=3,
                    key=f"replay_clear:{name}",
                    width=220,
                )
            )
        key = (project, monitor, len(batches), batches[-1].id)
        with st.spinner("Playing the stored batches again"):
            found = _counted(key, batches, watch_too, clear_after)
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
                f"for {a.route.value.replace('_', ' ')}" + ("" if a.active else ", cleared since")
                for a in sorted(chosen.alerts, key=lambda a: a.onset)
            )
        )
        st.caption(
            "To set it, write this into the monitor file. Rules for single kinds or columns stay as they are there."
        )
        st.code(
            as_yaml(chosen.persist, watch_too=watch_too, clear_after=clear_after), language="yaml"
        )
