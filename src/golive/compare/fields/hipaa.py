"""Identifiers where no one declared them: inside free text, among categories, and ages above 89 (HIPAA Safe Harbor).

Free text is known to a profile only by the shapes of its first 40 characters (digits as ``9``, letters as ``A``), which is
enough to see a telephone number and too little to see a name. Nothing of a value is shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from golive.compare.base.share import LEAST_ROWS
from golive.intake.clinical.analytes import match as analyte_named
from golive.intake.clinical.identifiers import BY_VALUE
from golive.model.columns import ColumnType, Role
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Effect
from golive.model.kinds import Verdict
from golive.model.profile import ColumnProfile, Profile, cell_share
from golive.wording.findings.identity import IdentifiersInside, OldAges

OLDEST = 89
"""Ages above this are identifiers; Safe Harbor asks for one group of 90 and more (45 CFR 164.514(b)(2)(i)(C))."""

_EDGE, _END = r"(?<![9A])", r"(?![9A])"
SHAPES: dict[str, str] = {
    "e-mail address": r"[A9._%+\-]+@[A9.\-]+\.A{2,}",
    "social security number": rf"{_EDGE}999-99-9999{_END}",
    "telephone number": rf"{_EDGE}(?:\+?9[ .\-]?)?(?:\(999\) ?|999[ .\-])999[ .\-]9999{_END}",
    "web address": r"A{4,5}://|(?<![A9])AAA\.[A9\-]+\.A{2,}",
    "IP address": r"(?<![9.])9{1,3}(?:\.9{1,3}){3}(?![9.])",
    "unique identifier (UUID)": rf"{_EDGE}[A9]{{8}}-[A9]{{4}}-[A9]{{4}}-[A9]{{4}}-[A9]{{12}}",
}
"""Kind of identifier -> how it looks in the shape of a text."""

WEAK_SHAPES: dict[str, str] = {
    "record or account number": r"(?<![9A\-_.])9{7,12}(?![9A\-_])",
    "date": rf"{_EDGE}(?:99?[/.\-]99?[/.\-]9{{4}}|9999-99-99){_END}",
}
"""The same for what may also be something else: worth a look, no proof."""


Match = Callable[[str, str], object]


def _rows(table: Mapping[str, str], values: Mapping[str, int], match: Match) -> dict[str, int]:
    """Rows by kind of identifier whose pattern the values match."""
    found = {
        kind: sum(rows for value, rows in values.items() if match(pattern, value))
        for kind, pattern in table.items()
    }
    return {kind: rows for kind, rows in found.items() if rows}


def kinds_in_text(patterns: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """Rows by kind of identifier in the shapes of texts: what is sure, and what may be something else."""
    return _rows(SHAPES, patterns, re.search), _rows(WEAK_SHAPES, patterns, re.search)


def kinds_in_values(values: Mapping[str, int]) -> dict[str, int]:
    """Rows by kind of identifier among values that are identifiers as a whole."""
    return _rows(BY_VALUE, values, lambda pattern, value: re.fullmatch(pattern, value.strip()))


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``identifier_present`` for columns that are not identifiers as a whole but hold some, and for ages above 89."""
    found: list[Facts] = []
    for name in dict.fromkeys((*train.columns, *live.columns)):
        before, now = train.columns.get(name), live.columns.get(name)
        if now is None:
            continue
        column = before or now
        if column.role not in (Role.ID, Role.IGNORED) and column.type is not ColumnType.IDENTIFIER:
            found += _inside(name, column.type, now) or _old(name, before, now, config)
    return found


def _inside(name: str, kind: ColumnType, now: ColumnProfile) -> list[Facts]:
    sure: dict[str, int] = {}
    weak: dict[str, int] = {}
    if kind is ColumnType.TEXT:
        sure, weak = kinds_in_text(now.patterns.as_dict())
    elif kind.is_category and now.category is not None:
        sure = kinds_in_values(now.category.as_dict())
    certain, perhaps = (
        {kind: rows for kind, rows in found.items() if rows >= LEAST_ROWS} for found in (sure, weak)
    )
    kinds = certain or perhaps
    if not kinds:
        return []
    rows = max(kinds.values())
    return [
        IdentifiersInside(
            verdict=Verdict.ALARM if certain else Verdict.WATCH,
            columns=(name,),
            effect=Effect(name="identifier_share", live=cell_share(rows, now.n), n_live=now.n),
            rows_affected=rows,
            kinds={one: kinds[one] for one in sorted(kinds, key=lambda one: -kinds[one])},
            texts=now.type is ColumnType.TEXT,
        )
    ]


def _old(
    name: str, before: ColumnProfile | None, now: ColumnProfile, config: Config
) -> list[Facts]:
    """Ages above 89 in a column that means age in years."""
    analyte, declared = analyte_named(name), config.columns.get(name)
    unit = declared.unit if declared else None
    if analyte is None or analyte.name != "age_years" or (unit or "a") != "a":
        return []
    (was, n_train), (rows, n_live) = (
        (int(side.counts[side.values > OLDEST].sum()), side.n) if side else (0, 0)
        for side in (before.numeric if before else None, now.numeric)
    )
    if rows < LEAST_ROWS:
        return []
    return [
        OldAges(
            columns=(name,),
            effect=Effect(
                name="identifier_share",
                train=cell_share(was, n_train),
                live=cell_share(rows, n_live),
                n_train=n_train,
                n_live=n_live,
            ),
            rows_affected=rows,
            oldest=OLDEST,
            before=was / n_train if was else 0.0,
        )
    ]
