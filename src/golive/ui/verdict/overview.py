"""How the Overview is drawn: header, verdict, three short lists, and the four ways pilots fail. The words are in ``verdict``."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from golive.model.finding import Finding, Verdict
from golive.model.readiness import GateState, Readiness, ReadinessVerdict
from golive.model.result import Assessment
from golive.report.base.verdict import effort_words
from golive.store import SessionCard
from golive.ui.shell import nav, theme
from golive.ui.shell.components import inline_badge
from golive.ui.shell.nav import door
from golive.ui.shell.words import plain
from golive.ui.verdict import verdict
from golive.wording.labels import TIER_WORD
from golive.wording.numbers import count, day, percent, plural


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
            st.download_button(
                "Export JSON",
                data=lambda: assessment.model_dump_json(indent=2),
                file_name=f"golive-{assessment.session[:8]}.json",
                mime="application/json",
                icon=":material/download:",
                on_click="ignore",
                key="export_json",
            )
    version = verdict.model_version(assessment)
    inputs = assessment.inputs
    st.caption(
        (f"{plain(assessment.project)} · " if title else "")
        + (f"Model {plain(version)} · " if version else "")
        + f"Risk tier: {TIER_WORD[assessment.readiness.tier]} · Assessed {day(assessment.created_at)} from "
        f"{count(inputs.train.rows)} training and {count(inputs.live.rows)} live rows"
    )


def banner(readiness: Readiness, before: SessionCard | None = None) -> None:
    """The verdict as word, icon and colour, what it rests on, the index with its interval, and how it moved."""
    look = theme.READINESS[readiness.verdict]
    with st.container(border=True):
        words, numbers = st.columns([3.4, 2.6], vertical_alignment="center")
        with words:
            st.subheader(
                f":{look.color}[{look.icon} {look.word.upper()}] – {theme.MEANING[readiness.verdict]}.",
                anchor=False,
            )
            for reason in readiness.stop:
                st.markdown(f":{look.color}[:material/block:] {plain(reason)}")
            st.markdown(
                f"**{verdict.verdict_sentence(readiness)}** {plain(verdict.cap_sentence(readiness))}"
            )
            notes = [verdict.trend_sentence(readiness, before), verdict.thin_sentence(readiness)]
            if readiness.verdict is not ReadinessVerdict.READY and readiness.stage:
                notes.append(f"What this evidence allows: {verdict.stage_name(readiness)}.")
            if any(notes):
                st.caption(plain(" ".join(note for note in notes if note)))
        with numbers, st.container(horizontal=True, gap="small"):
            _numbers(readiness)


def _numbers(readiness: Readiness) -> None:
    """The index with its interval, and how much of the model has evidence: beside each other on every screen."""
    if readiness.index is None:
        st.metric("Readiness index", "–", help="Nothing has been assessed yet.")
    else:
        st.metric(
            "Readiness index",
            f"{readiness.index:.0f}",
            delta=_between(readiness),
            delta_color="off",
            delta_arrow="off",
            help="0 to 100. The interval runs from what is proven to what is still possible.",
        )
    st.metric(
        "Evidence",
        percent(readiness.coverage),
        delta="of the weight assessed",
        delta_color="off",
        delta_arrow="off",
        help="Share of the model's weight with fresh evidence. Silence never counts as a pass.",
    )


def _between(readiness: Readiness) -> str | None:
    if readiness.low is None or readiness.high is None:
        return None
    return f"between {readiness.low:.0f} and {readiness.high:.0f}"


def three_columns(assessment: Assessment) -> None:
    """What live data does differently, what blocks, and what to do next: three short lists, each a door to its page."""
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
    chosen = verdict.strongest(findings)
    if not chosen:
        if any(f.verdict is not Verdict.CANNOT_JUDGE for f in findings):
            st.markdown(
                ":green[:material/check_circle:] Nothing that was judged differs from training."
            )
        else:
            st.markdown(":gray[:material/help:] Nothing could be judged yet.")
    for finding in chosen:
        look = theme.VERDICT[finding.verdict]
        door(
            "findings",
            f":{look.color}[{look.icon} {look.word}] {plain(finding.title)}",
            query={"finding": finding.id},
        )
    nav.link("findings", f"All {plural(len(findings), 'finding')}", icon=":material/arrow_forward:")


def _blocks(readiness: Readiness) -> None:
    st.subheader("What blocks", anchor=False)
    open_gates = verdict.blocking(readiness)
    if not open_gates:
        st.markdown(":green[:material/check_circle:] No gate is open.")
    for criterion, step in open_gates[:4]:
        look = theme.GATE[criterion.gate_state or GateState.UNVERIFIED]
        do = step.label if step else "FIX" if criterion.gate_state is GateState.FAIL else "PROVE"
        who = f" · {_route(step.route)}" if step and step.route else ""
        door(
            "readiness",
            f":{look.color}[{look.icon} {look.word}] {plain(criterion.title)} · **{do}**{who}",
            label=criterion.id,
            query={"dimension": criterion.dimension},
        )
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
            + (f" · {_route(step.route)}" if step.route else "")
            + (f" · lifts the index by {step.gain:.1f}" if step.gain >= 0.05 else "")
        )
    nav.link("plan", "The whole plan", icon=":material/arrow_forward:")


def _route(route: str) -> str:
    return route.replace("_", " ")


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
        for mode in verdict.failure_modes(readiness, findings):
            with st.container():
                look = theme.MODE[mode.state or GateState.UNVERIFIED]
                st.markdown(f"**{mode.name}**  {inline_badge(look)}")
                st.markdown(plain(mode.evidence))
                st.caption(f"{mode.tally}. {mode.meaning}.")
    nav.link(
        "failure_modes", "The pilot and production side by side", icon=":material/arrow_forward:"
    )
