"""The input and output contract of an assessment as an ODCS v3 file: what was declared, and where nothing was, what training held."""

from __future__ import annotations

import math

from golive.contract import ColumnTerms, Contract, to_yaml
from golive.model.columns import Role
from golive.report.base.sources import Sources

ROOM = 0.05
"""How much more may be missing than in training where training had gaps (share of rows), as when a contract is inferred."""


def contract_of(sources: Sources) -> Contract | None:
    """The contract that this assessment implies; ``None`` when training has no column to agree on."""
    terms = []
    for column in sources.assessment.columns:
        train = column.train
        if train is None or column.role is Role.IGNORED:
            continue
        declared = sources.declared(column.name)
        low, high = declared.range or (train.min, train.max)
        missing = math.ceil(100 * (train.missing_share + ROOM)) / 100 if train.missing else 0.0
        terms.append(
            ColumnTerms(
                name=column.name,
                type=column.type,
                role=column.role,
                range=(low, high) if low is not None and high is not None and low <= high else None,
                max_missing=0.0 if declared.required else min(1.0, missing),
                **declared.model_dump(include={"unit", "loinc", "system", "release"}),
            )
        )
    if not terms:
        return None
    return Contract(
        name=sources.assessment.project,
        purpose=sources.config.intended_use,
        owner=next((o.name for o in sources.registers.owners if o.name), ""),
        columns=tuple(terms),
    )


def contract_yaml(sources: Sources) -> str:
    """The contract as ODCS v3 YAML; a comment when there is none."""
    contract = contract_of(sources)
    if contract is None:
        return "# No column of training data was assessed, so there is nothing to agree on.\n"
    return to_yaml(contract)
