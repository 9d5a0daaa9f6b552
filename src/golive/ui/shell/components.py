"""Small pieces that every page shows the same way: badges, the header, a finding, a file to take, an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import streamlit as st

from golive.model.errors import GoLiveError
from golive.model.finding import Finding, Verdict
from golive.model.readiness import ReadinessVerdict
from golive.model.result import Assessment
from golive.ui.shell import nav, theme
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


def finding_link(finding: Finding) -> None:
    """A finding in a line, with the link to it."""
    words = f"{theme.VERDICT[finding.verdict].coloured} {plain(finding.title)}"
    nav.line_with_link("findings", words, query={"finding": finding.id})


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
    st.caption(f"**{plain(assessment.project)}** · {judged_from(assessment)}")


def judged_from(assessment: Assessment) -> str:
    """``Risk tier: High · Assessed 20 Nov 2026 from 24,000 training and 5,466 live rows``."""
    return (
        f"Risk tier: {TIER_WORD[assessment.readiness.tier]} · "
        f"Assessed {day(assessment.created_at)} from {rows_of(assessment)}"
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


def rows_of(assessment: Assessment) -> str:
    """``24,000 training and 5,466 live rows``."""
    inputs = assessment.inputs
    return f"{count(inputs.train.rows)} training and {count(inputs.live.rows)} live rows"


def download(
    label: str, name: str, mime: str, data: Callable[[], Any] | str, *, key: str, **button: Any
) -> None:
    """Offer a file to take, made when it is asked for; the page is not drawn anew. ``button`` is Streamlit's own."""
    icon = ":material/download:"
    st.download_button(label, data, name, mime, key=key, icon=icon, on_click="ignore", **button)


def with_progress(
    preparing: str, ready: str, failed: str, make: Callable[[Callable[[float, str], None]], str]
) -> str | None:
    """Make something under a bar that says how far it is, and return it; ``None`` after its error was shown."""
    with st.status(preparing, expanded=True) as status:
        bar = st.progress(0.0, text="starting")

        def show(fraction: float, sentence: str) -> None:
            bar.progress(min(max(fraction, 0.0), 1.0), text=sentence)

        try:
            made = make(show)
        except GoLiveError as error:
            status.update(label=failed, state="error")
            error_box(error)
            return None
        status.update(label=ready, state="complete", expanded=False)
    return made


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
