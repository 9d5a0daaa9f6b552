"""Shapes of clinical codes. Shapes only: lists of codes may mostly not be shipped, and a shape is enough to tell a code."""

from __future__ import annotations

import re

STRICT = {
    "ICD-10-CM": r"[A-Z][0-9][0-9A-Z]\.[0-9A-Z]{1,4}",
    "LOINC": r"([0-9]{2,7}|L[APG][0-9]{1,7})-[0-9]",
    "NDC": r"[0-9]{4}-[0-9]{4}-[0-9]{2}|[0-9]{5}-[0-9]{3}-[0-9]{2}|[0-9]{5}-[0-9]{4}-[0-9]{1,2}|[0-9]{6}-[0-9]{4}-[0-9]{2}",
}
"""Shapes that hardly anything else has (regular expressions over trimmed upper-case text)."""

LOOSE = {
    "ICD-10-CM (three characters or without dot)": r"(QA|[A-Z][0-9])[0-9A-Z]{1,5}",
    "ICD-9-CM": r"V[0-9]{2}(\.[0-9]{1,2})?|[0-9]{3}(\.[0-9]{1,2})?|E[0-9]{3}(\.[0-9])?|[0-9]{4,5}",
    "SNOMED CT": r"[1-9][0-9]{5,17}",
    "RxNorm": r"[0-9]{2,8}",
    "CPT or HCPCS": r"[0-9A-Z][0-9]{3}[0-9A-Z]",
    "ICD-10-PCS": r"[0-9A-HJ-NP-Z]{7}",
    "NDC without hyphens": r"[0-9]{11,12}",
    "ATC": r"[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}",
    "CVX or DRG": r"[0-9]{2,3}",
}
"""Shapes that numbers and local identifiers share: believed only when the column's name speaks of codes."""

SHAPES = {**STRICT, **LOOSE}

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
