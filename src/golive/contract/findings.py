"""What a broken contract means for an assessment: one finding per column that breaks it, or one that says it holds."""

from __future__ import annotations

from golive.contract.checking import Checked, Violation
from golive.model.finding import Effect, Finding, Kind, Severity, Verdict, finding
from golive.wording.numbers import number, unit_words

MOST = 50
"""Columns that get a finding of their own; the contract check itself lists all."""


def contract_findings(checked: Checked) -> list[Finding]:
    """Findings of kind ``contract_broken``: an alarm per column with a broken term, in the order of the contract.

    Where only 1 to 10 rows break a term it is a watch. A contract that holds is one quiet finding.
    """
    named = f"version {checked.version} of the contract"
    if checked.holds:
        title = f"Live data keep every term of {named} (n = {checked.rows:,})"
        return [finding(Kind.CONTRACT_BROKEN, Verdict.QUIET, title=title)]
    by_column: dict[str, list[Violation]] = {}
    for violation in checked.violations:
        by_column.setdefault(violation.column, []).append(violation)
    made = [_of(column, broken, named) for column, broken in list(by_column.items())[:MOST]]
    if len(by_column) > MOST:
        title = f"{len(by_column) - MOST} more columns break {named}"
        made.append(finding(Kind.CONTRACT_BROKEN, Verdict.ALARM, title=title))
    return made


def _of(column: str, broken: list[Violation], named: str) -> Finding:
    first = max(
        broken,
        key=lambda v: (v.rule == "unit" and v.rows is not None, v.rows or 0, v.rule == "present"),
    )
    many = any(v.rows is not None for v in broken)
    absent = any(v.rule == "present" for v in broken)
    return finding(
        Kind.CONTRACT_BROKEN,
        Verdict.ALARM if many else Verdict.WATCH,
        columns=[column],
        severity=Severity.CRITICAL if absent else None,
        title=f"{first.sentence.rstrip('.')} ({named})",
        explanation=" ".join(v.sentence for v in broken if v is not first),
        effect=Effect(name="broken_share", live=first.share, n_live=first.n),
        rows_affected=first.rows,
        fix=_fix(first),
    )


def _fix(first: Violation) -> str:
    if first.unit is None:
        return "Refuse or repair such rows before the model answers, or agree on other terms in a new version."
    new = unit_words(first.unit.unit)
    known = (
        f" (multiply by {number(first.unit.back.factor)}{_added(first.unit.back.offset)})"
        if first.unit.back
        else ""
    )
    return f"Convert {first.column} at intake{known}, or agree on {new} and its range in a new version."


def _added(offset: float) -> str:
    return (
        f" and add {number(offset)}"
        if offset > 0
        else f" and take away {number(-offset)}"
        if offset
        else ""
    )
