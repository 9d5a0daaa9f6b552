"""Words and other things that are not plain numbers, or not dates, in fields that training filled with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from golive.compare.base.share import LEAST_ROWS, Share, adjusted
from golive.compare.base.where import locate, of_tokens
from golive.compare.fields.disguised import unread_rows, unread_words
from golive.compare.fields.token_forms import read, shown
from golive.model.columns import ColumnType, Role
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import WhatIf
from golive.model.kinds import Verdict
from golive.model.profile import ColumnProfile, Profile, is_small
from golive.wording.findings.written import Form, NotNumbers

ALARM_SHARE = 0.01
MOST_SHOWN = 6


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``free_text_in_structured``: live values of a number or date column that are neither, more than training had."""
    shares = {}
    for name, before in train.columns.items():
        now = live.columns.get(name)
        asked = before.type.is_number or before.type is ColumnType.DATETIME
        if now is None or not asked or before.role is Role.IGNORED:
            continue
        share = Share((unread_rows(before), unread_rows(now)), (before.present, now.present))
        if share.rows[1] >= LEAST_ROWS:
            shares[name] = share
    return [
        _facts(name, shares[name], p, train.columns[name], live)
        for name, p in adjusted(shares).items()
        if p <= config.drift.alpha and shares[name].change > 0
    ]


def _facts(name: str, share: Share, p: float, before: ColumnProfile, live: Profile) -> Facts:
    values = unread_words(live.columns[name])
    dates = before.type is ColumnType.DATETIME
    place = locate(live, name, of_tokens)
    mapping = {} if dates else _numbers(values, before)
    forms: Counter[Form] = Counter()
    patterns: Counter[str] = Counter()
    for value, rows in values.items():
        form = read(value).form
        forms[form] += rows
        patterns[shown(value, form)] += rows
    return NotNumbers(
        verdict=Verdict.ALARM if share.change >= ALARM_SHARE else Verdict.WATCH,
        columns=(name,),
        segment=place.segment,
        slices=place.slices,
        effect=share.effect("not_a_number_share", private=True),
        rows_affected=share.rows[1],
        what_if=WhatIf(repair={"op": "map", "column": name, "mapping": mapping})
        if mapping
        else None,
        p=p,
        place=place,
        dates=dates,
        forms=dict(forms.most_common()),
        values=dict(patterns.most_common(MOST_SHOWN)),
        unread=live.columns[name].tokens.other,
    )


def _numbers(values: Mapping[str, int], column: ColumnProfile) -> dict[str, float]:
    """What each value would be as a number, for those that 11 rows or more hold and that mean one number.

    Values with units are read only while all have one unit: two would need a conversion. ``1,234`` is a decimal or a
    thousand, whichever lies nearer to what training holds.
    """
    written = {value: read(value) for value in values}
    units = {one.unit.lower() for one in written.values() if one.form is Form.UNIT}
    found = {}
    for value, one in written.items():
        if one.value is None or is_small(values[value]):
            continue
        if one.form is Form.UNIT and len(units) > 1:
            continue
        number = one.value
        if one.form is Form.COMMA and column.numeric and len(value.strip().rsplit(",", 1)[1]) == 3:
            usual, thousand = column.numeric.median, float(value.strip().replace(",", ""))
            number = min((number, thousand), key=lambda x: abs(x - usual))
        found[value] = number
    return found
