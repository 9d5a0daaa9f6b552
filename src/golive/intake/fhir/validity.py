"""Whether resources keep to the rules of FHIR: a sample of each type is checked by ``fhir.resources``, problems are counted.

The library knows R4B (4.3.0); the resource types read here are the same in R4 (4.0.1) but for a few elements.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from golive.intake.base.workspace import Workspace, text
from golive.model.profile import SMALL_CELL, Coverage

SAMPLE = 100
"""Resources of one type that are checked; the whole load would take as long as reading it a hundred times."""
TYPES = ("Patient", "Encounter", "Observation", "Condition", "MedicationRequest")
_MOST_NAMED = 5
_SAYS = {
    "missing": "is missing",
    "extra_forbidden": "is no element of R4",
    "list_type": "is not a list",
}


def note_invalid(space: Workspace) -> None:
    """Check up to ``SAMPLE`` resources of each type (the same ones at every run), count them, and name what is wrong.

    A problem is told by its element and kind, never by its value.
    """
    for type_ in TYPES:
        bodies = _sample(type_, space)
        if not bodies:
            continue
        problems: Counter[str] = Counter()
        valid = 0
        for body in bodies:
            wrong = _problems(type_, body)
            problems.update(wrong)
            valid += not wrong
        space.coverage.append(Coverage(type_, "", valid, len(bodies)))
        if valid < len(bodies):
            named = "; ".join(
                f"{what} ({_many(n)})" for what, n in problems.most_common(_MOST_NAMED)
            )
            more = (
                f"; and {len(problems) - _MOST_NAMED} more kinds"
                if len(problems) > _MOST_NAMED
                else ""
            )
            sentence = f"{_many(len(bodies) - valid)} of {len(bodies):,} {type_} resources that were checked break rules of R4: {named}{more}."
            space.note("FHIR_INVALID", sentence)


def _many(n: int) -> str:
    return f"{n:,}" if n >= SMALL_CELL else "1-10"


def _sample(type_: str, space: Workspace) -> list[str]:
    """Bodies of one type, chosen by a hash of the body: the same file gives the same sample on every machine."""
    rows = space.sql(
        f"SELECT body::VARCHAR FROM resource WHERE type = {text(type_)} AND body IS NOT NULL "
        f"ORDER BY md5(left(body::VARCHAR, 200)), body::VARCHAR LIMIT {SAMPLE}"
    )
    return [str(body) for (body,) in rows]


def _problems(type_: str, body: str) -> set[str]:
    """What is wrong with one resource: element without its positions, and the kind of problem."""
    from fhir.resources.R4B import get_fhir_model_class
    from pydantic import ValidationError

    try:
        get_fhir_model_class(type_).model_validate(json.loads(body))
    except ValidationError as error:
        return {_said(type_, item) for item in error.errors(include_input=False, include_url=False)}
    except ValueError:  # the library lets other errors of values through
        return {f"{type_} cannot be read"}
    return set()


def _said(type_: str, item: Any) -> str:
    place = ".".join(str(part) for part in item["loc"] if isinstance(part, str))
    return f"{type_}{'.' if place else ''}{place} {_SAYS.get(item['type'], 'has a wrong type or format')}"
