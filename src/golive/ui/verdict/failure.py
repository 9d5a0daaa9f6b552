"""The four ways pilots fail: what the pilot had and production has, which one this pilot shows, and a session to look at."""

from __future__ import annotations

import streamlit as st

from golive.readiness.failure_modes import Judged, judge_modes
from golive.samples import get
from golive.store import Store
from golive.ui.shell import nav, state, theme
from golive.ui.shell.components import finding_link, inline_badge, with_progress
from golive.ui.shell.guards import Current
from golive.ui.shell.words import plain
from golive.ui.verdict.readiness_view import criterion_link, gate_words
from golive.wording.numbers import plural, spelled

LOOK = {
    "shown": theme.Look("This pilot shows it", ":material/error:", "red"),
    "open": theme.Look("Not excluded", ":material/help:", "gray"),
    "not_shown": theme.Look("Not shown", ":material/check_circle:", "green"),
}


def headline(judged: tuple[Judged, ...]) -> str:
    """Which modes the pilot shows, in one sentence."""
    shown = [j.mode.name.lower() for j in judged if j.state == "shown"]
    unsure = [j.mode.name.lower() for j in judged if j.state == "open"]
    if not shown and not unsure:
        return "This pilot shows none of the four."
    if len(shown) == len(judged):
        return "This pilot shows all four."
    sentence = (
        f"This pilot shows {spelled(len(shown))} of the four: {', '.join(shown)}."
        if shown
        else "None is shown."
    )
    missing = f" Not excluded, because proof is missing: {', '.join(unsure)}." if unsure else ""
    return sentence + missing


def evidence_line(judged: Judged) -> str:
    """What the state of a mode rests on: ``3 gates fail, 1 is unproven, 2 pass; 5 findings``."""
    parts = [
        f"{plural(len(judged.failed), 'gate')} {'fails' if len(judged.failed) == 1 else 'fail'}",
        f"{len(judged.unproven) or 'none'} unproven",
        f"{judged.passed} {'passes' if judged.passed == 1 else 'pass'}",
    ]
    signs = f"; {plural(len(judged.findings), 'finding')} in live data" if judged.findings else ""
    return ", ".join(parts) + signs + "."


def page(where: Current) -> None:
    """The four modes of the open session, each with its evidence and its case."""
    judged = judge_modes(where.assessment.readiness, where.assessment.findings)
    st.markdown(f"**{plain(headline(judged))}**")
    for number, one in enumerate(judged, start=1):
        with st.container(border=True):
            _mode(number, one, where)


def _mode(number: int, judged: Judged, where: Current) -> None:
    mode = judged.mode
    st.subheader(f"{number}. {mode.meaning}", anchor=False)
    st.markdown(f"{inline_badge(LOOK[judged.state])} {plain(evidence_line(judged))}")
    left, right = st.columns([1, 1], gap="large")
    with left:
        st.table(
            {
                "In the pilot": [plain(a) for a, _ in mode.pairs],
                "In production": [plain(b) for _, b in mode.pairs],
            },
            border="horizontal",
            alt=f"{mode.meaning}: conditions of the pilot beside those of production.",
        )
        st.caption(f"**A case, synthetic.** {plain(mode.story)}")
        if where.identity.may("reviewer") and st.button(
            "Open the case",
            key=f"case:{mode.id}",
            icon=":material/play_circle:",
            help=get(mode.sample).story,
        ):
            open_case(mode.sample, where.store)
    with right:
        st.markdown("**What this pilot shows**")
        _evidence(judged)
        st.caption(f"First step: {plain(mode.first_step)}")


def _evidence(judged: Judged) -> None:
    for finding in judged.findings[:2]:
        finding_link(finding)
    for criterion in (*judged.failed, *judged.unproven)[:2]:
        measured = f": {criterion.measurement}" if criterion.measurement else ""
        criterion_link(criterion, f"{gate_words(criterion)} {plain(criterion.title + measured)}")
    if not judged.findings and not judged.failed and not judged.unproven:
        st.markdown("Every gate behind it passes, and no finding is a sign of it.")


def open_case(sample: str, store: Store) -> None:
    """Assess the sample of a mode (once per version) and open its session on the Overview."""
    from golive import sample_session

    session = with_progress(
        "Preparing the case",
        "The case is ready",
        "The case could not be prepared",
        lambda progress: sample_session.ensure(store, progress, name=sample),
    )
    if session:
        state.open_session(session)
        nav.go("overview")
