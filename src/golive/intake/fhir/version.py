"""What FHIR resources say about themselves without saying it: their version, and how much of US Core they fill."""

from __future__ import annotations

import json
from functools import cache

from golive.intake.base.workspace import Workspace, text
from golive.model.errors import InputError, Problem
from golive.model.profile import Coverage
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

MOSTLY = 0.5
RARE = 0.5
"""Share of resources under which a must-support element is named as rarely filled."""


def check_version(space: Workspace) -> None:
    """Refuse resources that are mostly of another FHIR version; note a few.

    Raises:
        InputError: ``FHIR_VERSION`` with the version and what gives it away.
    """
    types = {t: int(str(n)) for t, n in space.sql("SELECT type, count(*) FROM resource GROUP BY 1")}
    for version, marks in _MARKS.items():
        told, odd, looked = [], 0, 0
        for type_, (test, words) in marks.items():
            if not types.get(type_):
                continue
            found = int(
                str(
                    space.sql(
                        f"SELECT count(*) FROM resource WHERE type = {text(type_)} AND ({test})"
                    )[0][0]
                )
            )
            looked += types[type_]
            odd += found
            if found:
                told.append(f"{found:,} of {types[type_]:,} {type_} resources {words}")
        if not odd:
            continue
        sentence = f"{'The' if odd >= MOSTLY * looked else 'Some'} resources are FHIR {version}, and R4 is read: {'; '.join(told)}."
        if odd >= MOSTLY * looked:
            raise InputError(
                Problem(
                    "FHIR_VERSION", sentence, "Ask the source for an R4 export (4.0.1).", version
                )
            )
        space.note("FHIR_VERSION", sentence, "", version)


@cache
def _must_support() -> dict[str, list[list[str]]]:
    data = json.loads(resource("data", "fhir", "us_core.json").read_text(encoding="utf-8"))
    elements: dict[str, list[list[str]]] = data["elements"]
    return elements


def must_support(space: Workspace) -> tuple[Coverage, ...]:
    """How many resources fill each US Core must-support element, by resource type and first-named element."""
    found: list[Coverage] = []
    for type_, elements in _must_support().items():
        lists = [", ".join(map(text, one)) for one in elements]
        asked = ", ".join(f"count(*) FILTER (WHERE list_has_any(keys, [{one}]))" for one in lists)
        keys = f"SELECT json_keys(body) AS keys FROM resource WHERE type = {text(type_)}"
        total, *counts = space.sql(f"SELECT count(*), {asked} FROM ({keys})")[0]
        if n := int(str(total)):
            found += [
                Coverage(type_, one[0], int(str(c)), n)
                for one, c in zip(elements, counts, strict=True)
            ]
    return tuple(found)


def note_must_support(space: Workspace) -> None:
    """Count US Core must-support elements, and say which are rarely filled."""
    counted = must_support(space)
    space.coverage += counted
    for type_ in dict.fromkeys(c.resource for c in counted):
        shares = {c.element: c.kept / c.n for c in counted if c.resource == type_}
        rare = [f"{name} ({share:.0%})" for name, share in shares.items() if share < RARE]
        if rare:
            filled = len(shares) - len(rare)
            sentence = f"{type_}: {filled} of {len(shares)} US Core must-support elements are mostly filled; not {', '.join(rare)}."
            space.note("US_CORE", sentence.replace("%", " %"))
