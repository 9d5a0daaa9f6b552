"""Outputs of the model: does every live row have a score or a prediction?"""

from __future__ import annotations

from golive.compare.base.share import Share
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Effect
from golive.model.kinds import Severity, Verdict
from golive.model.profile import Profile
from golive.wording.findings.outcome import OutputMissing

ALARM_SHARE, WATCH_SHARE = 0.01, 0.001
"""Share of live rows without an output from which patients go unjudged."""
CRITICAL_SHARE = 0.05


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``output_missing`` of the columns with the role score and prediction."""
    found: list[Facts] = []
    for role in ("score", "prediction"):
        name = getattr(train.roles, role) or getattr(live.roles, role)
        if not name or live.rows == 0:
            continue
        before, now = train.columns.get(name), live.columns.get(name)
        gaps, n_before = (before.missing, before.n) if before else (0, 0)
        share = Share((gaps, now.missing if now else live.rows), (n_before, live.rows))
        if share.now < WATCH_SHARE or (n_before and share.p > config.drift.alpha):
            continue
        found.append(
            OutputMissing(
                verdict=Verdict.ALARM if share.now >= ALARM_SHARE else Verdict.WATCH,
                columns=(name,),
                severity=Severity.CRITICAL if share.now >= CRITICAL_SHARE else None,
                effect=share.effect("missing_share")
                if n_before
                else Effect.between("missing_share", None, share.now, n=share.of),
                rows_affected=share.rows[1],
                role=role,
            )
        )
    return found
