"""What a broken contract means for an assessment: one finding per column that breaks it, or one that says it holds."""

from __future__ import annotations

from golive.contract.checking import Checked, Violation
from golive.model.facts import Facts, findings
from golive.model.finding import Effect, Finding
from golive.model.kinds import Severity, Verdict
from golive.wording.findings.contract import ContractKept, MoreColumnsBreak, TermsBroken

MOST = 50
"""Columns that get a finding of their own; the contract check itself lists all."""


def contract_findings(checked: Checked) -> list[Finding]:
    """Findings of kind ``contract_broken``: an alarm per column with a broken term, in the order of the contract.

    Where only 1 to 10 rows break a term it is a watch. A contract that holds is one quiet finding.
    """
    if checked.holds:
        return findings([ContractKept(version=checked.version, rows=checked.rows)])
    by_column: dict[str, list[Violation]] = {}
    for violation in checked.violations:
        by_column.setdefault(violation.column, []).append(violation)
    made: list[Facts] = [_broken(b, checked.version) for b in list(by_column.values())[:MOST]]
    if len(by_column) > MOST:
        more = len(by_column) - MOST
        made.append(MoreColumnsBreak(version=checked.version, columns_more=more))
    return findings(made)


def _broken(broken: list[Violation], version: str) -> Facts:
    def importance(v: Violation) -> tuple[bool, int, bool]:
        return v.rule == "unit" and v.rows is not None, v.rows or 0, v.rule == "present"

    first = max(broken, key=importance)
    other, back = first.unit, first.unit.back if first.unit else None
    return TermsBroken(
        verdict=Verdict.ALARM if any(v.rows is not None for v in broken) else Verdict.WATCH,
        columns=(first.column,),
        severity=Severity.CRITICAL if any(v.rule == "present" for v in broken) else None,
        effect=Effect(name="broken_share", live=first.share, n_live=first.n),
        rows_affected=first.rows,
        version=version,
        sentences=(first.sentence, *(v.sentence for v in broken if v is not first)),
        rule=first.rule,
        unit=other.unit if other else None,
        back=(back.factor, back.offset) if back else None,
    )
