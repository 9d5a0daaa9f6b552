"""Every colour pair is readable (WCAG 2.2 AA), and Streamlit's own configuration repeats the tokens."""

from __future__ import annotations

import dataclasses
import tomllib
from itertools import product
from pathlib import Path

import pytest

from golive.model.finding import Verdict
from golive.model.readiness import GateState, ReadinessVerdict
from golive.ui.shell import theme
from golive.wording import labels

CONFIG = tomllib.loads(
    (Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml").read_text("utf-8")
)
TEXT = ("text", "muted", "accent", "training", "alarm", "watch", "quiet", "cannot_judge")
TINTED = ("accent", "alarm", "watch", "quiet", "cannot_judge")
TEXT_RATIO = 4.5
GRAPHIC_RATIO = 3.0


def luminance(colour: str) -> float:
    """Relative luminance of ``#RRGGBB``, 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, 1.4.3: text needs 4.5, graphics and large text 3)."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_known_pairs() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#FFFFFF") == pytest.approx(1)
    # The grey that WebAIM names as the lightest that passes on white.
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    ("name", "colour", "ground"), list(product(theme.THEMES, TEXT, ("background", "surface")))
)
def test_text_is_readable_on_page_and_card(name: theme.ThemeName, colour: str, ground: str) -> None:
    tokens = theme.THEMES[name]
    assert contrast(getattr(tokens, colour), getattr(tokens, ground)) >= TEXT_RATIO


@pytest.mark.parametrize(("name", "colour"), list(product(theme.THEMES, TINTED)))
def test_badges_are_readable(name: theme.ThemeName, colour: str) -> None:
    tokens = theme.THEMES[name]
    assert contrast(getattr(tokens, colour), getattr(tokens, f"{colour}_tint")) >= TEXT_RATIO


@pytest.mark.parametrize("name", theme.THEMES)
def test_buttons_are_readable_and_stand_out(name: theme.ThemeName) -> None:
    tokens = theme.THEMES[name]
    assert contrast("#FFFFFF", tokens.button) >= TEXT_RATIO
    assert contrast(tokens.button, tokens.background) >= GRAPHIC_RATIO


@pytest.mark.parametrize("name", theme.THEMES)
def test_training_and_live_differ_from_the_page(name: theme.ThemeName) -> None:
    tokens = theme.THEMES[name]
    for colour in CONFIG["theme"][name]["chartCategoricalColors"]:
        assert contrast(colour, tokens.background) >= GRAPHIC_RATIO
    assert CONFIG["theme"][name]["chartCategoricalColors"][:2] == [tokens.training, tokens.live]


@pytest.mark.parametrize("name", theme.THEMES)
def test_sidebar_text_is_readable(name: theme.ThemeName) -> None:
    tokens = theme.THEMES[name]
    ground = CONFIG["theme"][name]["sidebar"]["backgroundColor"]
    assert contrast(tokens.text, ground) >= TEXT_RATIO
    assert contrast(tokens.muted, ground) >= TEXT_RATIO


def _faded(colour: str, ground: str, share: float) -> str:
    """``colour`` laid over ``ground`` with an opacity of ``share``, as the eye sees it."""
    pairs = ((int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(
        f"{round(share * over + (1 - share) * under):02X}" for over, under in pairs
    )


@pytest.mark.parametrize("name", theme.THEMES)
def test_captions_are_readable_although_streamlit_fades_them(name: theme.ThemeName) -> None:
    tokens = theme.THEMES[name]
    for ground in (
        tokens.background,
        tokens.surface,
        CONFIG["theme"][name]["sidebar"]["backgroundColor"],
    ):
        assert contrast(_faded(tokens.text, ground, 0.6), ground) >= TEXT_RATIO


@pytest.mark.parametrize("name", theme.THEMES)
def test_config_repeats_the_tokens(name: theme.ThemeName) -> None:
    tokens, config = theme.THEMES[name], CONFIG["theme"][name]
    pairs = {
        "backgroundColor": tokens.background,
        "secondaryBackgroundColor": tokens.surface,
        "textColor": tokens.text,
        "codeTextColor": tokens.text,
        "linkColor": tokens.accent,
        "primaryColor": tokens.button,
        "borderColor": tokens.border,
    }
    named = {
        "red": "alarm",
        "orange": "watch",
        "yellow": "watch",
        "green": "quiet",
        "blue": "accent",
        "gray": "cannot_judge",
    }
    for colour, token in named.items():
        pairs |= {
            f"{colour}Color": getattr(tokens, token),
            f"{colour}TextColor": getattr(tokens, token),
            f"{colour}BackgroundColor": getattr(tokens, f"{token}_tint"),
        }
    assert {key: config[key] for key in pairs} == pairs


def test_every_status_has_a_word_an_icon_and_a_colour_of_its_own_family() -> None:
    for table, members in (
        (theme.VERDICT, Verdict),
        (theme.READINESS, ReadinessVerdict),
        (theme.GATE, GateState),
    ):
        assert set(table) == set(members)
        assert len({look.word for look in table.values()}) == len(table)
        assert len({look.icon for look in table.values()}) == len(table)
    assert set(labels.MEANING) == set(ReadinessVerdict)
    assert theme.VERDICT[Verdict.ALARM].word == "Act"


def test_tokens_are_six_digit_colours() -> None:
    for tokens in theme.THEMES.values():
        for value in dataclasses.astuple(tokens):
            assert len(value) == 7
            int(value[1:], 16)


def test_nothing_is_sent_and_only_this_machine_is_served() -> None:
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert CONFIG["server"]["enableXsrfProtection"] is True
    assert CONFIG["client"]["showErrorDetails"] == "none"
