"""Rows and keys that occur more than once."""

from __future__ import annotations

from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Verdict, finding
from golive.model.profile import Profile, cell_share, is_small
from golive.stats.proportions import newcombe, two_share_p
from golive.wording.numbers import cell, sizes

ALARM_SHARE = 0.01
_NOT_A_KEY = 0.01
"""Share of repeated keys in training from which the key names patients, not rows, and repeats are expected."""

_BY_SIZE = (
    "Training repeats rows too, and the more rows there are, the more of them are equal by chance. Live data has more rows than "
    "training, which alone could give this share, so it shows no fault and rules none out."
)
_TWICE = "Find out whether the feed sends messages twice, and keep one of each."
_FIX = {
    Verdict.ALARM: _TWICE,
    Verdict.WATCH: _TWICE,
    Verdict.QUIET: "",
    Verdict.CANNOT_JUDGE: "Add a column that identifies a record to both extracts, or compare with as many live rows as training has.",
}


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``duplicate_rows`` and ``duplicate_keys``."""
    found = []
    if train.rows and live.rows:
        alpha = config.drift.alpha
        if now := live.duplicate_rows:
            before = train.duplicate_rows
            found.append(
                _repeats(
                    Kind.DUPLICATE_ROWS,
                    (),
                    before=before,
                    now=now,
                    train=train,
                    live=live,
                    alpha=alpha,
                )
            )
        key, repeated, again = (
            live.roles.id or train.roles.id,
            train.duplicate_keys,
            live.duplicate_keys,
        )
        if again and key and repeated is not None and repeated / train.rows < _NOT_A_KEY:
            found.append(
                _repeats(
                    Kind.DUPLICATE_KEYS,
                    (key,),
                    before=repeated,
                    now=again,
                    train=train,
                    live=live,
                    alpha=alpha,
                )
            )
    return found


def _repeats(
    kind: Kind,
    columns: tuple[str, ...],
    *,
    before: int,
    now: int,
    train: Profile,
    live: Profile,
    alpha: float,
) -> Finding:
    share_before, share_now = before / train.rows, now / live.rows
    low, high = newcombe(before, train.rows, now, live.rows)
    more = (
        share_now > share_before and float(two_share_p(before, train.rows, now, live.rows)) <= alpha
    )
    rows = kind is Kind.DUPLICATE_ROWS
    by_size = (
        rows
        and more
        and _grew_with_size(before, now, train=train.rows, live=live.rows, alpha=alpha)
    )
    verdict = (
        Verdict.CANNOT_JUDGE
        if by_size
        else Verdict.ALARM
        if more and share_now - share_before >= ALARM_SHARE
        else Verdict.WATCH
        if more or before == 0
        else Verdict.QUIET
    )
    whole = not (is_small(before) or is_small(now))
    what = (
        "repeat an earlier row exactly"
        if rows
        else f"repeat a value of {columns[0]} that should be unique"
    )
    return finding(
        kind,
        verdict,
        columns=columns,
        title=f"{_many(now, live.rows)} {what}; in training {cell(before, train.rows) if before else 'none'} did ({sizes(train.rows, live.rows)})",
        explanation=_BY_SIZE
        if by_size
        else "Repeated rows count the same patient or event more than once, and make every result look surer than it is.",
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
        fix=_FIX[verdict],
    )


def _grew_with_size(before: int, now: int, *, train: int, live: int, alpha: float) -> bool:
    """Whether more live rows than training rows explain that a larger share of them repeats.

    Different patients with equal entries make repeats too, and every new row can equal any row before it: repeats grow
    at most as fast as the pairs of rows, ``n (n - 1) / 2``. So training must show that repeats happen at all
    (``before`` > 0), and live data must not hold more of them per pair than training (level ``alpha``).
    """
    if not before or live <= train:
        return False
    pairs = [n * (n - 1) // 2 for n in (train, live)]
    more = (
        now / pairs[1] > before / pairs[0]
        and float(two_share_p(before, pairs[0], now, pairs[1])) <= alpha
    )
    return not more


def _many(rows: int, n: int) -> str:
    return (
        f"A few live rows (fewer than 11 of {n:,})"
        if is_small(rows)
        else f"{rows:,} live rows ({cell(rows, n)})"
    )
