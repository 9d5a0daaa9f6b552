"""Colours and words of every status: one table that pages and reports read.

Colour never stands alone: every status is also a word. Training data is grey and first, live data in the accent colour.
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from golive.model.finding import Route, Signal, Verdict
from golive.model.readiness import GateState, ReadinessVerdict, Tier
from golive.settings import resource


@dataclass(frozen=True)
class Tokens:
    """Colours of one theme as ``#RRGGBB``.

    ``*_tint`` are the grounds of badges, read with the colour of the same name. ``button`` is the ground under Streamlit's
    white button text; in the dark theme the accent itself would be too light for it.
    """

    background: str
    surface: str
    text: str
    muted: str
    border: str
    accent: str
    button: str
    accent_tint: str
    training: str
    alarm: str
    alarm_tint: str
    watch: str
    watch_tint: str
    quiet: str
    quiet_tint: str
    cannot_judge: str
    cannot_judge_tint: str

    @property
    def live(self) -> str:
        """Live data is drawn in the accent colour, everywhere."""
        return self.accent

    def of(self, verdict: Verdict) -> str:
        """Colour of a finding's verdict."""
        return str(getattr(self, verdict.value))


def _colours() -> tuple[Tokens, Tokens]:
    table = yaml.safe_load(resource("data", "colours.yaml").read_text(encoding="utf-8"))
    light, dark = ({name: pair[i] for name, pair in table.items()} for i in (0, 1))
    return Tokens(**light), Tokens(**dark)


LIGHT, DARK = _colours()
VERDICT_WORD: dict[Verdict, str] = {
    Verdict.ALARM: "Act",
    Verdict.WATCH: "Watch",
    Verdict.QUIET: "Quiet",
    Verdict.CANNOT_JUDGE: "Cannot judge",
}
READINESS_WORD: dict[ReadinessVerdict, str] = {v: v.capitalize() for v in ReadinessVerdict}
MEANING: dict[ReadinessVerdict, str] = {
    ReadinessVerdict.READY: "every gate is proven",
    ReadinessVerdict.CONDITIONAL: "ready once the named conditions hold",
    ReadinessVerdict.PILOT: "not ready to act on",
    ReadinessVerdict.STOP: "do not run this stage",
}
GATE_WORD: dict[GateState, str] = {
    GateState.PASS: "Passes",
    GateState.FAIL: "Fails",
    GateState.UNVERIFIED: "Unproven",
}
TIER_WORD: dict[Tier, str] = {tier: tier.name.capitalize() for tier in Tier}
SIGNAL_WORD: dict[Signal, str] = {
    Signal.SCHEMA: "Fields and types",
    Signal.MISSINGNESS: "Missing values",
    Signal.DISTRIBUTION: "Spread of values",
    Signal.MEANING: "Units, codes and meaning",
    Signal.INTEGRITY: "Duplicates, time and feeds",
    Signal.IDENTITY: "Identifiers and free text",
    Signal.LABEL: "Labels",
    Signal.PERFORMANCE: "Performance",
    Signal.FAIRNESS: "Subgroups",
    Signal.OUTPUT: "Model output",
    Signal.OPERATIONS: "Operations",
    Signal.GENERATED_TEXT: "Generated text",
}
ROUTE_WORD: dict[Route, str] = {r: r.replace("_", " ").capitalize() for r in Route}
