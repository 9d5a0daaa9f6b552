"""Semantic colours, icons and words: the one place where a status becomes something to look at.

Colour never stands alone: every status is a word, a Material icon and a colour. ``.streamlit/config.toml`` repeats the
tokens for Streamlit's own widgets; ``tests/ui/test_theme.py`` holds both together and computes every contrast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from golive.model.finding import Severity, Verdict
from golive.model.readiness import GateState, ReadinessVerdict

ThemeName = Literal["light", "dark"]
BadgeColor = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray", "grey", "primary"]


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
    text="#1E2430",
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
THEMES: dict[ThemeName, Tokens] = {"light": LIGHT, "dark": DARK}


@dataclass(frozen=True)
class Look:
    """How a status is shown: its word, its Material icon, and Streamlit's name of its colour for badges."""

    word: str
    icon: str
    color: BadgeColor


VERDICT: dict[Verdict, Look] = {
    Verdict.ALARM: Look("Act", ":material/error:", "red"),
    Verdict.WATCH: Look("Watch", ":material/visibility:", "orange"),
    Verdict.QUIET: Look("Quiet", ":material/check_circle:", "green"),
    Verdict.CANNOT_JUDGE: Look("Cannot judge", ":material/help:", "gray"),
}
READINESS: dict[ReadinessVerdict, Look] = {
    ReadinessVerdict.READY: Look("Ready", ":material/check_circle:", "green"),
    ReadinessVerdict.CONDITIONAL: Look("Conditional", ":material/visibility:", "orange"),
    ReadinessVerdict.PILOT: Look("Pilot", ":material/error:", "red"),
    ReadinessVerdict.STOP: Look("Stop", ":material/block:", "red"),
}
MEANING: dict[ReadinessVerdict, str] = {
    ReadinessVerdict.READY: "every gate is proven",
    ReadinessVerdict.CONDITIONAL: "ready once the named conditions hold",
    ReadinessVerdict.PILOT: "not ready to act on",
    ReadinessVerdict.STOP: "do not run this stage",
}
GATE: dict[GateState, Look] = {
    GateState.PASS: Look("Passes", ":material/check_circle:", "green"),
    GateState.FAIL: Look("Fails", ":material/cancel:", "red"),
    GateState.UNVERIFIED: Look("Unproven", ":material/help:", "gray"),
}
SEVERITY_ORDER: dict[Severity, int] = {Severity.CRITICAL: 0, Severity.MAJOR: 1, Severity.MINOR: 2, Severity.INFO: 3}
VERDICT_ORDER: dict[Verdict, int] = {
    Verdict.ALARM: 0,
    Verdict.WATCH: 1,
    Verdict.CANNOT_JUDGE: 2,
    Verdict.QUIET: 3,
}


def theme_name() -> ThemeName:
    """The theme the reader's browser shows; ``light`` until it is known (first paint, tests)."""
    import streamlit as st

    return "dark" if st.context.theme.type == "dark" else "light"


def tokens() -> Tokens:
    """Colours of the theme the reader sees."""
    return THEMES[theme_name()]


def luminance(colour: str) -> float:
    """Relative luminance of ``#RRGGBB``, 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, 1.4.3: text needs 4.5, graphics and large text 3)."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)
