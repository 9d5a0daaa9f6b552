"""Columns that are gone, new, or of another type than in training."""

from __future__ import annotations

from collections.abc import Iterable

from golive.compare.base.pairs import share_effect
from golive.compare.fields.disguised import unread_rows
from golive.model.columns import ColumnType, Role
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Effect
from golive.model.kinds import Severity
from golive.model.profile import ColumnProfile, Profile
from golive.wording.findings.columns import ColumnGone, ColumnNew, NumbersAsText, OtherType

_FAMILIES = {
    "text": ("text", "string"),
    "boolean": ("bool",),
    "time": ("date", "timestamp", "time"),
    "number": ("int", "uint", "float", "double", "decimal"),
}
"""Kind of values -> how the names of its storage types begin."""
_READ_FROM_TEXT = 0.95
"""Share of values that parse from which text is only a way to write numbers."""


def family(storage: str) -> str:
    """``number``, ``text``, ``time`` or ``boolean`` of a storage type such as ``float64`` or ``timestamp(6)``."""
    lowered = storage.lower()
    return next((name for name, starts in _FAMILIES.items() if lowered.startswith(starts)), lowered)


def is_important(name: str, config: Config) -> bool:
    """Whether a column was declared required or important."""
    declared = config.columns.get(name)
    return declared is not None and bool(declared.required or (declared.importance or 0) >= 0.8)


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``column_missing``, ``column_new``, ``type_changed``, ``numeric_as_text``."""
    found: list[Facts] = []
    renamed = _renamed(train, live)
    written = {now: before for before, now in renamed.items()}
    for name, column in train.columns.items():
        if column.role is Role.IGNORED:
            continue
        if (other := live.columns.get(name)) is not None:
            found += _type(name, column, other, config)
        # Labels come later and scores are the outputs' matter; both say so in their own words.
        elif column.role not in (Role.LABEL, Role.SCORE, Role.PREDICTION):
            found.append(
                ColumnGone(
                    columns=(name,),
                    severity=Severity.CRITICAL if is_important(name, config) else None,
                    effect=Effect.between("column_present", 1.0, 0.0, n=(column.n, live.rows)),
                    rows_affected=live.rows,
                    had=1 - column.missing_share,
                    renamed=renamed.get(name),
                )
            )
    there = Effect.between("column_present", 0.0, 1.0, n=(train.rows, live.rows))
    found += [
        ColumnNew(columns=(name,), effect=there, written=written.get(name))
        for name, column in live.columns.items()
        if name not in train.columns and column.role is not Role.IGNORED
    ]
    return found


def _renamed(train: Profile, live: Profile) -> dict[str, str]:
    """Columns of training and the one new live column with the same letters and digits, whatever case and marks."""

    def plain(names: Iterable[str]) -> dict[str, list[str]]:
        same: dict[str, list[str]] = {}
        for name in names:
            same.setdefault("".join(c for c in name.casefold() if c.isalnum()), []).append(name)
        return same

    gone = plain(name for name in train.columns if name not in live.columns)
    new = plain(name for name in live.columns if name not in train.columns)
    return {
        names[0]: new[key][0]
        for key, names in gone.items()
        if key and len(names) == 1 and len(new.get(key, ())) == 1
    }


def _type(name: str, column: ColumnProfile, other: ColumnProfile, config: Config) -> list[Facts]:
    if not other.present or not column.present:
        return []
    before, now = family(column.storage), family(other.storage)
    # Rows of another type than training's, where all or most are
    changed: tuple[int, int] | None = None
    if column.type.is_number:
        bad = unread_rows(other)
        share = bad / other.present
        if share > 0.5:
            changed = unread_rows(column), bad
        elif before == "number" and now == "text" and share <= 1 - _READ_FROM_TEXT:
            effect = Effect.between("stored_as_text", 0.0, 1.0, n=(column.n, other.n))
            return [NumbersAsText(columns=(name,), effect=effect)]
    elif (column.type is ColumnType.DATETIME and now not in ("time", "text")) or (
        column.type.is_category and now == "time"
    ):
        changed = 0, other.present
    if changed is None:
        return []
    return [
        OtherType(
            columns=(name,),
            severity=Severity.CRITICAL if is_important(name, config) else None,
            effect=share_effect("other_type_share", changed, (column.present, other.present)),
            rows_affected=changed[1],
            type=column.type,
            storage=other.storage,
        )
    ]
