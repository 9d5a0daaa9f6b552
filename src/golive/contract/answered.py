"""Rows that break a contract, and whether the model answered them all the same: what enforcing a contract comes down to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import or_

import ibis
import ibis.expr.types as ir

from golive.contract.checking import Checked, Violation
from golive.contract.counting import lacking, offending, unparsed
from golive.contract.terms import OUTPUT_ROLES, ColumnTerms, Contract
from golive.intake import Dataset
from golive.model.columns import Role
from golive.model.measured.service import ContractAnswers
from golive.model.profile import is_small
from golive.profile.fields import infinite, missing, number
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
        if output and violation.rule in ("missing", "present"):
            continue
        (returned if output else given).append(_holds(terms, violation, live))
    has_output = _any([~missing(column) for column in there])
    by_input, by_any = (_any(parts) for parts in (given, [*given, *returned]))
    counted = live.table.aggregate(
        scored=(by_any & has_output).sum(), refused=(by_input & ~has_output).sum()
    )
    row = counted.to_pyarrow().to_pylist()[0]
    scored, refused = (int(row[key] or 0) for key in ("scored", "refused"))
    return ContractAnswers(
        version=contract.version,
        n=live.rows,
        scored_violations=None if is_small(scored) else scored / live.rows,
        abstained=None if is_small(refused) else refused / live.rows,
        all_terms=len(considered) == len(checked.violations),
    )


def _any(parts: Sequence[ir.BooleanValue]) -> ir.BooleanValue:
    return balanced(parts, or_) if parts else ibis.literal(value=False)


def _holds(terms: ColumnTerms, violation: Violation, live: Dataset) -> ir.BooleanValue:
    """Whether a row holds what breaks the term."""
    if violation.rule == "present":
        return ibis.literal(value=True)
    column = live.table[terms.name]
    if violation.rule == "missing":
        return lacking(live, terms)
    if violation.rule == "unit":
        labels = violation.unit.labels if violation.unit else ()
        held = ~lacking(live, terms)
        return held & live.table[_label(terms, live)].isin(labels) if labels else held
    if violation.rule == "type":
        return unparsed(live, terms)
    if violation.rule == "range":
        assert terms.range is not None
        low, high = terms.range
        value = number(column)
        return (value.notnull() & ~infinite(value) & ((value < low) | (value > high))).fill_null(
            ibis.literal(value=False)
        )
    return column.isin(offending(live, terms)).fill_null(ibis.literal(value=False))


def _label(terms: ColumnTerms, live: Dataset) -> str:
    from golive.contract.unit_terms import label_columns

    return label_columns(live.columns)[terms.name]
