"""The Start page: five steps to a verdict, what files are needed and what each column unlocks, and the glossary."""

from __future__ import annotations

import streamlit as st

from golive.store import Store
from golive.ui.pilot.words import WORDS
from golive.ui.shell import glossary, nav
from golive.ui.shell.guards import Identity, open_sample
from golive.ui.shell.words import plain
from golive.wording.numbers import plural

FEWEST_ROWS = 200
"""Rows a side from which most checks can say something; fewer give many "Cannot judge"."""


def done(store: Store) -> set[str]:
    """Pages of the steps that the store says are done; a sample counts for nothing."""
    own = [card for card in store.list() if not card.sample]
    found = {"data", "overview"} if own else set()
    if any(store.criteria(name) for name in store.projects()):
        found.add("define")
    if own and store.decisions(own[0].project):
        found.add("findings")
    return found


def show_steps(store: Store, who: Identity) -> None:
    """The five steps with a link each; the sample for who wants to look first."""
    known = {page.url_path: page.title for page in nav.visible(who.role)}
    with st.grid(min_column_width=176, gap="small", border=True, key="first_steps"):
        finished = done(store)
        for number, step in enumerate(WORDS.steps, start=1):
            with st.container():
                mark = f":gray[Step {number}]"
                if step.page in finished:
                    mark = ":green[:material/check_circle: Done]"
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
    more = {WORDS.roles[r].split(" (")[0]: words for r, words in WORDS.unlocks.items()}
    more |= WORDS.more_columns
    st.table(
        {
            "Column": [name.capitalize() for name in more],
            "What it unlocks": [words[0].upper() + words[1:] for words in more.values()],
        },
        hide_index=True,
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
