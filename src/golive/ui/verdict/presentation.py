"""Presentation mode: what a meeting sees on one screen, in headings so that it can be read from the back of the room."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

import streamlit as st

from golive.model.finding import Finding, Verdict
from golive.model.readiness import Readiness
from golive.model.result import Assessment
from golive.report.base.identity import DISCLAIMER
from golive.report.base.verdict import effort_words
from golive.store import SessionCard
from golive.ui.shell import glossary, nav, state, theme
from golive.ui.shell.guards import Current
from golive.ui.shell.words import plain
from golive.ui.verdict import verdict
from golive.wording.labels import TIER_WORD
from golive.wording.numbers import count, day

FACTS, STEPS, COURSE = 3, 3, 12


def course(cards: Sequence[SessionCard], session: str) -> list[SessionCard]:
    """The sessions of a pilot up to the open one that have an index, oldest first; at most ``COURSE``."""
    here = next((c for c in cards if c.session == session), None)
    past = [
        c
        for c in cards
        if here is not None and c.index is not None and c.created_at <= here.created_at
    ]
    return sorted(past, key=lambda c: c.created_at)[-COURSE:]


def top(current: Current, title: str) -> None:
    """The pilot's name; a sample says so."""
    a = current.assessment
    version = verdict.model_version(a)
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.header(plain(title or a.project), anchor=False, width="content")
        if current.sample:
            st.header(
                ":blue-badge[:material/science: Sample: synthetic data]",
                anchor=False,
                width="content",
            )
    st.markdown(
        (f"Model {plain(version)} · " if version else "")
        + f"{TIER_WORD[a.readiness.tier]} risk tier · {day(a.created_at)} · "
        f"{count(a.inputs.train.rows)} training and {count(a.inputs.live.rows)} live rows"
    )


def verdict_and_trend(
    readiness: Readiness, past: Sequence[SessionCard], before: SessionCard | None
) -> None:
    """The verdict in one word and one sentence, the index, and how it moved."""
    look = theme.READINESS[readiness.verdict]
    with st.container(border=True):
        words, index = st.columns([2.2, 1], vertical_alignment="center", gap="large")
        with words:
            st.title(f":{look.color}[{look.icon} {look.word.upper()}]", anchor=False)
            st.header(f"{theme.MEANING[readiness.verdict].capitalize()}.", anchor=False)
            st.markdown(f"### {verdict.verdict_sentence(readiness)}")
        with index:
            moved = [round(c.index, 1) for c in past if c.index is not None]
            low, high = readiness.low, readiness.high
            st.metric(
                "Readiness index",
                "–" if readiness.index is None else f"{readiness.index:.0f} of 100",
                delta=None if low is None or high is None else f"between {low:.0f} and {high:.0f}",
                delta_color="off",
                delta_arrow="off",
                help=glossary.tip("Readiness index"),
                chart_data=moved if len(moved) > 1 else None,
            )
            st.markdown(
                verdict.trend_sentence(readiness, before)
                or "The first assessment: there is no trend yet."
            )


def facts_and_steps(assessment: Assessment) -> None:
    """Three facts about live data beside the next three steps."""
    facts, steps = st.columns(2, gap="large")
    with facts:
        st.header("What live data shows", anchor=False)
        chosen = verdict.strongest(assessment.findings)[:FACTS]
        if not chosen:
            st.markdown(f"### {_nothing(assessment.findings)}")
        for finding in chosen:
            look = theme.VERDICT[finding.verdict]
            st.markdown(f"### :{look.color}[{look.icon} {look.word}] {plain(finding.title)}")
    with steps:
        st.header("What is next", anchor=False)
        following = assessment.readiness.next[:STEPS]
        if not following:
            st.markdown("### Nothing is left to do in the plan.")
        for rank, step in enumerate(following, start=1):
            what = plain(step.fix or step.title)
            who = f", {step.route.replace('_', ' ')}" if step.route else ""
            st.markdown(
                f"### {rank}. {step.label.capitalize()}: {what} :gray[{effort_words(step)}{who}]"
            )


def _nothing(findings: Sequence[Finding]) -> str:
    judged = any(f.verdict is not Verdict.CANNOT_JUDGE for f in findings)
    return (
        "Nothing that was judged differs from training."
        if judged
        else "Nothing could be judged yet."
    )


def link() -> str:
    """The address of this screen, for whoever may view the dashboard."""
    parts = urlsplit(str(st.context.url or ""))
    base = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    query = urlencode(state.query())
    return f"{base}/{nav.PRESENT}" + (f"?{query}" if query else "")


def foot(current: Current) -> None:
    """What this is not, the link to share, and the way back."""
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.caption(DISCLAIMER, width="content")
        with st.container(horizontal=True, width="content"):
            with st.popover("Share", icon=":material/link:"):
                st.markdown("Whoever may sign in here as a viewer sees the same screen:")
                st.code(link(), language=None)
                if not current.identity.signed_in:
                    st.caption("Sign-in is not set up: this address works on this machine only.")
            nav.link("overview", "Leave", icon=":material/close_fullscreen:")
