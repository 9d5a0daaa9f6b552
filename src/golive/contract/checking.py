"""A live batch held against a contract: every violation with its column, rows and share."""

from __future__ import annotations

import math
from typing import Literal

from golive.contract.counting import Counts, count
from golive.contract.terms import ColumnTerms, Contract
from golive.contract.unit_terms import OtherUnit, contradiction, sentence_of_unit, unknown_labels
from golive.intake import Dataset
from golive.model.columns import ColumnType, Noun
from golive.model.profile import is_small
from golive.wording.numbers import cell, number, percent, unit_words

Rule = Literal["present", "missing", "unit", "type", "range", "values", "codes"]

_IS = {ColumnType.NUMERIC: "numbers", ColumnType.INTEGER: "numbers", ColumnType.DATETIME: "dates"}


class Violation(Noun):
    """One term that a batch breaks. ``rows`` of ``n`` break it; ``None`` where 1 to 10 rows hold such a value.

    ``share`` and ``allowed`` are 0 to 1. For ``missing`` the ``n`` are rows, for the other rules values. For ``unit``,
    ``unit`` says in which one the values arrive and why; it is ``None`` for the others.
    """

    column: str
    rule: Rule
    rows: int | None
    n: int
    share: float | None
    allowed: float
    sentence: str
    unit: OtherUnit | None = None


class Checked(Noun):
    """What a batch was held against and what came of it. ``unlisted`` are columns the contract does not speak of."""

    contract: str
    version: str
    live: str
    sha256: str
    rows: int
    columns_checked: int
    violations: tuple[Violation, ...]
    unlisted: tuple[str, ...]
    not_checked: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the batch keeps every term that was checked."""
        return not self.violations


def check(contract: Contract, live: Dataset) -> Checked:
    """Count every violation of ``contract`` in ``live``, in the order of the contract's columns."""
    counts = count(live, contract.columns)
    violations: list[Violation] = []
    not_checked = list(contract.not_checked)
    for terms in contract.columns:
        if terms.name not in live.storage:
            if terms.max_missing < 1:
                violations.append(_absent(terms, live.rows))
            continue
        found = counts[terms.name]
        violations += _broken(terms, found)
        if (unread := unknown_labels(terms, found.units.labels)) and not is_small(unread):
            not_checked.append(f"{terms.name}: {unread:,} values carry a unit that is not known")
        if found.unjudged:
            not_checked.append(
                f"{terms.name}: {found.unjudged:,} rows hold too many different values to look at all"
            )
    known = {c.name for c in contract.columns}
    return Checked(
        contract=contract.name,
        version=contract.version,
        live=live.name,
        sha256=live.sha256,
        rows=live.rows,
        columns_checked=len(contract.columns),
        violations=tuple(violations),
        unlisted=tuple(c for c in live.columns if c not in known),
        not_checked=tuple(not_checked),
    )


def _absent(terms: ColumnTerms, rows: int) -> Violation:
    return Violation(
        column=terms.name,
        rule="present",
        rows=rows,
        n=rows,
        share=1.0,
        allowed=terms.max_missing,
        sentence=f"{terms.name} does not arrive: the column is absent from all {rows:,} rows.",
    )


def _violation(
    terms: ColumnTerms,
    rule: Rule,
    counted: tuple[int, int],
    sentence: str,
    *,
    allowed: float,
    unit: OtherUnit | None = None,
) -> Violation:
    """``counted`` rows break a term, of so many; 1 to 10 of them are not shown."""
    rows, n = counted
    few = is_small(rows)
    return Violation(
        column=terms.name,
        rule=rule,
        rows=None if few else rows,
        n=n,
        share=None if few else rows / n,
        allowed=allowed,
        sentence=sentence,
        unit=unit.model_copy(update={"rows": 0}) if unit and few else unit,
    )


def _many(rows: int, n: int) -> str:
    return f"Fewer than 11 of {n:,}" if is_small(rows) else f"{cell(rows, n)} of {n:,}"


def _broken(terms: ColumnTerms, found: Counts) -> list[Violation]:
    broken = []
    gaps, rows, allowed = found.missing, found.rows, terms.max_missing
    if rows and gaps / rows > allowed:
        many = _many(gaps, rows)
        if not is_small(gaps):
            many = f"{_apart(gaps / rows, allowed)} of {rows:,}"
        sentence = f"{many} rows have no {terms.name}; {_allowed(allowed)}."
        broken.append(_violation(terms, "missing", (gaps, rows), sentence, allowed=allowed))
    other = contradiction(terms, found.units)
    if other is not None:
        allowed = terms.max_invalid if other.labels else 0.0
        if other.rows / other.n > allowed:
            said = sentence_of_unit(terms, other, _many(other.rows, other.n))
            counted = other.rows, other.n
            broken.append(_violation(terms, "unit", counted, said, allowed=allowed, unit=other))
    if found.invalid_share > terms.max_invalid:
        listed: Rule = "codes" if terms.system and not terms.values else "values"
        invalid: tuple[tuple[Rule, int], ...] = (
            ("type", found.unparsed),
            ("range", found.outside),
            (listed, found.unlisted),
        )
        broken += [_invalid(terms, rule, (n, found.values)) for rule, n in invalid if n]
    return broken


def _apart(share: float, allowed: float) -> str:
    """A share as percent, with as many decimals as tell it from what is allowed."""
    words = (percent(share), *(f"{100 * share:.{digits}f} %" for digits in (1, 2, 3)))
    return next(
        (said for said in words if said != percent(allowed) and float(said[:-2]) != 100 * allowed),
        words[-1],
    )


def _invalid(terms: ColumnTerms, rule: Rule, counted: tuple[int, int]) -> Violation:
    unit = f" {unit_words(terms.unit)}" if terms.unit else ""
    what = {
        "type": f"are not {_IS.get(terms.type, 'of its type')}",
        "range": f"lie {_outside(terms.range)}{unit}" if terms.range else "",
        "values": f"are not among the {len(terms.values)} agreed values",
        "codes": f"are not codes of {terms.system}",
    }[rule]
    allowed = terms.max_invalid
    sentence = f"{_many(*counted)} {terms.name} values {what}; {_allowed(allowed)}."
    return _violation(terms, rule, counted, sentence, allowed=allowed)


def _outside(limits: tuple[float, float]) -> str:
    low, high = limits
    if low == -math.inf:
        return f"above {number(high)}"
    return (
        f"below {number(low)}" if high == math.inf else f"outside {number(low)} to {number(high)}"
    )


def _allowed(share: float) -> str:
    return f"at most {percent(share)} may" if share else "none may"
