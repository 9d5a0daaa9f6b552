"""Shapes of clinical codes, and how columns are named (``data/column_names.yaml``).

Shapes only: lists of codes may mostly not be shipped, and a shape is enough to tell a code.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import yaml

from golive.settings import resource

_NAME = re.compile(
    r"(^|_)(icd|icd9|icd10|icd9cm|icd10cm|dx|dx\d+|diag|diagnosis|diagnoses|loinc|snomed|sct|rxnorm|rxcui|cpt|hcpcs|ndc|cvx|atc|"
    r"drg|msdrg|code|codes|proc|procedure)\d*($|_)"
)
_NOT_CODES = re.compile(
    r"(^|_)(zip|post|postal|status|color|colour|error|triage)_?code|code_(count|status|blue)|(^|_)n_|count|num_|_date"
)


def named_as_code(column: str) -> bool:
    """Whether the name of a column speaks of codes (``dx``, ``icd10_code``, ``loinc``)."""
    plain = snake(column)
    return bool(_NAME.search(plain)) and not _NOT_CODES.search(plain)


def snake(column: str) -> str:
    """Return a column name in lower case with underscores between words (``SepsisLabel`` -> ``sepsis_label``)."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", column)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return yaml.safe_load(resource("data", "column_names.yaml").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def table(part: str) -> dict[str, Any]:
    """A part of ``data/column_names.yaml``: name patterns of ``identifiers`` (one by kind) and of ``roles`` (several by role, in
    order of preference), and shapes of ``strict_codes`` and ``loose_codes`` by code system."""
    return _tables()[part]


def shapes(*, loose: bool) -> dict[str, str]:
    """Shapes of codes (regular expressions over trimmed upper-case text): with ``loose`` also those of other values."""
    return table("strict_codes") | (table("loose_codes") if loose else {})
