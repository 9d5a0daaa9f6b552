"""What the Overview says: the verdict in one sentence, three facts, what blocks, what next, and the four ways pilots fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from golive.model.finding import Finding, Verdict
from golive.model.readiness import CriterionScore, GateState, NextStep, Readiness, ReadinessVerdict
from golive.model.result import Assessment
from golive.readiness import load_model
from golive.ui import nav, theme
from golive.ui.components import TIER_WORD, inline_badge
from golive.ui.doors import door
from golive.ui.readiness_view import effort_words
from golive.ui.words import count, day, percent, plain, plural, spelled

FAILURE_MODES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Live data", "Live records differ from the curated training data", ("DAT", "CLN")),
    ("Workflow", "The result does not reach the clinical workflow", ("INT", "ADO")),
    ("Monitoring", "Nobody is watching until a clinician notices", ("OBS", "REL")),
    ("Foundations", "Governance, rollback, ownership are left for later", ("GOV", "MLO", "SEC", "SCO", "HND")),
)
"""Four ways a good pilot dies, and the readiness dimensions that make each one visible."""


@dataclass(frozen=True)
class FailureMode:
    """One of the four ways pilots fail: its state (the worst gate), the count of gates, and one line of evidence."""

    name: str
    meaning: str
    state: GateState | None
    tally: str
    evidence: str


def verdict_sentence(readiness: Readiness) -> str:
    """Say how many gates fail and how many are unproven: ``Three gates fail and two are unproven.``"""
    failed, unproven = _open_gates(readiness)
    if not failed and not unproven:
        known = any(c.gate_state is not None for c in readiness.criteria)
        return "Every gate is proven or waived." if known else "No gate applies at this risk tier."
    parts = []
    if failed:
        parts.append(f"{spelled(failed)} {'gate fails' if failed == 1 else 'gates fail'}")
    if unproven:
        noun = "" if failed else " gate" if unproven == 1 else " gates"
        parts.append(f"{spelled(unproven)}{noun} {'is' if unproven == 1 else 'are'} unproven")
    sentence = " and ".join(parts) + "."
    return sentence[0].upper() + sentence[1:]


def _open_gates(readiness: Readiness) -> tuple[int, int]:
    states = [c.gate_state for c in readiness.criteria if not c.waived]
    return states.count(GateState.FAIL), states.count(GateState.UNVERIFIED)


def cap_sentence(readiness: Readiness) -> str:
    """Say which dimension holds the index under the mean of all, or an empty string when none does."""
    weakest = next((d for d in readiness.dimensions if d.id == readiness.weakest), None)
    if weakest is None or weakest.point is None or readiness.index is None or readiness.mean is None:
        return ""
    if readiness.mean - readiness.index < 0.5:
        return ""
    return (
        f"{weakest.name} is the cap: at {weakest.point:.0f} points it holds the index at {readiness.index:.0f}; "
        f"the average of all dimensions is {readiness.mean:.0f}."
    )


def strongest(findings: Sequence[Finding], most: int = 3) -> list[Finding]:
    """The ``most`` findings a first-time reader should know: urgent, severe and large first, one per column.

    Findings that another one explains (``cause``) are left to their cause. No column is told twice, and facts of a kind not
    told yet (a signal, such as missing values) go before more of the same, so that three facts are not one fact three times.
    """
    left = [f for f in by_urgency(findings) if f.verdict in (Verdict.ALARM, Verdict.WATCH) and not f.cause]
    chosen: list[Finding] = []
    while left and len(chosen) < most:
        told = {c for f in chosen for c in f.columns}
        left = [f for f in left if not told & set(f.columns)]
        signals = {f.signal for f in chosen}
        urgent = [f for f in left if f.verdict is left[0].verdict]
        following = next((f for f in urgent if f.signal not in signals), left[0] if left else None)
        if following is None:
            break
        chosen.append(following)
        left.remove(following)
    return chosen


def by_urgency(findings: Sequence[Finding]) -> list[Finding]:
    """Order findings by verdict, severity and size (rows affected, then the change of the effect)."""
    return sorted(
        findings,
        key=lambda f: (
            theme.VERDICT_ORDER[f.verdict],
            theme.SEVERITY_ORDER[f.severity],
            -(f.rows_affected or 0),
            -abs((f.effect.change if f.effect else None) or 0),
            f.id,
        ),
    )


def blocking(readiness: Readiness) -> list[tuple[CriterionScore, NextStep | None]]:
    """Gates that fail or are unproven, in the order of the plan, each with its step when the plan has one."""
    steps = {step.criterion: (rank, step) for rank, step in enumerate(readiness.next)}
    open_gates = [
        c for c in readiness.criteria if c.gate_state in (GateState.FAIL, GateState.UNVERIFIED) and not c.waived
    ]
    ordered = sorted(open_gates, key=lambda c: (steps.get(c.id, (len(steps), None))[0], not c.hard, c.id))
    return [(c, steps[c.id][1] if c.id in steps else None) for c in ordered]


def failure_modes(readiness: Readiness) -> list[FailureMode]:
    """The four ways pilots fail, judged by the gates of the dimensions behind each; criteria when no gate applies."""
    found = []
    for name, meaning, dimensions in FAILURE_MODES:
        members = [c for c in readiness.criteria if c.dimension in dimensions]
        gates = [c for c in members if c.gate_state is not None and not c.waived]
        failed = [c for c in gates if c.gate_state is GateState.FAIL]
        unproven = [c for c in gates if c.gate_state is GateState.UNVERIFIED]
        state = GateState.FAIL if failed else GateState.UNVERIFIED if unproven or not gates else GateState.PASS
        tally = (
            f"{len(failed)} of {plural(len(gates), 'gate')} fail, {spelled(len(unproven))} unproven"
            if gates
            else "No gate applies"
        )
        worst = sorted(failed or unproven, key=lambda c: (not c.hard, not c.measurement, -c.weight, c.id))
        found.append(FailureMode(name, meaning, state, tally, _line(worst[0]) if worst else meaning))
    return found


def _line(criterion: CriterionScore) -> str:
    if criterion.measurement:
        return criterion.measurement
    if criterion.gate_state is GateState.UNVERIFIED:
        return f"No proof yet: {criterion.title}."
    level = "–" if criterion.level is None else criterion.level
    return f"{criterion.title}: level {level}, the gate needs {criterion.gate}."


def model_version(assessment: Assessment) -> str:
    """The model versions seen in live data, most frequent first; empty when no column holds them."""
    column = assessment.column(assessment.roles.model_version) if assessment.roles.model_version else None
    picture = column.picture if column else None
    if picture is None or not picture.labels:
        return ""
    seen = [label for label, rows in zip(picture.labels, picture.live, strict=False) if rows is None or rows > 0]
    return ", ".join(seen[:3]) + (" …" if len(seen) > 3 else "")


def header(assessment: Assessment, *, sample: bool) -> None:
    """Name the pilot, its model, its risk, and what it was judged from; offer the result as a file."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(plain(assessment.project), anchor=False, width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            if sample:
                st.badge(
                    "Sample", icon=":material/science:", color="blue", help="Synthetic data that ships with GoLive."
                )
            st.download_button(
                "Export JSON",
                data=lambda: assessment.model_dump_json(indent=2),
                file_name=f"golive-{assessment.session[:8]}.json",
                mime="application/json",
                icon=":material/download:",
                on_click="ignore",
                key="export_json",
            )
    version = model_version(assessment)
    inputs = assessment.inputs
    st.caption(
        (f"Model {plain(version)} · " if version else "")
        + f"Risk tier: {TIER_WORD[assessment.readiness.tier]} · Assessed {day(assessment.created_at)} from "
        f"{count(inputs.train.rows)} training and {count(inputs.live.rows)} live rows"
    )


def banner(readiness: Readiness) -> None:
    """The verdict as word, icon and colour, what it rests on, and the index with its interval."""
    look = theme.READINESS[readiness.verdict]
    with st.container(border=True):
        words, index, evidence = st.columns([4, 1.1, 1.1], vertical_alignment="center")
        with words:
            st.subheader(
                f":{look.color}[{look.icon} {look.word.upper()}] – {theme.MEANING[readiness.verdict]}.", anchor=False
            )
            for reason in readiness.stop:
                st.markdown(f":{look.color}[:material/block:] {plain(reason)}")
            st.markdown(f"**{verdict_sentence(readiness)}** {plain(cap_sentence(readiness))}")
            if readiness.verdict is not ReadinessVerdict.READY and readiness.stage:
                st.caption(f"What this evidence allows: {plain(stage_name(readiness.stage))}.")
        if readiness.index is None:
            index.metric("Readiness index", "–", help="Nothing has been assessed yet.")
        else:
            index.metric(
                "Readiness index",
                f"{readiness.index:.0f}",
                delta=_between(readiness),
                delta_color="off",
                delta_arrow="off",
                help="0 to 100. The interval runs from what is proven to what is still possible.",
            )
        evidence.metric(
            "Evidence",
            percent(readiness.coverage),
            delta="of the weight assessed",
            delta_color="off",
            delta_arrow="off",
            help="Share of the model's weight with fresh evidence. Silence never counts as a pass.",
        )


def stage_name(stage: str) -> str:
    """The name of a stage of the policy (``silent_pilot``) in words."""
    known = {s.id: s.name for s in load_model().stages}
    return known.get(stage, stage.replace("_", " "))


def _between(readiness: Readiness) -> str | None:
    if readiness.low is None or readiness.high is None:
        return None
    return f"between {readiness.low:.0f} and {readiness.high:.0f}"


def three_columns(assessment: Assessment) -> None:
    """What live data does differently, what blocks, and what to do next: three short lists, each a door to its page."""
    facts, blocks, steps = st.columns(3, gap="medium")
    with facts:
        _facts(assessment.findings)
    with blocks:
        _blocks(assessment.readiness)
    with steps:
        _steps(assessment.readiness)


def _facts(findings: Sequence[Finding]) -> None:
    st.subheader("What live data does differently", anchor=False)
    chosen = strongest(findings)
    if not chosen:
        st.markdown(":green[:material/check_circle:] Nothing that was judged differs from training.")
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
    open_gates = blocking(readiness)
    if not open_gates:
        st.markdown(":green[:material/check_circle:] No gate is open.")
    for criterion, step in open_gates[:4]:
        look = theme.GATE[criterion.gate_state or GateState.UNVERIFIED]
        do = step.label if step else "FIX" if criterion.gate_state is GateState.FAIL else "PROVE"
        who = f" · {_route(step.route)}" if step and step.route else ""
        door(
            "readiness",
            f":{look.color}[{look.icon} {look.word}] {criterion.id} {plain(criterion.title)} · **{do}**{who}",
            query={"dimension": criterion.dimension},
        )
    more = len(open_gates) - 4
    nav.link("readiness", f"{more} more" if more > 0 else "All gates", icon=":material/arrow_forward:")


def _steps(readiness: Readiness) -> None:
    st.subheader("Do next", anchor=False)
    if not readiness.next:
        st.markdown("Nothing is left to do in the plan.")
    for rank, step in enumerate(readiness.next[:3], start=1):
        st.markdown(f"**{rank}. {step.label}** {plain(step.fix or step.title)}")
        st.caption(
            f"{step.criterion} · {effort_words(step.effort)}"
            + (f" · {_route(step.route)}" if step.route else "")
            + (f" · lifts the index by {step.gain:.1f}" if step.gain >= 0.05 else "")
        )
    nav.link("readiness", "The whole plan", icon=":material/arrow_forward:")


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


def cards(readiness: Readiness) -> None:
    """Four ways pilots fail, each with a status and one line of evidence."""
    st.subheader("Four ways pilots fail", anchor=False)
    with st.grid(4, border=True, min_column_width=220):
        for mode in failure_modes(readiness):
            with st.container():
                look = theme.GATE[mode.state or GateState.UNVERIFIED]
                st.markdown(f"**{mode.name}**  {inline_badge(look)}")
                st.markdown(plain(mode.evidence))
                st.caption(f"{mode.tally}. {mode.meaning}.")
