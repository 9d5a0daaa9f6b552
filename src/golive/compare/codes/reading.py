"""What the codes of one column are, side by side: the system of each, how it is written, and what fits no system."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from golive.compare.base.code_systems import (
    MOST,
    CodeSystem,
    candidates,
    cleaned,
    decide,
    fitting,
    rules,
    with_dot,
    without_marks,
)
from golive.compare.base.where import ShareOf
from golive.compare.fields.disguised import is_missing_word
from golive.model.columns import ColumnType, Role
from golive.model.config import Config
from golive.model.errors import InputError
from golive.model.finding import Effect
from golive.model.profile import CategoryProfile, Profile, SliceColumn
from golive.profile.categories import shape
from golive.stats.proportions import newcombe, two_share_p

_BETWEEN = re.compile(r"\s*[,;|+]\s*|\s+/\s+|\s+")

Rows = dict[str, int]
"""Value as written -> rows that hold it."""


class Share(NamedTuple):
    """Rows with a property on both sides, and the live values that have it."""

    train: int
    n_train: int
    live: int
    n_live: int
    values: Rows

    @property
    def p(self) -> float:
        """Two-sided p that both shares are equal."""
        return float(two_share_p(self.train, self.n_train, self.live, self.n_live))

    @property
    def before(self) -> float:
        """Share in training, 0 to 1."""
        return self.train / max(1, self.n_train)

    @property
    def now(self) -> float:
        """Share in live data, 0 to 1."""
        return self.live / max(1, self.n_live)

    @property
    def change(self) -> float:
        """Live share minus training share."""
        return self.now - self.before

    def effect(self, name: str) -> Effect:
        """Both shares, their difference and its Newcombe interval."""
        low, high = newcombe(self.train, self.n_train, self.live, self.n_live)
        return Effect(
            name=name,
            train=self.before,
            live=self.now,
            change=self.change,
            low=float(low),
            high=float(high),
            n_train=self.n_train,
            n_live=self.n_live,
        )


def share_of_values(n_train: int, n_live: int, train: Rows, live: Rows) -> Share:
    """A share from the values that have the property on both sides."""
    return Share(sum(train.values()), n_train, sum(live.values()), n_live, live)


@dataclass(frozen=True)
class Reading:
    """The codes of one side in rows. ``n`` rows were read (present, not a word for missing, among the values kept).

    Every row is in one of ``systems`` (by system id), ``lists`` (several codes in one field), ``unpadded`` (a leading zero
    lost), or ``misfits``. ``bare``, ``marked`` and ``untidy`` say how codes of the column's system are written.
    """

    n: int
    systems: dict[str, Rows] = field(default_factory=dict)
    lists: Rows = field(default_factory=dict)
    unpadded: Rows = field(default_factory=dict)
    misfits: Rows = field(default_factory=dict)
    wrong_check: int = 0
    bare: Rows = field(default_factory=dict)
    marked: int = 0
    untidy: Rows = field(default_factory=dict)

    def rows_of(self, system: str) -> int:
        """Rows whose code is of a system."""
        return sum(self.systems.get(system, {}).values())

    def others(self, own: CodeSystem) -> Rows:
        """Values of other systems than ``own``."""
        return {
            v: c for name, rows in self.systems.items() if name != own.id for v, c in rows.items()
        }


@dataclass(frozen=True)
class CodeColumn:
    """One code column: the system of training (``None``: unknown, with the reason), and both sides read by it."""

    name: str
    own: CodeSystem | None
    why: str
    values: Rows
    train: Reading
    live: Reading
    known: frozenset[str] = frozenset()


def values_of(category: CategoryProfile | None) -> Rows:
    """Values with their rows, without words for missing."""
    if category is None:
        return {}
    return {v: c for v, c in category.as_dict().items() if not is_missing_word(v)}


def read(values: Mapping[str, int], column: str, own: CodeSystem) -> Reading:
    """Read the values of one side; ``own`` is the system that training holds."""
    codes: Rows = {}
    for value, rows in values.items():
        codes[cleaned(value)] = codes.get(cleaned(value), 0) + rows
    systems = candidates(column, own)
    assigned = _assigned(codes, systems, own)
    found = Reading(n=sum(values.values()))
    wrong = marked = 0
    for value, rows in values.items():
        code = cleaned(value)
        system = assigned.get(code)
        if system is not None:
            found.systems.setdefault(system.id, {})[value] = rows
            if system is own:
                if own.is_bare(code):
                    found.bare[value] = rows
                elif without_marks(code) != code:
                    marked += rows
                if value != (value.strip() if own.keeps_case else code):
                    found.untidy[value] = rows
        elif _is_list(code, systems):
            found.lists[value] = rows
        elif any(own.fits(zeros + code) for zeros in ("0", "00")):
            found.unpadded[value] = rows
        else:
            found.misfits[value] = rows
            wrong += rows if own.has_shape(code) else 0
    return Reading(
        found.n,
        found.systems,
        found.lists,
        found.unpadded,
        found.misfits,
        wrong,
        found.bare,
        marked,
        found.untidy,
    )


def _assigned(codes: Rows, systems: Sequence[CodeSystem], own: CodeSystem) -> dict[str, CodeSystem]:
    """The system of every code that has one.

    Systems with neither a check digit nor a shape of their own are believed when they explain nearly all of a column that
    nothing else explains.
    """
    assigned = fitting(codes, systems)
    strange = {code: rows for code, rows in codes.items() if code not in assigned}
    if sum(strange.values()) >= MOST * max(1, sum(codes.values())):
        for weak in (
            s for s in rules().systems.values() if s.weak and set(s.domain) & set(own.domain)
        ):
            fits = {code for code in strange if weak.fits(code)}
            if sum(strange[code] for code in fits) >= MOST * sum(strange.values()):
                return assigned | dict.fromkeys(fits, weak)
    return assigned


def _is_list(code: str, systems: Collection[CodeSystem]) -> bool:
    parts = [p for p in _BETWEEN.split(code) if p]
    return len(parts) > 1 and all(any(s.fits(p) for s in systems) for p in parts)


def code_columns(train: Profile, live: Profile, config: Config) -> list[CodeColumn]:
    """Columns of codes that both sides have: those of type code and those with a declared system, in training order."""
    found = []
    for name, before in train.columns.items():
        now = live.columns.get(name)
        declared = config.columns[name].system if name in config.columns else None
        if (
            now is None
            or before.category is None
            or before.role in (Role.ID, Role.IGNORED, Role.TIME)
        ):
            continue
        if before.type is not ColumnType.CODE and not declared:
            continue
        values, lived = values_of(before.category), values_of(now.category)
        if not values or not lived:
            continue
        codes: Rows = {}
        for value, rows in values.items():
            codes[cleaned(value)] = codes.get(cleaned(value), 0) + rows
        own, why = (
            None,
            f"the values have the shape of no code system that is known here; declare columns.{name}.system",
        )
        try:
            own = decide(name, codes, declared)
        except InputError as error:
            why = f"{error.problems[0].sentence} {error.problems[0].hint}".strip()
        blank = Reading(sum(values.values())), Reading(sum(lived.values()))
        one, two = (read(values, name, own), read(lived, name, own)) if own else blank
        found.append(CodeColumn(name, own, why, lived, one, two, frozenset(values)))
    return found


def rewritten(
    system: CodeSystem, values: Collection[str], known: Collection[str]
) -> dict[str, str]:
    """How training writes codes that live data writes otherwise: ``{"e1165": "E11.65"}``, only for codes that training has."""
    by_marks: dict[str, str] = {}
    for code in known:
        by_marks.setdefault(without_marks(code), code)
    target = {}
    for value in values:
        plain = without_marks(value)
        same = next((by_marks[z + plain] for z in ("", "0", "00") if z + plain in by_marks), None)
        if same is not None and same != value:
            target[value] = same
        elif (
            same is None
            and (dotted := with_dot(system, cleaned(value))) != value
            and dotted in known
        ):
            target[value] = dotted
    return target


def share_by_shape(values: Mapping[str, int], hits: Collection[str]) -> ShareOf:
    """Share of a slice's codes that are among ``hits``, from the shapes of its codes.

    A shape counts with the share of its live rows that are hits: exact where a shape belongs to one system.
    """
    rows: dict[str, int] = {}
    held: dict[str, int] = {}
    chosen = set(hits)
    for value, count in values.items():
        written = shape(value)
        rows[written] = rows.get(written, 0) + count
        held[written] = held.get(written, 0) + (count if value in chosen else 0)
    weight = {written: held[written] / rows[written] for written in rows}

    def share_of(part: SliceColumn) -> tuple[float, int] | None:
        n = part.n - part.missing
        if n <= 0 or not part.shapes:
            return None
        return sum(count * weight.get(written, 0.0) for written, count in part.shapes) / n, n

    return share_of
