"""Identifiers where no one declared them: inside free text, among categories, and ages above 89 (HIPAA Safe Harbor).

Free text is known to a profile only by the shapes of its first 40 characters (digits as ``9``, letters as ``A``), which is
enough to see a telephone number and too little to see a name. Nothing of a value is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from golive.intake.clinical.analytes import match
from golive.intake.clinical.identifiers import BY_VALUE
from golive.model.columns import ColumnType, Role
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Verdict, finding
from golive.model.profile import ColumnProfile, Profile, is_small
from golive.wording.numbers import percent, sizes
from golive.wording.text import listing

LEAST_ROWS = 3
"""Rows with an identifier before it is a habit and not one slip."""
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


def kinds_in_text(patterns: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """Rows by kind of identifier in the shapes of texts: what is sure, and what may be something else."""
    sure, weak = (
        {
            kind: rows
            for kind, pattern in table.items()
            if (rows := sum(n for shape, n in patterns.items() if re.search(pattern, shape))) > 0
        }
        for table in (SHAPES, WEAK_SHAPES)
    )
    return sure, weak


def kinds_in_values(values: Mapping[str, int]) -> dict[str, int]:
    """Rows by kind of identifier among values that are identifiers as a whole."""
    return {
        kind: rows
        for kind, pattern in BY_VALUE.items()
        if (rows := sum(n for value, n in values.items() if re.fullmatch(pattern, value.strip())))
        > 0
    }


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``identifier_present`` for columns that are not identifiers as a whole but hold some, and for ages above 89."""
    found = []
    for name in dict.fromkeys((*train.columns, *live.columns)):
        column = train.columns.get(name) or live.columns[name]
        now = live.columns.get(name)
        if (
            column.role in (Role.ID, Role.IGNORED)
            or column.type is ColumnType.IDENTIFIER
            or now is None
        ):
            continue
        if column.type is ColumnType.TEXT:
            sure, weak = kinds_in_text(now.patterns.as_dict())
        elif column.type.is_category and now.category is not None:
            sure, weak = kinds_in_values(now.category.as_dict()), {}
        else:
            sure, weak = {}, {}
        made = _held(name, now, sure, weak) or _old(name, train.columns.get(name), now, config)
        if made is not None:
            found.append(made)
    return found


def _rows(count: int) -> str:
    return "fewer than 11 rows" if is_small(count) else f"{count:,} rows"


def _held(
    name: str, now: ColumnProfile, sure: Mapping[str, int], weak: Mapping[str, int]
) -> Finding | None:
    certain = {kind: n for kind, n in sure.items() if n >= LEAST_ROWS}
    kinds = certain or {kind: n for kind, n in weak.items() if n >= LEAST_ROWS}
    if not kinds:
        return None
    rows = max(kinds.values())
    ranked = sorted(kinds, key=lambda kind: -kinds[kind])
    looks = "hold" if certain else "may hold"
    share = f"{percent(rows / now.n)} of live rows" if not is_small(rows) else "a few live rows"
    return finding(
        Kind.IDENTIFIER_PRESENT,
        Verdict.ALARM if certain else Verdict.WATCH,
        columns=(name,),
        title=f"{share[0].upper()}{share[1:]} {looks} identifiers in {name}: {listing(ranked, 3)} (n = {now.n:,})",
        explanation=(
            "Only the shapes of the values were looked at; none is shown or stored."
            + (
                " Texts are known by their first 40 characters, so there may be more."
                if now.type is ColumnType.TEXT
                else ""
            )
        ),
        effect=Effect(
            name="identifier_share", live=None if is_small(rows) else rows / now.n, n_live=now.n
        ),
        evidence=tuple(f"{kind}: {_rows(kinds[kind])}" for kind in ranked),
        rows_affected=rows,
        fix=f"De-identify {name} before it leaves the source, or leave it out of the extract.",
    )


def _old(
    name: str, before: ColumnProfile | None, now: ColumnProfile, config: Config
) -> Finding | None:
    """Ages above 89 in a column that means age in years."""
    analyte = match(name)
    declared = config.columns.get(name)
    unit = declared.unit if declared and declared.unit else "a"
    if (
        analyte is None
        or analyte.name != "age_years"
        or unit != "a"
        or now.numeric is None
        or not now.numeric.n
    ):
        return None
    rows, was = (
        int(side.numeric.counts[side.numeric.values > OLDEST].sum()) if side and side.numeric else 0
        for side in (now, before)
    )
    if rows < LEAST_ROWS:
        return None
    n_train = before.numeric.n if before and before.numeric else 0
    capped = "training holds none" if not was else f"in training {percent(was / n_train)}"
    share = (
        "A few live rows hold"
        if is_small(rows)
        else f"{percent(rows / now.numeric.n)} of live rows hold"
    )
    return finding(
        Kind.IDENTIFIER_PRESENT,
        Verdict.WATCH,
        columns=(name,),
        title=f"{share} an age above {OLDEST}, which counts as an identifier; {capped} ({sizes(n_train, now.numeric.n)})",
        explanation="HIPAA Safe Harbor asks that ages of 90 and more are put into one group before data are shared.",
        effect=Effect(
            name="identifier_share",
            train=None if is_small(was) or not n_train else was / n_train,
            live=None if is_small(rows) else rows / now.numeric.n,
            n_train=n_train,
            n_live=now.numeric.n,
        ),
        rows_affected=rows,
        fix=f"Cap {name} at 90 in extracts, in the same way as in training data.",
    )
