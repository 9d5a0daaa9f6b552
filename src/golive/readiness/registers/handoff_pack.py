"""The twenty items of the handoff pack: which criteria and registers each rests on, and how many of them are there.

Reports write the pack and show each item with its files; readiness counts the items for HND-01.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from golive.model.registers import OWNER_ROLES, Registers

Rows = Literal["columns", "owners", "hazards", "failure_modes", "decisions", "kpis", "deferrals"]
PRODUCTION = 3


@dataclass(frozen=True)
class PackItem:
    """One of the twenty: criteria whose evidence has to stand at level 3, rows that have to be there, who owes it.

    ``generated`` items are written by GoLive from the assessment; ``answered`` ones leave open what nobody has stated.
    """

    title: str
    who: str
    criteria: tuple[str, ...] = ()
    rows: Rows | None = None
    least: int = 1
    generated: bool = False
    answered: bool = False


ITEMS: tuple[PackItem, ...] = (
    PackItem("Intended use and scope statement", "product", ("SCO-02", "SCO-03")),
    PackItem("Model card", "product", generated=True, answered=True),
    PackItem("Source attributes (HTI-1)", "compliance", generated=True, answered=True),
    PackItem("Datasheets of training and live data", "engineering", ("DAT-08",), generated=True),
    PackItem("Input and output contract", "engineering", ("GOV-03",), "columns"),
    PackItem("Lineage manifest", "engineering", ("DAT-08", "MLO-03")),
    PackItem(
        "Evaluation report with subgroups and intervals",
        "clinical_informatics",
        ("CLN-02", "CLN-04"),
    ),
    PackItem("Drift baseline", "engineering", generated=True),
    PackItem("Thresholds and alerts with reasons", "clinical_informatics", ("OBS-06",)),
    PackItem(
        "Routing matrix and rota", "product", ("OBS-07", "HND-04"), "owners", len(OWNER_ROLES)
    ),
    PackItem(
        "Runbook: deploy, monitor, roll back, retrain, retire",
        "engineering",
        ("MLO-05", "MLO-06", "GOV-04"),
    ),
    PackItem("Records of rollback and fallback drills", "engineering", ("MLO-05", "GOV-04")),
    PackItem("Hazard log and safety case", "clinical_informatics", ("CLN-06",), "hazards"),
    PackItem(
        "Catalogue of at least ten failure modes: symptom, cause, fix",
        "engineering",
        ("HND-03",),
        "failure_modes",
        10,
    ),
    PackItem("Design decisions: why, and what was rejected", "engineering", (), "decisions"),
    PackItem("Integration notes per site", "engineering", ("INT-02", "INT-03", "INT-05")),
    PackItem(
        "Security and privacy pack",
        "compliance",
        ("SEC-01", "SEC-02", "SEC-03", "SEC-04", "SEC-05", "SEC-06"),
    ),
    PackItem("Regulatory memo and change-control plan", "compliance", ("SEC-07", "MLO-06")),
    PackItem("KPI tree with its baseline", "product", ("VAL-01", "VAL-02"), "kpis"),
    PackItem("Open decisions and deferred items", "product", ("SCO-04",), "deferrals"),
)
CRITERIA = frozenset(key for item in ITEMS for key in item.criteria)
"""Criteria that any item of the pack rests on."""


def counted(registers: Registers, *, columns: int, failure_modes: int) -> dict[Rows, int]:
    """How many rows there are of everything that an item may ask for."""
    named = {o.id for o in registers.owners if o.name.strip()}
    return {
        "columns": columns,
        "failure_modes": failure_modes,
        "owners": sum(role in named for role in OWNER_ROLES),
        "hazards": len(registers.hazards),
        "decisions": len(registers.decisions),
        "kpis": len(registers.kpis),
        "deferrals": len(registers.deferrals),
    }


def complete(item: PackItem, levels: Mapping[str, int | None], rows: Mapping[Rows, int]) -> bool:
    """Whether all that an item rests on is there. ``levels`` holds the criteria that apply; others are not asked.

    An item that leaves open what nobody has stated is never counted: only a reader can say that it is complete.
    """
    asked = [key for key in item.criteria if key in levels]
    if item.answered or (not asked and item.rows is None and not item.generated):
        return False
    enough = item.rows is None or rows[item.rows] >= item.least
    return enough and all((levels[key] or 0) >= PRODUCTION for key in asked)


def proven(levels: Mapping[str, int | None], rows: Mapping[Rows, int]) -> tuple[int, int]:
    """Complete items of the pack, and the level of HND-01 that they prove (1 under half, 2 from half, 3 from 90 %)."""
    # What GoLive writes by itself is there for everybody and proves nothing about a team.
    found = sum(complete(item, levels, rows) for item in ITEMS)
    bare = sum(item.generated and not item.answered and not item.criteria for item in ITEMS)
    if found <= bare:
        return found, 0
    share = found / len(ITEMS)
    return found, 3 if share >= 0.9 else 2 if share >= 0.5 else 1
