"""Contract: what the model needs to receive and what it gives back, agreed once and counted on every live batch."""

from golive.contract.answered import answered
from golive.contract.checking import Checked, Violation, check
from golive.contract.findings import contract_findings
from golive.contract.inferring import infer
from golive.contract.odcs import from_yaml, load, to_yaml
from golive.contract.terms import ColumnTerms, Contract, parse_contract
from golive.contract.versions import changes, next_version

__all__ = [
    "Checked",
    "ColumnTerms",
    "Contract",
    "Violation",
    "answered",
    "changes",
    "check",
    "contract_findings",
    "from_yaml",
    "infer",
    "load",
    "next_version",
    "parse_contract",
    "to_yaml",
]
