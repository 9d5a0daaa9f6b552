"""Colours and words of every status: one table that pages and reports read.

Colour never stands alone: every status is also a word. Training data is grey and first, live data in the accent colour.
"""

from __future__ import annotations

from dataclasses import dataclass

from golive.model.finding import Route, Signal, Verdict
from golive.model.readiness import GateState, ReadinessVerdict, Tier


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


LIGHT = Tokens(
    background="#FBFBF9",
    surface="#FFFFFF",
    text="#101820",  # Streamlit writes captions at 60 % of it: still 4.5:1 on page and sidebar
    muted="#5A6472",
    border="#C9CED6",
    accent="#0B5FA5",
    button="#0B5FA5",
    accent_tint="#E7F0F8",
    training="#606C7B",
    alarm="#B8420B",
    alarm_tint="#FDF1EB",
    watch="#8A6100",
    watch_tint="#FBF3E0",
    quiet="#00694D",
    quiet_tint="#E6F3EE",
    cannot_judge="#5A6472",
    cannot_judge_tint="#EEF0F2",
)
DARK = Tokens(
    background="#12161C",
    surface="#1A2029",
    text="#E8EAED",
    muted="#A3ADBA",
    border="#434D5B",
    accent="#7FB8EA",
    button="#2F78BA",
    accent_tint="#1B2C3D",
    training="#9AA6B5",
    alarm="#F08A5D",
    alarm_tint="#3A231A",
    watch="#E9B44C",
    watch_tint="#352B17",
    quiet="#56C596",
    quiet_tint="#162F27",
    cannot_judge="#A3ADBA",
    cannot_judge_tint="#29303A",
)
VERDICT_WORD: dict[Verdict, str] = {
    Verdict.ALARM: "Act",
    Verdict.WATCH: "Watch",
    Verdict.QUIET: "Quiet",
    Verdict.CANNOT_JUDGE: "Cannot judge",
}
READINESS_WORD: dict[ReadinessVerdict, str] = {
    ReadinessVerdict.READY: "Ready",
    ReadinessVerdict.CONDITIONAL: "Conditional",
    ReadinessVerdict.PILOT: "Pilot",
    ReadinessVerdict.STOP: "Stop",
}
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
TIER_WORD: dict[Tier, str] = {
    Tier.LOW: "Low",
    Tier.MODERATE: "Moderate",
    Tier.HIGH: "High",
    Tier.CRITICAL: "Critical",
}
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
ROUTE_WORD: dict[Route, str] = {
    Route.ENGINEERING: "Engineering",
    Route.CLINICAL_INFORMATICS: "Clinical informatics",
    Route.PRODUCT: "Product",
    Route.COMPLIANCE: "Compliance",
}
