"""Small R4 resources of nobody, in the forms a server gives them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LOINC = "http://loinc.org"


def patient(key: str, **rest: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": key,
        "gender": "female",
        "birthDate": "1950-06-01",
        **rest,
    }


def encounter(
    key: str, of: str, start: str = "2024-03-01T10:00:00+01:00", **rest: Any
) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": key,
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": f"Patient/{of}"},
        "period": {"start": start},
        "serviceProvider": {"reference": "Organization/north", "display": "North"},
        **rest,
    }


def coded(code: str, system: str = LOINC) -> dict[str, Any]:
    return {"coding": [{"system": "urn:local", "code": "x"}, {"system": system, "code": code}]}


def quantity(value: float, unit: str, **rest: Any) -> dict[str, Any]:
    return {
        "value": value,
        "unit": unit,
        "code": unit,
        "system": "http://unitsofmeasure.org",
        **rest,
    }


def observation(
    key: str, of: str, at: str | None, code: str, moment: str = "2024-03-01T10:05:00Z", **value: Any
) -> dict[str, Any]:
    made = {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "code": coded(code),
        "subject": {"reference": f"urn:uuid:{of}"},
        "effectiveDateTime": moment,
        **value,
    }
    return made | ({"encounter": {"reference": f"http://host/fhir/Encounter/{at}"}} if at else {})


def bundle(path: Path, *resources: dict[str, Any]) -> Path:
    path.write_text(
        json.dumps(
            {
                "resourceType": "Bundle",
                "type": "collection",
                "entry": [{"resource": r} for r in resources],
            }
        )
    )
    return path


def lines(path: Path, *resources: dict[str, Any] | str) -> Path:
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in resources))
    return path
