"""The Overview, and the same on one screen for a meeting, in headings so that it can be read from the back of the room.

What is said about a verdict stands in ``golive.report.base.verdict``, for pages and reports; here is how it moved since the
session before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st

from golive.model.finding import Finding, Verdict
from golive.model.readiness import GateState, Readiness, ReadinessVerdict
from golive.model.result import Assessment
from golive.report.base.identity import DISCLAIMER
from golive.report.base.verdict import (
    blocking,
    cap_sentence,
    effort_words,
    failure_modes,
    model_version,
    stage_name,
    strongest,
    verdict_sentence,
)
from golive.store import SessionCard
from golive.ui.figures.dimensions import THIN
from golive.ui.shell import glossary, nav, state, theme
from golive.ui.shell.components import download, finding_link, inline_badge, judged_from, rows_of
from golive.ui.shell.guards import Current
from golive.ui.shell.words import plain, team
from golive.ui.verdict.readiness_view import criterion_link
from golive.wording.labels import MEANING, TIER_WORD
from golive.wording.numbers import day, percent, plural


def previous(cards: Sequence[SessionCard], session: str) -> SessionCard | None:
    """The session of the same pilot before ``session`` that has an index; ``cards`` are newest first."""
    here = next((c for c in cards if c.session == session), None)
    if here is None:
        return None
    older = [c for c in cards if c.created_at < here.created_at and c.index is not None]
    return max(older, key=lambda c: c.created_at, default=None)


def thin_sentence(readiness: Readiness) -> str:
    """Warn that little is known, where evidence covers less than half of the weight: the index may still land far away."""
    if (
        readiness.index is None
        or readiness.low is None
        or readiness.high is None
        or readiness.coverage >= THIN
    ):
        return ""
    return (
        f"Little is known yet: evidence covers {percent(readiness.coverage)} of the weight, so the index may still land "
        f"anywhere between {readiness.low:.0f} and {readiness.high:.0f}."
    )


def trend_sentence(readiness: Readiness, before: SessionCard | None) -> str:
    """How the index moved since the session before: ``6 points higher than on 3 Oct 2026.``; empty without one."""
    if before is None or before.index is None or readiness.index is None:
        return ""
    moved = round(readiness.index) - round(before.index)
    when = day(before.created_at)
    if moved == 0:
        return f"The index is the same as on {when}."
    return f"{plural(abs(moved), 'point')} {'higher' if moved > 0 else 'lower'} than on {when}."


def header(assessment: Assessment, *, sample: bool, title: str = "") -> None:
    """Name the pilot, its model, its risk, and what it was judged from; offer the result as a file."""
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.title(plain(title or assessment.project), anchor=False, width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            if sample:
                st.badge(
                    "Sample",
                    icon=":material/science:",
                    color="blue",
                    help="Synthetic data that ships with GoLive.",
                )
            nav.link(nav.PRESENT, "Present", icon=":material/slideshow:")
            download(
                "Export JSON",
                f"golive-{assessment.session[:8]}.json",
                "application/json",
                lambda: assessment.model_dump_json(indent=2),
                key="export_json",
            )
    version = model_version(assessment)
    project = f"{plain(assessment.project)} · " if title else ""
    model = f"Model {plain(version)} · " if version else ""
    st.caption(f"{project}{model}{judged_from(assessment)}")


def banner(readiness: Readiness, before: SessionCard | None = None) -> None:
    """The verdict as word, icon and colour, what it rests on, the index with its interval, and how it moved."""
    look = theme.READINESS[readiness.verdict]
    with st.container(border=True):
        words, numbers = st.columns([3.4, 2.6], vertical_alignment="center")
        with words:
            st.subheader(
                f":{look.color}[{look.icon} {look.word.upper()}] – {MEANING[readiness.verdict]}.",
                anchor=False,
            )
            for reason in readiness.stop:
                st.markdown(f":{look.color}[:material/block:] {plain(reason)}")
            st.markdown(f"**{verdict_sentence(readiness)}** {plain(cap_sentence(readiness))}")
            notes = [trend_sentence(readiness, before), thin_sentence(readiness)]
            if readiness.verdict is not ReadinessVerdict.READY and readiness.stage:
                notes.append(f"What this evidence allows: {stage_name(readiness)}.")
            if any(notes):
                st.caption(plain(" ".join(note for note in notes if note)))
        with numbers, st.container(horizontal=True, gap="small"):
            _numbers(readiness)


def _numbers(readiness: Readiness) -> None:
    """The index with its interval, and how much of the model has evidence: beside each other on every screen."""
    if readiness.index is None:
        st.metric("Readiness index", "–", help="Nothing has been assessed yet.")
    else:
        meaning = "0 to 100. The interval runs from what is proven to what is still possible."
        _metric("Readiness index", f"{readiness.index:.0f}", between(readiness), meaning)
    meaning = "Share of the model's weight with fresh evidence. Silence never counts as a pass."
    _metric("Evidence", percent(readiness.coverage), "of the weight assessed", meaning)


def _metric(label: str, value: str, below: str | None, meaning: str, **more: Any) -> None:
    """A number with a few words below it, which are no change: neither colour nor arrow."""
    st.metric(label, value, below, delta_color="off", delta_arrow="off", help=meaning, **more)


def between(readiness: Readiness) -> str | None:
    """The interval of the index in words; ``None`` where nothing was assessed."""
    if readiness.low is None or readiness.high is None:
        return None
    return f"between {readiness.low:.0f} and {readiness.high:.0f}"


def three_columns(assessment: Assessment) -> None:
    """What live data does differently, what blocks, and what to do next: three short lists, each with a link to its page."""
    # A grid and not columns: at 200 % zoom three columns would leave a word or two on a line.
    with st.grid(3, min_column_width=240, gap="medium"):
        with st.container():
            _facts(assessment.findings)
        with st.container():
            _blocks(assessment.readiness)
        with st.container():
            _steps(assessment.readiness)


def _facts(findings: Sequence[Finding]) -> None:
    st.subheader("What live data does differently", anchor=False)
    chosen = strongest(findings)
    if not chosen:
        mark, sentence = _nothing_differs(findings)
        st.markdown(f"{mark} {sentence}")
    for finding in chosen:
        finding_link(finding)
    nav.link("findings", f"All {plural(len(findings), 'finding')}", icon=":material/arrow_forward:")


def _nothing_differs(findings: Sequence[Finding]) -> tuple[str, str]:
    """Icon and sentence where no finding asks for anything."""
    if any(f.verdict is not Verdict.CANNOT_JUDGE for f in findings):
        return ":green[:material/check_circle:]", "Nothing that was judged differs from training."
    return ":gray[:material/help:]", "Nothing could be judged yet."


def _blocks(readiness: Readiness) -> None:
    st.subheader("What blocks", anchor=False)
    open_gates = blocking(readiness)
    if not open_gates:
        st.markdown(":green[:material/check_circle:] No gate is open.")
    for criterion, step in open_gates[:4]:
        look = theme.GATE[criterion.gate_state or GateState.UNVERIFIED]
        do = step.label if step else "FIX" if criterion.gate_state is GateState.FAIL else "PROVE"
        who = f" · {team(step.route)}" if step and step.route else ""
        criterion_link(criterion, f"{look.coloured} {plain(criterion.title)} · **{do}**{who}")
    more = len(open_gates) - 4
    nav.link(
        "readiness", f"{more} more" if more > 0 else "All gates", icon=":material/arrow_forward:"
    )


def _steps(readiness: Readiness) -> None:
    st.subheader("Do next", anchor=False)
    if not readiness.next:
        st.markdown("Nothing is left to do in the plan.")
    for rank, step in enumerate(readiness.next[:3], start=1):
        st.markdown(f"**{rank}. {step.label}** {plain(step.fix or step.title)}")
        st.caption(
            f"{step.criterion} · {effort_words(step)}"
            + (f" · {team(step.route)}" if step.route else "")
            + (f" · lifts the index by {step.gain:.1f}" if step.gain >= 0.05 else "")
        )
    nav.link("plan", "The whole plan", icon=":material/arrow_forward:")


def remember_click(dimension: str) -> None:
    """Keep the clicked dimension until the script runs, because a callback cannot switch pages."""
    st.session_state["dimension_clicked"] = dimension


def follow_click() -> None:
    """Open Readiness at the dimension that was clicked in the chart."""
    dimension = st.session_state.pop("dimension_clicked", None)
    if dimension:
        nav.go("readiness", query={"dimension": dimension})


def cards(readiness: Readiness, findings: Sequence[Finding]) -> None:
    """Four ways pilots fail, each with a status and one line of evidence; the page of that name has the rest."""
    st.subheader("Four ways pilots fail", anchor=False)
    # Four beside each other on a laptop of 1,280 pixels too, where wider cards would leave one alone in a row.
    with st.grid(4, border=True, min_column_width=187):
        for mode in failure_modes(readiness, findings):
            with st.container():
                look = theme.MODE[mode.state or GateState.UNVERIFIED]
                st.markdown(f"**{mode.name}**  {inline_badge(look)}")
                st.markdown(plain(mode.evidence))
                st.caption(f"{mode.tally}. {mode.meaning}.")
    nav.link(
        "failure_modes", "The pilot and production side by side", icon=":material/arrow_forward:"
    )


FACTS, STEPS, COURSE = 3, 3, 12


def course(cards: Sequence[SessionCard], session: str) -> list[SessionCard]:
    """The sessions of a pilot up to the open one that have an index, oldest first; at most ``COURSE``."""
    until = next((c.created_at for c in cards if c.session == session), None)
    past = [c for c in cards if until and c.index is not None and c.created_at <= until]
    return sorted(past, key=lambda c: c.created_at)[-COURSE:]


def meeting_header(current: Current, title: str) -> None:
    """The pilot's name; a sample says so."""
    a = current.assessment
    version = model_version(a)
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.header(plain(title or a.project), anchor=False, width="content")
        if current.sample:
            sample = ":blue-badge[:material/science: Sample: synthetic data]"
            st.header(sample, anchor=False, width="content")
    st.markdown(
        (f"Model {plain(version)} · " if version else "")
        + f"{TIER_WORD[a.readiness.tier]} risk tier · {day(a.created_at)} · "
        + rows_of(a)
    )


def meeting_verdict(
    readiness: Readiness, past: Sequence[SessionCard], before: SessionCard | None
) -> None:
    """The verdict in one word and one sentence, the index, and how it moved."""
    look = theme.READINESS[readiness.verdict]
    with st.container(border=True):
        words, numbers = st.columns([2.2, 1], vertical_alignment="center", gap="large")
        with words:
            st.title(f":{look.color}[{look.icon} {look.word.upper()}]", anchor=False)
            st.header(f"{MEANING[readiness.verdict].capitalize()}.", anchor=False)
            st.markdown(f"### {verdict_sentence(readiness)}")
        with numbers:
            moved = [round(c.index, 1) for c in past if c.index is not None]
            index = "–" if readiness.index is None else f"{readiness.index:.0f} of 100"
            meaning, course = glossary.tip("Readiness index"), moved if len(moved) > 1 else None
            _metric("Readiness index", index, between(readiness), meaning, chart_data=course)
            trend = trend_sentence(readiness, before)
            st.markdown(trend or "The first assessment: there is no trend yet.")


def meeting_facts_and_steps(assessment: Assessment) -> None:
    """Three facts about live data beside the next three steps."""
    facts, steps = st.columns(2, gap="large")
    with facts:
        st.header("What live data shows", anchor=False)
        chosen = strongest(assessment.findings, FACTS)
        if not chosen:
            st.markdown(f"### {_nothing_differs(assessment.findings)[1]}")
        for finding in chosen:
            look = theme.VERDICT[finding.verdict]
            # The sentence for a meeting; sessions of earlier versions have the reviewer's title alone.
            st.markdown(f"### {look.coloured} {plain(finding.plain or finding.title)}")
    with steps:
        st.header("What is next", anchor=False)
        following = assessment.readiness.next[:STEPS]
        if not following:
            st.markdown("### Nothing is left to do in the plan.")
        for rank, step in enumerate(following, start=1):
            what = plain(step.fix or step.title)
            who = f", {team(step.route)}" if step.route else ""
            st.markdown(
                f"### {rank}. {step.label.capitalize()}: {what} :gray[{effort_words(step)}{who}]"
            )


def _link() -> str:
    """The address of this screen, for whoever may view the dashboard."""
    parts = urlsplit(str(st.context.url or ""))
    base = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    query = urlencode(state.query())
    return f"{base}/{nav.PRESENT}" + (f"?{query}" if query else "")


def meeting_footer(current: Current) -> None:
    """What this is not, the link to share, and the way back."""
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.caption(DISCLAIMER, width="content")
        with st.container(horizontal=True, width="content"):
            with st.popover("Share", icon=":material/link:"):
                st.markdown("Whoever may sign in here as a viewer sees the same screen:")
                st.code(_link(), language=None)
                if not current.identity.signed_in:
                    st.caption("Sign-in is not set up: this address works on this machine only.")
            nav.link("overview", "Leave", icon=":material/close_fullscreen:")
