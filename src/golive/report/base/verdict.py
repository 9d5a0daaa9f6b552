"""What is said about a verdict, without drawing it: sentences, the strongest facts, what blocks, the four ways pilots fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from golive.model.finding import Finding, Signal, Verdict
from golive.model.readiness import CriterionScore, DimensionScore, GateState, NextStep, Readiness
from golive.model.result import Assessment
from golive.readiness import load_model
from golive.readiness.failure_modes import MODES, judge_modes
from golive.wording.numbers import plural, spelled

FAILURE_MODES: tuple[tuple[str, str, tuple[str, ...]], ...] = tuple(
    (m.name, m.meaning, m.dimensions) for m in MODES
)
"""Four ways a good pilot dies, and the readiness dimensions that make each one visible."""


@dataclass(frozen=True)
class FailureMode:
    """One of the four ways pilots fail: its state, the count of gates and findings, and one line of evidence."""

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
    if (
        weakest is None
        or weakest.point is None
        or readiness.index is None
        or readiness.mean is None
    ):
        return ""
    if readiness.mean - readiness.index < 0.5:
        return ""
    return (
        f"{weakest.name} is the cap: at {weakest.point:.0f} points it holds the index at {readiness.index:.0f}; "
        f"the average of all dimensions is {readiness.mean:.0f}."
    )


def strongest(findings: Sequence[Finding], most: int = 3) -> list[Finding]:
    """The ``most`` findings a first-time reader should know, one per column; ``findings`` come in the order of urgency.

    Findings that another one explains (``cause``) are left to their cause. No column is told twice, and facts of a kind not
    told yet (a signal, such as missing values) go before more of the same, so that three facts are not one fact three times.
    Drift is a symptom and harm is the question: when performance fell, that is one of the facts.
    """
    left = [f for f in findings if f.verdict in (Verdict.ALARM, Verdict.WATCH) and not f.cause]
    chosen: list[Finding] = []
    while left and len(chosen) < most:
        told = {c for f in chosen for c in f.columns}
        left = [f for f in left if not told & set(f.columns)]
        signals = {f.signal for f in chosen}
        urgent = [f for f in left if f.verdict is left[0].verdict]
        harm = next(
            (f for f in left if f.signal is Signal.PERFORMANCE and f.verdict is Verdict.ALARM), None
        )
        if harm and len(chosen) == most - 1 and Signal.PERFORMANCE not in signals:
            following: Finding | None = harm
        else:
            following = next(
                (f for f in urgent if f.signal not in signals), left[0] if left else None
            )
        if following is None:
            break
        chosen.append(following)
        left.remove(following)
    return chosen


def blocking(readiness: Readiness) -> list[tuple[CriterionScore, NextStep | None]]:
    """Gates that fail or are unproven, in the order of the plan, each with its step when the plan has one."""
    steps = {step.criterion: (rank, step) for rank, step in enumerate(readiness.next)}
    open_gates = [
        c
        for c in readiness.criteria
        if c.gate_state in (GateState.FAIL, GateState.UNVERIFIED) and not c.waived
    ]
    ordered = sorted(
        open_gates, key=lambda c: (steps.get(c.id, (len(steps), None))[0], not c.hard, c.id)
    )
    return [(c, steps[c.id][1] if c.id in steps else None) for c in ordered]


_UNSEEN = "Every gate behind it passes, and no finding is a sign of it."
_MODE_STATE = {"shown": GateState.FAIL, "open": GateState.UNVERIFIED, "not_shown": GateState.PASS}


def failure_modes(readiness: Readiness, findings: Sequence[Finding] = ()) -> list[FailureMode]:
    """The four ways pilots fail, judged as on the page of that name: by the gates behind each and by findings that are a
    sign of it.

    A mode fails when one of its gates fails or a finding asks to act; it is unproven while a gate is, or when no gate
    applies.
    """
    found = []
    for judged in judge_modes(readiness, findings):
        mode = judged.mode
        gates = [
            c
            for c in readiness.criteria
            if c.dimension in mode.dimensions and c.gate_state is not None and not c.waived
        ]
        unproven = spelled(len(judged.unproven)) if judged.unproven else "none"
        tally = (
            f"{len(judged.failed)} of {plural(len(gates), 'gate')} {'fails' if len(judged.failed) == 1 else 'fail'}, {unproven} unproven"
            if gates
            else "No gate applies"
        )
        act = [f for f in judged.findings if f.verdict is Verdict.ALARM]
        if act:
            tally += f"; {plural(len(act), 'finding')} to act on"
        worst = sorted(
            judged.failed or judged.unproven,
            key=lambda c: (not c.hard, not c.measurement, -c.weight, c.id),
        )
        if judged.failed or not act:
            line = (
                _line(worst[0])
                if worst
                else _UNSEEN
                if gates
                else "No gate applies at this risk tier."
            )
        else:
            line = act[0].title.rstrip(".") + "."
        found.append(FailureMode(mode.name, mode.meaning, _MODE_STATE[judged.state], tally, line))
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
    column = (
        assessment.column(assessment.roles.model_version)
        if assessment.roles.model_version
        else None
    )
    picture = column.picture if column else None
    if picture is None or not picture.labels:
        return ""
    seen = [
        label
        for label, rows in zip(picture.labels, picture.live, strict=False)
        if rows is None or rows > 0
    ]
    return ", ".join(seen[:3]) + (" …" if len(seen) > 3 else "")


def stage_name(readiness: Readiness) -> str:
    """How far the evidence lets the pilot run, in the words of the policy that judged it."""
    if readiness.stage_name:
        return readiness.stage_name
    # Results of earlier versions hold the id alone
    known = {s.id: s.name for s in load_model().stages}
    return known.get(readiness.stage, readiness.stage.replace("_", " "))


def effort_words(step: NextStep) -> str:
    """Effort of a step in person-days by the policy that judged: ``about 3 days``, ``under a day``."""
    days = step.days if step.days is not None else load_model().effort_days.get(step.effort)
    if days is None:
        return f"effort {step.effort} of 5"
    if days < 1:
        return "under a day"
    return (
        f"about {days:,.0f} {'day' if days == 1 else 'days'}"
        if days == round(days)
        else f"about {days:.1f} days"
    )


def weakest_first(scores: Sequence[DimensionScore]) -> list[DimensionScore]:
    """Order dimensions by what was assessed, lowest first; those never assessed come last, least possible first."""
    return sorted(
        scores,
        key=lambda d: (d.point is None, d.point if d.point is not None else d.high, d.low, d.id),
    )
