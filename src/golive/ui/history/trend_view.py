"""The Trend page: verdict, dimensions, drift and performance of a pilot over time, what happened, and what changed in words."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import streamlit as st

from golive.model.errors import GoLiveError
from golive.model.monitoring import Batch
from golive.store import SessionCard, SessionDiff, Store
from golive.store.registers import EVENTS
from golive.ui.figures.trend import Mark, TrendPoint, describe_trend, trend
from golive.ui.history.session_cards import DIRECTIONS, caveats, difference
from golive.ui.shell import chart, theme
from golive.ui.shell.words import plain
from golive.wording.numbers import day, plural

READINESS = "Readiness index"
MOST_CHANGES, MOST_LINES = 6, 8


@dataclass(frozen=True)
class Past:
    """Everything that is known of a pilot's past, oldest first."""

    cards: tuple[SessionCard, ...]
    batches: tuple[Batch, ...]
    marks: tuple[Mark, ...]


def past_of(store: Store, project: str) -> Past:
    """Read sessions, judged batches, alerts and events of a project."""
    monitors = sorted({watch.id for _, watch in store.monitors.watches(project)})
    every = (b for name in monitors for b in store.monitors.batches(project, name))
    batches = tuple(b for b in every if b.state == "assessed")
    events, alerts = store.registers.items(EVENTS, project), store.monitors.alerts(project)
    marks = [
        Mark(e.on, e.kind.replace("_", " ") + (f": {e.what}" if e.what else "")) for e in events
    ]
    marks += [Mark(a.onset.date(), f"alert: {a.title}") for a in alerts]
    cards = tuple(reversed(store.list(project)))
    return Past(cards, batches, tuple(sorted(marks, key=lambda m: m.on)))


def quantities(past: Past) -> dict[str, tuple[TrendPoint, ...]]:
    """What can be drawn, by name: the index of sessions, and of batches the index, dimensions, performance and drift."""
    found: dict[str, list[TrendPoint]] = {}

    def add(
        name: str,
        at: datetime,
        value: float | None,
        low: float | None = None,
        high: float | None = None,
    ) -> None:
        if value is not None:
            found.setdefault(name, []).append(TrendPoint(at, value, low, high))

    for card in past.cards:
        add(READINESS, card.created_at, card.index, card.low, card.high)
    for batch in past.batches:
        at = batch.slot.astimezone(UTC)
        add(f"{READINESS} of batches", at, batch.index, batch.low, batch.high)
        for name, value in batch.dimensions.items():
            add(f"Dimension {name}", at, value)
        for name, value in batch.metrics.items():
            word = name.upper() if name.startswith("au") else name.capitalize()
            add(f"Performance: {word}", at, value)
    for batch in past.batches:
        for name, value in batch.drift.items():
            add(f"Drift of {name}", batch.slot.astimezone(UTC), value)
    return {name: tuple(points) for name, points in found.items()}


def show(past: Past) -> None:
    """Choose a quantity, draw it, and list what is marked."""
    known = quantities(past)
    if not known:
        st.info("Nothing was measured yet. Assess data, or run a monitor.", icon=":material/info:")
        return
    wanted = st.selectbox("What to look at", list(known), key="trend_quantity")
    points = known[wanted]
    times = [p.at for p in points]
    marks = [m for m in past.marks if min(times).date() <= m.on <= max(times).date()]
    sentence = describe_trend(points, quantity=wanted, marks=marks)
    if len(points) == 1:  # one dot is no course
        st.markdown(f"{plain(sentence)} A trend needs a second one.")
    else:
        figure = trend(points, theme.tokens(), quantity=wanted, marks=marks)
        chart.show(figure, key="trend_figure", alt=sentence)
        st.caption(plain(sentence))
    lines = (f"{n}. {day(mark.on)}: {plain(mark.words)}" for n, mark in enumerate(marks, 1))
    if marks:
        st.markdown("\n".join(lines))


def differences(cards: tuple[SessionCard, ...]) -> list[tuple[SessionCard, SessionDiff]]:
    """Each of the last sessions with what changed since the one before it, newest first; ``cards`` are oldest first.

    A session that cannot be read (written by a newer version) is left out with its neighbours.
    """
    found = []
    for before, after in list(pairwise(cards))[-MOST_CHANGES:]:
        with suppress(GoLiveError):
            found.append((after, difference((before, after))))
    return found[::-1]


def change_log(past: Past) -> None:
    """What changed from session to session, in words."""
    st.subheader("What changed from session to session", anchor=False)
    if len(past.cards) < 2:
        st.caption(
            "Two sessions of this pilot are needed; there is one."
            if past.cards
            else "No session is stored yet."
        )
        return
    for card, diff in differences(past.cards):
        found = [(word, diff.of(direction)) for direction, (word, _) in DIRECTIONS.items()]
        counts = ", ".join(f"{len(changes)} {word.lower()}" for word, changes in found if changes)
        with st.expander(
            f"{day(card.created_at)}: {plain(diff.headline)} {counts or 'Nothing else changed'}."
        ):
            caveats(diff)
            for word, changes in found:
                lines = [f"- {plain(change.sentence)}" for change in changes[:MOST_LINES]]
                if (more := len(changes) - MOST_LINES) > 0:
                    lines.append(f"- and {plural(more, 'more change', 'more changes')}")
                if changes:
                    st.markdown(f"**{word}**\n" + "\n".join(lines))
