"""Unit labels that changed while the values did not: ``creatinine_unit`` says umol/L, and the numbers are still mg/dL.

A label changes in a column that holds the unit of another (``creatinine_unit``, ``unit_of_creatinine``), or in the header
(``creatinine_mg_dl`` becomes ``creatinine_umol_l``). Either way the conversion that the new label asks for is known, so the
values say whether it was done: live is held against training as it is, and against training converted for the rows concerned.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator

import numpy as np

from golive.compare.base.measured import analyte_of
from golive.compare.base.pairs import MINIMUM_VALUES, share_effect
from golive.compare.numbers.mixture import GRID, cumulative_counts, midpoint_after, rows_beyond
from golive.intake.clinical.analytes import Conversion, normalise
from golive.intake.clinical.ucum import canonical, ratio
from golive.model.config import ColumnConfig, Config
from golive.model.facts import Facts
from golive.model.finding import Verdict, WhatIf
from golive.model.profile import CategoryProfile, FloatArray, NumericProfile, Profile
from golive.stats.proportions import two_share_p
from golive.wording.findings.units import Label, UnitLabel

SMALLEST_SHARE = 0.02
"""Share of live rows with a new unit from which it is told."""
ALPHA = 1e-4
TELLING = 3.0
"""How many times chance's largest gap the conversion must make before the values can say whether it was done."""
NEARER = 0.5
"""Share of the conversion's own gap up to which live values still lie on one side of the question."""
BEYOND = 6.0
"""Standard errors of both shares beyond the cut that a conversion must make: three on either side of the middle."""
SIDE = 0.35
"""Part of the way between both shares up to which the live share still lies at one of them."""
_LABEL = re.compile(r"^(?:(?P<a>.+)_(?:units?|uom)|(?:units?|uom)_(?:of_)?(?P<b>.+))$")
_IN_HEADER = re.compile(
    r"^(?P<stem>.+?)_(?P<unit>[munpk]?(?:g|mol|l|eq)_[dmu]?l|mmhg|kpa|degc|degf|cel|kg|lbs?|cm|inch|in)$"
)
_HEADER_UNITS = {"mmhg": "mm[Hg]", "kpa": "kPa", "degc": "Cel", "cel": "Cel", "degf": "[degF]"}
_HEADER_UNITS |= {"lb": "[lb_av]", "lbs": "[lb_av]", "in": "[in_i]", "inch": "[in_i]"}


_Changed = tuple[Label, NumericProfile, NumericProfile]
"""A label that changed, with the values of training and live that it speaks of."""


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``unit_change`` of values whose unit label changed although they did not.

    ``cannot_judge`` where the values do not tell (both units overlap, too few rows, or a unit of another kind). Labels that were
    changed together with the values say nothing here: ``units`` tells the values.
    """
    found: list[Facts] = []
    for label, before, now in (*_in_columns(train, live), *_in_headers(train, live)):
        declared = config.columns.get(label.columns[-1]) or config.columns.get(label.of)
        way = conversion(label.of, declared or ColumnConfig(), *label.units)
        if way is not None and abs(way.factor - 1) < 1e-6 and not way.offset:
            continue  # another spelling of the same unit
        moved = None if way is None else _moved(before, now, way, label.share)
        if moved is True:
            continue
        known, (old, new) = moved is False, label.written
        repair = {"op": "map", "column": label.columns[0], "mapping": {new: old}}
        facts = UnitLabel(
            verdict=Verdict.ALARM if known else Verdict.CANNOT_JUDGE,
            columns=label.columns,
            effect=share_effect("new_unit_share", label.rows, label.n, private=True),
            rows_affected=label.rows[1] if known else None,
            what_if=WhatIf(repair=repair) if known and not label.header else None,
            label=label,
            medians=(before.median, now.median),
            expected=way.apply(before.median) if way is not None else None,
        )
        found.append(facts)
    return found


def owner_of_label(name: str, columns: Iterable[str]) -> str | None:
    """The column among ``columns`` whose unit the column ``name`` holds; ``None`` where its name says nothing of the kind."""
    match = _LABEL.match(normalise(name))
    wanted = (match["a"] or match["b"]) if match else None
    return next((c for c in columns if wanted and normalise(c) == wanted), None)


def _in_columns(train: Profile, live: Profile) -> Iterator[_Changed]:
    """Label columns that changed, with the number column they belong to."""
    for name, column in train.columns.items():
        owner = owner_of_label(name, train.columns)
        if owner is None or name not in live.columns or owner not in live.columns:
            continue
        before, now = train.columns[owner].numeric, live.columns[owner].numeric
        old, new = column.category, live.columns[name].category
        if before is None or now is None or old is None or new is None:
            continue
        if (label := _changed((name, owner), old, new)) is not None:
            yield label, before, now


def _changed(
    columns: tuple[str, str], train: CategoryProfile, live: CategoryProfile
) -> Label | None:
    """The new unit that most live rows carry, beyond its share in training, or ``None``."""
    before, now = _by_unit(train), _by_unit(live)
    if not before or not now or min(train.n, live.n) < MINIMUM_VALUES:
        return None
    old = max(before, key=lambda unit: before[unit][0])

    def gain(unit: str) -> float:
        return now[unit][0] / live.n - before.get(unit, (0, ""))[0] / train.n

    new = max((unit for unit in now if unit != old), key=gain, default=None)
    if new is None or gain(new) < SMALLEST_SHARE:
        return None
    rows = before.get(new, (0, ""))[0], now[new][0]
    if float(two_share_p(rows[0], train.n, rows[1], live.n)) > ALPHA:
        return None
    written = before[old][1], now[new][1]
    return Label(columns, columns[1], (old, new), written, rows, (train.n, live.n))


def _by_unit(labels: CategoryProfile) -> dict[str, tuple[int, str]]:
    """Unit (UCUM) -> rows, and its most frequent spelling."""
    found: dict[str, tuple[int, str]] = {}
    for written, rows in labels.as_dict().items():
        unit = canonical(written)
        if unit is not None:
            known = found.get(unit, (0, written))
            found[unit] = (known[0] + rows, known[1])
    return found


def _in_headers(train: Profile, live: Profile) -> Iterator[_Changed]:
    """Columns that training has under one unit in the header and live data under another."""
    gone = {
        stem: (name, unit, column.numeric)
        for name, column in train.columns.items()
        if name not in live.columns
        for stem, unit in _split(name)
    }
    for name, column in live.columns.items():
        now = column.numeric
        for stem, unit in _split(name) if name not in train.columns and now else ():
            old_name, old, before = gone.get(stem, ("", "", None))
            if (
                now is None
                or before is None
                or old == unit
                or min(before.n, now.n) < MINIMUM_VALUES
            ):
                continue
            headers, n = (old_name, name), (before.n, now.n)
            yield Label(headers, stem, (old, unit), headers, (0, now.n), n), before, now


def _split(name: str) -> list[tuple[str, str]]:
    """Stem and unit of a header that ends in a unit, as a list of one; empty where it does not."""
    match = _IN_HEADER.match(normalise(name))
    if match is None:
        return []
    unit = _HEADER_UNITS.get(match["unit"]) or canonical(match["unit"].replace("_", "/"))
    return [(match["stem"], unit)] if unit else []


def conversion(name: str, declared: ColumnConfig, old: str, new: str) -> Conversion | None:
    """How values of a column go from unit ``old`` to ``new``: by the analyte's table, else by the sizes of the units."""
    analyte = analyte_of(name, declared)
    there = analyte.written_in(old) if analyte is not None else None
    reached = there.written_in(new) if there is not None else None
    if there is None or reached is None:
        factor = ratio(old, new)
        return Conversion(factor=factor) if factor is not None else None
    if reached.unit == there.unit:
        return Conversion(factor=1.0)
    back = reached.conversions[there.unit]
    return Conversion(factor=1 / back.factor, offset=-back.offset / back.factor)


def _moved(
    train: NumericProfile, live: NumericProfile, way: Conversion, share: float
) -> bool | None:
    """Whether ``share`` of the live values were converted: ``None`` where the values do not tell.

    The largest gap of cumulative shares (Kolmogorov-Smirnov) of live to training, and to training with ``share`` converted.
    """
    if min(train.n, live.n) < MINIMUM_VALUES:
        return None
    points = train.quantile(GRID)
    other = points * way.factor + way.offset
    _, counts = cumulative_counts(points, other, live.quantile(GRID))
    f_old, f_new, f_live = (count / len(GRID) for count in counts)
    mixed = (1 - share) * f_old + share * f_new
    apart = float(np.abs(mixed - f_old).max())
    if apart < TELLING * math.sqrt(1 / train.n + 1 / live.n):
        return _moved_beyond(train, live, (points, other), share)
    stayed, converted = float(np.abs(f_live - f_old).max()), float(np.abs(f_live - mixed).max())
    if stayed <= NEARER * apart and stayed < converted:
        return False
    return True if converted <= NEARER * apart and converted < stayed else None


def _moved_beyond(
    train: NumericProfile, live: NumericProfile, sides: tuple[FloatArray, FloatArray], share: float
) -> bool | None:
    """The same question of a small share: how many live values lie beyond the cut that parts converted from unconverted ones.

    Far from most values, chance is small, so a few rows in a hundred tell where both units hardly overlap. ``sides`` are
    quantiles of training as it is and converted.
    """
    grid, counts = cumulative_counts(*sides)
    f_old, f_new = (count / len(side) for count, side in zip(counts, sides, strict=True))
    at = int(np.argmax(np.abs(f_old - f_new)))
    above, cut = bool(f_old[at] > f_new[at]), midpoint_after(grid, at)
    stayed = rows_beyond(train, cut, above=above) / train.n
    moved = stayed + share * float(abs(f_old[at] - f_new[at]))
    found = rows_beyond(live, cut, above=above) / live.n
    error = math.sqrt(sum(p * (1 - p) for p in (stayed, moved)) * (1 / train.n + 1 / live.n))
    if moved - stayed < BEYOND * error:
        return None
    near = SIDE * (moved - stayed)
    return False if abs(found - stayed) < near else True if abs(found - moved) < near else None
