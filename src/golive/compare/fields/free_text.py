"""Words and other things that are not plain numbers, or not dates, in fields that training filled with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from golive.compare.base.where import locate, of_tokens
from golive.compare.fields.disguised import is_missing_word
from golive.compare.fields.token_forms import Form, read, shown
from golive.model.columns import ColumnType, Role
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Verdict, WhatIf, finding
from golive.model.profile import ColumnProfile, Profile, cell_share, is_small
from golive.stats.proportions import benjamini_hochberg, newcombe, two_share_p
from golive.wording.numbers import cell, p_value, rows, sizes, values_of
from golive.wording.text import listing

ALARM_SHARE = 0.01
LEAST_ROWS = 3
MOST_SHOWN = 6

_REMEDIES = {
    Form.CENSORED: "read '<0.5' as a value at the limit of the test, with a flag that says so",
    Form.RANGE: "send both ends of a range in fields of their own",
    Form.COMPOUND: "split pairs such as 120/80 into two fields",
    Form.COMMA: "read the comma as the decimal point of this source",
    Form.THOUSANDS: "drop the thousands separators",
    Form.SCIENTIFIC: "write powers of ten as numbers",
    Form.PERCENT: "drop the percent sign",
    Form.UNIT: "send the unit in a field of its own and convert where it differs",
    Form.FLAGGED: "send the flag in a field of its own",
    Form.ABOUT: "drop the sign of approximation, with a flag that says so",
    Form.COMMENT: "send comments in a field of their own",
    Form.OTHER: "ask the sender what these values mean",
}


def words(column: ColumnProfile) -> dict[str, int]:
    """Values that do not parse and are not a written "missing", with their rows."""
    return {
        value: rows for value, rows in column.tokens.as_dict().items() if not is_missing_word(value)
    }


def _rows(column: ColumnProfile) -> int:
    return sum(words(column).values()) + column.tokens.other


def forms_of(values: Mapping[str, int]) -> dict[Form, int]:
    """Rows by form, most frequent first."""
    found: Counter[Form] = Counter()
    for value, count in values.items():
        found[read(value).form] += count
    return dict(found.most_common())


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``free_text_in_structured``: live values of a number or date column that are neither, more than training had."""
    counted = {
        name: (_rows(column), column.present, _rows(live.columns[name]), live.columns[name].present)
        for name, column in train.columns.items()
        if name in live.columns
        and (column.type.is_number or column.type is ColumnType.DATETIME)
        and column.role is not Role.IGNORED
    }
    counted = {name: counts for name, counts in counted.items() if counts[2] >= LEAST_ROWS}
    adjusted = benjamini_hochberg(
        np.array([float(two_share_p(*counts)) for counts in counted.values()])
    )
    found = []
    for (name, counts), p in zip(counted.items(), adjusted, strict=True):
        bad_before, n_train, bad, n_live = counts
        if p <= config.drift.alpha and bad / n_live > bad_before / max(1, n_train):
            found.append(_finding(name, counts, float(p), train, live))
    return found


def _finding(
    name: str, counts: tuple[int, int, int, int], p: float, train: Profile, live: Profile
) -> Finding:
    bad_before, n_train, bad, n_live = counts
    before, now = bad_before / max(1, n_train), bad / n_live
    low, high = newcombe(bad_before, n_train, bad, n_live)
    alarm, whole = now - before >= ALARM_SHARE, not (is_small(bad_before) or is_small(bad))
    values = words(live.columns[name])
    forms = forms_of(values)
    is_date = train.columns[name].type is ColumnType.DATETIME
    what = "dates" if is_date else "plain numbers"
    kinds = [f.value for f, n in forms.items() if not is_small(n)] or [
        next(iter(forms), Form.OTHER).value
    ]
    place = locate(live, name, of_tokens)
    mapping = {} if is_date else _numbers(values, train.columns[name])
    then = (
        f"in training {cell(bad_before, n_train)} were not"
        if bad_before
        else "in training all were"
    )
    return finding(
        Kind.FREE_TEXT_IN_STRUCTURED,
        Verdict.ALARM if alarm else Verdict.WATCH,
        columns=(name,),
        segment=place.segment,
        title=(
            f"{values_of(bad, n_live, name)} are no {what} but {listing(kinds, 3)}{place.words}; "
            f"{then} ({sizes(n_train, n_live)})"
        ),
        explanation="The values cannot be used as they are: they fail, or silently become missing.",
        effect=Effect(
            name="not_a_number_share",
            train=cell_share(bad_before, n_train),
            live=cell_share(bad, n_live),
            change=now - before if whole else None,
            low=float(low) if whole else None,
            high=float(high) if whole else None,
            n_train=n_train,
            n_live=n_live,
        ),
        evidence=(
            *_evidence(values, forms, live.columns[name].tokens.other),
            f"adjusted {p_value(p)}",
        ),
        rows_affected=bad,
        slices=place.slices,
        fix=_fix(name, what, list(forms)),
        what_if=WhatIf(repair={"op": "map", "column": name, "mapping": mapping})
        if mapping
        else None,
    )


def _evidence(values: Mapping[str, int], forms: Mapping[Form, int], other: int) -> list[str]:
    """Rows by form and the most frequent values; counts of 1 to 10 are not shown."""
    said = [f"{n:,} rows: {form.value}" for form, n in forms.items() if not is_small(n)]
    rare = sum(is_small(n) for n in forms.values())
    if rare:
        said.append(f"{rare} further form{'s' if rare > 1 else ''} with fewer than 11 rows each")
    patterns: Counter[str] = Counter()
    for value, n in values.items():
        patterns[shown(value, read(value).form)] += n
    top = [f"'{text}' ({n:,})" for text, n in patterns.most_common(MOST_SHOWN) if not is_small(n)]
    if top:
        said.append(f"most frequent: {listing(top, MOST_SHOWN)}")
    if other:
        said.append(f"{rows(other)} hold rarer values that were not read")
    return said


def _fix(name: str, what: str, forms: list[Form]) -> str:
    steps = [_REMEDIES[form] for form in forms[:3]]
    first = f"{steps[0][0].upper()}{steps[0][1:]}" if steps else f"Make {name} a field for {what}"
    return (
        "; ".join([first, *steps[1:]])
        + f". Refuse at intake what is still no {what.removesuffix('s').removeprefix('plain ')}."
    )


def _numbers(values: Mapping[str, int], column: ColumnProfile) -> dict[str, float]:
    """What each value would be as a number, for those that 11 rows or more hold and that mean one number.

    Values with units are read only while all have one unit: two would need a conversion. ``1,234`` is a decimal or a
    thousand, whichever lies nearer to what training holds.
    """
    numeric = column.numeric
    written = {v: read(v) for v in values}
    units = {w.unit.lower() for w in written.values() if w.form is Form.UNIT}
    found = {}
    for value, one in written.items():
        if (
            one.value is None
            or is_small(values[value])
            or (one.form is Form.UNIT and len(units) > 1)
        ):
            continue
        number = one.value
        if (
            one.form is Form.COMMA
            and numeric is not None
            and len(value.strip().rsplit(",", 1)[1]) == 3
        ):
            thousand = float(value.strip().replace(",", ""))
            number = min((number, thousand), key=lambda x: abs(x - numeric.median))
        found[value] = number
    return found
