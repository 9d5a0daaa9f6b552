"""An assessment on a terminal: the verdict in a sentence, what blocks, what live data does differently, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from golive.cli.console import say, stdout
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
    say(
        f"{live.rows:,} live rows ({live.name}) against {train.rows:,} training rows ({train.name}).",
        index_line(readiness),
        *(f"  {reason}" for reason in (*readiness.stop, *readiness.reasons)),
    )
    _gates(readiness)
    _findings(screen, assessment)
    if readiness.next:
        say("\nDo next")
    for place, step in enumerate(readiness.next[:_TOP_STEPS], start=1):
        say(f"  {place} {step.label:7} {step.criterion}  {step.title}: {step.why}")
    if assessment.not_assessed:
        say("\nNot assessed")
    say(*(f"  {item.what}: {item.why}" for item in assessment.not_assessed[:_TOP_NOT_ASSESSED]))
    if (more := len(assessment.not_assessed) - _TOP_NOT_ASSESSED) > 0:
        say(f"  and {more:,} more; --out FILE writes all of them.")


def index_line(readiness: Readiness) -> str:
    """``Index 44, between 41 and 52. Evidence covers 94 %.``"""
    covered = f"Evidence covers {readiness.coverage:.0%} of what counts.".replace("%", " %")
    if readiness.index is None or readiness.low is None or readiness.high is None:
        return f"No index: too little was assessed. {covered}"
    return f"Index {readiness.index:.0f} of 100, between {readiness.low:.0f} and {readiness.high:.0f}. {covered}"


def _gates(readiness: Readiness) -> None:
    gates = [c for c in readiness.criteria if c.gate_state is not None]
    if not gates:
        return
    closed = [c for c in gates if c.gate_state is not GateState.PASS]
    closed.sort(key=lambda c: (c.gate_state is not GateState.FAIL, not c.hard, c.id))
    say(f"\nGates: {len(gates) - len(closed)} of {len(gates)} pass")
    for gate in closed[:_TOP_GATES]:
        state = "fails" if gate.gate_state is GateState.FAIL else "unproven"
        note = ", waived" if gate.waived else ""
        why = f": {gate.measurement}" if gate.measurement else ""
        say(f"  {state:8}  {gate.id}  {gate.title}{note}{why}")
    if rest := closed[_TOP_GATES:]:
        failing = sum(c.gate_state is GateState.FAIL for c in rest)
        say(f"  and {len(rest)} more, {failing} of them failing.")


def _findings(screen: Console, assessment: Assessment) -> None:
    counts = ", ".join(f"{WORD[v]} {assessment.count(v)}" for v in WORD)
    say(f"\nFindings: {counts}")
    urgent = [f for f in assessment.findings if f.verdict in (Verdict.ALARM, Verdict.WATCH)]
    for item in urgent[:_TOP_FINDINGS]:
        line = Text("  ")
        line.append(f"{WORD[item.verdict]:6}", style=_STYLE[item.verdict])
        line.append(f" {item.title}", style="bold")
        line.append(f"  ({item.route.value.replace('_', ' ')})", style="dim")
        screen.print(line)
        if item.explanation:
            say(f"         {item.explanation}")
    if (more := len(urgent) - _TOP_FINDINGS) > 0:
        say(f"  and {more} more; --out FILE writes all of them.")


_DIRECTIONS = {
    "worse": "Worse",
    "new": "New",
    "better": "Better",
    "gone": "Gone",
    "not_measured": "Not measured any more",
}


def difference(diff: SessionDiff) -> None:
    """Print what changed between two sessions on stdout."""
    stdout().print(Text(diff.headline, style="bold"))
    say(*(f"  {caveat}" for caveat in diff.caveats))
    for direction, title in _DIRECTIONS.items():
        changes = [c for c in diff.changes if c.direction == direction]
        if changes:
            say(f"\n{title} ({len(changes)})", *(f"  {change.sentence}" for change in changes))
    say(f"\n{diff.unchanged} findings and criteria are as before.")
