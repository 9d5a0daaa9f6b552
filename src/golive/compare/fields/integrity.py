"""Rows and keys that occur more than once."""

from __future__ import annotations

from golive.compare.base.share import Share
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.kinds import Kind, Verdict
from golive.model.profile import Profile
from golive.wording.findings.rows import Repeated

ALARM_SHARE = 0.01
_NOT_A_KEY = 0.01
"""Share of repeated keys in training from which the key names patients, not rows, and repeats are expected."""


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``duplicate_rows`` and ``duplicate_keys``."""
    if not train.rows or not live.rows:
        return []
    sizes, alpha = (train.rows, live.rows), config.drift.alpha
    found: list[Facts] = []
    if live.duplicate_rows:
        share = Share((train.duplicate_rows, live.duplicate_rows), sizes)
        verdict = _verdict(share, alpha)
        if verdict in (Verdict.ALARM, Verdict.WATCH) and _grew_with_size(share, alpha):
            verdict = Verdict.CANNOT_JUDGE
        found.append(_facts(Kind.DUPLICATE_ROWS, (), share, verdict))
    key, known = live.roles.id or train.roles.id, train.duplicate_keys
    if live.duplicate_keys and key and known is not None and known / train.rows < _NOT_A_KEY:
        share = Share((known, live.duplicate_keys), sizes)
        found.append(_facts(Kind.DUPLICATE_KEYS, (key,), share, _verdict(share, alpha)))
    return found


def _more(share: Share, alpha: float) -> bool:
    return share.change > 0 and share.p <= alpha


def _verdict(share: Share, alpha: float) -> Verdict:
    if _more(share, alpha):
        return Verdict.ALARM if share.change >= ALARM_SHARE else Verdict.WATCH
    return Verdict.QUIET if share.rows[0] else Verdict.WATCH


def _facts(kind: Kind, columns: tuple[str, ...], share: Share, verdict: Verdict) -> Facts:
    return Repeated(
        kind=kind,
        verdict=verdict,
        columns=columns,
        effect=share.effect("duplicate_share", private=True),
        rows_affected=share.rows[1],
    )


def _grew_with_size(share: Share, alpha: float) -> bool:
    """Whether more live rows than training rows explain that a larger share of them repeats.

    Different patients with equal entries make repeats too, and every new row can equal any row before it: repeats grow
    at most as fast as the pairs of rows, ``n (n - 1) / 2``. So training must show that repeats happen at all, and live
    data must not hold more of them per pair than training (level ``alpha``).
    """
    if not share.rows[0] or share.of[1] <= share.of[0]:
        return False
    pairs = share.of[0] * (share.of[0] - 1) // 2, share.of[1] * (share.of[1] - 1) // 2
    return not _more(Share(share.rows, pairs), alpha)
