"""Four ways a good pilot dies in production: what differs from the pilot, and which of them this pilot shows, on what evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import yaml
from pydantic import TypeAdapter

from golive.model.finding import Finding, Verdict
from golive.model.kinds import REGISTER, Kind, ModeId
from golive.model.readiness import CriterionScore, GateState, Readiness
from golive.settings import resource

Shown = Literal["shown", "open", "not_shown"]


@dataclass(frozen=True)
class Mode:
    """One failure mode: pilot against production in pairs, the dimensions and findings that betray it, and a synthetic case."""

    id: ModeId
    name: str
    meaning: str
    story: str
    pairs: tuple[tuple[str, str], ...]
    dimensions: tuple[str, ...]
    first_step: str
    sample: str

    @property
    def signs(self) -> tuple[Kind, ...]:
        """Kinds of finding that betray it, as the register of kinds has it."""
        return tuple(kind for kind, entry in REGISTER.items() if entry.mode == self.id)


MODES: tuple[Mode, ...] = TypeAdapter(tuple[Mode, ...]).validate_python(
    yaml.safe_load(resource("data", "failure_modes.yaml").read_text(encoding="utf-8"))
)
"""The four modes in the order of a pilot's life. All cases are synthetic."""


@dataclass(frozen=True)
class Judged:
    """A mode as this pilot shows it: gates that fail and are unproven behind it, and findings that are signs of it."""

    mode: Mode
    state: Shown
    failed: tuple[CriterionScore, ...]
    unproven: tuple[CriterionScore, ...]
    passed: int
    findings: tuple[Finding, ...]


def judge_modes(readiness: Readiness, findings: Sequence[Finding]) -> tuple[Judged, ...]:
    """Judge the four modes.

    ``shown``: a gate behind it fails, or a finding that is a sign of it asks to act. ``open``: nothing shows it, but gates
    are unproven or no gate applies, so it is not excluded. ``not_shown``: every gate behind it passes or is waived.
    """
    gates = [c for c in readiness.criteria if c.gate_state is not None]
    acute = (Verdict.ALARM, Verdict.WATCH)
    causes = [f for f in findings if f.verdict in acute and not f.cause]
    found = []
    for mode in MODES:
        members = [c for c in gates if c.dimension in mode.dimensions]
        open_ = [c for c in members if not c.waived]
        failed = [c for c in open_ if c.gate_state is GateState.FAIL]
        unproven = [c for c in open_ if c.gate_state is GateState.UNVERIFIED]
        named = {key for c in failed for key in c.findings}
        signs = [f for f in causes if f.kind in mode.signs or f.id in named]
        state: Shown = "open" if unproven or not members else "not_shown"
        if failed or any(f.verdict is Verdict.ALARM for f in signs):
            state = "shown"
        failed.sort(key=lambda c: (not c.hard, not c.measurement, -c.weight, c.id))
        unproven.sort(key=lambda c: (not c.hard, -c.weight, c.id))
        passed = len(members) - len(failed) - len(unproven)
        found.append(
            Judged(mode, state, tuple(failed), tuple(unproven), passed, findings=tuple(signs))
        )
    return tuple(found)
