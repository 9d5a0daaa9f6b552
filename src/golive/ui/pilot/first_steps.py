"""The Start page: five steps to a verdict, what files are needed and what each column unlocks, and the glossary."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from golive.store import Store
from golive.ui.pilot.data_form import ROLE_WORD, UNLOCKS
from golive.ui.shell import glossary, nav
from golive.ui.shell.guards import Identity, open_sample
from golive.ui.shell.words import plain
from golive.wording.numbers import plural

FEWEST_ROWS = 200
"""Rows a side from which most checks can say something; fewer give many "Cannot judge"."""
MORE_COLUMNS: tuple[tuple[str, str], ...] = (
    (
        "time of arrival, beside the time of measurement",
        "whether inputs were there when the model answered",
    ),
    ("time of the outcome", "how long outcomes take to arrive"),
    (
        "latency and status of each answer",
        "whether the service is fast enough and how often it fails",
    ),
    ("generated text and its source", "whether what the model writes stands in its source"),
)


@dataclass(frozen=True)
class Step:
    """One step of a newcomer: what to do, where, and whether it is done."""

    title: str
    words: str
    page: str
    icon: str
    done: bool


def steps(store: Store) -> tuple[Step, ...]:
    """Five steps from nothing to a report, with what the store says is done; a sample counts for nothing."""
    own = [card for card in store.list() if not card.sample]
    project = own[0].project if own else None
    return (
        Step(
            "Say what the pilot is for",
            "Intended use, risk, and what ready means, frozen before live data is judged.",
            "define",
            ":material/edit_note:",
            any(store.criteria(name) for name in store.projects()),
        ),
        Step(
            "Bring two files",
            "Training data and live data with the same columns. They stay on this machine; no row is stored.",
            "data",
            ":material/upload_file:",
            bool(own),
        ),
        Step(
            "Read the verdict",
            "Whether the pilot is ready, what is in the way, and what to do first.",
            "overview",
            ":material/flag:",
            bool(own),
        ),
        Step(
            "Decide about what was found",
            "Fix, explain, accept for a time or put off: with an owner.",
            "findings",
            ":material/gavel:",
            bool(project and store.decisions(project)),
        ),
        Step(
            "Take the report along",
            "A memo on one page, slides, a PDF, a model card: the same numbers in each.",
            "report",
            ":material/description:",
            False,
        ),
    )


def show_steps(store: Store, who: Identity) -> None:
    """The five steps with a link each; the sample for who wants to look first."""
    known = {page.url_path: page.title for page in nav.visible(who.role)}
    with st.grid(min_column_width=176, gap="small", border=True, key="first_steps"):
        for number, step in enumerate(steps(store), start=1):
            with st.container():
                mark = (
                    ":green[:material/check_circle: Done]" if step.done else f":gray[Step {number}]"
                )
                # No caption: Streamlit fades its colours below what can be read
                st.markdown(f":small[{mark}]")
                st.markdown(f"**{step.title}**")
                st.markdown(step.words)
                if step.page in known:
                    nav.link(step.page, f"Open {known[step.page]}", icon=step.icon)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Look at the sample first", icon=":material/science:", key="start_sample"):
            open_sample()
        st.caption(
            "A synthetic sepsis alert with planted production faults. Nothing about a patient."
        )


def show_needs() -> None:
    """What the files must hold, and what each further column makes it possible to say."""
    st.subheader("What is needed", anchor=False)
    st.markdown(
        f"Two files with the same columns, {plural(FEWEST_ROWS, 'row')} or more each. Nothing else is required: without an "
        "outcome and a score, GoLive compares the data and says what it could not judge. Each further column unlocks more:"
    )
    st.table(
        {
            "Column": [ROLE_WORD[role].split(" (")[0].capitalize() for role in UNLOCKS]
            + [name.capitalize() for name, _ in MORE_COLUMNS],
            "What it unlocks": [
                said[0].upper() + said[1:]
                for said in (*UNLOCKS.values(), *(w for _, w in MORE_COLUMNS))
            ],
        },
        hide_index=True,
        width="stretch",
    )


def show_glossary() -> None:
    """The glossary with a search."""
    st.subheader("Words", anchor=False)
    asked = st.text_input(
        "Search the glossary", key="glossary_search", placeholder="for example gate", width=380
    )
    found = glossary.find(asked)
    if not found:
        st.markdown(f"No term holds “{plain(asked)}”. Try a shorter word.")
        return
    st.markdown("\n".join(f"- **{name}.** {said}" for name, said in found.items()))
