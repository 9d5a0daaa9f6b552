"""IMDRF grid, escalators, and software that is not a device (IMDRF/SaMD WG/N12, 2014)."""

from __future__ import annotations

import pytest

from golive.model.readiness import RiskProfile, Tier
from golive.readiness.risk import ESCALATORS, explain_tier, next_tier, tier_of

GRID = {"critical": ("M", "H", "C"), "serious": ("L", "M", "H"), "non_serious": ("L", "L", "M")}


@pytest.mark.parametrize("situation", list(GRID))
def test_grid(situation: str) -> None:
    tiers = tuple(
        tier_of(RiskProfile(situation=situation, significance=s)).value
        for s in ("inform", "drive", "treat_diagnose")
    )
    assert tiers == GRID[situation]


@pytest.mark.parametrize("modifier", list(ESCALATORS))
def test_any_escalator_adds_one_tier_and_several_add_no_more(modifier: str) -> None:
    assert tier_of(RiskProfile(modifiers=(modifier,))) is Tier.HIGH
    assert tier_of(RiskProfile(modifiers=tuple(ESCALATORS))) is Tier.HIGH
    assert (
        tier_of(
            RiskProfile(situation="critical", significance="treat_diagnose", modifiers=(modifier,))
        )
        is Tier.CRITICAL
    )


def test_not_a_device() -> None:
    scheduling = RiskProfile(
        situation="critical", significance="treat_diagnose", flags=("not_a_device",)
    )
    assert tier_of(scheduling) is Tier.LOW
    assert (
        tier_of(scheduling.model_copy(update={"flags": ("not_a_device", "care_access")}))
        is Tier.MODERATE
    )
    assert (
        tier_of(scheduling.model_copy(update={"modifiers": ("patient_facing",)})) is Tier.MODERATE
    )


def test_words_name_the_reason() -> None:
    words = explain_tier(RiskProfile(situation="critical", modifiers=("vulnerable_population",)))
    assert words == (
        "Tier critical (C): critical condition, output drives management; one tier higher because it is used on children "
        "or in pregnancy."
    )
    assert next_tier(Tier.HIGH) is Tier.CRITICAL
    assert next_tier(Tier.CRITICAL) is None
