"""Rows and keys that occur more than once."""

from __future__ import annotations

from golive.compare.proportions import newcombe, two_share_p
from golive.compare.words import cell, cell_share, is_small, sizes
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Severity, Verdict, finding
from golive.model.profile import Profile

ALARM_SHARE = 0.01
_NOT_A_KEY = 0.01
"""Share of repeated keys in training from which the key names patients, not rows, and repeats are expected."""


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``duplicate_rows`` and ``duplicate_keys``."""
    found = []
    if train.rows and live.rows:
        alpha = config.drift.alpha
        if now := live.duplicate_rows:
            before = train.duplicate_rows
            found.append(_repeats("duplicate_rows", (), before=before, now=now, train=train, live=live, alpha=alpha))
        key, repeated, again = live.roles.id or train.roles.id, train.duplicate_keys, live.duplicate_keys
        if again and key and repeated is not None and repeated / train.rows < _NOT_A_KEY:
            found.append(
                _repeats("duplicate_keys", (key,), before=repeated, now=again, train=train, live=live, alpha=alpha)
            )
    return found


def _repeats(
    kind: str, columns: tuple[str, ...], *, before: int, now: int, train: Profile, live: Profile, alpha: float
) -> Finding:
    share_before, share_now = before / train.rows, now / live.rows
    low, high = newcombe(before, train.rows, now, live.rows)
    more = share_now > share_before and float(two_share_p(before, train.rows, now, live.rows)) <= alpha
    verdict = (
        Verdict.ALARM
        if more and share_now - share_before >= ALARM_SHARE
        else Verdict.WATCH
        if more or before == 0
        else Verdict.QUIET
    )
    rows = kind == "duplicate_rows"
    whole = not (is_small(before) or is_small(now))
    what = "repeat an earlier row exactly" if rows else f"repeat a value of {columns[0]} that should be unique"
    return finding(
        kind,
        verdict,
        columns=columns,
        severity={Verdict.ALARM: Severity.MAJOR, Verdict.WATCH: Severity.MINOR}.get(verdict, Severity.INFO),
        title=f"{_many(now, live.rows)} {what}; in training {cell(before, train.rows) if before else 'none'} did ({sizes(train.rows, live.rows)})",
        explanation="Repeated rows count the same patient or event more than once, and make every result look surer than it is.",
        effect=Effect(
            name="duplicate_share",
            train=cell_share(before, train.rows),
            live=cell_share(now, live.rows),
            change=share_now - share_before if whole else None,
            low=float(low) if whole else None,
            high=float(high) if whole else None,
            n_train=train.rows,
            n_live=live.rows,
        ),
        rows_affected=now,
        fix="" if verdict is Verdict.QUIET else "Find out whether the feed sends messages twice, and keep one of each.",
    )


def _many(rows: int, n: int) -> str:
    return f"A few live rows (fewer than 11 of {n:,})" if is_small(rows) else f"{rows:,} live rows ({cell(rows, n)})"
