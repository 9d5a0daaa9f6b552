"""Four ways a good pilot dies in production: what differs from the pilot, and which of them this pilot shows, on what evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from golive.model.finding import Finding, Verdict
from golive.model.kinds import REGISTER, Kind, ModeId
from golive.model.readiness import CriterionScore, GateState, Readiness

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


MODES: tuple[Mode, ...] = (
    Mode(
        "live_data",
        "Live data",
        "Live records differ from the curated training data",
        "The extract that trained the model was cleaned by hand. The live feed is not: fields are empty, units follow the "
        "laboratory, codes follow the clinic. The model is unchanged and its answers are wrong.",
        (
            ("Extract with complete, checked fields", "Fields left empty when the ward is busy"),
            ("One laboratory, one unit", "A second laboratory reports another unit under the same name"),
            ("One code system and release", "Old codes at one clinic, a new release every October"),
            ("Numbers in number fields", "'<0.5' and 'see note' in number fields"),
        ),
        ("DAT", "CLN"),
        "Compare live with training on every batch, and stop scoring rows that break the input contract.",
        "live-data",
    ),
    Mode(
        "integration",
        "Workflow",
        "The result does not reach the clinical workflow",
        "The model answers in a notebook within a second. In the ward the laboratory result arrives after the decision, the "
        "answer times out at shift change, and nobody has ever written one into a record and taken it back.",
        (
            ("Inputs are all there in the file", "Inputs arrive minutes to hours after the decision"),
            ("One call at a time", "Everybody calls at the same time of day"),
            ("Results in a spreadsheet", "Results in the right patient's record, marked and reversible"),
            ("One site, set up by hand", "Every site with its own configuration and approvals"),
        ),
        ("INT", "ADO"),
        "Test write-back and its withdrawal in a production-like record system before the model is tuned further.",
        "integration",
    ),
    Mode(
        "monitoring",
        "Monitoring",
        "Nobody is watching until a clinician notices",
        "Uptime is green. Meanwhile a new model version answers beside the old one, the outcomes stop arriving, and accuracy "
        "fades for one group of patients. The first alert is a phone call.",
        (
            ("Accuracy reported once, on held-out data", "Accuracy changes with patients, season and practice"),
            ("The team looks at every output", "Nobody looks unless something rings"),
            ("Outcomes are in the file", "Outcomes arrive weeks later, or not at all"),
            ("One version", "Two versions answer side by side"),
        ),
        ("OBS", "REL"),
        "Set thresholds on inputs, outputs and accuracy, fire each alert once on purpose, and name who answers it.",
        "monitoring",
    ),
    Mode(
        "foundations",
        "Foundations",
        "Governance, rollback, ownership are left for later",
        "Data and model hold up. Then an upgrade goes wrong at night: nobody knows how to go back, who decides, or which "
        "agreement covers the data. Everything that was going to be done after the pilot is missing at once.",
        (
            ("The authors are always there", "The people on call have never run it"),
            ("A bad version is simply replaced", "Going back needs a rehearsed, timed procedure"),
            ("Everybody knows what it is for", "Scope, exclusions and owners have to be written down"),
            ("Data under a research agreement", "Every flow of patient data needs its own legal basis"),
        ),
        ("GOV", "MLO", "SEC", "SCO", "HND"),
        "Name owners, rehearse rollback and the off switch, and let the receiving team run it once alone.",
        "foundations",
    ),
)  # fmt: skip
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
    found = []
    for mode in MODES:
        members = [
            c
            for c in readiness.criteria
            if c.dimension in mode.dimensions and c.gate_state is not None
        ]
        failed = [c for c in members if c.gate_state is GateState.FAIL and not c.waived]
        unproven = [c for c in members if c.gate_state is GateState.UNVERIFIED and not c.waived]
        named = {key for c in failed for key in c.findings}
        signs = [
            f
            for f in findings
            if f.verdict in (Verdict.ALARM, Verdict.WATCH)
            and (f.kind in mode.signs or f.id in named)
            and not f.cause
        ]
        acts = any(f.verdict is Verdict.ALARM for f in signs)
        state: Shown = (
            "shown" if failed or acts else "open" if unproven or not members else "not_shown"
        )
        ranked = sorted(failed, key=lambda c: (not c.hard, not c.measurement, -c.weight, c.id))
        found.append(
            Judged(
                mode,
                state,
                tuple(ranked),
                tuple(sorted(unproven, key=lambda c: (not c.hard, -c.weight, c.id))),
                len(members) - len(failed) - len(unproven),
                tuple(signs),
            )
        )
    return tuple(found)
