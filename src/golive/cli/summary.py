"""An assessment on a terminal: the verdict in a sentence, what blocks, what live data does differently, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from golive.cli.console import stdout
from golive.model.finding import Verdict
from golive.model.readiness import GateState
from golive.wording.labels import TIER_WORD, VERDICT_WORD
from golive.wording.order import VERDICTS as VERDICTS_OF_FINDINGS

if TYPE_CHECKING:
    from golive.model.readiness import Readiness
    from golive.model.result import Assessment
    from golive.store import SessionDiff

VERDICTS = ("stop", "pilot", "conditional", "ready")
"""Verdicts from worst to best."""
WORD = {verdict: VERDICT_WORD[verdict] for verdict in VERDICTS_OF_FINDINGS}
"""Words of verdicts, most urgent first."""
_STYLE = {
    Verdict.ALARM: "bold red",
    Verdict.WATCH: "yellow",
    Verdict.CANNOT_JUDGE: "dim",
    Verdict.QUIET: "green",
}
_TOP_FINDINGS = 8
_TOP_GATES = 10
_TOP_STEPS = 5
_TOP_NOT_ASSESSED = 12


def summary(assessment: Assessment) -> None:
    """Print ``assessment`` on stdout."""
    screen, readiness = stdout(), assessment.readiness
    train, live = assessment.inputs.train, assessment.inputs.live
    head = Text(readiness.verdict.value.upper(), style="bold")
    head.append(f"  {assessment.project}, risk tier {TIER_WORD[readiness.tier]}", style="not bold")
    screen.print(head)
    screen.print(
        f"{live.rows:,} live rows ({live.name}) against {train.rows:,} training rows ({train.name}).",
        markup=False,
    )
    screen.print(index_line(readiness), markup=False)
    for reason in (*readiness.stop, *readiness.reasons):
        screen.print(f"  {reason}", markup=False)
    _gates(screen, readiness)
    _findings(screen, assessment)
    if readiness.next:
        screen.print("\nDo next")
        for place, step in enumerate(readiness.next[:_TOP_STEPS], start=1):
            screen.print(
                f"  {place} {step.label:7} {step.criterion}  {step.title}: {step.why}", markup=False
            )
    if assessment.not_assessed:
        screen.print("\nNot assessed")
        for item in assessment.not_assessed[:_TOP_NOT_ASSESSED]:
            screen.print(f"  {item.what}: {item.why}", markup=False)
        more = len(assessment.not_assessed) - _TOP_NOT_ASSESSED
        if more > 0:
            screen.print(f"  and {more:,} more; --out FILE writes all of them.")


def index_line(readiness: Readiness) -> str:
    """``Index 44, between 41 and 52. Evidence covers 94 %.``"""
    covered = f"Evidence covers {readiness.coverage:.0%} of what counts.".replace("%", " %")
    if readiness.index is None or readiness.low is None or readiness.high is None:
        return f"No index: too little was assessed. {covered}"
    return f"Index {readiness.index:.0f} of 100, between {readiness.low:.0f} and {readiness.high:.0f}. {covered}"


def _gates(screen: Console, readiness: Readiness) -> None:
    gates = [c for c in readiness.criteria if c.gate_state is not None]
    closed = [c for c in gates if c.gate_state is not GateState.PASS]
    if not gates:
        return
    screen.print(f"\nGates: {len(gates) - len(closed)} of {len(gates)} pass")
    ordered = sorted(closed, key=lambda c: (c.gate_state is not GateState.FAIL, not c.hard, c.id))
    for gate in ordered[:_TOP_GATES]:
        state = "fails" if gate.gate_state is GateState.FAIL else "unproven"
        note = ", waived" if gate.waived else ""
        why = f": {gate.measurement}" if gate.measurement else ""
        screen.print(f"  {state:8}  {gate.id}  {gate.title}{note}{why}", markup=False)
    if len(ordered) > _TOP_GATES:
        failing = sum(c.gate_state is GateState.FAIL for c in ordered[_TOP_GATES:])
        rest = len(ordered) - _TOP_GATES
        screen.print(f"  and {rest} more, {failing} of them failing.")


def _findings(screen: Console, assessment: Assessment) -> None:
    counts = ", ".join(f"{WORD[v]} {assessment.count(v)}" for v in WORD)
    screen.print(f"\nFindings: {counts}", markup=False)
    loud = [f for f in assessment.findings if f.verdict in (Verdict.ALARM, Verdict.WATCH)]
    for item in loud[:_TOP_FINDINGS]:
        line = Text("  ")
        line.append(f"{WORD[item.verdict]:6}", style=_STYLE[item.verdict])
        line.append(f" {item.title}", style="bold")
        line.append(f"  ({item.route.value.replace('_', ' ')})", style="dim")
        screen.print(line)
        if item.explanation:
            screen.print(f"         {item.explanation}", markup=False)
    if len(loud) > _TOP_FINDINGS:
        screen.print(
            f"  and {len(loud) - _TOP_FINDINGS} more; --out FILE writes all of them.", markup=False
        )


_DIRECTIONS = {
    "worse": "Worse",
    "new": "New",
    "better": "Better",
    "gone": "Gone",
    "not_measured": "Not measured any more",
}


def difference(diff: SessionDiff) -> None:
    """Print what changed between two sessions on stdout."""
    screen = stdout()
    screen.print(Text(diff.headline, style="bold"))
    for caveat in diff.caveats:
        screen.print(f"  {caveat}", markup=False)
    for direction, title in _DIRECTIONS.items():
        changes = [c for c in diff.changes if c.direction == direction]
        if changes:
            screen.print(f"\n{title} ({len(changes)})")
        for change in changes:
            screen.print(f"  {change.sentence}", markup=False)
    screen.print(f"\n{diff.unchanged} findings and criteria are as before.")
