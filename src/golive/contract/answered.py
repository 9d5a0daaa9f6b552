"""Rows that break a contract, and whether the model answered them all the same: what enforcing a contract comes down to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import or_

import ibis
import ibis.expr.types as ir

from golive.contract.checking import Checked, Violation
from golive.contract.counting import lacking, offending, outside, unparsed
from golive.contract.terms import OUTPUT_ROLES, ColumnTerms, Contract
from golive.contract.unit_terms import label_columns
from golive.intake import Dataset
from golive.model.columns import Role
from golive.model.measured.service import ContractAnswers
from golive.model.profile import cell_share
from golive.profile.fields import missing
from golive.profile.joint import balanced

MOST = 200
"""Broken terms that are looked at row by row; with more of them, the shares are at least what is told."""


def answered(
    contract: Contract, checked: Checked, live: Dataset, outputs: Iterable[str | None]
) -> ContractAnswers | None:
    """Count the rows of ``live`` that hold what ``checked`` says breaks ``contract``, with and without an output.

    A row is answered when one of the columns ``outputs`` (score, prediction) holds a value. A row breaks the contract when a
    value, or its absence, is among those that break a term in this batch. An output that is missing is a refusal, no breach.

    Returns:
        ``None`` where no output column is there, or the batch is empty.
    """
    there = [live.table[name] for name in outputs if name and name in live.storage]
    if not there or not live.rows:
        return None
    given: list[ir.BooleanValue] = []
    returned: list[ir.BooleanValue] = []
    considered = checked.violations[:MOST]
    for violation in considered:
        terms = contract.column(violation.column)
        if terms is None or terms.role is Role.LABEL:
            continue
        output = terms.role in OUTPUT_ROLES
        if not (output and violation.rule in ("missing", "present")):
            (returned if output else given).append(_holds(terms, violation, live))
    has_output = _any([~missing(column) for column in there])
    by_input, by_any = _any(given), _any([*given, *returned])
    counted = live.table.aggregate(
        scored=(by_any & has_output).sum(), refused=(by_input & ~has_output).sum()
    )
    row = counted.to_pyarrow().to_pylist()[0]
    scored, refused = (cell_share(int(row[key] or 0), live.rows) for key in ("scored", "refused"))
    return ContractAnswers(
        version=contract.version,
        n=live.rows,
        scored_violations=scored,
        abstained=refused,
        all_terms=len(considered) == len(checked.violations),
    )


def _any(parts: Sequence[ir.BooleanValue]) -> ir.BooleanValue:
    return balanced(parts, or_) if parts else ibis.literal(value=False)


def _holds(terms: ColumnTerms, violation: Violation, live: Dataset) -> ir.BooleanValue:
    """Whether a row holds what breaks the term."""
    if violation.rule == "present":
        return ibis.literal(value=True)
    if violation.rule == "missing":
        return lacking(live, terms)
    if violation.rule == "unit":
        valued, labels = ~lacking(live, terms), violation.unit.labels if violation.unit else ()
        label = label_columns(live.columns)[terms.name] if labels else ""
        return valued & live.table[label].isin(labels) if labels else valued
    if violation.rule == "type":
        return unparsed(live, terms)
    if violation.rule == "range":
        return outside(live.table[terms.name], terms)
    return offending(live, terms)
