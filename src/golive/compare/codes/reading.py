"""What the codes of one column are, side by side: the system of each, how it is written, and what fits no system."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

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
from golive.compare.base.share import Share
from golive.compare.base.where import ShareOf
from golive.compare.fields.disguised import is_missing_word
from golive.model.columns import ColumnType, Role
from golive.model.config import Config
from golive.model.errors import InputError
from golive.model.profile import CategoryProfile, Profile, SliceColumn
from golive.profile.categories import shape

_BETWEEN = re.compile(r"\s*[,;|+]\s*|\s+/\s+|\s+")

Rows = dict[str, int]
"""Value as written -> rows that hold it."""


@dataclass(frozen=True)
class CodeShare(Share):
    """Rows whose code has a property, and the live values that have it."""

    values: Rows = field(default_factory=dict)


def share_of_values(n: tuple[int, int], train: Rows, live: Rows) -> CodeShare:
    """A share ``n`` from the values that have the property on both sides."""
    return CodeShare((sum(train.values()), sum(live.values())), n, values=live)


@dataclass
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
    """One code column: the system of training (``None``: unknown; ``problem`` is what is wrong with a declared one), and both sides read by it."""

    name: str
    own: CodeSystem | None
    problem: str
    values: Rows
    train: Reading
    live: Reading
    known: frozenset[str] = frozenset()

    @property
    def system(self) -> CodeSystem:
        """The system of training; only of columns whose system is known."""
        assert self.own is not None
        return self.own

    @property
    def sizes(self) -> tuple[int, int]:
        """Rows that were read in training and live."""
        return self.train.n, self.live.n

    @property
    def own_codes(self) -> tuple[Rows, Rows]:
        """Codes of the column's system in training and live."""
        own = self.system.id
        return self.train.systems.get(own, {}), self.live.systems.get(own, {})


def values_of(category: CategoryProfile | None) -> Rows:
    """Values with their rows, without words for missing."""
    if category is None:
        return {}
    return {v: c for v, c in category.as_dict().items() if not is_missing_word(v)}


def rows_by_code(values: Mapping[str, int]) -> Rows:
    """Rows by code, however it is written."""
    codes: Counter[str] = Counter()
    for value, rows in values.items():
        codes[cleaned(value)] += rows
    return dict(codes)


def read(values: Mapping[str, int], column: str, own: CodeSystem) -> Reading:
    """Read the values of one side; ``own`` is the system that training holds."""
    systems = candidates(column, own)
    assigned = _assigned(rows_by_code(values), systems, own)
    found = Reading(n=sum(values.values()))
    for value, rows in values.items():
        code = cleaned(value)
        if (system := assigned.get(code)) is not None:
            found.systems.setdefault(system.id, {})[value] = rows
            if system is not own:
                continue
            if own.is_bare(code):
                found.bare[value] = rows
            elif without_marks(code) != code:
                found.marked += rows
            if value != (value.strip() if own.keeps_case else code):
                found.untidy[value] = rows
        elif _is_list(code, systems):
            found.lists[value] = rows
        elif any(own.fits(zeros + code) for zeros in ("0", "00")):
            found.unpadded[value] = rows
        else:
            found.misfits[value] = rows
            found.wrong_check += rows if own.has_shape(code) else 0
    return found


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
        if now is None or before.role in (Role.ID, Role.IGNORED, Role.TIME):
            continue
        if before.type is not ColumnType.CODE and not declared:
            continue
        values, lived = values_of(before.category), values_of(now.category)
        if not values or not lived:
            continue
        own, problem = None, ""
        try:
            own = decide(name, rows_by_code(values), declared)
        except InputError as error:
            problem = f"{error.problems[0].sentence} {error.problems[0].hint}".strip()
        one, two = (
            read(side, name, own) if own else Reading(sum(side.values()))
            for side in (values, lived)
        )
        found.append(CodeColumn(name, own, problem, lived, one, two, frozenset(values)))
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
    rows: Counter[str] = Counter()
    among: Counter[str] = Counter()
    chosen = set(hits)
    for value, count in values.items():
        written = shape(value)
        rows[written] += count
        among[written] += count if value in chosen else 0
    weight = {written: among[written] / rows[written] for written in rows}

    def share_of(part: SliceColumn) -> tuple[float, int] | None:
        n = part.n - part.missing
        if n <= 0 or not part.shapes:
            return None
        return sum(count * weight.get(written, 0.0) for written, count in part.shapes) / n, n

    return share_of
