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
    states = [c.gate_state for c in readiness.criteria if not c.waived]
    failed, unproven = states.count(GateState.FAIL), states.count(GateState.UNVERIFIED)
    if not failed and not unproven:
        known = any(c.gate_state is not None for c in readiness.criteria)
        return "Every gate is proven or waived." if known else "No gate applies at this risk tier."
    parts = []
    if failed:
        parts.append(f"{spelled(failed)} {'gate fails' if failed == 1 else 'gates fail'}")
    if unproven:
        noun = "" if failed else " gate" if unproven == 1 else " gates"
        parts.append(f"{spelled(unproven)}{noun} {'is' if unproven == 1 else 'are'} unproven")
    sentence = " and ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."


def cap_sentence(readiness: Readiness) -> str:
    """Say which dimension holds the index under the mean of all, or an empty string when none does."""
    weakest = next((d for d in readiness.dimensions if d.id == readiness.weakest), None)
    index, mean = readiness.index, readiness.mean
    if weakest is None or weakest.point is None or index is None or mean is None:
        return ""
    if mean - index < 0.5:
        return ""
    return (
        f"{weakest.name} is the cap: at {weakest.point:.0f} points it holds the index at {index:.0f}; "
        f"the average of all dimensions is {mean:.0f}."
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
        signals = {f.signal for f in chosen}
        urgent = [f for f in left if f.verdict is left[0].verdict]
        following = next((f for f in urgent if f.signal not in signals), left[0])
        if len(chosen) == most - 1 and Signal.PERFORMANCE not in signals:
            fell = (
                f for f in left if f.signal is Signal.PERFORMANCE and f.verdict is Verdict.ALARM
            )
            following = next(fell, following)
        chosen.append(following)
        told = {*following.columns}
        left = [f for f in left if f is not following and not told & set(f.columns)]
    return chosen


def blocking(readiness: Readiness) -> list[tuple[CriterionScore, NextStep | None]]:
    """Gates that fail or are unproven, in the order of the plan, each with its step when the plan has one."""
    steps = {step.criterion: step for step in readiness.next}
    ranks = {name: rank for rank, name in enumerate(steps)}
    states = (GateState.FAIL, GateState.UNVERIFIED)
    gates = [c for c in readiness.criteria if c.gate_state in states and not c.waived]
    gates.sort(key=lambda c: (ranks.get(c.id, len(ranks)), not c.hard, c.id))
    return [(c, steps.get(c.id)) for c in gates]


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
        failed = len(judged.failed)
        tally, line = "No gate applies", "No gate applies at this risk tier."
        if gates:
            fail = "fails" if failed == 1 else "fail"
            unproven = spelled(len(judged.unproven)) if judged.unproven else "none"
            tally = f"{failed} of {plural(len(gates), 'gate')} {fail}, {unproven} unproven"
            line = _UNSEEN
        if worst := judged.failed or judged.unproven:
            line = _line(min(worst, key=lambda c: (not c.hard, not c.measurement, -c.weight, c.id)))
        act = [f for f in judged.findings if f.verdict is Verdict.ALARM]
        if act:
            tally += f"; {plural(len(act), 'finding')} to act on"
            line = line if judged.failed else act[0].title.rstrip(".") + "."
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
    name = assessment.roles.model_version
    column = assessment.column(name) if name else None
    picture = column.picture if column else None
    if picture is None or not picture.labels:
        return ""
    seen = [v for v, rows in zip(picture.labels, picture.live, strict=False) if rows != 0]
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
    if days != round(days):
        return f"about {days:.1f} days"
    return f"about {days:,.0f} {'day' if days == 1 else 'days'}"


def weakest_first(scores: Sequence[DimensionScore]) -> list[DimensionScore]:
    """Order dimensions by what was assessed, lowest first; those never assessed come last, least possible first."""
    return sorted(
        scores,
        key=lambda d: (d.point is None, d.point if d.point is not None else d.high, d.low, d.id),
    )
