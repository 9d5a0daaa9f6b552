"""Whether people use it and what they do with it, and whether results reach the right record: from the columns of the service log."""

from __future__ import annotations

import numpy as np

from golive.model.measured.service import Feedback, Usage, WriteBack
from golive.model.profile import SMALL_CELL, is_small
from golive.outcomes.model.context import Context, Outcomes
from golive.profile.rows.scored import Scored
from golive.stats.estimate import number
from golive.text.words import words_of

ACCEPTED = set(words_of("accepted accept agreed agree confirmed confirm followed signed kept"))
OVERRIDDEN = {*words_of("overridden override overrode rejected reject dismissed dismiss disagreed")}
DAYS = np.timedelta64(30, "D")
"""Someone who was seen in the last 30 days that the log covers is active."""


def use(context: Context, out: Outcomes) -> None:
    """``Feedback``, ``Usage`` and ``WriteBack`` of performance, each where the log has its columns.

    Counts of 1 to 10 are not kept: what is kept is the least favourable that they can be.
    """
    found = {
        "feedback": _feedback(context.live),
        "usage": _usage(context),
        "write_back": _write_back(context.live),
    }
    out.add(**{key: value for key, value in found.items() if value})


def _feedback(live: Scored) -> Feedback:
    """``n`` outputs that somebody answered, the share ``overrides``, and ``reasons``: the share of these with a reason.

    ``reasons`` is ``None`` when the log has no reasons or 1 to 10 overrides have one; ``read`` says that other answers
    occur.
    """
    if live.response is None:
        return Feedback()
    words = [name.strip().lower() for name in live.response.names]
    over = np.array([w in OVERRIDDEN for w in words] + [False])[live.response.codes]
    kept = np.array([w in ACCEPTED for w in words] + [False])[live.response.codes]
    n, overridden = int((over | kept).sum()), int(over.sum())
    if n < SMALL_CELL:
        return Feedback()
    reasons = None
    if live.reasoned is not None and overridden >= SMALL_CELL:
        without = int((over & ~live.reasoned).sum())
        given = overridden - _most(without, overridden)
        reasons = None if is_small(given) else number(given / overridden)
    return Feedback(n=n, overrides=number(_most(overridden, n) / n), reasons=reasons)


def _most(count: int, of: int) -> int:
    """A count, or the largest that it may be where it is too small to be told."""
    return min(of, SMALL_CELL - 1) if is_small(count) else count


def _usage(context: Context) -> Usage:
    """``active``: people of the last 30 days as a share of ``eligible``, those meant to use it. Needs both, and 11 of either."""
    live, eligible = context.live, context.config.intended_users
    if live.user is None or eligible is None or eligible < SMALL_CELL:
        return Usage()
    seen = live.user >= 0
    if live.time is not None and not np.isnat(live.time).all():
        seen = seen & (live.time > np.nanmax(live.time) - DAYS)
    people = len(np.unique(live.user[seen]))
    return Usage(active=number(min(1.0, _most(people, eligible) / eligible)), eligible=eligible)


def _write_back(live: Scored) -> WriteBack:
    """``attempts`` to write a result where both ids are known, and how many reached the ``right_patient``."""
    if live.written is None:
        return WriteBack()
    attempts, wrong = int((live.written.codes >= 0).sum()), int((live.written.codes == 0).sum())
    if attempts < SMALL_CELL:
        return WriteBack()
    return WriteBack(
        attempts=attempts, right_patient=attempts - _most(wrong, attempts), at_most=is_small(wrong)
    )
