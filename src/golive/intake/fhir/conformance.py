"""Whether FHIR resources are what is read: their version, how much of US Core they fill, and whether they keep to the rules.

A sample of each type is checked by ``fhir.resources``. The library knows R4B (4.3.0); the resource types read here are the
same in R4 (4.0.1) but for a few elements.
"""

from __future__ import annotations

import json
from collections import Counter

from golive.intake.base.workspace import Workspace, text, texts
from golive.model.errors import InputError, Problem
from golive.model.profile import SMALL_CELL, Coverage
from golive.settings import resource

_MARKS = {
    "DSTU2": {
        "MedicationOrder": ("true", "are called MedicationOrder, which R4 calls MedicationRequest"),
        "Encounter": (
            "json_exists(body, '$.patient') OR json_type(body, '$.class') = 'VARCHAR'",
            "name their patient as `patient` or their class as plain text",
        ),
        "Condition": (
            "json_exists(body, '$.patient')",
            "name their patient as `patient`, which R4 calls `subject`",
        ),
        "Observation": (
            "json_type(body, '$.category') = 'OBJECT'",
            "have one `category`, where R4 has a list",
        ),
    },
    "STU3": {
        "Observation": (
            "json_exists(body, '$.context')",
            "name their encounter as `context`, which R4 calls `encounter`",
        ),
        "Condition": (
            "json_exists(body, '$.context') OR json_exists(body, '$.assertedDate') OR (json_exists(body, '$.subject') AND json_type(body, '$.clinicalStatus') = 'VARCHAR')",
            "have `context`, `assertedDate` or a plain-text status, which R4 does not",
        ),
        "MedicationRequest": (
            "json_exists(body, '$.context')",
            "name their encounter as `context`, which R4 calls `encounter`",
        ),
    },
    "R5": {
        "Encounter": (
            "json_exists(body, '$.actualPeriod') OR json_type(body, '$.class') = 'ARRAY'",
            "have `actualPeriod` or a list of classes",
        ),
        "MedicationRequest": (
            "json_exists(body, '$.medication')",
            "name the drug as `medication`, which R4 calls `medicationCodeableConcept`",
        ),
    },
}
"""Per version and resource: a test that no R4 resource passes, and how to say it (hl7.org/fhir, "R3 Diff", "R4 Diff")."""

SAMPLE = 100
"""Resources of one type that are checked; the whole load would take as long as reading it a hundred times."""
TYPES = ("Patient", "Encounter", "Observation", "Condition", "MedicationRequest")
_MOST_NAMED = 5
_SAYS = {
    "missing": "is missing",
    "extra_forbidden": "is no element of R4",
    "list_type": "is not a list",
}

MOSTLY = 0.5
RARE = 0.5
"""Share of resources under which a must-support element is named as rarely filled."""


def check_version(space: Workspace) -> None:
    """Refuse resources that are mostly of another FHIR version; note a few.

    Raises:
        InputError: ``FHIR_VERSION`` with the version and what gives it away.
    """
    types = dict(space.sql("SELECT type, count(*) FROM resource GROUP BY 1"))
    for version, marks in _MARKS.items():
        reasons, other, looked = [], 0, 0
        for type_, (test, words) in marks.items():
            if type_ in types:
                (found,) = space.counts(
                    f"SELECT count(*) FROM resource WHERE type = {text(type_)} AND ({test})"
                )
                looked += types[type_]
                other += found
                reasons += (
                    [f"{found:,} of {types[type_]:,} {type_} resources {words}"] if found else []
                )
        if not other:
            continue
        mostly = other >= MOSTLY * looked
        sentence = f"{'The' if mostly else 'Some'} resources are FHIR {version}, and R4 is read: {'; '.join(reasons)}."
        if mostly:
            raise InputError(
                Problem(
                    "FHIR_VERSION", sentence, "Ask the source for an R4 export (4.0.1).", version
                )
            )
        space.note("FHIR_VERSION", sentence, "", version)


def note_must_support(space: Workspace) -> None:
    """Count the resources that fill each US Core must-support element, and say which are rarely filled."""
    us_core = json.loads(resource("data", "fhir", "us_core.json").read_text(encoding="utf-8"))
    for type_, elements in us_core["elements"].items():  # each element with the names it may have
        asked = ", ".join(
            f"count(*) FILTER (WHERE list_has_any(keys, {texts(names)}))" for names in elements
        )
        keys = f"SELECT json_keys(body) AS keys FROM resource WHERE type = {text(type_)}"
        total, *counts = space.counts(f"SELECT count(*), {asked} FROM ({keys})")
        if not total:
            continue
        filled = {names[0]: n for names, n in zip(elements, counts, strict=True)}
        space.coverage += [Coverage(type_, element, n, total) for element, n in filled.items()]
        rare = [f"{element} ({n / total:.0%})" for element, n in filled.items() if n / total < RARE]
        if rare:
            mostly = f"{len(elements) - len(rare)} of {len(elements)}"
            sentence = f"{type_}: {mostly} US Core must-support elements are mostly filled; not {', '.join(rare)}."
            space.note("US_CORE", sentence.replace("%", " %"))


def note_invalid(space: Workspace) -> None:
    """Check up to ``SAMPLE`` resources of each type (the same ones at every run), count them, and name what is wrong.

    A problem is reasons by its element and kind, never by its value.
    """
    for type_ in TYPES:
        # Chosen by a hash of the body: the same file gives the same sample on every machine
        bodies = space.sql(
            f"SELECT body::VARCHAR FROM resource WHERE type = {text(type_)} AND body IS NOT NULL "
            f"ORDER BY md5(left(body::VARCHAR, 200)), body::VARCHAR LIMIT {SAMPLE}"
        )
        wrong = [_problems(type_, body) for (body,) in bodies]
        if not wrong:
            continue
        problems = Counter(what for one in wrong for what in sorted(one))
        valid = wrong.count(set())
        space.coverage.append(Coverage(type_, "", valid, len(wrong)))
        if valid < len(wrong):
            named = "; ".join(
                f"{what} ({_many(n)})" for what, n in problems.most_common(_MOST_NAMED)
            )
            left = len(problems) - _MOST_NAMED
            more = f"; and {left} more kinds" if left > 0 else ""
            sentence = f"{_many(len(wrong) - valid)} of {len(wrong):,} {type_} resources that were checked break rules of R4: {named}{more}."
            space.note("FHIR_INVALID", sentence)


def _many(n: int) -> str:
    return f"{n:,}" if n >= SMALL_CELL else "1-10"


def _problems(type_: str, body: str) -> set[str]:
    """What is wrong with one resource: element without its positions, and the kind of problem."""
    from fhir.resources.R4B import get_fhir_model_class
    from pydantic import ValidationError

    try:
        get_fhir_model_class(type_).model_validate(json.loads(body))
    except ValidationError as error:
        found = set()
        for one in error.errors(include_input=False, include_url=False):
            place = ".".join([type_, *(part for part in one["loc"] if isinstance(part, str))])
            found.add(f"{place} {_SAYS.get(one['type'], 'has a wrong type or format')}")
        return found
    except ValueError:  # the library lets other errors of values through
        return {f"{type_} cannot be read"}
    return set()
