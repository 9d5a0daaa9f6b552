"""What 40,000 observations cost from raw bundles to the analysis table, beside what Python takes to parse the same files.

``GOLIVE_FULL=1`` takes 95,000.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from golive.intake import read

PATIENTS = 475 if os.environ.get("GOLIVE_FULL") else 200
OBSERVATIONS = 200 * PATIENTS


def _write(folder: Path) -> None:
    """Bundles of 200 observations in 20 encounters each, padded with claims as real exports are."""
    per = OBSERVATIONS // PATIENTS
    codes = (
        "8302-2",
        "29463-7",
        "2160-0",
        "2345-7",
        "8867-4",
        "9279-1",
        "2951-2",
        "6298-4",
        "718-7",
        "4548-4",
    )
    claim: dict[str, object] = {
        "resourceType": "Claim",
        "item": [{"sequence": i, "net": {"value": i, "currency": "USD"}} for i in range(40)],
    }
    for p in range(PATIENTS):
        subject = {"reference": f"Patient/p{p}"}
        found: list[dict[str, object]] = [
            {"resourceType": "Patient", "id": f"p{p}", "gender": "male", "birthDate": "1970-01-01"}
        ]
        for e in range(per // len(codes)):
            day = f"2024-{e % 12 + 1:02d}-{p % 28 + 1:02d}T08:00:00Z"
            found.append(
                {
                    "resourceType": "Encounter",
                    "id": f"e{p}-{e}",
                    "class": {"code": "AMB"},
                    "subject": subject,
                    "period": {"start": day},
                }
            )
            found.append(claim)
            found += [
                {
                    "resourceType": "Observation",
                    "id": f"o{p}-{e}-{i}",
                    "status": "final",
                    "category": [{"coding": [{"code": "laboratory"}]}],
                    "code": {
                        "coding": [
                            {
                                "system": "http://loinc.org",
                                "code": code,
                                "display": "a measured value",
                            }
                        ]
                    },
                    "subject": subject,
                    "encounter": {"reference": f"Encounter/e{p}-{e}"},
                    "effectiveDateTime": day,
                    "valueQuantity": {
                        "value": 10 + i,
                        "unit": "mg/dL",
                        "system": "http://unitsofmeasure.org",
                        "code": "mg/dL",
                    },
                }
                for i, code in enumerate(codes)
            ]
        text = json.dumps(
            {
                "resourceType": "Bundle",
                "type": "transaction",
                "entry": [{"resource": r} for r in found],
            },
            indent=4,
        )
        (folder / f"{p:04d}.json").write_text(text)


@pytest.mark.benchmark
def test_raw_bundles_become_a_table_in_time(tmp_path: Path, cost: Callable[..., float]) -> None:
    _write(tmp_path)
    size = sum(f.stat().st_size for f in tmp_path.iterdir())

    def load() -> None:
        with read(tmp_path) as dataset:
            assert dataset.rows == OBSERVATIONS // 10
            assert dataset.table["creatinine"].count().to_pyarrow().as_py() == OBSERVATIONS // 10

    took, parsed = (
        cost(load),
        cost(lambda: [json.loads(f.read_bytes()) for f in tmp_path.glob("*.json")]),
    )
    print(
        f"\n{OBSERVATIONS:,} observations in {size / 1e6:,.0f} MB of bundles: {took:.0f} units of fixed work, "
        f"{took / parsed:.1f} times what Python takes to parse them"
    )
    assert took < 4 * parsed
