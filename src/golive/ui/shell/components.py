"""Small pieces that every page shows the same way: badges, the header, the empty state, an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import streamlit as st

from golive.model.errors import GoLiveError
from golive.model.finding import Verdict
from golive.model.readiness import ReadinessVerdict
from golive.model.result import Assessment
from golive.ui.shell import theme
from golive.ui.shell.words import plain
from golive.wording.labels import TIER_WORD
from golive.wording.numbers import count, day


def look_of(verdict: Verdict | ReadinessVerdict) -> theme.Look:
    """Word, icon and colour of a finding's verdict or of the readiness verdict."""
    return (
        theme.READINESS[verdict]
        if isinstance(verdict, ReadinessVerdict)
        else theme.VERDICT[verdict]
    )


def badge(verdict: Verdict | ReadinessVerdict) -> None:
    """Show a verdict as word, icon and colour."""
    look = look_of(verdict)
    st.badge(look.word, icon=look.icon, color=look.color)


def inline_badge(look: theme.Look, text: str | None = None) -> str:
    """The same badge as Markdown, for use inside a sentence. ``text`` replaces the word and is escaped."""
    return f":{look.color}-badge[{look.icon} {plain(str(text)) if text is not None else look.word}]"


def page_title(title: str, sentence: str = "") -> None:
    """One title per page, and under it the question the page answers."""
    st.title(title, anchor=False)
    if sentence:
        st.caption(sentence)


def assessment_line(assessment: Assessment) -> None:
    """Who was judged, at what risk, when and from how much: the first line of every page about one assessment."""
    inputs = assessment.inputs
    st.caption(
        f"**{plain(assessment.project)}** · Risk tier: {TIER_WORD[assessment.readiness.tier]} · "
        f"Assessed {day(assessment.created_at)} from {count(inputs.train.rows)} training "
        f"and {count(inputs.live.rows)} live rows"
    )


def table(columns: Mapping[str, Sequence[str]], alt: str, *, most: int = 0) -> None:
    """A table to read, by column: what is in it is Markdown, ``alt`` says it to who cannot see it.

    With ``most`` a longer one scrolls in a box of its own.
    """
    long = most and len(next(iter(columns.values()))) > most
    st.table(columns, border="horizontal", height=420 if long else "content", alt=alt)


@contextmanager
def errors_shown(title: str = "") -> Iterator[None]:
    """Show every problem of an error that is raised inside; what stands after the block is still drawn."""
    try:
        yield
    except GoLiveError as error:
        error_box(error, title=title)


def empty_state(
    sentence: str,
    label: str,
    action: Callable[[], None],
    *,
    key: str,
    icon: str = ":material/play_circle:",
) -> None:
    """One sentence and one action: what a page shows when it has nothing to show yet."""
    with st.container(border=True):
        st.markdown(sentence)
        if st.button(label, key=key, type="primary", icon=icon):
            action()


def error_box(error: GoLiveError, *, title: str = "") -> None:
    """Every problem of an error: a sentence, what to do, and the code to quote. Nothing else on the page is lost."""
    for number, problem in enumerate(error.problems):
        where = f" ({plain(problem.where)})" if problem.where else ""
        lead = f"**{title}** " if title and number == 0 else ""
        hint = f" {plain(problem.hint)}" if problem.hint else ""
        st.error(
            f"{lead}{plain(problem.sentence)}{where}{hint} `{problem.code}`",
            icon=":material/error:",
        )
