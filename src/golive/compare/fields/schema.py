"""Columns that are gone, new, or of another type than in training."""

from __future__ import annotations

from collections.abc import Iterable

from golive.compare.fields.disguised import is_missing_word
from golive.model.columns import ColumnType, Role
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Severity, Verdict, finding
from golive.model.profile import ColumnProfile, Profile
from golive.stats.proportions import newcombe
from golive.wording.numbers import percent, sizes

_FAMILIES = {
    "text": "text",
    "string": "text",
    "bool": "boolean",
    "date": "time",
    "timestamp": "time",
    "time": "time",
}
_READ_FROM_TEXT = 0.95
"""Share of values that parse from which text is only a way to write numbers."""


def family(storage: str) -> str:
    """``number``, ``text``, ``time`` or ``boolean`` of a storage type such as ``float64`` or ``timestamp(6)``."""
    lowered = storage.lower()
    for start, name in _FAMILIES.items():
        if lowered.startswith(start):
            return name
    return (
        "number" if lowered.startswith(("int", "uint", "float", "double", "decimal")) else lowered
    )


def _unparsed(column: ColumnProfile) -> int:
    """Values that are neither numbers nor a written "missing"."""
    return (
        sum(rows for value, rows in column.tokens.as_dict().items() if not is_missing_word(value))
        + column.tokens.other
    )


def _severity(name: str, config: Config) -> Severity | None:
    """Critical for a column declared required or important."""
    declared = config.columns.get(name)
    if declared and (declared.required or (declared.importance or 0) >= 0.8):
        return Severity.CRITICAL
    return None


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``column_missing``, ``column_new``, ``type_changed``, ``numeric_as_text``."""
    found = []
    renamed = _renamed(train, live)
    written = {now: before for before, now in renamed.items()}
    for name, column in train.columns.items():
        if column.role is Role.IGNORED:
            continue
        other = live.columns.get(name)
        if other is None:
            # Labels come later and scores are the outputs' matter; both say so in their own words.
            if column.role not in (Role.LABEL, Role.SCORE, Role.PREDICTION):
                found.append(_gone(name, column, live, config, renamed.get(name)))
            continue
        if (changed := _type(name, column, other, config)) is not None:
            found.append(changed)
    for name, column in live.columns.items():
        if name not in train.columns and column.role is not Role.IGNORED:
            found.append(
                finding(
                    Kind.COLUMN_NEW,
                    Verdict.WATCH,
                    columns=(name,),
                    title=f"{name} arrives live, and training had no such column",
                    explanation=f"By its name it is training's {written[name]}: only case, spaces or marks differ. A model does not find it under this name."
                    if name in written
                    else "The model cannot use it. It may be a renamed column, or a field that someone now relies on.",
                    effect=Effect(
                        name="column_present",
                        train=0.0,
                        live=1.0,
                        change=1.0,
                        n_train=train.rows,
                        n_live=live.rows,
                    ),
                    fix=f"Map {name} to {written[name]} at intake."
                    if name in written
                    else f"If {name} is a training column under a new name, map it; otherwise leave it out of the model's input.",
                )
            )
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


def _gone(
    name: str, column: ColumnProfile, live: Profile, config: Config, renamed: str | None
) -> Finding:
    return finding(
        Kind.COLUMN_MISSING,
        Verdict.ALARM,
        columns=(name,),
        severity=_severity(name, config),
        title=f"Live data has no column {name}; in training {percent(1 - column.missing_share)} of rows had a value",
        explanation="The model was trained with this column. Without it, it fails or works on a default value in every row.",
        effect=Effect(
            name="column_present",
            train=1.0,
            live=0.0,
            change=-1.0,
            n_train=column.n,
            n_live=live.rows,
        ),
        rows_affected=live.rows,
        fix=f"Map the live column {renamed} to {name} at intake."
        if renamed
        else f"Add {name} to the live feed, or map the column that carries it under another name.",
    )


def _type(name: str, column: ColumnProfile, other: ColumnProfile, config: Config) -> Finding | None:
    before, now = family(column.storage), family(other.storage)
    if not other.present or not column.present:
        return None
    if column.type.is_number:
        bad, bad_before = _unparsed(other), _unparsed(column)
        if bad / other.present > 0.5:
            return _changed(
                column, other, config, (bad_before, bad), ("numbers", "text that is no number")
            )
        if before == "number" and now == "text" and bad / other.present <= 1 - _READ_FROM_TEXT:
            return finding(
                Kind.NUMERIC_AS_TEXT,
                Verdict.WATCH,
                columns=(name,),
                title=f"{name} arrives as text; training stored it as a number ({sizes(column.n, other.n)})",
                explanation="The values read as numbers, so they were compared as numbers. A serving system may refuse or misread text.",
                effect=Effect(
                    name="stored_as_text",
                    train=0.0,
                    live=1.0,
                    change=1.0,
                    n_train=column.n,
                    n_live=other.n,
                ),
                fix=f"Cast {name} to a number where live data is written.",
            )
    elif column.type is ColumnType.DATETIME and now not in ("time", "text"):
        return _changed(
            column, other, config, (0, other.present), ("dates", f"stored as {other.storage}")
        )
    elif column.type.is_category and now == "time":
        return _changed(column, other, config, (0, other.present), ("categories", "dates"))
    return None


def _changed(
    column: ColumnProfile,
    other: ColumnProfile,
    config: Config,
    rows: tuple[int, int],
    kinds: tuple[str, str],
) -> Finding:
    """``rows`` of the other type on both sides; ``kinds`` what values were and are, in words."""
    name, (bad_before, bad), (was, is_now) = column.name, rows, kinds
    share_before, share_now = bad_before / column.present, bad / other.present
    low, high = newcombe(bad_before, column.present, bad, other.present)
    return finding(
        Kind.TYPE_CHANGED,
        Verdict.ALARM,
        columns=(name,),
        severity=_severity(name, config),
        title=f"{percent(share_now)} of live {name} values are {is_now}; in training they were {was} ({sizes(column.present, other.present)})",
        explanation="Values of another type cannot be used as they are: they fail, or are turned into missing.",
        effect=Effect(
            name="other_type_share",
            train=share_before,
            live=share_now,
            change=share_now - share_before,
            low=float(low),
            high=float(high),
            n_train=column.present,
            n_live=other.present,
        ),
        rows_affected=bad,
        fix=f"Send {name} as {was}, as in training.",
    )
