"""Unit labels that changed while the values did not: ``creatinine_unit`` says umol/L, and the numbers are still mg/dL.

A label changes in a column that holds the unit of another (``creatinine_unit``, ``unit_of_creatinine``), or in the header
(``creatinine_mg_dl`` becomes ``creatinine_umol_l``). Either way the conversion that the new label asks for is known, so the
values say whether it was done: live is held against training as it is, and against training converted for the rows concerned.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from golive.compare.base.measured import analyte_of, unit_words
from golive.compare.base.pairs import MINIMUM_VALUES
from golive.compare.numbers.mixture import beyond
from golive.intake.clinical.analytes import Conversion, normalise
from golive.intake.clinical.ucum import canonical, ratio
from golive.model.config import ColumnConfig, Config
from golive.model.finding import Effect, Finding, Kind, Verdict, WhatIf, finding
from golive.model.profile import CategoryProfile, FloatArray, NumericProfile, Profile, is_small
from golive.stats.proportions import newcombe, two_share_p
from golive.wording.numbers import number, percent, sizes

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
_HEADER_UNITS = {
    "mmhg": "mm[Hg]",
    "kpa": "kPa",
    "degc": "Cel",
    "cel": "Cel",
    "degf": "[degF]",
    "lb": "[lb_av]",
}
_HEADER_UNITS |= {"lbs": "[lb_av]", "in": "[in_i]", "inch": "[in_i]"}


@dataclass(frozen=True)
class _Label:
    """A label that changed: the columns of the finding, both units, and the live rows that carry the new one."""

    columns: tuple[str, ...]
    name: str
    old: str
    new: str
    before: tuple[int, int]
    now: tuple[int, int]
    written: tuple[str, str]

    @property
    def share(self) -> float:
        """Share of live rows with the new unit, 0 to 1."""
        return self.now[0] / self.now[1]


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``unit_change`` of values whose unit label changed although they did not.

    ``cannot_judge`` where the values do not tell (both units overlap, too few rows, or a unit of another kind). Labels that were
    changed together with the values say nothing here: ``units`` tells the values.
    """
    found = []
    for label, before, now in (*_in_columns(train, live), *_in_headers(train, live)):
        way = _conversion(label, config)
        if way is not None and abs(way.factor - 1) < 1e-6 and not way.offset:
            continue  # another spelling of the same unit
        moved = None if way is None else _moved(before, now, way, label.share)
        if moved is not True:
            found.append(_finding(label, before, now, way, known=moved is False))
    return found


def owner_of_label(name: str, columns: Iterable[str]) -> str | None:
    """The column among ``columns`` whose unit the column ``name`` holds; ``None`` where its name says nothing of the kind."""
    match = _LABEL.match(normalise(name))
    wanted = (match["a"] or match["b"]) if match else None
    return next((c for c in columns if wanted and normalise(c) == wanted), None)


def _in_columns(
    train: Profile, live: Profile
) -> Iterator[tuple[_Label, NumericProfile, NumericProfile]]:
    """Label columns with the number column they belong to."""
    for name, column in train.columns.items():
        owner = owner_of_label(name, train.columns)
        if owner is None or name not in live.columns or owner not in live.columns:
            continue
        labels, values = (
            (column.category, live.columns[name].category),
            (train.columns[owner], live.columns[owner]),
        )
        before, now = values[0].numeric, values[1].numeric
        if before is None or now is None or labels[0] is None or labels[1] is None:
            continue
        if (made := _changed((name, owner), owner, labels[0], labels[1])) is not None:
            yield made, before, now


def _changed(
    columns: tuple[str, ...], owner: str, train: CategoryProfile, live: CategoryProfile
) -> _Label | None:
    """The new unit that most live rows carry, beyond its share in training, or ``None``."""
    before, now = _by_unit(train), _by_unit(live)
    if not before or not now or min(train.n, live.n) < MINIMUM_VALUES:
        return None
    old = max(before, key=lambda u: before[u][0])

    def gain(unit: str) -> float:
        return now[unit][0] / live.n - before.get(unit, (0, ""))[0] / train.n

    new = max((u for u in now if u != old), key=gain, default=None)
    if new is None or gain(new) < SMALLEST_SHARE:
        return None
    had = before.get(new, (0, ""))[0]
    if float(two_share_p(had, train.n, now[new][0], live.n)) > ALPHA:
        return None
    return _Label(
        columns,
        owner,
        old,
        new,
        (had, train.n),
        (now[new][0], live.n),
        (before[old][1], now[new][1]),
    )


def _by_unit(labels: CategoryProfile) -> dict[str, tuple[int, str]]:
    """Unit (UCUM) -> rows, and its most frequent spelling."""
    found: dict[str, tuple[int, str]] = {}
    for written, rows in labels.as_dict().items():
        unit = canonical(written)
        if unit is not None:
            known = found.get(unit, (0, written))
            found[unit] = (known[0] + rows, known[1])
    return found


def _in_headers(
    train: Profile, live: Profile
) -> Iterator[tuple[_Label, NumericProfile, NumericProfile]]:
    """Columns that training has under one unit in the header and live data under another."""
    gone = {
        stem: (name, unit, c)
        for name, c in train.columns.items()
        if name not in live.columns
        for stem, unit in _split(name)
    }
    for name, column in live.columns.items():
        for stem, unit in _split(name) if name not in train.columns else ():
            if stem not in gone or column.numeric is None:
                continue
            old_name, old, before = gone[stem]
            if (
                before.numeric is None
                or old == unit
                or min(before.numeric.n, column.numeric.n) < MINIMUM_VALUES
            ):
                continue
            n = (before.numeric.n, column.numeric.n)
            yield (
                _Label(
                    (old_name, name), stem, old, unit, (0, n[0]), (n[1], n[1]), (old_name, name)
                ),
                before.numeric,
                column.numeric,
            )


def _split(name: str) -> list[tuple[str, str]]:
    """Stem and unit of a header that ends in a unit, as a list of one; empty where it does not."""
    match = _IN_HEADER.match(normalise(name))
    if match is None:
        return []
    unit = _HEADER_UNITS.get(match["unit"]) or canonical(match["unit"].replace("_", "/"))
    return [(match["stem"], unit)] if unit else []


def _conversion(label: _Label, config: Config) -> Conversion | None:
    declared = (
        config.columns.get(label.columns[-1]) or config.columns.get(label.name) or ColumnConfig()
    )
    return conversion(label.name, declared, label.old, label.new)


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
    points = train.quantile((np.arange(400) + 0.5) / 400)
    other = points * way.factor + way.offset
    now = live.quantile((np.arange(400) + 0.5) / 400)
    grid = np.unique(np.concatenate([points, other, now]))
    f_old, f_new, f_live = (
        np.searchsorted(np.sort(v), grid, side="right") / 400 for v in (points, other, now)
    )
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
    grid = np.unique(np.concatenate(sides))
    f_old, f_new = (
        np.searchsorted(np.sort(side), grid, side="right") / len(side) for side in sides
    )
    at = int(np.argmax(np.abs(f_old - f_new)))
    above = bool(f_old[at] > f_new[at])
    cut = float((grid[at] + grid[min(at + 1, len(grid) - 1)]) / 2)
    stayed = beyond(train, cut, above=above) / train.n
    moved = stayed + share * float(abs(f_old[at] - f_new[at]))
    found = beyond(live, cut, above=above) / live.n
    error = math.sqrt(sum(p * (1 - p) for p in (stayed, moved)) * (1 / train.n + 1 / live.n))
    if moved - stayed < BEYOND * error:
        return None
    near = SIDE * (moved - stayed)
    return False if abs(found - stayed) < near else True if abs(found - moved) < near else None


def _finding(
    label: _Label,
    train: NumericProfile,
    live: NumericProfile,
    way: Conversion | None,
    *,
    known: bool,
) -> Finding:
    old, new = unit_words(label.old), unit_words(label.new)
    low, high = (float(v) for v in newcombe(*label.before, *label.now))
    n = sizes(label.before[1], label.now[1])
    header = label.columns[0] == label.written[0]
    if header:
        opening = f"{label.written[1]} arrives instead of {label.written[0]}"
    else:
        opening = f"{label.columns[0]} says {new} in {percent(label.share)} of live rows, in training {old}"
    medians = (
        f"median of {label.name} {number(live.median)} live, {number(train.median)} in training"
    )
    ending = (
        "but the values did not move"
        if known
        else "whether the values moved with it cannot be told"
    )
    title = f"{opening}; {ending} ({medians}; {n})"
    expected = train.median * way.factor + way.offset if way is not None else None
    shown = not is_small(label.now[0])
    return finding(
        Kind.UNIT_CHANGE,
        Verdict.ALARM if known else Verdict.CANNOT_JUDGE,
        columns=label.columns,
        title=title,
        explanation=(
            f"Values that were converted would lie around {number(expected)} {new}. Either the label is wrong or the conversion "
            "was forgotten, and whoever converts by the label makes good values wrong."
            if known and expected is not None
            else "The unit has no known conversion, both units overlap, or too few rows carry it."
        ),
        effect=Effect(
            name="new_unit_share",
            train=label.before[0] / label.before[1],
            live=label.share if shown else None,
            change=label.share - label.before[0] / label.before[1] if shown else None,
            low=low if shown else None,
            high=high if shown else None,
            n_train=label.before[1],
            n_live=label.now[1],
        ),
        evidence=(f"converted to {new}, training's median would be {number(expected)}",)
        if expected is not None
        else (),
        ruled_out=(f"values in {new}: live values are distributed as in training, unconverted",)
        if known
        else (),
        rows_affected=label.now[0] if known else None,
        fix=(
            f"Ask the sender which of the two is right; until then read {label.name} in {old} as before, and refuse a label that "
            "does not fit its values at intake."
            if known
            else f"Ask the sender of {label.name} in which unit the values are."
        ),
        what_if=WhatIf(
            repair={
                "op": "map",
                "column": label.columns[0],
                "mapping": {label.written[1]: label.written[0]},
            }
        )
        if known and not header
        else None,
    )
