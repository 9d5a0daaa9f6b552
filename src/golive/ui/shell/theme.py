"""Colours, icons and words of a status on a page; colours and words themselves are in ``golive.wording.labels``.

Colour never stands alone: every status is a word, a Material icon and a colour. ``.streamlit/config.toml`` repeats the
tokens for Streamlit's own widgets; ``tests/ui/test_theme.py`` holds both together and computes every contrast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from golive.model.finding import Verdict
from golive.model.readiness import GateState, ReadinessVerdict
from golive.wording.labels import DARK, GATE_WORD, LIGHT, READINESS_WORD, VERDICT_WORD, Tokens

ThemeName = Literal["light", "dark"]
BadgeColor = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray", "primary"]
THEMES: dict[ThemeName, Tokens] = {"light": LIGHT, "dark": DARK}


@dataclass(frozen=True)
class Look:
    """How a status is shown: its word, its Material icon, and Streamlit's name of its colour for badges."""

    word: str
    icon: str
    color: BadgeColor

    @property
    def coloured(self) -> str:
        """Icon and word in colour, as Markdown."""
        return f":{self.color}[{self.icon} {self.word}]"


VERDICT: dict[Verdict, Look] = {
    Verdict.ALARM: Look(VERDICT_WORD[Verdict.ALARM], ":material/error:", "red"),
    Verdict.WATCH: Look(VERDICT_WORD[Verdict.WATCH], ":material/visibility:", "orange"),
    Verdict.QUIET: Look(VERDICT_WORD[Verdict.QUIET], ":material/check_circle:", "green"),
    Verdict.CANNOT_JUDGE: Look(VERDICT_WORD[Verdict.CANNOT_JUDGE], ":material/help:", "gray"),
}
READINESS: dict[ReadinessVerdict, Look] = {
    ReadinessVerdict.READY: Look(
        READINESS_WORD[ReadinessVerdict.READY], ":material/check_circle:", "green"
    ),
    ReadinessVerdict.CONDITIONAL: Look(
        READINESS_WORD[ReadinessVerdict.CONDITIONAL], ":material/visibility:", "orange"
    ),
    ReadinessVerdict.PILOT: Look(READINESS_WORD[ReadinessVerdict.PILOT], ":material/error:", "red"),
    ReadinessVerdict.STOP: Look(READINESS_WORD[ReadinessVerdict.STOP], ":material/block:", "red"),
}
MODE: dict[GateState, Look] = {
    GateState.PASS: Look("Not shown", ":material/check_circle:", "green"),
    GateState.FAIL: Look("Shown", ":material/error:", "red"),
    GateState.UNVERIFIED: Look("Not excluded", ":material/help:", "gray"),
}
"""How a way that pilots fail stands in this one: shown by a gate or a finding, not excluded, or not shown."""
GATE: dict[GateState, Look] = {
    GateState.PASS: Look(GATE_WORD[GateState.PASS], ":material/check_circle:", "green"),
    GateState.FAIL: Look(GATE_WORD[GateState.FAIL], ":material/cancel:", "red"),
    GateState.UNVERIFIED: Look(GATE_WORD[GateState.UNVERIFIED], ":material/help:", "gray"),
}


def theme_name() -> ThemeName:
    """The theme the reader's browser shows; ``light`` until it is known (first paint, tests)."""
    import streamlit as st

    return "dark" if st.context.theme.type == "dark" else "light"


def tokens() -> Tokens:
    """Colours of the theme the reader sees."""
    return THEMES[theme_name()]
