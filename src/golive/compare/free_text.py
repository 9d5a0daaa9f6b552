"""Words in fields that training filled with numbers."""

from __future__ import annotations

import numpy as np

from golive.compare.disguised import is_missing_word
from golive.compare.proportions import benjamini_hochberg, newcombe, two_share_p
from golive.compare.words import percent, sizes
from golive.model.columns import Role
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Severity, Verdict, finding
from golive.model.profile import ColumnProfile, Profile

ALARM_SHARE = 0.01
LEAST_ROWS = 3


def _words(column: ColumnProfile) -> int:
    """Values that do not parse and are not a written "missing"."""
    return (
        sum(rows for value, rows in column.tokens.as_dict().items() if not is_missing_word(value)) + column.tokens.other
    )


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``free_text_in_structured``: live values of a number column that are no numbers, more than training had."""
    rows = {
        name: (_words(column), column.present, _words(live.columns[name]), live.columns[name].present)
        for name, column in train.columns.items()
        if name in live.columns and column.type.is_number and column.role is not Role.IGNORED
    }
    rows = {name: counts for name, counts in rows.items() if counts[2] >= LEAST_ROWS}
    adjusted = benjamini_hochberg(np.array([float(two_share_p(*counts)) for counts in rows.values()]))
    found = []
    for (name, (bad_before, n_train, bad, n_live)), p in zip(rows.items(), adjusted, strict=True):
        before, now = bad_before / max(1, n_train), bad / n_live
        if p > config.drift.alpha or now <= before:
            continue
        low, high = newcombe(bad_before, n_train, bad, n_live)
        alarm = now - before >= ALARM_SHARE
        found.append(
            finding(
                "free_text_in_structured",
                Verdict.ALARM if alarm else Verdict.WATCH,
                columns=(name,),
                severity=Severity.MAJOR if alarm else Severity.MINOR,
                title=f"{percent(now)} of live {name} values are words, not numbers; in training {percent(before)} were ({sizes(n_train, n_live)})",
                explanation="The values cannot be used as they are: they fail, or silently become missing.",
                effect=Effect(
                    name="not_a_number_share",
                    train=before,
                    live=now,
                    change=now - before,
                    low=float(low),
                    high=float(high),
                    n_train=n_train,
                    n_live=n_live,
                ),
                evidence=(f"adjusted p {p:.2g}",),
                rows_affected=bad,
                fix=f"Make {name} a number field where it is entered, and send comments in a field of their own.",
            )
        )
    return found
