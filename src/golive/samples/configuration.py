"""The configuration written beside a sample: what a careful team would have declared, the evidence it has filed, its registers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from golive.intake.clinical.analytes import match
from golive.model.config import Config, parse_config
from golive.model.registers import Registers
from golive.samples.catalogue import DEFAULT, Sample, table
from golive.samples.physiology import LOGNORMAL, NORMAL
from golive.samples.pilot_model import LATENCY_BUDGET_MS, MODEL, THRESHOLD

AS_OF = date(2026, 5, 4)
"""Day on which a sample is judged. Fixed, so that its evidence is as old tomorrow as it is today."""

VALID_DAYS = 365
SHELF = "https://evidence.example.org"  # a name reserved for examples (RFC 2606): nothing is there
OTHER_INPUT = 0.05  # importance of a column that is delivered but that this version does not score
MEASURED = (*NORMAL, *LOGNORMAL, "dbp", "map", "gcs", "weight", "age")


def registers(name: str) -> Registers:
    """Registers that a team could have kept for sample ``name``; empty for all but the default one."""
    return Registers.model_validate(table("registers") if name == DEFAULT else {})


def _evidence(sample: Sample) -> list[dict[str, Any]]:
    """Evidence items of a sample, in the order of the criteria."""
    file = table("evidence")
    filed: dict[str, Any] = {**file["base"], **file["changes"].get(sample.name, {})}
    items = []
    for criterion, entry in filed.items():
        if entry is None:
            continue
        kind, grade, level, owner, days, note = entry
        issued = AS_OF - timedelta(days=days)
        item = {
            "id": f"sample-{criterion.lower()}",
            "criterion": criterion,
            "kind": kind,
            "grade": grade,
            "claim_level": level,
            "owner": owner,
            "issued": issued.isoformat(),
            "expires": (issued + timedelta(days=VALID_DAYS)).isoformat(),
            "note": f"Synthetic: {note}",
        }
        if grade not in ("E0", "E1"):
            item["link"] = f"{SHELF}/{sample.name}/{criterion.lower()}"
        items.append(item)
    return items


def _columns(required: list[str]) -> dict[str, dict[str, Any]]:
    """Unit, LOINC code, whether required, and importance (largest weight of the model = 1) of each input."""
    largest = max(abs(term.weight) for term in MODEL.values())
    out: dict[str, dict[str, Any]] = {}
    for name in MEASURED:
        analyte = match(name)
        declared: dict[str, Any] = {"unit": analyte.unit} if analyte else {}
        if analyte and analyte.loinc:
            declared["loinc"] = analyte.loinc
        weight = abs(MODEL[name].weight) / largest if name in MODEL else OTHER_INPUT
        out[name] = {**declared, "required": name in required, "importance": round(weight, 2)}
    # Few distinct whole numbers: counts and scores, not categories
    for name in ("gcs", "comorbidities"):
        out[name] = {**out.get(name, {}), "type": "integer"}
    dx = {"system": "ICD10CM", "release": "FY2025", "required": True, "importance": OTHER_INPUT}
    return out | {"dx": dx}


def mapping(sample: Sample) -> dict[str, Any]:
    """The configuration of a sample as the mapping that is written to ``config.yaml``."""
    said = table("declared")
    return {
        "project": sample.name,
        "as_of": AS_OF.isoformat(),
        "risk": said["risk"],
        "roles": said["roles"],
        "operating_threshold": THRESHOLD,
        "floors": said["floors"],
        "latency_budget_ms": LATENCY_BUDGET_MS,
        "alert_limit_per_day": said["alert_limit_per_day"],
        "operations": said["operations"],
        "columns": _columns(said["required"]),
        "evidence": _evidence(sample),
    }


def config(sample: Sample) -> Config:
    """The configuration of a sample as ``parse_config`` reads it."""
    return parse_config(mapping(sample), where=f"sample {sample.name}")
