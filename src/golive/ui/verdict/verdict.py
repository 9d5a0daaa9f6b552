"""What is said about a verdict, as in reports (``golive.report.base.verdict``), and how it moved since the session before."""

from __future__ import annotations

from collections.abc import Sequence

from golive.model.readiness import Readiness
from golive.report.base.verdict import (
    FAILURE_MODES,
    FailureMode,
    blocking,
    cap_sentence,
    failure_modes,
    model_version,
    stage_name,
    strongest,
    verdict_sentence,
)
from golive.store import SessionCard
from golive.ui.figures.dimensions import THIN
from golive.wording.numbers import day, percent, plural

__all__ = [
    "FAILURE_MODES",
    "FailureMode",
    "blocking",
    "cap_sentence",
    "failure_modes",
    "model_version",
    "previous",
    "stage_name",
    "strongest",
    "thin_sentence",
    "trend_sentence",
    "verdict_sentence",
]


def previous(cards: Sequence[SessionCard], session: str) -> SessionCard | None:
    """The session of the same pilot before ``session`` that has an index; ``cards`` are newest first."""
    here = next((c for c in cards if c.session == session), None)
    if here is None:
        return None
    older = [c for c in cards if c.created_at < here.created_at and c.index is not None]
    return max(older, key=lambda c: c.created_at, default=None)


def thin_sentence(readiness: Readiness) -> str:
    """Warn that little is known, where evidence covers less than half of the weight: the index may still land far away."""
    if (
        readiness.index is None
        or readiness.low is None
        or readiness.high is None
        or readiness.coverage >= THIN
    ):
        return ""
    return (
        f"Little is known yet: evidence covers {percent(readiness.coverage)} of the weight, so the index may still land "
        f"anywhere between {readiness.low:.0f} and {readiness.high:.0f}."
    )


def trend_sentence(readiness: Readiness, before: SessionCard | None) -> str:
    """How the index moved since the session before: ``6 points higher than on 3 Oct 2026.``; empty without one."""
    if before is None or before.index is None or readiness.index is None:
        return ""
    moved = round(readiness.index) - round(before.index)
    when = day(before.created_at)
    if moved == 0:
        return f"The index is the same as on {when}."
    return f"{plural(abs(moved), 'point')} {'higher' if moved > 0 else 'lower'} than on {when}."
