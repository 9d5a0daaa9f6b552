"""The identifiers of HIPAA Safe Harbor (45 CFR 164.514(b)(2)): how columns that hold them are named and how values look.

Dates and ages are on that list too, but a pilot cannot be judged without them; only dates of birth are treated as
identifiers here. Whole faces and voices cannot be seen in a table; links to them can.
"""

from __future__ import annotations

import re

from golive.intake.clinical.codes import snake, table

BY_VALUE: dict[str, str] = {
    "e-mail address": r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9.\-]+\.[A-Za-z]{2,}",
    "social security number": r"[0-9]{3}-[0-9]{2}-[0-9]{4}",
    "telephone number": r"(\+?1[ .\-]?)?(\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .\-])[0-9]{3}[ .\-][0-9]{4}|\+[1-9][0-9 ]{7,14}",
    "web address": r"(https?|ftp)://[^\s]+|www\.[^\s]+\.[^\s]+",
    "IP address": r"([0-9]{1,3}\.){3}[0-9]{1,3}",
    "unique identifier (UUID)": r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}",
}
"""Kind of identifier -> how a whole value looks. Works in RE2, Java and Python; anchor it, or search in free text."""

_WEAK = frozenset({"encounter number", "other unique identifier"})


def kind_by_name(column: str) -> str | None:
    """Return which identifier the name of a column speaks of (``patient_id`` -> ``medical record number``), or ``None``."""
    plain = snake(column)
    return next(
        (kind for kind, name in table("identifiers").items() if re.fullmatch(name, plain)), None
    )


def identifies_person(kind: str) -> bool:
    """Whether an identifier of this kind points at a person by itself, outside the hospital that issued it."""
    return kind not in _WEAK


def anchored(pattern: str) -> str:
    """Return a pattern that must match the whole value."""
    return f"^({pattern})$"
