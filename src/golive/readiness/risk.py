"""Risk tier: the IMDRF grid, what raises it, and software that is not a device.

Grid after IMDRF/SaMD WG/N12, section 7 (categories I to IV mapped to low, moderate, high, critical).
"""

from __future__ import annotations

from itertools import pairwise

from golive.model.readiness import RiskProfile, Significance, Situation, Tier

GRID: dict[tuple[Situation, Significance], int] = {
    ("critical", "inform"): 1,
    ("critical", "drive"): 2,
    ("critical", "treat_diagnose"): 3,
    ("serious", "inform"): 0,
    ("serious", "drive"): 1,
    ("serious", "treat_diagnose"): 2,
    ("non_serious", "inform"): 0,
    ("non_serious", "drive"): 0,
    ("non_serious", "treat_diagnose"): 1,
}
ORDER = tuple(Tier)
ESCALATORS: dict[str, str] = {
    "autonomous": "it acts without a person reviewing the output",
    "patient_facing": "patients see the output without a clinician",
    "minutes_or_irreversible": "action follows within minutes or cannot be undone",
    "vulnerable_population": "it is used on children or in pregnancy",
    "unreviewed_text": "generated text enters the chart unreviewed",
}


def tier_of(profile: RiskProfile) -> Tier:
    """Risk tier of a pilot: the grid, plus one tier (at most critical) when any escalator applies.

    Software that is not a device starts at low, or at moderate when it can delay or deny care.
    """
    if "not_a_device" in profile.flags:
        place = 1 if "care_access" in profile.flags else 0
    else:
        place = GRID[profile.situation, profile.significance]
    return ORDER[min(3, place + bool(profile.modifiers))]


def explain_tier(profile: RiskProfile) -> str:
    """One sentence that says how the tier came about."""
    words = {
        "drive": "drives management",
        "inform": "informs",
        "treat_diagnose": "treats or diagnoses",
    }
    base = f"{profile.situation.replace('_', '-')} condition, output {words[profile.significance]}"
    if "not_a_device" in profile.flags:
        care = ", but it can delay or deny care" if "care_access" in profile.flags else ""
        base = f"not a medical device{care}"
    raised = " and ".join(ESCALATORS[m] for m in profile.modifiers)
    raised = f"; one tier higher because {raised}" if raised else ""
    tier = tier_of(profile)
    return f"Tier {tier.name.lower()} ({tier}): {base}{raised}."


def next_tier(tier: Tier) -> Tier | None:
    """The next stricter tier, or ``None`` at critical."""
    return dict(pairwise(ORDER)).get(tier)
