"""Outputs of the model: does every live row have a score or a prediction?"""

from __future__ import annotations

from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Severity, Verdict, finding
from golive.model.profile import Profile
from golive.stats.proportions import newcombe, two_share_p
from golive.wording.numbers import percent, sizes

ALARM_SHARE, WATCH_SHARE = 0.01, 0.001
"""Share of live rows without an output from which patients go unjudged."""


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``output_missing`` of the columns with the role score and prediction."""
    found = []
    for role in ("score", "prediction"):
        name = getattr(train.roles, role) or getattr(live.roles, role)
        if not name or live.rows == 0:
            continue
        before, now = train.columns.get(name), live.columns.get(name)
        gaps, n_before = (before.missing, before.n) if before else (0, 0)
        missing = now.missing if now else live.rows
        share = missing / live.rows
        more = missing > 0 and (
            n_before == 0
            or float(two_share_p(gaps, n_before, missing, live.rows)) <= config.drift.alpha
        )
        if not more or share < WATCH_SHARE:
            continue
        low, high = newcombe(gaps, n_before, missing, live.rows)
        then = (
            f"in training {percent(gaps / n_before)}" if n_before else "training has no such column"
        )
        found.append(
            finding(
                Kind.OUTPUT_MISSING,
                Verdict.ALARM if share >= ALARM_SHARE else Verdict.WATCH,
                columns=(name,),
                severity=Severity.CRITICAL if share >= 0.05 else None,
                title=f"{percent(share)} of live rows have no {role} ({name}); {then} ({sizes(n_before, live.rows)})",
                explanation="For these patients the model said nothing, and nobody downstream can tell that from a low risk.",
                effect=Effect(
                    name="missing_share",
                    train=gaps / n_before if n_before else None,
                    live=share,
                    change=share - gaps / n_before if n_before else None,
                    low=float(low) if n_before else None,
                    high=float(high) if n_before else None,
                    n_train=n_before,
                    n_live=live.rows,
                ),
                rows_affected=missing,
                fix="Find out why the model gave no answer: input refused, time-out, or result not stored. Show the gap to the user.",
            )
        )
    return found
