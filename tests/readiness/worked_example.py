"""The worked example as evidence and measurements: an emergency-department sepsis alert, tier H."""

from __future__ import annotations

from datetime import date, timedelta

from golive.model.config import Config
from golive.model.readiness import EvidenceItem, Measurement, RiskProfile
from golive.readiness.policy.policy import load_model

AS_OF = date(2026, 11, 20)
CONFIG = Config(
    risk=RiskProfile(
        situation="critical", significance="drive", flags=("ehr", "writeback", "alerts")
    )
)

Entry = tuple[int | None, int, str, int]  # measured, claim, grade, age in days


def item(
    criterion: str, claim: int, grade: str = "E2", age: int = 10, **rest: object
) -> EvidenceItem:
    return EvidenceItem(
        id=f"e-{criterion}-{claim}-{grade}-{age}",
        criterion=criterion,
        grade=grade,
        claim_level=claim,
        owner="owner",
        reviewer="someone else",
        link="https://example.org/evidence",
        issued=AS_OF - timedelta(days=age),
        expires=AS_OF + timedelta(days=900),
        **rest,
    )


def today() -> dict[str, Entry]:
    """Level 3 on a current E2 document, or measured 3, but for what the example changes."""
    entries: dict[str, Entry] = {
        c.id: (3 if c.kind == "condition" else None, 3, "E2", 10) for c in load_model().criteria
    }
    for key, level in {
        "DAT-01": 4,
        "DAT-02": 2,
        "DAT-04": 1,
        "DAT-06": 4,
        "OBS-01": 2,
        "OBS-02": 2,
        "OBS-03": 2,
        "CLN-04": 2,
        "REL-01": 2,
        "ADO-02": 1,
        "VAL-02": 1,
    }.items():
        entries[key] = (level, 4, "E0", 5)
    entries |= {
        "DAT-08": (None, 4, "E2", 270),
        "INT-04": (None, 3, "E1", 10),
        "MLO-05": (None, 3, "E0", 10),
        "OBS-06": (None, 2, "E2", 10),
        "SEC-05": (None, 4, "E2", 760),
        "HND-01": (None, 1, "E2", 10),
        "HND-02": (None, 0, "E2", 10),
        "HND-03": (None, 2, "E2", 10),
        "HND-04": (None, 2, "E2", 10),
        "VAL-03": (None, 2, "E2", 10),
    }
    for key in ("INT-02", "OBS-08", "ADO-04"):
        del entries[key]
    return entries


def six_weeks_later() -> dict[str, Entry]:
    """Codes mapped, write-back and rollback drilled, handoff exam passed, penetration test renewed."""
    entries = today()
    for key in ("DAT-04", "DAT-02", "OBS-02", "OBS-01", "OBS-03", "REL-01", "ADO-04"):
        entries[key] = (3, 4, "E0", 5)
    entries |= {"CLN-04": (2, 4, "E0", 5), "OBS-08": (2, 4, "E0", 5), "ADO-02": (2, 4, "E0", 5)}
    entries["INT-02"] = (None, 3, "E3", 10)
    for key in ("MLO-05", "HND-02", "HND-01", "SEC-05", "OBS-06", "INT-04"):
        entries[key] = (None, 3, "E2", 10)
    return entries


def split(entries: dict[str, Entry]) -> tuple[list[Measurement], list[EvidenceItem]]:
    """Measurements and evidence items of a set of entries."""
    measured = [
        Measurement(criterion=k, level=m) for k, (m, *_) in entries.items() if m is not None
    ]
    return measured, [item(k, claim, grade, age) for k, (_, claim, grade, age) in entries.items()]
